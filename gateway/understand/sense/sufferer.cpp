#include "gateway/understand/sense/sufferer.hpp"

#include <algorithm>

namespace jejak::understand {
namespace {

constexpr std::size_t clause_back = 6;   // words before a phrase in which whom it speaks of is looked for
constexpr std::size_t text_back = 16;    // and in the clauses before
constexpr std::size_t clause_ahead = 4;  // words after it
constexpr std::size_t thing_back = 4;    // words before it in which the thing stands that it befalls

/// Finds whom a phrase speaks of: the nearest person before it, or after it where the phrase wants an object.
class Sufferer {
public:
    /// speaks  the sender speaks of himself somewhere, so that "dia" is somebody else
    Sufferer(const Subject& whole, bool speaks) : whole_(whole), list_(whole.tokens.list), speaks_(speaks) {}

    Who of(const Hit& hit) const {
        for (std::size_t i = hit.first; i <= hit.last; ++i) {
            if (const Who who = person(i); who != Who::unsaid) return who;
        }
        const bool inflicted =
            hit.kind == Kind::distress && hit.weight == static_cast<std::uint8_t>(Distress::inflicted);
        if (inflicted) {
            if (const Who who = ahead(hit.last); who != Who::unsaid) return who;
            if (hit.first > 0 && is(hit.first - 1, WordClass::pronoun)) return Who::unsaid;  // who does it
        }
        if (const Who who = back(hit.first, clause_back, false); who != Who::unsaid) return who;
        if (const Who who = ahead_self(hit.last); who != Who::unsaid) return who;
        return back(hit.first, text_back, true);
    }

private:
    bool is(std::size_t at, WordClass one) const { return whole_.is(at, one); }
    bool addresses(std::size_t at) const { return whole_.data.is(list_[at].spelled, WordClass::address); }
    bool somebody(std::size_t at) const {
        return (is(at, WordClass::kin) || is(at, WordClass::person) || is(at, WordClass::child)) && !addresses(at) &&
               !is(at, WordClass::perpetrator);
    }

    /// "kami 6 orang", "kami dua beradik": the sender among others.
    bool among_us(std::size_t at) const {
        std::size_t i = at;
        while (i > 0 && at - i < 4 &&
               (list_[i - 1].number != no_number || is(i - 1, WordClass::many) || is(i - 1, WordClass::adverb) ||
                list_[i - 1].meant == 0))
            --i;
        if (i == at && is(at, WordClass::kin)) return false;
        return i > 0 && is(i - 1, WordClass::first_person) && (i == 1 || !somebody(i - 2));
    }

    /// "saya dan adik": the sender too.
    bool beside_us(std::size_t at) const {
        return at > 1 && is(at - 1, WordClass::with) && is(at - 2, WordClass::first_person);
    }

    /// "ayam jago kamek": the creature is meant, not whose it is.
    bool creature_before(std::size_t at) const {
        return at > 1 && is(at - 2, WordClass::creature) && !is(at - 1, WordClass::with) && !ends_clause(list_[at - 1]);
    }

    /// Who the word at `at` is, if it is anybody: "saya" behind "anak" is the child's parent, no sufferer.
    Who person(std::size_t at) const {
        if (is(at, WordClass::first_person)) {
            if (is(at + 1, WordClass::witnesses)) return Who::unsaid;  // "saya dengar …" tells of others
            if (at == 0 || ends_clause(list_[at])) return Who::self;
            for (const auto owned : {WordClass::perpetrator, WordClass::surroundings, WordClass::belonging}) {
                if (is(at - 1, owned)) return Who::unsaid;
            }
            if (creature_before(at)) return Who::unsaid;
            if (!somebody(at - 1)) return Who::self;
            return is(at - 1, WordClass::kin) || (at > 1 && is(at - 2, WordClass::kin)) ? Who::kin : Who::other;
        }
        if (!somebody(at) || (speaks_ && is(at, WordClass::pronoun))) return Who::unsaid;
        if (among_us(at) || beside_us(at)) return Who::self;
        return is(at, WordClass::kin) ? Who::kin : Who::other;
    }

    Who back(std::size_t first, std::size_t window, bool across) const {
        for (std::size_t n = 1; n <= window && first >= n; ++n) {
            if (!across && ends_clause(list_[first - n + 1])) break;
            if (const Who who = person(first - n); who != Who::unsaid) return who;
        }
        return Who::unsaid;
    }

    Who ahead(std::size_t last) const {
        for (std::size_t i = last + 1; i <= last + clause_ahead && i < list_.size() && !ends_clause(list_[i]); ++i) {
            if (const Who who = person(i); who != Who::unsaid) return who;
        }
        return Who::unsaid;
    }
    /// Behind what befalls somebody stands who did it, unless it is the sender.
    Who ahead_self(std::size_t last) const { return ahead(last) == Who::self ? Who::self : Who::unsaid; }

