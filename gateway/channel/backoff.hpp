#pragma once
#include <algorithm>
#include <chrono>

namespace jejak::channel {

/// How long to wait before the next attempt to bind: decorrelated jitter between `first` and `longest`, so that many
/// gateways whose SMSC came back do not knock at once. A bind that held resets it.
class Backoff {
public:
    using Duration = std::chrono::milliseconds;
    static constexpr Duration first{1'000};
    static constexpr Duration longest{60'000};

    /// random  uniform in [0, 1); passed in so that tests choose it.
    Duration next(double random) {
        const auto top = std::max(first, std::min(longest, last_ * 3));
        last_ = first + std::chrono::round<Duration>((top - first) * random);
        return last_;
    }
    void reset() { last_ = first; }

private:
    Duration last_ = first;
};

}  // namespace jejak::channel
