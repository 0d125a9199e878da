#pragma once
#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {

/// Puts a text's words right, where they were split ("ber angkat", "t o l o n g"), glued ("jalantikus") or misspelt.
/// What is certain becomes a token's `word`, a guess only its `meant`. Linear in the text: at most Tokens::repairs_max
/// different words are looked up.
void mend(const Pack::Data& data, Tokens& tokens);

}  // namespace jejak::understand
