#pragma once
#include <cstdint>

#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// What an intent rests on.
enum class Basis : std::uint8_t {
    nothing,     ///< no word of it was understood
    small_talk,  ///< words, but no case and no command
    spam,        ///< advertising or a fraud known by its words
    keyword,     ///< a command as the first word
    alone,       ///< an everyday word that is the whole message
    typo,        ///< a command one letter away
    saying,      ///< a sentence that asks or states it
    plea,        ///< a call for help in so many words
    suffering,   ///< the sender tells of being held, hurt or sold
    told,        ///< a case without a keyword, in words that leave little doubt
    hinted,      ///< a case without a keyword, put together from hints
    learned,     ///< messages like it
    few_words    ///< small talk by nothing but its words being known, and too few of them to be sure
};

/// How often a reading that rests on this is right, in its intent and, for a report, its category as well. `share` is
/// what the classifier says of that, 0 when the rules decided.
double confidence_of(Basis basis, float share, const Reading& reading);

}  // namespace jejak::understand
