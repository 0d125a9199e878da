#pragma once
#include <vector>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"

/// When a reading raises an alert, by the pack's rules. Pure.
namespace jejak::understand {

/// Long enough ago that nobody can be met on the way any more.
bool is_past(const Pack::Data& data, const When& when, WallTime received_at);

/// Every condition of the rule holds that a reading can tell; what it `mentions`, only the text can.
bool fits(const RaiseRule& rule, const Reading& reading, bool past);

/// What a reading raises that was put together from a text and the answers that followed, or from a menu; in the
/// rules' order. Rules that ask for a mention were asked when the text was read.
std::vector<AlertKind> alerts_raised(const Pack& pack, const Reading& reading, WallTime received_at);

}  // namespace jejak::understand
