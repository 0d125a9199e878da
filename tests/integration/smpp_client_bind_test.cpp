// How a channel binds: several binds, receivers and transmitters apart, fail-over hosts, outbind.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <list>

#include "protocol/smpp/codec.hpp"
#include "tests/support/log.hpp"
#include "tests/support/names.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/replies.hpp"
#include "tests/support/smpp_party.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using net::awaitable;
using net::use_tuple;
using smpp::BindKind;
using tcp = net::asio::ip::tcp;

namespace {

const std::string ani = "+628400000001";

/// An SMSC that takes any number of binds, unless it is told to hang up on them.
struct Smsc {
    Smsc(boost::asio::io_context& loop, const std::string& address, std::uint16_t port)
        : acceptor(loop, {net::asio::ip::make_address(address), port}), tasks(loop.get_executor()) {
        tasks.spawn("smsc", serve());
    }
    std::uint16_t port() const { return acceptor.local_endpoint().port(); }
    awaitable<void> serve() {
        co_await net::asio::this_coro::throw_if_cancelled(false);
        while (!co_await net::stop_requested()) {
            auto [error, socket] = co_await acceptor.async_accept(use_tuple);
            if (error) break;
            ++connections;
            open_most = std::max(open_most, open + 1);
            if (!refuses) tasks.spawn("line", line(std::move(socket)));
        }
    }
    awaitable<void> line(tcp::socket socket) {
        co_await net::asio::this_coro::throw_if_cancelled(false);
        auto& party = parties.emplace_back(smpp::Side::smsc);
        party.accepts = accepts;
        party.options.operations = true;
        ++open;
        co_await party.run(net::Stream(std::move(socket)));
        --open;
    }
    /// Links that are bound now.
    std::vector<test::SmppParty*> bound() {
        std::vector<test::SmppParty*> found;
        for (auto& party : parties) {
            if (party.bound && !party.closed) found.push_back(&party);
        }
        return found;
    }
    std::size_t submits() const {
        std::size_t all = 0;
        for (const auto& party : parties) all += party.arrived;
        return all;
    }

    tcp::acceptor acceptor;
    bool refuses = false, accepts = true;
    std::size_t connections = 0, open = 0, open_most = 0;
    std::list<test::SmppParty> parties;
    net::TaskGroup tasks;
};

/// A village with a channel "operator".
struct Network {
    ~Network() {
        unbind();
        for (auto& smsc : smscs) {
            smsc.tasks.stop();
            village.run(tests::Village::ignore(smsc.tasks.join(10s)));
        }
    }
    Smsc& add_smsc(const std::string& address = "127.0.0.1", std::uint16_t port = 0) {
        return smscs.emplace_back(village.loop, address, port);
    }
    static SmppChannelOptions options_for(const Smsc& smsc) { return tests::OperatorChannel::options_for(smsc.port()); }
    void bind(SmppChannelOptions options) { client.bind(std::move(options), tests::OperatorChannel::Replies::leave); }
    void unbind() { client.unbind(); }
    bool wait_for(const std::function<bool()>& condition) { return client.wait_for(condition); }
    std::string metrics() { return client.telemetry.render({}, true, {}, {}); }
    /// An SMSC says outbind to the client; whoever is not allowed may be closed before it has.
    tcp::socket say_outbind(const std::string& password) {
        const auto address = client->outbind_address();
        tcp::socket caller(village.loop);
        caller.connect({net::asio::ip::address_v4::loopback(),
                        static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))});
        std::vector<std::byte> outbind;
        smpp::encode_outbind({"SMSC", password}, 1, outbind);
        boost::system::error_code broken;
        net::asio::write(caller, net::asio::buffer(outbind), broken);
        return caller;
    }

    tests::Village village;
    std::list<Smsc> smscs;
    tests::OperatorChannel client{village};
};

}  // namespace

