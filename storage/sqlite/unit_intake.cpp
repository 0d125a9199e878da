// What a unit writes about messages, long texts, people and workers.
#include "storage/reference.hpp"
#include "storage/sqlite/sqlite_unit.hpp"

namespace jejak::storage::sqlite {

namespace {

constexpr std::chrono::hours uncertain_kept{24};

void must_exist(int changed, const char* what) {
    if (changed == 0) throw Error(Error::Kind::misuse, what);
}

}  // namespace

void SqliteUnit::add(const Message& message) {
    const auto insert = [this](const Message& row) {
        database_.run("INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", columns(row));
    };
    state_.ids_of(Table::message).seen(message.id);
    message.id == 0 ? insert(numbered(message, Table::message)) : insert(message);
    state_.unit.count(Tally::received);
    state_.unit.count(message.fate);
}

bool SqliteUnit::move_fate(Id message, Fate fate) {
    const auto before = database_.value<Fate>("SELECT fate FROM message WHERE id = ?", message);
    if (!before) return false;
    if (*before == fate) return true;
    database_.run("UPDATE message SET fate = ? WHERE id = ?", fate, message);
    state_.unit.count(*before, -1);
    state_.unit.count(fate);
    return true;
}

void SqliteUnit::set_fate(Id message, Fate fate) {
    must_exist(move_fate(message, fate) ? 1 : 0, "set_fate: no such message");
    auto assembly = database_.value<Id>("SELECT assembly FROM part WHERE message = ?", message);
    if (!assembly) {
        assembly = database_.value<Id>("SELECT id FROM assembly WHERE lead = ? ORDER BY id DESC LIMIT 1", message);
    }
    if (!assembly) return;
    std::vector<Id> members;
    const auto keep = [&](const Row& row) {
        row.into(members.emplace_back());
        return true;
    };
    database_.each("SELECT message FROM part WHERE assembly = ?1 UNION SELECT lead FROM assembly WHERE id = ?1", keep,
                   *assembly);
    for (const Id member : members) move_fate(member, fate);
}

void SqliteUnit::set_text(Id message, const Sealed& text) {
    must_exist(database_.run("UPDATE message SET text = ? WHERE id = ?", text, message), "set_text: no such message");
}

void SqliteUnit::set_remarks(Id message, sms::Remarks remarks) {
    must_exist(database_.run("UPDATE message SET remarks = ? WHERE id = ?", remarks, message),
               "set_remarks: no such message");
}

std::uint32_t SqliteUnit::issue_ticket(Id message) {
    if (state_.next_ticket >= reference_count_max) throw Exhausted("every ticket number has been issued");
    const std::uint32_t number = state_.next_ticket;
    const int added =
        database_.run("INSERT INTO ticket VALUES (?, ?) ON CONFLICT (message) DO NOTHING", number, message);
    if (added == 0) return ticket_of(message).value();  // one ticket per message, however often it is asked for
    ++state_.next_ticket;
    return number;
}

/// No more than `limit` of them; negative: all.
void SqliteUnit::forget_old_doubts(std::int64_t limit) {
    // A row that was consumed stays a day with until = 0: the message that came again stands for it now.
    database_.run(
        "DELETE FROM uncertain WHERE message IN (SELECT message FROM uncertain "
        "WHERE until <= ?1 AND (until <> 0 OR message < ?2) LIMIT ?3)",
        now_, IdSource::floor(now_ - uncertain_kept), limit);
}

void SqliteUnit::mark_uncertain(WallTime since) {
    forget_old_doubts(-1);
    database_.run(
        "INSERT INTO uncertain SELECT id, channel, fingerprint, ?1 FROM message "
        "WHERE id >= ?2 AND fingerprint IS NOT NULL "
        "ON CONFLICT (message) DO UPDATE SET until = excluded.until WHERE until <> 0",
        now_ + uncertain_kept, IdSource::floor(since));
}

void SqliteUnit::mark_uncertain(std::span<const Id> messages) {
    forget_old_doubts(2 * static_cast<std::int64_t>(messages.size()));  // others wait; twice as many go as come
    for (const Id message : messages) {
        database_.run(
            "INSERT INTO uncertain SELECT id, channel, fingerprint, ?1 FROM message "
            "WHERE id = ?2 AND fingerprint IS NOT NULL "
            "ON CONFLICT (message) DO UPDATE SET until = excluded.until WHERE until <> 0",
            now_ + uncertain_kept, message);
    }
}

void SqliteUnit::forget_uncertain(Id message) {
    database_.run("UPDATE uncertain SET until = 0 WHERE message = ?", message);
}

void SqliteUnit::add(const Person& person) {
    const auto row = numbered(person, Table::person);
    database_.run("DELETE FROM person WHERE number_key = ?", row.number_key);
    database_.run("INSERT INTO person VALUES (?,?,?,?,?,?)", columns(row));
}

bool SqliteUnit::remove_person(const LookupKey& number_key) {
    return database_.run("DELETE FROM person WHERE number_key = ?", number_key) > 0;
}

void SqliteUnit::set_opted_out(const LookupKey& number_key, bool out) {
    if (out) {
        database_.run("INSERT INTO opted_out VALUES (?, ?) ON CONFLICT DO NOTHING", number_key, now_);
    } else {
        database_.run("DELETE FROM opted_out WHERE number_key = ?", number_key);
    }
}

std::uint32_t SqliteUnit::count_up(std::string_view kind, std::uint32_t first) {
    return database_
        .value<std::uint32_t>(
            "INSERT INTO counter VALUES (?1, ?2 + 1) ON CONFLICT (kind) DO UPDATE SET next = next + 1 "
            "RETURNING next - 1",
            kind, first)
        .value();
}

std::uint32_t SqliteUnit::next_number(std::string_view kind) {
    const std::uint32_t number = count_up(kind, 0);
    if (number >= reference_count_max) throw Exhausted("every number of this kind has been given");
    return number;
}

void SqliteUnit::add(const Worker& worker) {
    const auto row = numbered(worker, Table::worker);
    database_.run("INSERT INTO worker VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", columns(row),
                  sealed(Table::worker, Column::destination, row.id, row.destination));
}

void SqliteUnit::update(const Worker& worker) {
    const int changed = database_.run(
        "UPDATE worker SET number = ?2, state = ?3, name = ?4, nik = ?5, phone = ?6, job = ?7, nik_key = ?8, owner_key "
        "= ?9, "
        "owner = ?10, sex = ?11, village = ?12, exit_point = ?13, planned_at = ?14, registered_by = ?15, "
        "registered_at = ?16, consent_at = ?17, destination = ?18 WHERE id = ?1",
        columns(worker), sealed(Table::worker, Column::destination, worker.id, worker.destination));
    must_exist(changed, "update: no such worker");
}

void SqliteUnit::add(const TrailEvent& event) {
    const auto row = numbered(event, Table::trail_event);
    database_.run("INSERT INTO trail_event VALUES (?,?,?,?,?,?,?)", columns(row),
                  sealed(Table::trail_event, Column::details, row.id, row.place));
}

}  // namespace jejak::storage::sqlite
