#pragma once
#include <cstdint>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// Whom a phrase speaks of.
enum class Who : std::uint8_t {
    unsaid,
    self,
    kin,  ///< somebody of the sender's: "anak saya"
    other
};

/// The nearest person before the phrase, or after it where the phrase wants an object. Looks at so many words at most.
/// speaks  the sender speaks of himself somewhere in the text, so that "dia" is somebody else
Who who_suffers(const Subject& whole, const Hit& hit, bool speaks);

/// "tolong anak saya", "help my daughter": the plea is for somebody of the sender's, and nothing befalls the sender.
bool calls_for_kin(const Subject& subject);
/// Who calls for help is the one in need, unless the text says who else is, or its first word is somebody else ("tolong
/// anak saya …").
bool calls_for_self(const Subject& subject);

/// "jangan bunuh anak saya": whoever could do it is asked not to.
bool is_begged(const Subject& subject, const Hit& hit);

/// A new clause begins with this token.
bool ends_clause(const Token& token);

}  // namespace jejak::understand
