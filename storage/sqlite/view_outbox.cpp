// Questions about incidents, alerts, what is owed, and the accounting.
#include <algorithm>
#include <iterator>

#include "storage/audit_chain.hpp"
#include "storage/ids.hpp"
#include "storage/sqlite/sqlite_view.hpp"

namespace jejak::storage::sqlite {

namespace {

/// Kemendagri codes nest by their dots: 53.21 holds 53.21.06.2001, not 53.210.
bool lies_in(std::string_view place, std::string_view area) {
    return place.starts_with(area) && (place.size() == area.size() || place[area.size()] == '.');
}

bool shows(const AlertFilter& filter, const Alert& alert) {
    if (std::find(filter.audiences.begin(), filter.audiences.end(), alert.audience) == filter.audiences.end())
        return false;
    return filter.areas.empty() || alert.place.empty() ||
           std::any_of(filter.areas.begin(), filter.areas.end(),
                       [&](const auto& area) { return lies_in(alert.place, area); });
}

std::vector<std::string> split_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        lines.emplace_back(line);
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return lines;
}

AuditHash hash_of(const Sealed& blob) {
    AuditHash hash{};
    if (blob.size() == hash.size()) std::copy(blob.begin(), blob.end(), hash.begin());
    return hash;
}

}  // namespace

void SqliteView::load(const Row& row, Alert& alert) {
    Sealed note;
    row.into(columns(alert), note, alert.calls);
    alert.acknowledged_note = opened(Table::alert, Column::note, alert.id, note);
}

std::optional<Incident> SqliteView::incident(Id id) {
    return first<Incident>("SELECT * FROM incident WHERE id = ?", id);
}

std::optional<Incident> SqliteView::incident_numbered(std::uint32_t number) {
    return first<Incident>("SELECT * FROM incident WHERE number = ?", number);
}

std::optional<Incident> SqliteView::incident_near(std::string_view group, std::string_view village, WallTime since) {
    return first<Incident>(
        "SELECT * FROM incident WHERE category_group = ? AND village = ? AND last_at >= ? ORDER BY last_at DESC, id "
        "DESC "
        "LIMIT 1",
        group, village, since);
}

std::optional<Alert> SqliteView::alert(Id id) {
    return first<Alert>("SELECT * FROM alert WHERE id = ?", id);
}

std::vector<Alert> SqliteView::alerts_of(Id incident) {
    return all<Alert>("SELECT * FROM alert WHERE incident = ? ORDER BY id", incident);
}

std::vector<Alert> SqliteView::alerts(const AlertFilter& filter, Id after, std::size_t limit) {
    std::vector<Alert> page;
    if (limit == 0) return page;
    const auto keep = [&](const Row& row) {
        Alert alert;
        load(row, alert);
        if (shows(filter, alert)) page.push_back(std::move(alert));
        return page.size() < limit;
    };
    database_.each("SELECT * FROM alert WHERE id > ? ORDER BY id", keep, after);
    return page;
}

std::vector<Alert> SqliteView::alerts_unpublished(WallTime published_before, std::size_t limit) {
    return all<Alert>(
        "SELECT * FROM alert WHERE unpublished = 1 AND published_at <= ? ORDER BY published_at, id LIMIT ?",
        published_before, rows_limit(limit));
}

std::optional<Event> SqliteView::event(Id id) {
    Event event;
    std::optional<SensitiveText> body;
    const auto keep = [&](const Row& row) {
        Sealed sealed_body;
        row.into(columns(event), sealed_body);
        body = vault_.open(Table::event, Column::details, id, sealed_body);
        return false;
    };
    database_.each("SELECT * FROM event WHERE id = ?", keep, id);
    if (!body) return std::nullopt;  // not there, or damaged: half an event is told to nobody
    event.body = std::move(body->reveal());
    return event;
}

