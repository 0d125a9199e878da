#include <algorithm>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
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
        subject.explain(reading, "plate", reading.plate, i, last);
        return;
    }
}

}  // namespace

void find_vehicle(const Subject& subject, Reading& reading) {
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::vehicle) continue;
        reading.vehicle = subject.data.vehicles[hit.value];
        subject.explain(reading, "vehicle", reading.vehicle, hit.first, hit.last);
        break;
    }
    find_plate(subject, reading);
}

}  // namespace jejak::understand
