#include "gateway/net/stream.hpp"

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include "gateway/net/tls_socket.hpp"

namespace jejak::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t unread_max = 256 * 1024;  ///< octets read and thrown away before a close

/// Not reached by a request to stop.
auto whole() {
    return asio::bind_cancellation_slot(asio::cancellation_slot(), use_tuple);
}

/// The end of a stream that skipped TLS's last words is an end like any other: SMPP says when a PDU is whole.
awaitable<Stream::Moved> read_secured(TlsSocket& secured, asio::mutable_buffer into) {
    auto [error, size] = co_await secured.stream.async_read_some(into, whole());
    if (error == asio::ssl::error::stream_truncated) error = asio::error::eof;
    if (error) secured.ended = error;
    co_return Stream::Moved{error, size};
}

awaitable<error_code> say_goodbye(TlsSocket& secured) {
    const auto [error] = co_await secured.stream.async_shutdown(use_tuple);
    co_return error;
}

/// Octets that came and nobody read would turn the close into a reset, and a reset may overtake our last words.
void discard_unread(tcp::socket& connection) {
    error_code error;
    connection.shutdown(tcp::socket::shutdown_send, error);
    std::array<char, 4096> waste{};
    for (std::size_t read = 0; read < unread_max && !error && connection.available(error) > 0;)
        read += connection.read_some(asio::buffer(waste), error);
}

}  // namespace

Stream::Stream(tcp::socket socket) : socket_(std::move(socket)) {}
Stream::Stream(std::unique_ptr<TlsSocket> secured) : socket_(std::move(secured)) {}
Stream::~Stream() = default;
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;

bool Stream::is_secured() const {
    return tls() != nullptr;
}

TlsSocket* Stream::tls() const {
    const auto* secured = std::get_if<std::unique_ptr<TlsSocket>>(&socket_);
    return secured == nullptr ? nullptr : secured->get();
}

tcp::socket& Stream::socket() {
    if (auto* plain = std::get_if<tcp::socket>(&socket_)) return *plain;
    return std::get<std::unique_ptr<TlsSocket>>(socket_)->stream.next_layer();
}

asio::any_io_executor Stream::executor() {
    return socket().get_executor();
}

awaitable<Stream::Moved> Stream::read_some(asio::mutable_buffer into) {
    if (auto* plain = std::get_if<tcp::socket>(&socket_)) return plain->async_read_some(into, whole());
    return read_secured(*std::get<std::unique_ptr<TlsSocket>>(socket_), into);
}

awaitable<Stream::Moved> Stream::write(asio::const_buffer octets) {
    if (auto* plain = std::get_if<tcp::socket>(&socket_)) return asio::async_write(*plain, octets, whole());
    return asio::async_write(std::get<std::unique_ptr<TlsSocket>>(socket_)->stream, octets, whole());
}

awaitable<void> Stream::shutdown() {
    auto* secured = std::get_if<std::unique_ptr<TlsSocket>>(&socket_);
    if (secured != nullptr && socket().is_open()) co_await within(goodbye_limit, say_goodbye(**secured));
    discard_unread(socket());
    close();
}

void Stream::limit_unread(int octets) {
    error_code gone;  // of a connection that is over: its next read tells
    socket().set_option(asio::socket_base::send_buffer_size(octets), gone);
}

void Stream::close() {
    error_code ignored;
    auto& connection = socket();
    connection.shutdown(tcp::socket::shutdown_both, ignored);
    connection.close(ignored);
}

}  // namespace jejak::net
