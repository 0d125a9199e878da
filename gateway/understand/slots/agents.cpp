#include "gateway/understand/slots/agents.hpp"

#include <algorithm>
#include <array>

/// Who does it, as against those to whom it is done.
namespace jejak::understand {
namespace {

/// Looks at one group where it stands in the text.
class Agents {
public:
    Agents(const Subject& subject, bool others) : subject_(subject), list_(subject.tokens.list), others_(others) {}

    bool does_it(const Group& group) const {
        constexpr std::uint32_t few = 3;
        constexpr std::string_view by = "by", oleh = "oleh", passive = "di";
        if (group.most <= few && others_ && !group.child && threatens(group)) return true;
        if (group.first == subject_.from || !follows(group.first)) return false;
        std::size_t before = group.first - 1;
        if (list_[before].text == by || list_[before].text == oleh || is_who(group.first)) return true;
        if (group.most <= few && watches(before)) return true;
        if (group.most <= few && drags(group)) return true;
        if (group.most > few || group.joined != is(before, WordClass::with)) return false;
        if (is(before, WordClass::with) && before > subject_.from) {
            --before;
        } else if (!others_ || !group.part || group.child) {
            return false;
        }
        return is(before, WordClass::moves) && word(before).starts_with(passive) &&
               !is(group.last, WordClass::companion);
    }

private:
    bool is(std::size_t at, WordClass one) const { return subject_.is(at, one); }
    bool follows(std::size_t at) const { return runs_on(subject_, at); }
    std::string_view word(std::size_t at) const { return word_at(subject_, at); }

    /// "yang menyuruh adalah seorang lelaki", with others told of before.
    bool is_who(std::size_t at) const {
        constexpr std::string_view is_that = "adalah ", it_is = "ialah ";
        const auto before = subject_.text.substr(0, list_[at].begin);
        return others_ && (before.ends_with(is_that) || before.ends_with(it_is));
    }
    /// "tiga lelaki menggedor pintu", of a text that tells of others: who threatens is not told of as one of them.
    bool threatens(const Group& group) const {
        static constexpr std::array<std::string_view, 12> verbs = {"gedor",   "menggedor", "ancam",    "mengancam",
                                                                   "ngancam", "kejar",     "mengejar", "ngejar",
                                                                   "memaksa", "maksa",     "menyeret", "menodong"};
        constexpr std::size_t window = 2;
        for (std::size_t n = 1; n <= window && follows(group.last + n); ++n) {
            const Token& token = list_[group.last + n];
            if (std::find(verbs.begin(), verbs.end(), token.text) != verbs.end()) return true;
            if (!is(group.last + n, WordClass::clause) && !is(group.last + n, WordClass::prefix)) return false;
        }
        return false;
    }
    /// "dijaga 2 laki", "diatur satu pria": who stands behind these verbs does it.
    bool watches(std::size_t before) const {
        static constexpr std::array<std::string_view, 9> verbs = {
            "dijaga", "dijagai", "dikawal", "diatur", "diawasi", "dikejar", "diancam", "dipimpin", "dikendalikan"};
        return std::find(verbs.begin(), verbs.end(), word(before)) != verbs.end();
    }
    /// "ditarik paksa dari motor sama 2 org": a verb of force some words before "sama".
    bool drags(const Group& group) const {
        static constexpr std::array<std::string_view, 9> verbs = {
            "ditarik", "diseret", "dipaksa", "dipukul", "dipukuli", "dikeroyok", "dibekuk", "dimasukin", "dinaikkan"};
        constexpr std::size_t window = 6;
        static constexpr std::array<std::string_view, 5> by = {"sama", "sm", "ama", "ame", "same"};  // never "dan"
        const std::size_t with = group.first - 1;
        const bool says_by = std::find(by.begin(), by.end(), list_[with].text) != by.end() ||
                             std::find(by.begin(), by.end(), word(with)) != by.end();
        if (!says_by || group.child || is(group.last, WordClass::companion) || says_besides(subject_, group))
            return false;
        for (std::size_t n = 1; n <= window && with >= subject_.from + n; ++n) {
            if (!follows(with - n + 1)) return false;
            if (std::find(verbs.begin(), verbs.end(), word(with - n)) != verbs.end()) return true;
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

bool says_besides(const Subject& subject, const Group& group) {
    constexpr std::string_view other = "other", others = "others", lain = "lain", lainnya = "lainnya", more = "lagi";
    for (std::size_t at = group.first + 1; at <= group.last + 1 && at < subject.tokens.list.size(); ++at) {
        const std::string_view text = word_at(subject, at);
        if (text == other || text == others || text == lain || text == lainnya || text == more) return true;
    }
    return false;
}

}  // namespace jejak::understand
