#include "gateway/understand/slots/heard.hpp"

#include <algorithm>

#include "gateway/understand/slots/when.hpp"

namespace jejak::understand {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::year_month_day;

bool is_night(TimeWord part) {
    return part == TimeWord::night || part == TimeWord::evening_prayer || part == TimeWord::midnight;
}

year_month_day plus_days(year_month_day day, int count) {
    return std::chrono::sys_days(day) + days(count);
}

static year_month_day real(year_month_day day) {
    return day.ok() ? day : year_month_day(day.year() / day.month() / std::chrono::last);
}

year_month_day counted_from(year_month_day day, TimeWord unit, int count) {
    switch (unit) {
        case TimeWord::week:
            return plus_days(day, 7 * count);
        case TimeWord::month:
            return real(day + std::chrono::months(count));
        case TimeWord::year:
            return real(day + std::chrono::years(count));
        default:
            return plus_days(day, count);
    }
}

namespace {

bool is_part(TimeWord word) {
    return (word >= TimeWord::dawn && word <= TimeWord::night) ||
           (word >= TimeWord::noon_prayer && word <= TimeWord::midnight);
}
/// Goes through the words for time in order.
class Listener {
public:
    /// lasts  the text is about something that goes on for long, so that "sekarang" is no moment
    Listener(const Subject& subject, bool lasts, Heard& heard)
        : subject_(subject),
          list_(subject.tokens.list),
          figures_(figures_of(subject)),
          heard_(heard),
          lasts_(lasts),
          today_(local_day(subject.context.received_at, subject.offset)),
          into_day_(subject.context.received_at - start_of(today_, subject.offset)) {}

    void run() {
        for (const Hit& hit : subject_.hits) {
            if (hit.kind == Kind::time && figures_.uses[hit.first] == Use::none) hear(hit);
        }
        for (std::size_t at = subject_.from; at < list_.size(); ++at) weekday(at);
        clock();
        for (const CalendarDate& date : figures_.dates) take_date(date);
        for (const Length& length : figures_.lengths) take_length(length);
    }

private:
    void mark(std::size_t first, std::size_t last) {
        heard_.first = heard_.any ? std::min(heard_.first, first) : first;
        heard_.last = heard_.any ? std::max(heard_.last, last) : last;
        heard_.any = true;
    }

    bool begins_here(std::size_t at) const { return subject_.preceded_by(at, WordClass::start, 1); }

    /// "tiap malam", "malam malam": again and again, no time.
    bool recurs(const Hit& hit) const {
        if (subject_.preceded_by(hit.first, WordClass::every, 1)) return true;
        if (!is_night(static_cast<TimeWord>(hit.value))) return false;  // "pagi pagi" is early in the morning
        if (list_[hit.first].repeated) return true;
        const auto same = [&](std::size_t at) {
            return at < list_.size() && list_[at].meant == list_[hit.first].meant;
        };
        return hit.first == hit.last && (same(hit.first + 1) || (hit.first > subject_.from && same(hit.first - 1)));
    }

    /// "selamat malam", "pagi pak": a greeting, no time.
    bool greets(const Hit& hit) const {
        constexpr std::size_t greeting_words_max = 8;
        if (hit.first > 0 && subject_.is(hit.first - 1, WordClass::greeting)) return true;
        if (hit.first > subject_.from + greeting_words_max) return false;
        for (std::size_t at = subject_.from; at < hit.first; ++at) {
            if (!subject_.is(at, WordClass::polite)) return false;
        }
        const std::size_t next = hit.last + 1;
        return subject_.is(next, WordClass::title) && subject_.is(next, WordClass::polite);
    }

