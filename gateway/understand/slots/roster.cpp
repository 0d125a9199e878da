#include "gateway/understand/slots/roster.hpp"

#include <algorithm>

#include "gateway/understand/slots/figures.hpp"
#include "gateway/understand/slots/groups.hpp"

namespace jejak::understand {
namespace {

/// What senders say of themselves and of those who are with them.
bool of_the_sender(Intent intent) {
    return intent == Intent::sos || intent == Intent::safe || intent == Intent::arrived || intent == Intent::departed ||
           intent == Intent::returned || intent == Intent::position;
}

/// Reads one roster from a token on.
class RosterReader {
public:
    explicit RosterReader(const Subject& subject)
        : subject_(subject), list_(subject.tokens.list), figures_(figures_of(subject)) {}

    std::optional<Roster> at(std::size_t first, Intent intent) const {
        Roster roster;
        roster.first = first;
        bool self = false, aged = false;
        for (std::size_t next = first; roster.people < members_max && member(next);) {
            self = self || subject_.is(next, WordClass::first_person);
            roster.last = last_of_member(next);
            roster.people += 1;
            if (const Age* age = age_behind(roster.last)) {
                aged = true;
                roster.children += age->years < adult_age ? 1 : 0;
                roster.last = age->last;
            }
            next = roster.last + 1;
            if (joined(next)) {
                ++next;
            } else if (!aged || next >= list_.size()) {
                break;
            }
        }
        if (roster.people < 2 || (self ? !of_the_sender(intent) && !aged : !aged && !goes_on(roster.last + 1)))
            return std::nullopt;
        return roster;
    }

private:
    static constexpr std::uint32_t members_max = 8;

    /// "saya", "adik", "istri": one person, neither counted nor addressed.
    bool member(std::size_t at) const {
        if (at >= list_.size() || list_[at].repeated || figures_.uses[at] != Use::none) return false;
        if (at > subject_.from && list_[at - 1].number != no_number && figures_.uses[at - 1] == Use::none) return false;
        if (subject_.is(at, WordClass::several) || subject_.is(at, WordClass::perpetrator)) return false;
        const bool addressed = subject_.data.is(list_[at].spelled, WordClass::address);
        if (subject_.is(at, WordClass::first_person) || (subject_.is(at, WordClass::kin) && !addressed)) return true;
        return named(at) && age_behind(at) != nullptr;
    }

    /// "Dodi 29th": a word with a capital that the pack does not know, or only inside phrases.
    bool named(std::size_t at) const {
        const char c = subject_.text[list_[at].begin];
        const auto& classes = subject_.data.traits[list_[at].word].classes;
        const bool unknown = classes.none() || subject_.data.is(list_[at].word, WordClass::given);
        return list_[at].letters && unknown && c >= 'A' && c <= 'Z';
    }

    /// "adik saya"
    std::size_t last_of_member(std::size_t at) const {
        const bool whose = subject_.is(at, WordClass::kin) && at + 1 < list_.size() && list_[at + 1].before == ' ' &&
                           subject_.is(at + 1, WordClass::first_person);
        return whose ? at + 1 : at;
    }

    const Age* age_behind(std::size_t at) const {
        const auto& ages = figures_.ages;
        const auto found = std::lower_bound(ages.begin(), ages.end(), at + 1,
                                            [](const Age& one, std::size_t token) { return one.first < token; });
        return found != ages.end() && found->first == at + 1 ? &*found : nullptr;
    }

    /// "dan", "sama", "&" between two members.
    bool joined(std::size_t at) const {
        return at + 1 < list_.size() && subject_.is(at, WordClass::with) && list_[at].before == ' ' && member(at + 1);
    }

    /// What is told of them follows: "istri sama anak saya dibawa", "bapak dan paman hilang".
    bool goes_on(std::size_t at) const {
        constexpr std::size_t verb_least = 5;
        if (at >= list_.size() || list_[at].before != ' ') return false;
        return subject_.is(at, WordClass::sets_out) || subject_.is(at, WordClass::moves) ||
               subject_.is(at, WordClass::distress) ||
               (list_[at].text.size() >= verb_least && begins_with(list_[at].text, subject_.data.affixes.passive));
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    const Figures& figures_;
};

}  // namespace

std::optional<Roster> find_roster(const Subject& subject, Intent intent) {
    const RosterReader reader(subject);
    for (std::size_t at = subject.from; at < subject.tokens.list.size(); ++at) {
        const bool begins =
            at == subject.from || !(subject.is(at - 1, WordClass::with) || subject.is(at - 1, WordClass::towards));
        if (!begins) continue;
        if (auto roster = reader.at(at, intent)) return roster;
    }
    return std::nullopt;
}

}  // namespace jejak::understand
