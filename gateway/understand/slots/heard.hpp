#pragma once
#include <chrono>
#include <optional>

#include "gateway/understand/slots/figures.hpp"

/// What a text says of when, before it is set against the moment of receipt.
namespace jejak::understand {

constexpr std::chrono::hours night_begins{18}, night_ends{30};  ///< from the midnight that begins the day
constexpr std::chrono::hours small_hours{5};                    ///< until then "tonight" is the night that is on

/// Whether it was or will be. What was seen was, what somebody plans will be; "tadi" and "nanti" say so outright.
enum class Tense : std::uint8_t { none, past, future };

/// What the time words of one text say, before it is set against the moment of receipt.
struct Heard {
    std::optional<Clock> clock;
    std::optional<TimeWord> part;
    std::optional<std::chrono::year_month_day> day;    ///< a day named or counted
    std::optional<std::chrono::year_month_day> night;  ///< the night that begins on it
    std::optional<Length> length;
    std::optional<Length> lasting;       ///< "sudah 3 hari": of what goes on
    std::optional<CalendarDate> span;    ///< a month or a year alone
    bool past = false, future = false;   ///< "tadi", "nanti"
    bool planned = false, seen = false;  ///< "mau", "lihat"
    bool now = false, soon = false, today = false;
    bool since = false;               ///< "sejak": it goes on
    std::size_t first = 0, last = 0;  ///< tokens, for explaining
    bool any = false;

    Tense tense() const {
        if (past) return Tense::past;
        if (future) return Tense::future;
        if (planned != seen) return planned ? Tense::future : Tense::past;
        return Tense::none;
    }
};

/// Goes through a text's words for time.
/// lasts  the text is about something that goes on for long, so that "sekarang" is no moment
Heard hear_time(const Subject& subject, bool lasts);

bool is_night(TimeWord part);
std::chrono::year_month_day plus_days(std::chrono::year_month_day day, int count);
/// So many days, weeks, months or years from a day.
std::chrono::year_month_day counted_from(std::chrono::year_month_day day, TimeWord unit, int count);

}  // namespace jejak::understand
