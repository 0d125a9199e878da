#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <fstream>

#include "gateway/net/tls.hpp"
#include "protocol/smpp/codec.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/log.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/smpp_party.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using net::awaitable;
using net::use_tuple;
using test::Certificate;
using tcp = net::asio::ip::tcp;

namespace {

/// An SMSC inside TLS, or without it, to which the channel "operator" of a village binds.
struct Operator {
    explicit Operator(std::optional<net::TlsServerOptions> tls)
        : acceptor(village.loop, {net::asio::ip::address_v4::loopback(), 0}), smsc_tasks(village.loop.get_executor()) {
        if (tls) server.emplace("smsc", std::move(*tls));
        smsc_tasks.spawn("smsc", serve());
    }
    ~Operator() {
        unbind();
        smsc_tasks.stop();
        village.run(tests::Village::ignore(smsc_tasks.join(10s)));
    }

    awaitable<void> serve() {
        co_await net::asio::this_coro::throw_if_cancelled(false);
        while (!co_await net::stop_requested()) {
            auto [error, socket] = co_await acceptor.async_accept(use_tuple);
            if (error) break;
            if (!server) {
                co_await smsc.run(net::Stream(std::move(socket)));
                continue;
            }
            auto secured = co_await server->accept(std::move(socket));
            ++handshakes;
            if (secured.fault) refused = secured.fault->reason;
            if (secured.stream) co_await smsc.run(std::move(*secured.stream));
        }
    }

    void bind(std::optional<net::TlsClientOptions> tls, const std::string& host = "localhost",
              const std::string& outbind_listen = {}) {
        auto options = tests::OperatorChannel::options_for(acceptor.local_endpoint().port());
        options.host = host;
        options.tls = std::move(tls);
        options.outbind_listen = outbind_listen;
        if (!outbind_listen.empty()) options.outbind_allow = {*net::parse_range("127.0.0.1")};
        client.bind(std::move(options));
    }
    void unbind() { client.unbind(); }
    bool wait_for(const std::function<bool()>& condition) { return client.wait_for(condition); }

    tests::Village village;
    tcp::acceptor acceptor;
    std::optional<net::TlsServer> server;
    test::SmppParty smsc{smpp::Side::smsc};
    std::size_t handshakes = 0;
    std::string refused;
    net::TaskGroup smsc_tasks;
    tests::OperatorChannel client{village};
};

net::TlsServerOptions shows(const Certificate& certificate) {
    return {certificate.certificate(), certificate.key(), {}};
}
net::TlsClientOptions trusts(const Certificate& authority) {
    net::TlsClientOptions options;
    options.ca_file = authority.certificate();
    return options;
}

}  // namespace

TEST_CASE("B26: texts that come inside TLS are stored and answered, and the channel unbinds in order", "[B26][tls]") {
    const Certificate authority("DNS:authority"), local("DNS:localhost", authority);
    Operator network(shows(local));
    network.bind(trusts(authority));
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    network.smsc.to_send = 25;
    network.smsc.last->wake();
    CHECK(network.wait_for([&] { return network.smsc.answered == 25; }));
    network.unbind();
    CHECK(network.wait_for([&] { return network.smsc.closed.has_value(); }));
    CHECK(network.smsc.closed == smpp::Closed::Why::peer_unbound);
    CHECK(network.village.ledger().received == 25);
}

TEST_CASE("B24: an outbind comes without TLS, and the bind it asks for is inside TLS", "[B24][B26][tls]") {
    const Certificate authority("DNS:authority"), local("DNS:localhost", authority);
    Operator network(shows(local));
    test::Log log;
    network.bind(trusts(authority), "localhost", "127.0.0.1:0");
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    const auto address = network.client->outbind_address();
    const auto port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    const auto call = [&](std::vector<std::byte> octets) {
        tcp::socket caller(network.village.loop);
        caller.connect({net::asio::ip::address_v4::loopback(), port});
        net::asio::write(caller, net::asio::buffer(octets));
        return caller;
    };
    SECTION("an outbind") {
        network.smsc.last->abandon();
        REQUIRE(network.wait_for([&] { return !network.client->bound(); }));
        std::vector<std::byte> outbind;
        smpp::encode_outbind({"SMSC", ""}, 1, outbind);
        const auto caller = call(outbind);
        CHECK(network.wait_for([&] { return log.count("event=outbind channel=operator") == 1; }));
        CHECK(network.wait_for([&] { return network.client->bound(); }));
        CHECK(network.handshakes == 2);
    }
    SECTION("a peer that speaks TLS there is closed, and the log says why") {
        const auto caller = call({std::byte{0x16}, std::byte{3}, std::byte{1}, std::byte{2}, std::byte{0}, std::byte{1},
                                  std::byte{0}, std::byte{1}, std::byte{0xFC}, std::byte{3}, std::byte{3}, std::byte{0},
                                  std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}});
        CHECK(network.wait_for(
            [&] { return log.count("event=outbind_refused channel=operator reason=not_smpp hint=") == 1; }));
        CHECK(network.client->bound());
    }
}

