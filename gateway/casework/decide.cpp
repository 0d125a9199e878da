#include "gateway/casework/decide.hpp"

#include <array>

#include "gateway/casework/rules.hpp"
#include "gateway/understand/dialogue/merge.hpp"
#include "gateway/understand/raise.hpp"

namespace jejak::casework {
namespace {

using storage::Report;
using understand::Fit;

/// What a text means by itself.
void decide_own(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    switch (reading.intent) {
        case Intent::report:
        case Intent::sos:
            return decide_report(decision, reading, known, pack);
        case Intent::missing:
            return decide_missing(decision, reading, known);
        case Intent::register_worker:
            return decide_registration(decision, reading, known, pack);
        case Intent::yes:
        case Intent::no:
            return decide_consent(decision, reading, known);
        case Intent::status:
            return decide_status(decision, reading, known);
        case Intent::check:
            return decide_check(decision);
        case Intent::recommendation:
            return decide_letter(decision, reading, known);
        case Intent::help:
            decision.fate = Fate::understood;
            decision.reply = ReplyDraft{"help", {}, false, false};
            return;
        case Intent::erase:  // kept for the people who will do it; nothing is erased by a text
            decision.fate = Fate::understood;
            return;
        case Intent::stop:
        case Intent::start:
            decision.fate = Fate::understood;
            decision.opt_out = reading.intent == Intent::stop;
            decision.reply = ReplyDraft{reading.intent == Intent::stop ? "stop" : "start", {}, false, false};
            return;
        case Intent::verify:
        case Intent::accept:
        case Intent::refer:
        case Intent::close:
        case Intent::note:
            return decide_desk_word(decision, reading, known);
        default:
            return decide_step(decision, reading, known);
    }
}

/// The report of the message `about`, as if all that is known of it now had been said at once. Its incident, its
/// alerts and its place follow; nothing it raised before is taken back.
void change_report(Decision& decision, Reading whole, storage::Id about, const Known& known, const Pack& pack) {
    whole.alerts = understand::alerts_raised(pack, whole, known.now);
    auto then = known;
    then.message = about;
    then.conversation.reset();
    Decision again;
    decide_own(again, whole, then, pack);
    decision.report = std::move(again.report);
    decision.incident = std::move(again.incident);
    decision.alerts = std::move(again.alerts);
    decision.believed = again.believed;
    if (decision.report) decision.about = about;
    // "Where are you now?" is answered in the trail.
    if (again.trail && !decision.report && !again.trail->place.empty()) decision.trail = std::move(again.trail);
}

/// The text answers the question that is open with its sender.
void decide_answer(Decision& decision, const Reading& reading, const Known& known, const Pack& pack) {
    const auto& open = *known.conversation;
    decision.fate = Fate::understood;
    if (open.row.form == consent_form) {
        decide_consent(decision, reading, known);
    } else if (open.fit == Fit::skip) {
        return;
    } else if (open.row.slot == gentle_field) {
        decision.calls = open.progress.reading.intent == Intent::no ? Calls::no : Calls::yes;
        // Somebody wronged who wants to be called is to be called: what was a report until now is a call for help.
        if (decision.calls == Calls::yes && open.told == Intent::report &&
            has(open.progress.reading.flags, understand::Flag::self_victim)) {
            auto whole = open.progress.reading;
            whole.intent = Intent::sos;
            change_report(decision, std::move(whole), open.row.message, known, pack);
        }
    } else {
        change_report(decision, open.progress.reading, open.row.message, known, pack);
    }
}

/// The conversation that is open is about that report.
bool talked_of(const Report& earlier, const Known& known) {
    const auto& open = known.conversation;
    return open && open->row.message == earlier.message && open->row.form != consent_form;
}

/// What is known of the sender's last report before this text.
Reading told_before(const Known& known) {
    const auto& earlier = *known.earlier;
    if (talked_of(earlier, known)) return known.conversation->progress.reading;
    auto reading = reading_of(earlier, known.now);
    reading.guessed = !known.earlier_alerted;  // the row does not say; what raised something was no guess
    return reading;
}

/// "Bukan 5 tapi 3", "td mlm": the sender's own last report is put right, or made whole. Its alerts keep the larger
/// number as people_max, and an alert for another place stays where it is: a text sends nobody away. A question that is
/// open stays open, and is not asked again.
void decide_correction(Decision& decision, const Reading& said, const Known& known, const Pack& pack) {
    auto whole = told_before(known);
    understand::take_later(whole, said, understand::About::later);
    change_report(decision, whole, known.earlier->message, known, pack);
    decision.fate = Fate::understood;
    decision.corrects = true;
    decision.reply = ReplyDraft{"received_plain", {}, false, false};
    if (talked_of(*known.earlier, known)) {
        const auto& open = *known.conversation;
        decision.turn = Turn{Turn::What::go_on, open.row.form, open.row.slot, open.progress};
        decision.turn->progress.reading = std::move(whole);
    }
}

/// All that the text would raise by itself it raises as a part of the whole, too.
bool raises_all(const Reading& reading, const Reading& before, const Reading& said, const Known& known,
                const Pack& pack) {
    auto whole = before;
    understand::take_later(whole, said, understand::About::later);
    const auto raised = understand::alerts_raised(pack, whole, known.now);
    return std::all_of(reading.alerts.begin(), reading.alerts.end(),
                       [&](AlertKind kind) { return std::find(raised.begin(), raised.end(), kind) != raised.end(); });
}

/// The values that the text consists of, when they put the sender's last report right or fill what it left open. Never
/// of a call for help or somebody missing: whoever is told of beside those is told of anew. Empty when the text may be
/// about something else.
std::optional<Reading> values_for_earlier(const Reading& reading, const Known& known, const Pack& pack) {
    if (!known.values || known.earlier->intent != Intent::report) return std::nullopt;
    const auto& values = *known.values;
    const auto before = told_before(known);
    auto said = values.said;
    if (values.of_them && before.people) said.people = said.people_max = std::nullopt;
    const bool event = reading.intent == Intent::report && reading.category != Category::none && !reading.guessed;
    const bool another =
        event && (values.corrects || pack.group_of(reading.category) != pack.group_of(before.category));
    if (another || understand::tells_elsewhere(before, said) || !raises_all(reading, before, said, known, pack))
        return std::nullopt;
    if (!values.corrects && !understand::only_adds(before, said)) return std::nullopt;
    return said;
}

/// What the text says of the sender's last report, when it is about that: as a whole when it says outright that it puts
/// one right, else the values it consists of.
std::optional<Reading> said_of_earlier(const Reading& reading, const Known& known, const Pack& pack) {
    const bool tells = reading.intent == Intent::report || reading.intent == Intent::unclear;
    if (!known.earlier || !tells) return std::nullopt;
    if (known.earlier->intent == Intent::register_worker) return std::nullopt;  // its form alone corrects it
    return reading.correction ? reading : values_for_earlier(reading, known, pack);
}

}  // namespace

std::string_view to_string(Withheld why) {
    constexpr auto names = std::to_array<std::string_view>(
        {"no", "silent_channel", "late", "no_phone", "answered", "opted_out", "throttled", "repeated", "machine",
         "silent_mode", "coded_mode", "night", "flood", "prefix_budget", "day_budget", "country"});
    return names.at(static_cast<std::size_t>(why));
}

Reading reading_of(const Report& report, WallTime now) {
    Reading reading;
    reading.intent = report.intent;
    reading.category = report.category;
    reading.place = report.place;
    reading.people = report.people;
    reading.people_max = report.people_max;
    reading.when.at = report.onset;
    reading.when.past = report.onset && *report.onset < now;
    reading.flags = report.flags;
    return reading;
}

Decision decide(const Reading& reading, const Known& known, const Pack& pack) {
    Decision decision;
    if (known.conversation && known.conversation->fit != Fit::none) {
        decide_answer(decision, reading, known, pack);
    } else if (const auto said = said_of_earlier(reading, known, pack)) {
        decide_correction(decision, *said, known, pack);
    } else {
        decide_own(decision, reading, known, pack);
    }
    note_danger(decision, reading, known);
    settle_reply(decision, reading, known, pack);
    if (known.duress_word) under_duress(decision, reading, known);
    return decision;
}

}  // namespace jejak::casework
