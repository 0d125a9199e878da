#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store_access.hpp"

namespace jejak::channel {

/// What became of replies that left, or did not: gathered, and written with the next commit. A failing store gets them
/// again: they are few, and the rows say "sent" meanwhile. Lives on the loop's thread, as long as the store is written.
class ReplyOutcomes {
public:
    static constexpr std::size_t kept_max = 1'000;  ///< for a store that fails; beyond it rows stay "sent"

    explicit ReplyOutcomes(StoreAccess& store) : store_(store) {}

    void add(storage::Reply outcome) { settled_.push_back(std::move(outcome)); }
    /// It is known unsent, and may leave again after `wait`.
    void give_back(storage::Id reply, std::optional<std::chrono::milliseconds> wait = std::nullopt);
    /// Too late to be read by the right eyes, refused, or not to be sent at all.
    void drop(storage::Id reply);
    /// It may have left: it stays sent.
    void sent(storage::Id reply, std::string provider_id);
    void settle();

private:
    StoreAccess& store_;
    std::vector<storage::Reply> settled_;
};

}  // namespace jejak::channel
