#include <algorithm>

#include "gateway/understand/sense/sufferer.hpp"
#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint32_t oldest = 120;

void raise(Reading& reading, Flag flag) {
    reading.flags |= static_cast<Flags>(flag);
}

bool is_flag(const Hit& hit, Flag flag) {
    return hit.value != flag_none && 1u << (hit.value & 31) == static_cast<Flags>(flag);
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

/// "aku baru 17", "anak saya masih 15", "saya 14.": a number that ends its clause behind "saya", with no unit.
std::optional<std::uint32_t> bare_age(const Subject& subject) {
    constexpr std::uint32_t youngest = 10, youth_most = 25;
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from + 1; i < list.size(); ++i) {
        if (list[i].number == no_number || list[i].digits != 2) continue;
        if (list[i].number < youngest || list[i].number > youth_most) continue;
        const bool closes = i + 1 >= list.size() || ends_clause(list[i + 1]) || subject.is(i + 1, WordClass::polite);
        const bool just = i >= 2 && subject.is(i - 1, WordClass::still);
        const std::size_t whose = just ? i - 2 : i - 1;
        const bool alone = subject.is(whose, WordClass::first_person) && !subject.is(whose, WordClass::several);
        if (!closes || !alone || ends_clause(list[i])) continue;
        if (just || whose == subject.from || ends_clause(list[whose])) return list[i].number;
    }
    return std::nullopt;
}

/// The age behind the "umur" at token `at`, and its number's token: the one that was read there, or, in words that no
/// age is told in, a number after one more word: "umur nya 15".
std::optional<std::pair<std::uint32_t, std::size_t>> age_behind(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    for (const Age& age : figures_of(subject).ages) {
        if (age.first == at) return std::pair(age.years, age.last);
    }
    const std::size_t number = list[at + 1].number == no_number && at + 2 < list.size() ? at + 2 : at + 1;
    const auto years = list[number].number;
    const bool in_years = number + 1 >= list.size() || !is_length_of_time(subject.data, list[number + 1].meant) ||
                          is_time(subject, number + 1, TimeWord::year);
    if (years == no_number || years > oldest || !in_years) return std::nullopt;
    return std::pair(years, number);
}

/// An age says of whom a text tells whether they are grown, whatever they are called.
void find_ages(const Subject& subject, Reading& reading) {
    bool grown = reading.age && *reading.age >= adult_age, minor = reading.age && *reading.age < adult_age;
    for (std::size_t i = subject.from; i + 1 < subject.tokens.list.size(); ++i) {
        if (!subject.is(i, WordClass::age) || age_of_a_thing(subject, i)) continue;
        const auto told = age_behind(subject, i);
        if (!told) continue;
        const auto [age, at] = *told;
        (age < adult_age ? minor : grown) = true;
        const bool own =
            subject.preceded_by(i, WordClass::first_person, 1) && !subject.preceded_by(i, WordClass::kin, 2);
        if (age < adult_age && (own || subject.is(i + 1, WordClass::first_person)))
            raise(reading, Flag::minor_reporter);
        subject.explain(reading, "age", std::to_string(age), i, at);
    }
    if (const auto years = bare_age(subject)) (*years < adult_age ? minor : grown) = true;
    if (minor) raise(reading, Flag::minor_involved);
    if (grown && !minor) reading.flags &= ~static_cast<Flags>(Flag::minor_involved);
}

/// Under age are children that are counted, "2 anak", "anak2": a sender's own child may be grown.
void find_children(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    if (reading.children.value_or(0) > 0) raise(reading, Flag::minor_involved);
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        if (!subject.is(i, WordClass::child)) continue;
        const bool freed =
            covered_by(subject, i, [](const Hit& hit) { return hit.kind == Kind::flag && hit.value == flag_none; });
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
        if (hit.kind == Kind::flag && hit.value != flag_none && !is_flag(hit, Flag::self_victim) &&
            (reading.flags >> hit.value & 1) == 0) {
            reading.flags |= 1u << hit.value;
            subject.explain(reading, "flag", flag_names(1u << hit.value)[0], hit.first, hit.last);
        }
    }
}

