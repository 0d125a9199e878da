// Questions about long texts.
#include "storage/sqlite/sqlite_view.hpp"

namespace jejak::storage::sqlite {

namespace {

void load_part(const Row& row, Part& part) {
    row.into(part.message, part.part, part.data_coding, part.content, part.octets);
}

}  // namespace

std::vector<Repeat> SqliteView::repeats_after(Id after, std::size_t limit) {
    std::vector<Repeat> found;
    const auto keep = [&](const Row& row) {
        auto& repeat = found.emplace_back();
        row.into(repeat.message, repeat.first);
        return true;
    };
    database_.each(
        "SELECT id, duplicate_of FROM (SELECT id, duplicate_of FROM message WHERE id > ? ORDER BY id DESC LIMIT ?) "
        "WHERE duplicate_of IS NOT NULL ORDER BY id DESC",
        keep, after, rows_limit(limit));
    return found;
}

std::vector<Assembly> SqliteView::assemblies(const LookupKey& key, WallTime since, std::size_t limit) {
    return all<Assembly>("SELECT * FROM assembly WHERE key = ? AND first_at > ? ORDER BY id DESC LIMIT ?", key, since,
                         rows_limit(limit));
}

std::optional<Assembly> SqliteView::assembly_by_id(Id id) {
    return first<Assembly>("SELECT * FROM assembly WHERE id = ?", id);
}

std::optional<Part> SqliteView::part(Id assembly, std::uint8_t number) {
    std::optional<Part> found;
    const auto keep = [&](const Row& row) {
        load_part(row, found.emplace());
        return false;
    };
    database_.each("SELECT message, part, data_coding, content, octets FROM part WHERE assembly = ? AND part = ?", keep,
                   assembly, number);
    return found;
}

std::vector<Part> SqliteView::parts(Id assembly) {
    std::vector<Part> found;
    const auto keep = [&](const Row& row) {
        load_part(row, found.emplace_back());
        return true;
    };
    database_.each("SELECT message, part, data_coding, content, octets FROM part WHERE assembly = ? ORDER BY part",
                   keep, assembly);
    return found;
}

std::vector<Assembly> SqliteView::assemblies_due(WallTime now, std::size_t limit) {
    return all<Assembly>("SELECT * FROM assembly WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", now,
                         rows_limit(limit));
}

View::Open SqliteView::open_texts(std::string_view scope, const LookupKey& sender_key) {
    Open open;
    const auto keep = [&](const Row& row) {
        bool whole = false;
        OpenTexts count;
        row.into(whole, count.texts, count.parts);
        (whole ? open.scope : open.sender) = count;
        return true;
    };
    database_.each("SELECT sender_key = x'', texts, parts FROM open_text WHERE scope = ?1 AND sender_key IN (x'', ?2)",
                   keep, scope, sender_key);
    return open;
}

}  // namespace jejak::storage::sqlite
