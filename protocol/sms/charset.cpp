#include "protocol/sms/charset.hpp"

#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms {
namespace {

enum class Charset { utf8, utf16, utf16_little, windows_1252, gsm7 };

struct Name {
    std::string_view name;
    Charset charset;
};
constexpr std::array<Name, 21> names = {{{"utf8", Charset::utf8},
                                         {"usascii", Charset::utf8},
                                         {"ascii", Charset::utf8},
                                         {"ansix341968", Charset::utf8},
                                         {"utf16be", Charset::utf16},
                                         {"utf16", Charset::utf16},
                                         {"ucs2be", Charset::utf16},
                                         {"ucs2", Charset::utf16},
                                         {"iso10646ucs2", Charset::utf16},
                                         {"utf16le", Charset::utf16_little},
                                         {"ucs2le", Charset::utf16_little},
                                         {"iso88591", Charset::windows_1252},
                                         {"latin1", Charset::windows_1252},
                                         {"l1", Charset::windows_1252},
                                         {"windows1252", Charset::windows_1252},
                                         {"cp1252", Charset::windows_1252},
                                         {"gsm", Charset::gsm7},
                                         {"gsm7", Charset::gsm7},
                                         {"gsm0338", Charset::gsm7},
                                         {"gsm7bit", Charset::gsm7},
                                         {"3gpp23038", Charset::gsm7}}};

std::optional<Charset> find(std::string_view spelt) {
    std::array<char, 16> folded{};
    std::size_t size = 0;
    for (const char c : spelt) {
        if (c == ' ' || c == '-' || c == '_' || c == '.' || c == ':' || c == '"') continue;
        if (size == folded.size()) return std::nullopt;
        folded[size++] = to_lower(c);
    }
    const std::string_view name(folded.data(), size);
    const auto* const found =
        std::find_if(names.begin(), names.end(), [&](const Name& entry) { return entry.name == name; });
    if (found == names.end()) return std::nullopt;
    return found->charset;
}

/// 0x80 to 0x9F, where windows-1252 has characters and ISO-8859-1 has controls nobody sends; five places are unused.
constexpr std::array<char16_t, 32> windows_1252_high = {
    u'€', 0x81, u'‚', u'ƒ', u'„', u'…', u'†', u'‡', u'ˆ', u'‰', u'Š', u'‹', u'Œ', 0x8D, u'Ž', 0x8F,
    0x90, u'‘', u'’', u'“', u'”', u'•', u'–', u'—', u'˜', u'™', u'š', u'›', u'œ', 0x9D, u'ž', u'Ÿ'};

std::string decode_windows_1252(std::span<const std::byte> octets) {
    std::string out;
    out.reserve(octets.size());
    for (const auto octet : octets) {
        const auto value = std::to_integer<char32_t>(octet);
        utf8::append(out, value >= 0x80 && value <= 0x9F ? windows_1252_high[value - 0x80] : value);
    }
    return out;
}

DecodedText decode_utf8(std::span<const std::byte> octets) {
    const std::string_view text(reinterpret_cast<const char*>(octets.data()), octets.size());
    if (utf8::valid(text)) return {std::string(text), {}};
    return {decode_windows_1252(octets), Remarks{} | Remark::replaced};
}

DecodedText decode_utf16(std::span<const std::byte> octets, bool little) {
    Bytes swapped;
    if (little) {
        swapped.assign(octets.begin(), octets.end());
        for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
        octets = swapped;
    }
    bool replaced = false;
    DecodedText text{decode_ucs2(octets, &replaced), {}};
    if (replaced) text.remarks = text.remarks | Remark::replaced;
    return text;
}

DecodedText decode_gsm7(std::span<const std::byte> octets) {
    return decode_text(octets, 0, DefaultAlphabet::gsm7);
}

}  // namespace

std::optional<DecodedText> decode_charset(std::span<const std::byte> octets, std::string_view charset) {
    const auto known = find(charset);
    if (!known) return std::nullopt;
    switch (*known) {
        case Charset::utf8:
            return decode_utf8(octets);
        case Charset::utf16:
            return decode_utf16(octets, false);
        case Charset::utf16_little:
            return decode_utf16(octets, true);
        case Charset::windows_1252:
            return DecodedText{decode_windows_1252(octets), {}};
        case Charset::gsm7:
            return decode_gsm7(octets);
    }
    return std::nullopt;
}

}  // namespace jejak::sms
