#pragma once
#include <array>
#include <cstdint>

#include "protocol/sms/gsm7.hpp"

/// The character tables of the GSM 7-bit alphabets: the default ones and those of thirteen national languages.
/// source: 3GPP TS 23.038 section 6.2.1 and annex A
namespace jejak::sms::gsm7 {

/// Characters by septet; 0 where a table has none. The place of the escape holds the space it is shown as when nothing
/// follows it.
using Table = std::array<char16_t, 128>;

constexpr std::uint8_t escape = 0x1B;

/// source: 23.038 section 6.2.1, in rows of sixteen
inline constexpr Table default_table = {
    u'@', u'£',  u'$', u'¥', u'è', u'é', u'ù', u'ì', u'ò', u'Ç', u'\n', u'Ø', u'ø', u'\r', u'Å', u'å', u'Δ', u'_', u'Φ',
    u'Γ', u'Λ',  u'Ω', u'Π', u'Ψ', u'Σ', u'Θ', u'Ξ', u' ', u'Æ', u'æ',  u'ß', u'É', u' ',  u'!', u'"', u'#', u'¤', u'%',
    u'&', u'\'', u'(', u')', u'*', u'+', u',', u'-', u'.', u'/', u'0',  u'1', u'2', u'3',  u'4', u'5', u'6', u'7', u'8',
    u'9', u':',  u';', u'<', u'=', u'>', u'?', u'¡', u'A', u'B', u'C',  u'D', u'E', u'F',  u'G', u'H', u'I', u'J', u'K',
    u'L', u'M',  u'N', u'O', u'P', u'Q', u'R', u'S', u'T', u'U', u'V',  u'W', u'X', u'Y',  u'Z', u'Ä', u'Ö', u'Ñ', u'Ü',
    u'§', u'¿',  u'a', u'b', u'c', u'd', u'e', u'f', u'g', u'h', u'i',  u'j', u'k', u'l',  u'm', u'n', u'o', u'p', u'q',
    u'r', u's',  u't', u'u', u'v', u'w', u'x', u'y', u'z', u'ä', u'ö',  u'ñ', u'ü', u'à'};

/// What an escape leads to. source: 23.038 section 6.2.1.1
inline constexpr Table default_extension = [] {
    Table table{};
    table[0x0A] = u'\f';
    table[0x14] = u'^';
    table[0x28] = u'{';
    table[0x29] = u'}';
    table[0x2F] = u'\\';
    table[0x3C] = u'[';
    table[0x3D] = u'~';
    table[0x3E] = u']';
    table[0x40] = u'|';
    table[0x65] = u'€';
    return table;
}();

/// The table that replaces the default alphabet, or the extension, for a national language identifier. The default one
/// for 0, for an identifier no table exists for, and for Spanish locking, which the specification leaves void.
const Table& locking_table(std::uint8_t language);
const Table& single_shift_table(std::uint8_t language);

}  // namespace jejak::sms::gsm7
