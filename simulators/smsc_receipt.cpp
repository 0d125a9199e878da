#include "simulators/smsc_receipt.hpp"

#include <array>
#include <cstdio>
#include <span>

#include "protocol/smpp/pdu.hpp"
#include "protocol/smpp/tlv.hpp"
#include "protocol/sms/gsm7.hpp"

namespace jejak::sim {
namespace {

using Form = ReceiptManners::Form;
using Id = ReceiptManners::Id;

constexpr std::string_view delivered = "DELIVRD";

std::string format(const char* pattern, std::uint64_t number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), pattern, static_cast<unsigned long long>(number));
    return text.data();
}

sms::Bytes octets_of(std::string_view text, bool packed) {
    const auto septets = packed ? sms::gsm7::encode(text) : std::nullopt;
    if (septets) return sms::gsm7::pack_uncounted(*septets);
    const auto octets = std::as_bytes(std::span(text));
    return {octets.begin(), octets.end()};
}

std::string text_of(Form form, const std::string& id, const std::string& state, const std::string& when) {
    const bool arrived = state == delivered;
    const std::string error = arrived ? "000" : "021", dlvrd = arrived ? "001" : "000";
    switch (form) {
        case Form::comma:
            return "id:" + id + ",sub:001,dlvrd:" + dlvrd + ",submit date:" + when + ",done date:" + when +
                   ",stat:" + state + ",err:" + error + ",text:";
        case Form::bare:
            return "id:" + id + " stat:" + state;
        case Form::loud:
            return "STAT: " + state + "  ERR: " + error + "  ID: " + id + "  DONE DATE: " + when + "59 Text: -";
        case Form::parameters:
            return "";
        case Form::canonical:
        case Form::payload:
            break;
    }
    return "id:" + id + " sub:001 dlvrd:" + dlvrd + " submit date:" + when + " done date:" + when + " stat:" + state +
           " err:" + error + " text:";
}

/// Of an outcome, as was asked. source: SMPP 5.0 section 4.7.21
bool tells(std::string_view state, std::uint8_t registered_delivery) {
    using smpp::ReceiptWish;
    const auto wish = smpp::receipt_wish(registered_delivery);
    return wish == ReceiptWish::always ||
           wish == (state == delivered ? ReceiptWish::on_success : ReceiptWish::on_failure);
}

bool tells_on_the_way(const ReceiptManners& manners, std::uint8_t registered_delivery) {
    return manners.intermediate == ReceiptManners::Intermediate::always ||
           smpp::wants_intermediate(registered_delivery);
}

/// source: SMPP 3.4 section 5.3.2.31
void append_error(const ReceiptManners::NetworkError& error, sms::Bytes& tlvs) {
    const std::array octets{static_cast<std::byte>(error.network), static_cast<std::byte>(error.code >> 8),
                            static_cast<std::byte>(error.code & 0xFF)};
    smpp::append_tlv(smpp::Tag::network_error_code, octets, tlvs);
}

}  // namespace

MessageId spell_id(std::uint64_t number, SubmitManners::Ids ids) {
    using Ids = SubmitManners::Ids;
    if (ids == Ids::constant) return {number, "msg_id_not_implemented"};
    return {number, format(ids == Ids::decimal ? "%010llu" : "%llx", number)};
}

std::string spell_id(const MessageId& id, Id form) {
    switch (form) {
        case Id::decimal:
            return format("%010llu", id.number);
        case Id::hex:
            return format("%llx", id.number);
        case Id::upper:
            return format("%08llX", id.number);
        case Id::no_zeros:
            return format("%llu", id.number);
        case Id::none:
            return "";
        case Id::same:
            break;
    }
    return id.spelt;
}

std::uint8_t message_state_of(std::string_view word) {
    constexpr std::array<std::string_view, 9> words{"SCHEDLD", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
                                                    "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"};
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words[i] == word) return static_cast<std::uint8_t>(i);
    return 7;
}

std::vector<Parcel> write_receipts(const MessageId& id, const ReceiptManners& manners, const std::string& when,
                                   std::uint8_t registered_delivery, bool packed) {
    constexpr std::uint8_t intermediate_notification = 0x20;
    std::vector<Parcel> receipts;
    for (std::size_t i = 0; i < manners.states.size(); ++i) {
        const auto& state = manners.states[i];
        const bool on_the_way =
            manners.intermediate != ReceiptManners::Intermediate::no && i + 1 < manners.states.size();
        if (!(on_the_way ? tells_on_the_way(manners, registered_delivery) : tells(state, registered_delivery)))
            continue;
        Parcel receipt;
        receipt.receipt = true;
        receipt.esm_class = on_the_way ? intermediate_notification : manners.esm_class;
        receipt.octets = octets_of(text_of(manners.form, spell_id(id, manners.id), state, when), packed);
        if (manners.form == Form::payload) {
            smpp::append_tlv(smpp::Tag::message_payload, receipt.octets, receipt.tlvs);
            receipt.octets.clear();
        }
        if (manners.parameter_id != Id::none) {
            const auto with_nul = spell_id(id, manners.parameter_id) + '\0';
            smpp::append_tlv(smpp::Tag::receipted_message_id, std::as_bytes(std::span(with_nul)), receipt.tlvs);
            smpp::append_tlv(smpp::Tag::message_state, message_state_of(state), receipt.tlvs);
        }
        if (manners.network_error && state != delivered) append_error(*manners.network_error, receipt.tlvs);
        receipts.insert(receipts.end(), manners.times, receipt);
    }
    return receipts;
}

}  // namespace jejak::sim
