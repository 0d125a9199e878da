#pragma once
#include <cstdint>

#include "protocol/time.hpp"

/// Spans in which messages and replies are counted. Whole seconds since 1970 in 32 bits: tens of thousands are kept.
namespace jejak::intake {

constexpr std::uint32_t minute = 60;
constexpr std::uint32_t day = 24 * 60 * 60;

inline std::uint32_t seconds(WallTime time) {
    return static_cast<std::uint32_t>(to_ms(time) / 1000);
}

/// `now` is inside the span that began at `from`, 0 when none did; a clock that stepped back stays inside.
constexpr bool within_span(std::uint32_t from, std::uint32_t span, std::uint32_t now) {
    return from != 0 && now < from + span;
}

}  // namespace jejak::intake
