#include "gateway/net/http_session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/core/demangle.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "gateway/net/target.hpp"
#include "protocol/ascii.hpp"

namespace jejak::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<StreamSocket&>;
using RequestParser = http::request_parser<http::string_body>;

constexpr std::size_t read_ahead = 4 * 1024;    ///< octets beyond the headers held back in the buffer
constexpr std::size_t linger_max = 256 * 1024;  ///< octets of a refused body read and thrown away
constexpr std::chrono::milliseconds linger_limit{1'000};
constexpr std::chrono::milliseconds goodbye_limit{1'000};

/// What reading one request came to.
struct Received {
    enum class How : std::uint8_t { request, refused, closed } how = How::closed;
    Incoming incoming;
    Answer refusal;
    bool keep_alive = false;
    unsigned version = 11;
};

Received refused(unsigned status, std::string_view title, std::string_view detail) {
    Received received;
    received.how = Received::How::refused;
    received.refusal = problem(status, title, detail);
    return received;
}

Received unreadable(error_code error, const RequestParser& parser, const Connection& connection,
                    const HttpServerOptions& options) {
    if (connection.expired) return refused(408, "Request timeout", "the request did not arrive in time");
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        if (parser.get().target().empty()) {  // its end never came: modem programs put the message there
            return refused(413, "Content too large",
                           "the request's target is longer than " + std::to_string(options.header_max) + " octets");
        }
        return refused(431, "Request header fields too large",
                       "the headers are longer than " + std::to_string(options.header_max) + " octets");
    }
    if (error == http::error::body_limit) {
        return refused(413, "Content too large",
                       "the body is longer than " + std::to_string(options.body_max) + " octets");
    }
    const bool broken_rules = error.category() == make_error_code(http::error::bad_target).category() &&
                              error != http::error::end_of_stream && error != http::error::partial_message;
    if (broken_rules) return refused(400, "Bad request", "not a well-formed HTTP request");
    return {};
}

/// Turns a parsed request into what handlers see, or says what is wrong with it.
Received understood(http::request<http::string_body>&& message, const Connection& connection) {
    Received received;
    received.keep_alive = message.keep_alive();
    received.version = message.version();
    if (message.version() != 10 && message.version() != 11) {
        return refused(505, "HTTP version not supported", "only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    if (message.version() == 11 && message.count(http::field::host) != 1) {
        return refused(400, "Bad request", "an HTTP/1.1 request has exactly one Host field");
    }
    const auto target = origin_form({message.target().data(), message.target().size()});
    if (!target) return refused(400, "Bad request", "the target is neither a path nor an http URL");
    auto query = split_query(*target);
    if (!query) return refused(400, "Bad request", "the target holds a malformed percent escape");

    auto& request = received.incoming.http;
    request.method.assign(message.method_string().data(), message.method_string().size());
    request.target = *target;
    request.query = std::move(*query);
    for (const auto& field : message) {
        request.headers.emplace_back(lower_case(field.name_string()),
                                     std::string(field.value().data(), field.value().size()));
    }
    request.body = std::move(message.body());
    received.incoming.from_loopback = connection.from_loopback;
    received.how = Received::How::request;
    return received;
}

/// "100-continue" wants a go-ahead before it sends its body. source: RFC 9110 §10.1.1
template <class Stream>
awaitable<std::optional<Received>> go_ahead(Stream& stream, const RequestParser& parser) {
    const auto expectation = parser.get()[http::field::expect];
    if (expectation.empty() || parser.get().version() < 11) co_return std::nullopt;
    if (!beast::iequals(expectation, "100-continue")) {
        co_return refused(417, "Expectation failed", "only 100-continue is understood");
    }
    static constexpr std::string_view answer = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, size] =
        co_await asio::async_write(stream, asio::buffer(answer.data(), answer.size()), use_tuple);
    if (error) co_return Received{};
    co_return std::nullopt;
}

/// Waits for the first octet, then for the headers, then for the body, each with its own deadline.
template <class Stream>
awaitable<Received> receive(Stream& stream, beast::flat_buffer& buffer, Connection& connection, ServerContext& server) {
    const auto& options = server.options;
    connection.interruptible = true;
    connection.arm(options.header_limit);
    if (buffer.size() == 0) {
        const auto [error, size] = co_await stream.async_read_some(buffer.prepare(read_ahead), use_tuple);
        if (error || server.stopping) co_return Received{};
        buffer.commit(size);
        connection.arm(options.header_limit);
    }

    RequestParser parser;
    parser.header_limit(static_cast<std::uint32_t>(options.header_max));
    parser.body_limit(options.body_max);
    const auto [head_error, head_size] = co_await http::async_read_header(stream, buffer, parser, use_tuple);
    connection.interruptible = false;
    if (head_error) co_return unreadable(head_error, parser, connection, options);

    connection.arm(options.body_limit);
    if (!parser.is_done()) {
        auto early_end = co_await go_ahead(stream, parser);
        if (early_end) co_return std::move(*early_end);
        const auto [body_error, body_size] = co_await http::async_read(stream, buffer, parser, use_tuple);
        if (body_error) co_return unreadable(body_error, parser, connection, options);
    }
    connection.disarm();
    co_return understood(parser.release(), connection);
}

/// Runs the handler; whatever escapes it becomes a 500 and one line that names only the exception's type.
awaitable<Answer> answer_of(const Handler& handler, Incoming incoming) {
    try {
        co_return co_await handler(std::move(incoming));
    } catch (const std::exception& error) {
        spdlog::error("event=handler_failed exception={}", boost::core::demangle(typeid(error).name()));
    } catch (...) {
        spdlog::error("event=handler_failed exception=unknown");
    }
    co_return problem(500, "Internal error", "the request could not be handled");
}

bool one_line(std::string_view value) {
    return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

http::response<http::string_body> to_response(Answer answer, bool head, bool keep_alive, unsigned version) {
    const bool bodiless = answer.status == 204 || answer.status == 304;
    http::response<http::string_body> response;
    response.version(version);
    response.result(answer.status);
    response.keep_alive(keep_alive);
    if (!answer.content_type.empty() && one_line(answer.content_type)) {
        response.set(http::field::content_type, answer.content_type);
    }
    for (const auto& [name, value] : answer.headers) {
        if (one_line(name) && one_line(value)) response.insert(name, value);
    }
    if (!bodiless) response.content_length(answer.body.size());
    if (!bodiless && !head) response.body() = std::move(answer.body);
    return response;
}

template <class Stream>
awaitable<bool> write(Stream& stream, http::response<http::string_body> response, Connection& connection,
                      const HttpServerOptions& options) {
    connection.arm(options.body_limit);
    const auto [error, size] = co_await http::async_write(stream, response, use_tuple);
    connection.disarm();
    co_return !error;
}

/// A peer still sending while we close would lose the answer to a reset: read on for a moment.
awaitable<void> linger(Connection& connection) {
    error_code ignored;
    connection.socket.shutdown(asio::socket_base::shutdown_send, ignored);
    connection.arm(linger_limit);
    std::array<char, 4096> waste{};
    for (std::size_t read = 0; read < linger_max && !connection.expired;) {
        const auto [error, size] = co_await connection.socket.async_read_some(asio::buffer(waste), use_tuple);
        if (error) break;
        read += size;
    }
    connection.disarm();
}

/// Requests one after the other: a pipelined one waits in the buffer until the answer before it is written.
template <class Stream>
awaitable<void> serve_stream(Stream& stream, Connection& connection, ServerContext& server) {
    beast::flat_buffer buffer(server.options.header_max + read_ahead);
    for (;;) {
        auto received = co_await receive(stream, buffer, connection, server);
        if (received.how == Received::How::closed) break;
        if (received.how == Received::How::refused) {
            ++server.counts.malformed;
            auto response = to_response(std::move(received.refusal), false, false, 11);
            if (co_await write(stream, std::move(response), connection, server.options)) co_await linger(connection);
            break;
        }
        ++server.counts.requests;
        const bool head = received.incoming.http.method == "HEAD";
        auto answer = co_await answer_of(server.handler, std::move(received.incoming));
        const bool stay = received.keep_alive && !server.stopping;
        auto response = to_response(std::move(answer), head, stay, received.version);
        if (!co_await write(stream, std::move(response), connection, server.options) || !stay) break;
    }
}

awaitable<void> serve_tls(Connection& connection, ServerContext& server, asio::ssl::context& tls) {
    TlsStream stream(connection.socket, tls);
    connection.arm(server.options.header_limit);
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, use_tuple);
    if (error) co_return;
    co_await serve_stream(stream, connection, server);
    connection.arm(goodbye_limit);
    co_await stream.async_shutdown(use_tuple);
}

}  // namespace

Answer problem(unsigned status, std::string_view title, std::string_view detail) {
    Answer answer;
    answer.status = status;
    answer.content_type = "application/problem+json";
    answer.body =
        boost::json::serialize(boost::json::value{{"title", boost::json::string_view(title.data(), title.size())},
                                                  {"status", status},
                                                  {"detail", boost::json::string_view(detail.data(), detail.size())}});
    return answer;
}

awaitable<void> serve(Connection& connection, ServerContext& server, asio::ssl::context* tls) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (tls != nullptr) {
        co_await serve_tls(connection, server, *tls);
    } else {
        co_await serve_stream(connection.socket, connection, server);
    }
    error_code ignored;
    connection.socket.shutdown(asio::socket_base::shutdown_both, ignored);
    connection.socket.close(ignored);
}

}  // namespace jejak::net
