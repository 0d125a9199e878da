#pragma once
#include <string>

#include "gateway/understand/command.hpp"
#include "gateway/understand/confidence.hpp"
#include "gateway/understand/slots/category.hpp"
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// What a text as a whole asks or tells.
struct Sense {
    Intent intent = Intent::unclear;
    Category category = Category::none;  ///< not_a_case or spam of a text without a case; of a report what was learned
    std::size_t next = 0;                ///< the first token after the command, 0 when there is none
    Basis basis = Basis::nothing;
    bool self_victim = false;  ///< the sender suffers what it tells
    bool correction = false;   ///< it puts an earlier report right
    bool question = false;     ///< it asks something of us
    std::string why{};         ///< only when explaining
    float share = 0;           ///< how sure the classifier was; 0: the rules decided
    Weighed weighed{};         ///< what its cues say it is about
};

/// `whole` is the text from its first word, with all its phrases. A command at its beginning decides, unless the sender
/// suffers; otherwise what the sentence says does; otherwise a case without a keyword is a report all the same.
Sense make_sense(const Subject& whole, const FoundCommand& command);

}  // namespace jejak::understand
