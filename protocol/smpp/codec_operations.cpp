#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/fields.hpp"
#include "protocol/smpp/time_format.hpp"

/// What one does about messages: submit_multi, query_sm, cancel_sm, replace_sm, alert_notification.
namespace jejak::smpp {
namespace {

/// The specification says 17; peers write other forms of a date.
constexpr std::size_t final_date_size_max = 33;

/// source: tables 4-13 to 4-15
struct DestinationFields {
    template <class Io, class Item>
    void operator()(Io& io, Item& item) const {
        io.u8(item.flag);
        if (item.flag == 1) return address_fields(io, item.address, 21, CommandStatus::invalid_destination);
        if (item.flag == 2) return io.c_octets(item.list, 21, CommandStatus::invalid_list_name);
        io.refuse(CommandStatus::invalid_destination_flag);
    }
};

/// source: table 4-17
struct FailureFields {
    template <class Io, class Item>
    void operator()(Io& io, Item& item) const {
        address_fields(io, item.address, 21, CommandStatus::system_error);
        status(io, item.status);
    }

private:
    static void status(Reader& io, CommandStatus& status) {
        std::uint32_t number = 0;
        io.u32(number);
        status = static_cast<CommandStatus>(number);
    }
    template <class Io>
    static void status(Io& io, CommandStatus status) {
        io.u32(static_cast<std::uint32_t>(status));
    }
};

/// source: table 4-12
template <class Io, class Pdu>
void submit_multi_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.message.service_type, 6, CommandStatus::invalid_service_type);
    address_fields(io, pdu.message.source, 21, CommandStatus::invalid_source);
    io.list(pdu.destinations, CommandStatus::invalid_number_of_destinations, DestinationFields());
    submission_fields(io, pdu.message);
}

/// source: table 4-16
template <class Io, class Pdu>
void submit_multi_resp_fields(Io& io, Pdu& pdu) {
    io.loose_c_octets(pdu.message_id, message_id_size_max, CommandStatus::system_error);
    io.loose_list(pdu.failed, FailureFields());
    io.tlvs(pdu.tlvs);
}

/// source: table 4-22
template <class Io, class Pdu>
void query_sm_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.message_id, message_id_size_max, CommandStatus::invalid_message_id);
    address_fields(io, pdu.source, 21, CommandStatus::invalid_source);
}

/// source: table 4-23
template <class Io, class Pdu>
void query_sm_resp_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.message_id, message_id_size_max, CommandStatus::invalid_message_id);
    io.c_octets(pdu.final_date, final_date_size_max, CommandStatus::system_error);
    io.u8(pdu.message_state);
    io.u8(pdu.error_code);
    io.tlvs(pdu.tlvs);
}

/// source: table 4-24
template <class Io, class Pdu>
void cancel_sm_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.service_type, 6, CommandStatus::invalid_service_type);
    io.c_octets(pdu.message_id, message_id_size_max, CommandStatus::invalid_message_id);
    address_fields(io, pdu.source, 21, CommandStatus::invalid_source);
    address_fields(io, pdu.destination, 21, CommandStatus::invalid_destination);
}

/// source: table 4-26
template <class Io, class Pdu>
void replace_sm_fields(Io& io, Pdu& pdu) {
    io.c_octets(pdu.message_id, message_id_size_max, CommandStatus::invalid_message_id);
    address_fields(io, pdu.source, 21, CommandStatus::invalid_source);
    io.c_octets(pdu.schedule_delivery_time, 17, CommandStatus::invalid_schedule);
    io.c_octets(pdu.validity_period, 17, CommandStatus::invalid_expiry);
    io.u8(pdu.registered_delivery);
    io.u8(pdu.sm_default_msg_id);
    io.short_message(pdu.short_message, pdu.truncated);
    io.tlvs(pdu.tlvs);
}

/// source: table 4-30
template <class Io, class Pdu>
void alert_notification_fields(Io& io, Pdu& pdu) {
    address_fields(io, pdu.source, 65, CommandStatus::invalid_source);
    address_fields(io, pdu.esme, 65, CommandStatus::invalid_destination);
    io.tlvs(pdu.tlvs);
}

template <class Pdu, class Fields>
Decoded<Pdu> decode(std::span<const std::byte> body, Fields fields) {
    Pdu pdu;
    Reader reader(body);
    fields(reader, pdu);
    if (reader.error() != CommandStatus::ok) return reader.error();
    return pdu;
}

template <class Item, class Fields>
void take(std::span<const std::byte>& rest, Item& item, Fields fields) {
    Reader reader(rest);
    item = Item();
    fields(reader, item);
    ensure(reader.error() == CommandStatus::ok);
    rest = reader.rest();
}

template <class Item, class Fields>
void append(const Item& item, std::vector<std::byte>& out, Fields fields) {
    Measure measure;
    fields(measure, item);
    ensure(measure.fits());
    const auto begin = out.size();
    out.resize(begin + measure.size());
    Writer writer(out.data() + begin);
    fields(writer, item);
}

template <class Pdu>
CommandStatus complaint_about_times(const Pdu& pdu) {
    if (!well_formed_time(pdu.schedule_delivery_time)) return CommandStatus::invalid_schedule;
    if (!well_formed_time(pdu.validity_period)) return CommandStatus::invalid_expiry;
    return CommandStatus::ok;
}

