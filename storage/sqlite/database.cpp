#include "storage/sqlite/database.hpp"

#include <algorithm>
#include <cstring>

namespace jejak::storage::sqlite {

namespace {

/// SQLite counts what it allocates under one lock of the whole process unless told otherwise before its first use.
/// Nobody reads those counts, and the lock costs a tenth of the writer's time.
void leave_memory_uncounted() {
    [[maybe_unused]] static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

}  // namespace

Error::Kind kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return Error::Kind::full;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Error::Kind::read_only;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
        case SQLITE_NOMEM:
            return Error::Kind::busy;  // passes; nothing is wrong with the unit
        case SQLITE_IOERR:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CANTOPEN:
            return Error::Kind::io;
        default:
            return Error::Kind::misuse;
    }
}

void Row::read(int at, std::string& value) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, at));
    value.assign(text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, at)));
}

void Row::read(int at, Sealed& value) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, at));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
    value.assign(data, data + size);
}

void Row::read(int at, LookupKey& value) const {
    const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, at));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
    value = {};
    if (data != nullptr) std::copy_n(data, std::min(size, value.size()), value.begin());
}

Running::~Running() {
    sqlite3_reset(statement_);
}

bool Running::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_.fail(code);
    return false;
}

void Running::check(int code) {
    if (code != SQLITE_OK) database_.fail(code);
}

Database::Database(const Options& options) : busy_ms_(options.busy_ms) {
    leave_memory_uncounted();
    const int mode = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(options.file.c_str(), &handle_, flags, options.vfs);
    try {
        if (code != SQLITE_OK) fail(code);
        sqlite3_busy_timeout(handle_, options.busy_ms);
        sqlite3_wal_hook(
            handle_,
            [](void* self, sqlite3*, const char*, int pages) {
                static_cast<Database*>(self)->wal_pages_ = pages;
                return SQLITE_OK;
            },
            this);
        script(
            "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON; PRAGMA cell_size_check "
            "= ON;");
        script(("PRAGMA cache_size = -" + std::to_string(options.cache_kib)).c_str());
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Database::~Database() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close_v2(handle_);
}

void Database::script(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

sqlite3_stmt* Database::prepared(const char* sql) {
    sqlite3_stmt*& statement = statements_[sql];
    if (statement == nullptr) {
        const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        if (code != SQLITE_OK) fail(code);
    }
    return statement;
}

void Database::rollback() noexcept {
    if (in_transaction()) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Database::checkpoint(bool restart) {
    constexpr int restart_wait_ms = 100;  // intake stands still meanwhile
    sqlite3_busy_timeout(handle_, std::min(restart_wait_ms, busy_ms_));
    const int mode = restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, mode, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, busy_ms_);
    // Busy is not a failure here: a reader is in the way, and the next checkpoint goes on from where this one came to.
    if (code != SQLITE_OK && kind_of(code) != Error::Kind::busy) fail(code);
}

void Database::fail(int code) {
    // errstr() is a fixed text; errmsg() of a constraint names table and column only, and tells which one it was.
    const bool constraint = (code & 0xff) == SQLITE_CONSTRAINT;
    const std::string what = std::string(constraint ? sqlite3_errmsg(handle_) : sqlite3_errstr(code)) + " (SQLite " +
                             std::to_string(code) + ")";
    const Error error(kind_of(code), what.c_str());
    if (error.kind != Error::Kind::misuse) trouble_ = error;
    throw error;
}

}  // namespace jejak::storage::sqlite
