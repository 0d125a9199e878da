#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/time.hpp"

/// schedule_delivery_time, validity_period and final_date. source: SMPP 3.4 section 7.1.1
namespace jejak::smpp {

/// What such a field says.
struct TimeField {
    enum class Kind : std::uint8_t { none, absolute, relative };
    Kind kind = Kind::none;  ///< none: the field is empty, the SMSC's default holds
    WallTime moment{};       ///< a relative one counted from `now`
};

/// Reads a field: empty, `YYMMDDhhmmsstnnp` (a moment with its offset from UTC in quarters of an hour, at most 48) or
/// `YYMMDDhhmmss000R` (a distance from `now`; its months and years are calendar months and years). A year of two
/// digits is the nearest to `now`. The parts of a distance may be any two digits: peers write a day as 24 hours.
/// Empty when the text is none of these.
std::optional<TimeField> parse_time(std::string_view text, WallTime now);

/// The same question without an answer to it.
bool well_formed_time(std::string_view text);

/// `251211090100000+`: a moment in tenths of a second, as seen `offset` east of UTC, in whole quarters of an hour, at
/// most 12 hours either way.
std::string format_absolute_time(WallTime moment, std::chrono::minutes offset = {});

/// `000000001000000R`: a distance, rounded up to a second, at least one and at most 31 days.
std::string format_relative_time(std::chrono::milliseconds distance);

}  // namespace jejak::smpp
