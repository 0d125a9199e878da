// The yardstick: how fast this disk takes the very rows the gateway wrote, by a loop that does nothing else.
//
//   bare_commit SOURCE.db WORK.db BATCH
//
// Reads what a gateway stored of its messages (and their reports, tickets, replies, incidents, alerts, events,
// deliveries), then writes it to an empty database of the same schema: same rows, same octets, same order, BATCH
// messages a transaction, with the settings and the checkpoints of the gateway's writer, on one thread. Each reply
// gets the provider's id one transaction later, as submit responses do; each report updates its incident; each
// transaction writes its tally, and the ticket counter. Afterwards every row is compared with the source, octet for
// octet. Prints one JSON object.
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

/// A table, and the question for its rows, each behind the message with which it was written. In the order of writing.
struct Table {
    const char* name;
    const char* rows;
};
constexpr std::array hot_tables{
    Table{"incident",
          "SELECT first, i.* FROM incident i JOIN (SELECT incident, min(message) AS first FROM report GROUP BY 1) r "
          "ON r.incident = i.id ORDER BY first"},
    Table{"incident_reporter",
          "SELECT first, i.* FROM incident_reporter i JOIN (SELECT incident, sender_key, min(message) AS first "
          "FROM report GROUP BY 1, 2) r USING (incident, sender_key) ORDER BY first"},
    Table{"report", "SELECT message, * FROM report ORDER BY message"},
    Table{"alert", "SELECT (SELECT max(id) FROM message m WHERE m.id <= a.id), a.* FROM alert a ORDER BY id"},
    Table{"event", "SELECT (SELECT max(id) FROM message m WHERE m.id <= e.id), e.* FROM event e ORDER BY id"},
    Table{"delivery", "SELECT (SELECT max(id) FROM message m WHERE m.id <= d.id), d.* FROM delivery d ORDER BY id"},
    Table{"ticket", "SELECT message, * FROM ticket ORDER BY message"},
    Table{"reply", "SELECT message, * FROM reply ORDER BY message"},
    Table{"message", "SELECT id, * FROM message ORDER BY id"},
};
enum Hot : std::size_t { incident, incident_reporter, report, alert, event, delivery, ticket, reply, message };

