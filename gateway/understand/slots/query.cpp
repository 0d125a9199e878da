#include <algorithm>

#include "gateway/understand/sense/sufferer.hpp"
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

/// What is asked of a company begins here: "resmi ga", "apakah".
bool asks_about(const Subject& subject, std::size_t at) {
    const auto licence = [&](const Hit& hit) {
        return hit.kind == Kind::notion && subject.data.notions[hit.value] == "licence";
    };
    const auto here = subject.hits_at(at);
    return subject.is(at, WordClass::negation) || subject.is(at, WordClass::asks) ||
           std::any_of(here.begin(), here.end(), licence);
}

/// The name behind the title at token `first`: where it ends. A title without a name ("agen ini") ends where it begins.
std::size_t end_of_name(const Subject& subject, std::size_t first) {
    constexpr std::size_t words_max = 6;
    const auto& list = subject.tokens.list;
    std::size_t end = first + 1;
    while (end < list.size() && end < first + words_max && !asks_about(subject, end) && !ends_clause(list[end])) ++end;
    return end > first + 1 ? end : first;
}

}  // namespace

/// What CEK asks about: everything behind the command but the question ("pt maju fiktif resmi atau tidak"); in a
/// sentence ("pt maju fiktif resmi ga?") the name behind its title.
void find_query(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    std::size_t first = subject.from, last = list.size();
    while (first < list.size() && (subject.is(first, WordClass::polite) && !subject.is(first, WordClass::title)))
        ++first;
    if (subject.from == 0) {
        for (last = first; first < list.size(); ++first) {
            if (!subject.is(first, WordClass::title)) continue;
            if (last = end_of_name(subject, first); last > first) break;
        }
    } else {
        const auto asks = [&](std::size_t at) {
            return subject.is(at, WordClass::polite) || subject.is(at, WordClass::range) || asks_about(subject, at);
        };
        while (last > first && asks(last - 1)) --last;
    }
    if (first >= last) return;
    reading.query = fold(subject.typed(first, last - 1));
    subject.explain(reading, "query", reading.query, first, last - 1);
}

}  // namespace jejak::understand
