#pragma once
#include <string>

#include "protocol/smpp/codec.hpp"
#include "tests/support/octets.hpp"

/// PDUs in words, for tests to compare.
namespace jejak::tests {

inline std::string text(std::span<const std::byte> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// Everything a ShortMessage says, one line: two are alike exactly when their lines are.
inline std::string summary(const smpp::ShortMessage& pdu) {
    const auto number = [](auto value) { return std::to_string(value) + ' '; };
    std::string line;
    for (const auto field : {pdu.service_type, pdu.source.digits, pdu.destination.digits, pdu.schedule_delivery_time,
                             pdu.validity_period}) {
        line += to_hex(octets_of(field)) + ' ';
    }
    for (const auto value : {pdu.source.ton, pdu.source.npi, pdu.destination.ton, pdu.destination.npi, pdu.esm_class,
                             pdu.protocol_id, pdu.priority_flag, pdu.registered_delivery, pdu.replace_if_present_flag,
                             pdu.data_coding, pdu.sm_default_msg_id}) {
        line += number(value);
    }
    return line + to_hex(pdu.short_message) + ' ' + to_hex(pdu.tlvs.raw());
}

inline Octets encoded(smpp::CommandId id, const smpp::ShortMessage& pdu, std::uint32_t sequence = 1) {
    Octets out;
    smpp::encode_short_message(id, pdu, sequence, out);
    return out;
}

inline smpp::CommandId command_of(const Octets& pdu) {
    return static_cast<smpp::CommandId>(smpp::decode_header(std::span(pdu).first<smpp::header_size>()).command_id);
}

}  // namespace jejak::tests
