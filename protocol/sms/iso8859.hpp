#pragma once
#include <cstddef>
#include <span>
#include <string>

/// The parts of ISO-8859 that SMPP has a data_coding for, to UTF-8. An octet that is no character of its part becomes
/// U+FFFD and sets `*replaced` to true.
namespace jejak::sms {

/// ISO-8859-1: every octet is its code point.
std::string decode_latin1(std::span<const std::byte> octets);

/// ISO-8859-5, Cyrillic: every octet is a character.
std::string decode_cyrillic(std::span<const std::byte> octets);

/// ISO-8859-8, Hebrew, with the direction marks of its 1999 edition.
std::string decode_hebrew(std::span<const std::byte> octets, bool* replaced = nullptr);

}  // namespace jejak::sms
