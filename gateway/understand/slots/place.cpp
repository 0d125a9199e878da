#include <algorithm>

#include "gateway/understand/intents.hpp"
#include "gateway/understand/slots/figures.hpp"

/// Where it happens and where it leads to. The words before a name tell which: "di", "dekat" where it happens, "dari"
/// where it begins, "ke", "arah" where it goes.
namespace jejak::understand {
namespace {

/// How a place is named, from the worst to the best answer to where.
enum class Manner : std::uint8_t { towards, from, bare, via, at };

constexpr std::size_t village_code = 13;

/// How the text names the place of a hit.
Manner manner_of(const Subject& subject, const Hit& hit) {
    constexpr std::size_t window = 3;
    if (hit.last > hit.first) {  // "di lawas", "ke kucing": the word is part of the spelling
        if (subject.is(hit.first, WordClass::towards)) return Manner::towards;
        if (subject.is(hit.first, WordClass::from)) return Manner::from;
        if (subject.is(hit.first, WordClass::at)) return Manner::at;
    }
    for (std::size_t n = 1; n <= window && hit.first >= subject.from + n; ++n) {
        const std::size_t at = hit.first - n;
        // "ke desa sebunga", "di dekat sebunga": words of kinds of places stand between
        if (subject.is(at, WordClass::at)) {
            // "ke dekat sebunga"
            return at > subject.from && subject.is(at - 1, WordClass::towards) ? Manner::towards : Manner::at;
        }
        if (subject.is(at, WordClass::towards)) {
            // "dari arah malaysia"
            return at > subject.from && subject.is(at - 1, WordClass::from) ? Manner::from : Manner::towards;
        }
        if (subject.is(at, WordClass::from)) return Manner::from;
        if (subject.is(at, WordClass::via)) return Manner::via;
        const bool people = subject.is(at, WordClass::person) && !subject.is(at, WordClass::pronoun);
        if (n == 1 && people) return Manner::from;  // "orang kaliau"
        if (!subject.is(at, WordClass::village) && !subject.is(at, WordClass::sort) && n > 1) break;
        const char before = subject.tokens.list[at + 1].before;
        if (separates_fields(before) || before == ',' || before == '.') break;
    }
    return Manner::bare;
}

bool is_country(const Subject& subject, const Hit& hit) {
    const auto& destination = subject.data.destinations[hit.value];
    return destination.name == destination.country;
}

/// "kucing saya", "bau sekali", "ke sebelah rumah": an everyday word.
bool is_everyday(const Subject& subject, const Hit& hit) {
    const std::size_t next = hit.last + 1;
    if (!subject.is(hit.last, WordClass::everyday) || next >= subject.tokens.list.size()) return false;
    const bool beside = hit.kind == Kind::destination && is_country(subject, hit) &&
                        (subject.is(next, WordClass::surroundings) || subject.is(next, WordClass::building));
    return (beside || subject.is(next, WordClass::no_place)) && subject.tokens.list[next].before == ' ';
}

/// "jam 10 waktu malaysia": by whose clock, and no place.
bool tells_the_clock(const Subject& subject, const Hit& hit) {
    return covered_by(subject, hit.first, [](const Hit& one) {
        return one.kind == Kind::time && one.value == static_cast<std::uint16_t>(TimeWord::abroad_time);
    });
}

/// "nelpon dari miri": whoever calls is there.
bool called_from(const Subject& subject, const Hit& hit) {
    constexpr std::size_t window = 4;
    for (std::size_t n = 2; n <= window && hit.first >= subject.from + n; ++n) {
        if (subject.is(hit.first - n, WordClass::by_phone)) return true;
    }
    return false;
}

/// One place of the pack as the text names it.
struct Named {
    const Hit* hit = nullptr;
    Manner manner = Manner::bare;
    bool own = false;  ///< the sender's village, or in the sender's district
};

std::vector<Named> named(const Subject& subject, Kind kind) {
    std::vector<Named> all;
    for (const Hit& hit : subject.hits) {
        if (hit.kind != kind || subject.denied(hit.first) || is_everyday(subject, hit) || tells_the_clock(subject, hit))
            continue;
        all.push_back({&hit, manner_of(subject, hit), false});
    }
    return all;
}

/// A village lies in its district: "di sajingan, desa sanatab" names one place.
bool lies_in(std::string_view code, std::string_view area) {
    return code.size() > area.size() && code.starts_with(area) && code[area.size()] == '.';
}

bool better(const Subject& subject, const Named& one, const Named& other) {
    const auto& places = subject.data.places;
    const auto& mine = places[one.hit->value].code;
    const auto& theirs = places[other.hit->value].code;
    if (lies_in(mine, theirs)) return true;
    if (lies_in(theirs, mine)) return false;
    if (one.own != other.own && one.hit->first == other.hit->first) return one.own;
    if (one.manner != other.manner) {
        // A whole regency where it happens says less than the village it began in.
        const bool vague = mine.size() < 8 && theirs.size() == village_code && other.manner != Manner::towards;
        const bool vaguer = theirs.size() < 8 && mine.size() == village_code && one.manner != Manner::towards;
        if (vague != vaguer) return vaguer;
        return one.manner > other.manner;
    }
    if (mine.size() != theirs.size()) return mine.size() > theirs.size();
    return one.own && !other.own;
}

bool speaks_of_here(const Subject& subject) {
    return std::any_of(subject.hits.begin(), subject.hits.end(), [](const Hit& hit) {
        return hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(Remark::here);
    });
}

/// The sender's own village, when that is what the text speaks of.
void take_own_place(const Subject& subject, Reading& reading) {
    const auto& own = subject.context.place;
    if (own.empty()) return;
    const bool told = reading.intent == Intent::report || reading.intent == Intent::sos;
    const bool meant = speaks_of_here(subject) || (of_the_village(subject.context.role) && told);
    if (!meant) return;
    reading.place = own;
    const auto found = subject.data.place_by_code.find(own);
    if (found != subject.data.place_by_code.end()) reading.place_name = subject.data.places[found->second].name;
    if (subject.context.explain) reading.why.push_back("place " + own + ": the sender's own village");
}

/// "di plbn": the one gate in the sender's district.
void take_own_gate(const Subject& subject, Reading& reading) {
    constexpr std::size_t district_code = 8;
    const std::string_view own = subject.context.place;
    const bool named = std::any_of(subject.hits.begin(), subject.hits.end(), [](const Hit& hit) {
        return hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(Remark::gate);
    });
    if (!named || own.size() < district_code || !reading.place.empty()) return;
    const Place* gate = nullptr;
    for (const Place& place : subject.data.places) {
        if (!place.gate || !lies_in(place.code, own.substr(0, district_code))) continue;
        if (gate != nullptr && gate->code != place.code) return;
        gate = &place;
    }
    if (gate == nullptr) return;
    reading.place = gate->code;
    reading.place_name = gate->name;
    if (subject.context.explain) reading.why.push_back("place " + gate->name + ": the gate of the sender's district");
}

/// Things that happen where people are, not where they are promised to go.
bool happens_there(const Subject& subject, const Reading& reading, const Named& named) {
    switch (reading.intent) {
        case Intent::sos:
        case Intent::arrived:
        case Intent::position:
        case Intent::safe:
            return named.manner != Manner::towards && named.manner != Manner::from;
        case Intent::report:
            break;
        default:
            return false;
    }
    switch (reading.category) {
        case Category::labour_exploitation:
        case Category::sexual_exploitation:
        case Category::online_scam:
            return named.manner != Manner::towards && named.manner != Manner::from;
        case Category::harbouring:
        case Category::missing_person:
        case Category::other_exploitation:
        case Category::foreign_entry:
            return named.manner == Manner::at;
        default:
            // "kerja di kuching" is where somebody would go
            return named.manner == Manner::at && !subject.preceded_by(named.hit->first, WordClass::work, 3) &&
                   has(reading.flags, Flag::from_abroad);
    }
}

/// "REKOM#nama#MY#…": a field that is the code of a country.
void take_country_code(const Subject& subject, Reading& reading) {
    constexpr std::size_t code_letters = 2;
    const auto& list = subject.tokens.list;
    if (reading.intent != Intent::recommendation) return;
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        const bool field =
            separates_fields(list[i].before) && (i + 1 == list.size() || separates_fields(list[i + 1].before));
        if (!field || list[i].text.size() != code_letters) continue;
        for (const Destination& one : subject.data.destinations) {
            if (fold(one.country) != list[i].text) continue;
            reading.destination = one.country;
            return subject.explain(reading, "destination", one.country, i, i, "a country's code");
        }
    }
}

}  // namespace

