#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The GSM 7-bit alphabets: the default one with its extension, and the national language tables that a user data
/// header may put in their place. source: 3GPP TS 23.038 section 6.2.1
namespace jejak::sms::gsm7 {

/// National language identifiers, as the single shift and locking shift elements of a user data header carry them.
/// source: 23.038 section 6.2.1.2.4
enum class Language : std::uint8_t {
    none,  ///< the default tables
    turkish,
    spanish,  ///< has a single shift table only
    portuguese,
    bengali,
    gujarati,
    hindi,
    kannada,
    malayalam,
    oriya,
    punjabi,
    tamil,
    telugu,
    urdu
};
constexpr std::uint8_t language_last = static_cast<std::uint8_t>(Language::urdu);

/// Which tables a text is written with: national language identifiers as a user data header has them, 0 for the default
/// ones. An identifier without a table means the default one. source: 23.038 section 6.2.1.2
struct Shift {
    std::uint8_t locking = 0;
    std::uint8_t single = 0;
    bool operator==(const Shift&) const = default;
};

/// True when there are tables for both identifiers (Spanish has no locking one, and needs none).
bool known(Shift shift);

/// Unpacked octets (one septet each, as SMPP carries them) to UTF-8. A lone escape becomes a space, an unknown
/// extension its base character; an octet above 0x7F becomes U+FFFD and sets `*replaced` to true.
std::string decode(std::span<const std::byte> septets, bool* replaced = nullptr);
/// The same with national tables; a septet that has no character in them becomes U+FFFD too.
std::string decode(std::span<const std::byte> septets, Shift shift, bool* replaced = nullptr);

/// UTF-8 to unpacked octets; empty when a character is in neither table.
std::optional<std::vector<std::byte>> encode(std::string_view utf8);
std::optional<std::vector<std::byte>> encode(std::string_view utf8, Shift shift);

/// Septets `utf8` needs (extension characters count two); empty when it does not fit the alphabet.
std::optional<std::size_t> septets(std::string_view utf8);

/// Bits between a user data header of `header_size` octets (its length octet included; 0: none) and the first septet.
/// source: 3GPP TS 23.040 section 9.2.3.24
constexpr unsigned fill_bits(std::size_t header_size) {
    return static_cast<unsigned>((7 - header_size * 8 % 7) % 7);
}

/// Septets to packed octets and back, with `fill_bits` (0 to 6) before the first (after a UDH). When `packed` holds
/// fewer than `septet_count`, those it holds. source: 23.038 section 6.1.2.1
std::vector<std::byte> pack(std::span<const std::byte> septets, unsigned fill_bits = 0);
std::vector<std::byte> unpack(std::span<const std::byte> packed, std::size_t septet_count, unsigned fill_bits = 0);

/// The same where nobody counts the septets. Seven bits left over in the last octet would read as one more: they are
/// filled with a carriage return, and a carriage return or an @ (zero bits) in that place is taken for filling.
/// source: 23.038 section 6.1.2.3.1
std::vector<std::byte> pack_uncounted(std::span<const std::byte> septets, unsigned fill_bits = 0);
std::vector<std::byte> unpack_uncounted(std::span<const std::byte> packed, unsigned fill_bits = 0);

}  // namespace jejak::sms::gsm7
