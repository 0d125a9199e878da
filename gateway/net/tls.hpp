#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/net/stream.hpp"
#include "gateway/net/tls_options.hpp"

namespace boost::asio::ssl {
class context;
}

/// TLS 1.2 or later, both roles, with OpenSSL. Nothing here turns verification off: whoever has a self-signed peer
/// names its certificate as ca_file. Nothing renegotiates, and no session is resumed: connections here last for days,
/// and each is verified by the files that are loaded when it begins.
namespace jejak::net {

/// A file that cannot be used. `key` names the option: "ca_file", "certificate", "key", "client_ca_file".
class TlsFileError : public std::runtime_error {
public:
    TlsFileError(std::string_view key, const std::string& message) : std::runtime_error(message), key_(key) {}
    std::string_view key() const { return key_; }

private:
    std::string_view key_;
};

/// Why there is no TLS with a peer: a word for logs, and what an operator mends. Holds nothing the peer wrote.
struct TlsFault {
    std::string_view reason;  ///< "expired", "wrong_host", "self_signed", "unknown_ca", "plain_peer", …
    std::string hint;
};

/// A connection after its handshake, or why there is none.
struct Secured {
    std::optional<Stream> stream;
    std::optional<TlsFault> fault;
};

/// What became known in a handshake: for whoever looks at a peer, not for logs.
struct TlsFacts {
    std::string version, cipher;              ///< "TLSv1.3", "TLS_AES_256_GCM_SHA384"
    std::string subject, issuer;              ///< of the peer's certificate; empty when it showed none
    std::vector<std::string> names;           ///< DNS names and addresses it is for
    std::optional<long long> days_left = {};  ///< until it ends
};
/// Of a connection inside TLS; empty for a plain one.
std::optional<TlsFacts> tls_facts(const Stream& stream);
/// What ended a connection inside TLS, when it was TLS. A peer that demands a certificate says so only here: with TLS
/// 1.3 its client has long finished the handshake. source: RFC 8446 section 4.4.2.4
std::optional<TlsFault> tls_fault(const Stream& stream);

constexpr std::chrono::milliseconds handshake_limit{10'000};
constexpr long long certificate_warning_days = 14;  ///< before ours ends, loading it says so

/// Files that were read anew and hold together: puts them to use, for connections from then on. Not to be called when
/// what it came from is gone.
using TlsRenewal = std::function<void()>;

/// The TLS of connections we make. Lives on the loop's thread.
class TlsClient {
public:
    /// `name` is ours, for logs. errors: throws TlsFileError.
    TlsClient(std::string name, const TlsClientOptions& options);
    ~TlsClient();

    /// Reads the files of `fresh`; nothing changes before it is called. errors: throws TlsFileError, and logs it.
    TlsRenewal renewal(TlsClientOptions fresh);
    /// The handshake with `host`, a name or an address, within handshake_limit. The peer is who `verify_host`, or else
    /// `host`, says, or there is no stream. A request to stop ends it.
    awaitable<Secured> connect(asio::ip::tcp::socket socket, std::string host) const;

private:
    std::string name_;
    std::string verify_host_;
    std::shared_ptr<asio::ssl::context> context_;
};

/// The TLS of connections made to us. Lives on the loop's thread.
class TlsServer {
public:
    /// As TlsClient.
    TlsServer(std::string name, const TlsServerOptions& options);
    ~TlsServer();

    TlsRenewal renewal(const TlsServerOptions& fresh);
    /// The handshake with a peer that connected; `limit` bounds it.
    awaitable<Secured> accept(asio::ip::tcp::socket socket, std::chrono::milliseconds limit = handshake_limit) const;
    /// What the files make, for whoever has a stream of their own.
    std::shared_ptr<asio::ssl::context> context() const { return context_; }

private:
    std::string name_;
    std::shared_ptr<asio::ssl::context> context_;
};

/// Loads what `options` name. errors: throws TlsFileError.
std::shared_ptr<asio::ssl::context> tls_context(const TlsClientOptions& options);
std::shared_ptr<asio::ssl::context> tls_context(const TlsServerOptions& options);

}  // namespace jejak::net
