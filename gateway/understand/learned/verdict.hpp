#pragma once
#include "gateway/understand/learned/analysis.hpp"

namespace jejak::understand {

/// What a text is, from what the rules make of it and what was learned. A command typed as one is what it is; for
/// everything else the rules' opinion is one feature among many. Without a classifier the rules decide.
Sense decide(const Pack& pack, const Analysis& text);

}  // namespace jejak::understand
