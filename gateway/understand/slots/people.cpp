#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/numbers.hpp"

/// How many people a text tells of, and how many of them are children.
namespace jejak::understand {
namespace {

constexpr std::uint32_t adult = 18;
constexpr std::size_t groups_max = 64;  ///< nobody counts more in one message

/// One count of people: "5 org", "2 anak", "saya dan 3 teman".
struct Group {
    std::uint32_t least = 0, most = 0;
    bool part = false;  ///< of one sort, so that it adds up with others
    bool child = false;
    bool joined = false;  ///< "dan", "+" stands before it
    bool among = false;   ///< "termasuk", "diantaranya" stands before it
    bool guess = false;   ///< without a word for people: "isi 5"
    WordId of = 0;        ///< the word that was counted
    std::size_t first = 0, last = 0;
};

/// Finds the groups of one text in order.
class Counter {
public:
    explicit Counter(const Subject& subject)
        : subject_(subject), list_(subject.tokens.list), figures_(figures_of(subject)) {}

    std::vector<Group> run() {
        for (std::size_t at = subject_.from; at < list_.size() && groups_.size() < groups_max;) {
            auto group = group_at(at);
            if (!group) {
                ++at;
                continue;
            }
            at = std::max(group->last, at) + 1;
            if (group->most == 0 || subject_.denied(group->first) || denied_after(*group)) continue;
            groups_.push_back(*group);
        }
        return std::move(groups_);
    }

private:
    bool is(std::size_t at, WordClass one) const { return subject_.is(at, one); }
    bool free(std::size_t at) const { return at < list_.size() && figures_.uses[at] == Use::none; }
    /// Nothing but a blank, a hyphen or a plus stands before token `at`.
    bool follows(std::size_t at) const {
        return at < list_.size() && !separates_fields(list_[at].before) && list_[at].before != ',' &&
               (list_[at].before != '.' || list_[at].tight);
    }
    bool counted(std::size_t at) const {
        if (is(at, WordClass::pronoun)) return false;
        return is(at, WordClass::person) || is(at, WordClass::part) || is(at, WordClass::child) ||
               is(at, WordClass::companion) || nationality(at);
    }
    bool nationality(std::size_t at) const {
        return covered_by(subject_, at,
                          [&](const Hit& hit) { return hit.kind == Kind::nationality && hit.first == at; });
    }
    /// "anak buah": the pack says that these words are no child.
    bool no_child(std::size_t at) const {
        return covered_by(subject_, at,
                          [](const Hit& hit) { return hit.kind == Kind::flag && hit.value == flag_none; });
    }

    /// "suami istri"
    const Hit* couple_at(std::size_t at) const {
        const Hit* couple = nullptr;
        covered_by(subject_, at, [&](const Hit& hit) {
            if (hit.first == at && hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(Remark::couple))
                couple = &hit;
            return couple != nullptr;
        });
        return couple;
    }

    std::optional<Group> group_at(std::size_t at) const {
        if (!free(at)) return std::nullopt;
        if (const Hit* couple = couple_at(at))
            return Group{2, 2, true, false, false, false, false, 0, at, couple->last};
        if (is(at, WordClass::person) && list_[at].number != no_number && list_[at].digits == 0) return itself(at);
        const auto count = count_at(subject_, at);
        if (!count) return std::nullopt;
        for (std::size_t i = at; i <= count->last; ++i) {
            if (!free(i)) return std::nullopt;
        }
        Group group{count->least, count->most};
        group.first = at;
        group.last = count->last;
        std::size_t noun = count->last + 1;
        if (noun < list_.size() && list_[noun].number == count->most && list_[noun].digits == 0) ++noun;  // "5 (lima)"
        if (find_noun(group, noun) || find_noun_before(group) || stands_alone(group)) {
            if (is_rate(group)) return std::nullopt;
            find_child_before(group);
            look_before(group);
            return group;
        }
        return std::nullopt;
    }

