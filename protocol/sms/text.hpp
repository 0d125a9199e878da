#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "protocol/sms/inbound.hpp"

namespace jejak::sms {

/// What data_coding 0, and every other coding that says "7-bit", means on a connection: operators differ.
enum class DefaultAlphabet : std::uint8_t { gsm7, ascii, latin1, utf8 };

struct DecodedText {
    std::string utf8;     ///< empty when `remarks` has binary
    Remarks remarks = 0;  ///< flash, binary, replaced
};

/// User data octets (after the UDH) to UTF-8 by data_coding: GSM 7-bit, IA5, Latin-1, UCS-2 big endian with surrogate
/// pairs, message classes 0xF0..0xF7, waiting indications. A lone surrogate or odd octet becomes U+FFFD; what has no
/// table here is binary. National language shift tables are not applied. Never throws.
/// source: SMPP 3.4 section 5.2.19, 3GPP TS 23.038 section 4
DecodedText decode_text(std::span<const std::byte> octets, std::uint8_t data_coding,
                        DefaultAlphabet zero_means = DefaultAlphabet::gsm7);

/// UCS-2 octets to UTF-8. Big endian unless they begin with a byte order mark that says otherwise; the mark is dropped.
/// A lone surrogate or odd octet becomes U+FFFD and sets `*replaced` to true.
std::string decode_ucs2(std::span<const std::byte> octets, bool* replaced = nullptr);

/// ISO-8859-1 octets to UTF-8: every octet is its code point.
std::string decode_latin1(std::span<const std::byte> octets);

/// UTF-8 to UCS-2 (UTF-16 big endian) octets; malformed UTF-8 becomes U+FFFD.
Bytes encode_ucs2(std::string_view utf8);

}  // namespace jejak::sms