    void hear(const Hit& hit) {
        const auto word = static_cast<TimeWord>(hit.value);
        if (is_part(word)) return part(word, hit);
        switch (word) {
            case TimeWord::now:
                // "sampai sekarang", "skrg kerja di …": until now, not now
                if (subject_.preceded_by(hit.first, WordClass::range, 1) || lasts_) return;
                heard_.now = true;
                break;
            case TimeWord::soon:
                heard_.soon = true;
                break;
            case TimeWord::today:
                heard_.today = true;
                break;
            case TimeWord::tonight:
                night_of(into_day_ < small_hours ? -1 : 0);
                break;
            case TimeWord::last_night:
                heard_.past = true;
                // "jam 7 malam tadi" is the last seven o'clock, "tadi malam jam 7" of the night before
                if (night_behind_clock(hit)) {
                    heard_.part = TimeWord::night;
                } else {
                    night_of(-1);
                }
                break;
            case TimeWord::yesterday_night:
                night_of(-1);
                break;
            case TimeWord::yesterday:
                if (weekday_before(hit.first)) return;
                if (list_[hit.first].repeated) return;
                day_of(-1);
                break;
            case TimeWord::day_before_yesterday:
                day_of(-2);
                break;
            case TimeWord::tomorrow:
                day_of(1);
                break;
            case TimeWord::day_after_tomorrow:
                day_of(2);
                break;
            case TimeWord::past:
                heard_.past = true;
                return;
            case TimeWord::future:
                heard_.future = true;
                return;
            case TimeWord::planned:
                if (subject_.preceded_by(hit.first, WordClass::negation, 1)) return;  // "ga mau bilang"
                heard_.planned = true;
                return;
            case TimeWord::seen:
                heard_.seen = true;
                return;
            default:
                return;
        }
        if (begins_here(hit.first)) heard_.since = true;
        mark(hit.first, hit.last);
    }

    bool night_behind_clock(const Hit& hit) const {
        const auto node = subject_.data.step(0, list_[hit.first].meant);
        const auto& meanings = subject_.data.nodes[node];
        const bool night_first =
            node != 0 && hit.last > hit.first && std::any_of(meanings.begin(), meanings.end(), [](const Meaning& one) {
                return one.kind == Kind::time && one.value == static_cast<std::uint16_t>(TimeWord::night);
            });
        const Clock* clock = clock_before(hit.first);
        return night_first && clock != nullptr && clock->last + 1 == hit.first;
    }

    /// The last clock time that ends before token `at`; null when none does.
    const Clock* clock_before(std::size_t at) const {
        const auto next = std::lower_bound(figures_.clocks.begin(), figures_.clocks.end(), at,
                                           [](const Clock& one, std::size_t token) { return one.last < token; });
        return next == figures_.clocks.begin() ? nullptr : &*(next - 1);
    }

    void day_of(int count) { heard_.day = plus_days(today_, count); }
    void night_of(int count) {
        heard_.night = plus_days(today_, count);
        heard_.part = TimeWord::night;
    }

    void part(TimeWord word, const Hit& hit) {
        if (recurs(hit) || greets(hit) || subject_.denied(hit.first)) return;
        if (begins_here(hit.first)) heard_.since = true;
        const Clock* clock = clock_before(hit.first);
        // "sampai jam 12 malam": of a clock time that is none of what happened
        if (clock != nullptr && clock->last + 1 == hit.first && is_no_moment(*clock)) return;
        // The part beside the clock counts before others.
        const bool beside = clock != nullptr && hit.first <= clock->last + 2 && !subject_.denied(clock->first);
        if (heard_.part && !beside) return;
        if (heard_.night && !is_night(word) && !beside) return;
        heard_.part = word;
        mark(hit.first, hit.last);
    }

    bool is_weekday(std::size_t at) const {
        return at < list_.size() && subject_.data.traits[list_[at].meant].weekday >= 0 &&
               figures_.uses[at] == Use::none;
    }
    bool weekday_before(std::size_t at) const { return at > subject_.from && is_weekday(at - 1); }

    /// "minggu" is a week as well: Sunday only where it cannot be one.
    bool means_sunday(std::size_t at) const {
        const bool after_part = at > subject_.from && part_at(at - 1);
        return is_time(subject_, at - (at > 0 ? 1 : 0), TimeWord::day) || after_part || part_at(at + 1) ||
               begins_here(at);
    }
    bool part_at(std::size_t at) const {
        const Hit* hit = time_word_at(subject_, at);
        return hit != nullptr && is_part(static_cast<TimeWord>(hit->value));
    }

