#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/smpp/types.hpp"
#include "protocol/sms/inbound.hpp"

/// What the numbers of SMPP mean, for people who read PDUs. Pure; no octet that a person wrote leaves here unmasked.
namespace jejak::tool {

/// How a value is written.
enum class ValueKind : std::uint8_t {
    number,   ///< big-endian integer of the octets there are, with its word
    id,       ///< C-octet string that names a message or an application: shown
    address,  ///< somebody's number: masked
    text,     ///< somebody's words: masked
    octets    ///< anything: masked, for numbers travel here too
};

/// An optional parameter. source: SMPP 3.4 section 5.3.2, SMPP 5.0 section 4.8.4
struct TagWords {
    std::uint16_t tag;
    const char* name;
    ValueKind kind = ValueKind::number;
    std::uint8_t size = 0;  ///< octets of its value when there is but one size; 0: any
};
/// Null for one that neither specification knows.
const TagWords* find_tag(std::uint16_t tag);
/// The word for the value of a parameter; empty when the number says it all.
std::string tag_value_words(std::uint16_t tag, std::uint32_t value);

std::string ton_words(std::uint8_t ton);
std::string npi_words(std::uint8_t npi);
/// The four groups of bits. source: section 5.2.12
std::string esm_class_words(std::uint8_t esm_class);
std::string registered_delivery_words(std::uint8_t registered_delivery);
std::string data_coding_words(std::uint8_t data_coding);
std::string message_state_words(std::uint8_t state);
std::string interface_version_words(std::uint8_t version);
/// `2025-12-11 09:01:00 +00:00`, `in 2 h 0 min 0 s`; what is wrong with it when it is no such time.
std::string time_words(std::string_view field);
/// `concatenation, 8-bit reference` and the like. source: 3GPP TS 23.040 section 9.2.3.24
std::string element_words(std::uint8_t identifier, std::span<const std::byte> value);
/// What was remarked, in words for people, with commas between them.
std::string remark_words(sms::Remarks remarks);
/// The same as names for programs: those of sms::Remark.
std::vector<std::string_view> remark_names(sms::Remarks remarks);

/// `+62840*****01`: enough to tell two apart, too little to dial. Short codes and service codes stay as they are; a
/// name becomes its length.
std::string masked_address(std::string_view digits, std::uint8_t ton);
/// `^62840*****01$`: an expression or a list, all its digits masked as those of one number.
std::string masked_digits(std::string_view text);
/// `«11 characters»`
std::string masked_text(std::string_view utf8);
/// `«7 octets»`
std::string masked_octets(std::size_t count);
/// `«…»` with what a terminal would obey, and what reorders or hides a text, written as numbers.
std::string quoted_text(std::string_view utf8);
/// What is no secret but came from outside: the same without the quotes, or `(empty)`.
std::string shown(std::string_view text);
std::string hex_text(std::span<const std::byte> octets);

}  // namespace jejak::tool
