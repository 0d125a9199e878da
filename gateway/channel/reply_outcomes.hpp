#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store_access.hpp"

namespace jejak::channel {

/// What became of replies that left, or did not: gathered, and written with the next commit, one commit after the
/// other: what a store with a full queue or a failing one did not take goes ahead of what was heard since, for a doubt
/// must be there before what ends it, and is tried again soon, whether anything is heard or not. The rows say "sent"
/// meanwhile. Lives on the loop's thread; what is under way when it goes is written, and nobody hears of it.
class ReplyOutcomes {
public:
    static constexpr std::size_t kept_max = 1'000;  ///< for a store that fails; beyond it rows stay "sent"

    /// Until what was not taken is tried again: doubled from `first` to `longest` while the store takes nothing.
    static constexpr std::chrono::milliseconds try_again_first{100}, try_again_longest{2'000};

    explicit ReplyOutcomes(StoreAccess& store)
        : store_(store), idle_(store.executor(), SteadyTime::max()), again_(store.executor()) {}

    void add(storage::Reply outcome) { next_.settled.push_back({std::move(outcome), false}); }
    /// The same of a reply in several parts, whose receipts may have come before its last part was answered.
    void add_parted(storage::Reply outcome) { next_.settled.push_back({std::move(outcome), true}); }
    /// One part of it was taken. At once: its receipt may come before the other parts have left.
    void add(storage::ReplyPart part) { next_.parts.push_back(std::move(part)); }
    /// What became of a submit that was given up is known after all: it was taken, with the id in `part` if it has one,
    /// or refused for good. Nothing changes unless the row is still in doubt. A reply in one message is part 1 of 1.
    void late(storage::ReplyPart part, bool taken) { next_.late.push_back({std::move(part), taken}); }
    /// It is known unsent, and may leave again after `wait`.
    void give_back(storage::Id reply, std::optional<std::chrono::milliseconds> wait = std::nullopt);
    /// It need not wait any longer. Nothing changes unless it does.
    void release(storage::Id reply) { next_.released.push_back(reply); }
    /// Too late to be read by the right eyes, refused, or not to be sent at all.
    void drop(storage::Id reply);
    /// It may have left: it stays sent.
    void sent(storage::Id reply, std::string provider_id);
    /// While a commit is under way they wait for it.
    void settle();
    /// Until nothing waits or `until` came, however often it takes: for the end, when nobody calls settle() any more.
    net::awaitable<void> stored(SteadyTime until);

private:
    struct Outcome {
        storage::Reply reply;
        bool parted = false;
    };
    struct Late {
        storage::ReplyPart part;
        bool taken = false;
    };
    /// What one commit takes.
    struct Batch {
        std::vector<storage::ReplyPart> parts;
        std::vector<Outcome> settled;
        std::vector<Late> late;
        std::vector<storage::Id> released;  ///< behind what says that they wait

        bool empty() const { return parts.empty() && settled.empty() && late.empty() && released.empty(); }
    };
    static void write(storage::Unit& unit, const Batch& batch);
    static void write(storage::Unit& unit, const Outcome& outcome);
    static void write(storage::Unit& unit, const Late& late);
    static void release(storage::Unit& unit, storage::Id reply);

    bool idle() const { return !under_way_ && next_.empty(); }
    void ended(const Batch& batch, storage::Committed how);
    void try_again();

    StoreAccess& store_;
    Batch next_;
    bool under_way_ = false;        ///< a commit is
    net::asio::steady_timer idle_;  ///< cancelled when nothing waits any more
    net::asio::steady_timer again_;
    std::chrono::milliseconds wait_{0};  ///< the last of a row of them
    /// What comes back later asks whether we are still there.
    const std::shared_ptr<const bool> here_ = std::make_shared<const bool>(true);
};

}  // namespace jejak::channel
