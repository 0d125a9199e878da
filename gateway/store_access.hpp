#pragma once
#include <functional>
#include <memory>

#include "gateway/move_only_function.hpp"
#include "gateway/net/await.hpp"
#include "storage/store.hpp"

namespace jejak {

/// The way from the network thread to the store and back: what the store finishes on its own threads resumes here, many
/// completions with one wake-up. Use it only on the loop's thread.
class StoreAccess {
public:
    using Change = MoveOnlyFunction<void(storage::Unit&)>;
    using Done = MoveOnlyFunction<void(storage::Committed)>;

    StoreAccess(net::asio::any_io_executor executor, storage::Store& store);

    /// Queues a unit; `done` runs later on the loop's thread. Not cancellable: once queued, it is committed or
    /// reported. When the queue is full or the store is failing, `done` gets queue_full or storage_failed (also
    /// later, never inline). `apply` and `instead` run on the writer thread, and are destroyed on the loop's.
    /// False: refused, which `done` hears of too.
    bool submit(Change apply, Change instead, Done done);

    /// The same for a coroutine.
    net::awaitable<storage::Committed> commit(std::function<void(storage::Unit&)> apply,
                                              std::function<void(storage::Unit&)> instead = {});
    /// Runs `ask` on a reader; rethrows what it threw.
    net::awaitable<void> read(std::function<void(storage::View&)> ask);

    storage::Store& store() { return store_; }
    net::asio::any_io_executor executor() const { return executor_; }

private:
    struct Errand;
    struct Errands;
    net::asio::any_io_executor executor_;
    storage::Store& store_;
    std::shared_ptr<Errands> errands_;
};

}  // namespace jejak
