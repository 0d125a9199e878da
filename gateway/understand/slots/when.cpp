#include "gateway/understand/slots/when.hpp"

#include <algorithm>

namespace jejak::understand {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr std::uint32_t ago_most = 100;

enum class Tense : std::uint8_t { none, past, future };

struct Span {
    minutes begin, end;
};
/// The hours a part of the day covers, from the midnight that begins it.
Span hours_of(TimeWord part) {
    switch (part) {
        case TimeWord::dawn:
            return {hours(4), hours(6)};
        case TimeWord::morning:
            return {hours(5), hours(10)};
        case TimeWord::noon:
            return {hours(10), hours(15)};
        case TimeWord::afternoon:
            return {hours(15), hours(18)};
        default:
            return {hours(18), hours(30)};  // a night ends at six the next morning
    }
}

/// "jam 2 malam" is 2, "jam 7 malam" 19, "jam 12 malam" 24, "jam 2 siang" 14, "jam 5 sore" 17.
std::uint32_t hour_in(std::uint32_t hour, std::optional<TimeWord> part) {
    if (!part || hour > 12) return hour;
    switch (*part) {
        case TimeWord::night:
            return hour == 12 ? 24 : hour >= 6 ? hour + 12 : hour;
        case TimeWord::noon:
            return hour >= 1 && hour <= 5 ? hour + 12 : hour;
        case TimeWord::afternoon:
            return hour < 12 ? hour + 12 : hour;
        case TimeWord::morning:
            return hour == 12 ? 0 : hour;
        default:
            return hour;
    }
}

struct Clock {
    std::uint32_t hour = 0, minute = 0;
    std::size_t last = 0;  ///< its last token
};

/// "23.30" or "8" at token `at`.
std::optional<Clock> clock_at(const std::vector<Token>& list, std::size_t at, bool bare_hour) {
    if (at >= list.size() || list[at].number == no_number || list[at].number > 24 || list[at].digits > 2)
        return std::nullopt;
    const bool pointed = at + 1 < list.size() && list[at].digits > 0 && list[at + 1].digits == 2 &&
                         list[at + 1].tight && (list[at + 1].before == '.' || list[at + 1].before == ':') &&
                         list[at + 1].number < 60;
    const bool longer =
        pointed && at + 2 < list.size() && list[at + 2].tight && list[at + 2].digits > 0;  // a date or an amount
    if (pointed && !longer) return Clock{list[at].number, list[at + 1].number, at + 1};
    if (bare_hour) return Clock{list[at].number, 0, at};
    return std::nullopt;
}

/// What the time words of one text say, before it is set against the clock.
struct Said {
    std::optional<Clock> clock;
    std::optional<TimeWord> part;
    std::optional<int> day;  ///< from today
    std::optional<TimeWord> ago;
    std::uint32_t ago_count = 1;
    Tense tense = Tense::none;
    bool now = false, last_night = false, today = false, seen = false, dated = false;
    std::size_t first = 0, last = 0;  ///< tokens, for explaining
};

class Listener {
public:
    Listener(const Subject& subject, Said& said) : subject_(subject), list_(subject.tokens.list), said_(said) {}

