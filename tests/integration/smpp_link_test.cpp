#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "gateway/net/tls.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/smpp_party.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using net::awaitable;
using net::use_tuple;
using smpp::Side;
using test::SmppParty;
using tcp = net::asio::ip::tcp;
using Why = smpp::Closed::Why;

namespace {

/// An SMSC at one end; the other end is an ESME or a socket.
struct Line {
    Line(net::asio::io_context& on, bool inside_tls)
        : loop(on),
          acceptor(on, {net::asio::ip::address_v4::loopback(), 0}),
          smsc_tasks(on.get_executor()),
          esme_tasks(on.get_executor()) {
        if (!inside_tls) return;
        certificate.emplace("DNS:localhost");
        server.emplace("server", net::TlsServerOptions{certificate->certificate(), certificate->key(), {}});
        client.emplace("client", net::TlsClientOptions{certificate->certificate(), "", {}, {}});
    }

    awaitable<void> serve() {
        auto [error, socket] = co_await acceptor.async_accept(use_tuple);
        if (error) throw std::runtime_error("no connection came");
        if (!server) {
            co_await smsc.run(net::Stream(std::move(socket)));
            co_return;
        }
        auto secured = co_await server->accept(std::move(socket));
        if (!secured.stream) throw std::runtime_error("no TLS");
        co_await smsc.run(std::move(*secured.stream));
    }
    awaitable<void> call() {
        tcp::socket socket(loop);
        co_await socket.async_connect(acceptor.local_endpoint(), use_tuple);
        if (!client) {
            co_await esme.run(net::Stream(std::move(socket)));
            co_return;
        }
        auto secured = co_await client->connect(std::move(socket), "localhost");
        if (!secured.stream) throw std::runtime_error("no TLS");
        co_await esme.run(std::move(*secured.stream));
    }
    /// Both ends talk until one of them is asked to stop.
    void talk() {
        smsc_tasks.spawn("smsc", serve());
        esme_tasks.spawn("esme", call());
    }
    /// A peer of our own making for the SMSC.
    tcp::socket knock() {
        smsc_tasks.spawn("smsc", serve());
        tcp::socket socket(loop);
        socket.connect(acceptor.local_endpoint());
        return socket;
    }
    template <class Condition>
    awaitable<void> until(Condition condition) {
        net::asio::steady_timer timer(loop);
        const auto late = std::chrono::steady_clock::now() + test::limit;
        bool held = condition();
        for (; !held && std::chrono::steady_clock::now() < late; held = condition()) {
            timer.expires_after(2ms);
            co_await timer.async_wait(use_tuple);
        }
        CHECK(held);
    }
    awaitable<void> end() {
        for (auto* tasks : {&esme_tasks, &smsc_tasks}) {
            const bool ended = co_await tasks->join(test::limit);
            CHECK(ended);
            CHECK_FALSE(tasks->failed());
        }
    }

    net::asio::io_context& loop;
    tcp::acceptor acceptor;
    std::optional<test::Certificate> certificate;
    std::optional<net::TlsServer> server;
    std::optional<net::TlsClient> client;
    SmppParty smsc{Side::smsc}, esme{Side::esme};
    net::TaskGroup smsc_tasks, esme_tasks;
};

/// An empty text, with this sequence number.
std::string submit(char sequence) {
    std::string pdu("\0\0\0\x21\0\0\0\x04\0\0\0\0\0\0\0", 15);
    pdu += sequence;
    return pdu + std::string(17, '\0');
}

/// bind_transceiver of version 3.4.
std::string bind_pdu() {
    return {"\0\0\0\x22\0\0\0\x09\0\0\0\0\0\0\0\x01jejak\0secret\0\0\x34\0\0\0", 34};
}

/// All that comes until the peer ends the stream.
awaitable<std::string> all_of(tcp::socket& socket) {
    std::string got;
    for (std::array<char, 1024> chunk{};;) {
        const auto [error, size] = co_await socket.async_read_some(net::asio::buffer(chunk), use_tuple);
        if (error) break;
        got.append(chunk.data(), size);
    }
    co_return got;
}

}  // namespace

