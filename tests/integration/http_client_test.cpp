#include "gateway/net/http_client.hpp"

#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <future>

#include "tests/support/certificate.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/names.hpp"

using namespace jejak;
using namespace jejak::net;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using test::Loop;
using test::RunningServer;
using tcp = asio::ip::tcp;

namespace {

HttpClientOptions allowed(std::chrono::milliseconds limit = 5s) {
    HttpClientOptions options;
    options.allow_private_address = true;
    options.total_limit = limit;
    return options;
}

HttpServerOptions any_port() {
    HttpServerOptions options;
    options.listen = "127.0.0.1:0";
    return options;
}

/// A server that reads one request per connection and then says exactly what it is told to.
class Scripted {
public:
    struct Script {
        std::string say;
        bool stay = false;    ///< keep the connection open, saying nothing more
        bool repeat = false;  ///< say it for ever
    };

    Scripted(Loop& loop, Script script) : loop_(loop), script_(std::move(script)), group_(loop.executor()) {
        auto open = [this] {
            acceptor_.emplace(loop_.executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
            group_.spawn("accept", accept());
        };
        loop_.call(open);
    }
    ~Scripted() {
        loop_.call([this] { group_.stop(); });
        loop_.run(group_.join(10s));
        loop_.call([this] { acceptor_.reset(); });
    }
    Scripted(const Scripted&) = delete;
    Scripted& operator=(const Scripted&) = delete;

    std::uint16_t port() const { return acceptor_->local_endpoint().port(); }
    std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + std::to_string(port()) + "/hook";
    }
    int connections() const { return connections_; }
    std::string heard() {
        return loop_.call([this] { return heard_; });
    }

private:
    awaitable<void> accept() {
        co_await asio::this_coro::throw_if_cancelled(false);
        while (!co_await stop_requested()) {
            tcp::socket socket(loop_.executor());
            const auto [error] = co_await acceptor_->async_accept(socket, use_tuple);
            if (error) break;
            ++connections_;
            group_.spawn("talk", talk(std::move(socket)));
        }
    }
    awaitable<void> talk(tcp::socket socket) {
        co_await asio::this_coro::throw_if_cancelled(false);
        std::string request;
        const auto [error, size] =
            co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", use_tuple);
        heard_ += request;
        if (error) co_return;
        do {
            const auto [write_error, written] =
                co_await asio::async_write(socket, asio::buffer(script_.say), use_tuple);
            if (write_error) co_return;
        } while (script_.repeat && !co_await stop_requested());
        asio::steady_timer timer(loop_.executor(), asio::steady_timer::time_point::max());
        if (script_.stay && !co_await stop_requested()) co_await timer.async_wait(use_tuple);
    }

    Loop& loop_;
    Script script_;
    TaskGroup group_;
    std::optional<tcp::acceptor> acceptor_;
    std::atomic<int> connections_ = 0;
    std::string heard_;
};

Sent post(Loop& loop, const std::string& url, HttpClientOptions options, std::string body = "{}") {
    HttpClient client(loop.executor(), url, options);
    return loop.run(client.post({{"content-type", "application/json"}}, std::move(body)));
}

awaitable<Answer> repeat_back(Incoming incoming) {
    Answer answer;
    answer.body = incoming.http.method + " " + incoming.http.target + " " + incoming.http.body + " " +
                  std::string(incoming.http.header("host").value_or("-"));
    co_return answer;
}

}  // namespace

TEST_CASE("a client posts, hears the answer and keeps its connection", "[http_client]") {
    Loop loop;
    RunningServer server(loop, any_port(), repeat_back);
    HttpClient client(loop.executor(), "http://" + server.address() + "/a?b=c", allowed());
    for (int i = 0; i < 5; ++i) {
        const auto sent = loop.run(client.post({}, "body" + std::to_string(i)));
        REQUIRE(sent.how == Sent::How::answered);
        CHECK(sent.status == 200);
        CHECK(sent.body == "POST /a?b=c body" + std::to_string(i) + " " + server.address());
    }
    CHECK(server.counts().connections == 1);
    const auto other = loop.run(client.request("GET", "/other", {}, ""));
    CHECK(other.body == "GET /other  " + server.address());
    const auto head = loop.run(client.request("HEAD", "/other", {}, ""));
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(server.counts().connections == 1);
}

