#pragma once
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>

#include "gateway/net/http_server.hpp"
#include "protocol/time.hpp"

/// What HttpServer and its sessions share; nobody else needs it. Beast stays in http_session.cpp.
namespace jejak::net {

using StreamSocket = asio::generic::stream_protocol::socket;  ///< TCP or Unix: one kind of session for both

/// One accepted connection as the server watches over it. Deadlines are kept by one sweep over all connections, not by
/// a timer each; cancelling the socket leaves it open, so that a late peer still gets its 408.
struct Connection {
    explicit Connection(StreamSocket accepted) : socket(std::move(accepted)) {}

    StreamSocket socket;
    bool from_loopback = false;
    std::string peer;                         ///< address, for the cap per peer; never logged
    SteadyTime deadline = SteadyTime::max();  ///< of the read or write under way
    bool expired = false;
    bool interruptible = true;  ///< nothing of a request has been understood yet: stopping may end it

    void arm(std::chrono::milliseconds limit) {
        deadline = std::chrono::steady_clock::now() + limit;
        expired = false;
    }
    void disarm() { deadline = SteadyTime::max(); }
};

struct ServerContext {
    HttpServerOptions options;
    Handler handler;
    HttpServer::Counts counts;
    bool stopping = false;
};

/// Serves one connection until it closes, breaks the rules, is silent too long, or the server stops. `tls` may be null.
awaitable<void> serve(Connection& connection, ServerContext& server, asio::ssl::context* tls);

}  // namespace jejak::net
