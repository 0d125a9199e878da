#include "simulators/delivery_queue.hpp"

#include <utility>

namespace jejak::sim {

bool DeliveryQueue::add(Parcel parcel, SteadyTime due) {
    auto& queue = parcel.receipt ? receipts_ : texts_;
    if (queue.size() >= parcels_max) return false;
    queue.push_back({.order = ++order_, .parcel = std::make_shared<const Parcel>(std::move(parcel)), .due = due});
    return true;
}

std::optional<Owed> DeliveryQueue::pop(std::deque<Owed>& from) {
    Owed owed = std::move(from.front());
    from.pop_front();
    return owed;
}

std::optional<Owed> DeliveryQueue::next(SteadyTime now) {
    while (!later_.empty() && later_.begin()->first <= now) {
        auto node = later_.extract(later_.begin());
        const auto order = node.mapped().order;
        again_.emplace(order, std::move(node.mapped()));
    }
    if (!again_.empty()) return std::move(again_.extract(again_.begin()).mapped());
    if (!receipts_.empty() && receipts_.front().due <= now) return pop(receipts_);
    if (!texts_.empty()) return pop(texts_);
    if (later_.size() >= retries_max) return std::nullopt;
    const auto index = load_.take(now);
    if (!index) return std::nullopt;
    return Owed{.order = ++order_, .load_index = *index};
}

void DeliveryQueue::again(Owed owed) {
    const auto order = owed.order;
    again_.emplace(order, std::move(owed));
}

void DeliveryQueue::later(Owed owed, SteadyTime when) {
    later_.emplace(when, std::move(owed));
}

}  // namespace jejak::sim
