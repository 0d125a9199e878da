#include "gateway/understand/slots.hpp"

#include <algorithm>
#include <array>

#include "protocol/sms/msisdn.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint32_t people_most = 5000;  // beyond it a number is no count of people
constexpr std::size_t correctable_letters_min = 5;
constexpr std::uint8_t category_points_min = 2;

void explain(const Subject& subject, Reading& reading, std::string_view slot, std::string_view value, std::size_t first,
             std::size_t last) {
    if (!subject.context.explain) return;
    reading.why.push_back(std::string(slot) + " " + std::string(value) + ": \"" + subject.typed(first, last) + "\"");
}

bool has_letters(const Token& token) {
    return token.letters;
}

/// The word a token stands for in a phrase: its own, or the place's word it is one typo away from.
WordId word_of(const Pack::Data& data, const Token& token) {
    if (token.word != 0) return token.word;
    if (!has_letters(token) || token.text.size() < correctable_letters_min) return 0;
    const WordId meant = correct(data, data.near_places, token.text);
    // A first letter is rarely mistyped, and often makes another word.
    if (meant == 0 || data.spelling[meant][0] != token.text[0]) return 0;
    return data.traits[meant].canonical;
}

/// A gate or village before a district before a regency; the sender's own before others of its rank.
int rank(const Place& place, std::string_view own) {
    return static_cast<int>(place.code.size()) * 2 + (place.code == own ? 1 : 0);
}

bool preceded_by(const Subject& subject, std::size_t at, WordClass one, std::size_t window) {
    for (std::size_t n = 1; n <= window && at >= subject.from + n; ++n) {
        if (subject.is(at - n, one)) return true;
    }
    return false;
}

}  // namespace

std::vector<Hit> find_phrases(const Pack::Data& data, const Tokens& tokens, std::size_t from) {
    std::vector<Hit> hits;
    const auto& list = tokens.list;
    std::vector<WordId> words(list.size());
    for (std::size_t i = from; i < list.size(); ++i) words[i] = word_of(data, list[i]);
    std::array<std::size_t, kind_count> covered{};
    for (std::size_t i = from; i < list.size(); ++i) {
        std::array<std::uint32_t, kind_count> best{};
        std::array<std::size_t, kind_count> last{};
        std::uint32_t node = 0;
        for (std::size_t j = i; j < list.size() && j < i + phrase_words_max && words[j] != 0; ++j) {
            if (j > i && separates_fields(list[j].before)) break;
            node = data.step(node, words[j]);
            if (node == 0) break;
            for (const Meaning& meaning : data.nodes[node]) {
                best[static_cast<std::size_t>(meaning.kind)] = node;
                last[static_cast<std::size_t>(meaning.kind)] = j;
            }
        }
        for (std::size_t kind = static_cast<std::size_t>(Kind::category); kind < kind_count; ++kind) {
            if (best[kind] == 0 || i < covered[kind]) continue;
            covered[kind] = last[kind] + 1;
            for (const Meaning& meaning : data.nodes[best[kind]]) {
                if (static_cast<std::size_t>(meaning.kind) != kind) continue;
                hits.push_back({meaning.kind, meaning.value, meaning.weight, static_cast<std::uint32_t>(i),
                                static_cast<std::uint32_t>(last[kind])});
            }
        }
    }
    return hits;
}

void find_category(const Subject& subject, Reading& reading) {
    std::array<unsigned, 64> points{};
    std::array<const Hit*, 64> because{};
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::category || preceded_by(subject, hit.first, WordClass::negation, 2)) continue;
        points[hit.value] += hit.weight;
        if (because[hit.value] == nullptr || because[hit.value]->weight < hit.weight) because[hit.value] = &hit;
    }
    const auto best = std::max_element(points.begin(), points.end());
    if (*best < category_points_min) return;
    const auto index = static_cast<std::size_t>(best - points.begin());
    reading.category = static_cast<Category>(index);
    explain(subject, reading, "category", to_string(reading.category), because[index]->first, because[index]->last);
}

