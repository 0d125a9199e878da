#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"
#include "storage/model.hpp"
#include "storage/vault.hpp"

/// Words agreed with one person, and words of machines. Pure.
namespace jejak::casework {

/// A word as it is kept: folded like every text, one word of 3 to 24 letters and digits, doubled letters once, digits
/// that stand for letters as those. Empty when it is none.
std::optional<std::string> agreed_word(std::string_view typed);
/// Nobody can agree on it: a command, or a word of every other text.
bool is_too_common(const understand::Pack& pack, std::string_view word);

/// The keyed hash that stands for a folded word of one number (E.164): the same word of two people shows nothing.
storage::LookupKey word_key(const storage::Vault& vault, std::string_view number, std::string_view word);

/// Which of two agreed words a text holds, as people in fear write them: "hujann", "huj4n", "h u j a n", "kehujanan",
/// "hujannya". Looks at its first `agreed_words_max` words.
struct AgreedWords {
    bool safe = false, duress = false;
};
constexpr std::size_t agreed_words_max = 1'024;
AgreedWords find_agreed(const storage::Vault& vault, std::string_view number, std::string_view text,
                        const std::optional<storage::LookupKey>& safe, const std::optional<storage::LookupKey>& duress);

/// What the text of somebody in danger says of being called, when it answers no question that is open.
/// called_before  they called for help earlier: "1", "2", "sekarang boleh telpon" count; in the call itself only a "no"
std::optional<storage::Calls> calls_said(const understand::Pack& pack, std::string_view text,
                                         const understand::ReadingContext& context, bool called_before);

/// The number a form names (E.164) is the one a text came from, but for a digit too many or too few among equal ones:
/// a slip of whoever typed the form.
bool same_phone(std::string_view named, std::string_view sender);

/// A text like those that programs send in answer: the pack's `machine` phrases.
bool sounds_automatic(const understand::Pack& pack, std::string_view text);

/// A text that holds a line of ours, such as a notice of the SMSC that quotes what it delivered.
bool quotes_us(const understand::Pack& pack, std::string_view text);

/// The first word of a text that no pack may say or that is among the pack's `forbidden`; empty when there is none.
std::string forbidden_word(const understand::Pack& pack, std::string_view text);

}  // namespace jejak::casework
