#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/groups.hpp"
#include "gateway/understand/slots/numbers.hpp"
#include "gateway/understand/slots/roster.hpp"

/// How many people a text tells of, and how many of them are children.
namespace jejak::understand {
namespace {

constexpr std::uint32_t adult = 18;

/// Adds groups up as people do: sorts add up, a whole holds the sorts named with it.
struct Total {
    std::uint32_t whole_least = 0, whole_most = 0, parts_least = 0, parts_most = 0, children = 0, extra = 0;
    std::uint32_t guess_least = 0, guess_most = 0;
    std::size_t first = 0, last = 0;
    bool any = false;

    void add(const Group& group) {
        first = any ? std::min(first, group.first) : group.first;
        last = any ? std::max(last, group.last) : group.last;
        any = true;
        children += group.child ? group.most : group.carried;
        if (group.guess) {
            if (guess_most == 0) guess_least = group.least, guess_most = group.most;
        } else if (group.part && whole_most > 0 && group.joined && !group.among) {
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

/// "lapor#sebunga#4#…": a form's field that is a number and nothing else.
std::optional<Group> field_of_a_form(const Subject& subject) {
    const auto& list = subject.tokens.list;
    for (std::size_t i = subject.from; i < list.size(); ++i) {
        const bool field =
            separates_fields(list[i].before) && (i + 1 == list.size() || separates_fields(list[i + 1].before));
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

/// "3 gadis 15 16 17 thn": people whose age is told are children when it is a child's.
bool all_minors(const Subject& subject) {
    const auto& ages = figures_of(subject).ages;
    return !ages.empty() && std::all_of(ages.begin(), ages.end(), [](const Age& age) { return age.years < adult; });
}

void take_roster(const Subject& subject, const Roster& roster, Reading& reading) {
    reading.people = roster.people;
    if (roster.children > 0) reading.children = roster.children;
    subject.explain(reading, "people", std::to_string(roster.people), roster.first, roster.last, "named one by one");
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
    auto [least, most] = total.people();
    if (most == 0) {
        if (const auto roster = find_roster(subject, reading.intent)) take_roster(subject, *roster, reading);
        return;
    }
    const auto vehicles = vehicles_of(subject);
    least *= vehicles;
    most *= vehicles;
    if (most > people_most) return;
    reading.people = least;
    if (most > least) reading.people_max = most;
    auto children = std::min(total.children, most);
    if (children == 0 && total.whole_most == 0 && all_minors(subject)) children = most;
    if (children > 0) reading.children = children;
    subject.explain(reading, "people", std::to_string(least), total.first, total.last,
                    total.guess_most == most ? "a number behind a word for a load" : "numbers beside words for people");
}

}  // namespace jejak::understand
