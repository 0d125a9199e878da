#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/sms/text.hpp"

namespace jejak::sms {

/// Octets to UTF-8 by the name of their character set, as HTTP peers spell it ("UTF-8", "utf-16be", "ISO-8859-1",
/// "windows-1252", "US-ASCII", "GSM"; case, blanks, `-`, `_`, `.` and `:` do not matter). Empty when the name is none
/// of these. What claims to be UTF-8 or ASCII and is not is read as windows-1252, so that nothing typed is lost, and
/// has the remark `replaced`.
std::optional<DecodedText> decode_charset(std::span<const std::byte> octets, std::string_view charset);

}  // namespace jejak::sms
