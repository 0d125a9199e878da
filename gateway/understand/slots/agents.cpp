#include "gateway/understand/slots/agents.hpp"

#include <algorithm>

/// Who does it, as against those to whom it is done.
namespace jejak::understand {
namespace {

/// Looks at one group where it stands in the text.
class Agents {
public:
    Agents(const Subject& subject, bool others) : subject_(subject), list_(subject.tokens.list), others_(others) {}

    bool does_it(const Group& group) const {
        constexpr std::uint32_t few = 3;
        if (group.most <= few && others_ && !group.child && threatens(group)) return true;
        if (group.first == subject_.from || !follows(group.first)) return false;
        std::size_t before = group.first - 1;
        if (is(before, WordClass::by) || is_who(group.first)) return true;
        if (group.most <= few && is(before, WordClass::guarded)) return true;
        if (group.most <= few && drags(group)) return true;
        if (group.most > few || group.joined != is(before, WordClass::with)) return false;
        if (is(before, WordClass::with) && before > subject_.from) {
            --before;
        } else if (!others_ || !group.part || group.child) {
            return false;
        }
        return is(before, WordClass::moves) && begins_with(word(before), subject_.data.affixes.passive) &&
               !is(group.last, WordClass::companion);
    }

    /// "saya dipaksa kerja sama 3 perempuan": women beside the sender, to whom the same is done.
    bool with_sender(const Group& group) const {
        if (group.first == subject_.from || !women(group) || !says_by(group.first - 1)) return false;
        const auto verb = force_before(group.first - 1);
        return verb && befalls_sender(*verb);
    }

private:
    bool is(std::size_t at, WordClass one) const { return subject_.is(at, one); }
    bool follows(std::size_t at) const { return runs_on(subject_, at); }
    std::string_view word(std::size_t at) const { return word_at(subject_, at); }

    /// "yang menyuruh adalah seorang lelaki", with others told of before.
    bool is_who(std::size_t at) const { return others_ && is(at - 1, WordClass::copula) && list_[at].before == ' '; }
    /// "tiga lelaki menggedor pintu", of a text that tells of others: who threatens is not told of as one of them.
    bool threatens(const Group& group) const {
        constexpr std::size_t window = 2;
        for (std::size_t n = 1; n <= window && follows(group.last + n); ++n) {
            if (is(group.last + n, WordClass::threatens)) return true;
            if (!is(group.last + n, WordClass::clause) && !is(group.last + n, WordClass::prefix)) return false;
        }
        return false;
    }
    /// "ditarik paksa dari motor sama 2 org": a verb of force some words before "sama".
    bool drags(const Group& group) const {
        const std::size_t with = group.first - 1;
        if (!says_by(with) || group.child || is(group.last, WordClass::companion) || says_besides(subject_, group))
            return false;
        const auto verb = force_before(with);
        return verb && !(women(group) && befalls_sender(*verb));
    }
    /// "sama", which is "by" as well as "with"; never "dan".
    bool says_by(std::size_t at) const { return subject_.data.is(list_[at].spelled, WordClass::by_or_with); }

    /// The verb of force shortly before token `with`, in the same clause.
    std::optional<std::size_t> force_before(std::size_t with) const {
        constexpr std::size_t window = 6;
        for (std::size_t n = 1; n <= window && with >= subject_.from + n; ++n) {
            if (!follows(with - n + 1)) return std::nullopt;
            if (is(with - n, WordClass::forced)) return with - n;
        }
        return std::nullopt;
    }

    bool women(const Group& group) const { return subject_.data.is(group.of, WordClass::women); }

    /// "saya dipaksa", "kami sudah ditarik"; not "teman saya ditarik".
    bool befalls_sender(std::size_t verb) const {
        constexpr std::size_t window = 2;
        for (std::size_t n = 1; n <= window && verb >= subject_.from + n; ++n) {
            if (!follows(verb - n + 1)) return false;
            const std::size_t at = verb - n;
            if (is(at, WordClass::first_person)) return !subject_.preceded_by(at, WordClass::kin, 1);
        }
        return false;
    }

    const Subject& subject_;
    const std::vector<Token>& list_;
    bool others_;
};

}  // namespace

bool does_it(const Subject& subject, const Group& group, bool others) {
    return Agents(subject, others).does_it(group);
}

bool beside_sender(const Subject& subject, const Group& group) {
    return Agents(subject, false).with_sender(group);
}

bool says_besides(const Subject& subject, const Group& group) {
    for (std::size_t at = group.first + 1; at <= group.last + 1; ++at) {
        if (subject.is(at, WordClass::besides)) return true;
    }
    return false;
}

}  // namespace jejak::understand
