#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/net/await.hpp"
#include "gateway/net/tls.hpp"
#include "protocol/dialect/dialect.hpp"

namespace jejak::net {

using dialect::HttpReply;
using dialect::HttpRequest;

/// One request as a handler sees it.
struct Incoming {
    HttpRequest http;
    bool from_loopback = false;  ///< peer address is 127.0.0.0/8, ::1 or a Unix socket
};

/// What a handler answers; headers beside Content-Type and Content-Length, such as Retry-After.
struct Answer : HttpReply {
    std::vector<std::pair<std::string, std::string>> headers;
};

using Handler = std::function<awaitable<Answer>(Incoming)>;

struct HttpServerOptions {
    std::string listen;                              ///< "127.0.0.1:8080", "[::1]:0"; or "unix:PATH" (mode 0600)
    std::optional<TlsServerOptions> tls;             ///< empty: plain
    std::size_t body_max = 64 * 1024;                ///< octets; more is 413
    std::size_t header_max = 16 * 1024;              ///< octets; more is 431
    std::chrono::milliseconds header_limit{10'000};  ///< from first octet to end of headers; also keep-alive idle
    std::chrono::milliseconds body_limit{20'000};
    std::size_t connections_max = 512;          ///< further ones wait in the backlog
    std::size_t connections_per_peer_max = 64;  ///< not counted for loopback
};

/// An `application/problem+json` answer. source: RFC 9457
Answer problem(unsigned status, std::string_view title, std::string_view detail);

/// Serves HTTP/1.1 with Beast. Malformed requests get a problem of their own; a handler that throws gets 500 and one
/// log line.
class HttpServer {
public:
    /// Binds at once. errors: throws std::runtime_error with one line for the operator (address in use, bad
    /// certificate).
    HttpServer(asio::any_io_executor executor, HttpServerOptions options, Handler handler);
    ~HttpServer();

    std::string address() const;  ///< with the port that was bound
    /// Accepts until asked to stop; then closes idle connections and lets requests under way end.
    awaitable<void> run();
    /// Certificate and key may be others now: read at once, of use when it is called. It stays plain, or in TLS.
    /// errors: throws TlsFileError.
    TlsRenewal renew_tls(const std::optional<TlsServerOptions>& fresh);
    struct Counts {
        std::uint64_t connections = 0, requests = 0, malformed = 0;
    };
    const Counts& counts() const;

private:
    struct State;
    std::shared_ptr<State> state_;
    std::string address_;
};

}  // namespace jejak::net
