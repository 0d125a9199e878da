#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// What a gateway does about a reading, as far as that can be told without a store.
struct Outcome {
    std::vector<AlertKind> alerts;     ///< what it raises
    std::string ask;                   ///< the slot of the question that goes back; empty: none does
    std::optional<std::string> reply;  ///< what the sender hears, but for the sentence that tells a ticket, and with
                                       ///< {code} for a code that a gateway issues; nothing: there is no answer
    std::string sample;                ///< the same with the pack's sample ticket and code
    std::string note;                  ///< for people: what of it is a sample, or why there is no answer
};
/// Decides what that is; casework::preview() does. Without it an explanation has the alerts and the question that the
/// text alone calls for, and no reply.
using Foretell = std::function<Outcome(const Pack&, const Reading&, const ReadingContext&)>;

/// What Jejak understands of one text, as one JSON object on one line: intent, category, people, people_max, place,
/// place_name, time, destination, vehicle, plate, recruiter, recruiter_phone, flags, indicators, alerts, ask, reply and
/// confidence, then since, until, reference, second_category, children, age, amount {value, currency}, signs,
/// nationalities, route, visa, job, subject, query, language, correction, question, registration and why. What is
/// absent is null, [] or false. Needs no store; `reply` is what a sender without a ticket would get, null for one who
/// gets none; `reply_sample` is the same with a sample reference where one is sent, else null.
std::string explain_json(const Pack& pack, std::string_view text, ReadingContext context,
                         const Foretell& foretell = {});

/// The same for people, on several lines: the text with the words of each slot in numbered brackets, then one line a
/// slot with its value, its words and why. Control characters of the text are shown as blanks.
std::string explain_text(const Pack& pack, std::string_view text, ReadingContext context,
                         const Foretell& foretell = {});

}  // namespace jejak::understand
