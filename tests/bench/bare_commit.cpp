// The yardstick: how fast this disk takes the very rows the gateway wrote, by a loop that does nothing else.
//
//   bare_commit SOURCE.db WORK.db BATCH COUNT
//
// Reads COUNT messages with their report, ticket and reply rows from a store the gateway filled, then writes them again to an
// empty database of the same schema: same rows, same bytes, BATCH messages a transaction, synchronous=FULL, one thread. Each
// reply gets its provider's id one batch later, as submit responses do. Prints messages per second.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace {

using Value = std::variant<std::monostate, std::int64_t, std::string, std::vector<unsigned char>>;
using Row = std::vector<Value>;

constexpr int checkpoint_pages = 20'000;

void check(sqlite3* db, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw std::runtime_error(sqlite3_errmsg(db));
}

sqlite3* open(const char* file, int flags) {
    sqlite3* db = nullptr;
    check(db, sqlite3_open_v2(file, &db, flags, nullptr));
    return db;
}

void run(sqlite3* db, const std::string& sql) { check(db, sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr)); }

sqlite3_stmt* prepare(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(db, sqlite3_prepare_v3(db, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statement;
}

Value column(sqlite3_stmt* statement, int i) {
    switch (sqlite3_column_type(statement, i)) {
        case SQLITE_INTEGER: return sqlite3_column_int64(statement, i);
        case SQLITE_TEXT: return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
        case SQLITE_BLOB: {
            const auto* data = static_cast<const unsigned char*>(sqlite3_column_blob(statement, i));
            return std::vector<unsigned char>(data, data + sqlite3_column_bytes(statement, i));
        }
        default: return std::monostate{};
    }
}

void bind(sqlite3_stmt* statement, int i, const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        sqlite3_bind_int64(statement, i, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        sqlite3_bind_text(statement, i, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
    } else if (const auto* blob = std::get_if<std::vector<unsigned char>>(&value)) {
        sqlite3_bind_blob(statement, i, blob->empty() ? "" : static_cast<const void*>(blob->data()),
                          static_cast<int>(blob->size()), SQLITE_STATIC);
    } else {
        sqlite3_bind_null(statement, i);
    }
}

/// One table of the hot path: its rows by the message they belong to.
struct TableRows {
    std::string name;
    std::map<std::int64_t, std::vector<Row>> by_message;
    sqlite3_stmt* insert = nullptr;
};

TableRows load(sqlite3* source, const std::string& name, const std::string& message_column, const std::string& last) {
    TableRows table{name, {}, nullptr};
    auto* statement = prepare(source, "SELECT " + message_column + ", * FROM " + name + " WHERE " + message_column + " <= " + last);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        Row row;
        for (int i = 1; i < sqlite3_column_count(statement); ++i) row.push_back(column(statement, i));
        table.by_message[sqlite3_column_int64(statement, 0)].push_back(std::move(row));
    }
    sqlite3_finalize(statement);
    return table;
}

int column_index(sqlite3* db, const std::string& table, const std::string& name) {
    auto* statement = prepare(db, "SELECT cid FROM pragma_table_info('" + table + "') WHERE name = '" + name + "'");
    check(db, sqlite3_step(statement));
    const int index = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return index;
}

void write(sqlite3* db, TableRows& table, std::int64_t message) {
    const auto found = table.by_message.find(message);
    if (found == table.by_message.end()) return;
    for (const auto& row : found->second) {
        for (std::size_t i = 0; i < row.size(); ++i) bind(table.insert, static_cast<int>(i) + 1, row[i]);
        check(db, sqlite3_step(table.insert));
        sqlite3_reset(table.insert);
    }
}

void copy_schema(sqlite3* source, sqlite3* work) {
    auto* statement = prepare(source, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN "
                                      "('message', 'report', 'ticket', 'reply', 'tally') ORDER BY rowid");
    while (sqlite3_step(statement) == SQLITE_ROW) run(work, reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
}

void tune(sqlite3* db) {
    for (const char* pragma : {"journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "temp_store = MEMORY",
                               "cache_size = -16384"}) {
        run(db, std::string("PRAGMA ") + pragma);
    }
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 5) {
        std::fprintf(stderr, "usage: bare_commit SOURCE.db WORK.db BATCH COUNT\n");
        return 64;
    }
    const auto batch = static_cast<std::size_t>(std::strtoul(argv[3], nullptr, 10));
    const std::string count = argv[4];
    auto* source = open(argv[1], SQLITE_OPEN_READONLY);
    auto* work = open(argv[2], SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    tune(work);
    copy_schema(source, work);

    auto* ids = prepare(source, "SELECT max(id) FROM (SELECT id FROM message ORDER BY id LIMIT " + count + ")");
    check(source, sqlite3_step(ids));
    const auto last = std::to_string(sqlite3_column_int64(ids, 0));
    sqlite3_finalize(ids);
    std::vector<TableRows> tables;
    tables.push_back(load(source, "report", "message", last));
    tables.push_back(load(source, "ticket", "message", last));
    tables.push_back(load(source, "reply", "message", last));
    tables.push_back(load(source, "message", "id", last));
    std::vector<std::int64_t> messages;
    for (const auto& [message, rows] : tables.back().by_message) messages.push_back(message);

    // The reply row is written without its provider's id, which arrives a batch later.
    const auto provider = static_cast<std::size_t>(column_index(source, "reply", "provider_id"));
    std::vector<std::pair<Value, Value>> provider_ids;   // reply id, provider id
    for (auto message : messages) {
        for (auto& row : tables[2].by_message[message]) {
            provider_ids.emplace_back(row[0], row[provider]);
            row[provider] = std::string();
        }
    }
    for (auto& table : tables) {
        const auto width = table.by_message.empty() ? 0 : table.by_message.rbegin()->second.front().size();
        std::string sql = "INSERT INTO " + table.name + " VALUES (?";
        for (std::size_t i = 1; i < width; ++i) sql += ", ?";
        if (width > 0) table.insert = prepare(work, sql + ")");
    }
    auto* answer = prepare(work, "UPDATE reply SET provider_id = ? WHERE id = ?");
    auto* tally = prepare(work, "INSERT INTO tally (kind, name, n) VALUES (?, '', ?) ON CONFLICT DO UPDATE SET n = n + excluded.n");

    int wal_pages = 0;
    const auto count_pages = [](void* pages, sqlite3*, const char*, int in_wal) {
        *static_cast<int*>(pages) = in_wal;
        return SQLITE_OK;
    };
    sqlite3_wal_hook(work, count_pages, &wal_pages);
    const auto begin = std::chrono::steady_clock::now();
    std::size_t answered = 0;
    std::size_t written_replies = 0;
    for (std::size_t at = 0; at < messages.size(); at += batch) {
        run(work, "BEGIN IMMEDIATE");
        for (; answered < written_replies; ++answered) {
            bind(answer, 1, provider_ids[answered].second);
            bind(answer, 2, provider_ids[answered].first);
            check(work, sqlite3_step(answer));
            sqlite3_reset(answer);
        }
        const auto end = std::min(messages.size(), at + batch);
        for (std::size_t i = at; i < end; ++i) {
            for (auto& table : tables) write(work, table, messages[i]);
            written_replies += tables[2].by_message[messages[i]].size();
        }
        for (int kind = 0; kind < 3; ++kind) {
            sqlite3_bind_int(tally, 1, kind);
            sqlite3_bind_int64(tally, 2, static_cast<std::int64_t>(end - at));
            check(work, sqlite3_step(tally));
            sqlite3_reset(tally);
        }
        run(work, "COMMIT");
        if (wal_pages > checkpoint_pages) {
            sqlite3_wal_checkpoint_v2(work, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            wal_pages = 0;
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("{\"messages\": %zu, \"batch\": %zu, \"seconds\": %.3f, \"rate\": %.0f}\n", messages.size(), batch, took.count(),
                static_cast<double>(messages.size()) / took.count());
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bare_commit: %s\n", error.what());
    return 1;
}
