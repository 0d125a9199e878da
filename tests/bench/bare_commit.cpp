// The yardstick: how fast this disk takes the very rows the gateway wrote, by a loop that does nothing else.
//
//   bare_commit SOURCE.db WORK.db BATCH COUNT
//
// Reads the first COUNT messages of a store the gateway filled, with their report, ticket and reply rows, then writes
// them to an empty database of the same schema: same rows, same octets, ascending keys, BATCH messages a transaction,
// with the settings and the checkpoints of the gateway's writer, on one thread. Each reply gets the provider's id one
// transaction later, as submit responses do, and each transaction writes its tally and the ticket counter. Afterwards
// every row is compared with the source, octet for octet. Prints one JSON object.
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/sqlite/sqlite_store.hpp"
#include "storage/tally.hpp"

namespace {

using jejak::storage::Tally;

/// A prepared statement; finalized with its owner.
class Statement {
public:
    Statement(sqlite3* db, const std::string& sql) : db_(db) {
        check(sqlite3_prepare_v3(db, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr));
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(handle_); }

    bool step() {
        const int code = sqlite3_step(handle_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) check(code);
        return code == SQLITE_ROW;
    }
    void run() {
        step();
        sqlite3_reset(handle_);
    }
    sqlite3_stmt* handle() { return handle_; }
    std::int64_t number(int column = 0) { return sqlite3_column_int64(handle_, column); }
    void check(int code) {
        if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
    }

private:
    sqlite3* db_;
    sqlite3_stmt* handle_ = nullptr;
};

class Database {
public:
    Database(const char* file, int flags) {
        if (sqlite3_open_v2(file, &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
            throw std::runtime_error(std::string(file) + ": " + sqlite3_errmsg(handle_));
        }
    }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    ~Database() { sqlite3_close_v2(handle_); }

    void run(const std::string& sql) {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            throw std::runtime_error(sqlite3_errmsg(handle_));
        }
    }
    std::int64_t number(const std::string& sql) {
        Statement ask(handle_, sql);
        return ask.step() ? ask.number() : 0;
    }
    sqlite3* handle() { return handle_; }

private:
    sqlite3* handle_ = nullptr;
};

/// One column's value; texts and blobs lie in the table's octets.
struct Cell {
    int type = SQLITE_NULL;
    std::int64_t number = 0;  ///< the integer, or where the octets begin
    int size = 0;
};

/// A table's rows in the order in which the gateway wrote them.
struct Rows {
    std::string name;
    int width = 0;
    std::vector<std::int64_t> message;  ///< each row's
    std::vector<Cell> cells;
    std::vector<char> octets;
    std::size_t next = 0;  ///< row to write

