#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

/// A gate or village before a district before a regency; the sender's own before others of its rank.
int rank(const Place& place, std::string_view own) {
    return static_cast<int>(place.code.size()) * 2 + (place.code == own ? 1 : 0);
}

}  // namespace

void find_place(const Subject& subject, Reading& reading) {
    const Hit* best = nullptr;
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::place) continue;
        const auto& places = subject.data.places;
        if (best == nullptr ||
            rank(places[hit.value], subject.context.place) > rank(places[best->value], subject.context.place))
            best = &hit;
    }
    if (best == nullptr) return;
    const Place& place = subject.data.places[best->value];
    reading.place = place.code;
    reading.place_name = place.name;
    subject.explain(reading, "place", place.name, best->first, best->last);
}

void find_destination(const Subject& subject, Reading& reading) {
    const Hit* best = nullptr;
    const auto is_country = [&](const Hit& hit) {
        const auto& destination = subject.data.destinations[hit.value];
        return destination.name == destination.country;
    };
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::destination || subject.preceded_by(hit.first, WordClass::from, 1)) continue;
        if (best == nullptr || (is_country(*best) && !is_country(hit))) best = &hit;
    }
    if (best == nullptr) return;
    reading.destination = subject.data.destinations[best->value].name;
    subject.explain(reading, "destination", reading.destination, best->first, best->last);
}

}  // namespace jejak::understand
