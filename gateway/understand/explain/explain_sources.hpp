#pragma once
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// Completes a reading made with `explain`: each slot, flag, indicator and sign has a Mark and a line of `why`. What
/// follows from another slot has that one's words; what follows from none of the text's has a Mark of no length. A cue
/// of another category than the one that holds is told as the second, or not at all. Pure.
void explain_sources(Reading& reading);

}  // namespace jejak::understand
