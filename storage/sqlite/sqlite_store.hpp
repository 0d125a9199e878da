#pragma once
#include <chrono>
#include <filesystem>
#include <memory>

#include "storage/store.hpp"

namespace jejak::storage {

struct SqliteOptions {
    std::filesystem::path file;
    std::size_t queue_max = 4'096;             ///< units waiting for the writer
    std::size_t batch_max = 512;               ///< units in one transaction
    std::size_t readers = 2;                   ///< read-only connections, a thread each
    int checkpoint_pages = 20'000;             ///< WAL pages after which the writer checkpoints
    int cache_kib = 16'384;                    ///< page cache of the writer; readers get a quarter
    std::chrono::milliseconds busy_limit{2'000};
    std::chrono::milliseconds probe_every{1'000};
    const char* vfs = nullptr;                 ///< another SQLite VFS, for fault tests
    std::int64_t max_page_count = 0;           ///< 0: no limit; for fault tests and small disks
};

/// Opens or creates the database, migrates it to the current schema, and takes the store's lock so that no second process
/// writes. errors: throws storage::Error or std::runtime_error with one line for the operator: locked by another process,
/// keys that are not the store's, a schema from a newer program.
std::unique_ptr<Store> open_sqlite(const SqliteOptions& options, const Vault& vault);

}  // namespace jejak::storage