    void run() {
        for (const Hit& hit : subject_.hits) {
            if (hit.kind == Kind::time) hear(hit);
        }
        if (!said_.clock) find_pointed_clock();
        if (said_.tense == Tense::none && said_.seen) said_.tense = Tense::past;
    }

private:
    void hear(const Hit& hit) {
        const auto word = static_cast<TimeWord>(hit.value);
        switch (word) {
            case TimeWord::now:
                said_.now = true;
                break;
            case TimeWord::today:
                said_.today = true;
                break;
            case TimeWord::tonight:
                part(TimeWord::night, hit);
                said_.tense = Tense::future;
                break;
            case TimeWord::last_night:
                part(TimeWord::night, hit);
                said_.last_night = true;
                said_.tense = Tense::past;
                break;
            case TimeWord::yesterday:
                said_.day = -1;
                break;
            case TimeWord::yesterday_night:
                said_.day = -1;
                part(TimeWord::night, hit);
                break;
            case TimeWord::day_before_yesterday:
                said_.day = -2;
                break;
            case TimeWord::tomorrow:
                said_.day = 1;
                break;
            case TimeWord::day_after_tomorrow:
                said_.day = 2;
                break;
            case TimeWord::dawn:
            case TimeWord::morning:
            case TimeWord::noon:
            case TimeWord::afternoon:
            case TimeWord::night:
                part(word, hit);
                break;
            case TimeWord::past:
                said_.tense = Tense::past;
                return;
            case TimeWord::future:
                said_.tense = Tense::future;
                return;
            case TimeWord::seen:
                said_.seen = true;
                return;
            case TimeWord::clock:
                clock(hit.last + 1, hit);
                return;
            case TimeWord::half:
                half(hit);
                return;
            case TimeWord::ago:
                ago(hit);
                return;
            case TimeWord::minute:
            case TimeWord::day:
            case TimeWord::week:
            case TimeWord::month:
            case TimeWord::year:
                unit_ = hit;
                return;
        }
        mark(hit.first, hit.last);
    }

    void mark(std::size_t first, std::size_t last) {
        if (said_.last == 0) said_.first = first;
        said_.last = std::max(said_.last, last);
    }

    /// The part of the day beside the clock counts before others.
    void part(TimeWord word, const Hit& hit) {
        const bool beside = said_.clock && hit.first <= said_.clock->last + 2;
        if (!said_.part || beside) said_.part = word;
    }

    void clock(std::size_t at, const Hit& hit) {
        unit_ = hit;  // "2 jam lalu"
        if (said_.clock) return;
        said_.clock = clock_at(list_, at, true);
        if (said_.clock) mark(hit.first, said_.clock->last);
    }

    /// "setengah 6" is half past five.
    void half(const Hit& hit) {
        const auto of = clock_at(list_, hit.last + 1, true);
        if (!of || of->minute != 0 || of->hour == 0) return;
        said_.clock = Clock{of->hour - 1, 30, of->last};
        mark(hit.first, of->last);
    }

    void ago(const Hit& hit) {
        if (!unit_ || unit_->last + 1 != hit.first) return;
        said_.ago = static_cast<TimeWord>(unit_->value);
        const bool counted = unit_->first > subject_.from && list_[unit_->first - 1].number <= ago_most;
        if (counted) said_.ago_count = list_[unit_->first - 1].number;
        if (said_.clock && said_.clock->last > unit_->last) said_.clock.reset();
        mark(unit_->first, hit.last);
    }

