#include "gateway/casework/caseworker.hpp"

#include <algorithm>

#include "gateway/casework/words.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"

namespace jejak::casework {
namespace {

using storage::Table;
using storage::Unit;
using understand::Fit;
using understand::Flag;
using understand::Pack;
using understand::Reading;

/// A correction is of what was said within this time.
constexpr std::chrono::hours correctable_for{24};

understand::ReadingContext context_of(const Subject& subject, const Known& known) {
    understand::ReadingContext context;
    context.received_at = known.said_at;
    context.sender = subject.sender.address;
    if (known.person) {
        context.role = known.person->role;
        context.place = known.person->place;
    }
    return context;
}

/// A report of what somebody saw is not about the sender: most texts need no look at the registry.
bool concerns_worker(const Reading& reading) {
    const auto& alerts = reading.alerts;
    return reading.intent != Intent::report || std::find(alerts.begin(), alerts.end(), AlertKind::sos) != alerts.end();
}

/// What this message says was in the trail before: its first parts, or the first screens of a menu, told it. Its place
/// may have come later.
struct InTrail {
    bool step = false;   ///< the step itself, wherever it was
    bool whole = false;  ///< nothing to add
};
InTrail in_trail(Unit& unit, const storage::TrailEvent& said, storage::Id message) {
    InTrail found;
    for (const auto& event : unit.trail(said.worker)) {
        if (event.message != message || event.kind != said.kind) continue;
        found.step = true;
        found.whole = found.whole || said.place.empty() || event.place == said.place;
    }
    return found;
}

/// What whoever holds the phone of its sender must not learn of: they were given no code, and a bare STATUS gives none.
bool is_hidden(const storage::Report& report) {
    return report.intent == Intent::sos || has(report.flags, Flag::self_victim);
}

TicketState stage_of(Unit& unit, storage::Id message) {
    const auto report = unit.report_of(message);
    // Neither which word raised the silent alarm is told, nor whose registration.
    if (!report || !report->incident || report->intent == Intent::register_worker) return TicketState::received;
    auto alerts = unit.alerts_of(*report->incident);
    std::erase_if(alerts, [](const storage::Alert& alert) { return alert.kind == AlertKind::duress; });
    if (alerts.empty()) return TicketState::received;
    const auto acknowledged = [](const storage::Alert& alert) { return alert.acknowledged_at.has_value(); };
    return std::any_of(alerts.begin(), alerts.end(), acknowledged) ? TicketState::acknowledged : TicketState::raised;
}

}  // namespace

namespace {

Reading as_hearsay(const Subject& subject) {
    const auto& read = subject.reading;
    const bool tells = read.intent == Intent::report || read.intent == Intent::sos;
    if (tells && !quotes_us(*subject.pack, subject.text)) return read;
    Reading unclear;
    unclear.language = read.language;
    return unclear;
}

/// What a person put right stays, whatever is read anew.
void keep_corrected(Decision& decision, const storage::Report& earlier) {
    if (!decision.report) return;
    auto& report = *decision.report;
    const auto corrected = [&](understand::Flag flag) {
        report.flags |= earlier.flags & static_cast<understand::Flags>(flag);
        return has(earlier.flags, flag);
    };
    const bool category = corrected(understand::Flag::category_corrected);
    const bool place = corrected(understand::Flag::place_corrected);
    if (category) report.category = earlier.category;
    if (place) report.place = earlier.place;
    if (corrected(understand::Flag::people_corrected)) {
        report.people = earlier.people;
        report.people_max = earlier.people_max;
    }
    if ((category || place) && earlier.incident) decision.incident.reset();  // it stays where it is
}

void decide_hearsay(Decision& decision) {
    decision.opt_out.reset();
    decision.calls.reset();
    decision.help = decision.watched = decision.quiet = false;
}

}  // namespace

Handled Caseworker::handle(Unit& unit, const Subject& subject) const {
    const auto& pack = *subject.pack;
    const auto* reading = &subject.reading;
    Reading known_sender_reading;
    auto known = meet(unit, subject);
    if (subject.hearsay) {
        known_sender_reading = as_hearsay(subject);
        reading = &known_sender_reading;
    } else if (known.person && !subject.quarantined && !subject.from_menu) {
        try {
            known_sender_reading = understand::read(pack, subject.text, context_of(subject, known));
            reading = &known_sender_reading;
        } catch (const std::exception&) {
            // Our own mistake: what was read without knowing the sender stands.
            reading = &subject.reading;
        }
    }
    look_up(unit, subject, *reading, known);
    auto decision = decide(*reading, known, pack);
    if (subject.hearsay) decide_hearsay(decision);
    if (subject.quarantined && decision.fate == Fate::unclear) decision.fate = Fate::quarantined;

    Handled handled;
    handled.fate = decision.fate;
    handled.withheld = decision.withheld;
    handled.answers = decision.about || (known.conversation && known.conversation->fit != understand::Fit::none);
    if (decision.opt_out) unit.set_opted_out(subject.sender_key, *decision.opt_out);
    store_policy(unit, decision, known, subject, handled);
    if (decision.worker) store_worker(unit, decision, subject);
    if (!decision.consent_phone.empty()) await_consent(unit, decision, subject);
    // An answer or a correction, or a missing part that came after its text was released: the same report, read anew.
    const auto target = decision.about.value_or(subject.message);
    const auto earlier = decision.about || subject.answered ? unit.report_of(target) : std::nullopt;
    if (earlier) keep_corrected(decision, *earlier);
    const auto settled = settle_incident(unit, decision, known, earlier, pack.incident_window());
    store_report(unit, decision, subject, settled.incident, earlier, handled);
    if (settled.incident && decision.report) settle_alerts(unit, decision, settled, pack, handled);
    if (decision.duress) raise_duress(unit, decision, known, subject, handled);
    if (decision.acknowledge) acknowledge(unit, known, *decision.acknowledge, pack, handled);
    if (decision.trail && subject.answered) {
        const auto before = in_trail(unit, *decision.trail, subject.message);
        if (before.step) decision.worker_event.clear();
        if (before.whole) decision.trail.reset();
    }
    if (decision.trail) {
        decision.trail->id = unit.next_id(Table::trail_event);
        decision.trail->message = subject.message;
        unit.add(*decision.trail);
    }
    if (!decision.worker_event.empty()) {
        publisher_.publish(unit, *decision.worker, decision.worker_event, pack, handled.endpoints);
    }
    store_turn(unit, decision, known, subject);
    store_reply(unit, decision, subject, handled);
    return handled;
}

/// What the number alone tells, with one question to the store for most numbers.
Known Caseworker::meet(Unit& unit, const Subject& subject) const {
    Known known;
    known.now = unit.now();
    known.message = subject.message;
    known.said_at = subject.said_at;
    known.sender_kind = subject.sender.kind;
    known.sender_key = subject.sender_key;
    known.lane = subject.lane;
    known.allowance = subject.allowance;
    known.mode = subject.route.mode;
    known.cover_text = subject.route.cover_text;
    known.may_ask = subject.may_ask && !subject.from_menu;
    known.unclear_answered = subject.unclear_answered;
    known.repeated = subject.repeated;
    known.said_lately = subject.said_lately;
    known.said_often = subject.said_often;
    known.machine = subject.machine;
    known.answered = subject.answered;
    known.asks_when = subject.asks_when;
    known.late = subject.late;
    known.silent_channel = subject.route.how == ReplyRoute::How::silent;
    if (subject.sender.kind != sms::Originator::Kind::msisdn) return known;
    const auto met = unit.acquaintance(subject.sender_key, known.now);
    known.opted_out = met.opted_out;
    known.night = subject.route.quiet_hours.hold(known.now, subject.pack->utc_offset_of(subject.sender.address));
    if (met.person) known.person = unit.person(subject.sender_key);
    if (const auto policy = met.policy ? unit.reply_policy(subject.sender_key) : std::nullopt) {
        known.mode = policy->mode.value_or(known.mode);
        known.night = known.night && policy->mode != ReplyMode::full;
        known.calls = calls_of(*policy, known.now);
        known.help = policy->help_until > known.now;
        known.watched = policy->watched_until > known.now;
        known.quiet = policy->quiet_until > known.now;
        const auto words = find_agreed(publisher_.vault(), subject.sender.address, subject.text, policy->safe_word,
                                       policy->duress_word);
        known.safe_word = words.safe;
        known.duress_word = words.duress;
    }
    const bool talks = met.dialogue && !subject.answered && !subject.quarantined && !subject.from_menu;
    if (talks) known.conversation = conversation_with(unit, subject, known);
    return known;
}

/// The conversation by SMS that is open with the sender, and whether this text answers it. One whose state does not
/// open, or whose question the pack no longer has, is left to time out.
std::optional<Conversation> Caseworker::conversation_with(Unit& unit, const Subject& subject,
                                                          const Known& known) const {
    auto row = unit.dialogue_of(subject.sender_key, known.now, storage::Dialogue::Way::sms);
    if (!row) return std::nullopt;
    auto progress = open_progress(publisher_.vault(), *row);
    if (!progress) return std::nullopt;
    const auto told = progress->reading.intent;
    Conversation open{std::move(*row), std::move(*progress), told, Fit::none};
    if (open.row.slot.empty()) return open;
    if (open.row.form == consent_form) {
        const auto said = subject.reading.intent;
        const bool bare = subject.reading.reference.empty() && (said == Intent::yes || said == Intent::no);
        open.fit = bare ? Fit::answer : Fit::none;
        return open;
    }
    // SETUJU with a code is a worker's consent, whatever they were asked.
    if (subject.reading.intent == Intent::yes && !subject.reading.reference.empty()) return open;
    const auto* form = subject.pack->form(open.row.form);
    const auto* field = form == nullptr ? nullptr : form->field(open.row.slot);
    if (field == nullptr) return open;
    try {
        auto whole = open.progress.reading;
        open.fit = understand::read_answer(*subject.pack, *field, subject.text, context_of(subject, known), whole);
        if (open.fit == Fit::answer) open.progress.reading = std::move(whole);
        if (open.fit == Fit::none && open.row.slot == gentle_field)
            open.refuses =
                understand::begins_with_refusal(*subject.pack, *field, subject.text, context_of(subject, known));
    } catch (const std::exception&) {
        open.fit = Fit::none;  // our own mistake: it is a text of its own then
    }
    return open;
}

/// What the decision about this reading needs beyond the sender.
void Caseworker::look_up(Unit& unit, const Subject& subject, const Reading& reading, Known& known) const {
    const bool phone = subject.sender.kind == sms::Originator::Kind::msisdn;
    if (phone && (concerns_worker(reading) || known.duress_word)) known.own_worker = unit.worker_of(subject.sender_key);
    if (!reading.reference.empty()) {
        if (const auto number = publisher_.worker_number(reading.reference)) known.named_worker = unit.worker(*number);
    }
    const bool in_danger = known.help || reading.intent == Intent::sos || has(reading.flags, Flag::self_victim);
    const bool answers = known.conversation && known.conversation->fit != Fit::none;
    if (phone && in_danger && !answers && !subject.from_menu && !subject.quarantined) {
        try {
            known.said_calls = calls_said(*subject.pack, subject.text, context_of(subject, known), known.help);
        } catch (const std::exception&) {
            known.said_calls.reset();  // our own mistake: the text is acted on without
        }
    }
    if (reading.intent == Intent::status) look_up_ticket(unit, subject, reading, known);
    if (known.conversation && known.conversation->fit != Fit::none && known.conversation->progress.worker) {
        known.named_worker = unit.worker(*known.conversation->progress.worker);
    }
    if (reading.intent == Intent::yes && known.named_worker && !known.named_worker->phone.empty()) {
        const auto& worker = *known.named_worker;
        const auto named = publisher_.vault().open(Table::worker, storage::Column::phone, worker.id, worker.phone);
        known.other_phone = !named || !same_phone(named->reveal(), subject.sender.address);
    }
    if (reading.intent == Intent::register_worker && !reading.registration.nik.empty()) {
        known.nik_key = publisher_.vault().lookup("nik", reading.registration.nik);
        known.same_nik = unit.worker_with_nik(*known.nik_key);
    }
    if (reading.intent == Intent::accept && known.person) {
        const auto number = publisher_.incident_number(reading.reference);
        const auto incident = number ? unit.incident_numbered(*number) : std::nullopt;
        if (incident) known.incident = incident->id;
    }
    if (phone && !answers && subject.last_report != 0) look_up_earlier(unit, subject, reading, known);
}

/// What the text may put right or complete: the sender's last report, of a day, and for what only fills its gaps as
/// long as an answer would be waited for.
void Caseworker::look_up_earlier(Unit& unit, const Subject& subject, const Reading& reading, Known& known) const {
    const auto age = known.now - storage::IdSource::time_of(subject.last_report);
    const bool tells = reading.intent == Intent::report || reading.intent == Intent::unclear;
    if (age > correctable_for || !tells) return;
    if (!reading.correction && !subject.answered && !subject.from_menu && !subject.quarantined) {
        try {
            known.values = understand::read_values(*subject.pack, subject.text, context_of(subject, known));
        } catch (const std::exception&) {
            known.values.reset();  // our own mistake: it is a text of its own then
        }
    }
    const bool asked = known.conversation && known.conversation->row.message == subject.last_report;
    const bool amends = known.values && (known.values->corrects || known.values->adds);
    const bool completes = amends || (known.values && (asked || age <= answers_within_));
    if (!reading.correction && !completes) return;
    auto earlier = unit.report_of(subject.last_report);
    if (!earlier || earlier->sender_key != subject.sender_key) return;
    known.earlier_alerted = earlier->incident && !unit.alerts_of(*earlier->incident).empty();
    known.earlier = std::move(earlier);
}

/// STATUS with a code: whose it is. Without one: the sender's own last report, which gets its code now if it had none.
/// Of a call for help nothing is told, nor of anything while one is near: it sounds as on any other phone.
void Caseworker::look_up_ticket(Unit& unit, const Subject& subject, const Reading& reading, Known& known) const {
    if (!reading.reference.empty()) {
        known.ticket = ticket_stage(unit, publisher_, subject.sender_key, reading.reference);
        return;
    }
    const auto last = subject.last_report != 0 ? unit.report_of(subject.last_report) : std::nullopt;
    if (!last || last->sender_key != subject.sender_key || known.help || is_hidden(*last)) return;
    try {
        const auto ticket = unit.ticket_of(last->message);
        known.ticket_reference = publisher_.ticket_reference(ticket ? *ticket : unit.issue_ticket(last->message));
        known.ticket = stage_of(unit, last->message);
    } catch (const storage::Exhausted&) {
        known.ticket = TicketState::not_theirs;  // every reference is given out
    }
}

TicketState ticket_stage(Unit& unit, const Publisher& publisher, const storage::LookupKey& sender_key,
                         std::string_view reference) {
    const auto number = publisher.ticket_number(reference);
    const auto message_id = number ? unit.ticket(*number) : std::nullopt;
    const auto message = message_id ? unit.message(*message_id) : std::nullopt;
    const bool theirs = message && message->sender_key == sender_key;
    return theirs ? stage_of(unit, message->id) : TicketState::not_theirs;
}

}  // namespace jejak::casework
