#pragma once
#include <span>
#include <string>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

namespace jejak::understand {

/// At most this many questions a report, then it is left as it is.
constexpr std::size_t questions_max = 2;

/// Whoever sent it may be in danger, or not alone with the phone: no question but the neutral one of the form `sos`
/// ("Balas 1 jika boleh ditelepon, 2 jika jangan.").
bool ask_gently(const Reading& reading);

/// The field worth the next question: the first of the reading's form that is `asked`, fits its category and is still
/// open. Null when nothing is.
/// done  names of fields that were asked or skipped already
const FormField* next_question(const Pack& pack, const Reading& reading, std::span<const std::string> done);

}  // namespace jejak::understand
