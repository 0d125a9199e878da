#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jejak::sim {

/// An inbound SMS as an aggregator posts it.
struct AggregatorText {
    std::string from, to, text;
    /// The provider's message id (twilio: what its id is made from); empty: none is sent, or one is made up where there
    /// must be one.
    std::string id;
};

/// How this simulator spells a text over HTTP.
enum class HttpDialect : std::uint8_t { json, kannel, twilio, vonage, infobip, africastalking, android, httpsms };
std::optional<HttpDialect> parse_dialect(std::string_view name);
/// "json", "kannel", …
std::vector<std::string> dialect_names();

/// A channel's inbound address.
struct HttpChannel {
    HttpDialect dialect = HttpDialect::json;
    std::string url;  ///< `http://127.0.0.1:8080/v1/in/NAME`: what is signed, too
    std::string key;
};

using Pairs = std::vector<std::pair<std::string, std::string>>;
/// The body of an HTML form: names as they are, values with every octet escaped that is not unreserved.
std::string form_of(const Pairs& fields);

struct HttpCall {
    std::string method, target;
    Pairs headers;
    std::string body;
};

/// The request that carries one text, as the provider makes and signs it at `time` (RFC 3339).
/// errors: throws std::invalid_argument when the URL is none.
HttpCall call_of(const HttpChannel& channel, const AggregatorText& text, std::string_view time);

/// The reply text inside a 200 answer: json's `reply` (empty when null), kannel's body, twilio's message; the others
/// answer none.
std::string reply_in(HttpDialect dialect, std::string_view body);

}  // namespace jejak::sim
