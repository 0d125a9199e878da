#pragma once
#include <string>
#include <string_view>

namespace jejak {

/// SHA-256 of an API token, lower-case hex: what is kept of it. A token holds 256 random bits, so a plain hash is
/// enough.
std::string token_hash(std::string_view token);

}  // namespace jejak