std::vector<Delivery> SqliteView::deliveries_pending(std::string_view endpoint, Id after, WallTime now,
                                                     std::size_t limit) {
    return all<Delivery>(
        "SELECT * FROM delivery WHERE state = 0 AND endpoint = ? AND id > ? AND (not_before IS NULL OR not_before <= "
        "?) "
        "ORDER BY id LIMIT ?",
        endpoint, after, now, rows_limit(limit));
}

std::vector<Reply> SqliteView::replies_pending(std::string_view channel, std::string_view account, WallTime now,
                                               std::size_t limit) {
    return all<Reply>(
        "SELECT * FROM reply WHERE state = 0 AND channel = ?1 AND account = ?2 AND (not_before IS NULL OR not_before "
        "<= ?3) AND valid_until > ?3 ORDER BY id LIMIT ?4",
        channel, account, now, rows_limit(limit));
}

bool SqliteView::replies_expired(WallTime now) {
    return database_.value<int>("SELECT 1 FROM reply WHERE state = 0 AND valid_until <= ? LIMIT 1", now).has_value();
}

std::optional<Reply> SqliteView::reply(Id id) {
    return first<Reply>("SELECT * FROM reply WHERE id = ?", id);
}

std::vector<ReplyPart> SqliteView::parts_of_reply(Id reply) {
    return all<ReplyPart>("SELECT * FROM reply_part WHERE reply = ? ORDER BY part", reply);
}

