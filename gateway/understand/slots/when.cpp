#include "gateway/understand/slots/when.hpp"

#include <algorithm>

#include "gateway/understand/slots/heard.hpp"

namespace jejak::understand {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::year_month_day;

/// From one moment to another.
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
        case TimeWord::noon_prayer:
            return {minutes(11 * 60 + 30), hours(13)};
        case TimeWord::afternoon_prayer:
            return {hours(15), minutes(16 * 60 + 30)};
        case TimeWord::sunset_prayer:
            return {minutes(17 * 60 + 30), minutes(18 * 60 + 30)};
        case TimeWord::evening_prayer:
            return {minutes(18 * 60 + 30), hours(20)};
        case TimeWord::midnight:
            return {hours(23), hours(27)};
        default:
            return {night_begins, night_ends};
    }
}

/// "jam 2 malam" is 2, "jam 7 malam" 19, "jam 12 malam" 24, "jam 2 siang" 14, "jam 5 sore" 17.
std::uint32_t hour_in(std::uint32_t hour, std::optional<TimeWord> part) {
    if (!part || hour > 12) return hour;
    if (is_night(*part)) return hour == 12 ? 24 : hour >= 6 ? hour + 12 : hour;
    switch (*part) {
        case TimeWord::noon:
        case TimeWord::noon_prayer:
            return hour <= 5 ? hour + 12 : hour;
        case TimeWord::afternoon:
        case TimeWord::afternoon_prayer:
        case TimeWord::sunset_prayer:
            return hour < 12 ? hour + 12 : hour;
        case TimeWord::morning:
        case TimeWord::dawn:
            return hour == 12 ? 0 : hour;
        default:
            return hour;
    }
}

/// Sets what was heard on the calendar.
class Calendar {
public:
    /// endures  the text is about something that goes on, so that how long counts before a night or a day
    Calendar(const Subject& subject, const Heard& heard, bool endures, When& when)
        : subject_(subject),
          heard_(heard),
          endures_(endures),
          when_(when),
          received_(subject.context.received_at),
          today_(local_day(received_, subject.offset)) {}

    void run() {
        if (heard_.clock) {
            when_.at = moment();
            when_.past = *when_.at < received_;
        } else if (heard_.lasting && counts_most()) {
            lasts(*heard_.lasting);
        } else if (heard_.length && heard_.length->way != Length::Way::plain &&
                   !(heard_.day && !heard_.length->count)) {
            place_length(*heard_.length);
        } else if (heard_.now && !heard_.night && !heard_.day && !heard_.past) {
            when_.at = received_;
            when_.now = true;
        } else if (heard_.span) {
            place_month(*heard_.span);
        } else if (heard_.part || heard_.day || heard_.today || heard_.night) {
            place_span();
        } else if (heard_.length) {
            lasts(*heard_.length);
        } else if (heard_.soon) {
            set_span(received_, received_ + hours(2));
        }
        if (heard_.now && !when_.past) when_.now = true;
        if (heard_.since && (when_.at || when_.since)) goes_on();
    }

private:
    WallTime midnight(year_month_day day) const { return start_of(day, subject_.offset); }

    void set_span(WallTime since, WallTime until) {
        when_.since = since;
        when_.until = until;
        when_.past = until <= received_;
    }

    /// How long it lasts says more than "malam", and of what endures more than any day.
    bool counts_most() const {
        if (heard_.now) return false;
        const bool event = heard_.day || heard_.night || heard_.today || (heard_.part && heard_.tense() != Tense::none);
        const bool counted = heard_.length && heard_.length->way != Length::Way::plain;
        return endures_ || (!event && !counted);
    }

    /// "sejak senin": from then until now.
    void goes_on() {
        if (!when_.since) when_.since = when_.at;
        if (*when_.since > received_) return;
        when_.until = received_;
        when_.past = false;
    }

