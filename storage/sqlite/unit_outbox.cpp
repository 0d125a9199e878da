// What a unit writes about reports, incidents, alerts, what is owed, and administration.
#include "storage/audit_chain.hpp"
#include "storage/sqlite/sqlite_unit.hpp"

namespace jejak::storage::sqlite {

namespace {

void must_exist(bool exists, const char* what) {
    if (!exists) throw Error(Error::Kind::misuse, what);
}

std::string join_lines(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text.append(line).append("\n");
    return text;
}

}  // namespace

Tally SqliteUnit::account() {
    Tally tally = SqliteView::account();
    tally.add(state_.batch);
    tally.add(state_.unit);
    return tally;
}

void SqliteUnit::add(const Report& report) {
    const auto insert = [this](const Report& row) {
        database_.run("INSERT INTO report VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", columns(row));
    };
    report.id == 0 ? insert(numbered(report, Table::report)) : insert(report);
}

void SqliteUnit::update(const Report& report) {
    const int changed = database_.run(
        "UPDATE report SET message = ?2, sender_key = ?3, intent = ?4, category = ?5, place = ?6, people = ?7, "
        "people_max = ?8, onset = ?9, flags = ?10, incident = ?11, received_at = ?12 WHERE id = ?1",
        columns(report));
    must_exist(changed > 0, "update: no such report");
}

void SqliteUnit::add(const Incident& incident) {
    const auto row = numbered(incident, Table::incident);
    database_.run("INSERT INTO incident VALUES (?,?,?,?,?,?,?,?)", columns(row));
}

void SqliteUnit::update(const Incident& incident) {
    const int changed = database_.run(
        "UPDATE incident SET number = ?2, category_group = ?3, village = ?4, first_at = ?5, last_at = ?6, reports = "
        "?7, "
        "reporters = ?8 WHERE id = ?1",
        columns(incident));
    must_exist(changed > 0, "update: no such incident");
}

bool SqliteUnit::add_reporter(Id incident, const LookupKey& sender_key) {
    const auto reporters = database_.value<std::uint32_t>("SELECT reporters FROM incident WHERE id = ?", incident);
    must_exist(reporters.has_value(), "add_reporter: no such incident");
    if (*reporters >= reporters_counted_max) return false;
    return database_.run("INSERT INTO incident_reporter VALUES (?, ?) ON CONFLICT DO NOTHING", incident, sender_key) >
           0;
}

std::uint32_t SqliteUnit::add(Alert& alert) {
    if (alert.id == 0) alert.id = next_id(Table::alert);
    alert.sequence = count_up("alert." + std::string(to_string(alert.audience)), 1);
    database_.run("INSERT INTO alert VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                  columns(std::as_const(alert)), sealed(Table::alert, Column::note, alert.id, alert.acknowledged_note),
                  alert.calls);
    state_.unit.count(Tally::alerts_raised);
    if (alert.acknowledged_at) state_.unit.count(Tally::alerts_acknowledged);
    return alert.sequence;
}

void SqliteUnit::update(const Alert& alert) {
    const auto acknowledged =
        database_.value<bool>("SELECT acknowledged_at IS NOT NULL FROM alert WHERE id = ?", alert.id);
    must_exist(acknowledged.has_value(), "update: no such alert");
    database_.run(
        "UPDATE alert SET incident = ?2, audience = ?3, sequence = ?4, kind = ?5, status = ?6, urgency = ?7, severity "
        "= ?8, "
        "certainty = ?9, category = ?10, place = ?11, people = ?12, people_max = ?13, reporters = ?14, worker = ?15, "
        "onset = ?16, raised_at = ?17, updated_at = ?18, published_at = ?19, unpublished = ?20, acknowledged_by = ?21, "
        "acknowledged_at = ?22, acknowledged_note = ?23, calls = ?24 WHERE id = ?1",
        columns(alert), sealed(Table::alert, Column::note, alert.id, alert.acknowledged_note), alert.calls);
    const int before = *acknowledged ? 1 : 0;
    const int after = alert.acknowledged_at ? 1 : 0;
    state_.unit.count(Tally::alerts_acknowledged, after - before);
}

void SqliteUnit::add(const Event& event) {
    const auto row = numbered(event, Table::event);
    database_.run("INSERT INTO event VALUES (?,?,?,?)", columns(row),
                  vault_.seal(Table::event, Column::details, row.id, row.body));
}

void SqliteUnit::add(const Delivery& delivery) {
    const auto row = numbered(delivery, Table::delivery);
    database_.run("INSERT INTO delivery VALUES (?,?,?,?,?,?,?)", columns(row));
    state_.unit.count(Tally::deliveries_owed);
    state_.unit.count(row.state, row.endpoint);
}

void SqliteUnit::update(const Delivery& delivery) {
    std::optional<Delivery> before = first<Delivery>("SELECT * FROM delivery WHERE id = ?", delivery.id);
    must_exist(before.has_value(), "update: no such delivery");
    database_.run("UPDATE delivery SET state = ?, attempts = ?, not_before = ?, replayed = ? WHERE id = ?",
                  delivery.state, delivery.attempts, delivery.not_before, delivery.replayed, delivery.id);
    if (before->state == delivery.state) return;
    state_.unit.count(before->state, before->endpoint, -1);
    state_.unit.count(delivery.state, before->endpoint);
}

std::uint64_t SqliteUnit::replay_dead(std::string_view endpoint) {
    const int changed = database_.run(
        "UPDATE delivery SET state = 0, attempts = 0, not_before = NULL, replayed = 1 WHERE state = 2 AND endpoint = ?",
        endpoint);
    state_.unit.count(DeliveryState::dead, endpoint, -changed);
    state_.unit.count(DeliveryState::pending, endpoint, changed);
    return static_cast<std::uint64_t>(changed);
}

void SqliteUnit::set(const EndpointState& state) {
    database_.run("INSERT OR REPLACE INTO endpoint VALUES (?,?,?,?)", columns(state));
}

void SqliteUnit::add(const Reply& reply) {
    const auto insert = [this](const Reply& row) {
        database_.run("INSERT INTO reply VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", columns(row));
    };
    reply.id == 0 ? insert(numbered(reply, Table::reply)) : insert(reply);
    state_.unit.count(Tally::replies_owed);
    state_.unit.count(reply.state);
}

void SqliteUnit::update(const Reply& reply) {
    const auto before = database_.value<ReplyState>("SELECT state FROM reply WHERE id = ?", reply.id);
    must_exist(before.has_value(), "update: no such reply");
    database_.run("UPDATE reply SET state = ?, not_before = ?, provider_id = ?, uncertain = ? WHERE id = ?",
                  reply.state, reply.not_before, reply.provider_id, reply.uncertain, reply.id);
    state_.unit.count(*before, -1);
    state_.unit.count(reply.state);
}

void SqliteUnit::set(const ReplyPart& part) {
    database_.run("INSERT OR REPLACE INTO reply_part VALUES (?,?,?,?,?,?)", columns(part));
}

std::uint64_t SqliteUnit::drop_expired_replies(std::size_t limit) {
    const int changed = database_.run(
        "UPDATE reply SET state = 3 WHERE id IN (SELECT id FROM reply WHERE state = 0 AND valid_until <= ? LIMIT ?)",
        now_, rows_limit(limit));
    state_.unit.count(ReplyState::pending, -changed);
    state_.unit.count(ReplyState::dropped, changed);
    return static_cast<std::uint64_t>(changed);
}

void SqliteUnit::mark_replies_uncertain(WallTime since) {
    database_.run("UPDATE reply SET uncertain = 1 WHERE id >= ? AND state = 1 AND provider_id = '' AND uncertain = 0",
                  IdSource::floor(since));
}

void SqliteUnit::add(const Receipt& receipt) {
    const auto row = numbered(receipt, Table::receipt);
    database_.run("INSERT INTO receipt VALUES (?,?,?,?,?,?,?,?,?,?,?)", columns(row));
}

void SqliteUnit::set_match(Id receipt, Receipt::Match match, std::optional<Id> reply) {
    const int changed = database_.run("UPDATE receipt SET match = ?, reply = ? WHERE id = ?", match, reply, receipt);
    must_exist(changed > 0, "set_match: no such receipt");
}

void SqliteUnit::keep_unmatched_receipts(std::size_t newest) {
    database_.run(
        "DELETE FROM receipt WHERE reply IS NULL AND id <= "
        "(SELECT id FROM receipt WHERE reply IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?)",
        rows_limit(newest));
}

void SqliteUnit::add(const Token& token) {
    const int added = database_.run(
        "INSERT INTO token VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (name) DO UPDATE SET role = ?2, hash = ?3, areas = "
        "?4, "
        "added_at = ?5, revoked = ?6 WHERE revoked = 1",
        token.name, token.role, token.hash, join_lines(token.areas), token.added_at, token.revoked);
    must_exist(added > 0, "add: a token of this name is in use");
}

bool SqliteUnit::revoke_token(std::string_view name) {
    return database_.run("UPDATE token SET revoked = 1 WHERE name = ? AND revoked = 0", name) > 0;
}

void SqliteUnit::audit(AuditEntry entry) {
    if (entry.id == 0) entry.id = next_id(Table::audit);
    if (entry.at == WallTime{}) entry.at = now_;
    AuditHash previous{};
    Sealed last;
    const auto keep = [&](const Row& row) {
        row.into(last);
        return false;
    };
    database_.each("SELECT hash FROM audit ORDER BY id DESC LIMIT 1", keep);
    if (last.size() == previous.size()) std::copy(last.begin(), last.end(), previous.begin());
    const AuditHash salt = random_salt();
    const AuditHash commitment = commit_details(entry, salt);
    const AuditHash hash = chain_hash(previous, entry, commitment);
    const auto bytes = [](const AuditHash& value) { return std::span<const std::byte>(value); };
    database_.run("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?,?)", columns(std::as_const(entry)),
                  vault_.seal(Table::audit, Column::details, entry.id, entry.details), bytes(salt), bytes(commitment),
                  bytes(hash));
}

}  // namespace jejak::storage::sqlite
