// Conversations under way, and how numbers are to be answered.
#include "storage/sqlite/sqlite_unit.hpp"

namespace jejak::storage::sqlite {

std::optional<ReplyPolicy> SqliteView::reply_policy(const LookupKey& number_key) {
    return first<ReplyPolicy>("SELECT * FROM reply_policy WHERE number_key = ?", number_key);
}

std::optional<Dialogue> SqliteView::dialogue_of(const LookupKey& person_key, WallTime now) {
    return first<Dialogue>("SELECT * FROM dialogue WHERE person_key = ? AND expires_at > ? ORDER BY id DESC LIMIT 1",
                           person_key, now);
}

std::optional<Dialogue> SqliteView::dialogue_of_session(const LookupKey& session_key) {
    return first<Dialogue>("SELECT * FROM dialogue WHERE session_key = ? ORDER BY id DESC LIMIT 1", session_key);
}

std::vector<Dialogue> SqliteView::dialogues_expired(WallTime now, std::size_t limit) {
    return all<Dialogue>("SELECT * FROM dialogue WHERE expires_at <= ? ORDER BY expires_at, id LIMIT ?", now,
                         rows_limit(limit));
}

void SqliteUnit::set(const ReplyPolicy& policy) {
    database_.run("INSERT OR REPLACE INTO reply_policy VALUES (?,?,?,?,?,?)", columns(policy));
}

void SqliteUnit::add(const Dialogue& dialogue) {
    const auto row = numbered(dialogue, Table::dialogue);
    database_.run("INSERT INTO dialogue VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", columns(row));
}

void SqliteUnit::update(const Dialogue& dialogue) {
    const int changed = database_.run(
        "UPDATE dialogue SET person_key = ?2, way = ?3, session_key = ?4, channel = ?5, form = ?6, slot = ?7, "
        "asked = ?8, message = ?9, state = ?10, opened_at = ?11, expires_at = ?12 WHERE id = ?1",
        columns(dialogue));
    if (changed == 0) throw Error(Error::Kind::misuse, "update: no such dialogue");
}

void SqliteUnit::end_dialogue(Id dialogue) {
    database_.run("DELETE FROM dialogue WHERE id = ?", dialogue);
}

}  // namespace jejak::storage::sqlite
