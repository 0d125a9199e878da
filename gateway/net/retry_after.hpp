#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace jejak::net {

/// How long a Retry-After header asks to wait: seconds, or an HTTP-date in any of its three forms. A date in the past
/// is zero; anything else is empty. source: RFC 9110 §10.2.3, §5.6.7
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, std::chrono::sys_seconds now);

}  // namespace jejak::net
