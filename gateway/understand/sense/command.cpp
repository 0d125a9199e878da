#include "gateway/understand/sense/command.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "gateway/understand/sense/sufferer.hpp"
#include "protocol/ascii.hpp"
#include "storage/reference.hpp"

namespace jejak::understand {
namespace {

constexpr std::size_t polite_words_max = 6;
constexpr std::size_t negation_window = 3;
constexpr std::size_t letters_min = 3;          // of a mistyped keyword
constexpr std::size_t jumbled_letters_min = 5;  // of one with two slips

bool reference_shape(std::string_view word) {
    if (word.size() != 6) return false;
    return std::all_of(word.begin(), word.end(),
                       [](char c) { return (c >= 'a' && c <= 'z' && c != 'i' && c != 'o') || (c >= '2' && c <= '9'); });
}

/// lenient  any word of the right shape will do; otherwise it mixes letters and digits, or carries a right check
/// character
bool is_reference(const Token& token, bool lenient) {
    if (token.word != 0 || !reference_shape(token.text)) return false;
    const bool mixed = !token.letters && token.digits == 0;
    return lenient || mixed || storage::looks_like_reference(token.text);
}

/// Finds the command of one text.
class Finder {
public:
    Finder(const Pack::Data& data, const Tokens& tokens) : data_(data), tokens_(tokens), list_(tokens.list) {}

    std::optional<FoundCommand> run() const {
        if (list_.empty()) return lone_question();
        if (auto found = exact(0)) return found;  // "ya" is a courtesy before a command, and a command by itself
        const std::size_t at = skip_polite(0);
        if (auto found = exact(at)) return found;
        if (auto found = negated(at)) return found;
        return mistyped(at);
    }

private:
    bool is(std::size_t at, WordClass one) const { return at < list_.size() && data_.is(list_[at].word, one); }

    std::size_t skip_polite(std::size_t at) const {
        for (std::size_t n = 0; n < polite_words_max && is(at, WordClass::polite); ++n) ++at;
        return at;
    }

    std::optional<FoundCommand> lone_question() const {
        if (!tokens_.question || !data_.question_mark) return std::nullopt;
        return FoundCommand{data_.commands[*data_.question_mark].intent, 0, false, true, {}};
    }

    /// Nothing but courtesy follows, or a code does.
    bool stands_alone(std::size_t next) const {
        std::size_t rest = next;
        while (is(rest, WordClass::polite) || is(rest, WordClass::first_person)) ++rest;
        return rest == list_.size() || !find_reference(tokens_, next, false).empty();
    }

    bool says_distress(std::size_t from) const {
        return std::any_of(list_.begin() + static_cast<std::ptrdiff_t>(from), list_.end(),
                           [&](const Token& token) { return data_.is(token.word, WordClass::distress); });
    }

    /// "tolong kirim …" asks a favour; "tolong kirim polisi" does not.
    bool is_please(std::size_t next) const {
        next = skip_polite(next);
        const bool helping = is(next, WordClass::adverb) && is(next + 1, WordClass::please_verb);  // "tolong bantu cek"
        return (helping || is(next, WordClass::please_verb)) && !says_distress(next);
    }

    /// "aman ga?", "tiba belum": a question, no statement. "aman tdk usah khawatir" is one.
    bool is_question(const Command& command, std::size_t next) const {
        constexpr std::size_t short_question = 3;
        if (command.intent != Intent::safe && command.intent != Intent::arrived && command.intent != Intent::departed)
            return false;
        if (tokens_.question && list_.size() <= next + short_question) return true;
        return is(skip_polite(next), WordClass::negation) && !is(skip_polite(next) + 1, WordClass::reassuring);
    }

    std::optional<FoundCommand> accept(const Meaning& meaning, std::size_t next) const {
        const Command& command = data_.commands[meaning.value];
        const auto counts = static_cast<Counts>(meaning.weight);
        if (counts == Counts::alone && !stands_alone(next)) return std::nullopt;
        if (counts == Counts::distress && !says_distress(next)) return std::nullopt;
        if (counts == Counts::coded && (next >= list_.size() || !is_reference(list_[next], true))) return std::nullopt;
        if (is_question(command, next)) return std::nullopt;
        return FoundCommand{command.intent, next, false, counts == Counts::alone, {}};
    }

    struct Candidate {
        Meaning meaning;
        std::size_t next = 0;
        bool misspelt = false;
    };
    /// The command phrases that begin at `at`, longest first; none when an ordinary phrase begins there.
    std::vector<Candidate> candidates(std::size_t at) const {
        std::vector<Candidate> found;
        std::uint32_t node = 0;
        bool exact = true;
        for (std::size_t i = at;
             i < list_.size() && i < at + phrase_words_max && list_[i].word != 0 && !list_[i].repeated; ++i) {
            node = data_.step(node, list_[i].word);
            if (node == 0) break;
            exact = exact && list_[i].exact;
            for (const Meaning& meaning : data_.nodes[node]) {
                if (meaning.kind == Kind::ordinary) return {};
                const bool certain = exact || (meaning.kind == Kind::command && data_.commands[meaning.value].typos);
                if (meaning.kind == Kind::command && certain) found.push_back({meaning, i + 1, !exact});
            }
        }
        std::reverse(found.begin(), found.end());
        return found;
    }