Rows load(Database& source, const Table& table) {
    Rows rows{.name = table.name, .width = 0, .message = {}, .cells = {}, .octets = {}, .next = 0};
    Statement ask(source.handle(), table.rows);
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
    std::string names = "'tally', 'counter'";
    for (const auto& table : hot_tables) names += std::string(", '") + table.name + "'";
    Statement ask(source.handle(),
                  "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name IN (" + names + ") ORDER BY rowid");
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
    Replay(Database& source, Database& work)
        : work_(work),
          join_(work.handle(),
                "UPDATE incident SET number = ?2, category_group = ?3, village = ?4, first_at = ?5, last_at = ?6, "
                "reports = ?7, reporters = ?8 WHERE id = ?1"),
          answer_(work.handle(), "UPDATE reply SET state = ?, not_before = ?, provider_id = ? WHERE id = ?"),
          tally_(work.handle(),
                 "INSERT INTO tally VALUES (?1, '', ?2) ON CONFLICT (kind, name) DO UPDATE SET n = n + ?2"),
          counter_(work.handle(), "INSERT OR REPLACE INTO counter VALUES ('ticket', ?)"),
          reports_(column_of(source, "incident", "reports")),
          fate_(column_of(source, "message", "fate")),
          state_(column_of(source, "reply", "state")),
          not_before_(column_of(source, "reply", "not_before")),
          provider_id_(column_of(source, "reply", "provider_id")) {
        for (const auto& table : hot_tables) {
            tables_.push_back(load(source, table));
            std::string sql = "INSERT INTO " + std::string(table.name) + " VALUES (?";
            for (int i = 1; i < tables_.back().width; ++i) sql += ",?";
            inserts_.push_back(std::make_unique<Statement>(work.handle(), sql + ")"));
        }
        find_incidents(column_of(source, "report", "incident"));
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
    /// Which incident each report joined, before the clock runs.
    void find_incidents(int column) {
        const auto& incidents = tables_[incident];
        std::map<std::int64_t, std::size_t> row_of;
        for (std::size_t row = 0; row < incidents.message.size(); ++row) row_of[incidents.cell(row, 0).number] = row;
        const auto& reports = tables_[report];
        for (std::size_t row = 0; row < reports.message.size(); ++row) {
            const auto& cell = reports.cell(row, column);
            joined_.push_back(cell.type == SQLITE_NULL ? none : row_of.at(cell.number));
        }
        reported_.resize(incidents.message.size());
    }

    /// What a row is first written with, where that is not what it became.
    Cell at_first(std::size_t table, std::size_t row, int column) const {
        if (table == reply && column == provider_id_) return {.type = SQLITE_TEXT, .number = 0, .size = 0};
        if (table == incident && column == reports_) return {.type = SQLITE_INTEGER, .number = 1, .size = 0};
        return tables_[table].cell(row, column);
    }

    void insert(std::size_t table) {
        auto& rows = tables_[table];
        auto& statement = *inserts_[table];
        const auto row = rows.next++;
        for (int i = 0; i < rows.width; ++i) bind(statement, i + 1, rows, at_first(table, row, i));
        statement.run();
        if (table == report) join_incident(joined_[row]);
        if (table == message) count(Tally::fate + rows.cell(row, fate_).number);
        if (table == reply) count(Tally::reply + rows.cell(row, state_).number);
    }

    /// The first report is in the incident's own row already.
    void join_incident(std::size_t row) {
        if (row == none || ++reported_[row] == 1) return;
        const auto& rows = tables_[incident];
        for (int i = 0; i < rows.width; ++i) bind(join_, i + 1, rows, rows.cell(row, i));
        sqlite3_bind_int64(join_.handle(), reports_ + 1, reported_[row]);
        join_.run();
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

    static constexpr std::size_t none = SIZE_MAX;

    Database& work_;
    Statement join_, answer_, tally_, counter_;
    int reports_, fate_, state_, not_before_, provider_id_;
    std::vector<Rows> tables_;
    std::vector<std::unique_ptr<Statement>> inserts_;
    std::vector<std::size_t> joined_;     ///< row of each report's incident, or none
    std::vector<std::int64_t> reported_;  ///< reports each incident has so far
    std::map<std::int64_t, std::int64_t> account_;
    std::size_t answered_ = 0;
    int wal_pages_ = 0, checkpointed_at_ = 0;
};

/// Every row of the source is in the copy, octet for octet, and none besides. errors: throws naming the table.
void compare(Database& work, const std::string& source) {
    Statement attach(work.handle(), "ATTACH ? AS source");
    sqlite3_bind_text(attach.handle(), 1, source.c_str(), -1, SQLITE_STATIC);
    attach.run();
    for (const auto& table : hot_tables) {
        const std::string theirs = std::string("SELECT * FROM source.") + table.name;
        const std::string ours = std::string("SELECT * FROM main.") + table.name;
        const auto differing = work.number("SELECT (SELECT count(*) FROM (" + theirs + " EXCEPT " + ours +
                                           ")) + (SELECT count(*) FROM (" + ours + " EXCEPT " + theirs + "))");
        if (differing != 0) throw std::runtime_error(std::string("the copy of ") + table.name + " differs");
    }
    const auto counted = work.number("SELECT n FROM main.tally WHERE kind = 0");
    if (counted != work.number("SELECT count(*) FROM main.message")) throw std::runtime_error("the tally is wrong");
}

int run(const char* source_file, const char* work_file, std::size_t batch) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // as the gateway does
    if (std::filesystem::exists(work_file)) throw std::runtime_error(std::string(work_file) + " exists already");
    const jejak::storage::SqliteOptions options;
    Database source(source_file, SQLITE_OPEN_READONLY);
    Database work(work_file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    tune(work, options);
    copy_schema(source, work);
    Replay replay(source, work);

    const auto begin = std::chrono::steady_clock::now();
    replay.write(batch, options.checkpoint_pages);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    compare(work, source_file);
    std::printf("{\"messages\": %zu, \"replies\": %zu, \"batch\": %zu, \"seconds\": %.3f, \"rate\": %.0f}\n",
                replay.messages(), replay.replies(), batch, took.count(),
                static_cast<double>(replay.messages()) / took.count());
    return 0;
}

}  // namespace

int main(int argc, char** argv) try {
    const auto batch = argc == 4 ? std::stoul(argv[3]) : 0;
    if (batch == 0) {
        std::fprintf(stderr, "usage: bare_commit SOURCE.db WORK.db BATCH\n");
        return 64;
    }
    return run(argv[1], argv[2], batch);
} catch (const std::exception& error) {
    std::fprintf(stderr, "bare_commit: %s\n", error.what());
    return 1;
}
