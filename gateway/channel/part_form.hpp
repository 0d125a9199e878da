#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/channel/smpp_profile.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/time.hpp"

namespace jejak::channel {

/// The optional parameters of a part of a reply: its place where the SMSC writes the headers, its text where it cuts
/// it, and what it is asked about by.
std::vector<std::byte> part_parameters(const sms::OutboundSegment& part, std::optional<std::uint16_t> reference);

/// validity_period of a message that is of use `until` then, as the SMSC takes it; empty where it takes none.
std::string validity_period(SmppProfile::Validity form, WallTime until, WallTime now);

}  // namespace jejak::channel
