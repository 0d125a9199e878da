#include "protocol/sms/gsm7.hpp"

#include <algorithm>
#include <array>

#include "protocol/ensure.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms::gsm7 {
namespace {

constexpr std::uint8_t escape = 0x1B;

// source: 3GPP TS 23.038 section 6.2.1, in rows of sixteen. The place of the escape holds the space it is shown as.
constexpr std::array<char16_t, 128> basic_table = {
    u'@', u'£',  u'$', u'¥', u'è', u'é', u'ù', u'ì', u'ò', u'Ç', u'\n', u'Ø', u'ø', u'\r', u'Å', u'å', u'Δ', u'_', u'Φ',
    u'Γ', u'Λ',  u'Ω', u'Π', u'Ψ', u'Σ', u'Θ', u'Ξ', u' ', u'Æ', u'æ',  u'ß', u'É', u' ',  u'!', u'"', u'#', u'¤', u'%',
    u'&', u'\'', u'(', u')', u'*', u'+', u',', u'-', u'.', u'/', u'0',  u'1', u'2', u'3',  u'4', u'5', u'6', u'7', u'8',
    u'9', u':',  u';', u'<', u'=', u'>', u'?', u'¡', u'A', u'B', u'C',  u'D', u'E', u'F',  u'G', u'H', u'I', u'J', u'K',
    u'L', u'M',  u'N', u'O', u'P', u'Q', u'R', u'S', u'T', u'U', u'V',  u'W', u'X', u'Y',  u'Z', u'Ä', u'Ö', u'Ñ', u'Ü',
    u'§', u'¿',  u'a', u'b', u'c', u'd', u'e', u'f', u'g', u'h', u'i',  u'j', u'k', u'l',  u'm', u'n', u'o', u'p', u'q',
    u'r', u's',  u't', u'u', u'v', u'w', u'x', u'y', u'z', u'ä', u'ö',  u'ñ', u'ü', u'à'};

struct Extension {
    std::uint8_t septet;
    char16_t character;
};
// source: 3GPP TS 23.038 section 6.2.1.1
constexpr std::array<Extension, 10> extension_table = {{{0x0A, u'\f'},
                                                        {0x14, u'^'},
                                                        {0x28, u'{'},
                                                        {0x29, u'}'},
                                                        {0x2F, u'\\'},
                                                        {0x3C, u'['},
                                                        {0x3D, u'~'},
                                                        {0x3E, u']'},
                                                        {0x40, u'|'},
                                                        {0x65, u'€'}}};

/// Septets whose character has the same code in ASCII: most of every text, copied as runs.
constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t i = 0; i < basic_table.size(); ++i) plain[i] = i != escape && basic_table[i] == i;
    return plain;
}();

/// The septet, or escape and septet as 0x1Bxx, of every character below U+0100; `none` when it has none.
constexpr std::uint16_t none = 0xFFFF;
constexpr auto low_codes = [] {
    std::array<std::uint16_t, 256> codes{};
    codes.fill(none);
    for (std::size_t i = 0; i < basic_table.size(); ++i) {
        if (i != escape && basic_table[i] < codes.size()) codes[basic_table[i]] = static_cast<std::uint16_t>(i);
    }
    for (const auto& [septet, character] : extension_table) {
        if (character < codes.size()) codes[character] = static_cast<std::uint16_t>(escape << 8 | septet);
    }
    return codes;
}();

std::uint16_t code_of(char32_t code_point) {
    if (code_point < low_codes.size()) return low_codes[code_point];
    if (code_point == U'€') return escape << 8 | 0x65;
    for (std::uint16_t i = 0x10; i <= 0x1A; ++i) {  // the Greek capitals
        if (basic_table[i] == code_point) return i;
    }
    return none;
}

/// What escape and `septet` show: the extension's character, or the basic one when there is no such extension.
char32_t extended(std::uint8_t septet) {
    if (septet == escape) return U' ';  // reserved for a further table; shown as a space until there is one
    for (const auto& entry : extension_table) {
        if (entry.septet == septet) return entry.character;
    }
    return basic_table[septet];
}

}  // namespace

std::string decode(std::span<const std::byte> septets, bool* replaced) {
    const auto* const octets = reinterpret_cast<const unsigned char*>(septets.data());
    std::string out;
    out.reserve(septets.size() + 16);
    for (std::size_t pos = 0; pos < septets.size();) {
        auto end = pos;
        while (end < septets.size() && is_plain[octets[end]]) ++end;
        out.append(reinterpret_cast<const char*>(octets) + pos, end - pos);
        if (end == septets.size()) break;
        const auto octet = octets[end];
        pos = end + 1;
        if (octet > 0x7F) {
            if (replaced) *replaced = true;
            utf8::append(out, utf8::replacement);
        } else if (octet == escape && pos < septets.size() && octets[pos] <= 0x7F) {
            utf8::append(out, extended(octets[pos++]));
        } else {
            utf8::append(out, basic_table[octet]);
        }
    }
    return out;
}

std::optional<std::vector<std::byte>> encode(std::string_view utf8) {
    std::vector<std::byte> out;
    out.reserve(utf8.size() + 8);
    for (std::size_t pos = 0; pos < utf8.size();) {
        const auto code = code_of(utf8::next(utf8, pos));
        if (code == none) return std::nullopt;
        if (code > 0xFF) out.push_back(std::byte{escape});
        out.push_back(static_cast<std::byte>(code & 0xFF));
    }
    return out;
}

std::optional<std::size_t> septets(std::string_view utf8) {
    std::size_t count = 0;
    for (std::size_t pos = 0; pos < utf8.size();) {
        const auto code = code_of(utf8::next(utf8, pos));
        if (code == none) return std::nullopt;
        count += code > 0xFF ? 2 : 1;
    }
    return count;
}

std::vector<std::byte> pack(std::span<const std::byte> septets, unsigned fill_bits) {
    ensure(fill_bits < 7);
    std::vector<std::byte> packed((septets.size() * 7 + fill_bits + 7) / 8);
    std::size_t bit = fill_bits;
    for (const auto septet : septets) {
        const auto shifted = (std::to_integer<unsigned>(septet) & 0x7F) << (bit % 8);
        packed[bit / 8] |= static_cast<std::byte>(shifted & 0xFF);
        if (shifted > 0xFF) packed[bit / 8 + 1] |= static_cast<std::byte>(shifted >> 8);
        bit += 7;
    }
    return packed;
}

std::vector<std::byte> unpack(std::span<const std::byte> packed, std::size_t septet_count, unsigned fill_bits) {
    ensure(fill_bits < 7);
    const auto bits = packed.size() * 8;
    const auto held = bits < fill_bits ? 0 : (bits - fill_bits) / 7;
    std::vector<std::byte> septets;
    septets.reserve(std::min(septet_count, held));
    for (std::size_t bit = fill_bits; septets.size() < std::min(septet_count, held); bit += 7) {
        unsigned window = std::to_integer<unsigned>(packed[bit / 8]);
        if (bit / 8 + 1 < packed.size()) window |= std::to_integer<unsigned>(packed[bit / 8 + 1]) << 8;
        septets.push_back(static_cast<std::byte>((window >> (bit % 8)) & 0x7F));
    }
    return septets;
}

}  // namespace jejak::sms::gsm7
