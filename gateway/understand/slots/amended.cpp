#include "gateway/understand/slots/amended.hpp"

#include <algorithm>
#include <array>

#include "gateway/understand/slots/figures.hpp"

namespace jejak::understand {
namespace {

/// Whether a count that ends at token `last` is of vehicles, animals or measures: "3 motor", "2 kali".
bool of_things(const Subject& subject, std::size_t last) {
    const std::size_t next = last + 1;
    if (next >= subject.tokens.list.size() || subject.tokens.list[next].before == ',') return false;
    if (subject.is(next, WordClass::measure) || subject.is(next, WordClass::creature)) return true;
    return covered_by(subject, next, [](const Hit& hit) { return hit.kind == Kind::vehicle; });
}

/// A correction of something that is no count of people: a number in it is an age, a price, a phone, or stands beside
/// a word for one.
bool tells_of_another_number(const Subject& subject) {
    const auto& list = subject.tokens.list;
    for (std::size_t at = subject.from; at < list.size(); ++at) {
        const bool used = list[at].digits > 0 && figures_of(subject).uses[at] != Use::none;
        const bool leading_zero = list[at].digits > 1 && list[at].text.front() == '0';
        constexpr auto others = std::to_array<WordClass>({WordClass::age, WordClass::numbering, WordClass::plate_word,
                                                          WordClass::phone, WordClass::money, WordClass::pay});
        const bool named =
            std::any_of(others.begin(), others.end(), [&](WordClass one) { return subject.is(at, one); });
        if (used || leading_zero || named) return true;
        if (const auto count = count_at(subject, at); count && of_things(subject, count->last)) return true;
    }
    return false;
}

/// The count at token `at` that is nothing else and is not denied; `at` moves to its last token.
std::optional<Count> standing_at(const Subject& subject, std::size_t& at) {
    const auto count = count_at(subject, at);
    if (!count) return std::nullopt;
    const bool stands = !subject.denied(at) && figures_of(subject).uses[at] == Use::none && count->most > 0;
    at = count->last;
    return stands && !of_things(subject, at) ? count : std::nullopt;
}

}  // namespace

std::optional<Count> amended_count(const Subject& subject) {
    if (tells_of_another_number(subject)) return std::nullopt;
    constexpr std::uint32_t most_at_a_glance = 200;  // more is no number of people somebody saw
    std::optional<Count> found;
    for (std::size_t at = subject.from; at < subject.tokens.list.size(); ++at) {
        const auto count = standing_at(subject, at);
        if (!count) continue;
        if (found || count->most > most_at_a_glance) return std::nullopt;
        found = count;
    }
    return found;
}

std::optional<Count> first_count_that_stands(const Subject& subject) {
    for (std::size_t at = subject.from; at < subject.tokens.list.size(); ++at) {
        if (auto count = standing_at(subject, at)) return count;
    }
    return std::nullopt;
}

void take_count(const Count& count, Reading& reading) {
    reading.people = count.least;
    if (count.most > count.least) reading.people_max = count.most;
}

}  // namespace jejak::understand
