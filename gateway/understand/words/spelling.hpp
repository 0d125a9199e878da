#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "gateway/understand/pack/data.hpp"

/// How a misspelt word finds the one that was meant. Every look-up is bounded by the word's own length, which is
/// bounded by correctable_letters_max; whoever reads a text bounds how many words are looked up.
namespace jejak::understand {

/// Fills `data.repair` from the words of a pack that is otherwise loaded.
void index_repairs(Pack::Data& data);

/// The known word that `word` is with a suffix ("gajinya"), with doubled letters ("sayaa") or with digits for letters
/// ("t0long"): no guess. 0 when there is none.
WordId same_word(const Pack::Data& data, std::string_view word);

/// The known word that `word` most likely is with its vowels dropped ("dkrng") or mistyped: one edit from five letters
/// on, two from eight, a swap of neighbours from four, never in the first letter. A guess: 0 when two are as near.
WordId meant_word(const Pack::Data& data, std::string_view word);

/// The known words that `word` is glued from: "jalantikus", "ditampungdirumah", or a whole message without a blank.
/// count is 0 when it is not.
struct Parts {
    static constexpr std::size_t most = 40;
    std::array<std::uint8_t, most> ends;  ///< where each ends in `word`
    std::uint8_t count = 0;
};
/// Up to so many letters are looked at: a message without a blank.
constexpr std::size_t glued_letters_max = 160;
Parts glued_parts(const Pack::Data& data, std::string_view word);

}  // namespace jejak::understand
