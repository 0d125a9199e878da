#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "protocol/ensure.hpp"
#include "protocol/smpp/codec.hpp"

using namespace jejak::smpp;
using jejak::ensure;

namespace {

using Octets = std::vector<std::byte>;

std::span<const std::byte> body_of(const Octets& pdu) {
    return std::span(pdu).subspan(header_size);
}

void check_header(const Octets& pdu) {
    ensure(decode_header(std::span(pdu).first<header_size>()).command_length == pdu.size());
}

/// What decodes must encode, and then decode and encode to the very same octets.
void short_message(CommandId id, std::span<const std::byte> body) {
    const auto first = decode_short_message(id, body);
    if (!first) return;
    ensure(!(first->trailing && first->tlvs.damaged()));
    ensure(first->tlvs.count() <= Tlvs::count_max);
    (void)first->user_data();
    (void)first->tlvs.u8(Tag::message_state);
    (void)first->tlvs.u16(Tag::sar_msg_ref_num);

    Octets once, twice;
    encode_short_message(id, *first, 7, once);
    check_header(once);
    const auto second = decode_short_message(id, body_of(once));
    ensure(second.has_value());
    ensure(!second->truncated && !second->trailing && !second->tlvs.damaged());
    ensure(second->source.digits == first->source.digits && second->destination.digits == first->destination.digits);
    ensure(second->tlvs.count() == first->tlvs.count());
    encode_short_message(id, *second, 7, twice);
    ensure(once == twice);
}

void bind(std::span<const std::byte> body) {
    const auto first = decode_bind(body);
    if (!first) return;
    Octets once, twice;
    encode_bind(BindKind::receiver, *first, 7, once);
    check_header(once);
    const auto second = decode_bind(body_of(once));
    ensure(second.has_value());
    encode_bind(BindKind::receiver, *second, 7, twice);
    ensure(once == twice);
}

void bind_resp(std::span<const std::byte> body) {
    const auto first = decode_bind_resp(body);
    ensure(first.has_value());
    if (first->system_id.size() > 15) return;
    const auto version = first->tlvs.u8(Tag::sc_interface_version);
    Octets once;
    encode_bind_resp(BindKind::transmitter, CommandStatus::ok, first->system_id, version, 7, once);
    check_header(once);
    const auto second = decode_bind_resp(body_of(once));
    ensure(second && second->system_id == first->system_id);
    ensure(second->tlvs.u8(Tag::sc_interface_version) == version);
}

void message_resp(std::span<const std::byte> body) {
    const auto first = decode_message_resp(body);
    ensure(first.has_value());
    if (first->message_id.size() > 64) return;
    Octets once;
    encode_message_resp(CommandId::submit_sm, CommandStatus::ok, first->message_id, 7, once);
    check_header(once);
    const auto second = decode_message_resp(body_of(once));
    ensure(second && second->message_id == first->message_id);
}

}  // namespace

/// The first octet chooses the PDU, the rest is its body, in a block of exactly its size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto exact = std::make_unique<std::byte[]>(size - 1);
    if (size > 1) std::memcpy(exact.get(), data + 1, size - 1);
    const std::span<const std::byte> body(exact.get(), size - 1);
    switch (data[0] % 6) {
        case 0:
            short_message(CommandId::deliver_sm, body);
            break;
        case 1:
            short_message(CommandId::submit_sm, body);
            break;
        case 2:
            short_message(CommandId::data_sm, body);
            break;
        case 3:
            bind(body);
            break;
        case 4:
            bind_resp(body);
            break;
        default:
            message_resp(body);
            break;
    }
    return 0;
}
