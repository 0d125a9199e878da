#pragma once
#include <string>
#include <string_view>

#include "gateway/ussd/desk.hpp"

namespace jejak::ussd {

/// How much a session may tell whoever holds the phone. The network shows a screen to anybody who has it in hand, and
/// leaves the last one standing until it is put away. The menus are the same on every phone and tell nothing of its
/// owner, so they stay as they are in every mode. What tells is the end ("Ref 9F582A"), the thanks for a call for help
/// and its question, and the offer to go on with what broke off.
///
/// neutral  as the pack has it
/// silent   every session ends with the pack's `bye`, as one does in which nothing was said: no thanks, no reference,
///          no stage of a report; a call for help ends at its key, unasked; what broke off is not offered again
/// cover    the same, with the channel's cover text for the last line; where it has none, as silent
/// coded    as silent, until the word agreed with the phone's owner is typed in the session, anywhere; then as full
/// full     the pack's full_… replies stand in place of its thanks
///
/// A phone that others read, or whose owner wants no answer, is silent whatever its mode, until that word is typed.
/// Whatever the mode, what is said is stored and acted on alike.
struct Manner {
    storage::ReplyMode mode = storage::ReplyMode::neutral;  ///< the number's, else the channel's
    std::string cover_text;                                 ///< the channel's
    bool unsafe = false;                                    ///< others read the phone, or no answer is wanted
    bool word = false;                                      ///< the agreed word was typed in this session
    bool spared = false;  ///< they called for help, or want no calls: no code that somebody might ask about
};

/// What the store knows of the phone now, and the session of the agreed word.
Manner manner_of(storage::Unit& unit, const storage::Vault& vault, const Turn& turn, const storage::LookupKey& sender,
                 const understand::MenuState& menu);
/// Nothing may be shown that tells what was said, or that anything was.
bool hushed(const Manner& manner);
/// They may be told what happens next.
bool speaks_fully(const Manner& manner);
/// The last screen of a session that is hushed.
std::string last_line(const understand::Pack& pack, const Manner& manner, std::string_view language);

}  // namespace jejak::ussd
