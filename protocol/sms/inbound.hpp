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

/// data_coding of a part whose octets are UTF-8. A part that came with this value in SMPP, or the next, is stored with
/// its equal below 0xF8, so neither collides.
constexpr std::uint8_t utf8_coding = 0xFF;

/// data_coding of a part in GSM 7-bit with national tables: its first two octets are the identifiers of the locking and
/// the single shift table.
constexpr std::uint8_t national_coding = 0xFE;

/// What a channel noticed about a message. Bits, stored with it.
enum class Remark : std::uint32_t {
    truncated = 1,            ///< sm_length promised more than the PDU held
    trailing = 2,             ///< bytes after the last field that are no TLV
    flash = 4,                ///< message class 0
    binary = 8,               ///< 8-bit data or port-addressed: kept, never rendered as text
    both_texts = 16,          ///< short_message and message_payload both present
    bad_tlv = 32,             ///< a TLV overran the PDU or there were too many
    stray_segment = 64,       ///< a part that cannot be joined (0, > total, over a quota, of no sender): a text
    bad_udh = 128,            ///< the user data header did not parse
    partial = 256,            ///< released before all its parts had come
    undecodable = 512,        ///< the PDU body did not decode: only `raw` is there
    replaced = 1024,          ///< some characters could not be decoded
    stray_ussd = 2048,        ///< came as USSD that is no turn of a session: taken as a text
    unknown_table = 4096,     ///< named a national language table there is none of: read with the default one
    guessed = 8192,           ///< its octets do not fit what it says of them: read as what they must be
    unannounced_udh = 16384,  ///< begins like a user data header that nothing announced
    total_differs = 32768,    ///< a part whose reference is in use by an open text of another total
    throttled = 65536,        ///< its number sends more than is answered
    flood = 131072,           ///< its source brought far more than it usually does
    stray_receipt = 262144,   ///< came as a receipt and is none: a text, which is not answered and answers nothing
    menu = 524288,            ///< what was chosen and typed in a USSD session: its transcript, no text
    answer = 1048576          ///< answers or corrects what was said before: by itself it may say something else
};
using Remarks = std::uint32_t;
constexpr Remarks operator|(Remarks set, Remark one) {
    return set | static_cast<Remarks>(one);
}
constexpr bool has(Remarks set, Remark one) {
    return (set & static_cast<Remarks>(one)) != 0;
}

/// One inbound SMS as a channel heard it, whatever the wire: what intake takes. Holds what must not be logged.
struct InboundText {
    Originator sender;                            ///< who sent it, normalised
    std::uint8_t source_ton = 0, source_npi = 0;  ///< as the wire had them; parts of a text have the same
    std::string account;                          ///< of its channel, by which it came; empty: it has only one
    std::uint32_t bind = 0;                       ///< which session of its channel heard it; counts from 0
    SensitiveText destination;                    ///< the service number it was sent to, as the wire spelt it
    SensitiveText text;                           ///< UTF-8; empty is a message too; a part's own text if `segment`
    std::optional<SegmentHeader> segment;
    Bytes raw;  ///< of a part: the octets to join, see TextJoiner; else the user data as it came, or the whole body
    std::uint8_t data_coding = 0;  ///< of a part: what `raw` is, an SMPP data_coding or one of the two above
    Remarks remarks = 0;
    std::string provider_id;          ///< the aggregator's message id; empty when the wire has none
    std::optional<WallTime> sent_at;  ///< as the wire claims; never trusted for ordering
    Bytes fingerprint_input;          ///< SMPP: what a redelivery repeats byte for byte; empty for HTTP
};

}  // namespace jejak::sms
