#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/sqlite/sqlite_store.hpp"
#include "storage/sqlite/sqlite_view.hpp"

namespace jejak::storage::sqlite {

/// A few threads with a read-only connection each. A question sees one moment of the store from beginning to end.
class Readers {
public:
    Readers(const SqliteOptions& options, const Vault& vault);
    ~Readers();
    Readers(const Readers&) = delete;
    Readers& operator=(const Readers&) = delete;

    using Ask = std::function<void(View&)>;
    using Done = std::function<void(std::exception_ptr)>;
    /// Thread-safe. When too many wait, or after close(), `done` gets an Error at once, on the caller's thread.
    void read(Ask ask, Done done);
    /// Answers what is queued and joins the threads.
    void close();

private:
    struct Question {
        Ask ask;
        Done done;
    };

    void run();
    void answer(std::unique_ptr<Database>& database, const Question& question);
    std::unique_ptr<Database> open() const;

    const SqliteOptions options_;
    const Vault& vault_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Question> waiting_;  // guarded by mutex_
    bool closing_ = false;          // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace jejak::storage::sqlite
