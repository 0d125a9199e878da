#pragma once
#include <string>
#include <string_view>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// What is open with a sender when the text comes, as far as it changes what is answered.
enum class Open : std::uint8_t { nothing, consent };

/// "consent pending" is Open::consent; every other setting a file of texts may describe changes nothing.
Open open_of(std::string_view description);

/// What a sender of that role hears first, who holds no ticket and is not in the registry: in their language where the
/// pack has it. A code that only a gateway issues is left as {code}, and the sentence that tells a ticket is left out.
std::string first_reply(const Pack& pack, const Reading& reading, Role role, Open open = Open::nothing);

/// The same with the pack's sample reference and code where a gateway puts those it issues.
struct SampleReply {
    std::string text;
    std::string note;  ///< "SB7K2Q is a sample" for people; empty when nothing of it is one
};
SampleReply sample_reply(const Pack& pack, const Reading& reading, Role role, Open open = Open::nothing);

/// What Jejak understands of one text, as one JSON object on one line: intent, category, people, people_max, place,
/// place_name, time, destination, vehicle, plate, recruiter, recruiter_phone, flags, indicators, alerts, ask, reply and
/// confidence, then since, until, reference, second_category, children, age, amount {value, currency}, signs,
/// nationalities, route, visa, job, subject, query, language, correction, question, registration and why. What is
/// absent is null, [] or false. Needs no store; `reply` is what a sender without a ticket would get, null for one who
/// is never answered; `reply_sample` is the same with a sample reference where one is sent, else null.
std::string explain_json(const Pack& pack, std::string_view text, ReadingContext context, Open open = Open::nothing);

/// The same for people, on several lines: the text with the words of each slot in numbered brackets, then one line a
/// slot with its value, its words and why. Control characters of the text are shown as blanks.
std::string explain_text(const Pack& pack, std::string_view text, ReadingContext context, Open open = Open::nothing);

}  // namespace jejak::understand
