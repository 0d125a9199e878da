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

/// "motor saya dikunci", "sawit saya hanyut": it befalls a thing of the sender's, and nobody does it to anybody.
bool of_a_thing(const Subject& subject, const Hit& hit);

/// Somebody but the sender stands in the text.
bool names_somebody(const Subject& subject);

/// "kucing saya terjebak"
bool of_a_creature(const Subject& subject, const Hit& hit);

/// "paspor anak kami ditahan": not the child is held, and that the passport is stands in its own phrase.
bool of_papers(const Subject& subject, const Hit& hit);

/// A new clause begins with this token.
bool ends_clause(const Token& token);

}  // namespace jejak::understand
