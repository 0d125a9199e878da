#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/sms/text.hpp"

namespace jejak::sms {

/// Part 1 to `total`: anything else is a stray, to be treated as a whole text of its own.
bool in_range(const SegmentHeader& segment);

/// A user data field taken apart.
struct UserData {
    std::span<const std::byte> body;       ///< after the header; all of it when the header overran the field
    std::optional<SegmentHeader> segment;  ///< first concatenation element in range; if none is, the first stray one
    gsm7::Shift shift;                     ///< IEI 24/25: the national tables named; the last of each, if repeated
    bool port_addressed = false;           ///< IEI 04/05: for an application on the phone, not for people
    bool valid = true;                     ///< false: the header overran the field, or one of its elements the header
};

/// Reads the user data header when `udhi` says there is one. source: 3GPP TS 23.040 section 9.2.3.24
UserData split_user_data(std::span<const std::byte> octets, bool udhi);

/// True when octets begin with a concatenation element as the only one of a header, in range and with room behind it:
/// what a header looks like when the indicator was lost on the way.
bool begins_like_header(std::span<const std::byte> octets);

/// One submit_sm worth of an outbound text: octets with their UDH, ready for short_message.
struct OutboundSegment {
    Bytes octets;
    std::uint8_t data_coding = 0;  ///< 0 the connection's 7-bit alphabet, 8 UCS-2
    bool udhi = false;
    bool payload = false;  ///< `octets` go into message_payload: they may be more than 254
    std::optional<SegmentHeader>
        segment;  ///< its place; with mechanism sar the sender writes the three sar_ parameters
};

/// How an operator takes texts, short and long.
struct LongTexts {
    enum class Form : std::uint8_t {
        udh8,    ///< user data headers with a reference of 8 bits
        udh16,   ///< of 16 bits
        sar,     ///< sar_msg_ref_num and its two companions: the SMSC writes the headers, of 8 bits
        payload  ///< the whole text in message_payload: the SMSC cuts it
    };
    Form form = Form::udh8;
    DefaultAlphabet zero_means = DefaultAlphabet::gsm7;  ///< what the operator reads under data_coding 0
    /// National tables the subscribers' phones know. Used where a text then takes fewer parts than in UCS-2, in GSM
    /// 7-bit and with user data headers only.
    std::vector<gsm7::Language> languages;
};

/// Cuts a text into the fewest parts: GSM 7-bit if lossless (160 or 153 septets), else UCS-2 (70 or 67 units), or
/// national tables if those are allowed and take fewer; a larger header leaves less. Never splits an escape sequence or
/// a surrogate pair. `reference` numbers the text, its low octet in the 8-bit forms. At most 255 parts, else empty.
std::vector<OutboundSegment> segment_text(std::string_view utf8, std::uint16_t reference, const LongTexts& how = {});

}  // namespace jejak::sms