TEST_CASE("a channel keeps as many binds as it is told, and one that breaks comes back alone", "[B25][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.binds = 3;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->binds() == 3; }));
    CHECK(network.metrics().find("jejak_channel_sessions{channel=\"operator\"} 3") != std::string::npos);
    smsc.bound().front()->last->abandon();
    REQUIRE(network.wait_for([&] { return network.client->binds() == 2; }));
    CHECK(network.client->bound());
    CHECK(network.client->status() == "bound");
    REQUIRE(network.wait_for([&] { return network.client->binds() == 3; }));
    CHECK(smsc.connections == 4);
    CHECK(network.client->attempts() == 4);
}

TEST_CASE("a text by any of the binds is stored once and answered by any of them", "[B25][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.binds = 2;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->binds() == 2; }));
    for (auto* party : smsc.bound()) {
        party->text = "LAPOR calo di sebunga";
        party->to_send = 1;
        party->last->wake();
    }
    CHECK(network.wait_for([&] {
        const auto bound = smsc.bound();
        return bound[0]->answered == 1 && bound[1]->answered == 1 && smsc.submits() >= 1;
    }));
    CHECK(network.village.ledger().received == 2);
    CHECK(network.village.ledger().balances());
}

TEST_CASE("a receiver and a transmitter apart: texts come by the one, replies leave by the other", "[B9][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.separate_binds = true;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    CHECK(network.client->binds() == 2);
    CHECK(network.client->ready());
    test::SmppParty* receiver = nullptr;
    test::SmppParty* transmitter = nullptr;
    for (auto* party : smsc.bound()) (party->last->session().may_send() ? receiver : transmitter) = party;
    REQUIRE(receiver != nullptr);
    REQUIRE(transmitter != nullptr);
    receiver->text = "LAPOR calo di sebunga";
    receiver->to_send = 1;
    receiver->last->wake();
    CHECK(network.wait_for([&] { return transmitter->arrived == 1; }));
    CHECK(receiver->arrived == 0);

    transmitter->last->abandon();
    REQUIRE(network.wait_for([&] { return network.client->binds() == 1; }));
    CHECK_FALSE(network.client->bound());
    CHECK_FALSE(network.client->ready());
    CHECK(network.client->status() == "partly_bound");
    CHECK(network.wait_for(
        [&] { return network.metrics().find("jejak_channel_bound{channel=\"operator\"} 0") != std::string::npos; }));
    CHECK(network.wait_for([&] { return network.client->bound(); }));
    CHECK(network.metrics().find("jejak_channel_bound{channel=\"operator\"} 1") != std::string::npos);
}

TEST_CASE("B25: when one host does not answer the next one is tried, and the first again after a break",
          "[B25][smpp]") {
    Network network;
    auto& first = network.add_smsc();
    auto& second = network.add_smsc();
    first.refuses = true;
    auto options = network.options_for(first);
    options.other_hosts = {{"127.0.0.1", second.port()}};
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    CHECK(second.bound().size() == 1);
    CHECK(first.connections >= 1);
    first.refuses = false;
    second.bound().front()->last->abandon();
    REQUIRE(network.wait_for([&] { return !network.client->bound(); }));
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    CHECK(first.bound().size() == 1);
}

TEST_CASE("B25: a host that takes the bind and drops it at once, politely or not, gives way to the next one",
          "[B25][smpp]") {
    Network network;
    auto& first = network.add_smsc();
    auto& second = network.add_smsc();
    auto options = network.options_for(first);
    options.other_hosts = {{"127.0.0.1", second.port()}};
    const bool politely = GENERATE(false, true);
    network.bind(options);
    CHECK(network.wait_for([&] {
        for (auto* party : first.bound()) {
            if (!politely) party->last->abandon();
            party->last->session().close(steady_now());
            party->last->wake();
        }
        return network.client->bound() && second.bound().size() == 1;
    }));
    CHECK(first.connections == 1);
}