/// "adik saya Siti", "Aminah hilang": a woman's name is that of somebody told of. "toko Siti" is a place, and who
/// recruits is not told of.
bool names_a_woman(const Subject& subject, const Reading& reading, std::size_t at) {
    constexpr std::size_t window = 2, far = 4;
    const auto& list = subject.tokens.list;
    if (!subject.is(at, WordClass::her_name)) return false;
    // "toko Siti", "rumah ibu Siti"
    const std::size_t before = subject.preceded_by(at, WordClass::title, 1) ? window : 1;
    for (const auto place : {WordClass::building, WordClass::measure, WordClass::village}) {
        if (subject.preceded_by(at, place, before)) return false;
    }
    if (reading.recruiter.find(list[at].text) != std::string::npos) return false;
    if (reading.subject.find(list[at].text) != std::string::npos) return true;
    for (const auto one : {WordClass::part, WordClass::child, WordClass::name, WordClass::title}) {
        if (subject.preceded_by(at, one, window)) return true;
    }
    if (subject.preceded_by(at, WordClass::kin, far) || subject.is(at + 1, WordClass::kin)) return true;
    const auto& uses = figures_of(subject).uses;
    if (at + 1 < uses.size() && uses[at + 1] == Use::age) return true;
    return subject.is(at + 1, WordClass::sets_out) || subject.is(at + 1, WordClass::moves) ||
           subject.is(at + 1, WordClass::forced) || subject.is(at + 1, WordClass::distress);
}

void find_women(const Subject& subject, Reading& reading) {
    for (std::size_t at = subject.from; at < subject.tokens.list.size(); ++at) {
        if (!names_a_woman(subject, reading, at)) continue;
        raise(reading, Flag::female);
        return subject.explain(reading, "flag", "female", at, at, "a woman's name");
    }
}

/// Of these a sender may tell as their own story; what is seen of a house or a boat is told of others.
bool befalls_sender(Category category) {
    return category == Category::labour_exploitation || category == Category::sexual_exploitation ||
           category == Category::other_exploitation || category == Category::online_scam ||
           category == Category::broker_fraud || category == Category::other || category == Category::none;
}

/// Somebody of the sender's is spoken of before token `at`: it may be them that it befalls.
bool tells_of_kin(const Subject& subject, std::size_t at) {
    for (std::size_t i = subject.from; i < at; ++i) {
        if (subject.is(i, WordClass::kin) && !subject.data.is(subject.tokens.list[i].spelled, WordClass::address))
            return true;
    }
    return false;
}

/// A report of what the sender suffers: forced labour told by whom it befalls or befell.
void find_sender(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    const bool speaks =
        std::any_of(list.begin() + static_cast<std::ptrdiff_t>(subject.from), list.end(),
                    [&](const Token& token) { return subject.data.is(token.meant, WordClass::first_person); });
    if (reading.intent != Intent::report || !speaks) return;
    for (const Hit& hit : subject.hits) {
        const bool said = hit.kind == Kind::flag && is_flag(hit, Flag::self_victim);
        const bool suffered =
            hit.kind == Kind::indicator && befalls_sender(reading.category) && !tells_of_kin(subject, hit.first);
        if ((!said && !suffered) || hit.negated || who_suffers(subject, hit, speaks) != Who::self) continue;
        raise(reading, Flag::self_victim);
        subject.explain(reading, "flag", "self_victim", hit.first, hit.last);
        return;
    }
}

}  // namespace

void find_flags(const Subject& subject, Reading& reading) {
    const auto& list = subject.tokens.list;
    find_phrased(subject, reading);
    if (!has(reading.flags, Flag::female)) find_women(subject, reading);
    find_children(subject, reading);
    find_ages(subject, reading);
    find_ongoing(subject, reading);
    find_sender(subject, reading);
    // Who comes over the border unseen to stay is no national.
    if (reading.category == Category::foreign_entry) raise(reading, Flag::foreign_national);
    if (has(reading.flags, Flag::pregnant)) raise(reading, Flag::female);
    const std::uint32_t people = reading.people_max.value_or(reading.people.value_or(0));
    const auto crowd = std::find_if(list.begin() + static_cast<std::ptrdiff_t>(subject.from), list.end(),
                                    [&](const Token& token) { return subject.data.is(token.meant, WordClass::many); });
    if (people >= subject.data.mass) raise(reading, Flag::mass);
    if (crowd != list.end() && !reading.people) {
        const auto at = static_cast<std::size_t>(crowd - list.begin());
        raise(reading, Flag::mass);
        subject.explain(reading, "flag", "mass", at, at, "a crowd that nobody counted");
    }
    const auto& when = reading.when;
    const bool soon = when.at && *when.at > subject.context.received_at;
    const bool soon_span = when.since && when.until && *when.until > subject.context.received_at && !when.past;
    if (when.now || soon || soon_span) raise(reading, Flag::imminent);
}

}  // namespace jejak::understand
