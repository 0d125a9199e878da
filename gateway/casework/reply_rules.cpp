// What goes back, if anything does. Everything is accepted and stored; what follows is about the reply alone.
#include <algorithm>
#include <array>

#include "gateway/casework/rules.hpp"
#include "gateway/understand/dialogue/ask.hpp"

namespace jejak::casework {
namespace {

using understand::Fit;
using understand::Form;
using understand::FormField;

constexpr std::string_view gentle_reply = "ask_gently";

/// Texts people write freely. A command may be said twice and means it twice, though not within minutes.
bool is_free_text(Intent intent) {
    return intent == Intent::unclear || intent == Intent::report || intent == Intent::missing ||
           intent == Intent::check || intent == Intent::recommendation || intent == Intent::position;
}

/// One who calls for help is heard however much was sent before; of a hundred such calls the first.
bool calls_first(const Reading& reading, const Known& known) {
    return reading.intent == Intent::sos && !known.help;
}

/// Nothing may reach this phone now, whatever the text. The word agreed with its owner says that it may.
bool keeps_quiet(const Decision& decision, const Known& known) {
    if (known.safe_word) return false;
    const bool wants_answers = decision.opt_out == false;
    return known.watched || (known.quiet && !wants_answers);
}

/// What was answered lately, once more. A program that makes use of our words is answered once, and no more than a few
/// times a day when it counts them up: without a reply of ours it has nothing to answer. Whoever calls for help may
/// call again, a ticket of the sender's own has news, and who is registered with us says the same of many.
bool says_again(const Reading& reading, const Known& known) {
    if (known.conversation && known.conversation->fit != Fit::none) return false;
    if (is_free_text(reading.intent)) return known.repeated;
    if (known.person || known.own_worker) return false;
    const bool at_once = reading.intent == Intent::sos || known.ticket != TicketState::not_theirs;
    return (known.said_often && reading.intent != Intent::sos) || (known.said_lately && !at_once);
}

/// What keeps a reply back whatever it says, in the order in which it is told to the operator.
Withheld why_withheld(const Decision& decision, const Reading& reading, const Known& known) {
    const bool unclear = decision.fate == Fate::unclear || decision.fate == Fate::quarantined;
    const bool answered = known.answered && !(decision.reply && decision.reply->worker_code);
    if (known.silent_channel) return Withheld::silent_channel;
    if (known.late) return Withheld::late;
    if (known.sender_kind != sms::Originator::Kind::msisdn) return Withheld::no_phone;
    if (answered) return Withheld::answered;
    if (known.opted_out && !decision.opt_out) return Withheld::opted_out;
    // Whoever is registered with us is answered however busy the day.
    if (known.lane == Lane::throttled && !known.person && !calls_first(reading, known)) return Withheld::throttled;
    if (known.machine) return Withheld::machine;
    if (unclear && known.unclear_answered) return Withheld::repeated;
    if (says_again(reading, known)) return Withheld::repeated;
    if (known.mode == ReplyMode::silent || reading.quiet || keeps_quiet(decision, known)) return Withheld::silent_mode;
    if (known.mode == ReplyMode::coded && !known.safe_word) return Withheld::coded_mode;
    if (known.mode == ReplyMode::cover && known.cover_text.empty()) return Withheld::silent_mode;
    if (known.night && !known.person && !known.safe_word) return Withheld::night;
    if (known.allowance == Allowance::not_served) return Withheld::country;
    if (known.person || reading.intent == Intent::sos) return Withheld::no;
    switch (known.allowance) {
        case Allowance::flood_spent:
            return Withheld::flood;
        case Allowance::prefix_spent:
            return Withheld::prefix_budget;
        case Allowance::day_spent:
            return Withheld::day_budget;
        default:
            return Withheld::no;
    }
}

bool may_ask(const Decision& decision, const Known& known, bool first_call = false) {
    return decision.withheld == Withheld::no && known.may_ask && (known.lane == Lane::normal || first_call) &&
           !known.answered && known.mode != ReplyMode::cover;
}

bool is_gentle(const FormField& field) {
    return field.name == gentle_field && field.type == "yes_no";
}

/// The form a question belongs to, so that its answer finds the field again.
std::string form_of(const Pack& pack, const Reading& reading, const FormField& field) {
    const Form* own = is_gentle(field) ? pack.form_for(Intent::sos) : pack.form_for(reading.intent);
    return own == nullptr ? std::string{} : own->name;
}

std::string question_of(const Pack& pack, const FormField& field, std::string_view language) {
    return std::string(pack.say(field.question, language));
}

/// The answer is in: the next question, or thanks.
void go_on(Decision& decision, const Known& known, const Pack& pack) {
    const auto& open = *known.conversation;
    const bool last = open.row.form == consent_form || open.row.slot == gentle_field || !may_ask(decision, known);
    const FormField* next = last ? nullptr : understand::next_question(pack, open.progress.reading, open.progress.done);
    if (next != nullptr && is_gentle(*next) && known.calls != Calls::unknown) next = nullptr;
    Turn turn{Turn::What::end, open.row.form, {}, open.progress};
    if (next != nullptr) {
        turn.what = Turn::What::go_on;
        turn.form = form_of(pack, open.progress.reading, *next);
        turn.slot = next->name;
        turn.progress.done.push_back(next->name);
        turn.progress.answers.push_back(known.message);
        decision.fate = Fate::clarifying;
        const auto* name = is_gentle(*next) ? "ask_gently" : "ask_next";
        decision.reply = ReplyDraft{name, {{"question", question_of(pack, *next, decision.language)}}, false, false};
    } else if (!decision.reply) {
        decision.reply = ReplyDraft{"received_plain", {}, false, false};
    }
    decision.turn = std::move(turn);
}

/// Something of its own was said: perhaps it leaves open what one question could close.
void begin(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    const bool told = decision.report || (decision.trail && reading.intent == Intent::arrived);
    const bool keep_away = decision.reply && decision.reply->name == "keep_away";
    const bool asked_consent = known.conversation && known.conversation->row.form == consent_form;
    const bool ends_other = told && known.conversation && !asked_gently(known) && !asked_consent && !decision.corrects;
    if (ends_other || (known.conversation && decision.opt_out == true)) {
        decision.turn = Turn{Turn::What::end, {}, {}, {}};  // what it still asked is left open
    }
    const bool first = calls_first(reading, known);
    if (!told || decision.about || (decision.reply && !keep_away) || !may_ask(decision, known, first)) return;
    // Whether they may be called is asked once, and again only with a new call for help that has no answer to it.
    if (asked_gently(known) || decision.calls || known.calls != Calls::unknown) return;
    if (known.help && reading.intent != Intent::sos) return;
    const FormField* field = understand::next_question(pack, reading, {});
    if (field == nullptr) return;
    Turn turn{Turn::What::begin, form_of(pack, reading, *field), field->name, {}};
    if (turn.form.empty()) return;
    turn.progress.reading = reading;
    turn.progress.reading.language = decision.language;
    turn.progress.done.push_back(field->name);
    const auto question = question_of(pack, *field, decision.language);
    if (is_gentle(*field)) {
        decision.reply = ReplyDraft{std::string(gentle_reply), {{"question", question}}, false, false};
    } else {
        decision.fate = Fate::clarifying;
        decision.reply = ReplyDraft{keep_away ? "ask_keep_away" : "ask", {{"question", question}}, true, false};
    }
    decision.turn = std::move(turn);
}

/// A conversation goes on in its own language, whatever a word in it is of. Only a report of its own is answered in the
/// foreign language it is written in.
std::string language_for(const Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    if (!known.conversation || known.conversation->progress.reading.language.empty()) return reading.language;
    const bool of_its_own = decision.report && !decision.about && known.conversation->fit == Fit::none;
    const bool foreign = reading.language != pack.languages().front();
    return of_its_own && foreign ? reading.language : known.conversation->progress.reading.language;
}

constexpr auto guidance = std::to_array<Guidance>({{Intent::report, "full_report", true},
                                                   {Intent::sos, "full_sos", false},
                                                   {Intent::missing, "full_missing", true},
                                                   {Intent::departed, "full_departed", false},
                                                   {Intent::arrived, "full_safe", false},
                                                   {Intent::safe, "full_safe", false},
                                                   {Intent::recommendation, "full_letter", false}});

void speak_fully(Decision& decision, const Reading& reading, const Known& known) {
    auto& reply = *decision.reply;
    if (reply.name == gentle_reply) reply.name = "full_sos_ask";
    const bool answers = known.conversation && known.conversation->fit != Fit::none;
    if ((reply.name != "received" && reply.name != "received_plain") || answers) return;
    const auto found = guidance_for(reading.intent);
    if (!found || (found->ticket && !reply.ticket)) return;
    reply.name = found->reply;
    reply.ticket = found->ticket;
}

}  // namespace

/// STATUS: the stage, only to the phone that made the ticket; to any other the line for an unknown code. Without a
/// code it is of the sender's own last report.
void decide_status(Decision& decision, const Reading& reading, const Known& known) {
    decision.fate = Fate::understood;
    const auto& reference = reading.reference.empty() ? known.ticket_reference : reading.reference;
    decision.reply = ReplyDraft{std::string(status_reply(known.ticket)), {{"ref", reference}}, false, false};
}

std::optional<Guidance> guidance_for(Intent intent) {
    const auto found =
        std::find_if(guidance.begin(), guidance.end(), [&](const auto& one) { return one.intent == intent; });
    return found == guidance.end() ? std::nullopt : std::optional(*found);
}

std::string_view status_reply(TicketState stage) {
    switch (stage) {
        case TicketState::received:
            return "status_received";
        case TicketState::raised:
            return "status_forwarded";
        case TicketState::acknowledged:
            return "status_handled";
        case TicketState::not_theirs:
            break;
    }
    return "status_unknown";
}

/// One neutral line for whatever was or was not understood; one gentle question where an answer helps; nothing where a
/// reply would feed a loop, a flood, a machine, or somebody who asked for silence.
void settle_reply(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    const bool answers = known.conversation && known.conversation->fit != Fit::none;
    decision.language = language_for(decision, reading, known, pack);
    decision.withheld = why_withheld(decision, reading, known);
    if (answers) {
        go_on(decision, known, pack);
    } else {
        begin(decision, reading, known, pack);
    }
    if (decision.withheld != Withheld::no) {
        decision.reply.reset();
        return;
    }
    if (spared(decision, known) && (!decision.reply || decision.reply->ticket)) {
        decision.reply = ReplyDraft{"received_plain", {}, false, false};
    }
    if (!decision.reply) decision.reply = ReplyDraft{"received", {}, true, false};
    if (known.mode == ReplyMode::cover) decision.reply = ReplyDraft{};
    if (known.mode == ReplyMode::full || known.mode == ReplyMode::coded) speak_fully(decision, reading, known);
}

}  // namespace jejak::casework