TEST_CASE("F2: what one read brought is told in turns, with others in between", "[smpp][link][F2]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        constexpr std::size_t most = 400;
        Line line(loop, false);
        line.smsc.options.owed_max = most;
        auto socket = line.knock();
        co_await net::asio::async_write(socket, net::asio::buffer(bind_pdu()), use_tuple);
        co_await line.until([&] { return line.smsc.bound; });
        std::size_t seen = 0, step_most = 0;
        std::function<void()> other = [&] {  // whose turn comes again and again
            step_most = std::max(step_most, line.smsc.arrived - std::exchange(seen, line.smsc.arrived));
            if (seen < most) net::asio::post(loop, other);
        };
        net::asio::post(loop, other);
        std::string all;
        for (std::size_t i = 0; i < most; ++i) all += submit(static_cast<char>(2 + i % 100));
        co_await net::asio::async_write(socket, net::asio::buffer(all), use_tuple);
        co_await line.until([&] { return seen == most; });
        CHECK(step_most <= 3 * channel::SmppLink::events_a_turn);  // each of its two loops has its turns
        socket.close();
        co_await line.end();
    });
}

TEST_CASE("what both ends of a link send is answered, and a request to stop ends it in order", "[smpp][link][B26]") {
    const bool inside_tls = GENERATE(false, true);
    test::on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, inside_tls);
        line.esme.options.window_max = line.smsc.options.window_max = 50;
        line.esme.text = std::string(160, 'e');
        line.smsc.text = std::string(140, 's');
        line.esme.to_send = line.smsc.to_send = 2'000;
        line.talk();
        co_await line.until([&] { return line.esme.answered == 2'000 && line.smsc.answered == 2'000; });
        CHECK(line.esme.texts == std::vector<std::string>(2'000, line.smsc.text));
        CHECK(line.smsc.texts == std::vector<std::string>(2'000, line.esme.text));
        line.esme_tasks.stop();
        co_await line.end();
        CHECK(line.esme.closed == Why::unbound);
        CHECK(line.smsc.closed == Why::peer_unbound);
    });
}

TEST_CASE("a request to stop waits for the answers that are owed", "[smpp][link][B26]") {
    const bool inside_tls = GENERATE(false, true);
    test::on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, inside_tls);
        line.smsc.to_send = 3;
        line.esme.withhold = true;
        line.talk();
        co_await line.until([&] { return line.esme.owed.size() == 3; });
        line.esme_tasks.stop();
        net::asio::post(loop, [&] { line.esme.answer_all(); });
        co_await line.end();
        CHECK(line.smsc.answered == 3);
        CHECK(line.esme.closed == Why::unbound);
    });
}

TEST_CASE("B17: reading stops while as many answers are owed as may be, and goes on with the first of them",
          "[smpp][link][B17]") {
    const bool inside_tls = GENERATE(false, true);
    test::on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, inside_tls);
        line.esme.options.window_max = 1'000;
        line.esme.text = std::string(250, 'x');
        line.esme.to_send = 1'000;
        line.smsc.options.owed_max = 5;
        line.smsc.withhold = true;
        line.talk();
        co_await line.until([&] { return line.esme.to_send == 0 && line.smsc.arrived >= 5; });
        CHECK(line.smsc.owed_most == 5);
        line.smsc.answer_all();
        co_await line.until([&] { return line.esme.answered == 1'000; });
        line.smsc_tasks.stop();
        co_await line.end();
        CHECK(line.smsc.closed == Why::unbound);
    });
}

TEST_CASE("the kernel keeps no more than unread_max for a peer that does not read", "[smpp][link]") {
    const bool inside_tls = GENERATE(false, true);
    test::on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, inside_tls);
        line.talk();
        co_await line.until([&] { return line.esme.bound && line.smsc.bound; });
        for (auto* party : {&line.esme, &line.smsc}) {
            net::asio::socket_base::send_buffer_size size;
            party->last->stream().socket().get_option(size);
            CHECK(size.value() == channel::SmppLink::unread_max);  // Asio halves what Linux says
        }
        line.esme_tasks.stop();
        co_await line.end();
    });
}

TEST_CASE("F15: a peer of a link that sends no more still gets its answers", "[smpp][link][F15]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, false);
        line.smsc.withhold = true;
        auto socket = line.knock();
        const auto octets = bind_pdu() + submit(2) + submit(3);
        co_await net::asio::async_write(socket, net::asio::buffer(octets), use_tuple);
        socket.shutdown(tcp::socket::shutdown_send);
        co_await line.until([&] { return line.smsc.owed.size() == 2; });
        line.smsc.answer_all();
        const auto got = co_await all_of(socket);
        CHECK(got.find(std::string("\x80\0\0\x04\0\0\0\0\0\0\0\x02", 12)) != std::string::npos);
        CHECK(got.find(std::string("\x80\0\0\x04\0\0\0\0\0\0\0\x03", 12)) != std::string::npos);
        co_await line.end();
        CHECK(line.smsc.closed == Why::closed_by_peer);
    });
}

