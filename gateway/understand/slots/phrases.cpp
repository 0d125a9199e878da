#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

constexpr auto first_kind = static_cast<std::size_t>(Kind::category);

/// Kinds that say how things are, so that a negation before them takes them back.
bool can_be_negated(Kind kind) {
    return kind == Kind::category || kind == Kind::flag || kind == Kind::indicator || kind == Kind::saying ||
           kind == Kind::distress || kind == Kind::notion;
}

/// A negation within such a phrase is part of it, and takes nothing else back: "tidak boleh keluar". A text speaks of
/// a notion in single words, "tidak" among them, which mean no less for that.
bool owns_words(Kind kind) {
    return can_be_negated(kind) && kind != Kind::notion;
}

/// Finds the phrases of one text. At each token it follows the pack's tree for at most phrase_words_max words, and from
/// each node with a gap for gap_words_max tries more, so that the work is linear in the text.
class PhraseFinder {
public:
    PhraseFinder(const Pack::Data& data, const Tokens& tokens)
        : data_(data), list_(tokens.list), owned_(tokens.list.size()) {}

    std::vector<Hit> run(std::size_t from) {
        hits_.reserve(2 * list_.size());
        for (start_ = from; start_ < list_.size(); ++start_) {
            if (list_[start_].meant == 0) continue;
            first_hit_ = hits_.size();
            take_plain();
            take_gapped();
        }
        for (Hit& hit : hits_) hit.negated = hit.negated || (can_be_negated(hit.kind) && negated_before(hit));
        return std::move(hits_);
    }

private:
    struct Step {
        std::uint32_t node = 0;
        std::size_t last = 0;
    };

    bool follows(std::size_t at) const {
        return at < list_.size() && !separates_fields(list_[at].before) && list_[at].before != ',';
    }

    /// What is said of something ends at a comma; a place's name or a time may not ("sebunga, kaliau").
    bool comma_within(std::size_t last) const {
        for (std::size_t i = start_ + 1; i <= last; ++i) {
            if (list_[i].before == ',') return true;
        }
        return false;
    }

    /// Phrases without a gap, the longest of each kind.
    void take_plain() {
        path_size_ = 0;
        std::uint32_t node = 0;
        for (std::size_t i = start_; i < list_.size() && path_size_ < phrase_words_max && list_[i].meant != 0; ++i) {
            if (i > start_ && separates_fields(list_[i].before)) break;
            node = data_.step(node, list_[i].meant);
            if (node == 0) break;
            path_[path_size_++] = {node, i};
            const auto twice = list_[i].repeated ? data_.step(node, list_[i].meant) : 0;  // "om2" is "om om"
            if (twice != 0 && path_size_ < phrase_words_max) path_[path_size_++] = {node = twice, i};
        }
        taken_ = 0;
        bool ordinary = false, longer = false;  // "dikurung hujan": "dikurung" says nothing there
        for (std::size_t n = path_size_; n > 0; --n) {
            const auto& [at, last] = path_[n - 1];
            const auto& meanings = data_.nodes[at];
            longer = ordinary;
            for (const Meaning& meaning : meanings) ordinary = ordinary || meaning.kind == Kind::ordinary;
            std::uint32_t here = 0;
            for (const Meaning& meaning : meanings) {
                const auto kind = static_cast<std::size_t>(meaning.kind);
                // A text speaks of a notion, and says what it says, even inside a longer phrase.
                const bool inside = (taken_ >> kind & 1) != 0 || start_ < covered_[kind];
                const bool free = meaning.kind == Kind::notion || meaning.kind == Kind::saying;
                if (kind < first_kind || (inside && !free)) continue;
                if (ordinary && (meaning.kind == Kind::saying || meaning.kind == Kind::notion)) continue;
                if (longer && can_be_negated(meaning.kind)) continue;
                if (can_be_negated(meaning.kind) && comma_within(last)) continue;
                here |= 1u << kind;
                push(meaning, last, last, last);
            }
            taken_ |= here;
            for (; here != 0; here &= here - 1) covered_[static_cast<std::size_t>(std::countr_zero(here))] = last + 1;
        }
    }

    void take_gapped() {
        for (std::size_t n = 0; n < path_size_; ++n) {
            const std::uint32_t gap = data_.gaps[path_[n].node];
            if (gap == 0) continue;
            const std::size_t before = path_[n].last;
            bool found = false;
            for (std::size_t skip = 0; skip <= gap_words_max && !found; ++skip) {
                const std::size_t at = before + 1 + skip;
                // A gap lies within one sentence.
                if (!follows(at) || (list_[at].before == '.' && !list_[at].tight)) break;
                found = take_behind_gap(gap, before, at);
            }
        }
    }

    /// Every phrase that goes on at token `at` behind a gap.
    bool take_behind_gap(std::uint32_t node, std::size_t before, std::size_t at) {
        bool found = false;
        for (std::size_t i = at; i < list_.size() && i < at + phrase_words_max && list_[i].meant != 0; ++i) {
            if (i > at && !follows(i)) break;
            node = data_.step(node, list_[i].meant);
            if (node == 0) break;
            for (const Meaning& meaning : data_.nodes[node]) {
                const auto kind = static_cast<std::size_t>(meaning.kind);
                const bool inside = start_ < covered_[kind] && (taken_ >> kind & 1) == 0;  // of an earlier phrase
                if (kind < first_kind || inside) continue;
                found = true;
                push(meaning, before, at, i);
            }
        }
        return found;
    }

