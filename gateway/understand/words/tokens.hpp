#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/data.hpp"

namespace jejak::understand {

constexpr std::uint32_t no_number = std::numeric_limits<std::uint32_t>::max();

/// One word or number of a text.
struct Token {
    std::string_view text;    ///< folded: lower case, no apostrophes, repeated letters limited; a view into Tokens
    std::uint32_t begin = 0;  ///< where it stands in the text as typed
    std::uint32_t end = 0;
    WordId word = 0;                   ///< its canonical word in the pack, 0 when unknown
    WordId meant = 0;                  ///< `word`, or what a mistyped or shortened word was meant to be: a guess
    WordId spelled = 0;                ///< the spelling itself, when the pack has it
    std::uint32_t number = no_number;  ///< digits that fit, or a number word
    WordClasses classes;               ///< of `meant`; all tokens have theirs when the text is read
    std::uint8_t digits = 0;           ///< how many digits it was typed with
    char before = ' ';      ///< strongest separator before it: one of # * | ; newline , / then - . : + then blank
    bool tight = false;     ///< the separator before it is that one character alone, or nothing
    bool letters = false;   ///< made of letters only
    bool exact = false;     ///< spelled as the pack has it; commands that must not be guessed need that
    bool repeated = false;  ///< written with a trailing 2, as "orang2": no command
};

/// A text in words. Linear in its length, whatever bytes it holds.
/// Its tokens point into it, so it stays where it is.
struct Tokens {
    /// At most this many misspelt words of a text are looked up; no message of people has more.
    static constexpr std::size_t repairs_max = 256;

    Tokens(const Pack::Data& data, std::string_view text);
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    std::string folded;
    std::vector<Token> list;
    bool question = false;  ///< it holds a question mark

    /// Whether the word at `at` is of that class, misspelt or not.
    bool is(std::size_t at, WordClass one) const {
        return at < list.size() && list[at].classes[static_cast<std::size_t>(one)];
    }
};

/// True for the separators of a form: # * | ; and newline.
inline bool separates_fields(char separator) {
    return separator == '#' || separator == '*' || separator == '|' || separator == ';' || separator == '\n';
}

/// `text` in lower case without accents and apostrophes, as tokens are; for comparing words outside a text.
std::string fold(std::string_view text);

/// The words of `text`, folded.
std::vector<std::string> folded_words(std::string_view text);

}  // namespace jejak::understand
