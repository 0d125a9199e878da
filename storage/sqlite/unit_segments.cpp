// What a unit writes about long texts. What is open is counted with it, by sender and by scope.
#include "storage/sqlite/sqlite_unit.hpp"

namespace jejak::storage::sqlite {

void SqliteUnit::count_open(const Assembly& assembly, std::int64_t texts, std::int64_t parts) {
    constexpr LookupKey nobody{};
    if (assembly.sender_key != nobody) {
        database_.run(
            "INSERT INTO open_text VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT DO UPDATE SET texts = texts + ?3, parts = parts + ?4",
            assembly.scope, assembly.sender_key, texts, parts);
    }
    database_.run(
        "INSERT INTO open_text VALUES (?1, x'', ?2, ?3) "
        "ON CONFLICT DO UPDATE SET texts = texts + ?2, parts = parts + ?3",
        assembly.scope, texts, parts);
    if (texts >= 0) return;
    database_.run("DELETE FROM open_text WHERE scope = ?1 AND sender_key IN (x'', ?2) AND texts <= 0", assembly.scope,
                  assembly.sender_key);
}

void SqliteUnit::add(const Assembly& assembly) {
    auto row = numbered(assembly, Table::segment);
    row.parts = 0;
    row.octets = 0;
    database_.run("INSERT INTO assembly VALUES (?,?,?,?,?,?,?,?,?,?,?)", columns(row));
    if (row.open()) count_open(row, 1, 0);
}

void SqliteUnit::set_state(Id assembly, Assembly::State state, std::optional<WallTime> due_at) {
    const auto before = assembly_by_id(assembly);
    if (!before) throw Error(Error::Kind::misuse, "set_state: no such assembly");
    auto after = *before;
    after.state = state;
    if (!after.open()) due_at.reset();
    database_.run("UPDATE assembly SET state = ?, due_at = ? WHERE id = ?", state, due_at, assembly);
    if (before->open() && !after.open()) count_open(*before, -1, -std::int64_t{before->parts});
}

void SqliteUnit::add(Id assembly, const Part& part) {
    const auto whole = assembly_by_id(assembly);
    if (!whole) throw Error(Error::Kind::misuse, "add: no such assembly");
    database_.run("INSERT INTO part VALUES (?,?,?,?,?,?)", part.message, assembly, part.part, part.data_coding,
                  part.content, part.octets);
    database_.run("UPDATE assembly SET parts = parts + 1, octets = octets + ? WHERE id = ?", part.octets.size(),
                  assembly);
    if (whole->open()) count_open(*whole, 0, 1);
}

}  // namespace jejak::storage::sqlite
