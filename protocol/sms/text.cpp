#include "protocol/sms/text.hpp"

#include <string_view>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms {
namespace {

/// What a data_coding value asks for, before any octet is looked at.
struct Coding {
    enum class Alphabet : std::uint8_t { connection, ascii, latin1, ucs2, binary };
    Alphabet alphabet = Alphabet::binary;
    bool flash = false;
};

using Alphabet = Coding::Alphabet;

/// Two bits of a GSM data coding scheme name the alphabet. source: 23.038 section 4
constexpr Alphabet alphabet_of(unsigned bits) {
    switch (bits & 3) {
        case 0:
            return Alphabet::connection;
        case 2:
            return Alphabet::ucs2;
        default:
            return Alphabet::binary;
    }
}

Coding coding_of(std::uint8_t data_coding) {
    const unsigned group = data_coding >> 4;
    const bool class_zero = (data_coding & 3) == 0;
    switch (group) {
        case 0x0:  // SMPP's own list. source: SMPP 3.4 section 5.2.19
            switch (data_coding) {
                case 0x00:
                    return {Alphabet::connection};
                case 0x01:
                    return {Alphabet::ascii};
                case 0x03:
                    return {Alphabet::latin1};
                case 0x08:
                    return {Alphabet::ucs2};
                default:
                    return {};
            }
        case 0x1:
        case 0x5:  // a message class, uncompressed; 0x5_ is to be deleted after reading
            return {alphabet_of(data_coding >> 2), class_zero};
        case 0x4:
            return {alphabet_of(data_coding >> 2)};
        case 0x3:
        case 0x7:
            return {Alphabet::binary, class_zero};  // compressed
        case 0xC:
        case 0xD:
            return {Alphabet::connection};  // waiting indication, text in 7-bit
        case 0xE:
            return {Alphabet::ucs2};  // waiting indication, text in UCS-2
        case 0xF:
            return {(data_coding & 4) != 0 ? Alphabet::binary : Alphabet::connection, class_zero};
        default:
            return {};
    }
}

std::string_view as_chars(std::span<const std::byte> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

std::string decode_ascii(std::span<const std::byte> octets, bool& replaced) {
    std::string out;
    out.reserve(octets.size());
    for (const auto octet : octets) {
        const auto value = std::to_integer<char32_t>(octet);
        if (value > 0x7F) replaced = true;
        utf8::append(out, value > 0x7F ? utf8::replacement : value);
    }
    return out;
}

bool is_high(char32_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low(char32_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace

std::string decode_latin1(std::span<const std::byte> octets) {
    std::string out;
    out.reserve(octets.size());
    for (const auto octet : octets) utf8::append(out, std::to_integer<char32_t>(octet));
    return out;
}

std::string decode_ucs2(std::span<const std::byte> octets, bool* replaced) {
    const auto unit_at = [&octets](std::size_t pos, bool little) {
        const auto first = std::to_integer<char32_t>(octets[pos]);
        const auto second = std::to_integer<char32_t>(octets[pos + 1]);
        return little ? second << 8 | first : first << 8 | second;
    };
    std::string out;
    out.reserve(octets.size() + octets.size() / 2 + 3);  // three octets for two is the most
    const bool marked = octets.size() >= 2 && (unit_at(0, false) == 0xFEFF || unit_at(0, true) == 0xFEFF);
    const bool little = marked && unit_at(0, true) == 0xFEFF;
    bool bad = false;
    std::size_t pos = marked ? 2 : 0;
    for (; pos + 1 < octets.size(); pos += 2) {
        const auto unit = unit_at(pos, little);
        if (is_high(unit) && pos + 3 < octets.size() && is_low(unit_at(pos + 2, little))) {
            pos += 2;
            utf8::append(out, 0x10000 + ((unit - 0xD800) << 10) + (unit_at(pos, little) - 0xDC00));
        } else {
            bad = bad || is_high(unit) || is_low(unit);
            utf8::append(out, unit);  // a lone surrogate is appended as U+FFFD
        }
    }
    if (pos < octets.size()) {
        bad = true;
        utf8::append(out, utf8::replacement);
    }
    if (bad && replaced) *replaced = true;
    return out;
}

DecodedText decode_text(std::span<const std::byte> octets, std::uint8_t data_coding, DefaultAlphabet zero_means) {
    const Coding coding = coding_of(data_coding);
    DecodedText text;
    if (coding.flash) text.remarks = text.remarks | Remark::flash;
    bool replaced = false;
    switch (coding.alphabet) {
        case Alphabet::connection:
            switch (zero_means) {
                case DefaultAlphabet::gsm7:
                    text.utf8 = gsm7::decode(octets, &replaced);
                    break;
                case DefaultAlphabet::ascii:
                    text.utf8 = decode_ascii(octets, replaced);
                    break;
                case DefaultAlphabet::latin1:
                    text.utf8 = decode_latin1(octets);
                    break;
                case DefaultAlphabet::utf8:
                    text.utf8 = utf8::repaired(as_chars(octets), &replaced);
                    break;
            }
            break;
        case Alphabet::ascii:
            text.utf8 = decode_ascii(octets, replaced);
            break;
        case Alphabet::latin1:
            text.utf8 = decode_latin1(octets);
            break;
        case Alphabet::ucs2:
            text.utf8 = decode_ucs2(octets, &replaced);
            break;
        case Alphabet::binary:
            text.remarks = text.remarks | Remark::binary;
            break;
    }
    if (replaced) text.remarks = text.remarks | Remark::replaced;
    return text;
}

Bytes encode_ucs2(std::string_view utf8) {
    Bytes out;
    out.reserve(utf8.size() * 2);
    const auto put = [&out](char32_t unit) {
        out.push_back(static_cast<std::byte>(unit >> 8));
        out.push_back(static_cast<std::byte>(unit & 0xFF));
    };
    for (std::size_t pos = 0; pos < utf8.size();) {
        const auto code_point = utf8::next(utf8, pos);
        if (code_point == utf8::malformed) {
            put(utf8::replacement);
        } else if (code_point >= 0x10000) {
            put(0xD800 + ((code_point - 0x10000) >> 10));
            put(0xDC00 + ((code_point - 0x10000) & 0x3FF));
        } else {
            put(code_point);
        }
    }
    return out;
}

}  // namespace jejak::sms
