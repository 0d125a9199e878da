#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "storage/store.hpp"

namespace jejak::storage {

struct SqliteOptions {
    std::filesystem::path file;
    std::size_t queue_max = 4'096;  ///< units waiting for the writer
    std::size_t batch_max = 512;    ///< units in one transaction
    std::size_t readers = 2;        ///< read-only connections, a thread each
    std::size_t reads_max = 1'024;  ///< questions waiting for a reader
    int checkpoint_pages = 20'000;  ///< WAL pages after which the writer checkpoints
    int cache_kib = 16'384;         ///< page cache of the writer; readers get a quarter
    std::chrono::milliseconds busy_limit{2'000};
    std::chrono::milliseconds probe_every{1'000};
    const char* vfs = nullptr;                   ///< another SQLite VFS, for fault tests
    std::int64_t max_page_count = 0;             ///< 0: no limit; for fault tests and small disks
    std::function<WallTime()> clock = wall_now;  ///< what units take for now; called on the writer thread
};

/// Opens or creates the database, migrates it to the current schema, and takes the store's lock so that no second
/// process writes. errors: throws storage::Error or std::runtime_error with one line for the operator: locked by
/// another process, keys that are not the store's, a schema from a newer program. `vault` must outlive the store.
std::unique_ptr<Store> open_sqlite(const SqliteOptions& options, const Vault& vault);

/// Changes max_page_count of an open SQLite store, from any thread; it counts from the next batch or probe. 0: no
/// limit.
void set_max_page_count(Store& store, std::int64_t pages);

/// Whether open_sqlite would take the file, which may be of an older schema. Changes nothing. errors: as open_sqlite.
void check_sqlite(const std::filesystem::path& file, const Vault& vault);

/// A read-only look at a database that a running daemon may be writing to: for the operator's tool. Takes no lock,
/// creates and migrates nothing. Everything asked of it sees one snapshot, that of its first question: keep it no
/// longer than a page, because the writer's WAL cannot be reset meanwhile.
/// errors: as open_sqlite, and for a file that is not there or has another schema.
std::unique_ptr<View> open_sqlite_view(const std::filesystem::path& file, const Vault& vault);

}  // namespace jejak::storage
