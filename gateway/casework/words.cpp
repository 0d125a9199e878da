#include "gateway/casework/words.hpp"

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/discreet.hpp"
#include "gateway/understand/tokens.hpp"

namespace jejak::casework {
namespace {

constexpr std::size_t word_least = 3, word_most = 24;

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

}  // namespace

std::optional<std::string> agreed_word(std::string_view typed) {
    const std::string words = spaced(typed);
    const auto word = words.size() < 2 ? std::string{} : words.substr(1, words.size() - 2);
    if (!fits(word) || word.find(' ') != std::string::npos) return std::nullopt;
    return word;
}

storage::LookupKey word_key(const storage::Vault& vault, std::string_view number, std::string_view word) {
    return vault.lookup("word", std::string(number) + '\0' + std::string(word));
}

AgreedWords find_agreed(const storage::Vault& vault, std::string_view number, std::string_view text,
                        const std::optional<storage::LookupKey>& safe,
                        const std::optional<storage::LookupKey>& duress) {
    AgreedWords found;
    if (!safe && !duress) return found;
    const std::string words = spaced(text);
    std::size_t seen = 0;
    for (std::size_t at = 1; at < words.size() && seen < agreed_words_max; ++seen) {
        const auto end = words.find(' ', at);
        const auto word = std::string_view(words).substr(at, end - at);
        at = end + 1;
        if (!fits(word)) continue;
        const auto key = word_key(vault, number, word);
        found.safe = found.safe || key == safe;
        found.duress = found.duress || key == duress;
    }
    return found;
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

std::string forbidden_word(const understand::Pack& pack, std::string_view text) {
    const auto words = understand::forbidden_in(text, pack.data().forbidden);
    return words.empty() ? std::string() : words.front();
}

}  // namespace jejak::casework
