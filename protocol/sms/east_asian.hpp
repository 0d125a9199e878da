#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>

/// Texts of two octets a character, as Japanese and Korean networks send them, to UTF-8, by the C library's tables.
namespace jejak::sms {

struct EastAsianText {
    std::string utf8;
    std::size_t unread = 0;  ///< octets that are no character of the set: each became U+FFFD
};

/// JIS X 0208 (data_coding 5): two 7-bit octets a character, or EUC-JP or Shift JIS where octets have their high bit,
/// or ISO-2022-JP where there are escapes: whichever leaves the least unread. Empty when the system cannot convert.
std::optional<EastAsianText> decode_jis(std::span<const std::byte> octets);

/// JIS X 0212, the extended kanji (data_coding 13): two 7-bit octets a character, or EUC-JP.
std::optional<EastAsianText> decode_jis_x0212(std::span<const std::byte> octets);

/// ISO-2022-JP (data_coding 10).
std::optional<EastAsianText> decode_iso2022_jp(std::span<const std::byte> octets);

/// KS C 5601 with ASCII between (data_coding 14), and what UHC adds to it.
std::optional<EastAsianText> decode_korean(std::span<const std::byte> octets);

}  // namespace jejak::sms
