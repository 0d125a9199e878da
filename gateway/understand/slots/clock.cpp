#include "gateway/understand/slots/figures.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint32_t hours_most = 24;
constexpr std::uint32_t minutes_in_hour = 60;

/// Reads one clock time.
class ClockReader {
public:
    explicit ClockReader(const Subject& subject) : subject_(subject), list_(subject.tokens.list) {}

    std::optional<Clock> at(std::size_t at) const {
        const Hit* word = time_word_at(subject_, at);
        const auto kind = word == nullptr ? std::nullopt : std::optional(static_cast<TimeWord>(word->value));
        if (kind == TimeWord::clock) return after_word(at, word->last + 1);
        if (kind == TimeWord::half || kind == TimeWord::half_past) return half(at, word->last + 1, *kind);
        if (list_[at].number == no_number) return std::nullopt;
        if (written_half(at) && !counts_something(at + 3)) return half(at, at + 2, TimeWord::half);
        return bare(at);
    }

private:
    /// "8", "08.30", "delapan", "dua belas", "0230": hour and minutes at token `at`.
    std::optional<Clock> face(std::size_t at) const {
        if (at >= list_.size() || list_[at].number == no_number) return std::nullopt;
        const Token& token = list_[at];
        Clock clock;
        clock.first = clock.last = at;
        if (token.digits == 0) {
            if (time_word_at(subject_, at) != nullptr) return std::nullopt;  // "sehari"
            clock.hour = token.number;
            // "dua belas", "dua puluh"
            if (at + 1 < list_.size()) {
                const WordTraits& next = subject_.data.traits[list_[at + 1].meant];
                if (next.plus > 0 && clock.hour < 10) clock.hour += next.plus;
                if (next.times > 0 && next.times <= 10) clock.hour *= next.times;
                if (next.plus > 0 || (next.times > 0 && next.times <= 10)) clock.last = at + 1;
            }
        } else if (token.digits == 4) {
            clock.hour = token.number / 100;
            clock.minute = token.number % 100;
            clock.exact = true;
        } else if (token.digits <= 2) {
            clock.hour = token.number;
            clock.exact = token.digits == 2 && token.number < 10;
        } else {
            return std::nullopt;
        }
        if (clock.hour > hours_most || clock.minute >= minutes_in_hour) return std::nullopt;
        if (pointed(at)) {
            clock.minute = list_[at + 1].number;
            clock.last = at + 1;
        }
        return clock;
    }

    /// "23.30" and "23:30", but no date, amount or version.
    bool pointed(std::size_t at) const {
        if (at + 1 >= list_.size() || list_[at].digits == 0 || list_[at].digits > 2) return false;
        const Token& next = list_[at + 1];
        if (next.digits != 2 || !next.tight || (next.before != '.' && next.before != ':')) return false;
        const bool longer = at + 2 < list_.size() && list_[at + 2].tight && list_[at + 2].digits > 0 &&
                            list_[at + 2].before != ' ' && list_[at + 2].before == next.before;
        return next.number < minutes_in_hour && !longer;
    }

    /// What may follow: "lewat 10", "kurang 5 menit", "30", "am", "wib".
    void finish(Clock& clock, bool after_word) const {
        const std::size_t next = clock.last + 1;
        if (after_word && clock.last == clock.first && next < list_.size()) minutes_after(clock, next);
        const std::size_t behind = clock.last + 1;
        if (is_time(subject_, behind, TimeWord::past_noon) || is_time(subject_, behind, TimeWord::before_noon)) {
            clock.after_noon = is_time(subject_, behind, TimeWord::past_noon);
            clock.last = behind;
        }
        if (clock.hour > 12) clock.exact = true;
    }

    void minutes_after(Clock& clock, std::size_t next) const {
        const bool later = is_time(subject_, next, TimeWord::later_of);
        const bool earlier = is_time(subject_, next, TimeWord::earlier_of);
        // "pukul lima setengah"; "jam 5 setengah jam" is something else
        const std::size_t of = next + 1;
        const bool half = is_time(subject_, next, TimeWord::half) && list_[next].before == ' ' && !is_unit(of) &&
                          (of >= list_.size() || list_[of].number == no_number) && !measures(of);
        if (half && !subject_.is(of, WordClass::clause)) {
            clock.minute = minutes_in_hour / 2;
            clock.last = next;
            return;
        }
        const std::size_t at = later || earlier ? next + 1 : next;
        std::uint32_t minutes = minutes_in_hour / 4;
        if ((later || earlier) && is_time(subject_, at, TimeWord::quarter)) {
            clock.last = at;
        } else {
            if (at >= list_.size() || list_[at].number == no_number || list_[at].number >= minutes_in_hour) return;
            const bool unit = is_time(subject_, at + 1, TimeWord::minute);
            const bool round = list_[at].digits == 2 && list_[at].number % 5 == 0 && list_[at].before == ' ';
            if (!unit && (!round || counts_something(at + 1))) return;
            if (!later && !earlier && !round) return;
            minutes = list_[at].number;
            clock.last = unit ? at + 1 : at;
        }
        if (!earlier) {
            clock.minute = minutes;
        } else if (clock.hour > 0) {
            clock.hour -= 1;
            clock.minute = minutes_in_hour - minutes;
        }
    }

