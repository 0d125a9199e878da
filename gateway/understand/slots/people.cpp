#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint32_t people_most = 5000;  // beyond it a number is no count of people

}  // namespace

void find_people(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    std::size_t at_best = 0;
    const auto offer = [&](std::uint32_t least, std::uint32_t most, std::size_t at) {
        if (least == 0 || least > people_most || most > people_most || (reading.people && *reading.people >= least))
            return;
        reading.people = least;
        reading.people_max = most > least ? std::optional(most) : std::nullopt;
        at_best = at;
    };
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        const std::uint32_t number = list[i].number;
        if (number == no_number || list[i].digits > 4) continue;
        const bool counted = subject.is(i, WordClass::person);  // "bertiga" counts by itself
        const bool beside = subject.is(i + 1, WordClass::person) || subject.is(i + 1, WordClass::child);
        const bool bracketed =
            i + 2 < list.size() && list[i + 1].number == number && subject.is(i + 2, WordClass::person);
        const bool after = i > subject.from && subject.is(i - 1, WordClass::person) && list[i].digits > 0 &&
                           (i + 1 == list.size() || separates_fields(list[i + 1].before));
        if (!counted && !beside && !bracketed && !after) continue;
        std::uint32_t least = number;
        if (i > subject.from && beside) {  // "5-6 org", "5 sampai 6 org"
            const bool dash = list[i].before == '-' && list[i].tight;
            const std::size_t first = dash                                                           ? i - 1
                                      : i >= subject.from + 2 && subject.is(i - 1, WordClass::range) ? i - 2
                                                                                                     : i;
            if (first != i && list[first].number != no_number && list[first].number < number && list[first].digits <= 4)
                least = list[first].number;
        }
        offer(least, number, i);
    }
    for (std::size_t i = subject.from; i < list.size() && !reading.people; ++i) {  // a form's field that is a number
        const bool field =
            separates_fields(list[i].before) && (i + 1 == list.size() || separates_fields(list[i + 1].before));
        if (field && list[i].number != no_number && list[i].digits <= 4) offer(list[i].number, list[i].number, i);
    }
    if (reading.people) subject.explain(reading, "people", std::to_string(*reading.people), at_best, at_best);
}

}  // namespace jejak::understand
