#include "gateway/casework/publish.hpp"

#include "storage/reference.hpp"

namespace jejak::casework {
namespace {

using storage::Alert;
using storage::Incident;
using storage::Table;
using storage::Unit;

constexpr std::size_t updates_per_unit = 64;

void set_time(google::protobuf::Timestamp& field, WallTime time) {
    const auto ms = to_ms(time);
    field.set_seconds(ms / 1000);
    field.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
}

void set_place(v1::Place& field, const std::string& code, const understand::Pack& pack) {
    field.set_code(code);
    if (const auto* place = pack.place(code)) field.set_name(place->name);
}

}  // namespace

Publisher::Publisher(const storage::Vault& vault, Route route)
    : vault_(vault),
      route_(std::move(route)),
      ticket_key_(vault.reference_key("ticket")),
      incident_key_(vault.reference_key("incident")),
      worker_key_(vault.reference_key("worker")) {}

std::string Publisher::incident_reference(std::uint32_t number) const {
    return storage::encode_reference(number, incident_key_);
}
std::string Publisher::worker_code(std::uint32_t number) const {
    return storage::encode_reference(number, worker_key_);
}
std::string Publisher::ticket_reference(std::uint32_t number) const {
    return storage::encode_reference(number, ticket_key_);
}
std::optional<std::uint32_t> Publisher::worker_number(std::string_view typed) const {
    return storage::decode_reference(typed, worker_key_);
}
std::optional<std::uint32_t> Publisher::incident_number(std::string_view typed) const {
    return storage::decode_reference(typed, incident_key_);
}
std::optional<std::uint32_t> Publisher::ticket_number(std::string_view typed) const {
    return storage::decode_reference(typed, ticket_key_);
}

v1::Alert Publisher::message(const Alert& alert, const Incident& incident, const understand::Pack& pack) const {
    v1::Alert out;
    out.set_id(vault_.public_id(Table::alert, alert.id));
    out.set_sequence(alert.sequence);
    out.set_kind(std::string(to_string(alert.kind)));
    out.set_status(std::string(to_string(alert.status)));
    out.set_urgency(alert.urgency);
    out.set_severity(alert.severity);
    out.set_certainty(alert.certainty);
    out.set_category(std::string(to_string(alert.category)));
    set_place(*out.mutable_place(), alert.place, pack);
    if (alert.people) out.set_people(*alert.people);
    if (alert.people_max) out.set_people_max(*alert.people_max);
    out.set_reporters(alert.reporters);
    set_time(*out.mutable_onset(), alert.onset);
    set_time(*out.mutable_raised_at(), alert.raised_at);
    set_time(*out.mutable_updated_at(), alert.updated_at);
    out.set_incident(incident_reference(incident.number));
    if (alert.calls) out.set_calls(std::string(storage::to_string(*alert.calls)));
    if (alert.worker) out.set_worker(worker_code(*alert.worker));
    if (alert.acknowledged_at) {
        auto& acknowledged = *out.mutable_acknowledged();
        acknowledged.set_by(alert.acknowledged_by);
        acknowledged.set_note(alert.acknowledged_note);
        set_time(*acknowledged.mutable_at(), *alert.acknowledged_at);
    }
    return out;
}

void Publisher::owe(Unit& unit, std::string_view type, Audience audience, std::string_view place,
                    const google::protobuf::Message& body, std::vector<std::string>& touched) const {
    const auto endpoints = route_(type, audience, place);
    if (endpoints.empty()) return;
    storage::Event event;
    event.id = unit.next_id(Table::event);
    event.type = type;
    event.at = unit.now();
    event.body = body.SerializeAsString();
    unit.add(event);
    for (const auto& endpoint : endpoints) {
        storage::Delivery delivery;
        delivery.id = unit.next_id(Table::delivery);
        delivery.event = event.id;
        delivery.endpoint = endpoint;
        unit.add(delivery);
        touched.push_back(endpoint);
    }
}

void Publisher::publish(Unit& unit, Alert& alert, const Incident& incident, std::string_view type,
                        const understand::Pack& pack, std::vector<std::string>& touched) const {
    alert.published_at = unit.now();
    alert.unpublished = false;
    owe(unit, type, alert.audience, alert.place, message(alert, incident, pack), touched);
}

void Publisher::publish(Unit& unit, const storage::Worker& worker, std::string_view type, const understand::Pack& pack,
                        std::vector<std::string>& touched) const {
    v1::Worker out;
    out.set_code(worker_code(worker.number));
    out.set_state(std::string(to_string(worker.state)));
    set_place(*out.mutable_village(), worker.village, pack);
    if (pack.knows_place(worker.destination)) out.set_destination(worker.destination);
    set_time(*out.mutable_at(), unit.now());
    owe(unit, type, Audience::general, worker.village, out, touched);
}

void Publisher::publish(Unit& unit, const storage::Report& report, std::optional<std::uint32_t> incident_number,
                        Audience audience, const understand::Pack& pack, std::vector<std::string>& touched) const {
    v1::Report out;
    out.set_id(vault_.public_id(Table::report, report.id));
    out.set_category(std::string(to_string(report.category)));
    set_place(*out.mutable_place(), report.place, pack);
    if (report.people) out.set_people(*report.people);
    if (report.people_max) out.set_people_max(*report.people_max);
    set_time(*out.mutable_received_at(), report.received_at);
    set_time(*out.mutable_updated_at(), unit.now());
    if (report.onset) set_time(*out.mutable_onset(), *report.onset);
    out.set_intent(std::string(to_string(report.intent)));
    if (incident_number) out.set_incident(incident_reference(*incident_number));
    owe(unit, "report.received", audience, report.place, out, touched);
}

std::size_t publish_waiting_updates(Unit& unit, const Publisher& publisher, const understand::Pack& pack,
                                    std::vector<std::string>& touched) {
    auto waiting = unit.alerts_unpublished(unit.now() - pack.update_interval(), updates_per_unit);
    for (auto& alert : waiting) {
        const auto incident = unit.incident(alert.incident);
        if (!incident) continue;
        publisher.publish(unit, alert, *incident, "alert.updated", pack, touched);
        unit.update(alert);
    }
    return waiting.size();
}

}  // namespace jejak::casework
