#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/smpp/types.hpp"

/// A PDU taken apart for people: every field with its name and its place. The codec decides what a PDU is to the
/// gateway; this says where each octet of it stands, and at which one it stops being a PDU. Pure.
namespace jejak::tool {

/// What a field holds; how it is read and how it may be shown.
enum class FieldKind : std::uint8_t {
    number,  ///< one octet without a word
    ton,
    npi,
    address,  ///< after its ton and npi
    esm_class,
    registered_delivery,
    data_coding,
    message_state,
    interface_version,
    count,
    destination_flag,
    status,  ///< four octets
    id,      ///< message_id, service_type and the like: names nobody
    name,    ///< system_id, a list's name
    range,   ///< a pattern of addresses, or one
    secret,
    time,
    sm_length,
    short_message,
    tlv
};

struct WireField {
    std::size_t at = 0;  ///< octets before it in its PDU
    std::string_view name;
    FieldKind kind = FieldKind::number;
    std::uint32_t number = 0;           ///< of integers; the tag of a TLV
    std::span<const std::byte> octets;  ///< of a string without its NUL, a message, a TLV's value
    std::uint8_t ton = 0;               ///< of an address
};

/// Where a PDU is broken, and how.
struct WireFault {
    std::size_t at = 0;
    std::string what;
};

struct Dissected {
    smpp::Header header;
    std::vector<WireField> fields;
    std::vector<WireFault> faults;
    /// Of a message: what its text is written in and whether a header comes before it.
    std::uint8_t esm_class = 0, data_coding = 0;
};

/// `pdu` holds the header at least, and no octet of the next PDU. A command_length that says more than there is is a
/// fault like any other; fields end where the octets do.
Dissected dissect(std::span<const std::byte> pdu);

}  // namespace jejak::tool
