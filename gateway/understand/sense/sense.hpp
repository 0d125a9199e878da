#pragma once
#include <string>
#include <vector>

#include "gateway/understand/confidence.hpp"
#include "gateway/understand/sense/command.hpp"
#include "gateway/understand/slots/category.hpp"
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// Words that call for help: tokens [first, last].
struct Call {
    std::size_t first = 0, last = 0;
    bool own = false;    ///< they say outright that the sender is held, hurt or sold
    bool plain = false;  ///< they only ask for help: "tolong"
};

/// What a text as a whole asks or tells.
struct Sense {
    Intent intent = Intent::unclear;
    Category category = Category::none;  ///< not_a_case or spam of a text without a case; of a report what was learned
    std::size_t next = 0;                ///< the first token after the command, 0 when there is none
    Basis basis = Basis::nothing;
    bool self_victim = false;   ///< the sender suffers what it tells
    bool correction = false;    ///< it puts an earlier report right
    bool question = false;      ///< it asks something of us
    std::string why{};          ///< only when explaining
    float share = 0;            ///< how sure the classifier was; 0: the rules decided
    bool certain = false;       ///< it stands whatever was learned
    bool of_others = false;     ///< somebody suffers, and nothing says that it is the sender
    bool favour = false;        ///< what it asks is no help: "tolong kabari …"
    bool denied = false;        ///< all suffering it speaks of it denies, or has behind it, or a thing suffers it
    bool watched = false;       ///< others read the sender's phone
    bool no_answer = false;     ///< an answer is not wanted
    bool no_messages = false;   ///< none are wanted, for now; it may be that an answer is
    bool not_now = false;       ///< what it does not want it does not want for now: see silence.hpp
    Weighed weighed{};          ///< what its cues say it is about
    std::vector<Call> calls{};  ///< the words by which it is a call for help, the first few
};

/// `whole` is the text from its first word, with all its phrases. A command at its beginning decides, unless the sender
/// suffers, whatever the command is; otherwise what the sentence says does; otherwise a case without a keyword is a
/// report all the same.
Sense make_sense(const Subject& whole, const FoundCommand& command);

}  // namespace jejak::understand
