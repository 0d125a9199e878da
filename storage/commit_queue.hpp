#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "storage/error.hpp"
#include "storage/store.hpp"

namespace jejak::storage {

/// A database as the queue sees it: one transaction at a time, units inside it. Called on the writer thread only; every
/// method but rollback() may throw storage::Error.
class BatchTarget {
public:
    virtual ~BatchTarget() = default;

    virtual void begin() = 0;
    /// Sets a savepoint.
    virtual Unit& begin_unit() = 0;
    /// Keeps what was done since, or undoes it. Throws if the transaction was lost meanwhile.
    virtual void end_unit(bool keep) = 0;
    /// Returns only when the transaction is on disk.
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;
    /// What may wait until the answers went out: checkpoints.
    virtual void tidy() = 0;
    /// A real write transaction, to see whether the database takes writes again.
    virtual void probe() = 0;
    /// Closes, opens and checks the database after an I/O error.
    virtual void reopen() = 0;
};

/// Group commit. One thread takes whatever units queued while the last commit was on its way to disk (there is no
/// timer) and runs them in one transaction. A unit that throws something else than a storage error is undone alone.
/// After a storage error everything queued is given back, and the queue refuses more until a probe succeeds.
class CommitQueue {
public:
    struct Options {
        std::size_t queue_max = 4'096;
        std::size_t batch_max = 512;
        std::chrono::milliseconds probe_every{1'000};
        /// Ends the process when the database is beyond repair: prints the line to stderr and exits with code 74.
        std::function<void(const std::string& line)> stop_process = exit_74;
    };

    /// `target` must outlive the queue.
    CommitQueue(BatchTarget& target, Options options);
    ~CommitQueue();
    CommitQueue(const CommitQueue&) = delete;
    CommitQueue& operator=(const CommitQueue&) = delete;

    /// Thread-safe. False: full, failing or closed.
    bool submit(Work work);
    bool healthy() const;
    std::string trouble() const;
    Store::Counts counts() const;
    /// Commits what is queued and joins the thread.
    void close();

    [[noreturn]] static void exit_74(const std::string& line);

private:
    using Batch = std::vector<Work>;

    void run();
    /// Waits for work; empty when the queue is closed and nothing is left.
    Batch take();
    /// Commits the batch and answers it. The error, if the storage failed.
    std::optional<Error> write(Batch& batch);
    Committed run_unit(const Work& work);
    bool apply(const std::function<void(Unit&)>& change);
    void enter_trouble(const Error& error, Batch& batch);
    /// Returns when the storage takes writes again or the queue is being closed.
    void recover(Error error);
    std::optional<Error> try_again(const Error& error);
    void note_trouble(const Error& error);

    BatchTarget& target_;
    const Options options_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Work> waiting_;  // guarded by mutex_, as are the next four
    bool closing_ = false;
    bool failing_ = false;
    std::string trouble_;
    Store::Counts counts_;
    std::thread writer_;  // last: it uses everything above
};

}  // namespace jejak::storage
