#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/sms/iso8859.hpp"

namespace jejak::sms {

/// What data_coding 0, and every other coding that says "7-bit", means on a connection: operators differ.
enum class DefaultAlphabet : std::uint8_t {
    gsm7,  ///< one septet an octet, as the specification has it
    ascii,
    latin1,
    utf8,
    gsm7_packed  ///< eight septets in seven octets, as on the air
};

struct DecodedText {
    std::string utf8;     ///< empty when `remarks` has binary
    Remarks remarks = 0;  ///< flash, binary, replaced, unknown_table, guessed
};

/// User data octets (after the UDH) to UTF-8 by data_coding: GSM 7-bit with the national tables of `shift`, IA5,
/// Latin-1, Cyrillic, Hebrew, UCS-2 big endian with surrogate pairs, JIS, KS C 5601, message classes, waiting
/// indications. What has no character (a lone surrogate, an odd octet) becomes U+FFFD; 8-bit data, compressed text and
/// what is no text in its coding are binary. Two lies of real peers are seen through, with the remark guessed: 8-bit
/// text sent as 7-bit (Latin-1 or UTF-8), and UCS-2 with its octets swapped. Never throws.
/// source: SMPP 3.4 section 5.2.19, 3GPP TS 23.038 section 4
DecodedText decode_text(std::span<const std::byte> octets, std::uint8_t data_coding,
                        DefaultAlphabet zero_means = DefaultAlphabet::gsm7, gsm7::Shift shift = {});

enum class ByteOrder : std::uint8_t { big_endian, little_endian };

/// UCS-2 octets to UTF-8, in `order` unless they begin with a byte order mark, which decides and is dropped. A lone
/// surrogate or odd octet becomes U+FFFD and sets `*replaced` to true.
std::string decode_ucs2(std::span<const std::byte> octets, bool* replaced = nullptr,
                        ByteOrder order = ByteOrder::big_endian);

/// UTF-8 to UCS-2 (UTF-16 big endian) octets; malformed UTF-8 becomes U+FFFD.
Bytes encode_ucs2(std::string_view utf8);

}  // namespace jejak::sms