    /// "senin", "hari minggu", "malam jumat", "jumat malam", "senin lalu", "next friday".
    void weekday(std::size_t at) {
        if (!is_weekday(at) || subject_.denied(at)) return;
        const bool week_too = time_word_at(subject_, at) != nullptr;
        if (week_too && !means_sunday(at)) return;
        if (subject_.preceded_by(at, WordClass::every, 2)) return;
        const auto wanted = static_cast<unsigned char>(subject_.data.traits[list_[at].meant].weekday);
        const bool night_before = at > subject_.from && is_time(subject_, at - 1, TimeWord::night);
        if (night_before && subject_.preceded_by(at - 1, WordClass::every, 1)) return;
        const bool night_after = is_time(subject_, at + 1, TimeWord::night);
        const std::size_t behind = night_after ? at + 2 : at + 1;
        const auto says = [&](TimeWord word) {
            return is_time(subject_, behind, word) || (at > subject_.from && is_time(subject_, at - 1, word));
        };
        const bool back = is_time(subject_, behind, TimeWord::ago) || is_time(subject_, behind, TimeWord::yesterday) ||
                          says(TimeWord::last_one) || is_time(subject_, behind, TimeWord::past);
        const bool ahead = says(TimeWord::next) || is_time(subject_, behind, TimeWord::future);
        const int name = day_named(wanted, night_before, back, ahead, is_time(subject_, behind, TimeWord::this_one));
        if (night_before || night_after) {
            heard_.night = plus_days(today_, night_before ? name - 1 : name);
            heard_.part = TimeWord::night;
        } else {
            heard_.day = plus_days(today_, name);
        }
        if (begins_here(night_before ? at - 1 : at)) heard_.since = true;
        mark(night_before ? at - 1 : at, night_after ? at + 1 : at);
    }

    /// Days from today to the weekday that is meant.
    int day_named(unsigned wanted, bool night_before, bool back, bool ahead, bool this_one) const {
        const auto now = std::chrono::weekday(std::chrono::sys_days(today_)).c_encoding();
        const int until = static_cast<int>((wanted + 7 - now) % 7);  // 0 to 6 days ahead
        // "malam jumat" began the evening before: of a Friday it is over, of a Thursday evening it is on.
        const int begins = night_before ? until - 1 : until;
        const bool begun = begins < 0 || (begins == 0 && (!night_before || into_day_ >= small_hours));
        if (ahead) return until <= 1 ? until + 7 : until;  // tomorrow is "besok"
        if (back) return begins < 0 ? until : until - 7;
        const bool over = begins < 0 && into_day_ >= small_hours;
        if (heard_.tense() == Tense::future && over && !this_one) return until + 7;
        if (heard_.tense() == Tense::future || this_one) return until;
        if (heard_.tense() == Tense::past) return begins <= 0 && begun ? until : until - 7;
        return begun ? until : until - 7;
    }

    /// "bukan jam 2", "tiap jam 8", "sampai jam 12"
    bool is_no_moment(const Clock& one) const {
        return subject_.denied(one.first) || subject_.preceded_by(one.first, WordClass::every, 1) ||
               subject_.preceded_by(one.first, WordClass::range, 1);
    }

    /// The first clock time of what happened.
    void clock() {
        for (const Clock& one : figures_.clocks) {
            if (is_no_moment(one)) continue;
            heard_.clock = one;
            if (begins_here(one.first)) heard_.since = true;
            mark(one.first, one.last);
            return;
        }
    }

    void take_date(const CalendarDate& said) {
        if (subject_.denied(said.first)) return;
        if (begins_here(said.first)) heard_.since = true;
        const bool back =
            is_time(subject_, said.last + 1, TimeWord::ago) || is_time(subject_, said.last + 1, TimeWord::yesterday);
        if (said.day == 0) {
            heard_.span = said;
        } else if (const auto day = nearest_date(said, back ? Tense::past : heard_.tense())) {
            heard_.day = day;
        } else {
            return;
        }
        mark(said.first, said.last);
    }

