#pragma once
#include <array>
#include <boost/system/result.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/sms/inbound.hpp"

/// How aggregators and modem programs spell an inbound SMS over HTTP. One file each: kannel.cpp, json.cpp, …
namespace jejak::dialect {

/// What of an HTTP request a dialect may look at. Names in lower case; nothing decoded twice.
struct HttpRequest {
    std::string method;
    std::string target;                                      ///< path and query as sent
    std::vector<std::pair<std::string, std::string>> query;  ///< percent-decoded, in order
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    std::optional<std::string_view> query_value(std::string_view name) const;
    std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpReply {
    unsigned status = 200;
    std::string content_type;
    std::string body;
};

/// A request that holds no message: `status` 400 or 401 with a title and a detail that names the field.
struct Refusal {
    unsigned status = 400;
    std::string title;
    std::string detail;
};

using Messages = std::vector<sms::InboundText>;

/// What became of a message, for the answer.
struct Outcome {
    std::string message;               ///< our public id
    std::optional<std::string> reply;  ///< text for the sender, or none
    bool duplicate = false;
};

/// What a channel knows of the peer that makes a request.
struct Peer {
    std::string_view key;  ///< the channel's secret: each dialect knows how its peer proves knowing it
    std::string_view url;  ///< what the peer asked for, as it spells it: `https://host/path?query`; some sign it
    WallTime now{};        ///< some signatures are good for minutes only
};

/// One aggregator's contract, stateless; safe on any thread.
struct Dialect {
    std::string_view name;
    std::string_view methods;  ///< as an Allow header lists them: "POST", "GET, POST"
    bool replies_inline;       ///< the answer can carry a text for the sender
    /// The request is authentic. Constant time in the key.
    bool (*authentic)(const HttpRequest& request, const Peer& peer);
    /// The messages of the request, in its order; none when it tells of something else (a delivery, a ping).
    boost::system::result<Messages, Refusal> (*read)(const HttpRequest& request, std::string_view country_code);
    /// One outcome for each message that was read.
    HttpReply (*answer)(std::span<const Outcome> outcomes);
};

/// The dialect of that name, or null. The table in dialect.cpp is the list of all of them.
const Dialect* find(std::string_view name);
std::span<const Dialect> all();

/// `?key=…` or `Authorization: Bearer …` equals `key`, in constant time: what dialects without a signature use.
bool key_presented(const HttpRequest& request, std::string_view key);
bool key_presented(const HttpRequest& request, const Peer& peer);

/// What follows the scheme in the Authorization header, or nothing. source: RFC 9110 section 11.6.2; the scheme's case
/// does not matter
std::string_view credentials(const HttpRequest& request, std::string_view scheme);

/// The spellings of `url` that a peer may have signed: without its port, and with it (the scheme's own when it has
/// none). A proxy or the peer's library may have added or removed either.
std::array<std::string, 2> spellings(std::string_view url);

/// 200 with an empty body: all that most providers look for.
HttpReply plain_ok(std::span<const Outcome> outcomes);

}  // namespace jejak::dialect
