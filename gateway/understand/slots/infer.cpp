#include <algorithm>
#include <array>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {
namespace {

/// What a text speaks of: notions, and where each is first met.
class Notions {
public:
    Notions(const Pack::Data& data, const Tokens& tokens) : data_(data), tokens_(tokens), known_(data.known_notions) {}

    void gather(const std::vector<Hit>& hits) {
        for (const Hit& hit : hits) {
            if (hit.kind == Kind::notion && !hit.negated) note(hit.value, hit.first, hit.last);
            if (hit.kind == Kind::destination) note(known_.abroad, hit.first, hit.last);
            if (hit.kind == Kind::place && data_.places[hit.value].gate) note(known_.gate, hit.first, hit.last);
        }
        const auto& list = tokens_.list;
        for (std::uint32_t i = 0; i < list.size(); ++i) {
            const bool counted = i > 0 && list[i - 1].number != no_number;
            if (is(i, WordClass::first_person)) note(known_.self, i, i);
            if (is(i, WordClass::kin) && !data_.is(list[i].spelled, WordClass::address)) note(known_.kin, i, i);
            const bool relatives = is(i, WordClass::kin) && list[i].repeated;
            if (is(i, WordClass::many) || relatives ||
                ((is(i, WordClass::person) || is(i, WordClass::child)) &&
                 (counted || list[i].repeated || !is(i, WordClass::kin))))
                note(known_.people, i, i);
        }
    }

    bool holds(const Inference& one) const {
        return seen_[one.anchor] && (seen_ & one.has) == one.has && (seen_ & one.without).none();
    }
    Hit hit(const Inference& one) const {
        const auto& [first, last] = where_[one.anchor];
        return {one.adds.kind, one.adds.value, one.adds.weight, first, last};
    }

private:
    bool is(std::size_t at, WordClass one) const { return tokens_.is(at, one); }

    void note(std::size_t notion, std::uint32_t first, std::uint32_t last) {
        if (notion >= data_.notions.size() || seen_.test(notion)) return;
        seen_.set(notion);
        where_[notion] = {first, last};
    }

    const Pack::Data& data_;
    const Tokens& tokens_;
    const Pack::Data::KnownNotions& known_;
    NotionSet seen_;
    std::array<std::pair<std::uint32_t, std::uint32_t>, notions_max> where_{};
};

}  // namespace

void infer(const Pack::Data& data, const Tokens& tokens, std::vector<Hit>& hits) {
    Notions notions(data, tokens);
    notions.gather(hits);
    for (const Inference& one : data.inferences) {
        if (notions.holds(one)) hits.push_back(notions.hit(one));
    }
}

}  // namespace jejak::understand