    /// The day that is meant when the year or the month is not said: the nearest, in the direction of the tense.
    std::optional<year_month_day> nearest_date(const CalendarDate& said, Tense tense) const {
        std::optional<year_month_day> best;
        std::int64_t distance = 0;
        const auto offer = [&](year_month_day day) {
            if (!day.ok()) return;
            const auto ahead = (std::chrono::sys_days(day) - std::chrono::sys_days(today_)).count();
            const bool wrong = (tense == Tense::past && ahead > 0) || (tense == Tense::future && ahead < 0);
            const auto away = (ahead < 0 ? -ahead : ahead) + (wrong ? 100'000 : 0);
            if (best && away >= distance) return;
            best = day;
            distance = away;
        };
        const std::chrono::day of_month(said.day);
        if (said.year > 0) {
            offer(std::chrono::year(static_cast<int>(said.year)) / std::chrono::month(said.month) / of_month);
        } else if (said.month > 0) {
            for (int year = -1; year <= 1; ++year)
                offer((today_.year() + std::chrono::years(year)) / std::chrono::month(said.month) / of_month);
        } else {
            for (int month = -2; month <= 2; ++month)
                offer((today_.year() / today_.month() + std::chrono::months(month)) / of_month);
        }
        return best;
    }

    void take_length(const Length& said) {
        if (said.way == Length::Way::plain) {
            // "kontrak 2 tahun", "16 jam sehari", "tiap 2 minggu": no point in time
            if (subject_.preceded_by(said.first, WordClass::every, 2) || is_rate(said)) return;
            const bool said_so = subject_.preceded_by(said.first, WordClass::since, 2) || begins_here(said.first);
            const bool lasts = said_so || (said.unit >= TimeWord::day && lacks_behind(said.last + 1));
            if (lasts && said.unit >= TimeWord::day && !heard_.lasting) heard_.lasting = said;
            if (heard_.length) return;
            if (said.unit == TimeWord::clock || said.unit == TimeWord::minute) return;
            if (heard_.tense() == Tense::future && !lasts) return;
        }
        if (said.way == Length::Way::ago && begins_here(said.first)) heard_.since = true;  // "sejak 3 hari lalu"
        if (said.way == Length::Way::ago && said.nights && !heard_.part) heard_.part = TimeWord::night;
        mark(said.first, said.last);
        const bool whole_days = said.unit != TimeWord::clock && said.unit != TimeWord::minute;
        if (heard_.clock && whole_days && said.count && said.way != Length::Way::plain) {
            const int sign = said.way == Length::Way::ago ? -1 : 1;
            heard_.day = counted_from(today_, said.unit, sign * static_cast<int>(*said.count));  // "2 hari lagi jam 4"
            return;
        }
        heard_.length = said;
    }

    /// "5 hari tidak pulang", "3 bulan gajinya ditahan": for so long something has been lacking.
    bool lacks_behind(std::size_t at) const {
        if (at + 1 >= list_.size() || list_[at].before != ' ') return false;
        return subject_.is(at, WordClass::negation) ||
               (subject_.is(at, WordClass::pay) && (subject_.is(at + 1, WordClass::negation) ||
                                                    begins_with(list_[at + 1].text, subject_.data.affixes.passive)));
    }

    /// "16 jam sehari", "2 kali seminggu"
    bool is_rate(const Length& said) const {
        const auto joined = [&](const Length& other) {
            const bool a_unit = other.count.value_or(1) <= 1 || said.count.value_or(1) <= 1;
            return other.way == Length::Way::plain && a_unit &&
                   (other.first == said.last + 1 || other.last + 1 == said.first);
        };
        const Length* before = &said == &figures_.lengths.front() ? nullptr : &said - 1;
        const Length* after = &said == &figures_.lengths.back() ? nullptr : &said + 1;
        return (before != nullptr && joined(*before)) || (after != nullptr && joined(*after));
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    const Figures& figures_;
    Heard& heard_;
    bool lasts_;
    year_month_day today_;
    std::chrono::milliseconds into_day_;
};

}  // namespace

Heard hear_time(const Subject& subject, bool lasts) {
    Heard heard;
    Listener(subject, lasts, heard).run();
    return heard;
}

}  // namespace jejak::understand
