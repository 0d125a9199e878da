#include "protocol/smpp/pdu.hpp"

namespace jejak::smpp {

std::span<const std::byte> ShortMessage::user_data() const {
    if (!short_message.empty()) return short_message;
    return tlvs.find(Tag::message_payload).value_or(short_message);
}

bool ShortMessage::receipt() const {
    const auto message_type = (esm_class >> 2) & 0x0F;
    return message_type == 1 || message_type == 2 || message_type == 8;
}

}  // namespace jejak::smpp
