#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "storage/commit_queue.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/sqlite/sqlite_unit.hpp"

namespace jejak::storage::sqlite {

/// The one connection that writes and checkpoints. Opened by whoever starts the store, then used by the queue's thread.
class Writer final : public BatchTarget {
public:
    /// Opens, migrates and checks that the store belongs to these keys.
    Writer(const SqliteOptions& options, const Vault& vault);

    void begin() override;
    Unit& begin_unit() override;
    void end_unit(bool keep) override;
    void commit() override;
    void rollback() noexcept override;
    void tidy() override;
    void probe() override;
    void reopen() override;

    /// Checkpoints what can be and closes.
    void close() noexcept;
    Id last_message() const { return last_message_; }
    /// Takes effect before the next batch or probe. Thread-safe.
    void limit_pages(std::int64_t pages) { page_limit_wanted_ = pages; }

private:
    void open();
    void seed();
    void apply_page_limit();
    void write_account();
    Database& database();

    const SqliteOptions options_;
    const Vault& vault_;
    std::unique_ptr<Database> database_;
    WriterState state_;
    std::unique_ptr<SqliteUnit> unit_;
    std::uint32_t stored_ticket_ = 0;
    int checkpointed_at_ = 0;  ///< pages in the log when the last checkpoint ran
    Id last_message_ = 0;
    std::int64_t page_limit_ = 0;
    std::atomic<std::int64_t> page_limit_wanted_;
};

}  // namespace jejak::storage::sqlite