void find_people(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    std::size_t at_best = 0;
    const auto offer = [&](std::uint32_t least, std::uint32_t most, std::size_t at) {
        if (least == 0 || least > people_most || most > people_most || (reading.people && *reading.people >= least))
            return;
        reading.people = least;
        reading.people_max = most > least ? std::optional(most) : std::nullopt;
        at_best = at;
    };
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        const std::uint32_t number = list[i].number;
        if (number == no_number || list[i].digits > 4) continue;
        const bool counted = subject.is(i, WordClass::person);  // "bertiga" counts by itself
        const bool beside = subject.is(i + 1, WordClass::person) || subject.is(i + 1, WordClass::child);
        const bool bracketed =
            i + 2 < list.size() && list[i + 1].number == number && subject.is(i + 2, WordClass::person);
        const bool after = i > subject.from && subject.is(i - 1, WordClass::person) && list[i].digits > 0 &&
                           (i + 1 == list.size() || separates_fields(list[i + 1].before));
        if (!counted && !beside && !bracketed && !after) continue;
        std::uint32_t least = number;
        if (i > subject.from && beside) {  // "5-6 org", "5 sampai 6 org"
            const bool dash = list[i].before == '-' && list[i].tight;
            const std::size_t first = dash                                                           ? i - 1
                                      : i >= subject.from + 2 && subject.is(i - 1, WordClass::range) ? i - 2
                                                                                                     : i;
            if (first != i && list[first].number != no_number && list[first].number < number && list[first].digits <= 4)
                least = list[first].number;
        }
        offer(least, number, i);
    }
    for (std::size_t i = subject.from; i < list.size() && !reading.people; ++i) {  // a form's field that is a number
        const bool field =
            separates_fields(list[i].before) && (i + 1 == list.size() || separates_fields(list[i + 1].before));
        if (field && list[i].number != no_number && list[i].digits <= 4) offer(list[i].number, list[i].number, i);
    }
    if (reading.people) explain(subject, reading, "people", std::to_string(*reading.people), at_best, at_best);
}

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
    explain(subject, reading, "place", place.name, best->first, best->last);
}

void find_destination(const Subject& subject, Reading& reading) {
    const Hit* best = nullptr;
    const auto is_country = [&](const Hit& hit) {
        const auto& destination = subject.data.destinations[hit.value];
        return destination.name == destination.country;
    };
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::destination || preceded_by(subject, hit.first, WordClass::from, 1)) continue;
        if (best == nullptr || (is_country(*best) && !is_country(hit))) best = &hit;
    }
    if (best == nullptr) return;
    reading.destination = subject.data.destinations[best->value].name;
    explain(subject, reading, "destination", reading.destination, best->first, best->last);
}

namespace {

/// A plate's letters, digits and letters again, each a token or part of one: "KB 1234 XY", "kb1234xy".
void find_plate(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        const std::size_t letters = std::min(list[i].text.find_first_of("0123456789"), list[i].text.size());
        if (letters == 0 || letters > 3) continue;
        const WordId prefix = subject.data.find(list[i].text.substr(0, letters));
        if (prefix == 0 || !subject.data.is(subject.data.traits[prefix].canonical, WordClass::plate)) continue;
        std::string rest(list[i].text.substr(letters));
        std::size_t last = i;
        while (last + 1 < list.size() && last < i + 2 && rest.size() < 5 && !separates_fields(list[last + 1].before)) {
            const Token& next = list[last + 1];
            if (rest.empty() ? next.digits == 0 && next.text.find_first_of("0123456789") != 0
                             : !next.letters || next.word != 0 || next.text.size() > 3)
                break;
            rest += next.text;
            ++last;
        }
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const std::size_t tail = rest.size() - digits;
        const bool tail_letters = rest.find_first_of("0123456789", digits) == rest.npos;
        if (digits == 0 || digits > 4 || tail > 3 || !tail_letters || (tail == 0 && letters < 3) ||
            (letters == 1 && digits < 3))
            continue;
        std::string plate = std::string(list[i].text.substr(0, letters)) + ' ' + rest.substr(0, digits) +
                            (tail > 0 ? ' ' + rest.substr(digits) : "");
        for (char& c : plate) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        reading.plate = std::move(plate);
        explain(subject, reading, "plate", reading.plate, i, last);
        return;
    }
}

}  // namespace

