#include "gateway/store_access.hpp"

#include <atomic>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <optional>
#include <utility>

namespace jejak {

using storage::Committed;
using storage::Unit;
using storage::View;

/// One unit or question, from when it is handed to the store until its `done` was called. Only one thread has it at a
/// time: the loop's, then the store's, then the loop's again. The store gets its bare address, which a std::function
/// keeps without an allocation, and answers exactly once.
struct StoreAccess::Errand {
    Change apply, instead;
    Done done;
    Committed how = Committed::durable;
    std::shared_ptr<Errands> home;  ///< where it comes back to, while it is under way
    Errand* next = nullptr;         ///< in one of the lists there
};

/// Errands on their way back to the loop, and those that may be used again.
struct StoreAccess::Errands {
    static constexpr std::size_t spare_max = 1'024;  ///< errands kept for the next units; the others are freed

    explicit Errands(net::asio::any_io_executor executor) : loop(std::move(executor)) {}
    ~Errands() {
        free(back.load());
        free(spare);
    }
    Errands(const Errands&) = delete;
    Errands& operator=(const Errands&) = delete;

    /// On the loop's thread. The loop stays alive until it is back.
    static Errand* leave(const std::shared_ptr<Errands>& self) {
        auto* const errand = self->spare != nullptr ? self->take_spare() : std::make_unique<Errand>().release();
        errand->home = self;
        if (self->under_way++ == 0) {
            self->work.emplace(net::asio::prefer(self->loop, net::asio::execution::outstanding_work.tracked));
        }
        return errand;
    }

    /// Any thread. Wakes the loop only when nothing was waiting: one post per batch, not per unit.
    static void come_back(Errand* errand, Committed how) {
        auto self = std::move(errand->home);
        errand->how = how;
        auto* before = self->back.load(std::memory_order_relaxed);
        do {
            errand->next = before;
        } while (
            !self->back.compare_exchange_weak(before, errand, std::memory_order_release, std::memory_order_relaxed));
        // The loop may have it by now.
        if (before != nullptr) return;
        const auto loop = self->loop;  // who runs the post may be the last to hold `self`
        net::asio::post(loop, [self = std::move(self)] { self->run(); });
    }

    void run() {
        Errand* errand = in_order(back.exchange(nullptr, std::memory_order_acquire));
        while (errand != nullptr) {
            auto* const next = errand->next;
            errand->done(errand->how);
            keep(errand);
            if (--under_way == 0) work.reset();
            errand = next;
        }
    }

    Errand* take_spare() {
        auto* const errand = spare;
        spare = errand->next;
        --spare_count;
        return errand;
    }
    void keep(Errand* errand) {
        errand->next = nullptr;
        if (spare_count == spare_max) return free(errand);
        errand->apply.reset();
        errand->instead.reset();
        errand->done.reset();
        errand->next = spare;
        spare = errand;
        ++spare_count;
    }
    /// The last to come back lies on top.
    static Errand* in_order(Errand* top) {
        Errand* first = nullptr;
        while (top != nullptr) {
            auto* const below = top->next;
            top->next = first;
            first = top;
            top = below;
        }
        return first;
    }
    static void free(Errand* errand) {
        while (errand != nullptr) {
            const std::unique_ptr<Errand> gone(errand);
            errand = gone->next;
        }
    }

    const net::asio::any_io_executor loop;
    std::atomic<Errand*> back = nullptr;  ///< the rest is the loop's alone
    Errand* spare = nullptr;
    std::size_t spare_count = 0;
    std::size_t under_way = 0;
    std::optional<net::asio::any_io_executor> work;  ///< keeps the loop alive
};

StoreAccess::StoreAccess(net::asio::any_io_executor executor, storage::Store& store)
    : executor_(std::move(executor)), store_(store), errands_(std::make_shared<Errands>(executor_)) {}

bool StoreAccess::submit(Change apply, Change instead, Done done) {
    auto* const errand = Errands::leave(errands_);
    errand->done = std::move(done);
    errand->apply = std::move(apply);
    errand->instead = std::move(instead);
    storage::Work work;
    work.apply = [errand](Unit& unit) { errand->apply(unit); };
    if (errand->instead) work.instead = [errand](Unit& unit) { errand->instead(unit); };
    work.done = [errand](Committed how) { Errands::come_back(errand, how); };
    if (store_.submit(std::move(work))) return true;
    Errands::come_back(errand, store_.healthy() ? Committed::queue_full : Committed::storage_failed);
    return false;
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
        auto* const errand = Errands::leave(errands_);
        store_.read(std::move(question), [errand, waiting](std::exception_ptr failure) {
            errand->done = [waiting, failure](Committed) { std::move (*waiting)(failure); };
            Errands::come_back(errand, Committed::durable);
        });
    };
    // With use_awaitable a first argument of type exception_ptr is rethrown.
    co_await net::asio::async_initiate<decltype(net::asio::use_awaitable), void(std::exception_ptr)>(
        start, net::asio::use_awaitable, std::move(ask));
}

}  // namespace jejak
