#include "gateway/net/http_wire.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "gateway/net/retry_after.hpp"
#include "gateway/net/tls_socket.hpp"
#include "protocol/ascii.hpp"

namespace jejak::net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using StreamSocket = asio::generic::stream_protocol::socket;
using TlsStream = asio::ssl::stream<StreamSocket&>;
using ResponseParser = http::response_parser<http::buffer_body>;

constexpr std::uint32_t answer_header_max = 16 * 1024;
constexpr int interim_answers_max = 8;  ///< 1xx answers before the real one

http::request<http::string_body> to_message(const WireRequest& request) {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(beast::string_view(request.method.data(), request.method.size()));
    message.target(beast::string_view(request.target.data(), request.target.size()));
    message.set(http::field::host, request.authority);
    message.set(http::field::user_agent, "jejak/" JEJAK_VERSION);
    for (const auto& [name, value] : request.headers) message.set(name, value);
    message.body() = request.body;
    if (!request.body.empty() || message.method() == http::verb::post || message.method() == http::verb::put) {
        message.content_length(request.body.size());
    }
    return message;
}

void take_head(const http::response_header<>& head, Sent& sent) {
    sent.how = Sent::How::answered;
    sent.status = head.result_int();
    sent.reason = "answered";
    for (const auto& field : head) {
        sent.headers.emplace_back(lower_case(field.name_string()),
                                  std::string(field.value().data(), field.value().size()));
    }
    const auto retry_after = head[http::field::retry_after];
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (!retry_after.empty()) sent.retry_after = parse_retry_after({retry_after.data(), retry_after.size()}, now);
}

bool is_interim(const ResponseParser& parser) {
    return parser.get().result_int() / 100 == 1;
}

/// Reads headers, passing over interim answers.
template <class Stream>
awaitable<error_code> read_head(Stream& stream, beast::flat_buffer& buffer, std::optional<ResponseParser>& parser,
                                bool head) {
    for (int count = 0; count < interim_answers_max; ++count) {
        parser.emplace();
        parser->header_limit(answer_header_max);
        parser->body_limit(boost::none);
        parser->skip(head);
        const auto [error, size] = co_await http::async_read_header(stream, buffer, *parser, use_tuple);
        if (error || !is_interim(*parser)) co_return error;
    }
    co_return make_error_code(http::error::bad_status);
}

/// Reads the body until it ends or `answer_max` octets are kept.
template <class Stream>
awaitable<error_code> read_body(Stream& stream, beast::flat_buffer& buffer, ResponseParser& parser,
                                std::size_t answer_max, std::string& body) {
    std::array<char, 1024> chunk{};
    while (!parser.is_done()) {
        const auto room = std::min(chunk.size(), answer_max - body.size());
        if (room == 0) co_return make_error_code(http::error::body_limit);
        parser.get().body().data = chunk.data();
        parser.get().body().size = room;
        const auto [error, size] = co_await http::async_read_some(stream, buffer, parser, use_tuple);
        body.append(chunk.data(), room - parser.get().body().size);
        if (error && error != http::error::need_buffer) co_return error;
    }
    co_return error_code();
}

template <class Stream>
awaitable<Wire::End> exchange_on(Stream& stream, beast::flat_buffer& buffer, const WireRequest& request,
                                 std::size_t answer_max, Sent& sent) {
    sent = Sent{};
    sent.begun = true;
    sent.reason = "closed";
    auto message = to_message(request);
    const auto [write_error, written] = co_await http::async_write(stream, message, use_tuple);
    // A peer that refuses early may have answered before it closed: read either way.
    std::optional<ResponseParser> parser;
    const auto head_error = co_await read_head(stream, buffer, parser, request.method == "HEAD");
    if (head_error) {
        const bool nothing = buffer.size() == 0 && !parser->got_some();
        const bool cancelled = head_error == asio::error::operation_aborted;
        if (!nothing && !cancelled) sent.reason = "malformed";
        co_return nothing && !cancelled ? Wire::End::no_answer : Wire::End::over;
    }
    take_head(parser->get(), sent);
    const auto body_error = co_await read_body(stream, buffer, *parser, answer_max, sent.body);
    const bool whole = !body_error && !write_error && parser->is_done();
    co_return whole && parser->keep_alive() ? Wire::End::reusable : Wire::End::over;
}

}  // namespace

struct Wire::Streams {
    explicit Streams(const asio::any_io_executor& executor) : socket(executor) {}
    StreamSocket socket;
    std::optional<TlsStream> tls;
    beast::flat_buffer buffer{answer_header_max + 4096};
};

Wire::Wire(const asio::any_io_executor& executor) : streams_(std::make_unique<Streams>(executor)) {}
Wire::~Wire() = default;

StreamSocket& Wire::socket() {
    return streams_->socket;
}

awaitable<bool> Wire::secure(asio::ssl::context& context, const std::string& host) {
    auto& tls = streams_->tls.emplace(streams_->socket, context);
    if (!expect_host(tls.native_handle(), host)) co_return false;
    const auto [error] = co_await tls.async_handshake(asio::ssl::stream_base::client, use_tuple);
    co_return !error;
}

bool Wire::still_open() {
    char octet = 0;
    const auto got = ::recv(streams_->socket.native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    return streams_->tls.has_value();  // a TLS peer may have left session tickets
}

awaitable<Wire::End> Wire::exchange(const WireRequest& request, std::size_t answer_max, Sent& sent) {
    if (streams_->tls) co_return co_await exchange_on(*streams_->tls, streams_->buffer, request, answer_max, sent);
    co_return co_await exchange_on(streams_->socket, streams_->buffer, request, answer_max, sent);
}

}  // namespace jejak::net
