#include <algorithm>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint32_t adult = 18;
constexpr std::uint32_t oldest = 120;

void raise(Reading& reading, Flag flag) {
    reading.flags |= static_cast<Flags>(flag);
}

/// The token is a day, a week, a month or a year.
bool is_length_of_time(const Pack::Data& data, WordId word) {
    const auto node = data.step(0, word);
    if (node == 0) return false;
    return std::any_of(data.nodes[node].begin(), data.nodes[node].end(), [](const Meaning& meaning) {
        if (meaning.kind != Kind::time) return false;
        const auto unit = static_cast<TimeWord>(meaning.value);
        return unit == TimeWord::day || unit == TimeWord::week || unit == TimeWord::month || unit == TimeWord::year;
    });
}

/// What is kept up over days when a text says for how long: people held, not people who left.
bool goes_on(Category category) {
    return category == Category::harbouring || category == Category::foreign_entry ||
           category == Category::online_scam || category == Category::labour_exploitation ||
           category == Category::sexual_exploitation || category == Category::other_exploitation;
}

/// "sudah 3 hari", "sejak 2 minggu": it has lasted, and does.
void find_ongoing(const Subject& subject, Reading& reading) {
    if (!goes_on(reading.category) && !goes_on(reading.second)) return;
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from; i + 2 < list.size(); ++i) {
        if (!subject.is(i, WordClass::since) || list[i + 1].number == no_number) continue;
        if (!is_length_of_time(subject.data, list[i + 2].meant)) continue;
        raise(reading, Flag::ongoing);
        subject.explain(reading, "flag", "ongoing", i, i + 2);
        return;
    }
}

/// An age says of whom a text tells whether they are grown, whatever they are called.
void find_ages(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    bool grown = reading.age && *reading.age >= adult, minor = reading.age && *reading.age < adult;
    for (std::size_t i = subject.from; i + 1 < list.size(); ++i) {
        if (!subject.is(i, WordClass::age)) continue;
        const std::size_t at = list[i + 1].number == no_number && i + 2 < list.size() ? i + 2 : i + 1;
        const auto age = list[at].number;
        if (age == no_number || age > oldest) continue;
        (age < adult ? minor : grown) = true;
        const bool own =
            subject.preceded_by(i, WordClass::first_person, 1) && !subject.preceded_by(i, WordClass::kin, 2);
        if (age < adult && (own || subject.is(i + 1, WordClass::first_person))) raise(reading, Flag::minor_reporter);
        subject.explain(reading, "age", std::to_string(age), i, at);
    }
    if (minor) raise(reading, Flag::minor_involved);
    if (grown && !minor) reading.flags &= ~static_cast<Flags>(Flag::minor_involved);
}

/// Under age are children that are counted, "2 anak", "anak2": a sender's own child may be grown.
void find_children(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    if (reading.children.value_or(0) > 0) raise(reading, Flag::minor_involved);
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        if (!subject.is(i, WordClass::child)) continue;
        const bool freed = std::any_of(subject.hits.begin(), subject.hits.end(), [&](const Hit& hit) {
            return hit.kind == Kind::flag && hit.value == flag_none && hit.first <= i && i <= hit.last;
        });
        const bool several = list[i].repeated || (i > subject.from && list[i - 1].meant == list[i].meant) ||
                             (i > subject.from && list[i - 1].number != no_number && list[i - 1].digits <= 3);
        const bool own = subject.is(i + 1, WordClass::first_person) || subject.is(i + 1, WordClass::polite);
        if (freed || own || (!several && subject.is(i, WordClass::kin) && !subject.preceded_by(i, WordClass::moves, 3)))
            continue;
        raise(reading, Flag::minor_involved);
        subject.explain(reading, "flag", "minor_involved", i, i);
        return;
    }
}

void find_phrased(const Subject& subject, Reading& reading) {
    for (const Hit& hit : subject.hits) {
        if (hit.negated) continue;
        if (hit.kind == Kind::indicator) {
            const auto& name = subject.data.indicators[hit.value];
            if (std::find(reading.indicators.begin(), reading.indicators.end(), name) != reading.indicators.end())
                continue;
            reading.indicators.push_back(name);
            subject.explain(reading, "indicator", name, hit.first, hit.last);
        }
        if (hit.kind == Kind::flag && hit.value != flag_none && (reading.flags >> hit.value & 1) == 0) {
            reading.flags |= 1u << hit.value;
            subject.explain(reading, "flag", flag_names(1u << hit.value)[0], hit.first, hit.last);
        }
    }
}

}  // namespace

void find_flags(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    find_phrased(subject, reading);
    find_children(subject, reading);
    find_ages(subject, reading);
    find_ongoing(subject, reading);
    const std::uint32_t people = reading.people_max.value_or(reading.people.value_or(0));
    const bool crowd = std::any_of(list.begin() + static_cast<std::ptrdiff_t>(subject.from), list.end(),
                                   [&](const Token& token) { return subject.data.is(token.meant, WordClass::many); });
    if (people >= subject.data.mass || (crowd && !reading.people)) raise(reading, Flag::mass);
    const auto& when = reading.when;
    const bool soon = when.at && *when.at > subject.context.received_at;
    const bool soon_span = when.since && when.until && *when.until > subject.context.received_at && !when.past;
    if (when.now || soon || soon_span) raise(reading, Flag::imminent);
}

}  // namespace jejak::understand
