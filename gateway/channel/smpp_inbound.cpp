#include "gateway/channel/smpp_inbound.hpp"

#include <algorithm>
#include <utility>

#include "protocol/ascii.hpp"
#include "protocol/ussd/signal.hpp"

namespace jejak::channel {
namespace {

using smpp::ShortMessage;
using smpp::Tag;
using sms::InboundText;
using sms::Remark;

void append(sms::Bytes& out, std::span<const std::byte> octets) {
    out.insert(out.end(), octets.begin(), octets.end());
}

void append(sms::Bytes& out, std::string_view text) {
    for (const char c : text) out.push_back(static_cast<std::byte>(c));
    out.push_back(std::byte{0});
}

/// What a redelivery repeats octet for octet: who, to whom, what.
sms::Bytes fingerprint_of(const ShortMessage& message) {
    sms::Bytes out;
    out.reserve(message.source.digits.size() + message.destination.digits.size() + message.user_data().size() + 8);
    out.push_back(std::byte{message.source.ton});
    append(out, message.source.digits);
    append(out, message.destination.digits);
    out.push_back(std::byte{message.esm_class});
    out.push_back(std::byte{message.data_coding});
    append(out, message.user_data());
    append(out, message.tlvs.raw());
    append(out, message.tlvs.tail());
    return out;
}

std::optional<sms::SegmentHeader> sar_segment(const smpp::Tlvs& tlvs) {
    const auto reference = tlvs.u16(Tag::sar_msg_ref_num);
    const auto total = tlvs.u8(Tag::sar_total_segments);
    const auto part = tlvs.u8(Tag::sar_segment_seqnum);
    if (!reference || !total || !part) return std::nullopt;
    return sms::SegmentHeader{sms::Concatenation::sar, *reference, *total, *part};
}

/// What is no parameter may be the rest of a text, or all of it: it is kept, and read by a person where there is
/// nothing else to read. A part keeps the octets that are joined.
void keep_damaged(const ShortMessage& message, InboundText& text) {
    const auto& tlvs = message.tlvs;
    if (tlvs.cut().empty()) return;
    if (message.user_data().empty()) {
        text.segment.reset();
        text.raw.assign(tlvs.tail().begin(), tlvs.tail().end());
        text.remarks = text.remarks | Remark::undecodable;
        return;
    }
    const bool is_text = message.short_message.empty() && !tlvs.find(Tag::message_payload);
    if (is_text) text.remarks = text.remarks | Remark::truncated;
    if (!is_text && !text.segment) append(text.raw, tlvs.cut());
}

/// The message_payload beside a short_message: both are kept and both read. Of a part, what is joined has both, too.
void add_second(std::span<const std::byte> payload, std::uint8_t data_coding, const sms::TextRules& rules,
                InboundText& text) {
    const auto second = sms::read_user_data(payload, false, data_coding, rules, text.segment);
    if (!text.segment || second.coding == text.data_coding) append(text.raw, second.octets);
    if (has(text.remarks, Remark::binary)) return;
    text.remarks |= second.remarks;
    auto both = text.text.reveal() + '\n' + second.text;
    text.text = SensitiveText(std::move(both));
}

/// As ASCII, a NUL at the end aside: any other is an @ of the GSM alphabet, and parts no words.
std::string without_nuls(std::string text) {
    text.erase(text.find_last_not_of('\0') + 1);
    std::replace(text.begin(), text.end(), '\0', '\x1a');
    return text;
}

/// A receipt in this text has an id that can be one: a control character in it is a letter of another alphabet.
bool is_receipt(std::string_view text, const sms::ReceiptDialect& dialect) {
    const auto receipt = sms::parse_receipt(text, dialect);
    const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
    return receipt && std::none_of(receipt->message_id.begin(), receipt->message_id.end(), control);
}

/// What a receipt says, in the alphabet that makes it one.
std::string receipt_text(const ShortMessage& message, const sms::ReceiptDialect& dialect, const sms::TextRules& rules) {
    const auto read = [&](sms::DefaultAlphabet zero_means) {
        auto as = rules;
        as.zero_means = zero_means;
        return sms::read_user_data(message.user_data(), message.udhi(), message.data_coding, as).text;
    };
    using sms::DefaultAlphabet;
    auto own = read(rules.zero_means);
    if (rules.zero_means == DefaultAlphabet::gsm7_packed && is_receipt(own, dialect)) return own;
    auto plain = without_nuls(read(DefaultAlphabet::ascii));
    return is_receipt(plain, dialect) ? plain : own;
}

}  // namespace

InboundText inbound_text(const ShortMessage& message, const sms::TextRules& rules, std::string_view country_code) {
    InboundText text;
    text.sender = sms::normalise(message.source.digits, static_cast<sms::Ton>(message.source.ton), country_code);
    text.source_ton = message.source.ton;
    text.source_npi = message.source.npi;
    text.destination = SensitiveText(std::string(message.destination.digits));
    const auto payload = message.tlvs.find(Tag::message_payload);
    if (!message.short_message.empty() && payload && !payload->empty())
        text.remarks = text.remarks | Remark::both_texts;
    if (message.truncated) text.remarks = text.remarks | Remark::truncated;
    if (message.trailing) text.remarks = text.remarks | Remark::trailing;
    if (message.tlvs.damaged()) text.remarks = text.remarks | Remark::bad_tlv;
    if (message.receipt()) text.remarks = text.remarks | Remark::stray_receipt;

    auto read =
        sms::read_user_data(message.user_data(), message.udhi(), message.data_coding, rules, sar_segment(message.tlvs));
    text.remarks |= read.remarks;
    text.segment = read.segment;
    text.data_coding = read.coding;
    text.raw = std::move(read.octets);
    text.text = SensitiveText(std::move(read.text));
    if (has(text.remarks, Remark::both_texts)) add_second(*payload, message.data_coding, rules, text);
    keep_damaged(message, text);
    text.fingerprint_input = fingerprint_of(message);
    return text;
}

InboundText undecodable(std::span<const std::byte> body) {
    InboundText text;
    text.raw.assign(body.begin(), body.end());
    text.remarks = text.remarks | Remark::undecodable;
    text.fingerprint_input.assign(body.begin(), body.end());
    return text;
}

std::optional<sms::Receipt> receipt_in(const ShortMessage& message, const sms::ReceiptDialect& dialect,
                                       const sms::TextRules& rules) {
    if (!message.receipt() && (!dialect.unmarked || ussd::mentions_ussd(message))) return std::nullopt;
    sms::ReceiptParameters parameters;
    if (const auto id = message.tlvs.find(Tag::receipted_message_id)) parameters.message_id = as_text(*id);
    parameters.state = message.tlvs.u8(Tag::message_state);
    parameters.net_error = message.tlvs.find(Tag::network_error_code);
    return sms::read_receipt(receipt_text(message, dialect, rules), parameters, dialect);
}

intake::HeardReceipt heard_receipt(const ShortMessage& message, sms::Receipt receipt,
                                   const SmppChannelOptions& options) {
    const auto who = [&](const smpp::AddressView& address) {
        return sms::normalise(address.digits, static_cast<sms::Ton>(address.ton), options.country_code);
    };
    const auto& dialect = options.receipt_dialect;
    // What any few words fit is no receipt for its form alone, whatever the PDU says: people's texts come marked, too.
    const bool by_form =
        dialect.pattern && dialect.pattern->has_no_words() && !message.tlvs.find(Tag::receipted_message_id);
    return {options.name, std::move(receipt),           dialect.ids, who(message.source), who(message.destination),
            {},           message.receipt() && !by_form};
}

}  // namespace jejak::channel
