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

/// A new clause begins with this token.
bool ends_clause(const Token& token);

}  // namespace jejak::understand
