// When and how we end sessions of our listener: at a stop, after a while of a failing store, for want of a bind.
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "storage/sqlite/sqlite_store.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/log.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::BindKind;
using tests::box;
using tests::CommandId;
using tests::CommandStatus;
using tests::Esme;
using tests::Listening;
using tests::modem_boxes;

namespace {

const std::string ani = "628400000001", budi = "628400000002";
const std::string report = "LAPOR 5 org lewat jalan tikus sebunga skrg";

auto now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

TEST_CASE("B22: at a stop a peer that answers nothing and goes on submitting keeps its texts, and is unbound",
          "[smpp][server][B22]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    const auto unanswered = esme.next(CommandId::deliver_sm);
    const auto begun = now();
    listening.group->stop();
    CHECK(esme.quiet_for(100ms));
    CHECK(esme.submit(budi, report).status() == CommandStatus::temporary_app_error);
    CHECK(esme.submit(budi, report).status() == CommandStatus::temporary_app_error);
    const auto unbind = esme.next(CommandId::unbind);
    CHECK(now() - begun < channel::SmppServer::stop_limit);
    esme.answer(unbind);
    CHECK(esme.over());
    CHECK(listening.wait_for([&] { return listening.group->size() == 0; }));
    CHECK(listening.village.messages().size() == 1);
}

TEST_CASE("A6: a store that fails for long unbinds its peers, who may come again when it does not",
          "[smpp][server][A6]") {
    auto options = modem_boxes();
    options.channel.unbind_after = 300ms;
    const test::Log log;
    Listening listening(options);
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    storage::set_max_page_count(*listening.village.store, 1);  // not a page more than there is
    CommandStatus refused = CommandStatus::ok;
    for (int i = 0; i < 200 && refused == CommandStatus::ok; ++i) {
        refused = esme.submit("6284000001" + std::to_string(100 + i), report + std::string(60, 'x')).status();
    }
    CHECK(refused == CommandStatus::temporary_app_error);
    const auto failing = now();
    esme.answer(esme.next(CommandId::unbind));
    CHECK(now() - failing < 5s);
    CHECK(esme.over());
    CHECK(log.count("event=unbind_for_store channel=modems account=box1") == 1);
    Esme late(listening);
    CHECK(late.bind() == CommandStatus::system_error);
    storage::set_max_page_count(*listening.village.store, 0);
    REQUIRE(listening.wait_for([&] { return listening.village.store->healthy(); }));
    Esme again(listening);
    CHECK(again.bind() == CommandStatus::ok);
    CHECK(again.submit(ani, report).status() == CommandStatus::ok);
}

TEST_CASE("B12: what a handshake took is not there for the bind", "[smpp][server][tls][B12]") {
    namespace ssl = boost::asio::ssl;
    const test::Certificate ours("IP:127.0.0.1");
    auto options = modem_boxes({box("box1")});
    options.tls = net::TlsServerOptions{ours.certificate(), ours.key(), {}};
    options.session_init = 2s;
    Listening listening(options);
    ssl::context context(ssl::context::tls_client);
    ssl::stream<boost::asio::ip::tcp::socket> peer(listening.village.loop, context);
    const auto begun = now();
    peer.next_layer().connect({boost::asio::ip::address_v4::loopback(), listening.port()});
    bool secured = false, over = false;
    std::array<char, 1> octet{};
    CHECK_FALSE(listening.wait_for([&] { return secured; }, 1'500ms));
    peer.async_handshake(ssl::stream_base::client, [&](const boost::system::error_code& error) {
        secured = !error;
        peer.async_read_some(boost::asio::buffer(octet),
                             [&over](const boost::system::error_code&, std::size_t) { over = true; });
    });
    REQUIRE(listening.wait_for([&] { return secured; }));
    CHECK(listening.wait_for([&] { return over; }));
    CHECK(now() - begun >= 1'900ms);
    CHECK(now() - begun < 3'400ms);
}
