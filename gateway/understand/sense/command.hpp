#pragma once
#include <cstddef>
#include <string>

#include "gateway/understand/words/tokens.hpp"

namespace jejak::understand {

/// The command a text begins with, if it does.
struct FoundCommand {
    Intent intent = Intent::unclear;
    std::size_t next = 0;  ///< the first token after it
    bool typo = false;
    bool alone = false;  ///< an everyday word that is the whole message
    std::string why;     ///< only when explaining
};
FoundCommand find_command(const Pack::Data& data, const Tokens& tokens, bool explain);

/// The first code people type (a worker's, a ticket's) at or after `from`, in capitals; empty when there is none. It
/// mixes letters and digits or carries a right check character; `lenient`: the word at `from` may be any of the right
/// shape.
std::string find_reference(const Tokens& tokens, std::size_t from, bool lenient);

}  // namespace jejak::understand
