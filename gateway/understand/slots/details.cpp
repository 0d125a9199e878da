#include <algorithm>

#include "gateway/understand/slots/figures.hpp"

/// Work, visa, nationalities, route and whom a report of a missing person is about.
namespace jejak::understand {
namespace {

constexpr std::size_t work_window = 4;

bool is_recruiting(const Reading& reading) {
    const auto about = [](Category category) {
        return category == Category::recruitment || category == Category::broker_fraud ||
               category == Category::online_scam || category == Category::irregular_departure;
    };
    return about(reading.category) || about(reading.second);
}

/// Work is work behind a word for it; "lewat kebun sawit" is a way.
void find_job(const Subject& subject, Reading& reading) {
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::job || !reading.job.empty()) continue;
        const bool behind = (hit.last > hit.first && subject.is(hit.first, WordClass::work)) ||  // "jaga toko"
                            subject.preceded_by(hit.first, WordClass::work, work_window) ||
                            subject.preceded_by(hit.first, WordClass::job, work_window);
        if (!behind) continue;
        reading.job = subject.data.jobs[hit.value];
        subject.explain(reading, "job", reading.job, hit.first, hit.last, "behind a word for work");
    }
}

void find_visa(const Subject& subject, Reading& reading) {
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::visa || !reading.visa.empty()) continue;
        if (subject.preceded_by(hit.first, WordClass::negation, 2)) continue;
        reading.visa = subject.data.visas[hit.value];
        subject.explain(reading, "visa", reading.visa, hit.first, hit.last);
    }
}

/// A country's name is a nationality behind a person or a number, unless somebody goes there.
void find_nationalities(const Subject& subject, Reading& reading) {
    constexpr std::size_t window = 2;
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::nationality || subject.denied(hit.first)) continue;
        const bool going = subject.preceded_by(hit.first, WordClass::towards, 1) ||
                           subject.preceded_by(hit.first, WordClass::at, 1) ||
                           subject.preceded_by(hit.first, WordClass::work, window);
        const bool country = covered_by(subject, hit.first, [&](const Hit& other) {
            return other.kind == Kind::destination && other.first == hit.first;
        });
        const bool counted = hit.first > subject.from && subject.tokens.list[hit.first - 1].number != no_number;
        const bool of_people =
            counted || subject.preceded_by(hit.first, WordClass::person, window) || hit.last > hit.first;
        if (going || (country && !of_people && reading.category != Category::foreign_entry)) continue;
        const auto& code = subject.data.nationalities[hit.value];
        auto& all = reading.nationalities;
        if (std::find(all.begin(), all.end(), code) == all.end()) all.push_back(code);
        subject.explain(reading, "nationality", code, hit.first, hit.last);
    }
    // Whoever comes from there does not go there.
    for (const auto& code : reading.nationalities) {
        if (reading.destination == code) reading.destination.clear();
    }
}

void find_route(const Subject& subject, Reading& reading) {
    if (reading.category == Category::unofficial_land_route || reading.category == Category::unofficial_port)
        reading.route = to_string(reading.category);
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::route) continue;
        const bool negated = subject.preceded_by(hit.first, WordClass::negation, 2) || subject.denied(hit.first);
        if (negated || !reading.route.empty()) continue;
        reading.route = subject.data.routes[hit.value];
        subject.explain(reading, "route", reading.route, hit.first, hit.last);
    }
}

bool is_name(const Subject& subject, std::size_t at) {
    const auto& list = subject.tokens.list;
    if (at >= list.size() || !list[at].letters || list[at].before != ' ' || list[at].text.size() < 2) return false;
    return list[at].word == 0 ? list[at].meant == 0 : subject.data.is(list[at].word, WordClass::given);
}

}  // namespace

void find_details(const Subject& subject, Reading& reading) {
    find_job(subject, reading);
    find_visa(subject, reading);
    find_nationalities(subject, reading);
    find_route(subject, reading);
}

/// "anak sy melati uji 17 thn", "namanya udin misal", "an. siti contoh": words the pack does not know behind kin, a
/// word for a name, or the command itself.
void find_subject(const Subject& subject, Reading& reading) {
    constexpr std::size_t words_max = 3;
    if (reading.intent != Intent::missing && reading.category != Category::missing_person) return;
    const auto& list = subject.tokens.list;
    std::size_t best = list.size();
    for (std::size_t at = subject.from; at < list.size(); ++at) {
        const bool kin = subject.is(at, WordClass::kin) || subject.is(at, WordClass::first_person) ||
                         subject.is(at, WordClass::child) || subject.is(at, WordClass::companion);
        const bool called = subject.is(at, WordClass::name);
        if (!kin && !called) continue;
        const bool looks_misspelt = at + 1 < list.size() && list[at + 1].word == 0 && is_name(subject, at + 2);
        if (!is_name(subject, at + 1) && !looks_misspelt) continue;
        if (called) {
            best = at + 1;
            break;
        }
        if (best == list.size()) best = at + 1;
    }
    if (best == list.size() && is_name(subject, subject.from) && subject.from > 0) best = subject.from;
    if (best == list.size()) return;
    std::size_t last = best;
    while (last + 1 < list.size() && last + 1 < best + words_max && is_name(subject, last + 1)) ++last;
    reading.subject = fold(subject.typed(best, last));
    subject.explain(reading, "subject", "named", best, last, "words that may be a name");
}

void find_signs(const Subject& subject, Reading& reading) {
    constexpr std::uint64_t high_idr = 5'000'000, high_myr = 1'500, high_other = 1'000;
    if (!is_recruiting(reading) && reading.recruiter.empty()) return;
    const auto add = [&](std::string_view sign) {
        auto& signs = reading.signs;
        if (std::find(signs.begin(), signs.end(), sign) == signs.end()) signs.emplace_back(sign);
    };
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::sign) continue;
        add(subject.data.signs[hit.value]);
        subject.explain(reading, "sign", subject.data.signs[hit.value], hit.first, hit.last);
    }
    for (const Money& money : figures_of(subject).amounts) {
        if (!money.certain) continue;
        const std::uint64_t high = money.currency.empty() || money.currency == "IDR" ? high_idr
                                   : money.currency == "MYR"                         ? high_myr
                                                                                     : high_other;
        if (subject.preceded_by(money.first, WordClass::pay, 3) && money.value >= high) add("HIGH_SALARY");
        if (subject.preceded_by(money.first, WordClass::demand, 7) &&
            !subject.preceded_by(money.first, WordClass::pay, 3))
            add("PAY_UPFRONT");
    }
    if (reading.visa == "visitor") add("VISITOR_VISA");
}

}  // namespace jejak::understand