template <class Pdu>
CommandStatus complaint_about_text(const Pdu& pdu) {
    if (pdu.truncated) return CommandStatus::invalid_message_length;
    if (!pdu.short_message.empty() && pdu.tlvs.find(Tag::message_payload)) return CommandStatus::tlv_not_allowed;
    const auto cut = pdu.tlvs.cut().size();  // one to three octets behind the counted ones are as in F7
    const bool overrun = cut > 0 && (cut >= 4 || pdu.tlvs.count() < Tlvs::count_max);
    return overrun ? CommandStatus::invalid_tlv_length : CommandStatus::ok;
}

template <class Pdu>
CommandStatus first_complaint(const Pdu& pdu) {
    const auto times = complaint_about_times(pdu);
    return times != CommandStatus::ok ? times : complaint_about_text(pdu);
}

}  // namespace

Decoded<SubmitMulti> decode_submit_multi(std::span<const std::byte> body) {
    SubmitMulti pdu;
    Reader reader(body);
    submit_multi_fields(reader, pdu);
    if (reader.error() != CommandStatus::ok) return reader.error();
    flag_trailing(pdu.message, reader.rest());
    return pdu;
}

Decoded<SubmitMultiResp> decode_submit_multi_resp(std::span<const std::byte> body) {
    return decode<SubmitMultiResp>(body, [](auto& io, auto& pdu) { submit_multi_resp_fields(io, pdu); });
}

Decoded<QuerySm> decode_query_sm(std::span<const std::byte> body) {
    return decode<QuerySm>(body, [](auto& io, auto& pdu) { query_sm_fields(io, pdu); });
}

Decoded<QuerySmResp> decode_query_sm_resp(std::span<const std::byte> body) {
    return decode<QuerySmResp>(body, [](auto& io, auto& pdu) { query_sm_resp_fields(io, pdu); });
}

Decoded<CancelSm> decode_cancel_sm(std::span<const std::byte> body) {
    return decode<CancelSm>(body, [](auto& io, auto& pdu) { cancel_sm_fields(io, pdu); });
}

Decoded<ReplaceSm> decode_replace_sm(std::span<const std::byte> body) {
    return decode<ReplaceSm>(body, [](auto& io, auto& pdu) { replace_sm_fields(io, pdu); });
}

Decoded<AlertNotification> decode_alert_notification(std::span<const std::byte> body) {
    return decode<AlertNotification>(body, [](auto& io, auto& pdu) { alert_notification_fields(io, pdu); });
}

bool encodable(const QuerySm& pdu) {
    Measure measure;
    query_sm_fields(measure, pdu);
    return measure.fits();
}

bool encodable(const AlertNotification& pdu) {
    Measure measure;
    alert_notification_fields(measure, pdu);
    return measure.fits();
}

CommandStatus complaint_about(const ShortMessage& pdu) {
    return first_complaint(pdu);
}

CommandStatus complaint_about(const ReplaceSm& pdu) {
    return first_complaint(pdu);
}

void encode_submit_multi(const SubmitMulti& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(CommandId::submit_multi), CommandStatus::ok, sequence, out,
               [&](auto& io) { submit_multi_fields(io, pdu); });
}

void encode_submit_multi_resp(const SubmitMultiResp& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(response_of(CommandId::submit_multi), CommandStatus::ok, sequence, out,
               [&](auto& io) { submit_multi_resp_fields(io, pdu); });
}

void encode_query_sm(const QuerySm& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(CommandId::query_sm), CommandStatus::ok, sequence, out,
               [&](auto& io) { query_sm_fields(io, pdu); });
}

void encode_query_sm_resp(const QuerySmResp& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(response_of(CommandId::query_sm), CommandStatus::ok, sequence, out,
               [&](auto& io) { query_sm_resp_fields(io, pdu); });
}

void encode_cancel_sm(const CancelSm& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(CommandId::cancel_sm), CommandStatus::ok, sequence, out,
               [&](auto& io) { cancel_sm_fields(io, pdu); });
}

void encode_replace_sm(const ReplaceSm& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(CommandId::replace_sm), CommandStatus::ok, sequence, out,
               [&](auto& io) { replace_sm_fields(io, pdu); });
}

void encode_alert_notification(const AlertNotification& pdu, std::uint32_t sequence, std::vector<std::byte>& out) {
    append_pdu(static_cast<std::uint32_t>(CommandId::alert_notification), CommandStatus::ok, sequence, out,
               [&](auto& io) { alert_notification_fields(io, pdu); });
}

void take_item(std::span<const std::byte>& rest, MultiDestination& item) {
    take(rest, item, DestinationFields());
}

void take_item(std::span<const std::byte>& rest, FailedDestination& item) {
    take(rest, item, FailureFields());
}

void append_item(const MultiDestination& item, std::vector<std::byte>& out) {
    append(item, out, DestinationFields());
}

void append_item(const FailedDestination& item, std::vector<std::byte>& out) {
    append(item, out, FailureFields());
}

}  // namespace jejak::smpp
