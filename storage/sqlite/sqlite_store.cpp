#include "storage/sqlite/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "storage/sqlite/readers.hpp"
#include "storage/sqlite/schema.hpp"
#include "storage/sqlite/writer.hpp"

namespace jejak::storage {

namespace {

/// Held as long as the store is open. The kernel lets go of it when the process ends, however it ends.
class LockFile {
public:
    explicit LockFile(const std::filesystem::path& database) {
        const auto file = database.string() + ".lock";
        fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (fd_ < 0) throw std::runtime_error("cannot open the lock file " + file + ": " + std::strerror(errno));
        if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
        const int error = errno;
        ::close(fd_);
        if (error == EWOULDBLOCK) {
            throw std::runtime_error("another process has the store " + database.string() + " open; stop it first");
        }
        throw std::runtime_error("cannot lock " + file + ": " + std::strerror(error));
    }
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    ~LockFile() { ::close(fd_); }

private:
    int fd_ = -1;
};

/// What is wrong with a file is told with its path; a failure of the disk or the database stays what it is.
template <class Work>
auto naming(const std::filesystem::path& file, Work work) {
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (const std::runtime_error& fault) {
        const std::string why = fault.what();
        throw std::runtime_error(why.find(file.string()) == std::string::npos ? file.string() + ": " + why : why);
    }
}

CommitQueue::Options queue_options(const SqliteOptions& options) {
    CommitQueue::Options how;
    how.queue_max = options.queue_max;
    how.batch_max = options.batch_max;
    how.probe_every = options.probe_every;
    return how;
}

class SqliteStore final : public Store {
public:
    SqliteStore(const SqliteOptions& options, const Vault& vault)
        : lock_(options.file),
          writer_(options, vault),
          readers_(options, vault),
          queue_(writer_, queue_options(options)) {}
    ~SqliteStore() override { close(); }

    bool submit(Work work) override { return queue_.submit(std::move(work)); }
    void read(std::function<void(View&)> ask, std::function<void(std::exception_ptr)> done) override {
        readers_.read(std::move(ask), std::move(done));
    }
    bool healthy() const override { return queue_.healthy(); }
    std::string trouble() const override { return queue_.trouble(); }
    Counts counts() const override { return queue_.counts(); }
    Id last_message() const override { return last_message_; }

    void close() override {
        queue_.close();
        readers_.close();
        writer_.close();
    }

    void limit_pages(std::int64_t pages) { writer_.limit_pages(pages); }

private:
    LockFile lock_;
    sqlite::Writer writer_;
    sqlite::Readers readers_;
    CommitQueue queue_;  // last: its thread uses the writer
    const Id last_message_ = writer_.last_message();
};

struct OwnConnection {
    std::unique_ptr<sqlite::Database> database;
};

/// A view with a connection of its own; the base that holds it comes first and goes last.
class LoneView final : private OwnConnection, public sqlite::SqliteView {
public:
    LoneView(OwnConnection connection, const Vault& vault)
        : OwnConnection(std::move(connection)), SqliteView(*database, vault) {}
};

}  // namespace

std::unique_ptr<Store> open_sqlite(const SqliteOptions& options, const Vault& vault) {
    return naming(options.file, [&] { return std::make_unique<SqliteStore>(options, vault); });
}

void check_sqlite(const std::filesystem::path& file, const Vault& vault) {
    sqlite::Database::Options how;
    how.file = file;
    how.read_only = true;
    try {
        sqlite::Database database(how);
        if (sqlite::require_known(database) > 0) sqlite::compare_keys(database, vault);
    } catch (const std::exception& fault) {
        throw std::runtime_error(file.string() + ": " + fault.what());
    }
}

std::unique_ptr<View> open_sqlite_view(const std::filesystem::path& file, const Vault& vault) {
    if (!std::filesystem::exists(file)) throw std::runtime_error("there is no store at " + file.string());
    sqlite::Database::Options how;
    how.file = file;
    how.read_only = true;
    auto database = std::make_unique<sqlite::Database>(how);
    naming(file, [&] {
        sqlite::require_current(*database);
        sqlite::compare_keys(*database, vault);
    });
    database->run("BEGIN");
    return std::make_unique<LoneView>(OwnConnection{std::move(database)}, vault);
}

void set_max_page_count(Store& store, std::int64_t pages) {
    dynamic_cast<SqliteStore&>(store).limit_pages(pages);
}

}  // namespace jejak::storage
