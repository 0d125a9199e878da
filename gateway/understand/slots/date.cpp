#include "gateway/understand/slots/when.hpp"

/// Dates of a form: the next to come, for nobody registers a departure of last year.
namespace jejak::understand {

using std::chrono::days;
using std::chrono::year_month_day;

namespace {

std::optional<year_month_day> date_of(std::uint32_t year, std::uint32_t month, std::uint32_t day) {
    if (year < 100) year += 2000;
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

}  // namespace

std::optional<year_month_day> date_at(const Pack::Data& data, const Tokens& tokens, std::size_t at,
                                      year_month_day today, bool bare_day) {
    const auto& list = tokens.list;
    const auto number = [&](std::size_t i, std::size_t digits_max) {
        return i < list.size() && list[i].digits > 0 && list[i].digits <= digits_max ? list[i].number : no_number;
    };
    const auto joined = [&](std::size_t i) {
        if (i >= list.size()) return false;
        const char before = list[i].before;
        return before == ' ' || (list[i].tight && (before == '-' || before == '/' || before == '.'));
    };
    const std::uint32_t first = number(at, 8);
    if (first == no_number) return std::nullopt;
    const std::size_t digits = list[at].digits;
    if (digits == 8) return date_of(first % 10000, first / 10000 % 100, first / 1000000);
    const std::uint32_t second = joined(at + 1) ? number(at + 1, 2) : no_number;
    const std::uint32_t third = second != no_number && joined(at + 2) ? number(at + 2, 4) : no_number;
    if (digits == 4 && third != no_number) return date_of(first, second, third);
    if (digits > 2) return std::nullopt;
    if (at + 1 < list.size() && data.traits[list[at + 1].word].month > 0) {
        const auto month = static_cast<std::uint32_t>(static_cast<unsigned char>(data.traits[list[at + 1].word].month));
        const std::uint32_t year = number(at + 2, 4);
        return year != no_number && list[at + 2].digits == 4 ? date_of(year, month, first)
                                                             : next_to_come(today, month, first);
    }
    const bool marked = second != no_number && list[at + 1].before != ' ';
    const bool year_given = third != no_number && (list[at + 2].digits == 4 || (marked && list[at + 2].digits == 2));
    if (year_given) return date_of(third, second, first);
    if (marked) return next_to_come(today, second, first);
    if (!bare_day || first < 1 || first > 31) return std::nullopt;
    return next_to_come(today, first);
}

std::optional<year_month_day> find_date(const Pack::Data& data, const Tokens& tokens, std::size_t from,
                                        year_month_day today) {
    for (const Hit& hit : find_phrases(data, tokens, from)) {
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
    for (std::size_t i = from; i < tokens.list.size(); ++i) {
        const bool after_word = i > from && data.is(tokens.list[i - 1].word, WordClass::date);
        const bool in_number =
            i > from && tokens.list[i].tight && tokens.list[i - 1].digits > 0 && tokens.list[i].before != ' ';
        if (in_number && !after_word) continue;
        if (auto date = date_at(data, tokens, i, today, after_word)) return date;
    }
    return std::nullopt;
}

}  // namespace jejak::understand
