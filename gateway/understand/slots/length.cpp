#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/numbers.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint64_t count_most = 100;

bool is_unit(TimeWord word) {
    return word == TimeWord::clock || (word >= TimeWord::minute && word <= TimeWord::year);
}

bool is_part_of_day(const Subject& subject, std::size_t at) {
    const Hit* hit = time_word_at(subject, at);
    if (hit == nullptr || hit->last != at) return false;
    const auto word = static_cast<TimeWord>(hit->value);
    return word >= TimeWord::dawn && word <= TimeWord::night;
}

std::optional<TimeWord> unit_at(const Subject& subject, std::size_t at) {
    const Hit* hit = time_word_at(subject, at);
    if (hit == nullptr || hit->last != at || !is_unit(static_cast<TimeWord>(hit->value))) return std::nullopt;
    return static_cast<TimeWord>(hit->value);
}

/// "sudah 4 malam", "2 malam lalu", "3 malam berturut turut": nights count as days.
bool nights(const Subject& subject, std::size_t number, std::size_t at) {
    return at > number && is_time(subject, at, TimeWord::night) && time_word_at(subject, at)->last == at &&
           (subject.preceded_by(number, WordClass::since, 1) || is_time(subject, at + 1, TimeWord::ago) ||
            subject.is(at + 1, WordClass::every));
}

/// What stands behind the unit: "lalu", "lagi", "depan", "ini".
void find_way(const Subject& subject, Length& length) {
    const Hit* next = time_word_at(subject, length.last + 1);
    if (next == nullptr) return;
    switch (static_cast<TimeWord>(next->value)) {
        case TimeWord::ago:
            length.way = Length::Way::ago;
            break;
        case TimeWord::yesterday:
            if (length.count && length.unit == TimeWord::day) return;
            length.way = Length::Way::ago;  // "minggu kemarin"
            break;
        case TimeWord::to_come:
            if (!length.count && !length.half) return;
            length.way = Length::Way::to_come;
            break;
        case TimeWord::next:
            length.way = Length::Way::to_come;
            break;
        case TimeWord::this_one:
            if (length.count) return;
            length.way = Length::Way::running;
            break;
        default:
            return;
    }
    length.last = next->last;
}

/// "baru 2 jam", "baru setengah jam": so long ago.
bool just_now(const Subject& subject, const Length& length) {
    const bool hours = length.unit == TimeWord::clock || length.unit == TimeWord::minute;
    if (!hours || !length.count || length.way != Length::Way::plain || length.first <= subject.from) return false;
    return subject.is(length.first - 1, WordClass::only_just);
}

/// "last week", "next month", "this week".
std::optional<Length> after_modifier(const Subject& subject, std::size_t at) {
    const Hit* hit = time_word_at(subject, at);
    if (hit == nullptr) return std::nullopt;
    const auto word = static_cast<TimeWord>(hit->value);
    if (word != TimeWord::last_one && word != TimeWord::next && word != TimeWord::this_one) return std::nullopt;
    const auto unit = unit_at(subject, hit->last + 1);
    if (!unit || *unit == TimeWord::clock || *unit == TimeWord::minute) return std::nullopt;
    Length length;
    length.unit = *unit;
    length.way = word == TimeWord::last_one ? Length::Way::ago
                 : word == TimeWord::next   ? Length::Way::to_come
                                            : Length::Way::running;
    length.first = at;
    length.last = hit->last + 1;
    return length;
}

}  // namespace

std::optional<Length> length_at(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    if (auto length = after_modifier(subject, at)) return length;
    Length length;
    length.first = at;
    std::size_t unit_token = at;
    if (is_time(subject, at, TimeWord::half)) {
        length.half = true;
        length.count = 0;
        unit_token = time_word_at(subject, at)->last + 1;
    } else if (const auto number = number_at(subject, at); number && !unit_at(subject, at)) {
        if (number->value > count_most || number->value == 0) return std::nullopt;
        length.count = static_cast<std::uint32_t>(number->value);
        unit_token = number->last + 1;
        // "2-3 hari": the longer
        if (const auto range = count_at(subject, at); range && range->most > range->least) {
            length.count = range->most;
            unit_token = range->last + 1;
        }
    }
    if (unit_token < list.size() && separates_fields(list[unit_token].before) && unit_token > at) return std::nullopt;
    auto unit = unit_at(subject, unit_token);
    if (!unit && nights(subject, at, unit_token)) {
        unit = TimeWord::day;
        length.nights = true;
    }
    if (!unit) return std::nullopt;
    // "malam minggu", "hari minggu", "minggu pagi": a Sunday
    const bool named = unit_token == at && subject.data.traits[list[at].meant].weekday >= 0 && at > subject.from &&
                       (is_part_of_day(subject, at - 1) || is_time(subject, at - 1, TimeWord::day));
    if (named || (unit_token == at && is_part_of_day(subject, at + 1))) return std::nullopt;
    if (*unit == TimeWord::clock && unit_token > at && clock_at(subject, unit_token)) return std::nullopt;
    length.unit = *unit;
    length.last = unit_token;
    const bool whole =
        !length.count && begins_with(list[unit_token].text, subject.data.affixes.whole) && *unit != TimeWord::clock;
    const bool one = list[unit_token].number == 1 || subject.data.traits[list[unit_token].meant].number == 1;
    if (!length.count && one) length.count = 1;  // "seminggu", "sejam"
    find_way(subject, length);
    if (just_now(subject, length)) length.way = Length::Way::ago;
    if (!length.count && length.way == Length::Way::plain && !whole) return std::nullopt;
    if (!length.count && (*unit == TimeWord::clock || *unit == TimeWord::minute)) return std::nullopt;
    return length;
}

}  // namespace jejak::understand
