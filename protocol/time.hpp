#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jejak {

/// A moment of the wall clock, in milliseconds of Unix time (UTC, no leap seconds).
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
/// A moment of the monotonic clock: timers and deadlines, never stored.
using SteadyTime = std::chrono::steady_clock::time_point;

inline WallTime wall_now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
inline SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}
inline std::int64_t to_ms(WallTime time) {
    return time.time_since_epoch().count();
}
inline WallTime from_ms(std::int64_t ms) {
    return WallTime(std::chrono::milliseconds(ms));
}

/// `2025-09-12T21:10:00+07:00`; seconds only, the offset in minutes east of UTC, less than a day; `Z` when it is zero.
/// Moments outside the years 0000 to 9999 are written as the nearest one inside.
/// source: RFC 3339 section 5.6
std::string to_rfc3339(WallTime time, std::chrono::minutes offset = {});

/// Accepts `T` or a space, fractions of a second (cut to milliseconds), `Z` or a numeric offset with or without its
/// colon, and a missing seconds field (`2025-09-12T21:10+07:00`). Empty when the text is no such moment.
std::optional<WallTime> from_rfc3339(std::string_view text);

}  // namespace jejak