/// Each index is walked by itself, from the latest reply: an SMSC may give all of them the same id.
std::vector<Reply> SqliteView::replies_with_id(std::string_view channel, std::string_view canonical_id, WallTime since,
                                               std::size_t limit) {
    auto found = all<Reply>(
        "SELECT * FROM reply WHERE channel = ? AND lower(ltrim(provider_id, '0')) = ? AND provider_id <> '' "
        "AND id >= ? ORDER BY id DESC LIMIT ?",
        channel, canonical_id, IdSource::floor(since), rows_limit(limit));
    auto by_part = all<Reply>(
        "SELECT * FROM reply WHERE id IN (SELECT DISTINCT reply FROM reply_part WHERE channel = ? AND "
        "lower(ltrim(provider_id, '0')) = ? AND provider_id <> '' AND reply >= ? ORDER BY reply DESC LIMIT ?)",
        channel, canonical_id, IdSource::floor(since), rows_limit(limit));
    if (by_part.empty()) return found;
    std::move(by_part.begin(), by_part.end(), std::back_inserter(found));
    std::sort(found.begin(), found.end(), [](const Reply& a, const Reply& b) { return a.id > b.id; });
    const auto same = [](const Reply& a, const Reply& b) { return a.id == b.id; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    if (found.size() > limit) found.resize(limit);
    return found;
}

std::vector<Reply> SqliteView::replies_uncertain(std::string_view channel, WallTime now, std::size_t limit) {
    return all<Reply>("SELECT * FROM reply WHERE uncertain = 1 AND channel = ? AND valid_until > ? ORDER BY id LIMIT ?",
                      channel, now, rows_limit(limit));
}

std::vector<Receipt> SqliteView::receipts_of(Id reply, std::size_t limit) {
    return all<Receipt>("SELECT * FROM receipt WHERE reply = ? ORDER BY id LIMIT ?", reply, rows_limit(limit));
}

std::size_t SqliteView::count_receipts_of(Id reply, std::size_t limit) {
    return database_
        .value<std::size_t>("SELECT count(*) FROM (SELECT 1 FROM receipt WHERE reply = ? LIMIT ?)", reply,
                            rows_limit(limit))
        .value_or(0);
}

std::vector<Receipt> SqliteView::receipts_waiting_after(Id after, std::size_t limit) {
    return all<Receipt>("SELECT * FROM receipt WHERE match = 0 AND id > ? ORDER BY id LIMIT ?", after,
                        rows_limit(limit));
}

std::vector<Reply> SqliteView::replies_to(Id message) {
    return all<Reply>("SELECT * FROM reply WHERE message = ? ORDER BY id", message);
}

std::vector<EndpointState> SqliteView::endpoint_states() {
    return all<EndpointState>("SELECT * FROM endpoint ORDER BY name");
}

std::vector<View::EndpointCounts> SqliteView::endpoint_counts() {
    std::vector<EndpointCounts> counts;
    const Tally tally = account();
    for (const auto& [endpoint, states] : tally.endpoints()) {
        const auto number = [&states = states](DeliveryState state) {
            return static_cast<std::uint64_t>(states.at(static_cast<std::size_t>(state)));
        };
        counts.push_back(
            {endpoint, number(DeliveryState::pending), number(DeliveryState::delivered), number(DeliveryState::dead)});
    }
    return counts;
}

std::vector<Token> SqliteView::tokens() {
    std::vector<Token> found;
    const auto keep = [&](const Row& row) {
        Token& token = found.emplace_back();
        std::string areas;
        row.into(token.name, token.role, token.hash, areas, token.added_at, token.revoked);
        token.areas = split_lines(areas);
        return true;
    };
    database_.each("SELECT * FROM token ORDER BY name", keep);
    return found;
}

Tally SqliteView::account() {
    Tally tally;
    const auto keep = [&](const Row& row) {
        int kind = 0;
        std::string endpoint;
        std::int64_t number = 0;
        row.into(kind, endpoint, number);
        tally.count_line(kind, endpoint, number);
        return true;
    };
    database_.each("SELECT kind, name, n FROM tally", keep);
    return tally;
}

Ledger SqliteView::ledger() {
    return account().ledger();
}

Ledger SqliteView::recount() {
    Tally tally;
    const auto count = [&](const char* sql, auto add) {
        const auto keep = [&](const Row& row) {
            int kind = 0;
            std::int64_t number = 0;
            row.into(kind, number);
            add(kind, number);
            return true;
        };
        database_.each(sql, keep);
    };
    count("SELECT fate, count(*) FROM message GROUP BY fate", [&](int fate, std::int64_t number) {
        tally.count(Tally::received, number);
        tally.count(static_cast<Fate>(fate), number);
    });
    count("SELECT acknowledged_at IS NOT NULL, count(*) FROM alert GROUP BY 1",
          [&](int acknowledged, std::int64_t number) {
              tally.count(Tally::alerts_raised, number);
              if (acknowledged != 0) tally.count(Tally::alerts_acknowledged, number);
          });
    count("SELECT state, count(*) FROM delivery GROUP BY state", [&](int state, std::int64_t number) {
        tally.count(Tally::deliveries_owed, number);
        tally.count(static_cast<DeliveryState>(state), "", number);
    });
    count("SELECT state, count(*) FROM reply GROUP BY state", [&](int state, std::int64_t number) {
        tally.count(Tally::replies_owed, number);
        tally.count(static_cast<ReplyState>(state), number);
    });
    return tally.ledger();
}

std::optional<Id> SqliteView::audit_broken_at() {
    AuditHash previous{};
    std::optional<Id> broken;
    const auto check = [&](const Row& row) {
        AuditEntry entry;
        Sealed details, salt, commitment, hash;
        row.into(columns(entry), details, salt, commitment, hash);
        const AuditHash committed = hash_of(commitment);
        const auto plain = vault_.open(Table::audit, Column::details, entry.id, details);
        entry.details = plain ? plain->reveal() : std::string();
        const bool fits = plain && commit_details(entry, hash_of(salt)) == committed &&
                          chain_hash(previous, entry, committed) == hash_of(hash);
        if (!fits) broken = entry.id;
        previous = hash_of(hash);
        return fits;
    };
    database_.each("SELECT * FROM audit ORDER BY id", check);
    return broken;
}

}  // namespace jejak::storage::sqlite
