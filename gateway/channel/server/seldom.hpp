#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "protocol/time.hpp"

namespace jejak::channel {

/// For a line of the log that strangers can bring about: told once in a while, with how often it was not.
class Seldom {
public:
    static constexpr std::chrono::seconds interval{10};

    /// Empty: not now. Else how many were not told since the last one.
    std::optional<std::uint64_t> turn(SteadyTime now) {
        if (last_ && now - *last_ < interval) {
            ++untold_;
            return std::nullopt;
        }
        last_ = now;
        return std::exchange(untold_, 0);
    }

private:
    std::optional<SteadyTime> last_;
    std::uint64_t untold_ = 0;
};

}  // namespace jejak::channel
