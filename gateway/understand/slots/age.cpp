#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/groups.hpp"
#include "gateway/understand/slots/numbers.hpp"

namespace jejak::understand {
namespace {

constexpr std::uint64_t years_most = 110;
constexpr std::uint64_t told_most = 1000;  ///< in months, weeks or days: "umur 200 hari"
constexpr std::uint64_t surely_age = 5;    ///< fewer years may be how long something lasts: "3 tahun"

bool is_number(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    return at < list.size() && list[at].number != no_number && list[at].number <= years_most && list[at].digits <= 3;
}

/// "dan", "sama" between two ages.
bool joins(const Subject& subject, std::size_t at) {
    return subject.is(at, WordClass::with);
}

/// "anak bawah umur 2 org": what the pack calls under age, no number of years.
bool below(const Subject& subject, std::size_t at) {
    return covered_by(subject, at,
                      [&](const Hit& hit) { return hit.kind == Kind::flag && hit.first < at && hit.last == at; });
}

/// One age, of somebody or of several alike.
Age age_of(std::uint32_t years, std::size_t first, std::size_t last) {
    return {years, first, last, 1, years < adult_age ? 1u : 0u, years};
}

/// What may stand between "umur" and the number.
bool qualifies(const Subject& subject, std::size_t at) {
    if (at >= subject.tokens.list.size() || is_number(subject, at)) return false;
    return subject.is(at, WordClass::at) || subject.is(at, WordClass::since) || subject.is(at, WordClass::up_to);
}

/// Token `at` is the unit of the number before it, as in "20 bulan": not "25 minggu lalu", "17 hari senin", "19 minggu
/// malam", "15 bulan 8".
bool counted_in(const Subject& subject, std::size_t at, TimeWord unit) {
    if (!is_time(subject, at, unit)) return false;
    const std::size_t next = at + 1;
    if (next >= subject.tokens.list.size() || !runs_on(subject, next)) return true;
    const auto& traits = subject.data.traits[subject.tokens.list[next].meant];
    if (traits.weekday >= 0 || traits.month > 0 || is_number(subject, next)) return false;
    const Hit* behind = time_word_at(subject, next);
    if (behind == nullptr) return true;
    const auto word = static_cast<TimeWord>(behind->value);
    const bool part_of_day = word >= TimeWord::dawn && word <= TimeWord::night;
    return !part_of_day && word != TimeWord::ago && word != TimeWord::next && word != TimeWord::to_come &&
           word != TimeWord::this_one && word != TimeWord::yesterday;
}

/// How many years `count` of the unit at token `at` are, when it is a shorter one than a year: 20 months are 1, 21 days
/// none.
std::optional<std::uint32_t> whole_years(const Subject& subject, std::uint64_t count, std::size_t at) {
    constexpr std::pair<TimeWord, std::uint64_t> to_a_year[] = {
        {TimeWord::month, 12}, {TimeWord::week, 52}, {TimeWord::day, 365}};
    for (const auto& [unit, many] : to_a_year) {
        if (counted_in(subject, at, unit)) return static_cast<std::uint32_t>(count / many);
    }
    return std::nullopt;
}

/// The token that the number behind "umur" at token `at` begins at, if one does.
std::size_t number_behind(const Subject& subject, std::size_t at) {
    std::size_t number = at + 1;
    constexpr std::size_t whose_most = 2;  // "umur mereka 15", "umur adik saya 15"
    const auto whose = [&](std::size_t i) {
        return (subject.is(i, WordClass::pronoun) || subject.is(i, WordClass::first_person) ||
                subject.is(i, WordClass::kin)) &&
               !is_number(subject, i);
    };
    for (std::size_t n = 0; n < whose_most && whose(number); ++n) ++number;
    // "umur sekitar 15", "umurnya masih 14", "umurnya belum genap 17"
    constexpr std::size_t between_most = 2;
    for (std::size_t n = 0; n < between_most && qualifies(subject, number); ++n) ++number;
    return number;
}

/// Behind "umur": "15", "sekitar 15", "15-17 tahun", "14 sm 15", "20 bulan".
std::optional<Age> after_word(const Subject& subject, std::size_t at) {
    const std::size_t number = number_behind(subject, at);
    const auto first = number_at(subject, number);
    if (!first || first->value > told_most) return std::nullopt;
    if (const auto years = whole_years(subject, first->value, first->last + 1))
        return age_of(*years, at, first->last + 1);
    if (first->value > years_most) return std::nullopt;
    Age age = age_of(static_cast<std::uint32_t>(first->value), at, first->last);
    if (const auto range = count_at(subject, number); range && range->most > range->least) {
        age.last = range->last;
        age.eldest = range->most;
        age.minors = age.eldest < adult_age;
    }
    const bool another = subject.is(age.last + 1, WordClass::with) && is_number(subject, age.last + 2) &&
                         !subject.is(age.last + 3, WordClass::person);
    const auto take_another = [&](std::size_t token) {
        const auto years = subject.tokens.list[token].number;
        age.minors += years < adult_age;
        age.years = std::min(age.years, years);
        age.eldest = std::max(age.eldest, years);
        age.told += 1;
        age.last = token;
    };
    if (another) take_another(age.last + 2);
    if (is_time(subject, age.last + 1, TimeWord::year)) age.last += 1;
    // "umur 8 tahun dan 10 tahun"
    if (!another && subject.is(age.last + 1, WordClass::with) && is_number(subject, age.last + 2) &&
        is_time(subject, age.last + 3, TimeWord::year)) {
        take_another(age.last + 2);
        age.last += 1;
    }
    return age;
}

/// The ages told at tokens [first, last], all of them numbers but for what joins them: "15 16 17", "14 dan 16",
/// "17-20", "17 sampai 20". A range is one age, whose upper end says whether it is a child's.
Age ages_between(const Subject& subject, std::size_t first, std::size_t last) {
    const auto& list = subject.tokens.list;
    Age age = age_of(list[first].number, first, last);
    bool child = age.minors > 0;  // the one told last
    for (std::size_t i = first + 1; i <= last; ++i) {
        const auto years = list[i].number;
        if (years == no_number) continue;
        const bool range = list[i].before == '-' || (subject.is(i - 1, WordClass::range) && !joins(subject, i - 1));
        if (range && child && years >= adult_age) age.minors -= 1;
        if (!range) age.told += 1;
        if (!range && years < adult_age) age.minors += 1;
        child = years < adult_age;
        age.years = std::min(age.years, years);
        age.eldest = std::max(age.eldest, years);
    }
    return age;
}

/// "17 thn", "15 16 17 thn", "15-17 tahun": years that are neither ago nor how long.
std::optional<Age> before_unit(const Subject& subject, std::size_t at) {
    constexpr std::size_t numbers_most = 6;
    std::size_t last = at;
    while (last + 1 < at + numbers_most && is_number(subject, last + 1)) ++last;
    const auto another = [&](std::size_t i) { return joins(subject, i) || subject.is(i, WordClass::range); };
    while (last + 2 < at + numbers_most && another(last + 1) && is_number(subject, last + 2)) last += 2;
    if (!is_number(subject, at) || !is_time(subject, last + 1, TimeWord::year)) return std::nullopt;
    Age age = ages_between(subject, at, last);
    const std::size_t behind = last + 2;
    const Hit* next = time_word_at(subject, behind);
    const auto word = next == nullptr ? std::nullopt : std::optional(static_cast<TimeWord>(next->value));
    if (word == TimeWord::ago || word == TimeWord::to_come || word == TimeWord::next) return std::nullopt;
    if (subject.preceded_by(at, WordClass::since, 2) || subject.preceded_by(at, WordClass::start, 2) ||
        subject.preceded_by(at, WordClass::every, 2) || subject.preceded_by(at, WordClass::work, 1) ||
        subject.preceded_by(at, WordClass::negation, 2))
        return std::nullopt;
    const bool of_a_child = subject.preceded_by(at, WordClass::child, 1);
    if (age.years < surely_age && !of_a_child) return std::nullopt;
    age.last = last + 1;
    return age;
}

/// "gadis 17an", "cewek 16an 2 org": about so many years, behind a word for one person and without one for people
/// behind it, as in "cewek 20an orang".
std::optional<Age> about_so_old(const Subject& subject, std::size_t at) {
    constexpr std::uint32_t years_least = 10, youth_most = 25;
    const auto& list = subject.tokens.list;
    if (at <= subject.from || list[at].before != ' ' || list[at - 1].repeated) return std::nullopt;
    if (list[at].number < years_least || list[at].number > youth_most) return std::nullopt;
    const auto last = rounded_by(subject, at);
    if (!last) return std::nullopt;
    const std::size_t whose = at - 1, next = *last + 1;
    const bool child = subject.is(whose, WordClass::child);
    const bool one = child || subject.is(whose, WordClass::women) || subject.is(whose, WordClass::male) ||
                     (subject.is(whose, WordClass::pronoun) && !subject.is(whose, WordClass::several));
    if (!one || (child && list[at].number >= adult_age)) return std::nullopt;  // "anak 20an": so many
    for (const auto counted : {WordClass::person, WordClass::part, WordClass::child, WordClass::companion,
                               WordClass::counter, WordClass::sort}) {
        if (subject.is(next, counted) && runs_on(subject, next)) return std::nullopt;
    }
    return age_of(list[at].number, at, *last);
}

/// What a number in brackets behind a name may count instead of years: "Gang Mawar (14)", "KM Cahaya (17)".
bool names_a_thing(const Subject& subject, std::size_t at) {
    const auto covers = [](const Hit& hit) { return hit.kind == Kind::vehicle || hit.kind == Kind::place; };
    return subject.is(at, WordClass::measure) || subject.is(at, WordClass::numbering) ||
           subject.is(at, WordClass::village) || subject.is(at, WordClass::building) || covered_by(subject, at, covers);
}

/// "Siti (19)", "adik Rendi (15)", "si Dodo (16)": a name that is a person's.
bool names_a_person(const Subject& subject, std::size_t at) {
    constexpr std::size_t window = 2;
    const Token& token = subject.tokens.list[at];
    const bool given = subject.is(at, WordClass::given);
    if (!given && (token.word != 0 || !token.letters)) return false;
    if (names_a_thing(subject, at) || (at > subject.from && names_a_thing(subject, at - 1))) return false;
    if (given || (at > subject.from && subject.is(at - 1, WordClass::nickname))) return true;
    for (const auto one : {WordClass::title, WordClass::kin, WordClass::child, WordClass::part, WordClass::name}) {
        if (subject.preceded_by(at, one, window)) return true;
    }
    return false;
}

/// Token `at` is a word for one person: "murid", "keponakan", "saya", or what sort they are of: "gadis kecil".
bool is_a_person(const Subject& subject, std::size_t at) {
    const auto of = [&](std::size_t i) {
        return subject.is(i, WordClass::part) || subject.is(i, WordClass::child) || subject.is(i, WordClass::kin);
    };
    if (covered_by(subject, at, [](const Hit& hit) { return hit.kind == Kind::vehicle || hit.kind == Kind::place; }))
        return false;
    const bool spoken_of = subject.is(at, WordClass::first_person) || subject.is(at, WordClass::pronoun);
    if (spoken_of) return !subject.is(at, WordClass::several);
    return of(at) || (at > subject.from && subject.is(at, WordClass::sort) && of(at - 1));
}

/// "murid saya (17, perempuan)", "Siti (19)": behind one person, in brackets.
std::optional<Age> in_brackets(const Subject& subject, std::size_t at) {
    constexpr std::uint32_t years_least = 10, years_old = 80;
    const auto& list = subject.tokens.list;
    if (at <= subject.from || list[at].digits != 2 || list[at].number < years_least || list[at].number > years_old)
        return std::nullopt;
    const auto before = subject.text.substr(0, list[at].begin), behind = subject.text.substr(list[at].end);
    if (!before.ends_with('(') || behind.empty() || (behind[0] != ')' && behind[0] != ',')) return std::nullopt;
    const std::size_t whose = at - 1;
    const bool crowd = list[whose].repeated || list[whose].number != no_number || list[whose].digits > 0 ||
                       (subject.is(whose, WordClass::person) && !subject.is(whose, WordClass::part)) ||
                       subject.is(whose, WordClass::measure) || subject.is(whose, WordClass::holds) ||
                       subject.is(whose, WordClass::many);
    if (crowd || (!is_a_person(subject, whose) && !names_a_person(subject, whose))) return std::nullopt;
    return age_of(list[at].number, at, at);
}

/// "anaknya baru 14": a number by itself behind a word for one person and "baru".
std::optional<Age> just(const Subject& subject, std::size_t at) {
    constexpr std::uint32_t years_least = 5, youth_most = 25;
    const auto& list = subject.tokens.list;
    if (at < subject.from + 2 || list[at].number < years_least || list[at].number > youth_most) return std::nullopt;
    const bool closes = at + 1 >= list.size() || list[at + 1].before != ' ';
    const bool of_one = subject.is(at - 2, WordClass::child) || subject.is(at - 2, WordClass::pronoun) ||
                        subject.is(at - 2, WordClass::kin);
    if (!closes || !of_one || !subject.is(at - 1, WordClass::still)) return std::nullopt;
    return age_of(list[at].number, at, at);
}

}  // namespace

bool age_of_a_thing(const Subject& subject, std::size_t at) {
    if (!subject.is(at, WordClass::age)) return false;
    if (subject.is(at + 1, WordClass::term) ||
        covered_by(subject, at + 1, [](const Hit& hit) { return hit.kind == Kind::vehicle; }))
        return true;
    const auto told = number_at(subject, number_behind(subject, at));
    if (!told || at <= subject.from || !runs_on(subject, at)) return false;
    const bool short_unit = whole_years(subject, told->value, told->last + 1).has_value();
    // "pekerja kontrak umur 17" is somebody
    if (subject.is(at - 1, WordClass::term)) return short_unit || told->value <= surely_age;
    const auto expecting = [&](std::size_t i) {
        return covered_by(subject, i, [](const Hit& hit) {
            return hit.kind == Kind::flag && hit.value != flag_none &&
                   1u << hit.value == static_cast<Flags>(Flag::pregnant);
        });
    };
    const bool already = at > subject.from + 1 && subject.is(at - 1, WordClass::since);  // "hamil sudah umur 5 bulan"
    return short_unit && expecting(already ? at - 2 : at - 1);
}

bool behind_age_of_a_thing(const Subject& subject, std::size_t at) {
    constexpr std::size_t thing_words = 3;
    for (std::size_t n = 1; n <= thing_words && at >= subject.from + n; ++n) {
        if (age_of_a_thing(subject, at - n)) return true;
    }
    return false;
}

std::optional<Age> age_at(const Subject& subject, std::size_t at) {
    if (subject.is(at, WordClass::age))
        return below(subject, at) || age_of_a_thing(subject, at) ? std::nullopt : after_word(subject, at);
    if (!is_number(subject, at)) return std::nullopt;
    if (behind_age_of_a_thing(subject, at)) return std::nullopt;
    auto age = before_unit(subject, at);
    if (!age) age = in_brackets(subject, at);
    if (!age) age = about_so_old(subject, at);
    return age ? age : just(subject, at);
}

void find_age(const Subject& subject, Reading& reading) {
    const auto& ages = figures_of(subject).ages;
    if (ages.empty()) return;
    const auto youngest = std::min_element(ages.begin(), ages.end(),
                                           [](const Age& left, const Age& right) { return left.years < right.years; });
    reading.age = youngest->years;
    subject.explain(reading, "age", std::to_string(youngest->years), youngest->first, youngest->last,
                    "a number of years beside a person");
}

}  // namespace jejak::understand