TEST_CASE("B25: a connector has one attempt under way, and waits between two", "[B25][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    smsc.accepts = false;  // the bind is never answered
    network.bind(network.options_for(smsc));
    REQUIRE(network.wait_for([&] { return smsc.parties.size() == 1 && smsc.parties.front().judging; }));
    const auto until = std::chrono::steady_clock::now() + 1500ms;
    network.wait_for([&] { return std::chrono::steady_clock::now() > until; });
    CHECK(smsc.connections == 1);
    smsc.parties.front().last->abandon();
    smsc.refuses = true;
    const auto began = std::chrono::steady_clock::now();
    REQUIRE(network.wait_for([&] { return smsc.connections == 2; }));
    CHECK(std::chrono::steady_clock::now() - began >= 900ms);
    CHECK(smsc.open_most == 1);
}

TEST_CASE("B25: a host's address that never answers does not stand for the others of its name", "[B25][smpp]") {
    test::Names names;
    names.set("smsc.test", {"127.0.0.2", "127.0.0.1"});
    Network network;
    auto& smsc = network.add_smsc();
    const test::DeadHost dead("127.0.0.2", smsc.port());
    auto options = network.options_for(smsc);
    options.host = "smsc.test";
    test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    CHECK(network.client->attempts() == 1);
    CHECK(log.count("event=bound channel=operator peer_version=0x34 address=127.0.0.1:") == 1);
    CHECK(log.count("event=connect_failed") == 0);
}

TEST_CASE("B25: an address that takes the bind and drops it gives way to the next one of its name", "[B25][smpp]") {
    test::Names names;
    names.set("smsc.test", {"127.0.0.2", "127.0.0.3"});
    Network network;
    auto& first = network.add_smsc("127.0.0.2");
    auto& second = network.add_smsc("127.0.0.3", first.port());
    auto options = network.options_for(first);
    options.host = "smsc.test";
    const bool refuses = GENERATE(false, true);
    first.refuses = refuses;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->bound() || first.connections > 1; }));
    if (!refuses) {
        REQUIRE(first.bound().size() == 1);
        first.bound().front()->last->abandon();
    }
    CHECK(network.wait_for([&] { return network.client->bound() && second.bound().size() == 1; }));
    CHECK(first.connections == 1);
}

TEST_CASE("B25: why a host was not reached is logged and counted, each cause by its name", "[B25][smpp]") {
    test::Names names;
    names.set("unknown.test", {});
    names.set("closed.test", {"127.0.0.2"});
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.host = GENERATE("unknown.test", "closed.test");
    const std::string reason = options.host == "closed.test" ? "refused" : "unresolved";
    test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return log.count("event=connect_failed") == 1; }));
    CHECK_THAT(log.text(), Catch::Contains("event=connect_failed channel=operator host=" + options.host +
                                           " port=" + std::to_string(smsc.port()) + " reason=" + reason + " address="));
    CHECK_THAT(network.metrics(),
               Catch::Contains("jejak_connect_failures_total{channel=\"operator\",reason=\"" + reason + "\"} 1"));
}

TEST_CASE("B22: a stop before the bind leaves at once, whatever the channel waits for", "[B22][smpp]") {
    test::Names names;
    names.hang("silent.test");
    Network network;
    const test::DeadHost dead("127.0.0.2");
    auto options = network.options_for(network.add_smsc());
    options.host = GENERATE("silent.test", "127.0.0.2");
    options.port = dead.port();
    test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] {
        return network.client->attempts() == 1 && (options.host != "silent.test" || names.asked(options.host) == 1);
    }));
    const auto began = std::chrono::steady_clock::now();
    network.unbind();
    CHECK(std::chrono::steady_clock::now() - began < 1s);
    CHECK(log.count("event=connect_failed") == 0);
    CHECK(log.count("event=channel_stop_late") == 0);
}