    const Cell& cell(std::size_t row, int column) const {
        return cells[row * static_cast<std::size_t>(width) + static_cast<std::size_t>(column)];
    }
};

constexpr std::array hot_tables{"report", "ticket", "reply", "message"};
enum Hot : std::size_t { report, ticket, reply, message };

std::string message_column(const std::string& table) {
    return table == "message" ? "id" : "message";
}

Rows load(Database& source, const std::string& table, std::int64_t last) {
    Rows rows{.name = table, .width = 0, .message = {}, .cells = {}, .octets = {}, .next = 0};
    const auto key = message_column(table);
    Statement ask(source.handle(), "SELECT " + key + ", * FROM " + table + " WHERE " + key +
                                       " <= " + std::to_string(last) + " ORDER BY " + key);
    rows.width = sqlite3_column_count(ask.handle()) - 1;
    while (ask.step()) {
        rows.message.push_back(ask.number());
        for (int i = 1; i <= rows.width; ++i) {
            Cell cell{.type = sqlite3_column_type(ask.handle(), i), .number = ask.number(i), .size = 0};
            if (cell.type == SQLITE_TEXT || cell.type == SQLITE_BLOB) {
                const auto* data = static_cast<const char*>(sqlite3_column_blob(ask.handle(), i));
                cell.size = sqlite3_column_bytes(ask.handle(), i);
                cell.number = static_cast<std::int64_t>(rows.octets.size());
                if (cell.size > 0) rows.octets.insert(rows.octets.end(), data, data + cell.size);
            }
            rows.cells.push_back(cell);
        }
    }
    return rows;
}

int column_of(Database& source, const std::string& table, const std::string& name) {
    return static_cast<int>(
        source.number("SELECT cid FROM pragma_table_info('" + table + "') WHERE name = '" + name + "'"));
}

void bind(Statement& statement, int at, const Rows& rows, const Cell& cell) {
    const auto* data = rows.octets.data() + (cell.size > 0 ? cell.number : 0);
    switch (cell.type) {
        case SQLITE_INTEGER:
            return statement.check(sqlite3_bind_int64(statement.handle(), at, cell.number));
        case SQLITE_TEXT:
            return statement.check(sqlite3_bind_text(statement.handle(), at, data, cell.size, SQLITE_STATIC));
        case SQLITE_BLOB:
            return statement.check(sqlite3_bind_blob(statement.handle(), at, data, cell.size, SQLITE_STATIC));
        default:
            return statement.check(sqlite3_bind_null(statement.handle(), at));
    }
}

void copy_schema(Database& source, Database& work) {
    Statement ask(source.handle(),
                  "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN "
                  "('message', 'report', 'ticket', 'reply', 'tally', 'counter') ORDER BY rowid");
    while (ask.step()) work.run(reinterpret_cast<const char*>(sqlite3_column_text(ask.handle(), 0)));
}

/// As the gateway's writer opens its connection.
void tune(Database& work, const jejak::storage::SqliteOptions& options) {
    const auto log_octets = std::int64_t{options.checkpoint_pages} * 4'096 * 2;
    work.run(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;"
        "PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = " +
        std::to_string(log_octets) + "; PRAGMA cache_size = -" + std::to_string(options.cache_kib));
}

/// The gateway's writing, with nothing in front of it.
class Replay {
public:
    Replay(Database& source, Database& work, std::int64_t last)
        : work_(work),
          answer_(work.handle(), "UPDATE reply SET state = ?, not_before = ?, provider_id = ? WHERE id = ?"),
          tally_(work.handle(),
                 "INSERT INTO tally VALUES (?1, '', ?2) ON CONFLICT (kind, name) DO UPDATE SET n = n + ?2"),
          counter_(work.handle(), "INSERT OR REPLACE INTO counter VALUES ('ticket', ?)"),
          fate_(column_of(source, "message", "fate")),
          state_(column_of(source, "reply", "state")),
          not_before_(column_of(source, "reply", "not_before")),
          provider_id_(column_of(source, "reply", "provider_id")) {
        for (const auto* table : hot_tables) {
            tables_.push_back(load(source, table, last));
            std::string sql = "INSERT INTO " + std::string(table) + " VALUES (?";
            for (int i = 1; i < tables_.back().width; ++i) sql += ",?";
            inserts_.push_back(std::make_unique<Statement>(work.handle(), sql + ")"));
        }
        sqlite3_wal_hook(
            work.handle(),
            [](void* pages, sqlite3*, const char*, int in_log) {
                *static_cast<int*>(pages) = in_log;
                return SQLITE_OK;
            },
            &wal_pages_);
    }

    std::size_t messages() const { return tables_[message].message.size(); }
    std::size_t replies() const { return tables_[reply].message.size(); }

    void write(std::size_t batch, int checkpoint_pages) {
        for (std::size_t at = 0; at < messages(); at += batch) {
            work_.run("BEGIN IMMEDIATE");
            answer_replies();
            const auto end = std::min(messages(), at + batch);
            for (std::size_t i = at; i < end; ++i) write_message(i);
            write_account();
            work_.run("COMMIT");
            checkpoint(checkpoint_pages);
        }
        work_.run("BEGIN IMMEDIATE");
        answer_replies();
        work_.run("COMMIT");
    }

private:
    void insert(std::size_t table) {
        auto& rows = tables_[table];
        auto& statement = *inserts_[table];
        const auto row = rows.next++;
        static constexpr Cell no_text{.type = SQLITE_TEXT, .number = 0, .size = 0};
        for (int i = 0; i < rows.width; ++i) {
            const bool comes_later = table == reply && i == provider_id_;
            bind(statement, i + 1, rows, comes_later ? no_text : rows.cell(row, i));
        }
        statement.run();
        if (table == message) count(Tally::fate + rows.cell(row, fate_).number);
        if (table == reply) count(Tally::reply + rows.cell(row, state_).number);
    }

    void write_message(std::size_t index) {
        const auto id = tables_[message].message[index];
        for (std::size_t table = 0; table < tables_.size(); ++table) {
            const auto& rows = tables_[table];
            while (rows.next < rows.message.size() && rows.message[rows.next] == id) insert(table);
        }
        count(Tally::received);
    }

