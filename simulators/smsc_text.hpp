#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/sms/inbound.hpp"

namespace jejak::sim {

/// A text from a phone, as POST /mo, script lines and scenarios spell it.
struct MoText {
    std::string from, to, text;
    std::string token;  ///< for the ledger; made up when empty
    /// In place of `text`: user data octets as they are, for what phones should not send.
    std::optional<sms::Bytes> octets;
    std::uint8_t data_coding = 0;  ///< of `octets`
    std::uint8_t esm_class = 0;    ///< with the header's bit beside it when a text takes parts
    sms::Bytes tlvs{};             ///< encoded optional parameters of its last part
    std::string service_type{};    ///< at most 5 octets
};

/// Reads `{"from","to"?,"text"}`, or with `"hex"`, `"data_coding"`, `"esm_class"` in place of `text`; and `"tlvs"` in
/// hexadecimal, `"service_type"`.
/// errors: throws std::invalid_argument naming the field.
MoText parse_mo(std::string_view json);

/// Octets of hexadecimal digits, at most 254.
/// errors: throws std::invalid_argument
sms::Bytes parse_hex(std::string_view hex);

}  // namespace jejak::sim
