#pragma once
#include <cstddef>
#include <iosfwd>
#include <span>

#include "protocol/sms/text.hpp"

namespace jejak::tool {

struct PrintRules {
    bool reveal = false;                                           ///< numbers and texts as they are
    sms::DefaultAlphabet zero_means = sms::DefaultAlphabet::gsm7;  ///< data_coding 0
};

/// Prints one PDU, a field a line: its octet, its name, its value in words. Passwords are never printed. `pdu` as for
/// dissect(). Returns how many faults it has; each is a line that begins with `!`.
std::size_t print_pdu(std::ostream& out, std::span<const std::byte> pdu, const PrintRules& rules);

}  // namespace jejak::tool
