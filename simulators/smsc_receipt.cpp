#include "simulators/smsc_receipt.hpp"

#include <array>
#include <cstdio>
#include <span>

#include "protocol/smpp/tlv.hpp"

namespace jejak::sim {
namespace {

using Form = ReceiptManners::Form;
using Id = ReceiptManners::Id;

std::string format(const char* pattern, std::uint64_t number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), pattern, static_cast<unsigned long long>(number));
    return text.data();
}

void append_text(sms::Bytes& out, std::string_view text) {
    const auto octets = std::as_bytes(std::span(text));
    out.insert(out.end(), octets.begin(), octets.end());
}

std::string text_of(Form form, const std::string& id, const std::string& state, const std::string& when) {
    const bool delivered = state == "DELIVRD";
    const std::string error = delivered ? "000" : "021", dlvrd = delivered ? "001" : "000";
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

std::vector<Parcel> write_receipts(const MessageId& id, const ReceiptManners& manners, const std::string& when) {
    constexpr std::uint8_t delivery_receipt = 0x04;
    std::vector<Parcel> receipts;
    for (const auto& state : manners.states) {
        Parcel receipt;
        receipt.receipt = true;
        receipt.esm_class = delivery_receipt;
        append_text(receipt.octets, text_of(manners.form, spell_id(id, manners.id), state, when));
        if (manners.form == Form::payload) {
            smpp::append_tlv(smpp::Tag::message_payload, receipt.octets, receipt.tlvs);
            receipt.octets.clear();
        }
        if (manners.parameter_id != Id::none) {
            const auto with_nul = spell_id(id, manners.parameter_id) + '\0';
            smpp::append_tlv(smpp::Tag::receipted_message_id, std::as_bytes(std::span(with_nul)), receipt.tlvs);
            smpp::append_tlv(smpp::Tag::message_state, message_state_of(state), receipt.tlvs);
        }
        for (unsigned i = 0; i < manners.times; ++i) receipts.push_back(receipt);
    }
    return receipts;
}

}  // namespace jejak::sim
