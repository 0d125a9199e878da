#pragma once
#include <string>

#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {

/// The language most of a text's words belong to, by the pack's [spoken]; the pack's own when none does. "ok" and names
/// of places are of no language.
std::string language_of(const Pack::Data& data, const Tokens& tokens);

}  // namespace jejak::understand
