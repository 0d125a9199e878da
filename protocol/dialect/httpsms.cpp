#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>

#include "protocol/dialect/json_body.hpp"
#include "protocol/dialect/record.hpp"
#include "protocol/dialect/signature.hpp"

/// httpSMS: an Android phone behind a service that posts CloudEvents. `message.phone.received` is a message; every
/// other event is answered and not stored. The key is the webhook's signing key, with which the bearer token (a JWT,
/// HS256) of each request is made: good for this URL and for some minutes. The token does not cover the body. The
/// service waits 5 s for an answer and tries twice.
namespace jejak::dialect {

extern const Dialect httpsms;

namespace {

constexpr std::string_view issuer = "api.httpsms.com";
constexpr std::int64_t clock_skew = 60;  ///< seconds

/// The three parts of `header.claims.signature`; empty when there are more or fewer.
std::optional<std::array<std::string_view, 3>> parts_of(std::string_view token) {
    const auto first = token.find('.');
    const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return std::array{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

std::optional<std::int64_t> moment(const boost::json::object& claims, std::string_view name) {
    const auto* const value = claims.if_contains(boost::json::string_view(name.data(), name.size()));
    if (value == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto seconds = value->to_number<std::int64_t>(error);
    if (error) return std::nullopt;
    return seconds;
}

bool is_text(const boost::json::value* value, std::string_view text) {
    const auto* const given = value == nullptr ? nullptr : value->if_string();
    return given != nullptr && std::string_view(given->data(), given->size()) == text;
}

/// The audience is the webhook's URL, with or without port and query.
bool meant_for(const boost::json::value* audience, std::string_view url) {
    const auto fits = [&](const boost::json::value& one) {
        const auto spelt = spellings(url);
        return std::any_of(spelt.begin(), spelt.end(), [&](std::string_view whole) {
            return is_text(&one, whole) || is_text(&one, whole.substr(0, whole.find('?')));
        });
    };
    if (audience == nullptr) return false;
    const auto* const list = audience->if_array();
    return list == nullptr ? fits(*audience) : std::any_of(list->begin(), list->end(), fits);
}

/// source: RFC 7519 section 4.1, RFC 7515 section 5.2
bool claims_hold(const boost::json::object& claims, const Peer& peer) {
    const auto now = std::chrono::floor<std::chrono::seconds>(peer.now).time_since_epoch().count();
    const auto expires = moment(claims, "exp");
    const auto begins = moment(claims, "nbf");
    if (!expires || *expires <= now) return false;
    if (claims.contains("nbf") && (!begins || *begins > now + clock_skew)) return false;
    return is_text(claims.if_contains("iss"), issuer) && meant_for(claims.if_contains("aud"), peer.url);
}

bool authentic(const HttpRequest& request, const Peer& peer) {
    const auto token = credentials(request, "bearer");
    const auto parts = parts_of(token);
    if (peer.key.empty() || !parts) return false;
    const auto& [header, claims, signature] = *parts;
    const auto presented = from_base64url(signature).value_or("");
    const auto covered = token.substr(0, header.size() + 1 + claims.size());
    if (!same_secret(presented, hmac(Hash::sha256, peer.key, covered))) return false;
    const auto header_text = from_base64url(header).value_or("");
    const auto claims_text = from_base64url(claims).value_or("");
    const JsonBody head(header_text);
    const JsonBody said(claims_text);
    const bool algorithm = head.object() != nullptr && is_text(head.object()->if_contains("alg"), "HS256");
    return algorithm && said.object() != nullptr && claims_hold(*said.object(), peer);
}

boost::system::result<Messages, Refusal> read(const HttpRequest& request, std::string_view country_code) {
    const JsonBody body(request.body);
    if (body.object() == nullptr) return Refusal{400, "The body is not a message", "the body is not a JSON object"};
    auto envelope = Record::of(*body.object());
    if (envelope.required("type", "what happened") != "message.phone.received") {
        if (envelope.refusal()) return *envelope.refusal();
        return Messages{};
    }
    const auto* const inner = body.object()->if_contains("data");
    if (inner == nullptr || !inner->is_object()) {
        return Refusal{400, "A field is missing", "data is missing: the message"};
    }
    auto data = Record::of(inner->get_object(), "data.");
    Heard heard;
    heard.from = data.required("contact", "the sender's number");
    heard.to = data.optional("owner");
    heard.text = data.text("content");
    heard.id = data.required("message_id", "the message's id");
    heard.sent_at = read_time(data.optional("timestamp"));
    auto inbound = inbound_text(heard, country_code);
    if (data.optional("encrypted") == "true") {  // only the app of who set it up can read it: kept, for a person to see
        inbound.raw.clear();
        for (const char c : heard.text) inbound.raw.push_back(static_cast<std::byte>(c));
        inbound.text = SensitiveText();
        inbound.remarks = inbound.remarks | sms::Remark::undecodable;
    }
    if (data.refusal()) return *data.refusal();
    return Messages{std::move(inbound)};
}

}  // namespace

const Dialect httpsms{"httpsms", "POST", false, &authentic, &read, &plain_ok};

}  // namespace jejak::dialect