TEST_CASE("B22: whenever a stop comes, from the first attempt to the bind, the channel ends in order", "[B22][smpp]") {
    test::Names names;
    names.set("smsc.test", {"127.0.0.2", "127.0.0.1"});  // nobody is at the first
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.host = "smsc.test";
    options.other_hosts = {{"127.0.0.3", smsc.port()}};
    test::Log log;
    bool bound = false;
    for (int turns = 0; !bound && turns < 500; ++turns) {
        network.bind(options);
        for (int turn = 0; turn < turns && !network.client->bound(); ++turn) {
            network.village.loop.restart();
            network.village.loop.run_one_for(20ms);
        }
        bound = network.client->bound();
        network.unbind();
    }
    CHECK(bound);
    CHECK(log.count("event=channel_stop_late") == 0);
    CHECK(log.count("[warning]") == 0);
}

TEST_CASE("a store that fails for long unbinds the channel once, though the unbind waits for an answer", "[smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.unbind_after = 100ms;
    const test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    auto& party = *smsc.bound().front();
    party.withhold = true;
    const auto say = [&](const std::string& text) {
        party.text = text;
        party.to_send = 1;
        party.last->wake();
    };
    say("LAPOR calo di sebunga");
    REQUIRE(network.wait_for([&] { return party.arrived == 1; }));
    storage::set_max_page_count(*network.village.store, 1);
    const auto unbinds = [&] { return log.count("event=unbind_for_store channel=operator"); };
    for (std::size_t i = 0; i < 200 && unbinds() == 0; ++i) {
        const auto before = party.answered;
        say("LAPOR jalan rusak " + std::to_string(i) + std::string(60, 'x'));
        network.wait_for([&] { return party.answered > before || unbinds() > 0; });
    }
    REQUIRE(network.wait_for([&] { return unbinds() == 1; }));
    const auto until = steady_now() + 2 * channel::SmppConnectors::store_poll;
    network.wait_for([&] { return steady_now() > until; });
    CHECK(unbinds() == 1);
    CHECK(party.bound);
    CHECK_FALSE(party.closed);
    party.answer_all();
    CHECK(network.wait_for([&] { return party.closed == smpp::Closed::Why::peer_unbound; }));
    storage::set_max_page_count(*network.village.store, 0);
}

TEST_CASE("B24: an outbind that comes while an attempt is under way is heard when that one fails", "[B24][smpp]") {
    test::Names names;
    names.hang("silent.test");
    Network network;
    auto options = network.options_for(network.add_smsc());
    options.host = "silent.test";
    options.outbind_listen = "127.0.0.1:0";
    options.outbind_allow = {*net::parse_range("127.0.0.1")};
    test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return names.asked("silent.test") == 1; }));
    const auto began = std::chrono::steady_clock::now();
    const auto caller = network.say_outbind("pw");
    REQUIRE(network.wait_for([&] { return log.count("event=outbind channel=operator") == 1; }));
    network.wait_for([&] { return std::chrono::steady_clock::now() - began > channel::Backoff::first; });
    CHECK(network.client->attempts() == 1);
    const auto failed = std::chrono::steady_clock::now();
    names.let_go();
    REQUIRE(network.wait_for([&] { return network.client->attempts() == 2; }));
    CHECK(std::chrono::steady_clock::now() - failed < channel::Backoff::first - 100ms);
}

TEST_CASE("B24: an outbind of the SMSC is answered by a bind to the configured address, at once", "[B24][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.outbind_listen = "127.0.0.1:0";
    options.outbind_allow = {*net::parse_range(GENERATE("127.0.0.0/8", "192.0.2.7"))};
    const bool allowed = options.outbind_allow[0].prefix == 8;
    smsc.refuses = true;
    test::Log log;
    network.bind(options);
    // After some refusals the next attempt is seconds away.
    REQUIRE(network.wait_for([&] { return smsc.connections == 3; }));
    smsc.refuses = false;

    const auto caller = network.say_outbind("pw");
    if (!allowed) {
        CHECK(
            network.wait_for([&] { return log.count("event=outbind_refused channel=operator reason=address") == 1; }));
        CHECK(log.count("event=outbind channel=operator") == 0);
        return;
    }
    CHECK(network.wait_for([&] { return log.count("event=outbind channel=operator") == 1; }));
    CHECK(network.wait_for([&] { return network.client->bound(); }));
    CHECK(smsc.bound().size() == 1);
}

