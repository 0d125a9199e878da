#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// SMPP 3.4 (Issue 1.2) in its own words. Numbers: section 5.1.2.1 (command_id) and 5.1.3 (command_status). The
/// broadcast family of SMPP 5.0 (0x111 to 0x113) is not among the commands: it is answered as unknown (M26).
namespace jejak::smpp {

enum class CommandId : std::uint32_t {
    bind_receiver = 0x01,
    bind_transmitter = 0x02,
    query_sm = 0x03,
    submit_sm = 0x04,
    deliver_sm = 0x05,
    unbind = 0x06,
    replace_sm = 0x07,
    cancel_sm = 0x08,
    bind_transceiver = 0x09,
    outbind = 0x0B,
    enquire_link = 0x15,
    submit_multi = 0x21,
    alert_notification = 0x102,
    data_sm = 0x103,
    generic_nack = 0x80000000
};
constexpr std::uint32_t response_bit = 0x80000000;
constexpr bool is_response(std::uint32_t command_id) {
    return (command_id & response_bit) != 0;
}
constexpr std::uint32_t response_of(CommandId id) {
    return static_cast<std::uint32_t>(id) | response_bit;
}
/// `submit_sm`, `submit_sm_resp`, `generic_nack`; `0x00000110` for a number without a name.
std::string command_name(std::uint32_t command_id);

/// A 32-bit status; peers send any value, so the named ones are only those we act on.
enum class CommandStatus : std::uint32_t {
    ok = 0x00,
    invalid_message_length = 0x01,
    invalid_command_length = 0x02,
    invalid_command_id = 0x03,
    invalid_bind_status = 0x04,
    already_bound = 0x05,
    system_error = 0x08,
    invalid_source = 0x0A,
    invalid_destination = 0x0B,
    invalid_message_id = 0x0C,
    bind_failed = 0x0D,
    invalid_password = 0x0E,
    invalid_system_id = 0x0F,
    cancel_failed = 0x11,
    replace_failed = 0x13,
    message_queue_full = 0x14,
    invalid_service_type = 0x15,
    invalid_number_of_destinations = 0x33,
    invalid_list_name = 0x34,
    invalid_destination_flag = 0x40,
    cannot_submit_to_list = 0x44,
    submit_failed = 0x45,
    invalid_system_type = 0x53,
    throttled = 0x58,
    invalid_schedule = 0x61,
    invalid_expiry = 0x62,
    temporary_app_error = 0x64,
    permanent_app_error = 0x65,
    rejected_app_error = 0x66,
    query_failed = 0x67,
    invalid_tlv_stream = 0xC0,
    tlv_not_allowed = 0xC1,
    invalid_tlv_length = 0xC2,
    missing_tlv = 0xC3,
    invalid_tlv_value = 0xC4
};
/// `ESME_RTHROTTLED` and the like; `0x000000ab` for one without a name here.
std::string to_string(CommandStatus status);

/// The sixteen octets before every body. source: section 3.2
struct Header {
    std::uint32_t command_length = 0;
    std::uint32_t command_id = 0;
    std::uint32_t command_status = 0;
    std::uint32_t sequence_number = 0;
};
constexpr std::size_t header_size = 16;

/// A decoded address: views into the frame it came from. source: sections 5.2.5, 5.2.6, 5.2.8
struct AddressView {
    std::uint8_t ton = 0;
    std::uint8_t npi = 0;
    std::string_view digits;
};

enum class BindKind : std::uint8_t { receiver, transmitter, transceiver };
constexpr CommandId command_of(BindKind kind) {
    if (kind == BindKind::receiver) return CommandId::bind_receiver;
    return kind == BindKind::transmitter ? CommandId::bind_transmitter : CommandId::bind_transceiver;
}

}  // namespace jejak::smpp
