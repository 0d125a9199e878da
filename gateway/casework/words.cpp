#include "gateway/casework/words.hpp"

#include <algorithm>
#include <array>

#include "gateway/casework/conversation.hpp"
#include "gateway/understand/dialogue/answer.hpp"
#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/discreet.hpp"
#include "gateway/understand/words/tokens.hpp"

namespace jejak::casework {
namespace {

constexpr std::size_t word_least = 3, word_most = 24;
constexpr std::size_t yes_words_max = 5;                       ///< "sekarang sudah boleh telpon"
constexpr std::size_t negated_before = 3, negated_behind = 1;  ///< "jangan sampai di telpon", "telpon jangan"

using storage::Calls;
using understand::Fit;
using understand::Pack;
using understand::Token;
using understand::Tokens;
using understand::WordClass;

bool fits(std::string_view word) {
    return word.size() >= word_least && word.size() <= word_most;
}

/// Words with one blank around each, for whole-word search.
std::string spaced(std::string_view text) {
    std::string words = " ";
    for (const char c : understand::fold(text)) {
        if (c != ' ' || words.back() != ' ') words += c;
    }
    if (words.back() != ' ') words += ' ';
    return words;
}

/// "huj4n" and "hujann" as "hujan". A word all of digits stays.
std::string plain(std::string_view word) {
    constexpr std::string_view digits = "013457", letters = "oieast";
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool number = std::all_of(word.begin(), word.end(), is_digit);
    std::string out;
    for (const char c : word) {
        const auto at = number ? std::string_view::npos : digits.find(c);
        const char letter = at == std::string_view::npos ? c : letters[at];
        if (number || out.empty() || out.back() != letter) out += letter;
    }
    return out;
}

/// What an agreed word may stand in: "kehujanan" and "hujannya" hold "hujan".
std::vector<std::string> spellings_of(std::string_view word) {
    constexpr std::string_view before = "ke", behind = "an", its = "nya";
    std::vector<std::string> all{std::string(word)};  // as words were kept before they were made plain
    const auto add = [&](std::string spelling) {
        const bool known = std::find(all.begin(), all.end(), spelling) != all.end();
        if (fits(spelling) && !known) all.push_back(std::move(spelling));
    };
    add(plain(word));
    if (word.ends_with(its)) add(plain(word.substr(0, word.size() - its.size())));
    if (word.starts_with(before) && word.ends_with(behind) && word.size() > before.size() + behind.size())
        add(plain(word.substr(before.size(), word.size() - before.size() - behind.size())));
    return all;
}

/// The words of a text, one blank around each; single letters in a row make a word: "h u j a n".
std::vector<std::string> words_of(std::string_view text) {
    const std::string words = spaced(text);
    std::vector<std::string> all;
    bool spelling = false;
    for (std::size_t at = 1; at < words.size() && all.size() < agreed_words_max;) {
        const auto end = words.find(' ', at);
        auto word = words.substr(at, end - at);
        at = end + 1;
        const bool letter = word.size() == 1;
        if (letter && spelling) {
            all.back() += word;
        } else {
            all.push_back(std::move(word));
        }
        spelling = letter;
    }
    return all;
}

/// Where a text speaks of calls: the word for it is the label of the question whether they may be called.
class CallWords {
public:
    CallWords(const Pack& pack, const understand::FormField& field, const Tokens& said) : said_(said) {
        for (const auto& [language, text] : field.label.texts()) {
            const Tokens label(pack.data(), text);
            for (std::size_t at = 0; at < said.list.size(); ++at) {
                if (std::any_of(label.list.begin(), label.list.end(),
                                [&](const Token& word) { return same(pack, word, said.list[at]); }))
                    found_.push_back(at);
            }
        }
    }

    bool any() const { return !found_.empty(); }
    bool refused() const {
        return std::any_of(found_.begin(), found_.end(), [&](std::size_t at) {
            const auto first = at - std::min(at, negated_before);
            for (auto near = first; near <= at + negated_behind; ++near) {
                if (said_.is(near, WordClass::negation)) return true;
            }
            return false;
        });
    }
    /// "Boleh telpon", and nothing that keeps it from being a yes.
    bool agreed() const {
        bool agrees = false;
        for (std::size_t at = 0; at < said_.list.size(); ++at) {
            if (said_.is(at, WordClass::negation) || said_.is(at, WordClass::contrast) ||
                said_.is(at, WordClass::in_writing))
                return false;
            agrees = agrees || said_.is(at, WordClass::agrees);
        }
        return agrees && any() && !said_.question && said_.list.size() <= yes_words_max;
    }

private:
    /// Itself in any spelling, or what is done to somebody: "telepon", "tlp", "ditelpon".
    static bool same(const Pack& pack, const Token& word, const Token& said) {
        constexpr std::string_view done_to = "di";
        if (word.word == 0) return said.text == word.text;
        if (said.word == word.word || said.meant == word.word) return true;
        if (!said.text.starts_with(done_to)) return false;
        const Tokens rest(pack.data(), said.text.substr(done_to.size()));
        return rest.list.size() == 1 && rest.list[0].word == word.word;
    }

