#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>

#include "tests/support/loop.hpp"

using namespace jejak;
using namespace jejak::net;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using test::Loop;
using test::RunningServer;

namespace {

/// A blocking peer that says exactly what it is told to; reads give up after ten seconds.
class Peer {
public:
    explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    explicit Peer(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    ~Peer() { ::close(fd_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    bool say(std::string_view octets) {
        return ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size());
    }
    /// Everything until `mark` was seen, or until the server closed.
    std::string hear(std::string_view mark) {
        std::string heard;
        char octet = 0;
        while (heard.find(mark) == std::string::npos && ::recv(fd_, &octet, 1, 0) == 1) heard.push_back(octet);
        return heard;
    }
    std::string hear_all() { return hear(std::string_view("\0never", 6)); }
    void done_talking() { ::shutdown(fd_, SHUT_WR); }

private:
    void connect(const sockaddr* address, socklen_t size) {
        const timeval limit{10, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (::connect(fd_, address, size) != 0) throw std::runtime_error("cannot connect");
    }
    int fd_;
};

/// Answers with what it got: "METHOD TARGET name=value… body".
awaitable<Answer> echo(Incoming incoming) {
    Answer answer;
    answer.content_type = "text/plain";
    answer.body = incoming.http.method + " " + incoming.http.target;
    for (const auto& [name, value] : incoming.http.query) answer.body += " " + name + "=" + value;
    answer.body += " [" + incoming.http.body + "]" + (incoming.from_loopback ? " loopback" : "");
    answer.headers = {{"Retry-After", "7"}};
    co_return answer;
}

awaitable<Answer> broken(Incoming) {
    throw std::runtime_error("+628400000001 must not be seen");
    co_return Answer{};
}

HttpServerOptions options() {
    HttpServerOptions options;
    options.listen = "127.0.0.1:0";
    return options;
}

HttpServerOptions impatient() {
    auto quick = options();
    quick.header_limit = 200ms;
    quick.body_limit = 200ms;
    return quick;
}

constexpr std::string_view get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string unix_path() {
    return (std::filesystem::temp_directory_path() / ("jejak-test-" + std::to_string(::getpid()))).string();
}

}  // namespace

TEST_CASE("a request reaches the handler decoded, and its answer the peer", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    Peer peer(server.port());
    peer.say("POST /in?text=ada+orang%21&b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
    const auto heard = peer.hear_all();
    CHECK(heard.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(heard.find("Retry-After: 7\r\n") != std::string::npos);
    CHECK(heard.ends_with("POST /in?text=ada+orang%21&b text=ada orang! b= [hello] loopback"));
}

TEST_CASE("a connection stays open for the next request, and pipelined ones are answered in order", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    Peer peer(server.port());
    for (int i = 0; i < 3; ++i) {
        peer.say(get);
        CHECK(peer.hear("loopback").ends_with("GET /a [] loopback"));
    }
    peer.say(
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhiGET /3 "
        "HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(peer.hear("loopback").find("GET /1 []") != std::string::npos);
    CHECK(peer.hear("loopback").find("POST /2 [hi]") != std::string::npos);
    CHECK(peer.hear("loopback").find("GET /3 []") != std::string::npos);
    CHECK(server.counts().requests == 6);
    CHECK(server.counts().connections == 1);
}

TEST_CASE("HTTP/1.0, HEAD and an absolute target are served", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    {
        Peer peer(server.port());
        peer.say("GET /old HTTP/1.0\r\n\r\n");
        const auto heard = peer.hear_all();
        CHECK(heard.find("GET /old [] loopback") != std::string::npos);
    }
    {
        Peer peer(server.port());
        peer.say("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const auto heard = peer.hear_all();
        CHECK(heard.find("Content-Length: 19\r\n") != std::string::npos);
        CHECK(heard.ends_with("\r\n\r\n"));
    }
    {
        Peer peer(server.port());
        peer.say("GET http://somewhere/b?c=d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        CHECK(peer.hear_all().find("GET /b?c=d c=d []") != std::string::npos);
    }
}

TEST_CASE("what cannot be a request gets a problem that says why, and the connection closes", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    const auto large = std::to_string(64 * 1024 + 1);
    struct Case {
        const char* name;
        std::string sent;
        const char* status;
    };
    const Case cases[] = {
        {"no HTTP at all", "\x16\x03\x01 hello\r\n\r\n", "400"},
        {"malformed escape in the query", "GET /?text=%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"malformed escape in the path", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"no Host", "GET / HTTP/1.1\r\n\r\n", "400"},
        {"two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
        {"a target that is no path", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
        {"two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
        {"a length that is no number", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", "400"},
        {"a chunk that is no chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        {"unknown expectation", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: miracles\r\n\r\n", "417"},
        {"a body announced too long", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + large + "\r\n\r\n", "413"},
        {"a body that turns out too long",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + std::string(0x10001, 'a') +
             "\r\n0\r\n\r\n",
         "413"},
        {"headers too long", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(16 * 1024, 'a') + "\r\n\r\n", "431"},
        {"a target too long", "GET /" + std::string(16 * 1024, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "413"},
    };
    std::uint64_t malformed = 0;
    for (const auto& test : cases) {
        CAPTURE(test.name);
        Peer peer(server.port());
        peer.say(test.sent);
        const auto heard = peer.hear_all();
        CHECK(heard.starts_with(std::string("HTTP/1.1 ") + test.status));
        CHECK(heard.find("Content-Type: application/problem+json\r\n") != std::string::npos);
        CHECK(heard.find("\"detail\":") != std::string::npos);
        CHECK(server.counts().malformed == ++malformed);
    }
    CHECK(server.counts().requests == 0);
}

TEST_CASE("a body of exactly the limit is taken", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    Peer peer(server.port());
    const std::string body(64 * 1024, 'b');
    peer.say("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 65536\r\n\r\n" + body);
    CHECK(peer.hear_all().find("[" + body + "]") != std::string::npos);
}

TEST_CASE("who expects 100-continue is told to go on, or that it is too much", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    {
        Peer peer(server.port());
        peer.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        CHECK(peer.hear("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
        peer.say("hi");
        CHECK(peer.hear("loopback").find("[hi]") != std::string::npos);
    }
    {
        Peer peer(server.port());
        peer.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\nExpect: 100-continue\r\n\r\n");
        CHECK(peer.hear_all().starts_with("HTTP/1.1 413"));
    }
}

TEST_CASE("slow peers get 408, silent ones are closed, and neither holds up the others", "[http_server]") {
    Loop loop;
    RunningServer server(loop, impatient(), echo);
    std::vector<std::unique_ptr<Peer>> slow;
    for (int i = 0; i < 100; ++i) {
        slow.push_back(std::make_unique<Peer>(server.port()));
        slow.back()->say("GET / HT");
    }
    Peer silent(server.port());
    Peer half(server.port());
    half.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
    Peer quick(server.port());
    quick.say(get);
    CHECK(quick.hear("loopback").starts_with("HTTP/1.1 200"));
    for (auto& peer : slow) CHECK(peer->hear_all().starts_with("HTTP/1.1 408"));
    CHECK(half.hear_all().starts_with("HTTP/1.1 408"));
    CHECK(silent.hear_all().empty());
    CHECK(server.counts().malformed == 101);
}

TEST_CASE("headers that dribble in are late however often an octet comes", "[http_server]") {
    Loop loop;
    RunningServer server(loop, impatient(), echo);
    Peer peer(server.port());
    peer.say("GET / HTTP/1.1\r\nHost: x\r\nX: ");
    auto dribble = std::async(std::launch::async, [&] {
        while (peer.say("a")) std::this_thread::yield();
    });
    CHECK(peer.hear("\r\n").starts_with("HTTP/1.1 4"));
    peer.hear_all();
    dribble.get();
}

TEST_CASE("a handler that throws gets 500 without a word of what it threw", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), broken);
    Peer peer(server.port());
    peer.say(get);
    const auto heard = peer.hear("}");
    CHECK(heard.starts_with("HTTP/1.1 500"));
    CHECK(heard.find("6284") == std::string::npos);
    peer.say(get);
    CHECK(peer.hear("}").starts_with("HTTP/1.1 500"));
}

TEST_CASE("stopping closes idle connections and lets a request under way end", "[http_server]") {
    Loop loop;
    auto release = std::make_shared<std::optional<asio::steady_timer>>();
    std::promise<void> entered;
    auto slow = [&loop, release, &entered](Incoming) -> awaitable<Answer> {
        release->emplace(loop.executor(), asio::steady_timer::time_point::max());
        entered.set_value();
        co_await (*release)->async_wait(use_tuple);
        Answer answer;
        answer.body = "finished";
        co_return answer;
    };
    RunningServer server(loop, options(), slow);
    Peer idle(server.port());
    Peer reading(server.port());
    reading.say("GET / HTTP/1.1\r\nHo");
    Peer busy(server.port());
    busy.say(get);
    entered.get_future().get();
    server.ask_to_stop();
    CHECK(idle.hear_all().empty());
    CHECK(reading.hear_all().empty());
    CHECK_THROWS(Peer(server.port()));
    loop.call([&] { (*release)->cancel(); });
    const auto heard = busy.hear_all();
    CHECK(heard.find("Connection: close\r\n") != std::string::npos);
    CHECK(heard.ends_with("finished"));
    CHECK(server.stop(5s));
    loop.call([&] { release->reset(); });
}

TEST_CASE("a Unix socket is served, private to its owner, and gone afterwards", "[http_server]") {
    const auto path = unix_path();
    Loop loop;
    auto listen = options();
    listen.listen = "unix:" + path;
    {
        RunningServer server(loop, listen, echo);
        CHECK(server.address() == listen.listen);
        struct stat info {};
        REQUIRE(::stat(path.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
        Peer peer(path);
        peer.say(get);
        CHECK(peer.hear("loopback").ends_with("GET /a [] loopback"));
        CHECK_THROWS_WITH(HttpServer(loop.executor(), listen, echo), Catch::Contains("in use"));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a socket file left by a dead process is taken over, any other file is not", "[http_server]") {
    const auto path = unix_path();
    Loop loop;
    auto listen = options();
    listen.listen = "unix:" + path;
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
    { RunningServer server(loop, listen, echo); }
    std::ofstream(path) << "precious";
    CHECK_THROWS(HttpServer(loop.executor(), listen, echo));
    CHECK(std::filesystem::file_size(path) == 8);
    std::filesystem::remove(path);
}

TEST_CASE("what cannot be listened on is refused with one line", "[http_server]") {
    Loop loop;
    RunningServer server(loop, options(), echo);
    auto taken = options();
    taken.listen = server.address();
    CHECK_THROWS_WITH(HttpServer(loop.executor(), taken, echo), Catch::Contains("in use"));
    auto wrong = options();
    wrong.listen = "somewhere";
    CHECK_THROWS_WITH(HttpServer(loop.executor(), wrong, echo), Catch::Contains("127.0.0.1:8080"));
    auto half = options();
    half.tls = net::TlsServerOptions{"/nowhere.pem", "/nowhere.key", {}};
    CHECK_THROWS_WITH(HttpServer(loop.executor(), half, echo), Catch::Contains("tls_certificate"));
}

TEST_CASE("beyond the cap further connections wait their turn", "[http_server]") {
    Loop loop;
    auto few = options();
    few.connections_max = 2;
    RunningServer server(loop, few, echo);
    auto first = std::make_unique<Peer>(server.port());
    Peer second(server.port());
    first->say(get);
    second.say(get);
    first->hear("loopback");
    second.hear("loopback");
    Peer third(server.port());
    third.say(get);
    CHECK(server.counts().connections == 2);
    first.reset();
    CHECK(third.hear("loopback").starts_with("HTTP/1.1 200"));
}
