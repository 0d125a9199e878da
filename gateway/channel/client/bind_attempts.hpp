#pragma once
#include <chrono>
#include <cstddef>
#include <optional>

#include "gateway/channel/backoff.hpp"
#include "protocol/time.hpp"

namespace jejak::channel {

/// Where one bind of a channel is tried next, and when: what its attempts so far say of that. A bind that held begins
/// anew, with the first host, the one we would rather be with. One that did not is an attempt that failed, however
/// politely it ended: an SMSC that takes us and drops us again is asked ever more rarely, and the next host is tried. A
/// value: told what happened.
class BindAttempts {
public:
    using Duration = Backoff::Duration;
    /// A bind that stood so long held.
    static constexpr std::chrono::seconds held_after{30};

    explicit BindAttempts(std::size_t hosts) : hosts_(hosts) {}

    /// Which host is tried next, from 0.
    std::size_t host() const { return host_; }
    /// An attempt is over; how long until the next one. `stood`: from the bind until the SMSC was last known to be
    /// there; empty: it did not take us. `random` is uniform in [0, 1).
    Duration ended(std::optional<SteadyTime::duration> stood, double random) {
        const bool held = stood && *stood >= held_after;
        if (held) backoff_.reset();
        host_ = held ? 0 : (host_ + 1) % hosts_;
        return backoff_.next(random);
    }
    /// The same of a bind that we ended ourselves: a short one says nothing for its host, nor against it.
    Duration left(SteadyTime::duration stood, double random) {
        if (stood >= held_after) return ended(stood, random);
        return backoff_.next(random);
    }

private:
    std::size_t hosts_;
    std::size_t host_ = 0;
    Backoff backoff_;
};

}  // namespace jejak::channel