    /// A phrase of tokens [start_, before] and, unless that is all of it, [behind, last].
    void push(const Meaning& meaning, std::size_t before, std::size_t behind, std::size_t last) {
        for (std::size_t i = first_hit_; i < hits_.size(); ++i) {
            Hit& known = hits_[i];
            if (known.kind != meaning.kind || known.value != meaning.value) continue;
            known.weight = std::max(known.weight, meaning.weight);
            return;
        }
        Hit hit{meaning.kind, meaning.value, meaning.weight, static_cast<std::uint32_t>(start_),
                static_cast<std::uint32_t>(last)};
        for (std::size_t i = before + 1; i < behind; ++i)
            hit.negated = hit.negated || (can_be_negated(meaning.kind) && is(i, WordClass::negation));
        if (owns_words(meaning.kind)) {
            for (std::size_t i = start_; i <= before; ++i) owned_[i] = true;
            for (std::size_t i = behind; i <= last; ++i) owned_[i] = true;
        }
        hits_.push_back(hit);
    }

    bool is(std::size_t at, WordClass one) const { return data_.is(list_[at].meant, one); }

    /// "tidak", not the "x" of "3x", and no word that only looks like one.
    bool denies(std::size_t at) const {
        const bool times = at > 0 && list_[at].text.size() == 1 && list_[at - 1].number != no_number;
        return data_.is(list_[at].word, WordClass::negation) && !owned_[at] && !times;
    }

    /// The two are words of one clause.
    bool next_to(std::size_t left) const { return list_[left + 1].before == ' ' || list_[left + 1].before == '-'; }

    /// A negation shortly before it, in the same clause, that is not part of another phrase; or one that reaches it
    /// over another phrase: "tidak ada orang lewat jalan tikus".
    bool negated_before(const Hit& hit) {
        const bool of_people = hit.kind == Kind::distress || hit.kind == Kind::saying;
        if (wanted(hit)) return false;
        if (denied_before(hit)) return true;
        if (of_people || hit.first == 0) return false;
        const bool follows_denied = hit.first <= nobody_until_ && next_to(hit.first - 1);  // hits come in order
        if (!follows_denied && !nobody_before(hit)) return false;
        nobody_until_ = std::max<std::size_t>(nobody_until_, hit.last + 1);
        return true;
    }

    /// "tidak mau dijual": no less in need.
    bool wanted(const Hit& hit) const {
        if (hit.kind != Kind::distress || hit.first == hit.last || is(hit.first, WordClass::adverb)) return false;
        const auto& meanings = data_.nodes[data_.step(0, list_[hit.first].meant)];
        return std::any_of(meanings.begin(), meanings.end(), [](const Meaning& meaning) {
            return meaning.kind == Kind::time && meaning.value == static_cast<std::uint16_t>(TimeWord::planned);
        });
    }

    /// "jangan bunuh kami": what is asked not to be done is feared, not denied.
    bool begs(const Hit& hit, std::size_t negation) const {
        return hit.kind == Kind::distress && hit.weight == static_cast<std::uint8_t>(Distress::inflicted) &&
               is(negation, WordClass::please_verb);
    }

    bool denied_before(const Hit& hit) const {
        const bool call = hit.kind == Kind::saying && hit.value == static_cast<std::uint16_t>(Intent::sos);
        const std::size_t window = call ? 1 : hit.kind == Kind::saying || hit.kind == Kind::distress ? 3 : 2;
        for (std::size_t n = 1; n <= window && hit.first >= n && next_to(hit.first - n); ++n) {
            const std::size_t at = hit.first - n;
            if (denies(at)) return !begs(hit, at) && (n == 1 || !is(at, WordClass::denial));
            if (!is(at, WordClass::adverb)) return false;
        }
        return false;
    }

    /// "tidak ada orang lewat …", "0 orang lewat …": nobody does what the phrase says.
    bool nobody_before(const Hit& hit) const {
        constexpr std::size_t window = 4;
        for (std::size_t n = 1; n <= window && hit.first >= n && next_to(hit.first - n); ++n) {
            const std::size_t at = hit.first - n;
            if (denies(at) || (n > 1 && list_[at].number == 0 && list_[at].digits == 1))
                return !is(at, WordClass::denial);
            if (!is(at, WordClass::person) && !is(at, WordClass::adverb)) return false;
        }
        return false;
    }

    const Pack::Data& data_;
    const std::vector<Token>& list_;
    std::vector<bool> owned_;
    std::vector<Hit> hits_;
    std::array<Step, phrase_words_max> path_{};
    std::array<std::size_t, kind_count> covered_{};
    std::size_t start_ = 0, path_size_ = 0, first_hit_ = 0;
    std::size_t nobody_until_ = 0;  ///< the token behind what nobody does
    std::uint32_t taken_ = 0;       ///< kinds that a phrase from start_ on has, a bit each
};

}  // namespace

Phrases::Phrases(const std::vector<Hit>& found, std::size_t tokens) : hits_(found.size()), starts_(tokens + 2) {
    // Each token's next free slot is counted one further on: once all are taken, it is where the next token's begin.
    for (const Hit& hit : found) ++starts_[hit.first + 2];
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
    for (const Hit& hit : found) hits_[starts_[hit.first + 1]++] = hit;
}

std::vector<Hit> find_phrases(const Pack::Data& data, const Tokens& tokens, std::size_t from) {
    return PhraseFinder(data, tokens).run(from);
}

}  // namespace jejak::understand