TEST_CASE("requests under way at once use a connection each, and no more are kept than allowed", "[http_client]") {
    Loop loop;
    RunningServer server(loop, any_port(), repeat_back);
    auto options = allowed();
    options.idle_connections_max = 2;
    HttpClient client(loop.executor(), "http://" + server.address(), options);
    std::atomic<int> answered = 0;
    TaskGroup group(loop.executor());
    const auto one = [](HttpClient& through, std::atomic<int>& count) -> awaitable<void> {
        const auto sent = co_await through.post({}, "x");
        if (sent.status == 200) ++count;
    };
    loop.call([&] {
        for (int i = 0; i < 20; ++i) group.spawn("post", one(client, answered));
    });
    CHECK(loop.run(group.join(10s)));
    CHECK(answered == 20);
    CHECK(server.counts().connections <= 20);
    for (int i = 0; i < 3; ++i) CHECK(loop.run(client.post({}, "y")).status == 200);
    CHECK(server.counts().connections <= 20);
}

TEST_CASE("a connection the peer closed meanwhile is replaced", "[http_client]") {
    Loop loop;
    auto quick = any_port();
    quick.header_limit = 50ms;  // also how long an idle connection is kept
    RunningServer server(loop, quick, repeat_back);
    HttpClient client(loop.executor(), "http://" + server.address(), allowed());
    CHECK(loop.run(client.post({}, "1")).status == 200);
    asio::steady_timer closed(loop.executor(), 500ms);
    const auto wait = [](asio::steady_timer& timer) -> awaitable<bool> {
        co_await timer.async_wait(use_tuple);
        co_return true;
    };
    loop.run(wait(closed));
    CHECK(loop.run(client.post({}, "2")).status == 200);
    CHECK(server.counts().connections == 2);
}

