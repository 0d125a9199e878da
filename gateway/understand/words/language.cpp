#include "gateway/understand/words/language.hpp"

#include <algorithm>
#include <array>

namespace jejak::understand {

std::string language_of(const Pack::Data& data, const Tokens& tokens) {
    std::string own = data.languages.empty() ? std::string() : data.languages.front();
    constexpr std::size_t languages_most = 16;
    std::array<std::size_t, languages_most> words{};
    std::size_t unlisted = 0;
    for (const Token& token : tokens.list) {
        if (!token.letters || token.spelled == 0) continue;
        const auto language = data.traits[token.spelled].language;
        if (language >= languages_most) continue;
        ++(language == 0 ? unlisted : words[language]);
    }
    const auto most = std::max_element(words.begin() + 1, words.end());
    const auto index = static_cast<std::size_t>(most - words.begin());
    // Words of no list are the pack's own, or names: it lists only what is foreign to it. One word makes no language
    // ("ok", "stop"), two do alone, more do where they are not far fewer than the others.
    constexpr std::size_t phrase_words = 2, sentence_words = 3;
    const bool phrase = *most == phrase_words && unlisted == 0;
    const bool speaks = phrase || (*most >= sentence_words && *most * 2 >= unlisted);
    if (!speaks) return own;
    return data.spoken[index - 1];
}

}  // namespace jejak::understand
