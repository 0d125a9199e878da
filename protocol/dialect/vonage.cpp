#include <algorithm>
#include <charconv>

#include "protocol/ascii.hpp"
#include "protocol/dialect/record.hpp"
#include "protocol/dialect/signature.hpp"

/// Vonage's SMS API: an inbound message by GET or POST, as query, form or JSON. The key is the account's signature
/// secret; an account that does not sign presents it as `key` in the webhook's URL. Vonage tries again for 24 hours, so
/// a signature's age tells nothing: what comes again is a repeat by its messageId. Long texts come in parts.
/// A delivery receipt to the same URL is answered and not stored.
/// source: developer.vonage.com, "Inbound SMS", "Signing messages"
namespace jejak::dialect {

extern const Dialect vonage;

namespace {

/// `&name=value` for each field but the signature, by name; `&` and `=` in values become `_`.
std::string signed_text(Fields fields) {
    std::stable_sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string all;
    for (auto& [name, value] : fields) {
        if (name == "sig") continue;
        std::replace_if(
            value.begin(), value.end(), [](char c) { return c == '&' || c == '='; }, '_');
        all.append("&").append(name).append("=").append(value);
    }
    return all;
}

/// The account's settings choose the method; its length tells which it was, and for the shortest both are tried.
bool signature_fits(std::string_view presented, const std::string& content, std::string_view secret) {
    const auto sig = lower_case(presented);
    switch (sig.size()) {
        case 32: {
            const bool plain = same_secret(sig, to_hex(digest(Hash::md5, content + std::string(secret))));
            const bool keyed = same_secret(sig, to_hex(hmac(Hash::md5, secret, content)));
            return plain || keyed;
        }
        case 40:
            return same_secret(sig, to_hex(hmac(Hash::sha1, secret, content)));
        case 64:
            return same_secret(sig, to_hex(hmac(Hash::sha256, secret, content)));
        case 128:
            return same_secret(sig, to_hex(hmac(Hash::sha512, secret, content)));
        default:
            return false;
    }
}

bool authentic(const HttpRequest& request, const Peer& peer) {
    if (peer.key.empty()) return false;
    auto record = Record::of(request);
    if (!record || !record->has("sig")) return key_presented(request, peer.key);
    return signature_fits(record->optional("sig"), signed_text(record->fields()), peer.key);
}

std::optional<std::uint8_t> small_number(std::string_view text) {
    std::uint8_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A reference that is no 16-bit number is cut down to one: parts also agree in sender, destination and total.
std::uint16_t reference_of(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return value;
    const auto hashed = digest(Hash::sha256, text);
    return static_cast<std::uint16_t>(static_cast<unsigned char>(hashed[0]) << 8 |
                                      static_cast<unsigned char>(hashed[1]));
}

/// Empty when the field is missing or cannot be used: that must not cost the message.
std::string_view value_in(const Record& record, std::string_view name) {
    for (const auto& [key, value] : record.fields()) {
        if (key == name) return value;
    }
    return {};
}

/// The part's place; its octets are kept, because an assembly is put together from octets. A part whose place cannot be
/// read is a text by itself.
void read_segment(const Record& record, sms::InboundText& inbound) {
    const auto reference = value_in(record, "concat-ref");
    const auto total = small_number(value_in(record, "concat-total"));
    const auto part = small_number(value_in(record, "concat-part"));
    if (reference.empty() || !total || !part) {
        inbound.remarks = inbound.remarks | sms::Remark::stray_segment;
        return;
    }
    inbound.segment = sms::SegmentHeader{sms::Concatenation::provider, reference_of(reference), *total, *part};
    const auto& utf8 = inbound.text.reveal();
    const auto octets = std::as_bytes(std::span<const char>(utf8.data(), utf8.size()));
    inbound.raw.assign(octets.begin(), octets.end());
    inbound.data_coding = sms::utf8_coding;
}

void read_binary(Record& record, sms::InboundText& inbound) {
    const auto octets = from_hex(record.required("data", "a binary message's octets in hexadecimal"));
    if (!octets) {
        record.fault("data", "is not hexadecimal");
        return;
    }
    const auto bytes = std::as_bytes(std::span<const char>(octets->data(), octets->size()));
    inbound.raw.assign(bytes.begin(), bytes.end());
    inbound.remarks = inbound.remarks | sms::Remark::binary;
}

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    auto found = Record::of(request);
    if (!found) return Refusal{400, "The body is not a message", "the body is not a JSON object"};
    auto& record = *found;
    const bool receipt = record.has("status") || record.has("err-code");
    if (receipt && !record.has("text") && !record.has("data")) return Messages{};  // of a message we sent
    const bool binary = record.optional("type") == "binary";
    Heard heard;
    heard.from = record.required("msisdn", "the sender's number");
    heard.to = record.optional("to");
    heard.id = record.required("messageId", "the message's id");
    heard.sent_at = read_time(record.optional("message-timestamp"));
    if (!binary) heard.text = record.text("text");
    auto inbound = inbound_text(heard, country_code);
    if (binary) read_binary(record, inbound);
    if (!binary && value_in(record, "concat") == "true") read_segment(record, inbound);
    if (record.refusal()) return *record.refusal();
    return Messages{std::move(inbound)};
}

}  // namespace

const Dialect vonage{"vonage", "GET, POST", false, &authentic, &read, &plain_ok};

}  // namespace jejak::dialect
