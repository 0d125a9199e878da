#include <algorithm>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
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
            !subject.preceded_by(hit.first, WordClass::negation, 1)) {
            reading.flags |= 1u << hit.value;
            subject.explain(reading, "flag", flag_names(1u << hit.value)[0], hit.first, hit.last);
        }
    }
    bool grown = false, minor = false;
    for (std::size_t i = subject.from; i + 1 < list.size(); ++i) {
        if (!subject.is(i, WordClass::age)) continue;
        const auto age = list[i + 1].number;
        if (age == no_number || age > 120) continue;
        (age < adult ? minor : grown) = true;
        subject.explain(reading, "age", std::to_string(age), i, i + 1);
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
