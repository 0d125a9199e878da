// Goal: what the SMSC sees while the store fails, and that nothing acknowledged is missing and nothing refused is
// there. Method: the gateway's SMPP channel, intake and store in this process, against the SMSC simulator over
// loopback.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "gateway/net/task_group.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/operator_channel.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using net::asio::ip::tcp;
using tests::Village;

namespace {

/// A village whose channel `operator` is bound to an SMSC at `port`.
struct Bound {
    explicit Bound(std::uint16_t port,
                   std::optional<smpp::CommandStatus> on_failure = smpp::CommandStatus::temporary_app_error,
                   std::chrono::milliseconds unbind_after = 10s) {
        village.now = wall_now();
        auto options = tests::OperatorChannel::options_for(port);
        options.window = 10;
        options.on_storage_failure = on_failure;
        options.unbind_after = unbind_after;
        client.bind(std::move(options));
    }
    void stop() { client.unbind(); }

    /// The peer's loop turns along on this thread.
    bool wait_for(net::asio::io_context& peer, const std::function<bool()>& condition,
                  std::chrono::milliseconds time = test::limit) {
        const auto both = [&] {
            peer.restart();
            peer.poll();
            return condition();
        };
        return client.wait_for(both, time);
    }

    Village village;
    tests::OperatorChannel client{village};
};

std::uint16_t port_of(const std::string& address) {
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

/// An SMSC simulator on a thread's own loop would hide races: it runs on a second loop, polled between the gateway's
/// steps.
struct Peer {
    explicit Peer(net::asio::io_context& loop) : smsc(loop.get_executor(), options()), group(loop.get_executor()) {
        group.spawn("smsc", smsc.run());
    }
    static sim::SmscOptions options() {
        sim::SmscOptions out;
        out.listen = "127.0.0.1:0";
        out.retry_delay = 100ms;
        return out;
    }
    void say(int count) {
        for (int i = 0; i < count; ++i) {
            sim::MoText text;
            text.from = "+62840" + std::to_string(1'000'000 + i);
            text.text = "LAPOR calo di Sebunga nomor " + std::to_string(i) + std::string(60, 'x');
            REQUIRE(smsc.deliver(text));
        }
    }
    sim::Smsc smsc;
    net::TaskGroup group;
};

std::uint64_t refused(const sim::Smsc& smsc, std::uint32_t status) {
    const auto found = smsc.counts().refused.find(status);
    return found == smsc.counts().refused.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("A6: a full store answers 0x64 and takes everything once when there is room again", "[fault][smpp][A6]") {
    net::asio::io_context smsc_loop(1);
    Peer peer(smsc_loop);
    Bound bound(port_of(peer.smsc.smpp_address()));
    const auto wait_for = [&](const std::function<bool()>& condition) { return bound.wait_for(smsc_loop, condition); };
    REQUIRE(wait_for([&] { return bound.client->bound(); }));
    storage::set_max_page_count(*bound.village.store, 1);  // not a page more than there is
    peer.say(200);
    REQUIRE(wait_for([&] { return refused(peer.smsc, 0x64) > 0; }));
    CHECK_FALSE(bound.village.store->healthy());
    storage::set_max_page_count(*bound.village.store, 0);
    REQUIRE(wait_for([&] { return peer.smsc.counts().acked == 200; }));
    const auto ledger = bound.village.ledger();
    CHECK(ledger.received == 200);
    CHECK(ledger.fates[static_cast<std::size_t>(Fate::understood)] == 200);
    CHECK(bound.village.ledger_is_true());
    peer.group.stop();
    wait_for([&] { return peer.group.size() == 0; });
}

TEST_CASE("A6: a store that fails for long unbinds us, and we stay away until it does not", "[fault][smpp][A6]") {
    net::asio::io_context smsc_loop(1);
    Peer peer(smsc_loop);
    Bound bound(port_of(peer.smsc.smpp_address()), smpp::CommandStatus::temporary_app_error, 300ms);
    const auto wait_for = [&](const std::function<bool()>& condition, std::chrono::milliseconds time = test::limit) {
        return bound.wait_for(smsc_loop, condition, time);
    };
    REQUIRE(wait_for([&] { return bound.client->bound(); }));
    storage::set_max_page_count(*bound.village.store, 1);  // not a page more than there is
    peer.say(200);
    REQUIRE(wait_for([&] { return !bound.client->bound(); }));
    CHECK(refused(peer.smsc, 0x64) > 0);
    CHECK(bound.client->status() == "store_failing");
    const auto attempts = bound.client->attempts();
    CHECK_FALSE(wait_for([&] { return bound.client->attempts() != attempts; }, 3s));
    storage::set_max_page_count(*bound.village.store, 0);
    REQUIRE(wait_for([&] { return bound.client->bound(); }));
    REQUIRE(wait_for([&] { return peer.smsc.counts().acked == 200; }));
    CHECK(bound.village.ledger().received == 200);
    peer.group.stop();
    wait_for([&] { return peer.group.size() == 0; });
}

TEST_CASE("A7: an SMSC that discards on any error is given none: the connection closes unanswered",
          "[fault][smpp][A7]") {
    net::asio::io_context smsc_loop(1);
    Peer peer(smsc_loop);
    Bound bound(port_of(peer.smsc.smpp_address()), std::nullopt);
    const auto wait_for = [&](const std::function<bool()>& condition) { return bound.wait_for(smsc_loop, condition); };
    REQUIRE(wait_for([&] { return bound.client->bound(); }));
    storage::set_max_page_count(*bound.village.store, 1);
    peer.say(200);
    REQUIRE(wait_for([&] { return !bound.client->bound() && !bound.village.store->healthy(); }));
    storage::set_max_page_count(*bound.village.store, 0);
    REQUIRE(wait_for([&] { return peer.smsc.counts().acked == 200; }));
    CHECK(peer.smsc.counts().refused.empty());
    const auto ledger = bound.village.ledger();
    CHECK(ledger.fates[static_cast<std::size_t>(Fate::understood)] == 200);  // repeats of a broken session are linked
    CHECK(ledger.balances());
    peer.group.stop();
    wait_for([&] { return peer.group.size() == 0; });
}

namespace {

/// The peer's side of F15 on plain sockets: accepts a bind, hands over three messages, closes its sending half, and
/// reads on.
net::awaitable<void> half_close(tcp::acceptor& acceptor, int& answers, bool& closed) {
    auto accepted = co_await acceptor.async_accept(net::use_tuple);
    if (std::get<0>(accepted)) co_return;
    tcp::socket socket = std::move(std::get<1>(accepted));
    smpp::SessionOptions options;
    options.side = smpp::Side::smsc;
    smpp::Session session(options, std::chrono::steady_clock::now());
    const auto flush = [&]() -> net::awaitable<void> {
        const auto output = session.output();
        const std::vector<std::byte> octets(output.begin(), output.end());
        session.consumed(octets.size());
        co_await net::asio::async_write(socket, net::asio::buffer(octets), net::use_tuple);
    };
    bool sent = false;
    for (;;) {
        const auto space = session.writable();
        const auto [failed, size] =
            co_await socket.async_read_some(net::asio::buffer(space.data(), space.size()), net::use_tuple);
        if (failed) break;
        session.received(size, std::chrono::steady_clock::now());
        while (auto event = session.poll(std::chrono::steady_clock::now())) {
            if (std::holds_alternative<smpp::BindRequested>(*event)) session.accept_bind("SMSC");
            if (const auto* ended = std::get_if<smpp::RequestEnded>(&*event)) {
                if (ended->how == smpp::RequestEnded::How::answered && ended->status == smpp::CommandStatus::ok)
                    ++answers;
            }
        }
        if (session.bound() && !sent) {
            sent = true;
            for (std::uint64_t i = 0; i < 3; ++i) {
                const std::string from = "62840000000" + std::to_string(i);
                smpp::ShortMessage message;
                message.source = {1, 1, from};
                message.destination = {0, 1, "9840"};
                const std::string text = "LAPOR";
                message.short_message = std::as_bytes(std::span(text));
                session.send(smpp::CommandId::deliver_sm, message, i + 1, std::chrono::steady_clock::now());
            }
            co_await flush();
            boost::system::error_code ignored;
            socket.shutdown(tcp::socket::shutdown_send, ignored);
        } else if (!sent) {
            co_await flush();
        }
    }
    closed = true;
}

}  // namespace

TEST_CASE("F15: a peer that closes its sending half still gets the answers it is owed", "[fault][smpp][F15]") {
    net::asio::io_context peer_loop(1);
    tcp::acceptor acceptor(peer_loop, tcp::endpoint(net::asio::ip::make_address("127.0.0.1"), 0));
    int answers = 0;
    bool closed = false;
    bool ended = false;
    net::asio::co_spawn(peer_loop, half_close(acceptor, answers, closed), [&](std::exception_ptr) { ended = true; });
    Bound bound(acceptor.local_endpoint().port());
    CHECK(bound.wait_for(peer_loop, [&] { return ended; }));
    CHECK(closed);
    CHECK(answers == 3);
    CHECK(bound.village.ledger().received == 3);
}
