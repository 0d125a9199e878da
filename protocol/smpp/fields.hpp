#pragma once
#include <vector>

#include "protocol/smpp/wire.hpp"

/// Field lists that several PDUs share, for the codec alone. Sizes count the terminating NUL as the specification's
/// tables do.
namespace jejak::smpp {

constexpr std::size_t message_id_size_max = 65;

template <class Io, class Address>
void address_fields(Io& io, Address& address, std::size_t size_max, CommandStatus complaint) {
    io.u8(address.ton);
    io.u8(address.npi);
    io.c_octets(address.digits, size_max, complaint);
}

/// What follows the destination in submit_sm, deliver_sm and submit_multi. source: tables 4-10, 4-12, 4-18
template <class Io, class Pdu>
void submission_fields(Io& io, Pdu& pdu) {
    io.u8(pdu.esm_class);
    io.u8(pdu.protocol_id);
    io.u8(pdu.priority_flag);
    io.c_octets(pdu.schedule_delivery_time, 17, CommandStatus::invalid_schedule);
    io.c_octets(pdu.validity_period, 17, CommandStatus::invalid_expiry);
    io.u8(pdu.registered_delivery);
    io.u8(pdu.replace_if_present_flag);
    io.u8(pdu.data_coding);
    io.u8(pdu.sm_default_msg_id);
    io.short_message(pdu.short_message, pdu.truncated);
    io.tlvs(pdu.tlvs);
}

/// Appends one PDU: measured first, so that the length is known and the memory is taken once.
template <class Fields>
void append_pdu(std::uint32_t command_id, CommandStatus status, std::uint32_t sequence, std::vector<std::byte>& out,
                Fields fields) {
    Measure measure;
    fields(measure);
    ensure(measure.fits());
    const auto size = header_size + measure.size();
    const auto begin = out.size();
    out.resize(begin + size);
    Writer writer(out.data() + begin);
    writer.u32(static_cast<std::uint32_t>(size));
    writer.u32(command_id);
    writer.u32(static_cast<std::uint32_t>(status));
    writer.u32(sequence);
    fields(writer);
}

/// One to three octets after the last field are no TLV, and no damaged one either (F7).
template <class Pdu>
void flag_trailing(Pdu& pdu, std::span<const std::byte> left) {
    if (left.empty() || left.size() >= 4 || pdu.tlvs.count() == Tlvs::count_max) return;
    pdu.trailing = true;
    pdu.tlvs = Tlvs(pdu.tlvs.raw());
}

}  // namespace jejak::smpp
