#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <tuple>
#include <variant>

#include "gateway/net/await.hpp"

namespace jejak::net {

struct TlsSocket;  ///< gateway/net/tls_socket.hpp; made by gateway/net/tls.hpp

/// One TCP connection, plain or inside TLS: octets go both ways, whatever is around them. One read and one write may be
/// under way at once. Lives on the loop's thread; completions run on its executor.
///
/// A request to stop cuts neither a read nor a write short: half a PDU on the wire, or half a TLS record, is the end of
/// a connection. What waits for them ends with close().
class Stream {
public:
    /// How long a peer may take over TLS's last words before the connection is closed without them.
    static constexpr std::chrono::milliseconds goodbye_limit{1'000};

    using Moved = std::tuple<boost::system::error_code, std::size_t>;

    explicit Stream(asio::ip::tcp::socket socket);
    /// After the handshake.
    explicit Stream(std::unique_ptr<TlsSocket> secured);
    ~Stream();
    Stream(Stream&& other) noexcept;
    Stream& operator=(Stream&& other) noexcept;

    asio::any_io_executor executor();
    /// What comes next, at least one octet. `eof` when the peer sends no more, with or without TLS's close_notify.
    awaitable<Moved> read_some(asio::mutable_buffer into);
    /// All of it.
    awaitable<Moved> write(asio::const_buffer octets);
    /// Says goodbye where TLS has a word for it, then closes. No write may be under way.
    awaitable<void> shutdown();
    /// At once, and without another octet. A read or write under way ends with an error.
    void close();

    /// How much the kernel keeps of what the peer has not read. It doubles this for books of its own. source: socket(7)
    void limit_unread(int octets);

    bool is_secured() const;
    /// The connection underneath: for its addresses and options.
    asio::ip::tcp::socket& socket();
    TlsSocket* tls() const;  ///< null without

private:
    std::variant<asio::ip::tcp::socket, std::unique_ptr<TlsSocket>> socket_;
};

}  // namespace jejak::net
