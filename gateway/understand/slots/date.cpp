#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/when.hpp"

/// Dates of a form: the next to come, for nobody registers a departure of last year.
namespace jejak::understand {

using std::chrono::days;
using std::chrono::year_month_day;

namespace {

std::optional<year_month_day> date_of(std::uint32_t year, std::uint32_t month, std::uint32_t day) {
    const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                              std::chrono::day(day)};
    if (!date.ok()) return std::nullopt;
    return date;
}

/// That day of the year, this year or next.
std::optional<year_month_day> next_to_come(year_month_day today, std::uint32_t month, std::uint32_t day) {
    const auto year = static_cast<std::uint32_t>(static_cast<int>(today.year()));
    const auto date = date_of(year, month, day);
    if (date && *date >= today) return date;
    return date_of(year + 1, month, day);
}

/// That day of the month, this month or the next that has one.
std::optional<year_month_day> next_to_come(year_month_day today, std::uint32_t day) {
    auto month = today.year() / today.month();
    for (int tries = 0; tries <= 2; ++tries, month += std::chrono::months(1)) {
        const year_month_day date = month / std::chrono::day(day);
        if (date.ok() && date >= today) return date;
    }
    return std::nullopt;
}

std::optional<year_month_day> next_to_come(year_month_day today, const CalendarDate& said) {
    if (said.day == 0) return std::nullopt;
    if (said.month == 0) return next_to_come(today, said.day);
    return said.year > 0 ? date_of(said.year, said.month, said.day) : next_to_come(today, said.month, said.day);
}

/// "besok", "hari ini"
std::optional<year_month_day> day_said(const Subject& subject, year_month_day today) {
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::time) continue;
        switch (static_cast<TimeWord>(hit.value)) {
            case TimeWord::today:
            case TimeWord::now:
                return today;
            case TimeWord::tomorrow:
                return std::chrono::sys_days(today) + days(1);
            case TimeWord::day_after_tomorrow:
                return std::chrono::sys_days(today) + days(2);
            default:
                break;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<year_month_day> find_date(const Subject& subject, year_month_day today) {
    if (const auto day = day_said(subject, today)) return day;
    const auto& list = subject.tokens.list;
    const auto& uses = figures_of(subject).uses;
    for (std::size_t at = subject.from; at < list.size(); ++at) {
        if (uses[at] == Use::phone || uses[at] == Use::identity || uses[at] == Use::plate) continue;
        const bool inside = at > subject.from && list[at].tight && list[at - 1].digits > 0 && list[at].before != ' ';
        if (inside) continue;
        const auto said = calendar_at(subject, at, true);
        if (!said) continue;
        if (const auto day = next_to_come(today, *said)) return day;
    }
    return std::nullopt;
}

}  // namespace jejak::understand