    WallTime moment() const {
        const Clock& clock = *heard_.clock;
        std::uint32_t hour = hour_in(clock.hour, heard_.part);
        if (clock.after_noon) hour = *clock.after_noon ? clock.hour % 12 + 12 : clock.hour % 12;
        const auto in_day = hours(hour) + minutes(clock.minute);
        if (heard_.night) {
            const bool next_day = hour < 12;
            return midnight(plus_days(*heard_.night, next_day ? 1 : 0)) + in_day;
        }
        if (heard_.day) return midnight(*heard_.day) + in_day;
        WallTime at = midnight(today_) + in_day;
        const bool either = !heard_.part && !clock.after_noon && !clock.exact && clock.hour >= 1 && clock.hour <= 12;
        if (heard_.today && !heard_.past && !heard_.future) return at;
        const auto half_day = either ? hours(12) : hours(24);
        const auto tense = heard_.now && !heard_.future ? Tense::past : heard_.tense();
        if (tense == Tense::past) {
            while (at > received_) at -= half_day;
            while (at + half_day <= received_ && either) at += half_day;
        } else if (tense == Tense::future) {
            while (at < received_) at += half_day;
        }
        return at;
    }

    /// A part of a day, a night or a whole day: no moment, but a span.
    void place_span() {
        if (heard_.night) {
            const auto evening = midnight(*heard_.night);
            if (heard_.part && *heard_.part != TimeWord::night) {
                const auto [begin, end] = hours_of(*heard_.part);
                const auto day = begin < hours(12) ? hours(24) : hours(0);
                return set_span(evening + day + begin, evening + day + end);
            }
            set_span(evening + night_begins, evening + night_ends);
            if (heard_.past && *when_.until > received_) {
                when_.until = std::max(received_, *when_.since);
                when_.past = true;
            }
            return;
        }
        const WallTime day = midnight(heard_.day.value_or(today_));
        if (!heard_.part) return set_span(day, day + days(1));
        const auto [begin, end] = hours_of(*heard_.part);
        WallTime from = day + begin, to = day + end;
        const bool fixed = heard_.day || heard_.today;
        const auto tense = heard_.tense();
        if (!fixed && tense == Tense::past && from > received_) from -= days(1), to -= days(1);
        if (!fixed && tense == Tense::future && to < received_) from += days(1), to += days(1);
        // In the small hours the night that is on began yesterday.
        if (!fixed && is_night(*heard_.part) && tense != Tense::future && received_ + hours(24) < to &&
            from > received_)
            from -= days(1), to -= days(1);
        if (heard_.past) to = std::min(to, std::max(received_, from));
        set_span(from, to);
    }

    /// "2 jam lalu", "3 hari lagi", "minggu lalu", "bulan depan".
    void place_length(const Length& length) {
        const bool ago = length.way == Length::Way::ago;
        const int count = static_cast<int>(length.count.value_or(1));
        const int sign = ago ? -1 : length.way == Length::Way::running ? 0 : 1;
        if (length.unit == TimeWord::minute || length.unit == TimeWord::clock) {
            const auto one = length.unit == TimeWord::minute ? minutes(1) : minutes(60);
            const auto span = one * count + (length.half ? one / 2 : minutes(0));
            when_.at = ago ? received_ - span : received_ + span;
            when_.past = ago;
            return;
        }
        if (!length.count && length.unit != TimeWord::day) return place_running(length.unit, sign);
        if (!length.count) return set_span(midnight(plus_days(today_, 7 * sign)), midnight(today_));
        const auto day = counted_from(today_, length.unit, sign * count);
        if (!heard_.part) return set_span(midnight(day), midnight(day) + days(1));
        const auto [begin, end] = hours_of(*heard_.part);
        set_span(midnight(day) + begin, midnight(day) + end);
    }

    /// The week, month or year before this one, this one, or the next.
    void place_running(TimeWord unit, int step) {
        if (unit == TimeWord::week) {
            const auto now = std::chrono::weekday(std::chrono::sys_days(today_)).iso_encoding();
            const auto monday = plus_days(today_, 7 * step - static_cast<int>(now) + 1);
            return set_span(midnight(monday), midnight(plus_days(monday, 7)));
        }
        if (unit == TimeWord::month) {
            const auto month = today_.year() / today_.month() + std::chrono::months(step);
            return set_span(midnight(month / 1), midnight((month + std::chrono::months(1)) / 1));
        }
        const auto year = today_.year() + std::chrono::years(step);
        set_span(midnight(year / 1 / 1), midnight((year + std::chrono::years(1)) / 1 / 1));
    }