void find_vehicle(const Subject& subject, Reading& reading) {
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::vehicle) continue;
        reading.vehicle = subject.data.vehicles[hit.value];
        explain(subject, reading, "vehicle", reading.vehicle, hit.first, hit.last);
        break;
    }
    find_plate(subject, reading);
}

FoundPhone phone_at(const Pack::Data& data, const Tokens& tokens, std::size_t at) {
    constexpr std::size_t digits_least = 9, digits_most = 15;
    const auto& list = tokens.list;
    if (at >= list.size() || list[at].digits == 0) return {};
    std::string raw = list[at].before == '+' ? "+" : "";
    std::size_t digits = 0, next = at;
    while (next < list.size() && list[next].digits > 0 && digits + list[next].digits <= digits_most &&
           (next == at || list[next].before == '-' || list[next].before == ' ' || list[next].before == '.')) {
        raw += list[next].text;
        digits += list[next].digits;
        ++next;
    }
    if (digits < digits_least || (raw[0] != '0' && raw[0] != '6' && raw[0] != '+')) return {};
    const auto number = sms::normalise(raw, sms::Ton::unknown, data.country_code);
    if (number.kind != sms::Originator::Kind::msisdn) return {};
    return {number.address, next};
}

void find_recruiter(const Subject& subject, Reading& reading) {
    constexpr std::size_t name_words_max = 3;
    const bool about_one = reading.category == Category::recruitment || reading.category == Category::broker_fraud;
    if (!about_one) return;
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        if (reading.recruiter_phone.empty()) {
            reading.recruiter_phone = phone_at(subject.data, subject.tokens, i).number;
        }
        if (!reading.recruiter.empty() || !subject.is(i, WordClass::title)) continue;
        std::size_t last = i;
        while (last + 1 < list.size() && last < i + name_words_max && list[last + 1].letters &&
               list[last + 1].word == 0 && list[last + 1].before == ' ')
            ++last;
        if (last == i) continue;
        reading.recruiter = fold(subject.typed(i, last));
        explain(subject, reading, "recruiter", "named", i, last);
    }
}

void find_flags(const Subject& subject, Reading& reading) {
    constexpr std::uint32_t adult = 18;
    const auto& list = subject.tokens.list;
    for (const Hit& hit : subject.hits) {
        if (hit.kind == Kind::indicator) {
            const auto& name = subject.data.indicators[hit.value];
            if (std::find(reading.indicators.begin(), reading.indicators.end(), name) == reading.indicators.end())
                reading.indicators.push_back(name);
        }
        if (hit.kind == Kind::flag && hit.value != flag_none &&
            !preceded_by(subject, hit.first, WordClass::negation, 1)) {
            reading.flags |= 1u << hit.value;
            explain(subject, reading, "flag", flag_names(1u << hit.value)[0], hit.first, hit.last);
        }
    }
    bool grown = false, minor = false;
    for (std::size_t i = subject.from; i + 1 < list.size(); ++i) {
        if (!subject.is(i, WordClass::age)) continue;
        const auto age = list[i + 1].number;
        if (age == no_number || age > 120) continue;
        (age < adult ? minor : grown) = true;
        explain(subject, reading, "age", std::to_string(age), i, i + 1);
    }
    if (minor) reading.flags |= static_cast<Flags>(Flag::minor_involved);
    if (grown && !minor) reading.flags &= ~static_cast<Flags>(Flag::minor_involved);
    const std::uint32_t people = reading.people_max.value_or(reading.people.value_or(0));
    const bool crowd = std::any_of(list.begin() + static_cast<std::ptrdiff_t>(subject.from), list.end(),
                                   [&](const Token& token) { return subject.data.is(token.word, WordClass::many); });
    if (people >= subject.data.mass || (crowd && !reading.people)) reading.flags |= static_cast<Flags>(Flag::mass);
    const auto& when = reading.when;
    const bool soon = when.at && *when.at > subject.context.received_at;
    const bool soon_span = when.since && *when.until > subject.context.received_at && !when.past;
    if (when.now || soon || soon_span) reading.flags |= static_cast<Flags>(Flag::imminent);
}

}  // namespace jejak::understand
