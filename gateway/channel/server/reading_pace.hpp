#pragma once
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>

namespace jejak::channel {

class SmppPeer;

/// Whether peers may hand over more messages: not while the store's queue is nearly full, until half of it is free.
/// What they send meanwhile waits in their sessions and sockets, so that they see slower answers in place of refusals.
/// Who has waited longest goes on first, as many as there is room for. Lives on the loop's thread.
class ReadingPace {
public:
    /// How long one peer's messages wait for room here; then they take the way to the queue, and are refused if there
    /// is still none (Intake::later_after).
    static constexpr std::chrono::seconds wait_max{5};

    explicit ReadingPace(std::size_t queue_max) { queue(queue_max); }
    /// The store's queue holds so many.
    void queue(std::size_t queue_max) {
        nearly_full_ = queue_max - queue_max / 4;
        half_ = queue_max / 2;
    }

    /// `under_way` messages are on their way to the disk, of all channels.
    bool full(std::size_t under_way) {
        if (under_way >= nearly_full_) full_ = true;
        if (under_way <= half_) full_ = false;
        return full_;
    }
    /// How many may come before it is nearly full, beside those of peers that were called.
    std::size_t room(std::size_t under_way) const {
        return under_way + called < nearly_full_ ? nearly_full_ - under_way - called : 0;
    }

    /// Peers whose messages wait, each once, the longest waiting in front.
    std::deque<std::weak_ptr<SmppPeer>> waiting;
    /// Messages that peers may take who were told to go on, and have not begun.
    std::size_t called = 0;

private:
    std::size_t nearly_full_ = 0, half_ = 0;
    bool full_ = false;
};

}  // namespace jejak::channel
