#pragma once
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "gateway/net/http_client.hpp"

/// One connection of an HttpClient; nobody else needs it. Beast stays in http_wire.cpp.
namespace jejak::net {

struct WireRequest {
    std::string method, target, authority;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

class Wire {
public:
    explicit Wire(const asio::any_io_executor& executor);
    ~Wire();

    asio::generic::stream_protocol::socket& socket();
    /// TLS with the name sent (SNI) and the certificate checked against it. False when the peer is not who it should
    /// be.
    awaitable<bool> secure(asio::ssl::context& context, const std::string& host);
    /// False when the peer has closed, or said something nobody asked for.
    bool still_open();

    enum class End : std::uint8_t {
        reusable,  ///< answered in full, and the peer keeps the connection
        over,      ///< answered, or failed: `sent` says what
        no_answer  ///< closed before one octet of an answer
    };
    /// Fills `sent` as it learns: the status first, then the body up to `answer_max`.
    awaitable<End> exchange(const WireRequest& request, std::size_t answer_max, Sent& sent);

private:
    struct Streams;
    std::unique_ptr<Streams> streams_;
};

}  // namespace jejak::net
