#include "simulators/smsc_wire.hpp"

#include <algorithm>
#include <array>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/wire.hpp"

namespace jejak::sim {
namespace {

bool is_bind_resp(std::uint32_t command_id) {
    using smpp::BindKind;
    for (const auto kind : {BindKind::receiver, BindKind::transmitter, BindKind::transceiver})
        if (command_id == smpp::response_of(smpp::command_of(kind))) return true;
    return false;
}

/// What holds for this connection of all that may befall one; the first that names it, or names none.
LineFault fault_for(const std::vector<LineFault>& faults, unsigned connection) {
    for (const auto& fault : faults)
        if (fault.connection == 0 || fault.connection == connection) return fault;
    return {};
}

}  // namespace

Wire::Wire(const Manners& manners, unsigned connection)
    : bind_(manners.bind), fault_(fault_for(manners.faults, connection)) {}

void Wire::take(std::span<const std::byte> pdus) {
    if (sent_ == octets_.size()) {
        octets_.clear();
        sent_ = 0;
    }
    while (pdus.size() >= smpp::header_size) {
        const auto header = smpp::decode_header(pdus.first<smpp::header_size>());
        append(pdus.first(header.command_length));
        pdus = pdus.subspan(header.command_length);
    }
}

void Wire::append(std::span<const std::byte> pdu) {
    const auto header = smpp::decode_header(pdu.first<smpp::header_size>());
    if (dropped_.erase({header.command_id, header.sequence_number}) > 0) return;
    std::vector<std::byte> parameters;
    const bool good = header.command_status == 0;
    using Version = BindManners::Version;
    const bool other_bind = good && is_bind_resp(header.command_id) && bind_.says != Version::own;
    if (other_bind) {
        // The body is the system_id and, for a peer of 3.4 or later, sc_interface_version behind it.
        const auto body = pdu.subspan(smpp::header_size);
        const auto nul = std::find(body.begin(), body.end(), std::byte{0});
        pdu = pdu.first(smpp::header_size + static_cast<std::size_t>(nul - body.begin()) + 1);
        if (bind_.says == Version::other) smpp::append_tlv(smpp::Tag::sc_interface_version, bind_.version, parameters);
        if (bind_.says == Version::two_octets)
            smpp::append_tlv(smpp::Tag::sc_interface_version, std::uint16_t{bind_.version}, parameters);
    }
    const bool submit_resp = header.command_id == smpp::response_of(smpp::CommandId::submit_sm);
    if (submit_resp && congestion_ > 0) smpp::append_tlv(smpp::Tag::congestion_state, congestion_, parameters);

    const auto begin = octets_.size();
    octets_.insert(octets_.end(), pdu.begin(), pdu.end());
    octets_.insert(octets_.end(), parameters.begin(), parameters.end());
    smpp::store_u32(octets_.data() + begin, static_cast<std::uint32_t>(octets_.size() - begin));
}

std::optional<Cut> Wire::cut() const {
    if (!fault_.after || total_ < *fault_.after) return std::nullopt;
    return fault_.then;
}

std::span<const std::byte> Wire::ready() const {
    auto octets = std::span(octets_).subspan(sent_);
    if (fault_.after) octets = octets.first(std::min(octets.size(), *fault_.after - std::min(total_, *fault_.after)));
    if (fault_.dribble > 0) octets = octets.first(std::min(octets.size(), fault_.dribble));
    return octets;
}

void Wire::written(std::size_t octets) {
    sent_ += octets;
    total_ += octets;
}

}  // namespace jejak::sim