    std::optional<FoundCommand> exact(std::size_t at) const {
        for (const auto& [meaning, next, misspelt] : candidates(at)) {
            auto found = accept(meaning, next);
            if (!found) continue;
            found->typo = misspelt;
            if (found->intent == Intent::sos && next < list_.size()) {
                if (auto meant = favour(next)) return meant->intent == Intent::unclear ? std::nullopt : meant;
            }
            return found;
        }
        return std::nullopt;
    }

    /// What "tolong …" asks when it is no cry for help: another command ("tolong berhenti sms"), or some favour
    /// (unclear).
    std::optional<FoundCommand> favour(std::size_t next) const {
        if (says_distress(next)) return std::nullopt;
        const auto at = skip_polite(next);
        for (const auto& [meaning, after, misspelt] : candidates(at)) {
            const Intent intent = data_.commands[meaning.value].intent;
            const bool askable = intent == Intent::stop || intent == Intent::start || intent == Intent::status ||
                                 intent == Intent::report || intent == Intent::register_worker;
            if (!askable) continue;
            if (auto found = accept(meaning, after); found && !misspelt) return found;
        }
        if (is_please(next)) return FoundCommand{};
        return std::nullopt;
    }

    /// "sy tidak aman", "sy sdh tdk aman": what a negation turns the command into, if the pack says so. It reaches over
    /// adverbs and no further: "tidak ada masalah, aman" is no danger.
    std::optional<FoundCommand> negated(std::size_t at) const {
        const auto leads = [&](std::size_t i) {
            return is(i, WordClass::first_person) || is(i, WordClass::adverb) || is(i, WordClass::since);
        };
        for (std::size_t n = 0; n < negation_window && leads(at); ++n) ++at;
        if (!is(at, WordClass::negation)) return std::nullopt;
        for (std::size_t i = at + 1; i < list_.size() && i <= at + negation_window && !ends_clause(list_[i]); ++i) {
            for (const auto& [meaning, next, misspelt] : candidates(i)) {
                const Command& command = data_.commands[meaning.value];
                if (command.inverted && !misspelt) return FoundCommand{*command.inverted, next, false, false, {}};
            }
            if (!is(i, WordClass::adverb)) break;
        }
        return std::nullopt;
    }

    /// "tlogn", "tolgn": the letters of one keyword, one of them dropped and two swapped, and no other letter.
    WordId jumbled(std::string_view word) const {
        constexpr unsigned slips_most = 2;
        if (word.size() < jumbled_letters_min) return 0;
        WordId meant = 0;
        for (const Command& command : data_.commands) {
            if (!command.typos || command.keyword.size() < word.size() || command.keyword.size() > word.size() + 1)
                continue;
            std::string left = fold(command.keyword);
            if (left.front() != word.front() || edits_between(word, left) > slips_most) continue;
            const WordId keyword = data_.find(left);
            const bool own = std::all_of(word.begin(), word.end(), [&](char letter) {
                const auto at = left.find(letter);
                if (at != left.npos) left[at] = ' ';
                return at != left.npos;
            });
            if (!own) continue;
            if (meant != 0) return 0;
            meant = keyword;
        }
        return meant;
    }

    /// A typo in a keyword, when the word is nothing else the village says.
    std::optional<FoundCommand> mistyped(std::size_t at) const {
        if (at >= list_.size()) return std::nullopt;
        const Token& token = list_[at];
        if (token.word != 0 || !token.letters || token.text.size() < letters_min) return std::nullopt;
        WordId meant = correct(data_, data_.near_keywords, token.text);
        if (meant == 0) meant = token.meant != 0 ? token.meant : jumbled(token.text);
        if (meant == 0) return std::nullopt;
        const auto node = data_.step(0, data_.traits[meant].canonical);
        for (const Meaning& meaning : data_.nodes[node]) {
            if (meaning.kind != Kind::command || !data_.commands[meaning.value].typos) continue;
            auto found = accept(meaning, at + 1);
            if (!found || (found->intent == Intent::sos && is_please(at + 1))) continue;
            found->typo = true;
            return found;
        }
        return std::nullopt;
    }

    const Pack::Data& data_;
    const Tokens& tokens_;
    const std::vector<Token>& list_;
};

}  // namespace

FoundCommand find_command(const Pack::Data& data, const Tokens& tokens, bool explain) {
    auto found = Finder(data, tokens).run().value_or(FoundCommand{});
    if (!explain) return found;
    if (found.intent == Intent::unclear) {
        found.why = "intent unclear: the text begins with no command";
    } else {
        std::string words;
        for (std::size_t i = 0; i < found.next && i < tokens.list.size(); ++i)
            words += (i == 0 ? "" : " ") + std::string(tokens.list[i].text);
        found.why = "intent " + std::string(to_string(found.intent)) + ": the text begins with \"" + words + "\"" +
                    (found.typo ? ", one typo away" : "");
    }
    return found;
}

std::string find_reference(const Tokens& tokens, std::size_t from, bool lenient) {
    for (std::size_t i = from; i < tokens.list.size(); ++i) {
        if (!is_reference(tokens.list[i], lenient && i == from)) continue;
        return upper_case(tokens.list[i].text);
    }
    return {};
}

}  // namespace jejak::understand
