#pragma once
#include <cstddef>

/// Characters a field of a bind carries, without its NUL. source: SMPP 3.4 section 4.1
namespace jejak::smpp {

constexpr std::size_t system_id_max = 15;
constexpr std::size_t system_type_max = 12;
constexpr std::size_t password_max = 8;
/// Common SMSCs hand out longer passwords than the standard's 8, and take them.
constexpr std::size_t long_password_max = 64;

}  // namespace jejak::smpp
