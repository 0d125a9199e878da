#pragma once
#include <cstdint>

#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// What two texts of one matter are about, where both say it.
enum class About : std::uint8_t {
    first,  ///< what was said first: an answer to a question makes no other case of it
    later,  ///< what was said later, unless that is a mere guess: a correction
    both    ///< what was said later, and after it what was said first: a call for help
};

/// Takes over what a later text says of the same matter: each slot that it fills goes before what was said, and what it
/// leaves open stays. Its people are a figure of their own: no upper bound of an earlier one is left with them.
void take_later(Reading& whole, const Reading& said, About about);

/// What was said later fills a slot that was open, or tells something new of those in it, and says nothing else of a
/// slot that was filled: "td mlm" after "5 orang di sebunga", and not "3 orang".
bool only_adds(const Reading& whole, const Reading& said);

/// Another place, neither within the one that was told before nor around it, with a number or a time of its own is
/// another event. So is another place of what is done to the sender, whose alert would stay behind.
bool tells_elsewhere(const Reading& before, const Reading& said);

}  // namespace jejak::understand
