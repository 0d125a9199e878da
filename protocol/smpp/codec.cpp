#include "protocol/smpp/codec.hpp"

#include <array>

#include "protocol/smpp/fields.hpp"

namespace jejak::smpp {
namespace {

// The specification's tables, once each; sizes count the terminating NUL as the tables do.

/// The specification says 9; peers configure longer ones.
constexpr std::size_t password_size_max = 65;

/// source: tables 4-1, 4-3, 4-5
template <class Io, class Pdu>
void bind_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.system_id, 16, CommandStatus::invalid_system_id);
    io.c_octets(pdu.password, password_size_max, CommandStatus::invalid_password);
    io.c_octets(pdu.system_type, 13, CommandStatus::invalid_system_type);
    io.u8(pdu.interface_version);
    io.u8(pdu.addr_ton);
    io.u8(pdu.addr_npi);
    io.c_octets(pdu.address_range, 41, CommandStatus::bind_failed);
}

/// source: table 4-7
template <class Io, class Pdu>
void outbind_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.system_id, 16, CommandStatus::invalid_system_id);
    io.c_octets(pdu.password, password_size_max, CommandStatus::invalid_password);
}

/// source: tables 4-2, 4-4, 4-6
template <class Io, class Pdu>
void bind_resp_fields(Io& io, Pdu& pdu) {
    io.loose_c_octets(pdu.system_id, 16, CommandStatus::bind_failed);
    io.tlvs(pdu.tlvs);
}

/// submit_sm and deliver_sm. source: tables 4-10, 4-18
template <class Io, class Pdu>
void submit_sm_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.service_type, 6, CommandStatus::invalid_service_type);
    address_fields(io, pdu.source, 21, CommandStatus::invalid_source);
    address_fields(io, pdu.destination, 21, CommandStatus::invalid_destination);
    submission_fields(io, pdu);
}

/// source: table 4-20
template <class Io, class Pdu>
void data_sm_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.service_type, 6, CommandStatus::invalid_service_type);
    address_fields(io, pdu.source, 65, CommandStatus::invalid_source);
    address_fields(io, pdu.destination, 65, CommandStatus::invalid_destination);
    io.u8(pdu.esm_class);
    io.u8(pdu.registered_delivery);
    io.u8(pdu.data_coding);
    io.tlvs(pdu.tlvs);
}

template <class Io, class Pdu>
void short_message_fields(Io& io, Pdu& pdu, CommandId id) {
    if (id == CommandId::data_sm) return data_sm_fields(io, pdu);
    submit_sm_fields(io, pdu);
}

/// source: tables 4-11, 4-19, 4-21
template <class Io, class Pdu>
void message_resp_fields(Io& io, Pdu& pdu) {
    io.loose_c_octets(pdu.message_id, message_id_size_max, CommandStatus::system_error);
    io.tlvs(pdu.tlvs);
}

bool is_message(CommandId id) {
    return id == CommandId::deliver_sm || id == CommandId::submit_sm || id == CommandId::data_sm;
}

}  // namespace

Header decode_header(std::span<const std::byte, header_size> octets) {
    return {load_u32(octets.data()), load_u32(octets.data() + 4), load_u32(octets.data() + 8),
            load_u32(octets.data() + 12)};
}

Decoded<Bind> decode_bind(std::span<const std::byte> body) {
    Bind pdu;
    Reader reader(body);
    bind_fields(reader, pdu);
    if (reader.error() != CommandStatus::ok) return reader.error();
    return pdu;
}

Decoded<Outbind> decode_outbind(std::span<const std::byte> body) {
    Outbind pdu;
    Reader reader(body);
    outbind_fields(reader, pdu);
    if (reader.error() != CommandStatus::ok) return reader.error();
    return pdu;
}

Decoded<BindResp> decode_bind_resp(std::span<const std::byte> body) {
    BindResp pdu;
    Reader reader(body);
    bind_resp_fields(reader, pdu);
    if (reader.error() != CommandStatus::ok) return reader.error();
    return pdu;
}

Decoded<ShortMessage> decode_short_message(CommandId id, std::span<const std::byte> body) {
    ensure(is_message(id));
    ShortMessage pdu;
    Reader reader(body);
    short_message_fields(reader, pdu, id);
    if (reader.error() != CommandStatus::ok) return reader.error();
    flag_trailing(pdu, reader.rest());
    return pdu;
}

Decoded<MessageResp> decode_message_resp(std::span<const std::byte> body) {
    MessageResp pdu;
    Reader reader(body);
    message_resp_fields(reader, pdu);
    if (reader.error() != CommandStatus::ok) return reader.error();
    return pdu;
}

bool encodable(CommandId id, const ShortMessage& pdu) {
    ensure(is_message(id));
    if (id == CommandId::data_sm && !pdu.short_message.empty()) return false;
    Measure measure;
    short_message_fields(measure, pdu, id);
    return measure.fits();
}

void encode_bind(BindKind kind, const Bind& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(command_of(kind)), CommandStatus::ok, sequence, out,
               [&](auto& io) { bind_fields(io, pdu); });
}

void encode_outbind(const Outbind& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(CommandId::outbind), CommandStatus::ok, sequence, out,
               [&](auto& io) { outbind_fields(io, pdu); });
}

void encode_bind_resp(BindKind kind, CommandStatus status, std::string_view system_id,
                      std::optional<std::uint8_t> sc_interface_version, std::uint32_t sequence,
                      std::vector<std::byte>& out) {
    const auto id = response_of(command_of(kind));
    if (status != CommandStatus::ok) return encode_header_only(id, status, sequence, out);
    std::array<std::byte, 5> version{};
    store_u16(version.data(), static_cast<std::uint16_t>(Tag::sc_interface_version));
    store_u16(version.data() + 2, 1);
    version[4] = std::byte{sc_interface_version.value_or(0)};
    const BindResp pdu{system_id, sc_interface_version ? Tlvs(version) : Tlvs()};
    append_pdu(id, status, sequence, out, [&](auto& io) { bind_resp_fields(io, pdu); });
}

void encode_short_message(CommandId id, const ShortMessage& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    ensure(is_message(id));
    ensure(id != CommandId::data_sm || pdu.short_message.empty());
    append_pdu(static_cast<std::uint32_t>(id), CommandStatus::ok, sequence, out,
               [&](auto& io) { short_message_fields(io, pdu, id); });
}

void encode_message_resp(CommandId request, CommandStatus status, std::string_view message_id, std::uint32_t sequence,
                         std::vector<std::byte>& out) {
    ensure(is_message(request));
    const auto id = response_of(request);
    const bool deliver = request == CommandId::deliver_sm;
    if (!deliver && status != CommandStatus::ok) return encode_header_only(id, status, sequence, out);
    const MessageResp pdu{deliver ? std::string_view() : message_id, Tlvs()};
    append_pdu(id, status, sequence, out, [&](auto& io) { message_resp_fields(io, pdu); });
}

void encode_header_only(std::uint32_t command_id, CommandStatus status, std::uint32_t sequence,
                        std::vector<std::byte>& out) {
    append_pdu(command_id, status, sequence, out, [](auto&) {});
}

}  // namespace jejak::smpp
