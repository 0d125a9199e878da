#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/sensitive.hpp"

namespace jejak::net {
struct Sent;
}

/// A provider's send call as data: how a request is spelt and how its answer is read. Pure functions; HttpSender makes
/// the calls.
namespace jejak::channel {

/// What `[channel.send]` declares. In url, headers, body and basic, `{name}` stands for a value, escaped for the place
/// it stands in: percent-encoded in a URL and a form, JSON-escaped in a JSON body, XML-escaped in an XML body.
struct SendOptions {
    std::string method = "POST";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string basic;                         ///< `user:password` of a Basic authorization; empty: none
    std::string account;                       ///< {account}: may stand in the host too
    SensitiveText secret;                      ///< {secret}
    std::vector<std::string> statuses{"2xx"};  ///< of an answer that took the text: "2xx", "201"
    std::string pointer;                       ///< JSON pointer to a value that decides too; empty: the status alone
    std::vector<std::string> equals;           ///< its values for a text that was taken
    std::vector<std::string> later;            ///< and for one that was not, and may be sent again
    std::string id_pointer;                    ///< JSON pointer to the provider's id
    std::string id_pattern;                    ///< or a regular expression, whose first group it is
    bool allow_private_address = false;
    std::chrono::seconds validity_least{1};  ///< shorter ones are refused by the provider, and rounded up to it
    std::uint32_t concurrency = 4;           ///< calls under way at once
    std::chrono::milliseconds timeout{15'000};
};

/// The options of a provider that is known; empty when there is none of that name.
std::optional<SendOptions> send_preset(std::string_view name);
/// The names of all presets, for messages: `"twilio", "vonage"`
std::string send_preset_names();

/// One thing wrong: a key of `[channel.send]` and what would be right.
struct SendFault {
    std::string key;
    std::string message;
};
/// Everything wrong with `options`; `from` is the channel's service number, which the templates may need.
std::vector<SendFault> problems(const SendOptions& options, std::string_view from);

/// What one text's templates are filled with.
struct SendValues {
    std::string to;    ///< E.164: {to}, and without its plus {to_digits}
    std::string from;  ///< the service number: {from}, {from_digits}
    std::string text;  ///< UTF-8: {text}; {encoding} is "unicode" when it does not fit GSM 7-bit, else "text"
    std::string id;    ///< ours, public: {id}
    std::chrono::seconds validity{600};  ///< {validity_seconds}, {validity_minutes} (rounded up)
};

struct SendRequest {
    std::string method, target;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};
SendRequest render(const SendOptions& options, const SendValues& values);
/// Scheme, host and port of the URL, with {account} filled in: what an HttpClient is made for.
std::string origin_of(const SendOptions& options);

/// What an answer means for a reply that must leave at most once.
struct Judged {
    enum class How : std::uint8_t {
        taken,    ///< the provider has it
        later,    ///< known not to have been taken: it may be sent again
        refused,  ///< not taken, and never will be
        unknown   ///< it may have been taken: never again
    };
    How how = How::unknown;
    std::string provider_id;                   ///< at most 64 octets; empty when the answer names none
    std::optional<std::chrono::seconds> wait;  ///< that the provider asked for
    std::string reason;                        ///< one word for logs: "http_429", "refused"
    bool patience = false;                     ///< the provider asked for some, whatever became of this reply
};
/// `parts`: SMS that the text is sent in. A provider that was too busy for one of several may have sent the others.
Judged judge(const SendOptions& options, const net::Sent& sent, std::size_t parts = 1);

}  // namespace jejak::channel