    /// "bertiga", "seorang": a word that counts by itself.
    std::optional<Group> itself(std::size_t at) const {
        Group group;
        group.least = group.most = list_[at].number;
        group.first = group.last = at;
        group.of = list_[at].meant;
        if (follows(at + 1) && is(at + 1, WordClass::perpetrator)) group.most = 0;  // "seorang calo"
        if (list_[at].number == 1 && follows(at + 1) && counted(at + 1)) find_noun(group, at + 1);
        look_before(group);
        return group;
    }

    /// Whom the number counts, behind it: "5 calon tki", "2 org anak", "4 wna bangladesh".
    bool find_noun(Group& group, std::size_t at) const {
        constexpr std::size_t between_most = 2;
        std::size_t noun = at;
        if (follows(noun) && is(noun, WordClass::among)) {  // "2 diantaranya anak"
            group.among = true;
            ++noun;
        }
        for (std::size_t n = 0; n < between_most && is(noun, WordClass::sort) && !counted(noun); ++n) ++noun;
        if (noun > at && !follows(at)) return false;
        if (!follows(noun) || !free(noun) || !counted(noun)) return false;
        describe(group, noun);
        group.last = noun;
        // The words behind it say what sort: "2 org anak", "3 org laki", "1 org calo".
        for (std::size_t next = noun + 1; next < noun + 3 && follows(next) && free(next); ++next) {
            if (is(next, WordClass::perpetrator)) {
                group.most = is(noun, WordClass::person) ? 0 : group.most;
                break;
            }
            if (!counted(next) || list_[next].number != no_number) break;
            describe(group, next);
            group.last = next;
        }
        return true;
    }

    /// "2 juta satu org", "200rb/org": so much a head.
    bool is_rate(const Group& group) const {
        return group.most == 1 && group.first > subject_.from && figures_.uses[group.first - 1] == Use::money;
    }

    /// "anak sma 16 thn 2 org", "budak perempuan due orang": the people are the children named just before.
    void find_child_before(Group& group) const {
        constexpr std::size_t window = 5;
        if (group.part || group.child) return;
        std::size_t words = 0;
        for (std::size_t at = group.first; at > subject_.from && words < window; ++words) {
            if (!follows(at)) return;
            --at;
            if (is(at, WordClass::child) && !no_child(at)) {
                group.child = !is(at + 1, WordClass::first_person);
                return;
            }
            const bool describes = figures_.uses[at] == Use::age || is(at, WordClass::part) ||
                                   is(at, WordClass::sort) || is(at, WordClass::school) || is(at, WordClass::age);
            if (!describes) return;
        }
    }

    void describe(Group& group, std::size_t noun) const {
        const bool child = is(noun, WordClass::child) && !no_child(noun);
        group.child = group.child || child;
        group.part = group.part || child || is(noun, WordClass::part) || nationality(noun);
        group.of = list_[noun].meant;
    }

    /// "org 7", "penumpangnya tiga", "cewek 3 orang": the word stands before the number and nothing else is counted.
    bool find_noun_before(Group& group) const {
        if (group.first == subject_.from || separates_fields(list_[group.first].before)) return false;
        std::size_t noun = group.first - 1;
        // "org kira2 20", "budak kecik 2"
        while (noun > subject_.from && (is(noun, WordClass::at) || is(noun, WordClass::sort)) && !counted(noun)) --noun;
        if (!counted(noun) || !free(noun) || list_[noun].number != no_number) return false;
        const std::size_t next = group.last + 1;
        const bool sort = is(noun, WordClass::part) || is(noun, WordClass::child);
        const bool another = follows(next) && (counted(next) || is(next, WordClass::sort));
        const bool closes = next >= list_.size() || !follows(next) || ends_clause(next) || (sort && !another);
        if (!closes) return false;
        describe(group, noun);
        group.first = noun;
        return true;
    }

