#include "gateway/understand/sense/bygone.hpp"

#include <algorithm>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/sense/sufferer.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t now_before = 3, now_behind = 2;  // words beside good news that say that they are of now
constexpr std::size_t once_window = 3;                 // and before what is suffered, that it is of long ago

bool says_now(const Subject& whole, std::size_t at) {
    const auto hits = whole.hits_at(at);
    return std::any_of(hits.begin(), hits.end(), [](const Hit& hit) {
        return hit.kind == Kind::time && hit.value == static_cast<std::uint16_t>(TimeWord::now);
    });
}

/// "skrg aman", "sudah pulang", "skrg di rumah kawan, aman": the good news behind token `at` are of now.
bool of_now(const Subject& whole, std::size_t at, const Hit& news) {
    const auto& list = whole.tokens.list;
    std::size_t first = news.first, last = news.last;
    while (first > 0 && news.first - first < now_before && !ends_clause(list[first])) --first;
    while (last + 1 < list.size() && last - news.last < now_behind && !ends_clause(list[last + 1])) ++last;
    for (std::size_t i = at + 1; i <= last; ++i) {
        if (says_now(whole, i) || (i >= first && whole.is(i, WordClass::since))) return true;
    }
    return false;
}

/// A clause begins between the two tokens, or a new time.
bool in_two_clauses(const Subject& whole, std::size_t first, std::size_t last) {
    for (std::size_t i = first + 1; i <= last; ++i) {
        if (ends_clause(whole.tokens.list[i]) || whole.is(i, WordClass::contrast) || says_now(whole, i)) return true;
    }
    return false;
}

}  // namespace

bool ends_well(const Subject& whole, std::size_t at) {
    return std::any_of(whole.hits.begin(), whole.hits.end(), [&](const Hit& hit) {
        const bool good = hit.value == static_cast<std::uint16_t>(Intent::safe) ||
                          hit.value == static_cast<std::uint16_t>(Intent::returned);
        return hit.kind == Kind::saying && good && !hit.negated && hit.first > at && of_now(whole, at, hit) &&
               in_two_clauses(whole, at, hit.first);
    });
}

bool lies_behind(const Subject& whole, const Hit& suffered) {
    return whole.preceded_by(suffered.first, WordClass::once, once_window) && ends_well(whole, suffered.last);
}

}  // namespace jejak::understand
