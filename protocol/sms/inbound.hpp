#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/sensitive.hpp"
#include "protocol/sms/msisdn.hpp"
#include "protocol/time.hpp"

namespace jejak::sms {

using Bytes = std::vector<std::byte>;

/// How a long text was cut. Parts belong together only when the mechanism is equal too.
enum class Concatenation : std::uint8_t {
    udh8,
    udh16,
    sar,
    provider  ///< an aggregator's own reference, whatever the phone used
};

/// One part's place in a long text. `part` counts from 1.
struct SegmentHeader {
    Concatenation mechanism = Concatenation::udh8;
    std::uint16_t reference = 0;
    std::uint8_t total = 0;
    std::uint8_t part = 0;
    bool operator==(const SegmentHeader&) const = default;
};

/// data_coding of a part whose octets are UTF-8: no SMPP value, so it cannot collide.
constexpr std::uint8_t utf8_coding = 0xFF;

/// What a channel noticed about a message. Bits, stored with it.
enum class Remark : std::uint16_t {
    truncated = 1,       ///< sm_length promised more than the PDU held
    trailing = 2,        ///< bytes after the last field that are no TLV
    flash = 4,           ///< message class 0
    binary = 8,          ///< 8-bit data or port-addressed: kept, never rendered as text
    both_texts = 16,     ///< short_message and message_payload both present
    bad_tlv = 32,        ///< a TLV overran the PDU or there were too many
    stray_segment = 64,  ///< part 0 or part > total: treated as a whole text
    bad_udh = 128,       ///< the user data header did not parse
    partial = 256,       ///< released before all its parts had come
    undecodable = 512,   ///< the PDU body did not decode: only `raw` is there
    replaced = 1024,     ///< some characters could not be decoded
    stray_ussd = 2048    ///< came as USSD that is no turn of a session: taken as a text
};
using Remarks = std::uint16_t;
constexpr Remarks operator|(Remarks set, Remark one) {
    return static_cast<Remarks>(set | static_cast<std::uint16_t>(one));
}
constexpr bool has(Remarks set, Remark one) {
    return (set & static_cast<std::uint16_t>(one)) != 0;
}

/// One inbound SMS as a channel heard it, whatever the wire: what intake takes. Holds what must not be logged.
struct InboundText {
    Originator sender;          ///< who sent it, normalised
    SensitiveText destination;  ///< the service number it was sent to, as the wire spelt it
    SensitiveText text;         ///< UTF-8; empty is a message too; a part's own text if `segment`
    std::optional<SegmentHeader> segment;
    Bytes raw;                     ///< user data octets after the UDH (segments), or the whole undecodable body
    std::uint8_t data_coding = 0;  ///< SMPP data_coding of `raw`
    Remarks remarks = 0;
    std::string provider_id;          ///< the aggregator's message id; empty when the wire has none
    std::optional<WallTime> sent_at;  ///< as the wire claims; never trusted for ordering
    Bytes fingerprint_input;          ///< SMPP: what a redelivery repeats byte for byte; empty for HTTP
};

}  // namespace jejak::sms
