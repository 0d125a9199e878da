#pragma once
#include <string>
#include <string_view>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// What Jejak understands of one text, as one JSON object on one line: intent, category, people, people_max, place,
/// place_name, time, destination, vehicle, plate, recruiter, recruiter_phone, flags, indicators, alerts, ask, reply and
/// confidence, then since, until, reference, registration and why. What is absent is null or []. Needs no store;
/// `reply` is what a sender without a ticket would get, null for one who is never answered.
std::string explain_json(const Pack& pack, std::string_view text, ReadingContext context);

}  // namespace jejak::understand
