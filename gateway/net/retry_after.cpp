#include "gateway/net/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

namespace jejak::net {
namespace {

using std::chrono::seconds;

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view value) {
    const char* const forms[] = {
        "%a, %d %b %Y %H:%M:%S GMT",  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
        "%a, %d-%b-%y %H:%M:%S GMT",  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
        "%a %b %d %H:%M:%S %Y",       // asctime: Sun Nov  6 08:49:37 1994
    };
    for (const auto* form : forms) {
        std::istringstream in{std::string(value)};
        in.imbue(std::locale::classic());
        std::tm parts{};
        in >> std::get_time(&parts, form);
        if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) continue;
        const std::chrono::year_month_day date(std::chrono::year(parts.tm_year + 1900),
                                               std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                               std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
        if (!date.ok()) continue;
        return std::chrono::sys_days(date) + std::chrono::hours(parts.tm_hour) + std::chrono::minutes(parts.tm_min) +
               seconds(parts.tm_sec);
    }
    return std::nullopt;
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view value, std::chrono::sys_seconds now) {
    std::uint32_t count = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), count);
    if (failure == std::errc{} && end == value.data() + value.size()) return seconds(count);
    const auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    return std::max(*date - now, seconds(0));
}

}  // namespace jejak::net