    const Tokens& said_;
    std::vector<std::size_t> found_;
};

/// "jangan", "tidak pak", "sms saja": a no that nobody asked for. "Jangan balas" is about something else.
bool is_bare_no(const Tokens& said) {
    constexpr std::size_t words_max = 2;
    std::size_t words = 0, negated = 0, in_writing = 0;
    for (std::size_t at = 0; at < said.list.size(); ++at) {
        if (!said.is(at, WordClass::polite)) ++words;
        if (said.is(at, WordClass::negation)) ++negated;
        if (said.is(at, WordClass::in_writing)) ++in_writing;
    }
    return words <= 1 || (words <= words_max && in_writing > 0 && negated == 0);
}

}  // namespace

std::optional<Calls> calls_said(const Pack& pack, std::string_view text, const understand::ReadingContext& context,
                                bool called_before) {
    const auto* form = pack.form(gentle_form);
    const auto* field = form == nullptr ? nullptr : form->field(gentle_field);
    if (field == nullptr) return std::nullopt;
    const Tokens said(pack.data(), text);
    const CallWords words(pack, *field, said);
    if (words.refused()) return Calls::no;
    if (!called_before) return std::nullopt;
    if (words.agreed()) return Calls::yes;
    understand::Reading answer;
    const bool digit = said.list.size() == 1 && said.list[0].digits > 0;
    if (understand::read_answer(pack, *field, text, context, answer) != Fit::answer) return std::nullopt;
    if (answer.intent == Intent::no) return words.any() || is_bare_no(said) ? std::optional(Calls::no) : std::nullopt;
    return digit ? std::optional(Calls::yes) : std::nullopt;  // a "ya" answers what we do not know
}

std::optional<std::string> agreed_word(std::string_view typed) {
    const std::string words = spaced(typed);
    const auto word = words.size() < 2 ? std::string{} : words.substr(1, words.size() - 2);
    if (word.find(' ') != std::string::npos) return std::nullopt;
    auto kept = plain(word);
    return fits(word) && fits(kept) ? std::optional(std::move(kept)) : std::nullopt;
}

bool is_too_common(const Pack& pack, std::string_view word) {
    if (understand::read(pack, word, {}).intent != Intent::unclear) return true;
    const Tokens tokens(pack.data(), word);
    constexpr std::array common{WordClass::negation,     WordClass::polite,  WordClass::please_verb,
                                WordClass::first_person, WordClass::person,  WordClass::agrees,
                                WordClass::from,         WordClass::towards, WordClass::in_writing};
    return tokens.list.size() != 1 || tokens.list[0].number != understand::no_number ||
           std::any_of(common.begin(), common.end(), [&](WordClass one) { return tokens.is(0, one); });
}

storage::LookupKey word_key(const storage::Vault& vault, std::string_view number, std::string_view word) {
    return vault.lookup("word", std::string(number) + '\0' + std::string(word));
}

AgreedWords find_agreed(const storage::Vault& vault, std::string_view number, std::string_view text,
                        const std::optional<storage::LookupKey>& safe,
                        const std::optional<storage::LookupKey>& duress) {
    AgreedWords found;
    if (!safe && !duress) return found;
    for (const auto& word : words_of(text)) {
        if (!fits(word)) continue;
        for (const auto& spelling : spellings_of(word)) {
            const auto key = word_key(vault, number, spelling);
            found.safe = found.safe || key == safe;
            found.duress = found.duress || key == duress;
        }
    }
    return found;
}

bool same_phone(std::string_view named, std::string_view sender) {
    if (named == sender) return true;
    const auto [shorter, longer] = std::minmax({named.size(), sender.size()});
    if (longer - shorter != 1) return false;
    const auto runs_once = [](std::string_view number) {
        std::string once(number);
        once.erase(std::unique(once.begin(), once.end()), once.end());
        return once;
    };
    return runs_once(named) == runs_once(sender);
}

bool sounds_automatic(const understand::Pack& pack, std::string_view text) {
    const auto& phrases = pack.data().machine;
    if (phrases.empty()) return false;
    const std::string words = spaced(text);
    for (const auto& phrase : phrases) {
        if (words.find(spaced(phrase)) != std::string::npos) return true;
    }
    return false;
}

bool quotes_us(const understand::Pack& pack, std::string_view text) {
    constexpr std::size_t telling = 18;  // octets of a line between two fields: "Terima kasih. " is everybody's
    const auto quoted = [&](std::string_view line) {
        while (!line.empty()) {
            const auto piece = line.substr(0, line.find('{'));
            if (piece.size() >= telling && text.find(piece) != text.npos) return true;
            const auto field_end = line.find('}', piece.size());
            line.remove_prefix(field_end == line.npos ? line.size() : field_end + 1);
        }
        return false;
    };
    const auto& replies = pack.data().replies;
    return std::any_of(replies.begin(), replies.end(), [&](const auto& reply) {
        const auto& lines = reply.second.text.texts();
        return std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return quoted(line.second); });
    });
}

std::string forbidden_word(const understand::Pack& pack, std::string_view text) {
    const auto words = understand::forbidden_in(text, pack.data().forbidden);
    return words.empty() ? std::string() : words.front();
}

}  // namespace jejak::casework
