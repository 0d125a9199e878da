#include "gateway/channel/smpp_inbound.hpp"

#include <algorithm>
#include <cstdio>

#include "gateway/intake/assembler.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

using smpp::ShortMessage;
using smpp::Tag;
using sms::InboundText;
using sms::Remark;

std::string_view as_text(std::span<const std::byte> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

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
    return out;
}

/// The coding a part is stored under: what data_coding 0 means differs between connections, so it is settled here.
std::uint8_t settled_coding(std::uint8_t data_coding, sms::DefaultAlphabet zero_means) {
    if (data_coding != 0) return data_coding;
    switch (zero_means) {
        case sms::DefaultAlphabet::ascii:
            return 1;
        case sms::DefaultAlphabet::latin1:
            return 3;
        case sms::DefaultAlphabet::utf8:
            return intake::utf8_coding;
        case sms::DefaultAlphabet::gsm7:
            break;
    }
    return 0;
}

std::optional<sms::SegmentHeader> sar_segment(const smpp::Tlvs& tlvs) {
    const auto reference = tlvs.u16(Tag::sar_msg_ref_num);
    const auto total = tlvs.u8(Tag::sar_total_segments);
    const auto part = tlvs.u8(Tag::sar_segment_seqnum);
    if (!reference || !total || !part) return std::nullopt;
    return sms::SegmentHeader{sms::Concatenation::sar, *reference, *total, *part};
}

}  // namespace

InboundText inbound_text(const ShortMessage& message, sms::DefaultAlphabet zero_means, std::string_view country_code) {
    InboundText text;
    text.sender = sms::normalise(message.source.digits, static_cast<sms::Ton>(message.source.ton), country_code);
    text.destination = SensitiveText(std::string(message.destination.digits));
    const auto payload = message.tlvs.find(Tag::message_payload);
    if (!message.short_message.empty() && payload && !payload->empty())
        text.remarks = text.remarks | Remark::both_texts;
    if (message.truncated) text.remarks = text.remarks | Remark::truncated;
    if (message.trailing) text.remarks = text.remarks | Remark::trailing;
    if (message.tlvs.damaged()) text.remarks = text.remarks | Remark::bad_tlv;

    const auto data = sms::split_user_data(message.user_data(), message.udhi());
    if (!data.valid) text.remarks = text.remarks | Remark::bad_udh;
    if (data.national_shift) text.remarks = text.remarks | Remark::replaced;  // read with the default tables
    text.segment = data.segment ? data.segment : sar_segment(message.tlvs);
    text.data_coding = settled_coding(message.data_coding, zero_means);
    text.raw.assign(data.body.begin(), data.body.end());
    if (data.port_addressed) {
        text.remarks = text.remarks | Remark::binary;
        text.segment.reset();
    } else {
        auto decoded = sms::decode_text(data.body, message.data_coding, zero_means);
        text.remarks |= decoded.remarks;
        if (has(text.remarks, Remark::both_texts)) {  // both are kept and both are read
            decoded.utf8 += '\n';
            decoded.utf8 += sms::decode_text(*payload, message.data_coding, zero_means).utf8;
        }
        text.text = SensitiveText(std::move(decoded.utf8));
    }
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

std::optional<sms::Receipt> receipt_in(const ShortMessage& message) {
    auto receipt = sms::parse_receipt(sms::decode_text(message.user_data(), message.data_coding).utf8);
    const auto id = message.tlvs.find(Tag::receipted_message_id);
    const auto state = message.tlvs.u8(Tag::message_state);
    if (!receipt && !(id && state)) return std::nullopt;
    if (!receipt) receipt.emplace();
    if (id) {
        auto text = as_text(*id);
        if (const auto end = text.find('\0'); end != std::string_view::npos) text = text.substr(0, end);
        receipt->message_id = text;
    }
    constexpr std::uint8_t unknown_on_the_wire = 7;
    if (state)
        receipt->state =
            *state == unknown_on_the_wire ? sms::MessageState::unknown : static_cast<sms::MessageState>(*state);
    return receipt;
}

std::string relative_validity(std::chrono::milliseconds remaining) {
    const auto total =
        std::clamp<std::int64_t>(std::chrono::ceil<std::chrono::seconds>(remaining).count(), 1, 99 * 3600);
    char text[24];
    std::snprintf(text, sizeof text, "000000%02d%02d%02d000R", static_cast<int>(total / 3600 % 100),
                  static_cast<int>(total / 60 % 60), static_cast<int>(total % 60));
    return text;
}

}  // namespace jejak::channel
