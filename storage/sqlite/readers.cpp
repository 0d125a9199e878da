#include "storage/sqlite/readers.hpp"

#include <algorithm>

namespace jejak::storage::sqlite {

Readers::Readers(const SqliteOptions& options, const Vault& vault) : options_(options), vault_(vault) {
    const std::size_t count = std::max<std::size_t>(options.readers, 1);
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

Readers::~Readers() {
    close();
}

void Readers::read(Ask ask, Done done) {
    {
        const std::lock_guard lock(mutex_);
        if (!closing_ && waiting_.size() < options_.reads_max) {
            waiting_.push_back({std::move(ask), std::move(done)});
            wake_.notify_one();
            return;
        }
    }
    if (done)
        done(std::make_exception_ptr(
            Error(Error::Kind::busy, "too many questions wait for the store, or it is closed")));
}

void Readers::close() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Readers::run() {
    std::unique_ptr<Database> database;
    for (;;) {
        Question question;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            question = std::move(waiting_.front());
            waiting_.pop_front();
        }
        answer(database, question);
    }
}

void Readers::answer(std::unique_ptr<Database>& database, const Question& question) {
    std::exception_ptr failure;
    try {
        if (!database) database = open();
        database->clear_trouble();
        database->run("BEGIN");
        SqliteView view(*database, vault_);
        question.ask(view);
    } catch (...) {
        failure = std::current_exception();
    }
    if (database) {
        database->rollback();  // nothing was written: this only lets go of the moment it saw
        const auto& trouble = database->trouble();
        if (trouble && trouble->kind == Error::Kind::io) database.reset();
    }
    if (question.done) question.done(failure);
}

std::unique_ptr<Database> Readers::open() const {
    Database::Options how;
    how.file = options_.file;
    how.read_only = true;
    how.vfs = options_.vfs;
    how.cache_kib = std::max(options_.cache_kib / 4, 1);
    how.busy_ms = static_cast<int>(options_.busy_limit.count());
    return std::make_unique<Database>(how);
}

}  // namespace jejak::storage::sqlite
