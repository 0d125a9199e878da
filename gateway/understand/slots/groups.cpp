#include "gateway/understand/slots/groups.hpp"

#include <algorithm>

#include "gateway/understand/slots/agents.hpp"
#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/numbers.hpp"

/// What numbers count people, and what those people are.
namespace jejak::understand {
namespace {

constexpr std::size_t groups_max = 64;         ///< nobody counts more in one message
constexpr std::size_t verb_letters_least = 6;  ///< a shorter word only looks as if it had a verb's affix

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
            if (group->most == 0 || subject_.denied(group->first) || denied_after(*group) ||
                does_it(subject_, *group, !groups_.empty()))
                continue;
            find_carried(*group);
            groups_.push_back(*group);
        }
        return std::move(groups_);
    }

private:
    bool is(std::size_t at, WordClass one) const { return subject_.is(at, one); }
    bool free(std::size_t at) const { return at < list_.size() && figures_.uses[at] == Use::none; }
    bool follows(std::size_t at) const { return runs_on(subject_, at); }
    bool counted(std::size_t at) const {
        if (is(at, WordClass::pronoun)) return false;
        return is(at, WordClass::person) || is(at, WordClass::part) || is(at, WordClass::child) ||
               is(at, WordClass::companion) || nationality(at);
    }
    bool nationality(std::size_t at) const {
        const auto begun = subject_.hits_at(at);
        return std::any_of(begun.begin(), begun.end(), [](const Hit& hit) { return hit.kind == Kind::nationality; });
    }
    /// "urang bangla": the last word of a phrase for people of a country.
    bool ends_nationality(std::size_t at) const {
        return covered_by(subject_, at, [&](const Hit& hit) {
            return hit.kind == Kind::nationality && hit.last == at && hit.first < at;
        });
    }
    /// "anak buah": the pack says that these words are no child.
    bool no_child(std::size_t at) const {
        return covered_by(subject_, at,
                          [](const Hit& hit) { return hit.kind == Kind::flag && hit.value == flag_none; });
    }

    /// "suami istri"
    const Hit* couple_at(std::size_t at) const {
        for (const Hit& hit : subject_.hits_at(at)) {
            if (hit.kind == Kind::remark && hit.value == static_cast<std::uint16_t>(Remark::couple)) return &hit;
        }
        return nullptr;
    }

    std::optional<Group> group_at(std::size_t at) const {
        if (!free(at)) return std::nullopt;
        if (const Hit* couple = couple_at(at))
            return Group{2, 2, true, false, false, false, false, 0, 0, at, couple->last};
        if (const auto twins = twins_at(at)) return twins;
        if (const auto both = both_at(at)) return both;
        if (is(at, WordClass::person) && list_[at].number != no_number && list_[at].digits == 0) return itself(at);
        const auto count = count_at(subject_, at);
        if (!count || marks_an_item(at)) return std::nullopt;
        for (std::size_t i = at; i <= count->last; ++i) {
            if (!free(i)) return std::nullopt;
        }
        Group group{count->least, count->most};
        group.first = at;
        group.last = count->last;
        std::size_t noun = count->last + 1;
        if (noun < list_.size() && list_[noun].number == count->most && list_[noun].digits == 0) ++noun;  // "5 (lima)"
        if (find_us(group, noun) || find_noun(group, noun) || find_noun_before(group) || stands_alone(group)) {
            if (is_rate(group)) return std::nullopt;
            find_child_before(group);
            look_before(group);
            return group;
        }
        return std::nullopt;
    }

    /// "anak kembar", "bayinya kembar": two, unless somebody's work is to look after such.
    std::optional<Group> twins_at(std::size_t at) const {
        const bool child_before = is(at, WordClass::child) && follows(at + 1) && is(at + 1, WordClass::twinned);
        if ((!child_before && !is(at, WordClass::twins)) || subject_.preceded_by(at, WordClass::work, 2) ||
            (at > subject_.from && list_[at - 1].number != no_number))
            return std::nullopt;
        Group group{2, 2, true, true};
        group.of = list_[at].meant;
        group.first = at;
        group.last = child_before ? at + 1 : at;
        look_before(group);
        return group;
    }

    /// "kedua murid itu", "ketiga gadis": all of so many.
    std::optional<Group> both_at(std::size_t at) const {
        const auto all_of = subject_.data.traits[list_[at].meant].all_of;
        if (all_of == 0 || (at > subject_.from && follows(at) && (counted(at - 1) || ranked(at - 1))))
            return std::nullopt;
        Group group;
        group.least = group.most = all_of;
        group.first = group.last = at;
        if (!find_noun(group, at + 1) || (follows(group.last + 1) && is(group.last + 1, WordClass::elders)))
            return std::nullopt;  // "kedua orang tua"
        return group;
    }

    /// "malam kedua", "perahu ketiga": behind it the word says which one, not how many.
    bool ranked(std::size_t at) const {
        return time_word_at(subject_, at) != nullptr || vehicle(at) || is(at, WordClass::measure) ||
               is(at, WordClass::village);
    }

    /// "Orang", where "ORANG" and "orang" tell nothing.
    bool sentence_begins(std::size_t at) const {
        const Token& token = list_[at];
        if (token.end - token.begin < 2) return false;
        const char first = subject_.text[token.begin], second = subject_.text[token.begin + 1];
        return first >= 'A' && first <= 'Z' && second >= 'a' && second <= 'z';
    }
    /// "(1) … (2) …": the items of a list are numbered.
    bool marks_an_item(std::size_t at) const {
        if (list_[at].digits != 1) return false;
        const auto before = subject_.text.substr(0, list_[at].begin), behind = subject_.text.substr(list_[at].end);
        if (!before.ends_with('(') || !behind.starts_with(')')) return false;
        if (counted(at + 1) && !sentence_begins(at + 1)) return false;  // "isi (7) orang"
        constexpr std::size_t near = 3;  // ". (": no farther back, for a list may have thousands of items
        if (at == subject_.from || before.size() < near) return true;
        return before.substr(before.size() - near).find_first_of(".;:\n") != std::string_view::npos;
    }

    /// "bertiga", "seorang": a word that counts by itself.
    std::optional<Group> itself(std::size_t at) const {
        Group group;
        group.least = group.most = list_[at].number;
        group.first = group.last = at;
        group.of = list_[at].meant;
        if (follows(at + 1) && is(at + 1, WordClass::perpetrator)) group.most = 0;  // "seorang calo"
        const bool a_head = list_[at].number == 1 && at > subject_.from && follows(at) && list_[at - 1].digits > 0;
        if (a_head) group.most = 0;  // "300 sorang"
        if (list_[at].number == 1 && follows(at + 1) && counted(at + 1)) find_noun(group, at + 1);
        if (at > subject_.from && is(at - 1, WordClass::for_whom)) group.most = 0;  // "buat pasutri kaya"
        look_before(group);
        return group;
    }

    /// "11 of us", "4 of them".
    bool find_us(Group& group, std::size_t at) const {
        if (!follows(at) || !follows(at + 1) || !is(at, WordClass::of)) return false;
        if (!is(at + 1, WordClass::first_person) && !is(at + 1, WordClass::pronoun)) return false;
        group.last = at + 1;
        group.of = list_[at + 1].meant;
        return true;
    }

    /// Whom the number counts, behind it: "5 calon tki", "2 org anak", "4 wna bangladesh".
    bool find_noun(Group& group, std::size_t at) const {
        constexpr std::size_t between_most = 2;
        std::size_t noun = at;
        if (follows(noun) && is(noun, WordClass::among)) {  // "2 diantaranya anak"
            group.among = true;
            ++noun;
        }
        const auto between = [&](std::size_t i) {
            return (is(i, WordClass::sort) || is(i, WordClass::counter)) && !counted(i);
        };
        for (std::size_t n = 0; n < between_most && between(noun); ++n) ++noun;
        if (noun > at && !follows(at)) return false;
        if (pupils(group, at, noun)) return true;
        if (!follows(noun) || !free(noun) || !counted(noun)) return classified(group, at, noun);
        if (list_[noun].number == 1 && group.most > 1) return false;  // "300 sorang": so much a head
        describe(group, noun);
        group.last = noun;
        // The words behind it say what sort: "2 org anak", "3 org laki", "1 org calo".
        for (std::size_t next = noun + 1; next < noun + 3 && follows(next) && free(next); ++next) {
            if (list_[next].before == '+') break;  // "6 org + anak 1"
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

    /// "dua msh SD", "3 masih smp": children by their school.
    bool pupils(Group& group, std::size_t at, std::size_t noun) const {
        if (noun == at || !follows(noun) || !is(noun, WordClass::school) || !is(noun - 1, WordClass::sort))
            return false;
        group.child = group.part = group.among = true;
        group.of = list_[noun].meant;
        group.last = noun;
        return true;
    }

    /// "kami enam ikok di pondok": a word that only counts, in a text about people.
    bool classified(Group& group, std::size_t at, std::size_t noun) const {
        const bool closes = noun >= list_.size() || !follows(noun) || ends_clause(noun);
        const bool ours = group.first > subject_.from && is(group.first - 1, WordClass::several);
        if (noun != at + 1 || !is(at, WordClass::counter) || !closes || (!ours && !about_people())) return false;
        group.guess = true;
        group.last = at;
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
        group.part = group.part || child || is(noun, WordClass::part) || nationality(noun) || ends_nationality(noun);
        group.of = list_[noun].meant;
    }

    /// "3 cewek masih 16": the word is of a group that is counted already.
    bool taken(std::size_t at) const { return !groups_.empty() && groups_.back().last >= at; }

    /// "org 7", "penumpangnya tiga", "cewek 3 orang": the word stands before the number and nothing else is counted.
    bool find_noun_before(Group& group) const {
        if (group.first == subject_.from || separates_fields(list_[group.first].before)) return false;
        std::size_t noun = group.first - 1;
        // "org kira2 20", "budak kecik 2"
        while (noun > subject_.from && follows(noun) && (is(noun, WordClass::at) || is(noun, WordClass::sort)) &&
               !counted(noun))
            --noun;
        if (noun + 1 < group.first && taken(noun)) return false;  // but "perempuan 1 laki 3"
        if (!counted(noun) && !ends_nationality(noun)) return false;
        if (!free(noun) || list_[noun].number != no_number) return false;
        const bool classified = is(group.last + 1, WordClass::counter) && follows(group.last + 1);
        std::size_t next = group.last + (classified ? 2 : 1);
        const bool sort = is(noun, WordClass::part) || is(noun, WordClass::child);
        if (sort && follows(next) && is(next, WordClass::sort) && !counted(next) && !counted(next + 1)) ++next;
        const bool another = follows(next) && (counted(next) || is(next, WordClass::sort));
        const bool closes =
            classified || next >= list_.size() || !follows(next) || ends_clause(next) || (sort && !another);
        if (!closes) return false;
        describe(group, noun);
        group.first = noun;
        group.last = next - 1;
        return true;
    }

    /// "isi 5", "ada 3 yang dibawa", "ber 6", "kira2 20an": no word for people beside it, and nothing that is counted
    /// behind it.
    bool stands_alone(Group& group) const {
        constexpr std::uint32_t guess_most = 200;
        const std::size_t next = group.last + 1;
        const bool closes = next >= list_.size() || !follows(next) || ends_clause(next);
        if (group.first == subject_.from || group.most > guess_most || !closes || list_[group.first].repeated ||
            time_word_at(subject_, group.first) != nullptr)
            return false;
        group.guess = true;
        if (guessed(group)) return true;
        if (!follows(group.first)) return false;
        if (came(group)) return true;
        const bool hours = time_word_at(subject_, next) != nullptr;  // "setiap 10-11 malam"
        if (group.least < group.most && is(group.first - 1, WordClass::every) && !hours && about_people()) return true;
        const bool verb_apart = is_one_of(list_[group.first - 1].text, subject_.data.affixes.intransitive);
        return verb_apart || holds(group.first) || (group.most > 1 && reckoned(group.first));
    }

    /// "ada 13", "ada lah 13", "we are seven", "group of 8", "yg ikut 6".
    bool holds(std::size_t number) const {
        std::size_t before = number - 1;
        if (is(before, WordClass::relative) && list_[number].number > 1) return true;  // "yg 8 td udah dibawa"
        const bool bridged = is(before, WordClass::clause) || is(before, WordClass::at) || is(before, WordClass::of);
        if (bridged && before > subject_.from) --before;
        const bool relative =
            before + 1 < number && is(number - 1, WordClass::clause) && is(before, WordClass::relative);
        // "saya anaknya skrg udah 22" tells an age.
        const bool lasts = is(before, WordClass::since) && !subject_.preceded_by(before, WordClass::kin, 2);
        return relative || is(before, WordClass::holds) || is(before, WordClass::several) || lasts;
    }

    /// "orang baru datang 30", "jiwa di kapal 31": the word for people stands before, what they do between.
    bool came(const Group& group) const {
        constexpr std::size_t window = 3;
        const std::size_t number = group.first, next = group.last + 1;
        const bool ends = next >= list_.size() || !follows(next);  // "di speedboat 40 pk"
        for (std::size_t n = 1; n <= window && number >= subject_.from + n; ++n) {
            const std::size_t at = number - n;
            if (!free(at) || list_[at].number != no_number || subject_.denied(at)) return false;
            if (is(at, WordClass::person) && counted(at)) return n > 1 && !taken(at);
            if (vehicle(at) && (!ends || !(is(at - 1, WordClass::at) || vehicle(at - 1)))) return false;
            const bool between = is(at, WordClass::clause) || is(at, WordClass::at) || is(at, WordClass::sort) ||
                                 verb(at) || vehicle(at);
            if (!between || !follows(at)) return false;
        }
        return false;
    }
    bool vehicle(std::size_t at) const {
        return covered_by(subject_, at, [](const Hit& hit) { return hit.kind == Kind::vehicle; });
    }
    /// "datang", "masuk", "tiba", "berkumpul"
    bool verb(std::size_t at) const {
        const std::string_view text = word(at);
        return is(at, WordClass::arrives) ||
               (text.size() >= verb_letters_least && begins_with(text, subject_.data.affixes.intransitive));
    }

    /// "saya hitung dari jauh 14"
    bool reckoned(std::size_t number) const {
        constexpr std::size_t window = 4;
        for (std::size_t n = 1; n <= window && number >= subject_.from + n; ++n) {
            if (is(number - n, WordClass::reckons)) return true;
            if (!follows(number - n) || list_[number - n].number != no_number) return false;
        }
        return false;
    }

    /// "kira2 20an" by itself, in a text about people.
    bool guessed(const Group& group) const {
        std::size_t begin = group.first;
        while (begin > subject_.from && follows(begin) && is(begin - 1, WordClass::roughly)) --begin;
        const bool opens = begin < group.first && (begin == subject_.from || !follows(begin));
        const std::size_t next = group.last + 1;
        return opens && (next >= list_.size() || !follows(next)) && about_people();
    }

    bool about_people() const {
        if (!about_people_) {
            about_people_ = false;
            for (std::size_t at = subject_.from; at < list_.size() && !*about_people_; ++at)
                about_people_ = is(at, WordClass::person) || is(at, WordClass::part) || is(at, WordClass::child) ||
                                is(at, WordClass::many);
        }
        return *about_people_;
    }

    std::string_view word(std::size_t at) const { return word_at(subject_, at); }

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
        const std::string_view text = word(at);
        constexpr std::size_t spoken_least = 5;
        const Affixes& affixes = subject_.data.affixes;
        if (text.size() < spoken_least) return false;
        if (begins_with(text, affixes.spoken)) return true;
        return text.size() >= verb_letters_least &&
               (begins_with(text, affixes.passive) || begins_with(text, affixes.active) ||
                begins_with(text, affixes.intransitive) || ends_with(text, affixes.past));
    }

    /// What stands before it: "dan 3 anak", "termasuk 2 anak", "saya dan 3 teman".
    void look_before(Group& group) const {
        if (group.first == subject_.from) return;
        const std::size_t before = group.first - 1;
        if (parents_before(group)) {
            group.least += 2;
            group.most += 2;
            group.carried = group.most - 2;
            group.child = group.part = false;
            return;
        }
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
        const bool besides = says_besides(subject_, group) || beside_sender(subject_, group);
        const bool companions = is(group.last, WordClass::companion) || besides;
        const bool speaker = is(self, WordClass::first_person) || (is(self, WordClass::kin) && self > subject_.from) ||
                             (companions && someone_before(self));
        const bool others = !group.child && (companions || is(group.last, WordClass::person) ||
                                             is(group.last, WordClass::first_person));
        if (!speaker || !others || (group.part && !besides)) return;
        group.least += 1;  // "saya dan 3 teman"
        group.most += 1;
        group.joined = group.part = false;
    }

    /// "sekeluarga (bapak ibu 2 anak)": the two who have them.
    bool parents_before(const Group& group) const {
        if (!group.child || group.first < subject_.from + 3 || !follows(group.first) || !follows(group.first - 1))
            return false;
        const std::size_t second = group.first - 1, first = second - 1;
        const auto parent = [&](std::size_t at) { return is(at, WordClass::kin) && is(at, WordClass::part); };
        return parent(first) && parent(second) && list_[first].meant != list_[second].meant &&
               is(first - 1, WordClass::household);
    }

    /// One person is told of shortly before, in the same sentence: "die tesesat ngan 3 kawan".
    bool someone_before(std::size_t at) const {
        constexpr std::size_t window = 8;
        for (std::size_t n = 0; n < window && at >= subject_.from + n; ++n) {
            const std::size_t i = at - n;
            if (is(i, WordClass::perpetrator) || list_[i].number != no_number) return false;
            if (is(i, WordClass::first_person) || is(i, WordClass::kin) || is(i, WordClass::pronoun)) return true;
            if (counted(i) || !follows(i)) return false;
        }
        return false;
    }

    /// "2 ibu gendong bayi", "satu ibu bawa anak 2 tahun": a child each.
    void find_carried(Group& group) const {
        constexpr std::uint32_t few = 5;
        std::size_t at = group.last + 1;
        if (!group.part || group.child || group.most > few) return;
        for (std::size_t n = 0; n < 2 && follows(at) && is(at, WordClass::clause); ++n) ++at;
        // "ada" moves nobody
        if (!follows(at) || !is(at, WordClass::moves) || is(at, WordClass::adverb)) return;
        if (begins_with(word(at), subject_.data.affixes.passive)) return;
        ++at;
        const bool one = follows(at) && is(at, WordClass::child) && !list_[at].repeated && !no_child(at);
        if (one) group.carried = group.most;
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
    mutable std::optional<bool> about_people_;  ///< once asked
};

}  // namespace

std::vector<Group> count_groups(const Subject& subject) {
    return Counter(subject).run();
}

}  // namespace jejak::understand
