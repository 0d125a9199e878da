#include "protocol/sms/iso8859.hpp"

#include "protocol/sms/utf8.hpp"

namespace jejak::sms {
namespace {

/// `above` gives an octet from 0xA0 on its code point; those below are their own.
template <class Above>
std::string decode(std::span<const std::byte> octets, const Above& above) {
    std::string out;
    out.reserve(octets.size() * 2);
    for (const auto octet : octets) {
        const auto value = std::to_integer<char32_t>(octet);
        utf8::append(out, value < 0xA0 ? value : above(value));
    }
    return out;
}

constexpr char32_t soft_hyphen = 0xAD;

char32_t cyrillic(char32_t octet) {
    if (octet == 0xA0 || octet == soft_hyphen) return octet;
    if (octet == 0xF0) return U'№';
    if (octet == 0xFD) return U'§';
    return octet - 0xA0 + 0x400;
}

char32_t hebrew(char32_t octet) {
    constexpr char32_t left_to_right_mark = 0x200E, right_to_left_mark = 0x200F;
    if (octet >= 0xE0 && octet <= 0xFA) return octet - 0xE0 + U'א';
    if (octet == 0xAA) return U'×';
    if (octet == 0xBA) return U'÷';
    if (octet == 0xDF) return U'‗';
    if (octet == 0xFD) return left_to_right_mark;
    if (octet == 0xFE) return right_to_left_mark;
    return octet <= 0xBE && octet != 0xA1 ? octet : utf8::replacement;
}

}  // namespace

std::string decode_latin1(std::span<const std::byte> octets) {
    return decode(octets, [](char32_t octet) { return octet; });
}

std::string decode_cyrillic(std::span<const std::byte> octets) {
    return decode(octets, cyrillic);
}

std::string decode_hebrew(std::span<const std::byte> octets, bool* replaced) {
    return decode(octets, [replaced](char32_t octet) {
        const auto character = hebrew(octet);
        if (character == utf8::replacement && replaced) *replaced = true;
        return character;
    });
}

}  // namespace jejak::sms
