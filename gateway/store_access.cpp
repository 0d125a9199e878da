#include "gateway/store_access.hpp"

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

namespace jejak {

using storage::Committed;
using storage::Unit;
using storage::View;

/// Completions on their way to the loop. The writer thread adds; the loop takes all at once.
struct StoreAccess::Finished {
    explicit Finished(net::asio::any_io_executor executor) : loop(std::move(executor)) {}

    /// Any thread. Wakes the loop only when nothing was waiting: one post per batch, not per unit.
    void add(std::function<void()> resume) {
        bool first = false;
        {
            const std::lock_guard lock(mutex);
            first = waiting.empty();
            waiting.push_back(std::move(resume));
        }
        if (first) net::asio::post(loop, [self = self.lock()] { self->run(); });
    }

    void run() {
        std::vector<std::function<void()>> ready;
        {
            const std::lock_guard lock(mutex);
            ready.swap(waiting);
        }
        for (auto& resume : ready) resume();
    }

    net::asio::any_io_executor loop;
    std::weak_ptr<Finished> self;
    std::mutex mutex;
    std::vector<std::function<void()>> waiting;
};

StoreAccess::StoreAccess(net::asio::any_io_executor executor, storage::Store& store)
    : executor_(std::move(executor)), store_(store), finished_(std::make_shared<Finished>(executor_)) {
    finished_->self = finished_;
}

void StoreAccess::submit(std::function<void(Unit&)> apply, std::function<void(Unit&)> instead, Done done) {
    // The loop stays alive while a unit is under way.
    auto work = net::asio::prefer(executor_, net::asio::execution::outstanding_work.tracked);
    auto shared_done = std::make_shared<Done>(std::move(done));
    auto finish = [finished = finished_, shared_done, work](Committed how) {
        finished->add([shared_done, how] { (*shared_done)(how); });
    };
    if (!store_.submit({std::move(apply), std::move(instead), finish})) {
        finish(store_.healthy() ? Committed::queue_full : Committed::storage_failed);
    }
}

net::awaitable<Committed> StoreAccess::commit(std::function<void(Unit&)> apply, std::function<void(Unit&)> instead) {
    auto start = [this](auto handler, std::function<void(Unit&)> job, std::function<void(Unit&)> fallback) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        Done resume = [waiting](Committed how) { std::move (*waiting)(how); };
        submit(std::move(job), std::move(fallback), std::move(resume));
    };
    co_return co_await net::asio::async_initiate<decltype(net::asio::use_awaitable), void(Committed)>(
        start, net::asio::use_awaitable, std::move(apply), std::move(instead));
}

net::awaitable<void> StoreAccess::read(std::function<void(View&)> ask) {
    auto start = [this](auto handler, std::function<void(View&)> question) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        auto work = net::asio::prefer(executor_, net::asio::execution::outstanding_work.tracked);
        store_.read(std::move(question), [finished = finished_, waiting, work](std::exception_ptr failure) {
            finished->add([waiting, failure] { std::move (*waiting)(failure); });
        });
    };
    // With use_awaitable a first argument of type exception_ptr is rethrown.
    co_await net::asio::async_initiate<decltype(net::asio::use_awaitable), void(std::exception_ptr)>(
        start, net::asio::use_awaitable, std::move(ask));
}

}  // namespace jejak
