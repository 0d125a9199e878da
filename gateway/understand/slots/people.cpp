#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/groups.hpp"
#include "gateway/understand/slots/numbers.hpp"
#include "gateway/understand/slots/roster.hpp"

/// How many people a text tells of, and how many of them are children.
namespace jejak::understand {
namespace {

/// Adds groups up as people do: sorts add up, a whole holds the sorts named with it.
struct Total {
    std::uint32_t whole_least = 0, whole_most = 0, parts_least = 0, parts_most = 0, children = 0, extra = 0;
    std::uint32_t guess_least = 0, guess_most = 0;
    std::size_t first = 0, last = 0;
    bool any = false, after_part = false;

    void add(const Group& group) {
        first = any ? std::min(first, group.first) : group.first;
        last = any ? std::max(last, group.last) : group.last;
        any = true;
        children += group.child ? group.most : group.carried;
        const bool of_parts = after_part;  // "7 org, 5 dewasa dan 2 anak"
        after_part = group.part && (!group.joined || of_parts);
        // NOLINTBEGIN(bugprone-branch-clone): in the order they are asked
        if (group.guess && group.joined && whole_most > 0) {
            extra += group.most;  // "lima org, tadi tambah 4"
        } else if (group.guess && group.joined && parts_most > 0) {
            parts_least += group.least;
            parts_most += group.most;
        } else if (group.guess) {
            if (guess_most == 0) guess_least = group.least, guess_most = group.most;
        } else if (group.part && whole_most > 0 && group.joined && !group.among && !of_parts) {
            extra += group.most;  // "9 org + 1 bayi"
        } else if (group.part) {
            parts_least += group.least;
            parts_most += group.most;
        } else if (whole_most > 0 && group.joined) {
            whole_least += group.least;
            whole_most += group.most;
        } else if (parts_most > 0 && group.joined) {
            extra += parts_most;  // "2 anak dan 5 org"
            parts_least = parts_most = 0;
            whole_least = group.least;
            whole_most = group.most;
        } else if (group.most > whole_most) {
            whole_least = group.least;
            whole_most = group.most;
        }
        // NOLINTEND(bugprone-branch-clone)
    }

    std::pair<std::uint32_t, std::uint32_t> people() const {
        if (whole_most + extra >= parts_most && whole_most > 0) return {whole_least + extra, whole_most + extra};
        if (guess_most > parts_most) return {guess_least, guess_most};  // "jumlah 5, satu anak kecil"
        if (parts_most > 0) return {parts_least, parts_most};
        return {guess_least, guess_most};
    }
};

/// "2 mobil masing masing 5 org": so many vehicles, or 1.
std::uint32_t vehicles_of(const Subject& subject) {
    constexpr std::uint32_t vehicles_most = 50;
    const bool each = std::any_of(subject.hits.begin(), subject.hits.end(), [](const Hit& hit) {
        return hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(Remark::each);
    });
    if (!each) return 1;
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::vehicle || hit.first == subject.from) continue;
        const auto number = subject.tokens.list[hit.first - 1].number;
        if (number != no_number && number > 0 && number <= vehicles_most) return number;
    }
    return 1;
}

/// "lapor#sebunga#4#…", "lapor/sebunga/4/…": a form's field that is a number and nothing else.
std::optional<Group> field_of_a_form(const Subject& subject) {
    const auto& list = subject.tokens.list;
    // A comma or a slash separates fields where one stands right behind the command.
    const char first = subject.from > 0 && subject.from < list.size() ? list[subject.from].before : ' ';
    const auto separates = [&](std::size_t at) {
        return separates_fields(list[at].before) || ((first == ',' || first == '/') && list[at].before == first);
    };
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        const bool field = separates(i) && (i + 1 == list.size() || separates(i + 1));
        if (!field || figures_of(subject).uses[i] != Use::none) continue;
        const auto count = count_at(subject, i);
        if (!count || count->most == 0) continue;
        Group group{count->least, count->most};
        group.first = i;
        group.last = count->last;
        return group;
    }
    return std::nullopt;
}

/// "saya umur 16, lihat 5 orang": the sender's own age, which says nothing of those who are counted.
bool is_own(const Subject& subject, const Age& age) {
    const auto alone = [&](std::size_t at) {
        return subject.is(at, WordClass::first_person) && !subject.is(at, WordClass::several);
    };
    constexpr std::size_t near = 2;  // "adik saya umur 15"
    if (age.first > subject.from && alone(age.first - 1)) return !subject.preceded_by(age.first, WordClass::kin, near);
    return age.last > age.first && subject.is(age.first, WordClass::age) && alone(age.first + 1);
}

/// The ages that are told of others.
std::vector<Age> ages_of_others(const Subject& subject) {
    std::vector<Age> ages = figures_of(subject).ages;
    std::erase_if(ages, [&](const Age& age) { return is_own(subject, age); });
    return ages;
}

