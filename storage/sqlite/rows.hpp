#pragma once
#include <concepts>
#include <tuple>

#include "storage/model.hpp"

/// The columns of each table in the order of the schema, once: whoever writes a row and whoever reads one walk the
/// same list. A sealed column that the store itself opens stands last in its table and is not in the list.
namespace jejak::storage::sqlite {

template <class Value, class Model>
concept Of = std::same_as<std::remove_const_t<Value>, Model>;

auto columns(Of<Message> auto& m) {
    return std::tie(m.id, m.channel, m.sender_key, m.sender_kind, m.sender, m.destination, m.text, m.raw, m.received_at,
                    m.fate, m.remarks, m.fingerprint, m.provider_key, m.duplicate_of, m.assembly, m.account);
}
auto columns(Of<Assembly> auto& a) {
    return std::tie(a.id, a.key, a.lead, a.total, a.first_at, a.state, a.scope, a.sender_key, a.parts, a.octets,
                    a.due_at);
}
auto columns(Of<Report> auto& r) {
    return std::tie(r.id, r.message, r.sender_key, r.intent, r.category, r.place, r.people, r.people_max, r.onset,
                    r.flags, r.incident, r.received_at);
}
auto columns(Of<Person> auto& p) {
    return std::tie(p.id, p.number_key, p.number, p.role, p.place, p.added_at);
}
auto columns(Of<Worker> auto& w) {  // and destination
    return std::tie(w.id, w.number, w.state, w.name, w.nik, w.phone, w.job, w.nik_key, w.owner_key, w.owner, w.sex,
                    w.village, w.exit_point, w.planned_at, w.registered_by, w.registered_at, w.consent_at);
}
auto columns(Of<TrailEvent> auto& t) {  // and place
    return std::tie(t.id, t.worker, t.message, t.kind, t.claimed, t.at);
}
auto columns(Of<Incident> auto& i) {
    return std::tie(i.id, i.number, i.group, i.village, i.first_at, i.last_at, i.reports, i.reporters);
}
auto columns(Of<Alert> auto& a) {  // and acknowledged_note, calls
    return std::tie(a.id, a.incident, a.audience, a.sequence, a.kind, a.status, a.urgency, a.severity, a.certainty,
                    a.category, a.place, a.people, a.people_max, a.reporters, a.worker, a.onset, a.raised_at,
                    a.updated_at, a.published_at, a.unpublished, a.acknowledged_by, a.acknowledged_at);
}
auto columns(Of<Event> auto& e) {
    return std::tie(e.id, e.type, e.at);
}  // and body
auto columns(Of<Delivery> auto& d) {
    return std::tie(d.id, d.event, d.endpoint, d.state, d.attempts, d.not_before, d.replayed);
}
auto columns(Of<EndpointState> auto& e) {
    return std::tie(e.name, e.suspended, e.reason, e.failing_since);
}
auto columns(Of<Reply> auto& r) {
    return std::tie(r.id, r.message, r.channel, r.to_key, r.state, r.text, r.to, r.valid_until, r.not_before,
                    r.provider_id, r.uncertain, r.account);
}
auto columns(Of<ReplyPart> auto& p) {
    return std::tie(p.reply, p.part, p.total, p.channel, p.provider_id, p.state);
}
auto columns(Of<Receipt> auto& r) {
    return std::tie(r.id, r.channel, r.message_id, r.ids, r.source_key, r.destination_key, r.state, r.error,
                    r.received_at, r.match, r.reply);
}
auto columns(Of<Dialogue> auto& d) {
    return std::tie(d.id, d.person_key, d.way, d.session_key, d.channel, d.form, d.slot, d.asked, d.message, d.state,
                    d.opened_at, d.expires_at);
}
auto columns(Of<ReplyPolicy> auto& p) {
    return std::tie(p.number_key, p.mode, p.safe_word, p.duress_word, p.calls, p.changed_at, p.help_until,
                    p.watched_until, p.quiet_until);
}
auto columns(Of<AuditEntry> auto& a) {
    return std::tie(a.id, a.at, a.actor, a.action, a.object);
}  // and what seals it

}  // namespace jejak::storage::sqlite
