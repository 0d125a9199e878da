#include "protocol/smpp/pdu.hpp"

namespace jejak::smpp {
namespace {

template <class Pdu>
std::span<const std::byte> text_of(const Pdu& pdu) {
    if (!pdu.short_message.empty()) return pdu.short_message;
    if (const auto payload = pdu.tlvs.find(Tag::message_payload)) return *payload;
    return pdu.tlvs.cut_payload().value_or(pdu.short_message);
}

}  // namespace

std::span<const std::byte> ShortMessage::user_data() const {
    return text_of(*this);
}

std::span<const std::byte> ReplaceSm::user_data() const {
    return text_of(*this);
}

bool ShortMessage::receipt() const {
    const auto message_type = (esm_class >> 2) & 0x0F;
    return message_type == 1 || message_type == 2 || message_type == 8;
}

}  // namespace jejak::smpp
