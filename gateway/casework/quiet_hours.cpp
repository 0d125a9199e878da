#include "gateway/casework/quiet_hours.hpp"

namespace jejak::casework {
namespace {

using std::chrono::minutes;

/// "21:00" of `text` at `at`.
std::optional<minutes> time_of_day(std::string_view text, std::size_t at) {
    const auto digit = [&](std::size_t i) { return text[at + i] - '0'; };
    for (const auto i : {0u, 1u, 3u, 4u}) {
        if (digit(i) < 0 || digit(i) > 9) return std::nullopt;
    }
    const int hour = 10 * digit(0) + digit(1), minute = 10 * digit(3) + digit(4);
    if (text[at + 2] != ':' || hour > 23 || minute > 59) return std::nullopt;
    return minutes(60 * hour + minute);
}

}  // namespace

bool QuietHours::hold(WallTime now, minutes utc_offset) const {
    const auto local = now + utc_offset;
    const auto of_day = local - std::chrono::floor<std::chrono::days>(local);
    return from <= until ? of_day >= from && of_day < until : of_day >= from || of_day < until;
}

std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
    constexpr std::string_view form = "21:00-05:00";
    if (text.size() != form.size() || text[5] != '-') return std::nullopt;
    const auto from = time_of_day(text, 0), until = time_of_day(text, 6);
    if (!from || !until || from == until) return std::nullopt;
    return QuietHours{*from, *until};
}

}  // namespace jejak::casework
