#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/net/await.hpp"

namespace jejak::net {

struct HttpClientOptions {
    std::chrono::milliseconds total_limit{15'000};  ///< resolve, connect, TLS, send, answer: all of it
    std::size_t answer_max = 4 * 1024;              ///< octets of body kept; reading stops there
    bool allow_private_address = false;             ///< loopback, private, link-local, … are refused otherwise (SSRF)
    std::size_t idle_connections_max = 8;           ///< kept open per client for the next request
};

struct Sent {
    enum class How : std::uint8_t {
        answered,     ///< `status` is set; redirects are not followed
        unreachable,  ///< not resolved, refused, TLS failed, closed before an answer
        timed_out,
        refused  ///< the address is private, or plain http without permission: nothing was sent
    };
    How how = How::unreachable;
    bool begun = false;  ///< a connection was there: the peer may have seen the request, whatever `how` says
    unsigned status = 0;
    std::optional<std::chrono::seconds> retry_after;           ///< the header, in either form
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;
    std::string reason;  ///< one word for logs: "tls", "timeout", a ConnectFault's, …; never the URL
};

/// Why an HttpClient cannot be made for `url`, in words for its owner; empty when it can. Pure; any thread.
std::optional<std::string> url_fault(std::string_view url);

/// One POST target: keeps its connections open between requests. https verifies the host; http only with
/// allow_private_address. Resolves at every new connection and connects to the checked address; a name with one private
/// address among public ones is refused, and the address that gave no answer last is the last to be tried. A kept
/// connection that turns out to be closed is replaced once, so a peer may see a request twice. Use it only on the
/// loop's thread; several requests may be under way at once.
///
/// "unix:PATH" instead of a URL reaches a server's Unix socket (with allow_private_address): the operator's tool.
class HttpClient {
public:
    /// errors: throws std::invalid_argument when `url` is not absolute http(s) or has user information.
    HttpClient(asio::any_io_executor executor, std::string_view url, HttpClientOptions options);
    ~HttpClient();

    awaitable<Sent> post(std::vector<std::pair<std::string, std::string>> headers, std::string body);
    /// Any method and target on the same host: for the operator's tool and the simulators.
    awaitable<Sent> request(std::string method, std::string target,
                            std::vector<std::pair<std::string, std::string>> headers, std::string body);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace jejak::net
