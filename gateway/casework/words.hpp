#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/understand/pack/pack.hpp"
#include "storage/vault.hpp"

/// Words agreed with one person, and words of machines. Pure.
namespace jejak::casework {

/// A word as it is compared: folded like every text, one word of 3 to 24 letters and digits. Empty when it is none.
std::optional<std::string> agreed_word(std::string_view typed);

/// The keyed hash that stands for a folded word of one number (E.164): the same word of two people shows nothing.
storage::LookupKey word_key(const storage::Vault& vault, std::string_view number, std::string_view word);

/// Which of two agreed words a text holds. Looks at its first `agreed_words_max` words.
struct AgreedWords {
    bool safe = false, duress = false;
};
constexpr std::size_t agreed_words_max = 1'024;
AgreedWords find_agreed(const storage::Vault& vault, std::string_view number, std::string_view text,
                        const std::optional<storage::LookupKey>& safe, const std::optional<storage::LookupKey>& duress);

/// A text like those that programs send in answer: the pack's `machine` phrases.
bool sounds_automatic(const understand::Pack& pack, std::string_view text);

/// The first word of a text that no pack may say or that is among the pack's `forbidden`; empty when there is none.
std::string forbidden_word(const understand::Pack& pack, std::string_view text);

}  // namespace jejak::casework