TEST_CASE("B24: an outbind may come from any of the hosts: each is tried without waiting for its time", "[B24][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.other_hosts = {{"127.0.0.2", smsc.port()}, {"127.0.0.3", smsc.port()}};  // nobody is there
    options.outbind_listen = "127.0.0.1:0";
    options.outbind_allow = {*net::parse_range("127.0.0.1")};
    smsc.refuses = true;
    const test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return smsc.connections == 1; }));
    smsc.refuses = false;
    const auto began = std::chrono::steady_clock::now();
    const auto caller = network.say_outbind("pw");
    CHECK(network.wait_for([&] { return network.client->bound(); }));
    CHECK(std::chrono::steady_clock::now() - began < 3 * channel::Backoff::first + 1s);
}

TEST_CASE("B24: where a password is configured, an outbind without it is passed over", "[B24][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.outbind_listen = "127.0.0.1:0";
    options.outbind_allow = {*net::parse_range("127.0.0.1")};
    options.outbind_password = SensitiveText("secret");
    const auto* const password = GENERATE("secret", "secre", "", "SECRET");
    const bool right = password == std::string_view("secret");
    smsc.refuses = true;
    test::Log log;
    network.bind(options);
    REQUIRE(network.wait_for([&] { return smsc.connections == 3; }));
    smsc.refuses = false;
    const auto before = network.client->attempts();

    const auto caller = network.say_outbind(password);
    if (right) {
        CHECK(network.wait_for([&] { return log.count("event=outbind channel=operator") == 1; }));
        CHECK(network.wait_for([&] { return network.client->bound(); }));
    } else {
        CHECK(
            network.wait_for([&] { return log.count("event=outbind_refused channel=operator reason=password") == 1; }));
        CHECK(log.count("event=outbind channel=operator") == 0);
        CHECK(network.client->attempts() == before);
    }
}

TEST_CASE("B24: whoever does not say outbind is told nothing, and holds up nobody", "[B24][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.outbind_listen = "127.0.0.1:0";
    options.outbind_allow = {*net::parse_range("127.0.0.1")};
    network.bind(options);
    REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    const auto address = network.client->outbind_address();
    const tcp::endpoint there(net::asio::ip::address_v4::loopback(),
                              static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    net::TaskGroup tasks(network.village.loop.get_executor());
    std::list<test::SmppParty> strangers;
    for (int i = 0; i < 8; ++i) {  // each asks to bind, and is refused
        auto& stranger = strangers.emplace_back(smpp::Side::esme);
        tcp::socket socket(network.village.loop);
        socket.connect(there);
        tasks.spawn("stranger", stranger.run(net::Stream(std::move(socket))));
        CHECK(network.wait_for([&] { return stranger.closed.has_value(); }));
        CHECK_FALSE(stranger.bound);
    }
    CHECK(network.client->bound());
    CHECK(smsc.connections == 1);
    network.village.run(tests::Village::ignore(tasks.join(10s)));
}

TEST_CASE("B15: a channel that begins asks about every part of a text of which nobody knows whether it left",
          "[B15][smpp]") {
    Network network;
    auto& smsc = network.add_smsc();
    auto options = network.options_for(smsc);
    options.query = SmppProfile::Query::reference;
    const auto id = tests::add_reply(network.village, "operator", tests::three_parts(), true);
    network.bind(options);
    const auto queried = [&] { return smsc.bound().empty() ? 0 : smsc.bound().front()->queried.size(); };
    REQUIRE(network.wait_for([&] { return queried() == 3; }));
    const auto row = [&] { return network.village.ask([&](storage::View& view) { return view.reply(id).value(); }); };
    CHECK(network.wait_for([&] { return !row().uncertain; }));
    CHECK(row().state == storage::ReplyState::sent);
    CHECK(smsc.submits() == 0);
}
