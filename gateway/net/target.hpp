#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jejak::net {

/// Splits a request target's query at `&` and the first `=`, and decodes each piece: percent escapes, and `+` as a
/// space. Octets that should have been escaped are taken as they are: a careless modem script must not cost a report.
///
/// returns  empty when an escape is malformed, in the path or the query
/// source   RFC 3986 §2.1, §3.4; application/x-www-form-urlencoded for `+`
std::optional<std::vector<std::pair<std::string, std::string>>> split_query(std::string_view target);

/// The same for a body of `application/x-www-form-urlencoded`, or for what follows the `?`.
std::optional<std::vector<std::pair<std::string, std::string>>> split_form(std::string_view form);

/// The target in origin form: `/path?query`. A target in absolute form loses its scheme and authority; anything else
/// (`*`, an authority) is empty. source: RFC 9112 §3.2
std::optional<std::string> origin_form(std::string_view target);

}  // namespace jejak::net
