#include "gateway/understand/confidence.hpp"

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

double confidence_of(Basis basis, const Reading& reading) {
    if (reading.intent == Intent::report) return of_report(basis, reading);
    switch (basis) {
        case Basis::nothing:
            return 0;
        case Basis::small_talk:
            return 0.8;
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
            return 0.65;
    }
    return 0;
}

}  // namespace jejak::understand