TEST_CASE("a redirect is an answer, not a way to go", "[http_client]") {
    Loop loop;
    Scripted elsewhere(loop, {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    Scripted first(loop, {"HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() + "\r\nContent-Length: 0\r\n\r\n"});
    const auto sent = post(loop, first.url(), allowed());
    CHECK(sent.how == Sent::How::answered);
    CHECK(sent.status == 302);
    CHECK(elsewhere.connections() == 0);
}

TEST_CASE("misbehaving peers end as what they are, in time", "[http_client]") {
    using How = Sent::How;
    struct Case {
        const char* name;
        Scripted::Script script;
        How how;
        unsigned status;
        std::size_t body;
    };
    const Case cases[] = {
        {"hangs", {"", true, false}, How::timed_out, 0, 0},
        {"hangs in its headers", {"HTTP/1.1 200 OK\r\nX: ", true, false}, How::timed_out, 0, 0},
        {"hangs in its body",
         {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true, false},
         How::answered,
         200,
         4},
        {"closes without a word", {"", false, false}, How::unreachable, 0, 0},
        {"closes in its headers", {"HTTP/1.1 200 OK\r\nX: ", false, false}, How::unreachable, 0, 0},
        {"does not speak HTTP", {"220 mail.example ESMTP\r\n", true, false}, How::unreachable, 0, 0},
        {"never ends its headers", {std::string(1024, 'a'), false, true}, How::unreachable, 0, 0},
        {"huge headers",
         {"HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n", true, false},
         How::unreachable,
         0,
         0},
        {"a body without end",
         {"HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'b'), false, true},
         How::answered,
         200,
         4096},
        {"a body longer than kept",
         {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'b'), true, false},
         How::answered,
         200,
         4096},
        {"a body of unstated length", {"HTTP/1.1 200 OK\r\n\r\nbody", false, false}, How::answered, 200, 4},
        {"chunks",
         {"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", true, false},
         How::answered,
         202,
         5},
        {"no body", {"HTTP/1.1 204 No Content\r\n\r\n", true, false}, How::answered, 204, 0},
        {"an interim answer first",
         {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", true, false},
         How::answered,
         200,
         2},
        {"interim answers for ever", {"HTTP/1.1 100 Continue\r\n\r\n", false, true}, How::unreachable, 0, 0},
    };
    for (const auto& test : cases) {
        CAPTURE(test.name);
        Loop loop;
        Scripted peer(loop, test.script);
        const auto sent = post(loop, peer.url(), allowed(300ms));
        CAPTURE(sent.reason);
        CHECK(sent.how == test.how);
        CHECK(sent.status == test.status);
        CHECK(sent.body.size() == test.body);
    }
}

TEST_CASE("nobody there is unreachable, and so is a name that does not exist", "[http_client]") {
    Loop loop;
    std::string nobody;
    { nobody = Scripted(loop, {}).url(); }
    const auto refused = post(loop, nobody, allowed());
    CHECK(refused.how == Sent::How::unreachable);
    CHECK(refused.reason == "refused");
    const auto unknown = post(loop, "http://nobody.invalid/", allowed());
    CHECK(unknown.how == Sent::How::unreachable);
    CHECK(unknown.reason == "unresolved");
}

TEST_CASE("an address that gave no answer in time is the last to be tried the next time", "[http_client]") {
    test::Names names;
    names.set("two.test", {"127.0.0.2", "127.0.0.1"});
    Loop loop;
    Scripted well(loop, {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    const bool takes = GENERATE(false, true);  // the connection, and then says nothing
    asio::io_context own;
    std::optional<test::DeadHost> dead;
    std::optional<tcp::acceptor> silent;
    if (takes) {
        silent.emplace(own, tcp::endpoint(asio::ip::make_address("127.0.0.2"), well.port()));
    } else {
        dead.emplace("127.0.0.2", well.port());
    }
    HttpClient client(loop.executor(), well.url("two.test"), allowed(1s));
    const auto first = loop.run(client.post({}, "1"));
    CHECK(first.how == Sent::How::timed_out);
    CHECK(first.reason == (takes ? "timeout" : "connect_timeout"));
    CHECK(first.begun == takes);
    for (int i = 0; i < 3; ++i) CHECK(loop.run(client.post({}, "2")).status == 200);
    CHECK(well.connections() == 3);
}

TEST_CASE("a name that nobody looks up in time is told from a peer that is slow", "[http_client]") {
    test::Names names;
    names.hang("silent.test");
    Loop loop;
    const auto sent = post(loop, "http://silent.test/", allowed(100ms));
    CHECK(sent.how == Sent::How::timed_out);
    CHECK(sent.reason == "lookup_timeout");
    CHECK_FALSE(sent.begun);
}

TEST_CASE("Retry-After is handed on", "[http_client]") {
    Loop loop;
    Scripted peer(loop, {"HTTP/1.1 429 Slow down\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"});
    const auto sent = post(loop, peer.url(), allowed());
    CHECK(sent.status == 429);
    CHECK(sent.retry_after == 120s);
    CHECK(peer.heard().find("POST /hook HTTP/1.1\r\n") == 0);
    CHECK(peer.heard().find("content-type: application/json\r\n") != std::string::npos);
    CHECK(peer.heard().find("Content-Length: 2\r\n") != std::string::npos);
}

TEST_CASE("private addresses are refused in every disguise, and nothing is sent", "[http_client][ssrf]") {
    Loop loop;
    for (const auto* host : {"127.0.0.1", "0", "0x7f.1", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]",
                             "169.254.169.254", "10.0.0.1", "[fd00::1]", "[fe80::1]", "localhost", "LOCALHOST"}) {
        CAPTURE(host);
        const auto sent = post(loop, std::string("https://") + host + ":4433/", HttpClientOptions{});
        CHECK(sent.how == Sent::How::refused);
        CHECK(sent.reason == "private_address");
    }
    test::Names names;
    names.set("rebound.test", {"192.0.43.8", "10.0.0.1"});
    CHECK(post(loop, "https://rebound.test/", HttpClientOptions{}).reason == "private_address");
    // Some resolvers know the rooted name, others do not: it is private or nothing.
    const auto rooted = post(loop, "https://localhost.:4433/", HttpClientOptions{});
    CHECK((rooted.reason == "private_address" || rooted.reason == "unresolved"));
    const auto plain = post(loop, "http://192.0.43.8/", HttpClientOptions{});
    CHECK(plain.how == Sent::How::refused);
    CHECK(plain.reason == "plain_http");
}

TEST_CASE("an address that is not an absolute URL of the web is refused when it is given", "[http_client]") {
    Loop loop;
    for (const auto* url :
         {"", "/hook", "host/hook", "ftp://host/", "https://", "https:///x", "https://user@host/", "https://a:b@host/",
          "https://ho st/", "https://host/#part", "https://h%6Fst%2f/", "https://ex\xe3\x80\x82mple/", "unix:"}) {
        CAPTURE(url);
        CHECK_THROWS_AS(HttpClient(loop.executor(), url, HttpClientOptions{}), std::invalid_argument);
    }
}

TEST_CASE("a Unix socket is reached by its path", "[http_client]") {
    const auto path =
        (std::filesystem::temp_directory_path() / ("jejak-client-" + std::to_string(::getpid()))).string();
    Loop loop;
    auto listen = any_port();
    listen.listen = "unix:" + path;
    RunningServer server(loop, listen, repeat_back);
    HttpClient client(loop.executor(), "unix:" + path, allowed());
    CHECK(loop.run(client.request("GET", "/v1/ledger", {}, "")).body == "GET /v1/ledger  localhost");
    CHECK(post(loop, "unix:" + path, HttpClientOptions{}).how == Sent::How::refused);
}

TEST_CASE("https is spoken with whom the certificate names, and with nobody else", "[http_client][tls]") {
    Loop loop;
    const test::Certificate local("DNS:localhost");
    const test::Certificate stranger("DNS:localhost");
    const test::Certificate expired("DNS:localhost", -60);
    const test::Certificate other("DNS:other.example");
    const test::Certificate address("IP:127.0.0.1");
    const auto serve = [&](const test::Certificate& certificate) {
        auto options = any_port();
        options.tls = net::TlsServerOptions{certificate.certificate(), certificate.key(), {}};
        return std::make_unique<RunningServer>(loop, options, repeat_back);
    };
    const auto ask = [&](const test::Certificate& trusted, const std::string& host, const RunningServer& server) {
        ::setenv("SSL_CERT_FILE", trusted.certificate().c_str(), 1);
        auto sent = post(loop, "https://" + host + ":" + std::to_string(server.port()), allowed());
        ::unsetenv("SSL_CERT_FILE");
        return sent;
    };
    const auto good = serve(local);
    CHECK(ask(local, "localhost", *good).status == 200);
    CHECK(ask(address, "127.0.0.1", *serve(address)).status == 200);
    CHECK(ask(stranger, "localhost", *good).reason == "tls");
    CHECK(ask(local, "127.0.0.1", *good).reason == "tls");
    CHECK(ask(other, "localhost", *serve(other)).reason == "tls");
    CHECK(ask(expired, "localhost", *serve(expired)).reason == "tls");
    const auto renewed = serve(stranger);
    CHECK(ask(local, "localhost", *renewed).reason == "tls");
    renewed->renew_tls({local.certificate(), local.key(), {}});
    CHECK(ask(local, "localhost", *renewed).status == 200);
    // Where one address of a name is not who it should be, another may be.
    const test::Certificate two("DNS:two.test");
    const auto right = serve(two);
    auto beside = any_port();
    beside.listen = "127.0.0.2:" + std::to_string(right->port());
    beside.tls = net::TlsServerOptions{other.certificate(), other.key(), {}};
    const RunningServer wrong(loop, beside, repeat_back);
    test::Names names;
    names.set("two.test", {"127.0.0.2", "127.0.0.1"});
    CHECK(ask(two, "two.test", *right).status == 200);
    names.set("two.test", {"127.0.0.2"});
    CHECK(ask(two, "two.test", *right).reason == "tls");
    auto mixed = any_port();
    mixed.tls = net::TlsServerOptions{local.certificate(), other.key(), {}};
    CHECK_THROWS_WITH(HttpServer(loop.executor(), mixed, repeat_back), Catch::Contains("tls_key"));
}

TEST_CASE("a server kept from speaking TLS waits no longer than for headers", "[http_server][tls]") {
    Loop loop;
    const test::Certificate local("DNS:localhost");
    auto options = any_port();
    options.tls = net::TlsServerOptions{local.certificate(), local.key(), {}};
    options.header_limit = 100ms;
    RunningServer server(loop, options, repeat_back);
    const auto plain = post(loop, "http://" + server.address(), allowed(2s));
    CHECK(plain.how == Sent::How::unreachable);
    asio::io_context own;
    tcp::socket silent(own);
    silent.connect(tcp::endpoint(asio::ip::address_v4::loopback(), server.port()));
    char octet = 0;
    boost::system::error_code error;
    silent.read_some(asio::buffer(&octet, 1), error);
    CHECK(error == asio::error::eof);
}
