#include "gateway/understand/confidence.hpp"

#include <algorithm>
#include <cmath>

namespace jejak::understand {
namespace {

/// A report's numbers speak of its category too: what it is about is guessed more often than that it is one.
double of_report(Basis basis, const Reading& reading) {
    const bool about = reading.category != Category::none;
    const bool placed = !reading.place.empty() || !reading.destination.empty();
    switch (basis) {
        case Basis::keyword:
            return !about ? 0.7 : placed ? 0.95 : 0.9;
        case Basis::typo:
            return !about ? 0.6 : 0.85;
        case Basis::told:
            return placed ? 0.9 : 0.85;
        default:
            return 0.65;
    }
}

}  // namespace

double confidence_of(Basis basis, float share, const Reading& reading) {
    constexpr double highest = 0.99;
    if (share > 0) return std::round(100.0 * std::min(static_cast<double>(share), highest)) / 100.0;
    if (reading.intent == Intent::report) return of_report(basis, reading);
    switch (basis) {
        case Basis::nothing:
            return 0;
        case Basis::small_talk:
            return 0.8;
        case Basis::few_words:
            return 0.4;
        case Basis::keyword:
        case Basis::plea:
        case Basis::alone:
            return 0.95;
        case Basis::spam:
        case Basis::suffering:
        case Basis::saying:
            return 0.9;
        case Basis::typo:
            return 0.8;
        case Basis::told:
        case Basis::hinted:
        case Basis::learned:
            return 0.65;
    }
    return 0;
}

}  // namespace jejak::understand
