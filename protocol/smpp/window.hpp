#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "protocol/smpp/types.hpp"
#include "protocol/time.hpp"

namespace jejak::smpp {

/// Our requests awaiting a response, by sequence number, in the order they left. What happens to them is O(1) and
/// allocates nothing: a number's place is its low bits, and a number whose place is still taken is skipped. Only those
/// that expired are kept in a list, which allocates, and which take_late() searches from end to end.
class Window {
public:
    static constexpr std::uint32_t sequence_max = 0x7FFFFFFF;
    static constexpr std::size_t late_max =
        256;  ///< expired requests still known when their response comes; a window at least

    /// `first` is the number the first request gets.
    explicit Window(std::size_t size_max, std::uint32_t first = 1);

    /// The next free number, 1 to 0x7FFFFFFF and round again, for a request that needs no place here.
    std::uint32_t next_sequence();
    /// Takes a place; there is one unless full(). Deadlines come in the order of calls.
    std::uint32_t add(CommandId command, std::uint64_t token, SteadyTime deadline);
    /// Ends the request of that number; empty when none of that command is waiting.
    std::optional<std::uint64_t> take(CommandId command, std::uint32_t sequence);
    /// The same for a generic_nack, which does not say what it answers.
    std::optional<std::uint64_t> take(std::uint32_t sequence);
    /// Ends the oldest request if its deadline has come; take_late() knows it for a while.
    std::optional<std::uint64_t> expire(SteadyTime now);
    /// The request of that number and command among the last that expired; once.
    std::optional<std::uint64_t> take_late(CommandId command, std::uint32_t sequence);
    /// Ends the oldest request.
    std::optional<std::uint64_t> take_oldest();

    /// Deadline of the oldest request; SteadyTime::max() when there is none.
    SteadyTime deadline() const;
    std::size_t size() const { return size_; }
    bool full() const { return size_ == size_max_; }

private:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    struct Place {
        std::uint32_t sequence = 0;  ///< 0: free
        CommandId command{};
        std::uint64_t token = 0;
        SteadyTime deadline;
        std::uint32_t older = none;
        std::uint32_t newer = none;
    };

    struct Late {
        std::uint32_t sequence = 0;
        CommandId command{};
        std::uint64_t token = 0;
    };

    std::uint32_t index_of(std::uint32_t sequence) const;
    std::uint64_t release(std::uint32_t index);

    std::deque<Late> late_;      ///< the oldest first
    std::vector<Place> places_;  ///< a power of two, at least twice size_max_
    std::size_t size_max_;
    std::size_t size_ = 0;
    std::uint32_t next_;
    std::uint32_t oldest_ = none;
    std::uint32_t newest_ = none;
};

}  // namespace jejak::smpp
