#include "gateway/understand/slots/figures.hpp"

/// Dates as people write them: "tgl 20", "12 sept", "20/9", "20-09-2025", "bulan agustus", "tahun 2023".
namespace jejak::understand {
namespace {

constexpr std::uint32_t year_least = 1950, year_most = 2100;

/// Reads one date.
class DateReader {
public:
    DateReader(const Subject& subject, bool expected)
        : subject_(subject), list_(subject.tokens.list), expected_(expected) {}

    std::optional<CalendarDate> at(std::size_t at) const {
        const bool word = subject_.is(at, WordClass::date);
        const std::size_t begin = word ? at + 1 : at;
        if (begin >= list_.size()) return std::nullopt;
        auto date = list_[begin].digits > 0 ? numbers(begin, word || expected_) : month_alone(begin);
        if (!date) date = year_alone(begin);
        if (!date || !(word || date->day == 0 || date->month > 0)) return std::nullopt;  // "20" by itself is none
        date->first = at;
        return date;
    }

private:
    std::uint32_t digits_at(std::size_t at, std::size_t most) const {
        return at < list_.size() && list_[at].digits > 0 && list_[at].digits <= most ? list_[at].number : no_number;
    }
    std::uint32_t month_at(std::size_t at) const {
        return at < list_.size()
                   ? static_cast<std::uint32_t>(static_cast<unsigned char>(subject_.data.traits[list_[at].word].month))
                   : 0;
    }
    /// 0 when there is none.
    std::uint32_t year_at(std::size_t at) const {
        const auto year = digits_at(at, 4);
        return year != no_number && list_[at].digits == 4 && year >= year_least && year <= year_most ? year : 0;
    }
    static std::optional<CalendarDate> checked(CalendarDate date) {
        const bool ok = date.day <= 31 && date.month <= 12;
        return ok ? std::optional(date) : std::nullopt;
    }

    std::optional<CalendarDate> numbers(std::size_t at, bool marked) const {
        const std::uint32_t first = list_[at].number;
        const std::size_t digits = list_[at].digits;
        if (digits == 8 && marked) return checked({first / 1000000, first / 10000 % 100, first % 10000, at, at});
        if (digits > 4 || first == no_number) return std::nullopt;
        if (const auto month = month_at(at + 1); month > 0 && first >= 1 && first <= 31 && digits <= 2)
            return with_year({first, month, 0, at, at + 1});
        if (auto date = separated(at, marked)) return date;
        if (auto date = in_blanks(at, marked)) return date;
        // "tgl 20 bulan 9"
        if (marked && digits <= 2 && first >= 1 && first <= 31) {
            CalendarDate date{first, 0, 0, at, at};
            if (is_time(subject_, at + 1, TimeWord::month)) {
                if (const auto month = month_at(at + 2); month > 0) {
                    date.month = month;
                    date.last = at + 2;
                } else if (const auto number = digits_at(at + 2, 2); number >= 1 && number <= 12) {
                    date.month = number;
                    date.last = at + 2;
                }
            }
            return date.month > 0 ? with_year(date) : date;
        }
        return std::nullopt;
    }

    /// A day of a month with the year behind it, if one is: "12 sept 2025", "20 bulan 12 thn 2025".
    CalendarDate with_year(CalendarDate date) const {
        const std::size_t next = date.last + (is_time(subject_, date.last + 1, TimeWord::year) ? 2 : 1);
        if (const auto year = year_at(next); year > 0) {
            date.year = year;
            date.last = next;
        }
        return date;
    }

    /// "tgl 20 9 2025"
    std::optional<CalendarDate> in_blanks(std::size_t at, bool marked) const {
        const auto month = digits_at(at + 1, 2), year = year_at(at + 2);
        if (!marked || month == no_number || month < 1 || month > 12 || year == 0 || list_[at].digits > 2 ||
            list_[at].number < 1 || list_[at + 1].before != ' ' || list_[at + 2].before != ' ')
            return std::nullopt;
        return checked({list_[at].number, month, year, at, at + 2});
    }

    /// "20/9", "20-9-25", "2025-09-20"
    std::optional<CalendarDate> separated(std::size_t at, bool marked) const {
        const auto joined = [&](std::size_t i, char with) {
            return i < list_.size() && list_[i].tight && list_[i].before == with;
        };
        const char with = at + 1 < list_.size() ? list_[at + 1].before : ' ';
        if ((with != '-' && with != '/' && with != '.') || !joined(at + 1, with)) return std::nullopt;
        const std::uint32_t first = list_[at].number;
        const std::uint32_t second = digits_at(at + 1, 2);
        const std::uint32_t third = joined(at + 2, with) ? digits_at(at + 2, 4) : no_number;
        if (second == no_number || second < 1 || second > 12) return std::nullopt;
        if (list_[at].digits == 4 && third != no_number) return checked({third, second, first, at, at + 2});
        if (list_[at].digits > 2 || first < 1 || first > 31) return std::nullopt;
        if (third != no_number && (list_[at + 2].digits == 4 || list_[at + 2].digits == 2))
            return CalendarDate{first, second, third < 100 ? third + 2000 : third, at, at + 2};
        const bool people = subject_.is(at + 2, WordClass::person) || subject_.is(at + 2, WordClass::part) ||
                            subject_.is(at + 2, WordClass::child) || subject_.is(at + 2, WordClass::sort);
        if (third != no_number || people || (with != '/' && !marked)) return std::nullopt;
        if (!marked && written_half_at(subject_, at) && clock_at(subject_, at)) return std::nullopt;  // "1/2 6 pagi"
        return CalendarDate{first, second, 0, at, at + 1};
    }

    /// "bulan agustus", "agustus lalu", "sejak agustus 2024": a name that may be a person's needs a word beside it.
    std::optional<CalendarDate> month_alone(std::size_t at) const {
        const bool word = is_time(subject_, at, TimeWord::month);
        const std::size_t name = word ? at + 1 : at;
        std::uint32_t month = month_at(name);
        if (month == 0 && word) {  // "bulan 8"
            const auto number = digits_at(name, 2);
            const bool by_itself = number >= 1 && number <= 12 && !is_time(subject_, name + 1, TimeWord::day) &&
                                   !subject_.is(name + 1, WordClass::person);
            if (by_itself) month = number;
        }
        if (month == 0) return std::nullopt;
        const auto year = year_at(name + 1);
        const bool beside = word || year > 0 || subject_.preceded_by(at, WordClass::start, 2) ||
                            is_time(subject_, name + 1, TimeWord::ago) ||
                            is_time(subject_, name + 1, TimeWord::yesterday) ||
                            is_time(subject_, name + 1, TimeWord::next);
        if (!beside) return std::nullopt;
        return CalendarDate{0, month, year, at, year > 0 ? name + 1 : name};
    }

    /// "tahun 2023", "sejak 2023"
    std::optional<CalendarDate> year_alone(std::size_t at) const {
        const bool word = is_time(subject_, at, TimeWord::year);
        const std::size_t number = word ? at + 1 : at;
        const auto year = year_at(number);
        if (year == 0 || (!word && !subject_.preceded_by(at, WordClass::start, 1))) return std::nullopt;
        return CalendarDate{0, 0, year, at, number};
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    bool expected_;  ///< a date has to come
};

}  // namespace

std::optional<CalendarDate> calendar_at(const Subject& subject, std::size_t at, bool expected) {
    return DateReader(subject, expected).at(at);
}

}  // namespace jejak::understand