TEST_CASE("F15: a peer that sends no more gets its answers also to what waited for room", "[smpp][link][F15][B17]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, false);
        line.smsc.withhold = true;
        line.smsc.options.owed_max = 2;
        auto socket = line.knock();
        const auto octets = bind_pdu() + submit(2) + submit(3) + submit(4) + submit(5);
        co_await net::asio::async_write(socket, net::asio::buffer(octets), use_tuple);
        socket.shutdown(tcp::socket::shutdown_send);
        co_await line.until([&] { return line.smsc.owed.size() == 2; });
        line.smsc.answer_all();
        const auto got = co_await all_of(socket);
        for (const char* sequence : {"\x02", "\x03", "\x04", "\x05"})
            CHECK(got.find(std::string("\x80\0\0\x04\0\0\0\0\0\0\0", 11) + sequence) != std::string::npos);
        co_await line.end();
        CHECK(line.smsc.closed == Why::closed_by_peer);
    });
}

TEST_CASE("an abandoned link closes without another octet", "[smpp][link]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, false);
        line.smsc.abandons = true;
        auto socket = line.knock();
        const auto hello = bind_pdu(), message = submit(2);
        co_await net::asio::async_write(socket, net::asio::buffer(hello), use_tuple);
        co_await line.until([&] { return line.smsc.bound; });
        co_await net::asio::async_write(socket, net::asio::buffer(message), use_tuple);
        const auto got = co_await all_of(socket);
        CHECK(got.find(std::string("\x80\0\0\x04", 4)) == std::string::npos);
        co_await line.end();
        CHECK(line.smsc.closed == Why::closed_by_peer);
    });
}

TEST_CASE("what a peer sends behind its bind waits until the bind is answered", "[smpp][link]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, false);
        line.smsc.accepts = false;
        auto socket = line.knock();
        const auto octets = bind_pdu() + submit(2), later = submit(3);
        co_await net::asio::async_write(socket, net::asio::buffer(octets), use_tuple);
        co_await line.until([&] { return line.smsc.judging; });
        CHECK(line.smsc.arrived == 0);
        line.smsc.last->session().accept_bind("smsc");
        line.smsc.last->answered();
        co_await line.until([&] { return line.smsc.arrived == 1; });
        co_await net::asio::async_write(socket, net::asio::buffer(later), use_tuple);
        co_await line.until([&] { return line.smsc.arrived == 2; });
        socket.close();
        co_await line.end();
        CHECK(line.smsc.closed == Why::closed_by_peer);
    });
}

TEST_CASE("a peer that takes nothing for too long is left, and what was sent to it ends unanswered", "[smpp][link]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, false);
        const std::size_t more_than_tcp_holds = 60'000;
        line.smsc.options.window_max = line.smsc.to_send = more_than_tcp_holds;
        line.smsc.text = std::string(250, 'x');
        line.smsc.write_limit = 100ms;
        auto socket = line.knock();
        const auto hello = bind_pdu();
        co_await net::asio::async_write(socket, net::asio::buffer(hello), use_tuple);
        co_await line.until([&] { return line.smsc.closed.has_value(); });
        CHECK(line.smsc.closed == Why::closed_by_peer);
        CHECK(line.smsc.unanswered == more_than_tcp_holds);
        co_await line.end();
    });
}

TEST_CASE("F5: a peer that lost its framing reads why before the connection ends, whatever it had sent behind",
          "[smpp][link][F5]") {
    test::on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        Line line(loop, false);
        auto socket = line.knock();
        const auto octets =
            bind_pdu() + std::string("\x7f\xff\xff\xff\0\0\0\x04\0\0\0\0\0\0\0\x09", 16) + std::string(100'000, 'x');
        co_await net::asio::async_write(socket, net::asio::buffer(octets), use_tuple);
        co_await line.until([&] { return line.smsc.closed.has_value(); });
        const auto got = co_await all_of(socket);
        CHECK(line.smsc.closed == Why::framing_lost);
        CHECK(got.find(std::string("\x80\0\0\0\0\0\0\x02\0\0\0\x09", 12)) != std::string::npos);
        co_await line.end();
    });
}
