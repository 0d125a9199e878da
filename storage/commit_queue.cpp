#include "storage/commit_queue.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace jejak::storage {

namespace {

void answer(const Work& work, Committed how) {
    if (work.done) work.done(how);
}

}  // namespace

CommitQueue::CommitQueue(BatchTarget& target, Options options)
    : target_(target), options_(std::move(options)), writer_([this] { run(); }) {}

CommitQueue::~CommitQueue() {
    close();
}

bool CommitQueue::submit(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (closing_ || failing_ || waiting_.size() >= options_.queue_max) return false;
        waiting_.push_back(std::move(work));
        if (waiting_.size() > 1) return true;  // the writer has been woken, or will look again before it sleeps
    }
    wake_.notify_one();
    return true;
}

bool CommitQueue::healthy() const {
    const std::lock_guard lock(mutex_);
    return !failing_;
}

std::string CommitQueue::trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
}

Store::Counts CommitQueue::counts() const {
    const std::lock_guard lock(mutex_);
    Store::Counts counts = counts_;
    counts.queued = waiting_.size();
    return counts;
}

void CommitQueue::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_one();
    if (writer_.joinable()) writer_.join();
}

void CommitQueue::exit_74(const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
    std::fflush(stderr);
    std::_Exit(74);  // EX_IOERR; other threads still run, so no destructors
}

void CommitQueue::run() {
    for (;;) {
        Batch batch = take();
        if (batch.empty()) return;
        if (const auto error = write(batch)) recover(*error);
    }
}

CommitQueue::Batch CommitQueue::take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    const std::size_t size = std::min(waiting_.size(), options_.batch_max);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(size);
    Batch batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return batch;
}

std::optional<Error> CommitQueue::write(Batch& batch) {
    std::vector<Committed> ends;
    ends.reserve(batch.size());
    std::uint64_t poisoned = 0;
    std::chrono::duration<double> commit_time{};
    try {
        target_.begin();
        for (const Work& work : batch) {
            ends.push_back(run_unit(work));
            if (ends.back() != Committed::durable) ++poisoned;
        }
        const auto started = std::chrono::steady_clock::now();
        target_.commit();
        commit_time = std::chrono::steady_clock::now() - started;
    } catch (const Error& error) {
        target_.rollback();
        enter_trouble(error, batch);
        return error;
    }
    {
        const std::lock_guard lock(mutex_);
        ++counts_.batches;
        counts_.units += batch.size();
        counts_.poisoned += poisoned;
        counts_.last_commit_seconds = commit_time.count();
    }
    for (std::size_t i = 0; i < batch.size(); ++i) answer(batch[i], ends[i]);
    batch.clear();
    try {
        target_.tidy();
    } catch (const Error& error) {  // what was answered is on disk all the same
        enter_trouble(error, batch);
        return error;
    }
    return std::nullopt;
}

/// Storage errors pass through to the batch.
Committed CommitQueue::run_unit(const Work& work) {
    if (apply(work.apply)) return Committed::durable;
    if (!work.instead || apply(work.instead)) return Committed::poisoned;
    return Committed::storage_failed;  // nothing of it is on disk, and nobody may believe it is
}

bool CommitQueue::apply(const std::function<void(Unit&)>& change) {
    Unit& unit = target_.begin_unit();
    bool kept = true;
    try {
        change(unit);
    } catch (const Error& error) {
        if (error.kind != Error::Kind::misuse) throw;
        kept = false;
    } catch (...) {  // the unit's own mistake, whatever it is: its message is kept by `instead`
        kept = false;
    }
    target_.end_unit(kept);
    return kept;
}

void CommitQueue::note_trouble(const Error& error) {
    const std::lock_guard lock(mutex_);
    failing_ = true;
    trouble_ = error.what();
    ++counts_.failures;
}

void CommitQueue::enter_trouble(const Error& error, Batch& batch) {
    note_trouble(error);
    std::deque<Work> behind;
    {
        const std::lock_guard lock(mutex_);
        behind.swap(waiting_);
    }
    for (const Work& work : batch) answer(work, Committed::storage_failed);
    for (const Work& work : behind) answer(work, Committed::storage_failed);
}

void CommitQueue::recover(Error error) {
    bool at_once = error.kind == Error::Kind::io;  // a broken handle is not worth waiting for
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            const auto wait = at_once ? std::chrono::milliseconds(0) : options_.probe_every;
            if (wake_.wait_for(lock, wait, [this] { return closing_; })) return;
        }
        at_once = false;
        const auto again = try_again(error);
        if (!again) break;
        error = *again;
        note_trouble(error);
    }
    const std::lock_guard lock(mutex_);
    failing_ = false;
    trouble_.clear();
}

std::optional<Error> CommitQueue::try_again(const Error& error) {
    if (error.kind == Error::Kind::io) {
        std::string why;
        try {
            target_.reopen();
        } catch (const Error& failed) {
            if (failed.kind != Error::Kind::io) return failed;  // full, read-only, busy: may pass
            why = failed.what();
        } catch (const std::exception& failed) {
            why = failed.what();
        }
        if (!why.empty()) options_.stop_process("the store does not open again after an I/O error: " + why);
    }
    try {
        target_.probe();
    } catch (const Error& failed) {
        return failed;
    }
    return std::nullopt;
}

}  // namespace jejak::storage
