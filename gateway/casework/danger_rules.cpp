// Whoever is in danger, or not alone with the phone: what they said of it, and what they are spared.
#include "gateway/casework/rules.hpp"

namespace jejak::casework {
namespace {

bool answers(const Known& known) {
    return known.conversation && known.conversation->fit != understand::Fit::none;
}

/// They call for help, or tell what is done to them: with this text, or with the report that it completes.
bool in_need(const Decision& decision, const Reading& reading, const Known& known) {
    if (decision.report && decision.report->intent == Intent::sos) return true;
    if (answers(known)) return has(known.conversation->progress.reading.flags, Flag::self_victim);
    return reading.intent == Intent::sos || (decision.report && has(reading.flags, Flag::self_victim));
}

}  // namespace

Calls calls_of(const storage::ReplyPolicy& policy, WallTime now) {
    if (policy.calls == Calls::no || policy.watched_until > now) return Calls::no;
    return policy.help_until > now ? policy.calls : Calls::unknown;
}

void note_danger(Decision& decision, const Reading& reading, const Known& known) {
    if (known.said_calls && !answers(known)) {
        decision.calls = known.said_calls;
        if (decision.fate == Fate::unclear) decision.fate = Fate::understood;
    }
    if (known.conversation && known.conversation->refuses) decision.calls = Calls::no;
    if (known.sender_kind != sms::Originator::Kind::msisdn || official(known) || at_desk(known)) return;
    decision.help = in_need(decision, reading, known);
    decision.watched = reading.watched;
    decision.quiet = reading.quiet;
}

bool asked_gently(const Known& known) {
    return known.conversation && known.conversation->row.slot == gentle_field;
}

bool spared(const Decision& decision, const Known& known) {
    return known.help || decision.help || known.calls == Calls::no || decision.calls || asked_gently(known);
}

}  // namespace jejak::casework
