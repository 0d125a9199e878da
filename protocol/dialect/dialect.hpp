#pragma once
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

/// What became of a message, for the answer.
struct Outcome {
    std::string message;               ///< our public id
    std::optional<std::string> reply;  ///< text for the sender, or none
    bool duplicate = false;
};

/// One aggregator's contract, stateless; safe on any thread. `key` is the channel's secret: each dialect knows how
/// its peer proves knowing it.
struct Dialect {
    std::string_view name;
    /// The request is authentic. Constant time in the key.
    bool (*authentic)(const HttpRequest& request, std::string_view key);
    boost::system::result<sms::InboundText, Refusal> (*read)(const HttpRequest& request, std::string_view country_code);
    HttpReply (*answer)(const Outcome& outcome);
};

/// The dialect of that name, or null. The table in dialect.cpp is the list of all of them.
const Dialect* find(std::string_view name);
std::span<const Dialect> all();

/// `?key=…` or `Authorization: Bearer …` equals `key`, in constant time: what dialects without a signature use.
bool key_presented(const HttpRequest& request, std::string_view key);

}  // namespace jejak::dialect
