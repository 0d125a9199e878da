#include "gateway/understand/slots/amended.hpp"

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
    std::optional<Count> found;
    for (std::size_t at = subject.from; at < subject.tokens.list.size(); ++at) {
        const auto count = standing_at(subject, at);
        if (!count) continue;
        if (found) return std::nullopt;
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
