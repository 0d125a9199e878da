#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
#include "protocol/ascii.hpp"

namespace jejak::understand {

/// A plate's letters, digits and letters again, each a token or part of one: "KB 1234 XY", "kb1234xy".
std::optional<Plate> plate_at(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    const bool digits_follow = at + 1 < list.size() && !list[at + 1].letters;
    if (list[at].letters && (list[at].text.size() > 3 || !digits_follow)) return std::nullopt;  // as most words
    const std::size_t letters = std::min(list[at].text.find_first_of("0123456789"), list[at].text.size());
    if (letters == 0 || letters > 3) return std::nullopt;
    const WordId prefix = subject.data.find(list[at].text.substr(0, letters));
    if (prefix == 0 || !subject.data.is(subject.data.traits[prefix].canonical, WordClass::plate)) return std::nullopt;
    std::string rest(list[at].text.substr(letters));
    std::size_t last = at;
    while (last + 1 < list.size() && last < at + 2 && rest.size() < 5 && !separates_fields(list[last + 1].before)) {
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
    const bool named = subject.preceded_by(at, WordClass::plate_word, 2);  // "plat kb 1234"
    if (digits == 0 || digits > 4 || tail > 3 || !tail_letters || (tail == 0 && letters < 3 && !named) ||
        (letters == 1 && digits < 3))
        return std::nullopt;
    Plate plate{std::string(list[at].text.substr(0, letters)) + ' ' + rest.substr(0, digits) +
                    (tail > 0 ? ' ' + rest.substr(digits) : ""),
                at, last};
    plate.text = upper_case(plate.text);
    return plate;
}

/// "turun dari truk lalu jalan kaki": what people leave behind, if they go on with something else.
static bool left_behind(const Subject& subject, const Hit& hit) {
    return hit.first >= subject.from + 2 && subject.is(hit.first - 1, WordClass::from) &&
           subject.is(hit.first - 2, WordClass::gets_off);
}

void find_vehicle(const Subject& subject, Reading& reading) {
    const Hit* best = nullptr;
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::vehicle || subject.preceded_by(hit.first, WordClass::negation, 2)) continue;
        if (best != nullptr && best->value == hit.value) continue;
        best = &hit;
        if (!left_behind(subject, hit)) break;
    }
    if (best != nullptr) {
        reading.vehicle = subject.data.vehicles[best->value];
        subject.explain(reading, "vehicle", reading.vehicle, best->first, best->last);
    }
    if (const auto& plate = figures_of(subject).plate) {
        reading.plate = plate->text;
        subject.explain(reading, "plate", plate->text, plate->first, plate->last, "letters and digits of a plate");
    }
}

}  // namespace jejak::understand