    void answer_replies() {
        const auto& rows = tables_[reply];
        for (; answered_ < rows.next; ++answered_) {
            if (rows.cell(answered_, provider_id_).size == 0) continue;
            bind(answer_, 1, rows, rows.cell(answered_, state_));
            bind(answer_, 2, rows, rows.cell(answered_, not_before_));
            bind(answer_, 3, rows, rows.cell(answered_, provider_id_));
            bind(answer_, 4, rows, rows.cell(answered_, 0));
            answer_.run();
        }
    }

    void count(std::int64_t kind) { ++account_[kind]; }

    void write_account() {
        for (auto& [kind, by] : account_) {
            sqlite3_bind_int64(tally_.handle(), 1, kind);
            sqlite3_bind_int64(tally_.handle(), 2, by);
            tally_.run();
        }
        account_.clear();
        sqlite3_bind_int64(counter_.handle(), 1, static_cast<std::int64_t>(tables_[ticket].next));
        counter_.run();
    }

    void checkpoint(int pages) {
        if (wal_pages_ < checkpointed_at_) checkpointed_at_ = 0;
        if (wal_pages_ < pages || wal_pages_ < checkpointed_at_ + pages / 4) return;
        answer_.check(sqlite3_wal_checkpoint_v2(work_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr));
        checkpointed_at_ = wal_pages_;
    }

    Database& work_;
    Statement answer_, tally_, counter_;
    int fate_, state_, not_before_, provider_id_;
    std::vector<Rows> tables_;
    std::vector<std::unique_ptr<Statement>> inserts_;
    std::map<std::int64_t, std::int64_t> account_;
    std::size_t answered_ = 0;
    int wal_pages_ = 0, checkpointed_at_ = 0;
};

/// Every row of the source is in the copy, octet for octet, and none besides. errors: throws naming the table.
void compare(Database& work, const std::string& source, std::int64_t last) {
    Statement attach(work.handle(), "ATTACH ? AS source");
    sqlite3_bind_text(attach.handle(), 1, source.c_str(), -1, SQLITE_STATIC);
    attach.run();
    for (const std::string table : hot_tables) {
        const auto rows =
            "SELECT * FROM source." + table + " WHERE " + message_column(table) + " <= " + std::to_string(last);
        const auto missing = work.number("SELECT count(*) FROM (" + rows + " EXCEPT SELECT * FROM main." + table + ")");
        const auto more =
            work.number("SELECT (SELECT count(*) FROM main." + table + ") - (SELECT count(*) FROM (" + rows + "))");
        if (missing != 0 || more != 0) throw std::runtime_error("the copy of " + table + " differs");
    }
    const auto counted = work.number("SELECT n FROM main.tally WHERE kind = 0");
    if (counted != work.number("SELECT count(*) FROM main.message")) throw std::runtime_error("the tally is wrong");
}

int run(const char* source_file, const char* work_file, std::size_t batch, std::size_t count) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // as the gateway does
    if (std::filesystem::exists(work_file)) throw std::runtime_error(std::string(work_file) + " exists already");
    const jejak::storage::SqliteOptions options;
    Database source(source_file, SQLITE_OPEN_READONLY);
    Database work(work_file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    tune(work, options);
    copy_schema(source, work);
    const auto last =
        source.number("SELECT max(id) FROM (SELECT id FROM message ORDER BY id LIMIT " + std::to_string(count) + ")");
    Replay replay(source, work, last);

    const auto begin = std::chrono::steady_clock::now();
    replay.write(batch, options.checkpoint_pages);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    compare(work, source_file, last);
    std::printf("{\"messages\": %zu, \"replies\": %zu, \"batch\": %zu, \"seconds\": %.3f, \"rate\": %.0f}\n",
                replay.messages(), replay.replies(), batch, took.count(),
                static_cast<double>(replay.messages()) / took.count());
    return 0;
}

}  // namespace

int main(int argc, char** argv) try {
    const auto batch = argc == 5 ? std::stoul(argv[3]) : 0;
    const auto count = argc == 5 ? std::stoul(argv[4]) : 0;
    if (batch == 0 || count == 0) {
        std::fprintf(stderr, "usage: bare_commit SOURCE.db WORK.db BATCH COUNT\n");
        return 64;
    }
    return run(argv[1], argv[2], batch, count);
} catch (const std::exception& error) {
    std::fprintf(stderr, "bare_commit: %s\n", error.what());
    return 1;
}
