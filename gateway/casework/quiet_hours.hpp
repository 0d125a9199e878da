#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "protocol/time.hpp"

namespace jejak::casework {

/// The hours of every day in which no automatic reply leaves, by the clock of whoever would be answered: a phone that
/// lights up at night is looked at by others.
struct QuietHours {
    std::chrono::minutes from{0}, until{0};  ///< of the day, `until` excluded; from > until: over midnight; equal: none

    bool hold(WallTime now, std::chrono::minutes utc_offset) const;
    bool operator==(const QuietHours&) const = default;
};

/// "21:00-05:00"; empty when it is none.
std::optional<QuietHours> parse_quiet_hours(std::string_view text);

}  // namespace jejak::casework
