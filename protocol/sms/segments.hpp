#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/sms/inbound.hpp"

namespace jejak::sms {

/// Part 1 to `total`: anything else is a stray, to be treated as a whole text of its own.
bool in_range(const SegmentHeader& segment);

/// A user data field taken apart.
struct UserData {
    std::span<const std::byte> body;       ///< after the header; all of it when the header overran the field
    std::optional<SegmentHeader> segment;  ///< first concatenation element in range; if none is, the first stray one
    bool port_addressed = false;           ///< IEI 04/05: for an application on the phone, not for people
    bool national_shift = false;           ///< IEI 24/25: some characters need a national language table
    bool valid = true;                     ///< false: the header overran the field, or one of its elements the header
};

/// Reads the user data header when `udhi` says there is one. source: 3GPP TS 23.040 section 9.2.3.24
UserData split_user_data(std::span<const std::byte> octets, bool udhi);

/// One submit_sm worth of an outbound text: octets with their UDH, ready for short_message.
struct OutboundSegment {
    Bytes octets;
    std::uint8_t data_coding = 0;  ///< 0 GSM 7-bit, 8 UCS-2
    bool udhi = false;
};

/// Cuts a text into the fewest parts: GSM 7-bit if lossless (160 or 153 septets), else UCS-2 (70 or 67 units). Never
/// splits an escape sequence or a surrogate pair. `reference` numbers the text; at most 255 parts, else empty.
std::vector<OutboundSegment> segment_text(std::string_view utf8, std::uint8_t reference);

}  // namespace jejak::sms
