#pragma once
#include <cstdint>

#include "protocol/time.hpp"

namespace jejak::intake {

/// Spans in which messages and replies are counted. Whole seconds since 1970 in 32 bits: tens of thousands are kept.
struct CountingSpan {
    static constexpr std::uint32_t minute = 60;
    static constexpr std::uint32_t day = 24 * 60 * 60;

    static std::uint32_t seconds_of(WallTime time) { return static_cast<std::uint32_t>(to_ms(time) / 1000); }

    /// `now` is inside the span of `length` that began at `from`, 0 when none did; a clock that stepped back stays
    /// inside.
    static constexpr bool holds(std::uint32_t from, std::uint32_t length, std::uint32_t now) {
        return from != 0 && now < from + length;
    }
};

}  // namespace jejak::intake
