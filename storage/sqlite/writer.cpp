#include "storage/sqlite/writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "storage/sqlite/schema.hpp"

namespace jejak::storage::sqlite {

namespace {

/// A probe writes this much: no less than a full batch, or the store would seem well and fail again.
constexpr int probe_octets = 1'000'000;
constexpr std::int64_t pages_unlimited = 0xfffffffe;

/// Each with the column its ids are in; by Table. A segment's own id is its assembly's.
struct Numbered {
    Table table;
    const char* highest;
};
constexpr std::array numbered_tables{
    Numbered{Table::message, "SELECT max(id) FROM message"},
    Numbered{Table::segment, "SELECT max(id) FROM assembly"},
    Numbered{Table::report, "SELECT max(id) FROM report"},
    Numbered{Table::worker, "SELECT max(id) FROM worker"},
    Numbered{Table::trail_event, "SELECT max(id) FROM trail_event"},
    Numbered{Table::incident, "SELECT max(id) FROM incident"},
    Numbered{Table::alert, "SELECT max(id) FROM alert"},
    Numbered{Table::event, "SELECT max(id) FROM event"},
    Numbered{Table::delivery, "SELECT max(id) FROM delivery"},
    Numbered{Table::reply, "SELECT max(id) FROM reply"},
    Numbered{Table::person, "SELECT max(id) FROM person"},
    Numbered{Table::audit, "SELECT max(id) FROM audit"},
    Numbered{Table::dialogue, "SELECT max(id) FROM dialogue"},
    Numbered{Table::receipt, "SELECT max(id) FROM receipt"},
};

/// SQLite would make the file readable by others; the log and the index of it take their mode from it.
void make_private(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0) ::close(fd);  // if not, SQLite says why
}

}  // namespace

Writer::Writer(const SqliteOptions& options, const Vault& vault)
    : options_(options), vault_(vault), page_limit_wanted_(options.max_page_count) {
    make_private(options.file);
    open();
    migrate(database());
    database().run("INSERT INTO meta VALUES ('keys', ?) ON CONFLICT DO NOTHING", vault.store_mark());
    compare_keys(database(), vault);
    seed();
}

void Writer::open() {
    Database::Options how;
    how.file = options_.file;
    how.vfs = options_.vfs;
    how.cache_kib = options_.cache_kib;
    how.busy_ms = static_cast<int>(options_.busy_limit.count());
    database_ = std::make_unique<Database>(how);
    const auto mode = database_->value<std::string>("PRAGMA journal_mode = WAL");
    if (mode != "wal") throw std::runtime_error("the store's disk cannot hold a write-ahead log");
    database_->script("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
    // The log keeps its size: overwriting is cheaper than growing, and a full disk then has room for it already.
    const auto log_octets = std::int64_t{options_.checkpoint_pages} * 4'096 * 2;
    database_->script(("PRAGMA journal_size_limit = " + std::to_string(log_octets)).c_str());
    page_limit_ = 0;
    apply_page_limit();
    unit_ = std::make_unique<SqliteUnit>(*database_, vault_, state_);
    checkpointed_at_ = 0;
}

Database& Writer::database() {
    if (!database_) throw Error(Error::Kind::io, "the database is closed");
    return *database_;
}

void Writer::seed() {
    for (const auto& [table, highest] : numbered_tables) {
        state_.ids_of(table) = IdSource(database().value<Id>(highest).value_or(0));
    }
    last_message_ = state_.ids_of(Table::message).last();
    stored_ticket_ = database().value<std::uint32_t>("SELECT next FROM counter WHERE kind = 'ticket'").value_or(0);
    state_.next_ticket = stored_ticket_;
}

void Writer::apply_page_limit() {
    const std::int64_t wanted = page_limit_wanted_;
    if (wanted == page_limit_) return;
    const std::int64_t pages = wanted > 0 ? wanted : pages_unlimited;
    database().script(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
    page_limit_ = wanted;
}

void Writer::begin() {
    apply_page_limit();
    database().clear_trouble();
    state_.batch.clear();
    state_.unit.clear();
    database().run("BEGIN IMMEDIATE");
}

Unit& Writer::begin_unit() {
    database().run("SAVEPOINT unit");
    state_.unit.clear();
    unit_->start(options_.clock());
    return *unit_;
}

void Writer::end_unit(bool keep) {
    if (const auto& trouble = database().trouble())
        throw Error(*trouble);  // somebody caught it; the batch is lost all the same
    if (!database().in_transaction()) throw Error(Error::Kind::io, "the transaction was lost");
    if (keep) {
        state_.batch.add(state_.unit);
    } else {
        database().run("ROLLBACK TO unit");
    }
    database().run("RELEASE unit");
    state_.unit.clear();
}

void Writer::write_account() {
    state_.batch.each([this](int kind, std::string_view endpoint, std::int64_t by) {
        database().run("INSERT INTO tally VALUES (?1, ?2, ?3) ON CONFLICT (kind, name) DO UPDATE SET n = n + ?3", kind,
                       endpoint, by);
    });
    if (state_.next_ticket != stored_ticket_) {
        database().run("INSERT OR REPLACE INTO counter VALUES ('ticket', ?)", state_.next_ticket);
    }
}

void Writer::commit() {
    write_account();
    database().run("COMMIT");
    stored_ticket_ = state_.next_ticket;
    state_.batch.clear();
}

void Writer::rollback() noexcept {
    if (database_) database_->rollback();
    state_.batch.clear();
    state_.unit.clear();
}

void Writer::tidy() {
    const int pages = database().wal_pages();
    if (pages < checkpointed_at_) checkpointed_at_ = 0;  // the log began anew
    if (pages < options_.checkpoint_pages || pages < checkpointed_at_ + options_.checkpoint_pages / 4) return;
    // A reader that never leaves would let the log grow for ever: past four times the limit, wait for it.
    database().checkpoint(pages >= 4 * options_.checkpoint_pages);
    checkpointed_at_ = pages;
}

void Writer::probe() {
    apply_page_limit();
    Database& tried = database();
    tried.clear_trouble();
    try {
        tried.checkpoint(true);  // on a full disk this may be what makes room
        tried.run("BEGIN IMMEDIATE");
        tried.run("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(?))", probe_octets);
        tried.run("COMMIT");
        tried.run("DELETE FROM probe");
    } catch (...) {
        tried.rollback();
        throw;
    }
}

void Writer::reopen() {
    unit_.reset();
    database_.reset();
    try {
        open();
        const auto verdict = database().value<std::string>("PRAGMA quick_check(1)");
        if (verdict != "ok") throw Error(Error::Kind::io, "quick_check found damage");
        seed();
    } catch (...) {
        unit_.reset();
        database_.reset();
        throw;
    }
}

void Writer::close() noexcept {
    if (!database_) return;
    try {
        database_->checkpoint(true);
    } catch (const Error&) {
        // What is committed is in the log and is found there when the store is opened again.
    }
    unit_.reset();
    database_.reset();
}

}  // namespace jejak::storage::sqlite
