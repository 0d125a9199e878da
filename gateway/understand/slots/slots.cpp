#include "gateway/understand/slots/slots.hpp"

#include <algorithm>

namespace jejak::understand {

void Subject::explain(Reading& reading, std::string_view slot, std::string_view value, std::size_t first,
                      std::size_t last, std::string_view because) const {
    if (!context.explain) return;
    std::string line = std::string(slot) + " " + std::string(value) + ": \"" + typed(first, last) + "\"";
    if (!because.empty()) line += ", " + std::string(because);
    reading.why.push_back(std::move(line));
    const auto& list = tokens.list;
    Mark mark{std::string(slot), std::string(value), list[first].begin, list[last].end, std::string(because)};
    const auto later = [](const Mark& one, const Mark& other) { return one.begin < other.begin; };
    reading.marks.insert(std::upper_bound(reading.marks.begin(), reading.marks.end(), mark, later), std::move(mark));
}

bool Subject::preceded_by(std::size_t at, WordClass one, std::size_t window) const {
    for (std::size_t n = 1; n <= window && at >= from + n; ++n) {
        if (is(at - n, one)) return true;
    }
    return false;
}

/// "bukan lewat plbn jam 5": the denial belongs to the cue that it begins, which ends before `at`.
static bool begins_cue(const Subject& subject, std::size_t denial, std::size_t at) {
    const auto begun = subject.hits_at(denial);
    return std::any_of(begun.begin(), begun.end(),
                       [&](const Hit& hit) { return hit.kind == Kind::category && hit.last < at; });
}

bool Subject::denied(std::size_t at) const {
    constexpr std::size_t window = 3;
    for (std::size_t n = 0; n <= window && at >= n; ++n) {
        const std::size_t i = at - n;
        if (n > 0 && is(i, WordClass::denial)) return !begins_cue(*this, i, at);
        const char before = tokens.list[i].before;
        const bool sentence = before == '.' && !tokens.list[i].tight;
        if (is(i, WordClass::contrast) || before == ',' || sentence || separates_fields(before)) return false;
    }
    return false;
}

}  // namespace jejak::understand
