#include <boost/json.hpp>
#include <iostream>
#include <string>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/time_format.hpp"
#include "protocol/sms/user_data.hpp"
#include "tests/interop/pdu_maker.hpp"
#include "tests/support/octets.hpp"

namespace {

namespace json = boost::json;
using namespace jejak::smpp;
using namespace jejak::tests;

/// A PDU that is all header.
struct HeaderOnly {};

CommandId request_of(const Header& header) {
    return static_cast<CommandId>(header.command_id & ~response_bit);
}

BindKind kind_of(const Header& header) {
    if (request_of(header) == CommandId::bind_receiver) return BindKind::receiver;
    return request_of(header) == CommandId::bind_transmitter ? BindKind::transmitter : BindKind::transceiver;
}

/// Calls `use` with an empty PDU of the type that the header's command has.
template <class Use>
json::object by_command(const Header& header, Use use) {
    const bool response = is_response(header.command_id);
    if (response && header.command_status != 0) return use(HeaderOnly{});
    switch (request_of(header)) {
        case CommandId::bind_receiver:
        case CommandId::bind_transmitter:
        case CommandId::bind_transceiver:
            return response ? use(BindResp{}) : use(Bind{});
        case CommandId::submit_sm:
        case CommandId::deliver_sm:
        case CommandId::data_sm:
            return response ? use(MessageResp{}) : use(ShortMessage{});
        case CommandId::submit_multi:
            return response ? use(SubmitMultiResp{}) : use(SubmitMulti{});
        case CommandId::query_sm:
            return response ? use(QuerySmResp{}) : use(QuerySm{});
        case CommandId::cancel_sm:
            return response ? use(HeaderOnly{}) : use(CancelSm{});
        case CommandId::replace_sm:
            return response ? use(HeaderOnly{}) : use(ReplaceSm{});
        case CommandId::alert_notification:
            return use(AlertNotification{});
        case CommandId::outbind:
            return use(Outbind{});
        default:
            return use(HeaderOnly{});
    }
}

// ---- Fields by the specification's names

void tell(json::object& fields, const char* role, const AddressView& address) {
    const std::string name = role;
    const bool destination = name == "dest";
    fields[name + "_addr_ton"] = address.ton;
    fields[name + "_addr_npi"] = address.npi;
    fields[destination ? "destination_addr" : name + "_addr"] = address.digits;
}

void tell(json::object& fields, const Tlvs& tlvs) {
    json::array all;
    for (const auto tlv : tlvs) all.push_back(json::array{static_cast<std::uint16_t>(tlv.tag), to_hex(tlv.value)});
    fields["tlvs"] = std::move(all);
}

void tell(json::object&, const Header&, const HeaderOnly&) {}

void tell(json::object& fields, const Header&, const Bind& pdu) {
    fields["system_id"] = pdu.system_id;
    fields["password"] = pdu.password;
    fields["system_type"] = pdu.system_type;
    fields["interface_version"] = pdu.interface_version;
    fields["addr_ton"] = pdu.addr_ton;
    fields["addr_npi"] = pdu.addr_npi;
    fields["address_range"] = pdu.address_range;
}

void tell(json::object& fields, const Header&, const Outbind& pdu) {
    fields["system_id"] = pdu.system_id;
    fields["password"] = pdu.password;
}

void tell(json::object& fields, const Header&, const BindResp& pdu) {
    fields["system_id"] = pdu.system_id;
    tell(fields, pdu.tlvs);
}

void tell_message(json::object& fields, const ShortMessage& pdu) {
    fields["protocol_id"] = pdu.protocol_id;
    fields["priority_flag"] = pdu.priority_flag;
    fields["schedule_delivery_time"] = pdu.schedule_delivery_time;
    fields["validity_period"] = pdu.validity_period;
    fields["replace_if_present_flag"] = pdu.replace_if_present_flag;
    fields["sm_default_msg_id"] = pdu.sm_default_msg_id;
    fields["short_message"] = to_hex(pdu.short_message);
}

void tell_coding(json::object& fields, const ShortMessage& pdu) {
    fields["service_type"] = pdu.service_type;
    tell(fields, "source", pdu.source);
    fields["esm_class"] = pdu.esm_class;
    fields["registered_delivery"] = pdu.registered_delivery;
    fields["data_coding"] = pdu.data_coding;
    tell(fields, pdu.tlvs);
}

void tell(json::object& fields, const Header& header, const ShortMessage& pdu) {
    tell_coding(fields, pdu);
    tell(fields, "dest", pdu.destination);
    if (request_of(header) != CommandId::data_sm) tell_message(fields, pdu);
}

void tell(json::object& fields, const Header&, const MessageResp& pdu) {
    fields["message_id"] = pdu.message_id;
    tell(fields, pdu.tlvs);
}

void tell(json::object& fields, const Header&, const SubmitMulti& pdu) {
    tell_coding(fields, pdu.message);
    tell_message(fields, pdu.message);
    json::array all;
    for (const auto& one : pdu.destinations) {
        if (one.is_list()) {
            all.push_back(json::array{one.list});
        } else {
            all.push_back(json::array{one.address.ton, one.address.npi, one.address.digits});
        }
    }
    fields["dest_address"] = std::move(all);
}

void tell(json::object& fields, const Header&, const SubmitMultiResp& pdu) {
    fields["message_id"] = pdu.message_id;
    json::array all;
    for (const auto& one : pdu.failed) {
        all.push_back(
            json::array{one.address.ton, one.address.npi, one.address.digits, static_cast<std::uint32_t>(one.status)});
    }
    fields["unsuccess_sme"] = std::move(all);
    tell(fields, pdu.tlvs);
}

void tell(json::object& fields, const Header&, const QuerySm& pdu) {
    fields["message_id"] = pdu.message_id;
    tell(fields, "source", pdu.source);
}

void tell(json::object& fields, const Header&, const QuerySmResp& pdu) {
    fields["message_id"] = pdu.message_id;
    fields["final_date"] = pdu.final_date;
    fields["message_state"] = pdu.message_state;
    fields["error_code"] = pdu.error_code;
    tell(fields, pdu.tlvs);
}

void tell(json::object& fields, const Header&, const CancelSm& pdu) {
    fields["service_type"] = pdu.service_type;
    fields["message_id"] = pdu.message_id;
    tell(fields, "source", pdu.source);
    tell(fields, "dest", pdu.destination);
}

void tell(json::object& fields, const Header&, const ReplaceSm& pdu) {
    fields["message_id"] = pdu.message_id;
    tell(fields, "source", pdu.source);
    fields["schedule_delivery_time"] = pdu.schedule_delivery_time;
    fields["validity_period"] = pdu.validity_period;
    fields["registered_delivery"] = pdu.registered_delivery;
    fields["sm_default_msg_id"] = pdu.sm_default_msg_id;
    fields["short_message"] = to_hex(pdu.short_message);
    tell(fields, pdu.tlvs);
}

void tell(json::object& fields, const Header&, const AlertNotification& pdu) {
    tell(fields, "source", pdu.source);
    tell(fields, "esme", pdu.esme);
    tell(fields, pdu.tlvs);
}

// ---- Octets

void encode(const Header& header, const HeaderOnly&, Octets& out) {
    encode_header_only(header.command_id, static_cast<CommandStatus>(header.command_status), header.sequence_number,
                       out);
}
void encode(const Header& header, const Bind& pdu, Octets& out) {
    encode_bind(kind_of(header), pdu, header.sequence_number, out);
}
void encode(const Header& header, const BindResp& pdu, Octets& out) {
    encode_bind_resp(kind_of(header), CommandStatus::ok, pdu.system_id, pdu.tlvs.u8(Tag::sc_interface_version),
                     header.sequence_number, out);
}
void encode(const Header& header, const Outbind& pdu, Octets& out) {
    encode_outbind(pdu, header.sequence_number, out);
}
void encode(const Header& header, const ShortMessage& pdu, Octets& out) {
    encode_short_message(request_of(header), pdu, header.sequence_number, out);
}
void encode(const Header& header, const MessageResp& pdu, Octets& out) {
    encode_message_resp(request_of(header), CommandStatus::ok, pdu.message_id, header.sequence_number, out);
}
void encode(const Header& header, const SubmitMulti& pdu, Octets& out) {
    encode_submit_multi(pdu, header.sequence_number, out);
}
void encode(const Header& header, const SubmitMultiResp& pdu, Octets& out) {
    encode_submit_multi_resp(pdu, header.sequence_number, out);
}
void encode(const Header& header, const QuerySm& pdu, Octets& out) {
    encode_query_sm(pdu, header.sequence_number, out);
}
void encode(const Header& header, const QuerySmResp& pdu, Octets& out) {
    encode_query_sm_resp(pdu, header.sequence_number, out);
}
void encode(const Header& header, const CancelSm& pdu, Octets& out) {
    encode_cancel_sm(pdu, header.sequence_number, out);
}
void encode(const Header& header, const ReplaceSm& pdu, Octets& out) {
    encode_replace_sm(pdu, header.sequence_number, out);
}
void encode(const Header& header, const AlertNotification& pdu, Octets& out) {
    encode_alert_notification(pdu, header.sequence_number, out);
}

using Body = std::span<const std::byte>;
Decoded<HeaderOnly> decode(const Header&, Body, const HeaderOnly&) {
    return HeaderOnly{};
}
Decoded<Bind> decode(const Header&, Body body, const Bind&) {
    return decode_bind(body);
}
Decoded<BindResp> decode(const Header&, Body body, const BindResp&) {
    return decode_bind_resp(body);
}
Decoded<Outbind> decode(const Header&, Body body, const Outbind&) {
    return decode_outbind(body);
}
Decoded<ShortMessage> decode(const Header& header, Body body, const ShortMessage&) {
    return decode_short_message(request_of(header), body);
}
Decoded<MessageResp> decode(const Header&, Body body, const MessageResp&) {
    return decode_message_resp(body);
}
Decoded<SubmitMulti> decode(const Header&, Body body, const SubmitMulti&) {
    return decode_submit_multi(body);
}
Decoded<SubmitMultiResp> decode(const Header&, Body body, const SubmitMultiResp&) {
    return decode_submit_multi_resp(body);
}
Decoded<QuerySm> decode(const Header&, Body body, const QuerySm&) {
    return decode_query_sm(body);
}
Decoded<QuerySmResp> decode(const Header&, Body body, const QuerySmResp&) {
    return decode_query_sm_resp(body);
}
Decoded<CancelSm> decode(const Header&, Body body, const CancelSm&) {
    return decode_cancel_sm(body);
}
Decoded<ReplaceSm> decode(const Header&, Body body, const ReplaceSm&) {
    return decode_replace_sm(body);
}
Decoded<AlertNotification> decode(const Header&, Body body, const AlertNotification&) {
    return decode_alert_notification(body);
}

json::object line_of(const Header& header, json::object fields, const Octets& octets) {
    return {{"command", command_name(header.command_id)},
            {"status", header.command_status},
            {"sequence", header.sequence_number},
            {"fields", std::move(fields)},
            {"hex", to_hex(octets)}};
}

// ---- Reading

/// When what is said ends: milliseconds since 1970.
void tell_end(json::object& line, std::string_view validity_period) {
    const auto now = std::chrono::time_point_cast<jejak::WallTime::duration>(std::chrono::system_clock::now());
    const auto until = parse_time(validity_period, now);
    if (!until || until->kind != TimeField::Kind::absolute) return;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(until->moment.time_since_epoch());
    line["until"] = since.count();
}

/// What a person would read, and until when.
template <class Pdu>
void tell_meaning(json::object& line, const Pdu& pdu) {
    if constexpr (std::is_same_v<Pdu, ShortMessage>) {
        line["text"] = jejak::sms::read_user_data(pdu.user_data(), pdu.udhi(), pdu.data_coding).text;
        tell_end(line, pdu.validity_period);
    } else if constexpr (std::is_same_v<Pdu, SubmitMulti>) {
        tell_meaning(line, pdu.message);
    } else if constexpr (std::is_same_v<Pdu, ReplaceSm>) {
        tell_end(line, pdu.validity_period);
    }
}

json::object read(const Octets& octets) {
    if (octets.size() < header_size) return {{"error", "no header"}};
    const Body all(octets);
    const auto header = decode_header(all.first<header_size>());
    if (command_name(header.command_id).starts_with("0x")) return {{"error", "unknown command"}};
    return by_command(header, [&](auto empty) -> json::object {
        const auto pdu = decode(header, all.subspan(header_size), empty);
        if (!pdu) return {{"error", to_string(pdu.error())}};
        json::object fields;
        tell(fields, header, *pdu);
        Octets again;
        encode(header, *pdu, again);
        auto line = line_of(header, std::move(fields), again);
        tell_meaning(line, *pdu);
        return line;
    });
}

json::object make(PduMaker& maker) {
    const auto header = maker.header();
    return by_command(header, [&](auto pdu) {
        if constexpr (!std::is_same_v<decltype(pdu), HeaderOnly>) maker.fill(header, pdu);
        json::object fields;
        tell(fields, header, pdu);
        Octets octets;
        encode(header, pdu, octets);
        return line_of(header, std::move(fields), octets);
    });
}

}  // namespace

/// usage: pdu_lines make COUNT SEED: that many PDUs drawn by lot, one JSON object a line: command, status, sequence,
/// fields, hex. pdu_lines < LINES of hex: what each holds, with its octets as they are encoded again, or `error`.
int main(int count, char** words) {
    if (count == 4 && std::string_view(words[1]) == "make") {
        PduMaker maker(static_cast<std::uint32_t>(std::stoul(words[3])));
        for (auto left = std::stoul(words[2]); left > 0; --left) std::cout << json::serialize(make(maker)) << '\n';
        return 0;
    }
    if (count != 1) {
        std::cerr << "usage: pdu_lines [make COUNT SEED]\n";
        return 64;
    }
    for (std::string line; std::getline(std::cin, line);) std::cout << json::serialize(read(from_hex(line))) << '\n';
    return 0;
}
