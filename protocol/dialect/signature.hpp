#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What providers prove themselves with: digests, keyed digests and their spellings.
namespace jejak::dialect {

enum class Hash : std::uint8_t { md5, sha1, sha256, sha512 };

/// Octets of the digest; empty when the library refuses the algorithm (MD5 on a machine in FIPS mode).
std::string digest(Hash hash, std::string_view content);
/// source: RFC 2104
std::string hmac(Hash hash, std::string_view key, std::string_view content);

std::string to_hex(std::string_view octets);  ///< lower case
std::string to_base64(std::string_view octets);
/// Empty when the text is no hexadecimal of whole octets, in either case.
std::optional<std::string> from_hex(std::string_view text);
/// With or without padding; empty when it is none.
std::optional<std::string> from_base64(std::string_view text);
/// The alphabet of URLs, without padding. source: RFC 4648 section 5
std::optional<std::string> from_base64url(std::string_view text);

/// True when both are equal and not empty. Compares digests, so that the time tells nothing of either.
bool same_secret(std::string_view presented, std::string_view expected);

}  // namespace jejak::dialect
