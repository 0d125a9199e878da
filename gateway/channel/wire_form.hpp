#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "protocol/smpp/pdu.hpp"

namespace jejak::channel {

/// What a submit_sm or deliver_sm has room for; a data_sm takes addresses of 64 octets. source: SMPP 3.4 sections
/// 4.4.1, 4.6.1, 4.7.1
constexpr std::size_t usual_address_max = 20;
constexpr std::size_t usual_text_max = 254;

/// Gives a message of ours the form that can carry it, and returns what it leaves as: `usual`, or a data_sm where an
/// address is longer than that has room for, as it may be when it goes back to whoever sent a data_sm. A text that is
/// too long, or goes by data_sm, becomes a message_payload. `parameters` are the message's TLVs, and outlive it.
inline smpp::CommandId wire_form(smpp::CommandId usual, smpp::ShortMessage& message,
                                 std::vector<std::byte>& parameters) {
    const auto fits = [](std::string_view digits) { return digits.size() <= usual_address_max; };
    const auto command =
        fits(message.source.digits) && fits(message.destination.digits) ? usual : smpp::CommandId::data_sm;
    if (command == smpp::CommandId::data_sm || message.short_message.size() > usual_text_max) {
        smpp::append_tlv(smpp::Tag::message_payload, message.short_message, parameters);
        message.short_message = {};
    }
    message.tlvs = smpp::Tlvs(parameters);
    return command;
}

}  // namespace jejak::channel
