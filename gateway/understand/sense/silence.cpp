#include "gateway/understand/sense/silence.hpp"

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/sense/sufferer.hpp"

namespace jejak::understand {
namespace {

/// No clause begins between the two, the later of which is token `last`.
bool in_one_clause(const Subject& whole, std::size_t first, std::size_t last) {
    for (std::size_t i = first + 1; i <= last; ++i) {
        if (ends_clause(whole.tokens.list[i])) return false;
    }
    return true;
}

constexpr std::size_t behind_stop_max = 5;

/// "jangan sms dulu", "malam ini jangan sms", "jangan sms, nanti saya hubungi": said of what is not wanted, or just
/// behind.
bool said_for_now(const Subject& whole, const Hit& stop, const Hit& for_now) {
    if (for_now.first < stop.first) return in_one_clause(whole, for_now.first, stop.first);
    return for_now.first <= stop.last + behind_stop_max;
}

}  // namespace

bool tells_who(const Subject& whole) {
    for (std::size_t i = 0; i < whole.tokens.list.size(); ++i) {
        if (whole.is(i, WordClass::perpetrator)) return true;
    }
    return false;
}

Silence silence_of(const Subject& whole, const Hit* stop) {
    const auto& known = whole.data.known_notions;
    Silence silence;
    for (const Hit& hit : whole.hits) {
        if (hit.kind != Kind::notion || hit.negated) continue;
        if (hit.value == known.watched && silence.watched == nullptr) silence.watched = &hit;
        if (hit.value == known.no_answer && silence.no_answer == nullptr) silence.no_answer = &hit;
        if (hit.value == known.not_now) silence.not_now |= stop == nullptr || said_for_now(whole, *stop, hit);
    }
    silence.not_now = silence.not_now || tells_who(whole);
    return silence;
}

bool asks_for_silence(const Silence& silence, const Hit& stop) {
    const auto meets = [&](const Hit* other) {
        return other != nullptr && other->first <= stop.last && stop.first <= other->last;
    };
    return silence.watched != nullptr || silence.not_now || meets(silence.no_answer);
}

}  // namespace jejak::understand