    void find_pointed_clock() {
        for (std::size_t i = subject_.from; i < list_.size(); ++i) {
            if (list_[i].digits == 0 || (list_[i].tight && list_[i].before == '.')) continue;
            if (i > 0 && subject_.is(i - 1, WordClass::money)) continue;
            const auto clock = clock_at(list_, i, false);
            if (!clock || subject_.is(clock->last + 1, WordClass::money) ||
                subject_.is(clock->last + 1, WordClass::person))
                continue;
            said_.clock = clock;
            mark(i, clock->last);
            return;
        }
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    Said& said_;
    std::optional<Hit> unit_;
};

/// Sets a stated clock time on the calendar.
WallTime moment(const Said& said, const Subject& subject, year_month_day day) {
    const WallTime received = subject.context.received_at;
    const bool night = said.part == TimeWord::night;
    WallTime at =
        start_of(day, subject.offset) + hours(hour_in(said.clock->hour, said.part)) + minutes(said.clock->minute);
    if (said.day || said.dated || (said.today && !night)) return at;
    if (said.tense == Tense::past) {
        while (at > received) at -= days(1);
    } else if (said.tense == Tense::future) {
        while (at < received) at += days(1);
    }
    return at;
}

void set_span(When& when, WallTime since, WallTime until, WallTime received) {
    when.past = until <= received;
    when.since = since;
    when.until = until;
}

/// A part of a day, a whole day, or some time ago: no moment, but a span.
void place_span(When& when, const Said& said, const Subject& subject, year_month_day day) {
    const WallTime received = subject.context.received_at;
    WallTime midnight = start_of(day, subject.offset);
    if (said.last_night) {
        set_span(when, midnight - hours(6), std::min(midnight + hours(6), received), received);
        when.past = true;
        return;
    }
    if (!said.part) {
        if (said.day || said.dated || said.today) set_span(when, midnight, midnight + days(1), received);
        return;
    }
    const auto [begin, end] = hours_of(*said.part);
    const bool fixed = said.day || said.dated || said.today;
    if (!fixed && said.tense == Tense::past && midnight + begin > received) midnight -= days(1);
    if (!fixed && said.tense == Tense::future && midnight + end < received) midnight += days(1);
    WallTime until = midnight + end;
    if (said.tense == Tense::past) until = std::min(until, std::max(received, midnight + begin));
    set_span(when, midnight + begin, until, received);
}

void place_ago(When& when, const Said& said, const Subject& subject, year_month_day today) {
    const WallTime received = subject.context.received_at;
    const int count = static_cast<int>(said.ago_count);
    const auto on = [&](year_month_day day) {
        if (!day.ok()) day = year_month_day(std::chrono::sys_days(day.year() / day.month() / std::chrono::last));
        const auto midnight = start_of(day, subject.offset);
        set_span(when, midnight, midnight + days(1), received);
        when.past = true;
    };
    switch (*said.ago) {
        case TimeWord::minute:
            when.at = received - minutes(count);
            break;
        case TimeWord::clock:
            when.at = received - hours(count);
            break;
        case TimeWord::week:
            on(std::chrono::sys_days(today) - days(7 * count));
            break;
        case TimeWord::month:
            on(today - std::chrono::months(count));
            break;
        case TimeWord::year:
            on(today - std::chrono::years(count));
            break;
        default:
            on(std::chrono::sys_days(today) - days(count));
            break;
    }
    if (when.at) when.past = true;
}

}  // namespace

year_month_day local_day(WallTime at, minutes offset) {
    return std::chrono::floor<days>(at + offset);
}
WallTime start_of(year_month_day day, minutes offset) {
    return std::chrono::sys_days(day) - offset;
}

void find_when(const Subject& subject, Reading& reading) {
    Said said;
    Listener(subject, said).run();
    const auto today = local_day(subject.context.received_at, subject.offset);
    year_month_day day = today;
    for (std::size_t i = subject.from; i < subject.tokens.list.size() && !said.dated && !said.day; ++i) {
        if (!subject.is(i, WordClass::date)) continue;
        const auto date = date_at(subject.data, subject.tokens, i + 1, today, true);
        if (date) day = *date;
        said.dated = date.has_value();
    }
    if (said.day) day = std::chrono::sys_days(today) + days(*said.day);
    When& when = reading.when;
    if (said.ago) {
        place_ago(when, said, subject, today);
    } else if (said.clock) {
        when.at = moment(said, subject, day);
        when.past = *when.at < subject.context.received_at;
    } else if (said.now) {
        when.at = subject.context.received_at;
        when.now = true;
    } else {
        place_span(when, said, subject, day);
    }
    if (said.now && !when.past) when.now = true;
    if (!subject.context.explain || (!when.at && !when.since) || said.last >= subject.tokens.list.size()) return;
    reading.why.push_back("time " + to_rfc3339(when.at ? *when.at : *when.since, subject.offset) +
                          (when.at ? ": \"" : " and on: \"") + subject.typed(said.first, said.last) + "\"");
}

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
