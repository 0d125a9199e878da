#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "protocol/ensure.hpp"
#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/time_format.hpp"

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
    (void)complaint_about(*first);
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

/// Decodes, encodes, decodes and encodes again: both encodings are the same octets.
template <class Decode, class Encode>
void fixed_point(std::span<const std::byte> body, Decode decode, Encode encode) {
    const auto first = decode(body);
    if (!first) {
        ensure(first.error() != CommandStatus::ok);
        return;
    }
    Octets once, twice;
    encode(*first, 7, once);
    check_header(once);
    const auto second = decode(body_of(once));
    ensure(second.has_value());
    encode(*second, 7, twice);
    ensure(once == twice);
}

/// A list of a PDU holds as many items as it says, and they are its octets.
template <class Item>
void check_list(const PackedList<Item>& list) {
    Octets again;
    std::size_t count = 0;
    for (const auto& item : list) {
        append_item(item, again);
        ++count;
    }
    ensure(count == list.count());
    ensure(std::equal(again.begin(), again.end(), list.raw().begin(), list.raw().end()));
}

void submit_multi(std::span<const std::byte> body) {
    fixed_point(body, decode_submit_multi, encode_submit_multi);
    const auto pdu = decode_submit_multi(body);
    if (!pdu) return;
    ensure(!pdu->destinations.empty());
    check_list(pdu->destinations);
    (void)complaint_about(pdu->message);
}

void submit_multi_resp(std::span<const std::byte> body) {
    const auto pdu = decode_submit_multi_resp(body);
    if (!pdu) return;
    check_list(pdu->failed);
    if (pdu->message_id.size() > 64) return;  // a peer's may be longer than ours
    fixed_point(body, decode_submit_multi_resp, encode_submit_multi_resp);
}

void replace_sm(std::span<const std::byte> body) {
    fixed_point(body, decode_replace_sm, encode_replace_sm);
    if (const auto pdu = decode_replace_sm(body)) {
        (void)complaint_about(*pdu);
        (void)pdu->user_data();
    }
}

/// The parameters of a body: walked, found and built again.
void tlvs(std::span<const std::byte> body) {
    const Tlvs tlvs(body);
    ensure(tlvs.count() <= Tlvs::count_max && tlvs.raw().size() <= body.size());
    ensure(tlvs.damaged() == (tlvs.raw().size() != body.size()));
    Octets again;
    std::size_t count = 0;
    for (const auto one : tlvs) {
        append_tlv(one.tag, one.value, again);
        ensure(tlvs.find(one.tag).has_value());
        ensure(!to_string(one.tag).empty());
        ++count;
    }
    ensure(count == tlvs.count());
    ensure(std::equal(again.begin(), again.end(), tlvs.raw().begin(), tlvs.raw().end()));
    ensure(Tlvs(again).raw().size() == again.size() && !Tlvs(again).damaged());
}

/// A time that reads is written and read as the same moment.
void time(std::span<const std::byte> body) {
    using namespace std::chrono_literals;
    const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
    constexpr jejak::WallTime now = std::chrono::sys_days(std::chrono::year(2025) / 9 / 12) + 14h;
    const auto field = parse_time(text, now);
    ensure(!field || well_formed_time(text));
    if (!field || field->kind == TimeField::Kind::none) return;
    if (field->kind == TimeField::Kind::absolute) {
        const auto again = parse_time(format_absolute_time(field->moment, 7h), now);
        const auto edge = 49 * 365 * 24h;  // beyond it a year of two digits is another century's
        ensure(again.has_value());
        if (field->moment > now - edge && field->moment < now + edge) ensure(again->moment == field->moment);
        return;
    }
    ensure(field->moment >= now);
    const auto distance = field->moment - now;
    if (distance < 1s || distance > 31 * 24h) return;
    ensure(parse_time(format_relative_time(distance), now)->moment == field->moment);
}

void any(std::uint8_t kind, std::span<const std::byte> body) {
    switch (kind) {
        case 0:
            return short_message(CommandId::deliver_sm, body);
        case 1:
            return short_message(CommandId::submit_sm, body);
        case 2:
            return short_message(CommandId::data_sm, body);
        case 3:
            return bind(body);
        case 4:
            return bind_resp(body);
        case 5:
            return message_resp(body);
        case 6:
            return submit_multi(body);
        case 7:
            return submit_multi_resp(body);
        case 8:
            return fixed_point(body, decode_query_sm, encode_query_sm);
        case 9:
            return fixed_point(body, decode_query_sm_resp, encode_query_sm_resp);
        case 10:
            return fixed_point(body, decode_cancel_sm, encode_cancel_sm);
        case 11:
            return replace_sm(body);
        case 12:
            return fixed_point(body, decode_alert_notification, encode_alert_notification);
        case 13:
            return fixed_point(body, decode_outbind, encode_outbind);
        case 14:
            return tlvs(body);
        default:
            return time(body);
    }
}

}  // namespace

/// The first octet chooses the PDU, the rest is its body, in a block of exactly its size.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto exact = std::make_unique<std::byte[]>(size - 1);
    if (size > 1) std::memcpy(exact.get(), data + 1, size - 1);
    any(data[0] % 16, {exact.get(), size - 1});
    return 0;
}
