// Questions about people, workers, messages, reports and long texts.
#include "storage/sqlite/sqlite_view.hpp"

namespace jejak::storage::sqlite {

std::string SqliteView::opened(Table table, Column column, Id row, const Sealed& sealed) const {
    auto plain = vault_.open(table, column, row, sealed);
    return plain ? std::move(plain->reveal()) : std::string();
}

Sealed SqliteView::sealed(Table table, Column column, Id row, std::string_view plain) const {
    return plain.empty() ? Sealed() : vault_.seal(table, column, row, plain);
}

void SqliteView::load(const Row& row, Worker& worker) {
    Sealed destination;
    row.into(columns(worker), destination);
    worker.destination = opened(Table::worker, Column::destination, worker.id, destination);
}

void SqliteView::load(const Row& row, TrailEvent& event) {
    Sealed place;
    row.into(columns(event), place);
    event.place = opened(Table::trail_event, Column::details, event.id, place);
}

std::optional<Person> SqliteView::person(const LookupKey& number_key) {
    return first<Person>("SELECT * FROM person WHERE number_key = ?", number_key);
}

std::vector<Person> SqliteView::people() {
    return all<Person>("SELECT * FROM person ORDER BY id");
}

std::optional<Worker> SqliteView::worker(std::uint32_t number) {
    return first<Worker>("SELECT * FROM worker WHERE number = ?", number);
}

std::optional<Worker> SqliteView::worker_of(const LookupKey& owner_key) {
    return first<Worker>("SELECT * FROM worker WHERE owner_key = ? ORDER BY consent_at DESC, id DESC LIMIT 1",
                         owner_key);
}

std::optional<Worker> SqliteView::worker_with_nik(const LookupKey& nik_key) {
    return first<Worker>("SELECT * FROM worker WHERE nik_key = ? ORDER BY id DESC LIMIT 1", nik_key);
}

std::vector<TrailEvent> SqliteView::trail(Id worker) {
    return all<TrailEvent>("SELECT * FROM trail_event WHERE worker = ? ORDER BY id", worker);
}

bool SqliteView::opted_out(const LookupKey& number_key) {
    return database_.value<int>("SELECT 1 FROM opted_out WHERE number_key = ?", number_key).has_value();
}

std::optional<WallTime> SqliteView::opted_out_since(const LookupKey& number_key) {
    return database_.value<WallTime>("SELECT at FROM opted_out WHERE number_key = ?", number_key);
}

std::optional<Message> SqliteView::message(Id id) {
    return first<Message>("SELECT * FROM message WHERE id = ?", id);
}

std::optional<Report> SqliteView::report_of(Id message) {
    return first<Report>("SELECT * FROM report WHERE message = ?", message);
}

std::optional<Id> SqliteView::ticket(std::uint32_t number) {
    return database_.value<Id>("SELECT message FROM ticket WHERE number = ?", number);
}

std::optional<std::uint32_t> SqliteView::ticket_of(Id message) {
    return database_.value<std::uint32_t>("SELECT number FROM ticket WHERE message = ?", message);
}

std::optional<Id> SqliteView::message_of_provider(std::string_view channel, const LookupKey& provider_key) {
    return database_.value<Id>("SELECT id FROM message WHERE channel = ? AND provider_key = ?", channel, provider_key);
}

/// Asked for every message: min() takes the few rows of a fingerprint as they come; ORDER BY would set up a sort.
std::optional<Id> SqliteView::uncertain(const LookupKey& fingerprint, WallTime now) {
    return database_.value<Id>("SELECT min(message) FROM uncertain WHERE fingerprint = ? AND until > ?", fingerprint,
                               now);
}

std::vector<Message> SqliteView::messages_after(Id after, std::size_t limit) {
    return all<Message>("SELECT * FROM message WHERE id > ? ORDER BY id LIMIT ?", after, rows_limit(limit));
}

std::vector<Report> SqliteView::reports_after(Id after, std::size_t limit) {
    return all<Report>("SELECT * FROM report WHERE id > ? ORDER BY id LIMIT ?", after, rows_limit(limit));
}

std::vector<Report> SqliteView::reports_before(Id before, std::size_t limit) {
    return all<Report>("SELECT * FROM report WHERE id < ? ORDER BY id DESC LIMIT ?", before, rows_limit(limit));
}

std::vector<Id> SqliteView::reply_ids_after(Id after, std::size_t limit) {
    std::vector<Id> found;
    const auto keep = [&](const Row& row) {
        row.into(found.emplace_back());
        return true;
    };
    database_.each("SELECT id FROM reply WHERE id > ? ORDER BY id LIMIT ?", keep, after, rows_limit(limit));
    return found;
}

std::vector<Worker> SqliteView::workers_after(Id after, std::size_t limit) {
    return all<Worker>("SELECT * FROM worker WHERE id > ? ORDER BY id LIMIT ?", after, rows_limit(limit));
}

}  // namespace jejak::storage::sqlite