    /// "isi 5", "ada 3 yang dibawa": a word that holds people, and nothing that is counted behind the number.
    bool stands_alone(Group& group) const {
        constexpr std::uint32_t guess_most = 200;
        const std::size_t next = group.last + 1;
        const bool closes = next >= list_.size() || !follows(next) || ends_clause(next);
        if (group.first == subject_.from || group.most > guess_most || !closes) return false;
        constexpr std::string_view prefix = "ber";  // "ber 6"
        const bool together = list_[group.first - 1].text == prefix;
        std::size_t before = group.first - 1;
        // "ada lah 13", "ada kali 30", "we are seven"
        if (before > subject_.from && (is(before, WordClass::clause) || is(before, WordClass::at))) --before;
        const bool load =
            is(before, WordClass::holds) || is(before, WordClass::several) || is(before, WordClass::since);
        if (!follows(group.first) || (!load && !together)) return false;
        group.guess = true;
        return true;
    }

    /// A word that cannot be what is counted.
    bool ends_clause(std::size_t at) const {
        for (const auto one : {WordClass::via, WordClass::towards, WordClass::from, WordClass::at, WordClass::with,
                               WordClass::since, WordClass::polite, WordClass::negation, WordClass::contrast,
                               WordClass::first_person, WordClass::clause}) {
            if (is(at, one)) return true;
        }
        if (!free(at) || time_word_at(subject_, at) != nullptr) return true;
        if (list_[at].number != no_number) return true;
        // Verbs: "dibawa", "masuk", "menyeberang", "berangkat"
        const WordId meant = list_[at].meant;
        const std::string_view text = meant != 0 ? std::string_view(subject_.data.spelling[meant]) : list_[at].text;
        constexpr std::size_t verb_least = 6;
        return text.size() >= verb_least &&
               (text.starts_with("di") || text.starts_with("me") || text.starts_with("ber") || text.starts_with("ter"));
    }

    /// What stands before it: "dan 3 anak", "termasuk 2 anak", "saya dan 3 teman".
    void look_before(Group& group) const {
        if (group.first == subject_.from) return;
        const std::size_t before = group.first - 1;
        group.among =
            group.among || is(before, WordClass::among) || (before > subject_.from && is(before - 1, WordClass::among));
        const bool ampersand = between(before, group.first).find_first_of("&+") != std::string_view::npos;
        const bool more = is_time(subject_, before, TimeWord::to_come);  // "1 mobil lagi 5 org"
        // "… dan 1 mobil isi 7 orang"
        std::size_t load = before;
        while (load > subject_.from && load + 4 > before &&
               (is(load, WordClass::holds) || figures_.uses[load] == Use::label))
            --load;
        const bool another_load = load < before && figures_.uses[load + 1] == Use::label && is(load, WordClass::with);
        group.joined = is(before, WordClass::with) || ampersand || more || another_load;
        if (!ampersand && (!is(before, WordClass::with) || before == subject_.from)) return;
        const std::size_t self = ampersand ? before : before - 1;
        const bool speaker = is(self, WordClass::first_person) || (is(self, WordClass::kin) && self > subject_.from);
        const bool others =
            !group.child && (is(group.last, WordClass::companion) || is(group.last, WordClass::person) ||
                             is(group.last, WordClass::first_person));
        if (!speaker || !others || group.part) return;
        group.least += 1;  // "saya dan 3 teman"
        group.most += 1;
        group.joined = false;
    }

    /// What stands between two neighbouring tokens.
    std::string_view between(std::size_t left, std::size_t right) const {
        return subject_.text.substr(list_[left].end, list_[right].begin - list_[left].end);
    }

    /// "3 org bukan 5": said of the one before; "5 org bukan" takes back.
    bool denied_after(const Group& group) const {
        const std::size_t next = group.last + 1;
        return next + 1 == list_.size() && is(next, WordClass::denial);
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    const Figures& figures_;
    std::vector<Group> groups_;
};

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
        if (group.child) children += group.most;
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

}  // namespace

void find_people(const Subject& subject, Reading& reading) {
    const auto groups = Counter(subject).run();
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
    if (most == 0) return;
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
