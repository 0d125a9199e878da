#include <algorithm>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

/// What is asked of a company begins here: "resmi ga", "apakah".
bool asks_about(const Subject& subject, std::size_t at) {
    const auto licence = [&](const Hit& hit) {
        return hit.kind == Kind::notion && hit.first == at && subject.data.notions[hit.value] == "licence";
    };
    return subject.is(at, WordClass::negation) || subject.is(at, WordClass::asks) ||
           std::any_of(subject.hits.begin(), subject.hits.end(), licence);
}

}  // namespace

/// What CEK asks about: everything behind the command; in a sentence ("pt maju fiktif resmi ga?") the name behind its
/// title.
void find_query(const Subject& subject, Reading& reading) {
    constexpr std::size_t name_words_max = 6;
    const auto& list = subject.tokens.list;
    std::size_t first = subject.from, last = list.size();
    while (first < list.size() && (subject.is(first, WordClass::polite) && !subject.is(first, WordClass::title)))
        ++first;
    if (subject.from == 0) {
        while (first < list.size() && !subject.is(first, WordClass::title)) ++first;
        last = first;
        while (last < list.size() && last < first + name_words_max && !asks_about(subject, last)) ++last;
    } else {
        while (last > first && (subject.is(last - 1, WordClass::polite) || subject.is(last - 1, WordClass::negation) ||
                                subject.is(last - 1, WordClass::asks)))
            --last;
    }
    if (first >= last) return;
    reading.query = fold(subject.typed(first, last - 1));
    subject.explain(reading, "query", reading.query, first, last - 1);
}

}  // namespace jejak::understand
