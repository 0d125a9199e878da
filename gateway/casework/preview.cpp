#include "gateway/casework/preview.hpp"

#include "gateway/casework/rules.hpp"
#include "gateway/understand/intents.hpp"
#include "gateway/understand/pack/data.hpp"
#include "protocol/sms/msisdn.hpp"

namespace jejak::casework {
namespace {

constexpr storage::Id sample_message = 1, sample_person = 2, sample_worker = 3;

storage::Worker sample_of(WorkerState state, const Known& known) {
    storage::Worker worker;
    worker.id = sample_worker;
    worker.number = 1;
    worker.state = state;
    if (state == WorkerState::proposed) return worker;
    worker.owner_key = known.sender_key;
    worker.consent_at = known.now;
    return worker;
}

/// The question whether a record may be kept is open with the sender, and YA or TIDAK alone answers it.
void await_consent(const Reading& reading, Known& known) {
    auto& open = known.conversation.emplace();
    open.row.form = open.row.slot = consent_form;
    const bool answers = reading.reference.empty() && (reading.intent == Intent::yes || reading.intent == Intent::no);
    if (!answers) return;
    open.fit = understand::Fit::answer;
    known.named_worker = sample_of(WorkerState::proposed, known);
}

Known sample_known(const Pack& pack, const Reading& reading, const understand::ReadingContext& context, Open open) {
    Known known;
    known.now = known.said_at = context.received_at;
    known.message = sample_message;
    known.sender_kind = sms::normalise(context.sender, sms::Ton::unknown, pack.data().country_code).kind;
    known.sender_key.fill(std::byte{1});
    if (context.role == Role::worker) {
        known.own_worker = sample_of(WorkerState::registered, known);
    } else if (context.role != Role::villager) {
        auto& person = known.person.emplace();
        person.id = sample_person;
        person.role = context.role;
        person.place = context.place;
    }
    if (understand::of_the_way(reading.intent) && !reading.reference.empty())
        known.named_worker = sample_of(WorkerState::registered, known);
    if (open == Open::consent) await_consent(reading, known);
    return known;
}

/// The reply with that ticket and that worker's code in it.
std::string worded(const Pack& pack, const Decision& decision, const std::string& ticket, const std::string& code) {
    std::vector<std::pair<std::string_view, std::string>> fields;
    for (const auto& [name, value] : decision.reply->fields) fields.emplace_back(name, value);
    if (decision.reply->ticket) fields.emplace_back("ref", ticket);
    if (decision.reply->worker_code) fields.emplace_back("code", code);
    return pack.reply(decision.reply->name, fields, decision.language);
}

/// Without the sentence that tells the ticket: there is none to tell of.
std::string without_ticket(std::string text) {
    constexpr std::string_view end_of_sentence = ". ";
    const auto field = text.find("{ref}");
    if (field == text.npos) return text;
    const auto before = text.rfind(end_of_sentence, field);
    const auto begin = before == text.npos ? 0 : before + end_of_sentence.size();
    const auto after = text.find(end_of_sentence, field);
    const auto end = after == text.npos ? text.size() : after + end_of_sentence.size();
    return text.erase(begin, end - begin);
}

void foretell_reply(const Pack& pack, const Decision& decision, understand::Outcome& outcome) {
    const auto sample = [&](std::string_view field) {
        const auto& longest = pack.data().longest_fields;
        const auto known = longest.find(field);
        return known == longest.end() ? '{' + std::string(field) + '}' : known->second;
    };
    outcome.reply = without_ticket(worded(pack, decision, "{ref}", "{code}"));
    outcome.sample = worded(pack, decision, sample("ref"), sample("code"));
    const auto& draft = *decision.reply;
    std::string samples = draft.ticket ? sample("ref") : std::string();
    if (draft.worker_code) samples += (samples.empty() ? "" : ", ") + sample("code");
    if (!samples.empty()) outcome.note = samples + " is a sample; each message gets its own";
}

}  // namespace

Open open_of(std::string_view description) {
    return description == "consent pending" ? Open::consent : Open::nothing;
}

understand::Outcome preview(const Pack& pack, const Reading& reading, const understand::ReadingContext& context,
                            Open open) {
    const auto decision = decide(reading, sample_known(pack, reading, context, open), pack);
    understand::Outcome outcome;
    for (const auto& alert : decision.alerts) outcome.alerts.push_back(alert.kind);
    if (decision.turn && decision.turn->what == Turn::What::begin) outcome.ask = decision.turn->slot;
    if (decision.reply) {
        foretell_reply(pack, decision, outcome);
    } else if (decision.withheld == Withheld::no_phone) {
        outcome.note = "such a sender is never answered";
    } else {
        outcome.note = "the sender wants no answer, or others read the phone";
    }
    return outcome;
}

}  // namespace jejak::casework