bool is_origin(const Subject& subject, const Reading& reading) {
    bool origin = false;
    for (const Named& one : named(subject, Kind::place)) {
        if (subject.data.places[one.hit->value].code != reading.place) continue;
        if (one.manner != Manner::from) return false;
        origin = true;
    }
    return origin;
}

void find_place(const Subject& subject, Reading& reading) {
    auto all = named(subject, Kind::place);
    const std::string_view own = subject.context.place;
    for (Named& one : all) {
        const auto& code = subject.data.places[one.hit->value].code;
        one.own = !own.empty() && (code == own || own.substr(0, 8) == std::string_view(code).substr(0, 8));
    }
    const Named* best = nullptr;
    for (const Named& one : all) {
        if (best == nullptr || better(subject, one, *best)) best = &one;
    }
    if (best == nullptr) take_own_gate(subject, reading);
    const bool leads_there = best != nullptr && best->manner == Manner::towards;
    if (best == nullptr || (leads_there && speaks_of_here(subject))) take_own_place(subject, reading);
    if (best == nullptr || !reading.place.empty()) return;
    const Place& place = subject.data.places[best->hit->value];
    reading.place = place.code;
    reading.place_name = place.name;
    static constexpr std::string_view because[] = {"where it goes", "where it comes from", "a place of the pack",
                                                   "on the way", "where it happens"};
    subject.explain(reading, "place", place.name, best->hit->first, best->hit->last,
                    because[static_cast<std::size_t>(best->manner)]);
}

