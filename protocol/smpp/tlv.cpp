#include "protocol/smpp/tlv.hpp"

#include <array>
#include <cstdio>

#include "protocol/smpp/wire.hpp"

namespace jejak::smpp {
namespace {

constexpr std::size_t tlv_header_size = 4;

/// Octets the TLV at the front takes, header and value; 0 when none fits.
std::size_t size_of_first(std::span<const std::byte> octets) {
    if (octets.size() < tlv_header_size) return 0;
    const std::size_t size = tlv_header_size + load_u16(octets.data() + 2);
    return size <= octets.size() ? size : 0;
}

/// What a report is lost without.
bool is_text(Tag tag) {
    return tag == Tag::message_payload || tag == Tag::sar_msg_ref_num || tag == Tag::sar_total_segments ||
           tag == Tag::sar_segment_seqnum;
}

}  // namespace

Tlvs::Tlvs(std::span<const std::byte> octets) {
    std::size_t used = 0;
    std::size_t counted = 0;
    while (const auto size = size_of_first(octets.subspan(used))) {
        used += size;
        if (count_ == count_max) continue;
        counted = used;
        ++count_;
    }
    raw_ = octets.first(counted);
    tail_ = octets.subspan(counted);
    cut_ = octets.subspan(used);
}

Tlv Tlvs::Iterator::operator*() const {
    return {static_cast<Tag>(load_u16(rest_.data())),
            rest_.subspan(tlv_header_size, size_of_first(rest_) - tlv_header_size)};
}

Tlvs::Iterator& Tlvs::Iterator::operator++() {
    rest_ = rest_.subspan(size_of_first(rest_));
    return *this;
}

std::optional<std::span<const std::byte>> Tlvs::find(Tag tag) const {
    for (const auto one : *this) {
        if (one.tag == tag) return one.value;
    }
    if (count_ < count_max || !is_text(tag)) return std::nullopt;
    for (Iterator at(tail_.first(tail_.size() - cut_.size())), last({}); at != last; ++at) {
        if ((*at).tag == tag) return (*at).value;
    }
    return std::nullopt;
}

std::optional<std::span<const std::byte>> Tlvs::cut_payload() const {
    if (cut_.size() < tlv_header_size || static_cast<Tag>(load_u16(cut_.data())) != Tag::message_payload) {
        return std::nullopt;
    }
    return cut_.subspan(tlv_header_size);
}

std::optional<std::uint8_t> Tlvs::u8(Tag tag) const {
    const auto value = find(tag);
    if (!value || value->size() != 1) return std::nullopt;
    return std::to_integer<std::uint8_t>(value->front());
}

std::optional<std::uint16_t> Tlvs::u16(Tag tag) const {
    const auto value = find(tag);
    if (!value || value->size() != 2) return std::nullopt;
    return load_u16(value->data());
}

std::string to_string(Tag tag) {
    switch (tag) {
        case Tag::payload_type:
            return "payload_type";
        case Tag::additional_status_info_text:
            return "additional_status_info_text";
        case Tag::receipted_message_id:
            return "receipted_message_id";
        case Tag::ms_msg_wait_facilities:
            return "ms_msg_wait_facilities";
        case Tag::user_message_reference:
            return "user_message_reference";
        case Tag::user_response_code:
            return "user_response_code";
        case Tag::source_port:
            return "source_port";
        case Tag::destination_port:
            return "destination_port";
        case Tag::sar_msg_ref_num:
            return "sar_msg_ref_num";
        case Tag::language_indicator:
            return "language_indicator";
        case Tag::sar_total_segments:
            return "sar_total_segments";
        case Tag::sar_segment_seqnum:
            return "sar_segment_seqnum";
        case Tag::sc_interface_version:
            return "sc_interface_version";
        case Tag::dpf_result:
            return "dpf_result";
        case Tag::set_dpf:
            return "set_dpf";
        case Tag::ms_availability_status:
            return "ms_availability_status";
        case Tag::network_error_code:
            return "network_error_code";
        case Tag::message_payload:
            return "message_payload";
        case Tag::delivery_failure_reason:
            return "delivery_failure_reason";
        case Tag::more_messages_to_send:
            return "more_messages_to_send";
        case Tag::message_state:
            return "message_state";
        case Tag::congestion_state:
            return "congestion_state";
        case Tag::ussd_service_op:
            return "ussd_service_op";
        case Tag::its_reply_type:
            return "its_reply_type";
        case Tag::its_session_info:
            return "its_session_info";
    }
    char number[sizeof "0x0000"];
    std::snprintf(number, sizeof number, "0x%04x", static_cast<unsigned>(tag));
    return number;
}

void append_tlv(Tag tag, std::span<const std::byte> value, std::vector<std::byte>& out) {
    ensure(value.size() <= 0xFFFF);
    std::array<std::byte, tlv_header_size> header;
    store_u16(header.data(), static_cast<std::uint16_t>(tag));
    store_u16(header.data() + 2, static_cast<std::uint16_t>(value.size()));
    out.insert(out.end(), header.begin(), header.end());
    out.insert(out.end(), value.begin(), value.end());
}

void append_tlv(Tag tag, std::uint8_t value, std::vector<std::byte>& out) {
    append_tlv(tag, std::as_bytes(std::span(&value, 1)), out);
}

void append_tlv(Tag tag, std::uint16_t value, std::vector<std::byte>& out) {
    std::array<std::byte, 2> octets;
    store_u16(octets.data(), value);
    append_tlv(tag, octets, out);
}

}  // namespace jejak::smpp
