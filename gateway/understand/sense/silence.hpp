#pragma once
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// What a text says of whether it may be answered.
struct Silence {
    const Hit* watched = nullptr;    ///< others read the sender's phone
    const Hit* no_answer = nullptr;  ///< an answer is not wanted
    bool not_now = false;  ///< what it does not want it does not want for now, or before somebody who does harm
};

/// `stop` is the phrase by which a text asks for no more messages; null when it does not.
Silence silence_of(const Subject& whole, const Hit* stop);

/// "jangan sms saya, hp dicek majikan", "jangan sms dulu": who writes so asks for silence, not to be left alone for
/// good.
bool asks_for_silence(const Silence& silence, const Hit& stop);

/// The employer, the agent: somebody who does harm stands in the text.
bool tells_who(const Subject& whole);

}  // namespace jejak::understand
