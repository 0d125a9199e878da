// Conversations under way, and how numbers are to be answered.
#include "storage/sqlite/sqlite_unit.hpp"

namespace jejak::storage::sqlite {

std::optional<ReplyPolicy> SqliteView::reply_policy(const LookupKey& number_key) {
    return first<ReplyPolicy>("SELECT * FROM reply_policy WHERE number_key = ?", number_key);
}

View::Acquaintance SqliteView::acquaintance(const LookupKey& number_key, WallTime now) {
    const auto bits = database_.value<unsigned>(
        "SELECT EXISTS (SELECT 1 FROM person WHERE number_key = ?1) + "
        "2 * EXISTS (SELECT 1 FROM opted_out WHERE number_key = ?1) + "
        "4 * EXISTS (SELECT 1 FROM reply_policy WHERE number_key = ?1) + "
        "8 * EXISTS (SELECT 1 FROM dialogue WHERE person_key = ?1 AND expires_at > ?2)",
        number_key, now);
    const unsigned known = bits.value_or(0);
    return {(known & 1) != 0, (known & 2) != 0, (known & 4) != 0, (known & 8) != 0};
}

std::optional<Dialogue> SqliteView::dialogue_of(const LookupKey& person_key, WallTime now,
                                                std::optional<Dialogue::Way> way) {
    if (!way) {
        return first<Dialogue>(
            "SELECT * FROM dialogue WHERE person_key = ? AND expires_at > ? ORDER BY id DESC LIMIT 1", person_key, now);
    }
    return first<Dialogue>(
        "SELECT * FROM dialogue WHERE person_key = ? AND expires_at > ? AND way = ? ORDER BY id DESC LIMIT 1",
        person_key, now, *way);
}

std::optional<Dialogue> SqliteView::dialogue_of_session(const LookupKey& session_key) {
    return first<Dialogue>("SELECT * FROM dialogue WHERE session_key = ? ORDER BY id DESC LIMIT 1", session_key);
}

std::vector<Dialogue> SqliteView::dialogues_expired(WallTime now, std::size_t limit, std::optional<Dialogue::Way> way) {
    if (!way) {
        return all<Dialogue>("SELECT * FROM dialogue WHERE expires_at <= ? ORDER BY expires_at, id LIMIT ?", now,
                             rows_limit(limit));
    }
    return all<Dialogue>("SELECT * FROM dialogue WHERE expires_at <= ? AND way = ? ORDER BY expires_at, id LIMIT ?",
                         now, *way, rows_limit(limit));
}

void SqliteUnit::set(const ReplyPolicy& policy) {
    database_.run("INSERT OR REPLACE INTO reply_policy VALUES (?,?,?,?,?,?,?,?,?)", columns(policy));
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
