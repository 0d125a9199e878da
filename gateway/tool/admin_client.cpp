#include "gateway/tool/admin_client.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <optional>

#include "gateway/net/await.hpp"

namespace jejak::tool {
namespace {

namespace asio = net::asio;
using Socket = asio::local::stream_protocol::socket;
using How = AdminAnswer::How;

constexpr std::size_t answer_max = std::size_t{1} << 18;

std::string to_request(const AdminCommand& command) {
    const std::string body = serialize_admin(command);
    return "POST /admin/" + command.name +
           " HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Status and body of a whole HTTP/1 answer that ended with the connection.
std::optional<std::pair<unsigned, std::string>> parse_answer(std::string_view text) {
    constexpr std::string_view version = "HTTP/1.";
    const auto end_of_head = text.find("\r\n\r\n");
    if (!text.starts_with(version) || end_of_head == std::string_view::npos || text.size() < 12) return std::nullopt;
    unsigned status = 0;
    const auto [end, error] = std::from_chars(text.data() + 9, text.data() + 12, status);
    if (error != std::errc{} || end != text.data() + 12) return std::nullopt;
    return std::pair(status, std::string(text.substr(end_of_head + 4)));
}

/// `answer` stays `failed` until all of it has come.
net::awaitable<void> exchange(Socket& socket, std::string path, std::string request, AdminAnswer& answer) {
    const auto [refused] = co_await socket.async_connect(asio::local::stream_protocol::endpoint(path), net::use_tuple);
    if (refused == asio::error::connection_refused || refused == boost::system::errc::no_such_file_or_directory) {
        answer.how = How::not_running;
        answer.why.clear();
        co_return;
    }
    if (refused) {
        answer.why = "the daemon's socket cannot be used: " + refused.message();
        co_return;
    }
    const auto [broken, written] = co_await asio::async_write(socket, asio::buffer(request), net::use_tuple);
    boost::system::error_code ended = broken;
    std::string text;
    std::array<char, 4'096> piece{};
    while (!ended && text.size() <= answer_max) {
        const auto [error, size] = co_await socket.async_read_some(asio::buffer(piece), net::use_tuple);
        text.append(piece.data(), size);
        ended = error;
    }
    auto parsed = ended == asio::error::eof ? parse_answer(text) : std::nullopt;
    if (!parsed) {
        answer.why = "the daemon closed the connection without an answer; look whether the command was carried out";
        co_return;
    }
    answer.how = How::answered;
    answer.why.clear();
    answer.status = parsed->first;
    answer.body = std::move(parsed->second);
}

}  // namespace

AdminAnswer call_daemon(const std::filesystem::path& socket, const AdminCommand& command,
                        std::chrono::milliseconds limit) {
    AdminAnswer answer;
    answer.why = "the daemon did not answer in time; look whether the command was carried out";
    asio::io_context context(1);
    Socket peer(context);
    // Owned by `context`, which ends here: when the limit comes first, both go.
    std::exception_ptr failure;
    asio::co_spawn(context, exchange(peer, socket.string(), to_request(command), answer),
                   [&failure](std::exception_ptr error) { failure = std::move(error); });
    context.run_for(limit);
    if (failure) std::rethrow_exception(failure);
    return answer;
}

}  // namespace jejak::tool
