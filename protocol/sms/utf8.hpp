#pragma once
#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8, one code point at a time. source: RFC 3629
namespace jejak::sms::utf8 {

/// What stands for a character that could not be read.
constexpr char32_t replacement = 0xFFFD;
/// Returned by next() for octets that are no UTF-8; no code point has this value.
constexpr char32_t malformed = 0xFFFFFFFF;

/// Appends a code point; a surrogate or a value above U+10FFFF is appended as U+FFFD.
void append(std::string& out, char32_t code_point);

/// The code point at `pos`, which moves behind it; `malformed` for the longest run that no longer continues to one.
/// `pos` is below text.size().
char32_t next(std::string_view text, std::size_t& pos);

/// True when every octet belongs to a well-formed code point.
bool valid(std::string_view text);

/// `text` with every malformed run replaced by U+FFFD; `*replaced` is set to true if there was one.
std::string repaired(std::string_view text, bool* replaced = nullptr);

}  // namespace jejak::sms::utf8