void find_destination(const Subject& subject, Reading& reading) {
    const auto all = named(subject, Kind::destination);
    const Named* best = nullptr;
    for (const Named& one : all) {
        if (one.manner == Manner::from && !called_from(subject, *one.hit)) continue;
        if (best == nullptr) {
            best = &one;
            continue;
        }
        const bool country = is_country(subject, *one.hit), known_country = is_country(subject, *best->hit);
        if (country != known_country ? known_country : one.manner == Manner::towards && best->manner != Manner::towards)
            best = &one;
    }
    if (best == nullptr) take_country_code(subject, reading);
    if (best != nullptr) {
        reading.destination = subject.data.destinations[best->hit->value].name;
        subject.explain(reading, "destination", reading.destination, best->hit->first, best->hit->last);
    }
    if (!reading.place.empty() && !is_origin(subject, reading)) return;
    const Named* there = nullptr;
    for (const Named& one : all) {
        if (is_country(subject, *one.hit) || !happens_there(subject, reading, one)) continue;
        if (there == nullptr || one.manner > there->manner) there = &one;
    }
    if (there == nullptr) return;
    reading.place.clear();
    reading.place_name = subject.data.destinations[there->hit->value].name;
    if (reading.destination.empty() || best == nullptr || best->manner != Manner::towards)
        reading.destination = reading.place_name;
    subject.explain(reading, "place_name", reading.place_name, there->hit->first, there->hit->last,
                    "it happens abroad");
}

}  // namespace jejak::understand
