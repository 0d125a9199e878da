#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jejak::dialect {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// Fields of a query string or an `application/x-www-form-urlencoded` body, in order: `+` is a space, `%41` an A, a `%`
/// without two hexadecimal digits itself. A name without `=` has an empty value. At most `form_fields_max`; what
/// follows is left out. Values are octets of any character set. source: WHATWG URL section 5.1
constexpr std::size_t form_fields_max = 128;
Fields parse_form(std::string_view encoded);

}  // namespace jejak::dialect
