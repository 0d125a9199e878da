// Our listener inside TLS, with our own client as the peer.
#include "gateway/channel/smpp_client.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::box;
using tests::Esme;
using tests::Listening;
using tests::modem_boxes;

namespace {

SmppServerOptions secured(const test::Certificate& ours) {
    auto options = modem_boxes({box("box1")});
    options.tls = net::TlsServerOptions{ours.certificate(), ours.key(), {}};
    return options;
}

/// A client of ours that binds to the listener as box1, trusting `trusted`.
struct Client {
    Client(Listening& listening, const std::string& trusted)
        : over(listening), group(listening.village.loop.get_executor()) {
        SmppChannelOptions options;
        options.name = "box";
        options.host = "127.0.0.1";
        options.port = listening.port();
        options.system_id = "box1";
        options.password = SensitiveText("secret1");
        options.tls = net::TlsClientOptions{trusted, {}, {}, {}};
        client = std::make_unique<channel::SmppClient>(
            options, listening.village.vault, *listening.village.intake, *listening.village.access, telemetry,
            [] { return casework::ReplyRoute(); }, [](const intake::Accepted&) {});
        group.spawn("client", client->run());
    }
    ~Client() {
        group.stop();
        over.village.run(tests::Phones::ignore(group.join(test::limit)));
    }
    Listening& over;
    Telemetry telemetry;
    std::unique_ptr<channel::SmppClient> client;
    net::TaskGroup group;
};

}  // namespace

TEST_CASE("B26: a peer binds inside TLS, and one that speaks plainly is closed without an answer",
          "[smpp][server][tls][B26]") {
    const test::Certificate ours("IP:127.0.0.1");
    Listening listening(secured(ours));
    {
        Client peer(listening, ours.certificate());
        CHECK(listening.wait_for([&] { return peer.client->bound(); }));
        CHECK(listening.server->bound() == 1);
        CHECK(listening.server->ready());
    }
    CHECK(listening.wait_for([&] { return listening.server->bound() == 0; }));
    Esme plain(listening);
    plain.ask_bind(smpp::BindKind::transceiver, "box1", "secret1");
    CHECK(plain.over());
    CHECK(plain.waiting() == 0);
    CHECK(listening.server->bound() == 0);
}

TEST_CASE("B26: a renewed certificate is shown to whoever connects from then on", "[smpp][server][tls][B26]") {
    const test::Certificate ours("IP:127.0.0.1");
    const test::Certificate renewed("IP:127.0.0.1");
    Listening listening(secured(ours));
    listening.server->renew_tls(secured(renewed).tls)();
    Client peer(listening, renewed.certificate());
    CHECK(listening.wait_for([&] { return peer.client->bound(); }));
}

TEST_CASE("handshakes that stall give way to whoever comes", "[smpp][server][tls][B12]") {
    const test::Certificate ours("IP:127.0.0.1");
    auto options = secured(ours);
    options.session_init = 60s;
    options.connect_rate = 100'000;
    Listening listening(options);
    std::vector<std::unique_ptr<Esme>> silent;
    for (std::size_t i = 0; i < channel::WaitingRoom::all_max; ++i) silent.push_back(std::make_unique<Esme>(listening));
    Client peer(listening, ours.certificate());
    CHECK(listening.wait_for([&] { return peer.client->bound(); }));
    CHECK(silent.front()->over());
    CHECK_FALSE(silent.back()->is_over());
}

TEST_CASE("B12: a handshake that is never finished is closed in time", "[smpp][server][tls][B12]") {
    const test::Certificate ours("IP:127.0.0.1");
    auto options = secured(ours);
    options.session_init = 1s;
    Listening listening(options);
    Esme silent(listening);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(silent.over());
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}
