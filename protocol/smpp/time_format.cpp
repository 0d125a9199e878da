#include "protocol/smpp/time_format.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "protocol/ensure.hpp"

namespace jejak::smpp {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;
using std::chrono::year_month_day;
using std::chrono::years;

constexpr std::size_t time_size = 16;
constexpr int quarters_max = 48;

/// The text's numbers, as far as they are digits.
struct Parts {
    int year, month, day, hour, minute, second, tenth, quarters;
    char sign;
};

std::optional<Parts> split(std::string_view text) {
    if (text.size() != time_size) return std::nullopt;
    const bool digits = std::all_of(text.begin(), text.end() - 1, [](char c) { return c >= '0' && c <= '9'; });
    if (!digits) return std::nullopt;
    const auto digit = [&](std::size_t at) { return text[at] - '0'; };
    const auto two = [&](std::size_t at) { return digit(at) * 10 + digit(at + 1); };
    return Parts{two(0), two(2), two(4), two(6), two(8), two(10), digit(12), two(13), text[15]};
}

/// The nearest year to `now` that ends in those two digits.
std::chrono::year nearest_year(int two_digits, WallTime now) {
    const int this_year = static_cast<int>(year_month_day(floor<days>(now)).year());
    const int first = this_year - 49;
    return std::chrono::year(first + ((two_digits - first) % 100 + 100) % 100);
}

std::optional<WallTime> absolute(const Parts& parts, WallTime now) {
    const year_month_day date(nearest_year(parts.year, now), std::chrono::month(static_cast<unsigned>(parts.month)),
                              std::chrono::day(static_cast<unsigned>(parts.day)));
    const bool valid = date.ok() && parts.hour < 24 && parts.minute < 60 && parts.second < 60;
    if (!valid || parts.quarters > quarters_max) return std::nullopt;
    const auto east = minutes(15 * parts.quarters) * (parts.sign == '-' ? -1 : 1);
    return std::chrono::sys_days(date) + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second) +
           milliseconds(100 * parts.tenth) - east;
}

/// A month is a calendar month; the 31st of a month that has none is its last day.
WallTime relative(const Parts& parts, WallTime now) {
    const auto today = floor<days>(now);
    auto date = year_month_day(today) + years(parts.year) + months(parts.month);
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
    return std::chrono::sys_days(date) + (now - today) + days(parts.day) + hours(parts.hour) + minutes(parts.minute) +
           seconds(parts.second);
}

}  // namespace

std::optional<TimeField> parse_time(std::string_view text, WallTime now) {
    using Kind = TimeField::Kind;
    if (text.empty()) return TimeField{};
    const auto parts = split(text);
    if (!parts) return std::nullopt;
    if (parts->sign == '+' || parts->sign == '-') {
        const auto moment = absolute(*parts, now);
        if (!moment) return std::nullopt;
        return TimeField{Kind::absolute, *moment};
    }
    if (parts->sign != 'R' || parts->tenth != 0 || parts->quarters != 0) return std::nullopt;
    return TimeField{Kind::relative, relative(*parts, now)};
}

bool well_formed_time(std::string_view text) {
    constexpr WallTime any = std::chrono::sys_days(std::chrono::year(2000) / 1 / 1);
    return parse_time(text, any).has_value();
}

std::string format_absolute_time(WallTime moment, minutes offset) {
    const auto quarters = offset.count() / 15;
    ensure(offset.count() % 15 == 0 && quarters >= -quarters_max && quarters <= quarters_max);
    const auto local = moment + offset;
    const auto today = floor<days>(local);
    const year_month_day date(today);
    const std::chrono::hh_mm_ss clock(local - today);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%02d%02u%02u%02d%02d%02d%d%02d%c",
                  (static_cast<int>(date.year()) % 100 + 100) % 100, static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                  static_cast<int>(clock.subseconds().count() / 100), static_cast<int>(std::abs(quarters)),
                  quarters < 0 ? '-' : '+');
    return text.data();
}

std::string format_relative_time(milliseconds distance) {
    constexpr seconds longest = days(31);
    const auto whole = std::clamp(std::chrono::ceil<seconds>(distance), seconds(1), longest);
    const std::chrono::hh_mm_ss clock(whole - floor<days>(whole));
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "0000%02d%02d%02d%02d000R", static_cast<int>(floor<days>(whole).count()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

}  // namespace jejak::smpp
