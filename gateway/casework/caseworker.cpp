#include "gateway/casework/caseworker.hpp"

#include <algorithm>

#include "storage/error.hpp"
#include "storage/reference.hpp"

namespace jejak::casework {
namespace {

using storage::Alert;
using storage::Column;
using storage::Incident;
using storage::Table;
using storage::Unit;
using understand::Pack;
using understand::Reading;

/// An alert of the first kind already says what the second would: a departure that is under way is not told again as
/// past.
bool covers(AlertKind existing, AlertKind wanted) {
    return existing == wanted || (existing == AlertKind::departure_now && wanted == AlertKind::departure_past);
}

Reading read_as(const Subject& subject, const storage::Person& person, WallTime now) {
    understand::ReadingContext context;
    context.received_at = now;
    context.sender = subject.sender.address;
    context.role = person.role;
    context.place = person.place;
    return understand::read(*subject.pack, subject.text, context);
}

/// A report of what somebody saw is not about the sender: most texts need no look at the registry.
bool concerns_worker(const Reading& reading) {
    const auto& alerts = reading.alerts;
    return reading.intent != Intent::report || std::find(alerts.begin(), alerts.end(), AlertKind::sos) != alerts.end();
}

bool in_trail(Unit& unit, storage::Id worker, storage::Id message) {
    const auto trail = unit.trail(worker);
    return std::any_of(trail.begin(), trail.end(), [&](const auto& event) { return event.message == message; });
}

void merge_people(std::optional<std::uint32_t>& kept, const std::optional<std::uint32_t>& said) {
    if (said && (!kept || *said > *kept)) kept = said;
}

}  // namespace

Handled Caseworker::handle(Unit& unit, const Subject& subject) const {
    const auto* reading = &subject.reading;
    Reading known_sender_reading;
    auto known = look_up(unit, subject, *reading);
    if (known.person && !subject.quarantined) {
        try {
            known_sender_reading = read_as(subject, *known.person, known.now);
            reading = &known_sender_reading;
        } catch (const std::exception&) {
            // Our own mistake: what was read without knowing the sender stands.
            reading = &subject.reading;
        }
    }
    auto decision = decide(*reading, known, *subject.pack);
    if (subject.quarantined && decision.fate == Fate::unclear) decision.fate = Fate::quarantined;

    Handled handled;
    handled.fate = decision.fate;
    if (decision.opt_out) unit.set_opted_out(subject.sender_key, *decision.opt_out);
    if (decision.worker) store_worker(unit, decision, subject);
    // Its missing part came after it was released: the same report, read anew.
    const auto earlier = subject.answered ? unit.report_of(subject.message) : std::nullopt;
    const auto incident = join_incident(unit, decision, known, earlier, subject.pack->incident_window());
    store_report(unit, decision, subject, incident, earlier, handled);
    if (incident && decision.report) settle_alerts(unit, decision, *incident, *subject.pack, handled);
    if (decision.trail && subject.answered && in_trail(unit, decision.trail->worker, subject.message)) {
        decision.trail.reset();  // its first parts said it already
        decision.worker_event.clear();
    }
    if (decision.trail) {
        decision.trail->id = unit.next_id(Table::trail_event);
        decision.trail->message = subject.message;
        unit.add(*decision.trail);
    }
    if (!decision.worker_event.empty()) {
        publisher_.publish(unit, *decision.worker, decision.worker_event, *subject.pack, handled.endpoints);
    }
    store_reply(unit, decision, subject, handled);
    return handled;
}

Known Caseworker::look_up(Unit& unit, const Subject& subject, const Reading& reading) const {
    Known known;
    known.now = unit.now();
    known.message = subject.message;
    known.said_at = subject.said_at;
    known.sender_kind = subject.sender.kind;
    known.sender_key = subject.sender_key;
    known.lane = subject.lane;
    known.unclear_answered = subject.unclear_answered;
    known.answered = subject.answered;
    known.silent_channel = subject.route.how == ReplyRoute::How::silent;
    if (subject.sender.kind == sms::Originator::Kind::msisdn) {
        known.person = unit.person(subject.sender_key);
        if (concerns_worker(reading)) known.own_worker = unit.worker_of(subject.sender_key);
        known.opted_out = unit.opted_out(subject.sender_key);
    }
    if (!reading.reference.empty()) {
        if (const auto number = publisher_.worker_number(reading.reference)) known.named_worker = unit.worker(*number);
        if (reading.intent == Intent::status) known.ticket = ticket_state(unit, subject, reading.reference);
    }
    if (reading.intent == Intent::register_worker && !reading.registration.nik.empty()) {
        known.nik_key = publisher_.vault().lookup("nik", reading.registration.nik);
        known.same_nik = unit.worker_with_nik(*known.nik_key);
    }
    return known;
}

TicketState Caseworker::ticket_state(Unit& unit, const Subject& subject, std::string_view reference) const {
    const auto number = publisher_.ticket_number(reference);
    const auto message_id = number ? unit.ticket(*number) : std::nullopt;
    const auto message = message_id ? unit.message(*message_id) : std::nullopt;
    if (!message || message->sender_key != subject.sender_key) return TicketState::not_theirs;
    const auto report = unit.report_of(message->id);
    if (!report || !report->incident) return TicketState::received;
    const auto alerts = unit.alerts_of(*report->incident);
    if (alerts.empty()) return TicketState::received;
    const auto acknowledged = [](const Alert& alert) { return alert.acknowledged_at.has_value(); };
    return std::any_of(alerts.begin(), alerts.end(), acknowledged) ? TicketState::acknowledged : TicketState::raised;
}

std::optional<Incident> Caseworker::join_incident(Unit& unit, const Decision& decision, const Known& known,
                                                  const std::optional<storage::Report>& earlier,
                                                  std::chrono::minutes window) const {
    if (earlier && earlier->incident) return unit.incident(*earlier->incident);
    if (!decision.incident || !decision.report) return std::nullopt;
    const auto& scope = *decision.incident;
    auto near = unit.incident_near(scope.group, scope.village, known.now - window);
    const bool fresh = !near;
    if (fresh) {
        Incident incident;
        incident.id = unit.next_id(Table::incident);
        incident.number = unit.next_number("incident");
        incident.group = scope.group;
        incident.village = scope.village;
        incident.first_at = known.now;
        near = incident;
    }
    near->last_at = known.now;
    near->reports += 1;
    if (fresh) {
        near->reporters = 1;
        unit.add(*near);
        unit.add_reporter(near->id, known.sender_key);
    } else {
        if (near->reporters < storage::reporters_counted_max && unit.add_reporter(near->id, known.sender_key)) {
            near->reporters += 1;
        }
        unit.update(*near);
    }
    return near;
}

/// Raises what the report calls for, and brings what the incident already has up to date: nothing a text says cancels
/// an alert or makes it smaller.
void Caseworker::settle_alerts(Unit& unit, const Decision& decision, const Incident& incident, const Pack& pack,
                               Handled& handled) const {
    const auto& report = *decision.report;
    auto existing = unit.alerts_of(incident.id);
    for (auto& alert : existing) {
        alert.reporters = incident.reporters;
        if (alert.place.empty()) alert.place = report.place;
        merge_people(alert.people, report.people);
        merge_people(alert.people_max, report.people_max);
        if (alert.reporters >= 2 && alert.certainty == "Possible") alert.certainty = "Likely";
        alert.updated_at = unit.now();
        alert.unpublished = true;
        if (alert.status == AlertStatus::raised) alert.status = AlertStatus::updated;
        if (unit.now() - alert.published_at >= pack.update_interval()) {
            publisher_.publish(unit, alert, incident, "alert.updated", pack, handled.endpoints);
        }
        unit.update(alert);
    }
    for (const auto& draft : decision.alerts) {
        // Who calls for help again after somebody took the first call is heard again.
        const auto told = [&](const Alert& alert) {
            return covers(alert.kind, draft.kind) && !(draft.kind == AlertKind::sos && alert.acknowledged_at);
        };
        if (std::any_of(existing.begin(), existing.end(), told)) continue;
        Alert alert;
        alert.id = unit.next_id(Table::alert);
        alert.incident = incident.id;
        alert.audience = draft.audience;
        alert.kind = draft.kind;
        const auto& rule = pack.alert_rule(draft.kind);
        alert.urgency = rule.urgency;
        alert.severity = rule.severity;
        alert.certainty = incident.reporters >= 2 && rule.certainty == "Possible" ? "Likely" : rule.certainty;
        alert.category = report.category;
        alert.place = report.place;
        alert.people = report.people;
        alert.people_max = report.people_max;
        alert.reporters = incident.reporters;
        alert.worker = draft.worker;
        alert.onset = report.onset.value_or(unit.now());
        alert.raised_at = unit.now();
        alert.updated_at = unit.now();
        alert.published_at = unit.now();
        unit.add(alert);
        publisher_.publish(unit, alert, incident, "alert.raised", pack, handled.endpoints);
    }
}

void Caseworker::store_worker(Unit& unit, Decision& decision, const Subject& subject) const {
    auto& worker = *decision.worker;
    if (worker.id != 0) {
        if (worker.owner_key && worker.owner.empty()) {
            worker.owner = publisher_.vault().seal(Table::worker, Column::number, worker.id, subject.sender.address);
        }
        unit.update(worker);
        return;
    }
    const auto& vault = publisher_.vault();
    const auto& form = decision.identity;
    const auto sealed = [&](Column column, const std::string& value) {
        return value.empty() ? storage::Sealed{} : vault.seal(Table::worker, column, worker.id, value);
    };
    worker.id = unit.next_id(Table::worker);
    worker.number = unit.next_number("worker");
    worker.name = sealed(Column::name, form.name);
    worker.nik = sealed(Column::nik, form.nik);
    worker.phone = sealed(Column::phone, form.phone);
    worker.job = sealed(Column::job, form.job);
    if (!form.nik.empty()) worker.nik_key = vault.lookup("nik", form.nik);
    unit.add(worker);
}

void Caseworker::store_report(Unit& unit, const Decision& decision, const Subject& subject,
                              const std::optional<Incident>& incident, const std::optional<storage::Report>& earlier,
                              Handled& handled) const {
    if (!decision.report) return;
    auto report = *decision.report;
    report.message = subject.message;
    if (incident) report.incident = incident->id;
    if (earlier) {
        report.id = earlier->id;
        unit.update(report);
        return;
    }
    report.id = unit.next_id(Table::report);
    unit.add(report);
    const bool for_minors = report.intent == Intent::register_worker;
    const auto accuses = [](const AlertDraft& draft) { return draft.audience == Audience::oversight; };
    const bool accused = std::any_of(decision.alerts.begin(), decision.alerts.end(), accuses);
    const auto audience = for_minors ? Audience::child_protection : accused ? Audience::oversight : Audience::general;
    publisher_.publish(unit, report, incident ? std::optional(incident->number) : std::nullopt, audience, *subject.pack,
                       handled.endpoints);
}

void Caseworker::store_reply(Unit& unit, const Decision& decision, const Subject& subject, Handled& handled) const {
    if (!decision.reply) return;
    const auto& draft = *decision.reply;
    std::string name = draft.name;
    std::vector<std::pair<std::string_view, std::string>> fields;
    for (const auto& [key, value] : draft.fields) fields.emplace_back(key, value);
    if (draft.worker_code) fields.emplace_back("code", publisher_.worker_code(decision.worker->number));
    if (draft.ticket) {
        try {
            fields.emplace_back("ref", publisher_.ticket_reference(unit.issue_ticket(subject.message)));
        } catch (const storage::Exhausted&) {
            name = "received_plain";  // every reference is given out: the line goes without one
        }
    }
    handled.reply_text = subject.pack->reply(name, fields);
    handled.reply_to = subject.sender.address;

    storage::Reply reply;
    reply.id = unit.next_id(Table::reply);
    reply.message = subject.message;
    reply.channel = subject.route.channel;
    reply.to_key = subject.sender_key;
    reply.text = publisher_.vault().seal(Table::reply, Column::text, reply.id, handled.reply_text);
    reply.to = publisher_.vault().seal(Table::reply, Column::number, reply.id, subject.sender.address);
    reply.valid_until = unit.now() + subject.route.validity;
    const bool leaves_now = subject.route.how == ReplyRoute::How::inline_ || subject.route.ready;
    reply.state = leaves_now ? storage::ReplyState::sent : storage::ReplyState::pending;
    unit.add(reply);
    handled.reply = std::move(reply);
}

}  // namespace jejak::casework