    const Subject& whole_;
    const std::vector<Token>& list_;
    bool speaks_ = false;
};

/// What somebody suffers is said of the sender: "tolong suami saya pukul saya".
bool suffers_too(const Subject& subject) {
    return std::any_of(subject.hits.begin(), subject.hits.end(), [&](const Hit& hit) {
        return hit.kind == Kind::distress && !hit.negated && who_suffers(subject, hit, true) == Who::self;
    });
}

}  // namespace

bool ends_clause(const Token& token) {
    return separates_fields(token.before) || token.before == ',' || (token.before == '.' && !token.tight);
}

Who who_suffers(const Subject& whole, const Hit& hit, bool speaks) {
    return Sufferer(whole, speaks).of(hit);
}

bool of_a_thing(const Subject& subject, const Hit& hit) {
    const auto& list = subject.tokens.list;
    const auto is_any = [&](std::size_t i, std::initializer_list<WordClass> classes) {
        return std::any_of(classes.begin(), classes.end(), [&](WordClass one) { return subject.is(i, one); });
    };
    std::size_t thing = hit.first;
    while (thing > 0 && hit.first - thing < thing_back && !ends_clause(list[thing]) &&
           !subject.is(thing, WordClass::belonging) &&
           (thing == hit.first ||
            is_any(thing, {WordClass::first_person, WordClass::pronoun, WordClass::adverb, WordClass::since})))
        --thing;
    if (!subject.is(thing, WordClass::belonging)) return false;
    const bool begins = thing == 0 || ends_clause(list[thing]);  // "di mobil saya dikurung": it happens there
    if (!begins && !is_any(thing - 1, {WordClass::polite, WordClass::plea})) return false;
    for (std::size_t i = hit.last + 1; i <= hit.last + clause_ahead && i < list.size() && !ends_clause(list[i]); ++i) {
        if (is_any(i, {WordClass::person, WordClass::perpetrator, WordClass::kin, WordClass::first_person,
                       WordClass::pronoun, WordClass::plea}))
            return false;
    }
    return true;
}

bool names_somebody(const Subject& subject) {
    const auto& list = subject.tokens.list;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool somebody = subject.is(i, WordClass::person) || subject.is(i, WordClass::child) ||
                              subject.is(i, WordClass::kin) || subject.is(i, WordClass::perpetrator);
        if (somebody && !subject.data.is(list[i].spelled, WordClass::address)) return true;
    }
    return false;
}

bool of_a_creature(const Subject& subject, const Hit& hit) {
    const auto& list = subject.tokens.list;
    for (std::size_t n = 0; n < thing_back && hit.first >= n; ++n) {
        if (n > 0 && ends_clause(list[hit.first - n + 1])) return false;
        if (subject.is(hit.first - n, WordClass::creature)) return true;
    }
    return false;
}

bool of_papers(const Subject& subject, const Hit& hit) {
    return std::any_of(subject.hits.begin(), subject.hits.end(), [&](const Hit& other) {
        const bool mild = other.kind == Kind::distress && other.weight == static_cast<std::uint8_t>(Distress::mild);
        const std::size_t owner = other.first + 1;
        return mild && owner < hit.first && other.last == hit.last && subject.is(owner, WordClass::kin) &&
               !subject.is(other.first, WordClass::belonging);
    });
}

bool is_begged(const Subject& subject, const Hit& hit) {
    return hit.weight == static_cast<std::uint8_t>(Distress::inflicted) && hit.first > 0 &&
           subject.is(hit.first - 1, WordClass::negation) && subject.is(hit.first - 1, WordClass::please_verb);
}

bool calls_for_kin(const Subject& subject) {
    std::size_t at = subject.from;
    bool pleads = at > 0;  // the command is one
    for (; subject.is(at, WordClass::polite) || subject.is(at, WordClass::plea); ++at)
        pleads = pleads || subject.is(at, WordClass::plea);
    const auto& list = subject.tokens.list;
    if (!pleads || at >= list.size()) return false;
    const auto kin = [&](std::size_t i) {
        return subject.is(i, WordClass::kin) && !subject.data.is(list[i].spelled, WordClass::address);
    };
    const bool before = subject.data.is(list[at].spelled, WordClass::possessive) && kin(at + 1);
    const bool behind = kin(at) && subject.is(at + 1, WordClass::first_person);
    return (before || behind) && !subject.is(at + 2, WordClass::with) && !suffers_too(subject);
}

bool calls_for_self(const Subject& subject) {
    const auto& list = subject.tokens.list;
    const bool speaks =
        std::any_of(list.begin() + static_cast<std::ptrdiff_t>(subject.from), list.end(),
                    [&](const Token& token) { return subject.data.is(token.meant, WordClass::first_person); });
    bool kin = false, own = speaks || subject.abroad;
    for (const Hit& hit : subject.hits) {
        if (hit.kind != Kind::distress || hit.negated || own) continue;
        const Who who = who_suffers(subject, hit, speaks);
        kin = kin || who == Who::kin;
        own = own || who != Who::kin;
    }
    if (kin && !own) return false;
    std::size_t at = subject.from;
    while (subject.is(at, WordClass::polite)) ++at;
    return !subject.is(at, WordClass::other_person);
}

}  // namespace jejak::understand
