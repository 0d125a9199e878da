#include "gateway/tool/admin_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "tests/support/store_fixture.hpp"

namespace jejak::tool {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using How = AdminAnswer::How;

const AdminCommand command{"token.revoke", "cli:test", {{"name", "satgas"}}};

/// Takes one connection on `path`, reads the request, writes `answer` and closes; an empty `answer` keeps silent
/// until the peer goes. Returns the request.
std::string serve_once(Protocol::acceptor& acceptor, const std::string& answer) {
    auto peer = acceptor.accept();
    std::string request;
    boost::system::error_code ended;
    asio::read_until(peer, asio::dynamic_buffer(request), "}}", ended);
    if (!answer.empty()) {
        asio::write(peer, asio::buffer(answer), ended);
        return request;
    }
    char octet = 0;
    peer.read_some(asio::buffer(&octet, 1), ended);
    return request;
}

}  // namespace

TEST_CASE("the tool tells a stopped daemon from one that is there and does not answer") {
    struct Case {
        std::string answer;
        How how;
        unsigned status;
        std::string body;
    };
    const storage::testing::TempFolder folder;
    const auto path = folder / "jejak.sock";
    CHECK(call_daemon(path, command).how == How::not_running);  // no socket

    asio::io_context context(1);
    Protocol::acceptor acceptor(context, Protocol::endpoint(path.string()));
    for (const auto& one : std::vector<Case>{
             {"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"revoked\":true}", How::answered, 200,
              "{\"revoked\":true}"},
             {"HTTP/1.0 404 Not Found\r\n\r\n{\"error\":\"none\"}", How::answered, 404, "{\"error\":\"none\"}"},
             {"HTTP/1.1 200 OK\r\nContent-", How::failed, 0, ""},
             {"SSH-2.0-OpenSSH\r\n\r\n", How::failed, 0, ""},
             {"", How::failed, 0, ""},
         }) {
        INFO(one.answer);
        auto served = std::async(std::launch::async, [&] { return serve_once(acceptor, one.answer); });
        const auto limit = one.answer.empty() ? std::chrono::milliseconds(200) : std::chrono::milliseconds(20'000);
        const auto answer = call_daemon(path, command, limit);
        CHECK(answer.how == one.how);
        CHECK(answer.status == one.status);
        CHECK(answer.body == one.body);
        CHECK(answer.why.empty() == (one.how == How::answered));
        const auto request = served.get();
        CHECK_THAT(request, Catch::StartsWith("POST /admin/token.revoke HTTP/1.0\r\n"));
        CHECK_THAT(request, Catch::EndsWith("{\"actor\":\"cli:test\",\"arguments\":{\"name\":\"satgas\"}}"));
    }
    acceptor.close();
    CHECK(call_daemon(path, command).how == How::not_running);  // a socket left behind by a daemon that was killed
}

}  // namespace jejak::tool
