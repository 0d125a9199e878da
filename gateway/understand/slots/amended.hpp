#pragma once
#include <optional>

#include "gateway/understand/slots/numbers.hpp"

namespace jejak::understand {

/// How many people a correction tells of without a word for people: "bukan 5 tapi 3", "3 bukan 5", "bukan 5, 3",
/// "ralat 4". None when a number is about something else, or when two of them stand.
std::optional<Count> amended_count(const Subject& subject);

/// The same for a text of numbers alone, asked how many: "bukan 7 tapi 5"; the first that stands.
std::optional<Count> first_count_that_stands(const Subject& subject);

/// Puts it into the slot: people, and people_max of a range.
void take_count(const Count& count, Reading& reading);

}  // namespace jejak::understand
