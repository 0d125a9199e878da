#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>

#include "gateway/net/tls.hpp"

/// What is inside a Stream with TLS; for the files that speak with OpenSSL.
namespace jejak::net {

/// What verification found wrong with the peer's certificate, or with one that signed it.
struct TlsVerdict {
    int error = 0;  ///< X509_V_ERR_…; 0: nothing
    bool its_own = true;
    std::string until;  ///< when that certificate ends, "2026-11-21"
};

struct TlsSocket {
    TlsSocket(asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> from)
        : context(std::move(from)), stream(std::move(socket), *context) {}

    std::shared_ptr<asio::ssl::context> context;  ///< the one it was made from, whatever was loaded since
    asio::ssl::stream<asio::ip::tcp::socket> stream;
    TlsVerdict verdict;
    boost::system::error_code ended;  ///< what the last read came to, if not octets
};

/// Sends the name (SNI) unless it is an address, and accepts no certificate but one for it.
bool expect_host(SSL* ssl, const std::string& host);

/// In an operator's words. `ours` is the side we are on. Pure.
TlsFault explain(const boost::system::error_code& error, const TlsVerdict& verdict,
                 asio::ssl::stream_base::handshake_type ours);

}  // namespace jejak::net
