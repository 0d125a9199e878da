#pragma once
#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// Behind token `at` a later clause says that all is well by now: "… skrg aman di shelter", "… sudah pulang".
bool ends_well(const Subject& whole, std::size_t at);

/// "dulu mmg dipukul, skrg aman": told as of long ago, and all is well by now.
bool lies_behind(const Subject& whole, const Hit& suffered);

}  // namespace jejak::understand