TEST_CASE("B26: a channel does not bind to a peer it cannot be sure of, and says why", "[B26][tls]") {
    const Certificate authority("DNS:authority"), stranger("DNS:authority");
    const Certificate expired("DNS:localhost", authority, -60), other("DNS:smsc.example", authority);
    const Certificate alone("DNS:localhost"), strange("DNS:localhost", stranger);
    struct Case {
        const Certificate* shown;  ///< null: the SMSC speaks without TLS
        const char* reason;
    };
    for (const auto& one : {Case{&expired, "expired"}, Case{&other, "wrong_host"}, Case{&alone, "self_signed"},
                            Case{&strange, "unknown_ca"}, Case{nullptr, "closed"}}) {
        DYNAMIC_SECTION(one.reason) {
            test::Log log;
            Operator network(one.shown == nullptr ? std::nullopt : std::optional(shows(*one.shown)));
            network.bind(trusts(authority));
            const auto line = std::string("event=tls_failed channel=operator reason=") + one.reason + " hint=\"";
            CHECK(network.wait_for([&] { return log.count(line) == 1; }));
            CHECK_FALSE(network.client->bound());
            CHECK_FALSE(network.smsc.judging);
        }
    }
}

TEST_CASE("B26: a channel without TLS does not bind where TLS is spoken", "[B26][tls]") {
    const Certificate local("DNS:localhost");
    Operator network(shows(local));
    network.bind(std::nullopt);
    CHECK(network.wait_for([&] { return network.refused == "plain_peer"; }));
    CHECK_FALSE(network.client->bound());
}

TEST_CASE("B26: an SMSC that asks who we are is shown our certificate, or that is what the log asks for",
          "[B26][tls]") {
    const Certificate authority("DNS:authority"), local("DNS:localhost", authority), ours("DNS:jejak", authority);
    auto options = shows(local);
    options.client_ca_file = authority.certificate();
    SECTION("shown") {
        Operator network(options);
        auto tls = trusts(authority);
        tls.certificate = ours.certificate();
        tls.key = ours.key();
        network.bind(tls);
        CHECK(network.wait_for([&] { return network.client->bound(); }));
    }
    SECTION("not shown") {
        test::Log log;
        Operator network(options);
        network.bind(trusts(authority));
        CHECK(network.wait_for([&] { return log.count("reason=certificate_wanted hint=\"") == 1; }));
        CHECK(network.wait_for([&] { return network.refused == "certificate_missing"; }));
        CHECK_FALSE(network.client->bound());
    }
}

TEST_CASE("B26: a channel that trusts another authority after a reload binds, and a faulty file changes nothing",
          "[B26][tls]") {
    const Certificate authority("DNS:authority"), next("DNS:authority"), local("DNS:localhost", next);
    test::Log log;
    Operator network(shows(local));
    network.bind(trusts(authority));
    REQUIRE(network.wait_for([&] { return log.count("reason=unknown_ca") == 1; }));

    std::ofstream(authority.certificate()) << "nothing";
    CHECK_THROWS_AS(network.client->renew_tls(trusts(authority)), net::TlsFileError);
    CHECK(log.count("event=tls_reload_refused name=operator") == 1);
    network.client->renew_tls(trusts(next))();  // at another path
    CHECK(log.count("event=tls_reloaded name=operator") == 1);
    CHECK(network.wait_for([&] { return network.client->bound(); }));
}

TEST_CASE("B26: an SMSC that leaves without close_notify has closed, and the channel binds again", "[B26][tls]") {
    const Certificate local("DNS:localhost");
    test::Log log;
    Operator network(shows(local));
    network.bind(trusts(local));
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    network.smsc.last->stream().close();
    CHECK(network.wait_for([&] { return log.count("event=bind_lost channel=operator reason=closed_by_peer") == 1; }));
    CHECK(log.count("event=tls_failed") == 0);
    CHECK(network.wait_for([&] { return network.client->bound() && network.handshakes == 2; }));
}