    /// "sudah 3 hari": since then.
    void lasts(const Length& length) {
        const auto day = counted_from(today_, length.unit, -static_cast<int>(length.count.value_or(1)));
        when_.since = midnight(day);
        when_.until = received_;
        when_.past = false;
    }

    void place_month(const CalendarDate& said) {
        const auto year = said.year > 0 ? std::chrono::year(static_cast<int>(said.year)) : today_.year();
        if (said.month == 0) return set_span(midnight(year / 1 / 1), midnight((year + std::chrono::years(1)) / 1 / 1));
        auto month = year / std::chrono::month(said.month);
        const auto this_month = today_.year() / today_.month();
        const bool to_come = heard_.tense() == Tense::future && !heard_.since;  // "dr bln 3, mau pulang" began in March
        if (said.year == 0 && to_come && month < this_month) month += std::chrono::years(1);
        if (said.year == 0 && !to_come && month > this_month) month -= std::chrono::years(1);
        set_span(midnight(month / 1), midnight((month + std::chrono::months(1)) / 1));
    }

    const Subject& subject_;
    const Heard& heard_;
    bool endures_;
    When& when_;
    WallTime received_;
    year_month_day today_;
};

}  // namespace

year_month_day local_day(WallTime at, minutes offset) {
    return std::chrono::floor<days>(at + offset);
}
WallTime start_of(year_month_day day, minutes offset) {
    return std::chrono::sys_days(day) - offset;
}

namespace {

/// What people suffer or are promised, as against what somebody sees happen.
bool goes_on_for_long(const Reading& reading) {
    switch (reading.category) {
        case Category::recruitment:
        case Category::documents:
        case Category::labour_exploitation:
        case Category::sexual_exploitation:
        case Category::other_exploitation:
        case Category::online_scam:
        case Category::missing_person:
        case Category::broker_fraud:
        case Category::return_assistance:
            return true;
        default:
            return false;
    }
}

/// The zone that the text names ("jam 10 waktu malaysia", "jam 9 wib"), else the sender's own.
minutes zone_of(const Subject& subject) {
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::time) continue;
        const auto word = static_cast<TimeWord>(hit.value);
        if (word == TimeWord::home_time) return subject.data.offset;
        if (word == TimeWord::abroad_time && !subject.data.zones.empty()) return subject.data.zones.front().offset;
    }
    return subject.offset;
}

}  // namespace

void find_when(const Subject& given, Reading& reading) {
    Subject subject = given;
    subject.offset = zone_of(given);
    const bool lasts = goes_on_for_long(reading);
    const bool held = reading.category == Category::harbouring || reading.second == Category::harbouring;
    const Heard heard = hear_time(subject, lasts);
    When& when = reading.when;
    Calendar(subject, heard, lasts || held, when).run();
    if ((!when.at && !when.since) || !heard.any) return;
    subject.explain(reading, "time", to_rfc3339(when.at ? *when.at : *when.since, given.offset), heard.first,
                    heard.last, when.at ? "a clock time, or now" : "from then on, no clock time");
}

bool choose_when(std::string_view name, const Subject& subject, When& when) {
    const WallTime received = subject.context.received_at;
    const auto midnight = start_of(local_day(received, subject.offset), subject.offset);
    const auto set = [&](WallTime since, WallTime until) {
        when.since = since;
        when.until = until;
        when.past = until <= received;
    };
    if (name == "now") {
        when.at = received;
        when.now = true;
    } else if (name == "last_night") {
        set(midnight - hours(6), std::min(midnight + hours(6), received));
        when.past = true;
    } else if (name == "today") {
        set(midnight, midnight + days(1));
    } else if (name == "yesterday") {
        set(midnight - days(1), midnight);
    } else if (name == "past") {  // before last night; since when, nobody said
        when.until = midnight - hours(6);
        when.past = true;
    } else {
        return false;
    }
    return true;
}

bool hour_said(std::uint32_t hour, const Subject& subject, When& when) {
    if (hour > 24) return false;
    const WallTime received = subject.context.received_at;
    when.at = start_of(local_day(received, subject.offset), subject.offset) + hours(hour);
    when.past = *when.at < received;
    return true;
}

}  // namespace jejak::understand
