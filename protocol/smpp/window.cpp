#include "protocol/smpp/window.hpp"

#include <algorithm>
#include <bit>

#include "protocol/ensure.hpp"

namespace jejak::smpp {

Window::Window(std::size_t size_max, std::uint32_t first)
    : places_(std::bit_ceil(size_max * 2)), size_max_(size_max), next_(first) {
    ensure(size_max > 0 && size_max <= 0x100'0000 && first > 0 && first <= sequence_max);
}

std::uint32_t Window::index_of(std::uint32_t sequence) const {
    return sequence & static_cast<std::uint32_t>(places_.size() - 1);
}

std::uint32_t Window::next_sequence() {
    for (;;) {
        const auto sequence = next_;
        next_ = sequence == sequence_max ? 1 : sequence + 1;
        if (places_[index_of(sequence)].sequence == 0) return sequence;
    }
}

std::uint32_t Window::add(CommandId command, std::uint64_t token, SteadyTime deadline) {
    ensure(!full());
    const auto sequence = next_sequence();
    const auto index = index_of(sequence);
    places_[index] = {sequence, command, token, deadline, newest_, none};
    if (newest_ != none) places_[newest_].newer = index;
    newest_ = index;
    if (oldest_ == none) oldest_ = index;
    ++size_;
    return sequence;
}

std::optional<std::uint64_t> Window::take(CommandId command, std::uint32_t sequence) {
    const auto index = index_of(sequence);
    if (places_[index].command != command) return std::nullopt;
    return take(sequence);
}

std::optional<std::uint64_t> Window::take(std::uint32_t sequence) {
    const auto index = index_of(sequence);
    if (sequence == 0 || places_[index].sequence != sequence) return std::nullopt;
    return release(index);
}

std::optional<std::uint64_t> Window::expire(SteadyTime now) {
    if (oldest_ == none || places_[oldest_].deadline > now) return std::nullopt;
    const auto& place = places_[oldest_];
    if (late_.size() == std::max(late_max, size_max_)) late_.pop_front();
    late_.push_back({place.sequence, place.command, place.token});
    return release(oldest_);
}

std::optional<std::uint64_t> Window::take_late(CommandId command, std::uint32_t sequence) {
    const auto found = std::find_if(late_.begin(), late_.end(), [&](const Late& one) {
        return one.sequence == sequence && one.command == command;
    });
    if (found == late_.end()) return std::nullopt;
    const auto token = found->token;
    late_.erase(found);
    return token;
}

std::optional<std::uint64_t> Window::take_oldest() {
    if (oldest_ == none) return std::nullopt;
    return release(oldest_);
}

SteadyTime Window::deadline() const {
    return oldest_ == none ? SteadyTime::max() : places_[oldest_].deadline;
}

std::uint64_t Window::release(std::uint32_t index) {
    auto& place = places_[index];
    (place.older == none ? oldest_ : places_[place.older].newer) = place.newer;
    (place.newer == none ? newest_ : places_[place.newer].older) = place.older;
    place.sequence = 0;
    --size_;
    return place.token;
}

}  // namespace jejak::smpp