    bool counts_something(std::size_t at) const {
        if (subject_.is(at, WordClass::pronoun)) return false;
        return subject_.is(at, WordClass::person) || subject_.is(at, WordClass::part) ||
               subject_.is(at, WordClass::child) || subject_.is(at, WordClass::companion) ||
               subject_.is(at, WordClass::money) || subject_.is(at, WordClass::measure) ||
               subject_.is(at, WordClass::sort);
    }

    std::optional<Clock> after_word(std::size_t first, std::size_t at) const {
        for (std::size_t n = 0; n < 2 && at < list_.size() && list_[at].number == no_number; ++n) {
            if (is_time(subject_, at, TimeWord::half)) {  // "jam sekitar setengah 3"
                auto found = half(at, time_word_at(subject_, at)->last + 1, TimeWord::half);
                if (found) found->first = first;
                return found;
            }
            if (time_word_at(subject_, at) != nullptr || !subject_.is(at, WordClass::at)) return std::nullopt;
            ++at;  // "jam sekitar 3"
        }
        if (at < list_.size() && separates_fields(list_[at].before)) return std::nullopt;
        if (written_half(at)) {
            auto found = half(at, at + 2, TimeWord::half);
            if (found) found->first = first;
            return found;
        }
        auto clock = face(at);
        if (!clock) return std::nullopt;
        finish(*clock, true);
        clock->first = first;
        return clock;
    }

    bool written_half(std::size_t at) const { return written_half_at(subject_, at); }

    /// "setengah 6" is half past five, "half past five" too.
    std::optional<Clock> half(std::size_t first, std::size_t at, TimeWord word) const {
        auto of = face(at);
        if (!of || of->minute != 0 || (of->hour == 0 && word == TimeWord::half)) return std::nullopt;
        if (is_unit(of->last + 1) || measures(of->last + 1)) return std::nullopt;
        if (word == TimeWord::half) of->hour -= 1;
        of->minute = 30;
        finish(*of, false);
        of->first = first;
        return of;
    }

    /// "setengah 2 kilo", not "stgh 6 mobil lewat".
    bool measures(std::size_t at) const { return subject_.is(at, WordClass::money); }

    bool is_unit(std::size_t at) const {
        const Hit* word = time_word_at(subject_, at);
        return word != nullptr && word->value >= static_cast<std::uint16_t>(TimeWord::minute) &&
               word->value <= static_cast<std::uint16_t>(TimeWord::year);
    }

    /// "at 11": an hour where nothing is counted.
    bool behind_at(const Clock& clock) const {
        constexpr std::string_view word = "at";
        if (clock.first == subject_.from || clock.hour == 0 || clock.hour > 12) return false;
        const std::size_t before = clock.first - 1;
        if (list_[before].text != word && !around(before)) return false;
        const std::size_t next = clock.last + 1;
        return next >= list_.size() || list_[next].before == ',' || list_[next].before == '.' ||
               time_word_at(subject_, next) != nullptr || subject_.is(next, WordClass::at) ||
               subject_.is(next, WordClass::from) || subject_.is(next, WordClass::via);
    }

    /// "this morning around 9"
    bool around(std::size_t at) const {
        constexpr std::string_view around = "around", about = "about";
        if (at <= subject_.from || (list_[at].text != around && list_[at].text != about)) return false;
        const Hit* part = time_word_at(subject_, at - 1);
        return part != nullptr && static_cast<TimeWord>(part->value) >= TimeWord::dawn &&
               static_cast<TimeWord>(part->value) <= TimeWord::night;
    }

    /// "1930 tonight"
    bool of_a_night(std::size_t at) const {
        return is_time(subject_, at, TimeWord::tonight) || is_time(subject_, at, TimeWord::last_night);
    }

    /// Without a word before it only "23.30", "2 am" and "at 11" are clock times.
    std::optional<Clock> bare(std::size_t at) const {
        auto clock = face(at);
        if (!clock || (list_[at].digits == 4 && !of_a_night(clock->last + 1))) return std::nullopt;
        const bool with_minutes = clock->last > at && list_[at].digits > 0;
        if (with_minutes && (counts_something(clock->last + 1) || (list_[at].tight && list_[at].before == '.') ||
                             (at > subject_.from && subject_.is(at - 1, WordClass::money))))
            return std::nullopt;
        finish(*clock, false);
        if (!with_minutes && !clock->after_noon && list_[at].digits != 4 && !behind_at(*clock)) return std::nullopt;
        return clock;
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
};

}  // namespace

bool written_half_at(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    return at + 2 < list.size() && list[at].number == 1 && list[at].digits == 1 && list[at + 1].number == 2 &&
           list[at + 1].tight && list[at + 1].before == '/' && list[at + 2].before == ' ';
}

std::optional<Clock> clock_at(const Subject& subject, std::size_t at) {
    return ClockReader(subject).at(at);
}

}  // namespace jejak::understand
