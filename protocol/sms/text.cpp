#include "protocol/sms/text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/sms/data_coding.hpp"
#include "protocol/sms/east_asian.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms {
namespace {

using Alphabet = DataCoding::Alphabet;

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

/// An octet above 0x7F says that a 7-bit text is none. What its sender wrote then: UTF-8 if it is, else Latin-1; empty
/// when there are controls in it that nobody types, for then it may be septets after all.
std::optional<std::string> eight_bit_text(std::span<const std::byte> octets) {
    bool high = false, c1 = false;
    for (const auto octet : octets) {
        const auto value = std::to_integer<unsigned>(octet);
        if (value == 0x7F || (value < 0x20 && value != '\n' && value != '\r' && value != '\t')) return std::nullopt;
        high = high || value > 0x7F;
        c1 = c1 || (value >= 0x80 && value < 0xA0);
    }
    if (!high) return std::nullopt;
    if (utf8::valid(as_text(octets))) return std::string(as_text(octets));
    if (c1) return std::nullopt;
    return decode_latin1(octets);
}

/// True for Latin text whose octets were swapped: most units have their letter in the first octet and nothing in the
/// second, and none the other way round. A character of Chinese (U+4E00) is such a unit too, and alone proves nothing.
bool octets_swapped(std::span<const std::byte> octets) {
    constexpr std::size_t units_min = 3;
    constexpr unsigned one_in_chinese = 0x4E;
    const auto units = octets.size() / 2;
    std::size_t swapped = 0;
    bool other_than_one = false;
    for (std::size_t i = 0; i < units; ++i) {
        const auto first = std::to_integer<unsigned>(octets[2 * i]);
        if (first == 0 || first == 0xFE || first == 0xFF) return false;  // Latin as it should be, or a byte order mark
        if (octets[2 * i + 1] != std::byte{0} || first > 0x7E) continue;
        ++swapped;
        other_than_one = other_than_one || first != one_in_chinese;
    }
    return units >= units_min && swapped * 2 > units && other_than_one;
}

void add(DecodedText& text, Remark remark) {
    text.remarks = text.remarks | remark;
}

void read_octets_as_seven_bit(std::span<const std::byte> octets, DefaultAlphabet zero_means, gsm7::Shift shift,
                              DecodedText& text) {
    bool replaced = false;
    switch (zero_means) {
        case DefaultAlphabet::gsm7:
            text.utf8 =
                shift == gsm7::Shift{} ? gsm7::decode(octets, &replaced) : gsm7::decode(octets, shift, &replaced);
            break;
        case DefaultAlphabet::gsm7_packed:
            text.utf8 = gsm7::decode(gsm7::unpack_uncounted(octets), shift, &replaced);
            break;
        case DefaultAlphabet::ascii:
            text.utf8 = decode_ascii(octets, replaced);
            break;
        case DefaultAlphabet::latin1:
            text.utf8 = decode_latin1(octets);
            break;
        case DefaultAlphabet::utf8:
            text.utf8 = utf8::repaired(as_text(octets), &replaced);
            break;
    }
    const bool septets = zero_means == DefaultAlphabet::gsm7 || zero_means == DefaultAlphabet::gsm7_packed;
    if (septets && !gsm7::known(shift)) add(text, Remark::unknown_table);
    if (!replaced) return;
    auto guess = zero_means == DefaultAlphabet::gsm7_packed ? std::nullopt : eight_bit_text(octets);
    add(text, guess ? Remark::guessed : Remark::replaced);
    if (guess) text.utf8 = std::move(*guess);
}

/// A coding nobody has defined is the default alphabet, says 23.038; but octets that cannot be septets are not.
void read_reserved(std::span<const std::byte> octets, DefaultAlphabet zero_means, DecodedText& text) {
    const bool seven_bit =
        std::all_of(octets.begin(), octets.end(), [](std::byte octet) { return octet <= std::byte{0x7F}; });
    add(text, seven_bit ? Remark::guessed : Remark::binary);
    if (seven_bit) read_octets_as_seven_bit(octets, zero_means, {}, text);
}

void read_ucs2(std::span<const std::byte> octets, DecodedText& text) {
    bool replaced = false;
    const bool swapped = octets_swapped(octets);
    text.utf8 = decode_ucs2(octets, &replaced, swapped ? ByteOrder::little_endian : ByteOrder::big_endian);
    if (swapped) add(text, Remark::guessed);
    if (replaced) add(text, Remark::replaced);
}

/// Takes what was read, unless so much was not that it is no text of that coding: music, or another's data.
void take_east_asian(std::optional<EastAsianText> read, std::size_t octets, DecodedText& text) {
    constexpr std::size_t unread_one_in = 4;
    if (!read || read->unread * unread_one_in > octets) {
        add(text, Remark::binary);
        return;
    }
    text.utf8 = std::move(read->utf8);
    if (read->unread > 0) add(text, Remark::replaced);
}

}  // namespace

std::string decode_ucs2(std::span<const std::byte> octets, bool* replaced, ByteOrder order) {
    const auto unit_at = [&octets](std::size_t pos, bool little) {
        const auto first = std::to_integer<char32_t>(octets[pos]);
        const auto second = std::to_integer<char32_t>(octets[pos + 1]);
        return little ? second << 8 | first : first << 8 | second;
    };
    std::string out;
    out.reserve(octets.size() + octets.size() / 2 + 3);  // three octets for two is the most
    const bool marked = octets.size() >= 2 && (unit_at(0, false) == 0xFEFF || unit_at(0, true) == 0xFEFF);
    const bool little = marked ? unit_at(0, true) == 0xFEFF : order == ByteOrder::little_endian;
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

DecodedText decode_text(std::span<const std::byte> octets, std::uint8_t data_coding, DefaultAlphabet zero_means,
                        gsm7::Shift shift) {
    const auto coding = read_data_coding(data_coding);
    DecodedText text;
    if (coding.flash) add(text, Remark::flash);
    bool replaced = false;
    switch (coding.alphabet) {
        case Alphabet::seven_bit:
            read_octets_as_seven_bit(octets, zero_means, shift, text);
            break;
        case Alphabet::ascii:
            read_octets_as_seven_bit(octets, DefaultAlphabet::ascii, {}, text);
            break;
        case Alphabet::latin1:
            text.utf8 = decode_latin1(octets);
            break;
        case Alphabet::cyrillic:
            text.utf8 = decode_cyrillic(octets);
            break;
        case Alphabet::hebrew:
            text.utf8 = decode_hebrew(octets, &replaced);
            break;
        case Alphabet::ucs2:
            read_ucs2(octets, text);
            break;
        case Alphabet::jis:
            take_east_asian(decode_jis(octets), octets.size(), text);
            break;
        case Alphabet::iso2022_jp:
            take_east_asian(decode_iso2022_jp(octets), octets.size(), text);
            break;
        case Alphabet::jis_x0212:
            take_east_asian(decode_jis_x0212(octets), octets.size(), text);
            break;
        case Alphabet::korean:
            take_east_asian(decode_korean(octets), octets.size(), text);
            break;
        case Alphabet::reserved:
            read_reserved(octets, zero_means, text);
            break;
        case Alphabet::binary:
            add(text, Remark::binary);
            break;
    }
    if (replaced) add(text, Remark::replaced);
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
