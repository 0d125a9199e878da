#include <boost/json/object.hpp>
#include <charconv>
#include <chrono>

#include "protocol/ascii.hpp"
#include "protocol/dialect/json_body.hpp"
#include "protocol/dialect/record.hpp"
#include "protocol/dialect/signature.hpp"

/// SMS Gateway for Android (capcom6): an old phone as modem. Every event is a JSON object by POST, signed with the key
/// of the app's settings over the body and the time. `sms:received` is a message; a data SMS and a downloaded MMS are
/// kept too; deliveries, pings and announcements of an MMS are answered and not stored. The app waits 5 s for an answer
/// and tries for two days.
namespace jejak::dialect {

extern const Dialect android;

namespace {

constexpr std::chrono::seconds tolerance{300};  ///< between the phone's clock and ours

bool timely(std::string_view timestamp, WallTime now) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
    if (error != std::errc() || end != timestamp.data() + timestamp.size()) return false;
    const auto clock = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    return seconds >= clock - tolerance.count() && seconds <= clock + tolerance.count();
}

bool authentic(const HttpRequest& request, const Peer& peer) {
    if (peer.key.empty()) return false;
    const auto timestamp = request.header("x-timestamp").value_or("");
    const auto signature = lower_case(request.header("x-signature").value_or(""));
    const bool fits =
        same_secret(signature, to_hex(hmac(Hash::sha256, peer.key, request.body + std::string(timestamp))));
    return fits && timely(timestamp, peer.now);
}

/// The app numbers messages with 32 bits; with the time they are told apart for good.
std::string id_of(Record& payload, std::string_view event) {
    const auto number = payload.required("messageId", "the message's id");
    return std::string(number).append(" ").append(payload.optional("receivedAt")).append(" ").append(event);
}

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    const JsonBody body(request.body);
    if (body.object() == nullptr) return Refusal{400, "The body is not a message", "the body is not a JSON object"};
    auto envelope = Record::of(*body.object());
    const std::string event(envelope.required("event", "what happened"));
    if (envelope.refusal()) return *envelope.refusal();
    const bool text = event == "sms:received";
    const bool data = event == "sms:data-received";
    const bool picture = event == "mms:downloaded";
    if (!text && !data && !picture) return Messages{};

    const auto* const inner = body.object()->if_contains("payload");
    if (inner == nullptr || !inner->is_object()) {
        return Refusal{400, "A field is missing", "payload is missing: the message"};
    }
    auto payload = Record::of(inner->get_object(), "payload.");
    Heard heard;
    // Older versions of the app call the sender by the second name.
    heard.from = payload.has("sender") ? payload.optional("sender") : payload.required("phoneNumber", "the sender");
    heard.to = payload.optional("recipient");
    const auto id = id_of(payload, event);
    heard.id = id;
    heard.sent_at = read_time(payload.optional("receivedAt"));
    std::string said;
    if (text) said = payload.text("message");
    if (picture) said = std::string(payload.optional("subject")).append("\n").append(payload.optional("body"));
    heard.text = said;
    auto inbound = inbound_text(heard, country_code);
    if (data) {
        const auto octets = from_base64(payload.required("data", "the octets in base64"));
        if (!octets) payload.fault("data", "is not base64");
        for (const char c : octets.value_or("")) inbound.raw.push_back(static_cast<std::byte>(c));
        inbound.remarks = inbound.remarks | sms::Remark::binary;
    }
    if (payload.refusal()) return *payload.refusal();
    return Messages{std::move(inbound)};
}

}  // namespace

const Dialect android{"android", "POST", false, &authentic, &read, &plain_ok};

}  // namespace jejak::dialect
