#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The GSM 7-bit default alphabet with its extension table. source: 3GPP TS 23.038 section 6.2.1
namespace jejak::sms::gsm7 {

/// Unpacked octets (one septet each, as SMPP carries them) to UTF-8. A lone escape becomes a space, an unknown
/// extension its base character; an octet above 0x7F becomes U+FFFD and sets `*replaced` to true.
std::string decode(std::span<const std::byte> septets, bool* replaced = nullptr);

/// UTF-8 to unpacked octets; empty when a character is in neither table.
std::optional<std::vector<std::byte>> encode(std::string_view utf8);

/// Septets `utf8` needs (extension characters count two); empty when it does not fit the alphabet.
std::optional<std::size_t> septets(std::string_view utf8);

/// Septets to packed octets and back, with `fill_bits` (0 to 6) before the first (after a UDH). When `packed` holds
/// fewer than `septet_count`, those it holds. source: 23.038 section 6.1.2.1
std::vector<std::byte> pack(std::span<const std::byte> septets, unsigned fill_bits = 0);
std::vector<std::byte> unpack(std::span<const std::byte> packed, std::size_t septet_count, unsigned fill_bits = 0);

}  // namespace jejak::sms::gsm7
