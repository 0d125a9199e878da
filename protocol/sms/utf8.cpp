#include "protocol/sms/utf8.hpp"

#include <cstdint>

namespace jejak::sms::utf8 {
namespace {

/// How a code point of several octets begins: how many follow, and the range of the first of them, which is what keeps
/// overlong forms, surrogates and values above U+10FFFF out.
struct Lead {
    unsigned following = 0;
    std::uint8_t first_min = 0x80;
    std::uint8_t first_max = 0xBF;
};

Lead lead_of(std::uint8_t octet) {
    if (octet >= 0xC2 && octet <= 0xDF) return {1};
    if (octet == 0xE0) return {2, 0xA0, 0xBF};
    if (octet == 0xED) return {2, 0x80, 0x9F};
    if (octet >= 0xE1 && octet <= 0xEF) return {2};
    if (octet == 0xF0) return {3, 0x90, 0xBF};
    if (octet >= 0xF1 && octet <= 0xF3) return {3};
    if (octet == 0xF4) return {3, 0x80, 0x8F};
    return {};
}

std::size_t ascii_run(std::string_view text, std::size_t pos) {
    while (pos < text.size() && static_cast<std::uint8_t>(text[pos]) < 0x80) ++pos;
    return pos;
}

}  // namespace

void append(std::string& out, char32_t code_point) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = replacement;
    const auto put = [&](char32_t octet) { out.push_back(static_cast<char>(octet)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

char32_t next(std::string_view text, std::size_t& pos) {
    const auto first = static_cast<std::uint8_t>(text[pos++]);
    if (first < 0x80) return first;
    const Lead lead = lead_of(first);
    if (lead.following == 0) return malformed;
    char32_t code_point = first & (0x3Fu >> lead.following);
    for (unsigned i = 0; i < lead.following; ++i) {
        if (pos == text.size()) return malformed;
        const auto octet = static_cast<std::uint8_t>(text[pos]);
        if (octet < (i == 0 ? lead.first_min : 0x80) || octet > (i == 0 ? lead.first_max : 0xBF)) return malformed;
        code_point = (code_point << 6) | (octet & 0x3Fu);
        ++pos;
    }
    return code_point;
}

bool valid(std::string_view text) {
    for (std::size_t pos = ascii_run(text, 0); pos < text.size(); pos = ascii_run(text, pos)) {
        if (next(text, pos) == malformed) return false;
    }
    return true;
}

std::string repaired(std::string_view text, bool* replaced) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t pos = 0; pos < text.size();) {
        const auto run = ascii_run(text, pos);
        out.append(text, pos, run - pos);
        pos = run;
        if (pos == text.size()) break;
        const auto code_point = next(text, pos);
        if (code_point == malformed && replaced) *replaced = true;
        append(out, code_point == malformed ? replacement : code_point);
    }
    return out;
}

}  // namespace jejak::sms::utf8