/// "budak 13 tahun, 2 orang", "dua orang umur 14 dan 15": the ages beside a count are those people's.
bool aged(const std::vector<Age>& ages, const Group& group) {
    constexpr std::size_t near = 2;
    return std::any_of(ages.begin(), ages.end(), [&](const Age& age) {
        const bool before = age.last < group.first && group.first - age.last <= near;
        const bool behind = age.first > group.last && age.first - group.last <= near;
        return before || behind;
    });
}

/// "dua anak umur 22 dan 25": somebody's children, and no longer any.
bool grown(const std::vector<Age>& ages, const Group& group) {
    return std::any_of(ages.begin(), ages.end(),
                       [&](const Age& age) { return age.first == group.last + 1 && age.years >= adult_age; });
}

/// "umur mereka 15", "mereka masih 15 tahun": of more than one.
bool of_several(const Subject& subject, const Age& age) {
    constexpr std::size_t window = 2;
    for (std::size_t at = age.first; at <= age.last; ++at) {
        if (subject.is(at, WordClass::several)) return true;
    }
    return subject.preceded_by(age.first, WordClass::several, window);
}

/// "anak saya umur 9", "jual bayinya": one child is told of, and nobody is counted.
bool tells_of_one_child(const Subject& subject, const Reading& reading) {
    const auto& ages = figures_of(subject).ages;
    if (ages.size() == 1 && ages.front().told == 1 && ages.front().eldest < adult_age)
        return !of_several(subject, ages.front());
    if (!ages.empty() || reading.people) return false;
    const auto& list = subject.tokens.list;
    for (std::size_t at = subject.from; at < list.size(); ++at) {
        if (!subject.is(at, WordClass::infant) || list[at].repeated || subject.preceded_by(at, WordClass::work, 2))
            continue;
        const auto no_child = [](const Hit& hit) { return hit.kind == Kind::job || hit.kind == Kind::ordinary; };
        if (!covered_by(subject, at, no_child)) return true;
    }
    return false;
}

/// "umur 8 tahun dan 10 tahun", "umur 25 dan 17": ages told together, some of them children's.
const Age* told_together(const std::vector<Age>& ages) {
    return ages.size() == 1 && ages.front().minors > 0 ? &ages.front() : nullptr;
}

/// "3 gadis 15 16 17 thn": people whose age is told are children when it is a child's.
bool all_minors(const std::vector<Age>& ages) {
    return !ages.empty() &&
           std::all_of(ages.begin(), ages.end(), [](const Age& age) { return age.minors == age.told; });
}

void take_roster(const Subject& subject, const Roster& roster, Reading& reading) {
    reading.people = roster.people;
    if (roster.children > 0) reading.children = roster.children;
    subject.explain(reading, "people", std::to_string(roster.people), roster.first, roster.last, "named one by one");
}

/// Nobody is counted: those named one by one, those whose ages are told, or one child.
void find_uncounted(const Subject& subject, const std::vector<Age>& told, Reading& reading) {
    if (const auto roster = find_roster(subject, reading.intent)) return take_roster(subject, *roster, reading);
    if (const Age* ages = told_together(told); ages != nullptr && ages->told > 1) {
        reading.people = ages->told;
        reading.children = ages->minors;
        subject.explain(reading, "people", std::to_string(ages->told), ages->first, ages->last, "an age each");
    } else if (tells_of_one_child(subject, reading)) {
        reading.children = 1;
    }
}

}  // namespace

void find_people(const Subject& subject, Reading& reading) {
    const auto groups = count_groups(subject);
    Total total;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        // Told again: "3 cewek … 3 cewek itu"
        const bool again =
            i > 0 && !groups[i].joined &&
            std::any_of(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Group& one) { return one.of == groups[i].of && one.most == groups[i].most; });
        if (!again) total.add(groups[i]);
    }
    if (total.people().second == 0) {
        if (const auto field = field_of_a_form(subject)) total.add(*field);
    }
    const auto told = ages_of_others(subject);
    auto [least, most] = total.people();
    if (most == 0) {
        find_uncounted(subject, told, reading);
        return;
    }
    const auto vehicles = vehicles_of(subject);
    least *= vehicles;
    most *= vehicles;
    if (most > people_most) return;
    reading.people = least;
    if (most > least) reading.people_max = most;
    auto children = std::min(total.children, most);
    const bool theirs = total.whole_most == 0 || (groups.size() == 1 && aged(told, groups.front()));
    const Age* ages = told_together(told);  // "dua orang murid. Umur 14 dan 15."
    if (most > 1 && ages != nullptr && ages->told == most) children = ages->minors;
    if (groups.size() == 1 && grown(told, groups.front())) children = 0;
    if (children == 0 && theirs && all_minors(told)) children = most;
    if (children == 0 && all_minors(told) && tells_of_one_child(subject, reading)) children = 1;
    if (children > 0) reading.children = children;
    subject.explain(reading, "people", std::to_string(least), total.first, total.last,
                    total.guess_most == most ? "a number behind a word for a load" : "numbers beside words for people");
}

}  // namespace jejak::understand
