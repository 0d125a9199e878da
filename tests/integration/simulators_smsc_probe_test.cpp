// jejak smpp probe against the SMSC simulator, and against what is no SMSC.
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "gateway/tool/smpp_probe.hpp"
#include "gateway/tool/tool.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::sim {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Loop = net::asio::io_context;
using How = tool::Asked::How;
using net::awaitable;
using smpp::CommandStatus;
using Stage = tool::ProbeReport::Stage;
using test::on_loop;
using test::Running;

SmscOptions options_with(const std::string& scenario) {
    SmscOptions options;
    options.listen = "127.0.0.1:0";
    options.system_id = "jejak";
    options.password = "secret";
    options.retry_delay = 10ms;
    options.scenario = parse_scenario("title = \"test\"\n" + scenario);
    return options;
}

tool::ProbeOptions probe_of(const std::string& address) {
    tool::ProbeOptions options;
    const auto colon = address.rfind(':');
    options.host = address.substr(0, colon);
    options.port = static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)));
    options.system_id = "jejak";
    options.password = SensitiveText("secret");
    options.timeout = 2s;
    return options;
}

/// What a probe finds of an SMSC that plays `scenario`; `change` is done to its options.
tool::ProbeReport probed(
    const std::string& scenario, const std::function<void(tool::ProbeOptions&)>& change = [](tool::ProbeOptions&) {}) {
    tool::ProbeReport report;
    on_loop([&](Loop& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, options_with(scenario));
        auto options = probe_of(smsc.simulator.smpp_address());
        change(options);
        report = co_await tool::probe(options);
        smsc.simulator.drop();
        co_await smsc.stop();
    });
    return report;
}

/// An SMSC behind TLS: one connection after the other, each a session that takes any bind.
class SecuredSmsc {
public:
    SecuredSmsc(Loop& loop, const test::Certificate& certificate)
        : acceptor_(loop, {net::asio::ip::make_address("127.0.0.1"), 0}),
          server_("test", {.certificate = certificate.certificate(), .key = certificate.key(), .client_ca_file = {}}),
          group_(loop.get_executor()) {
        group_.spawn("secured smsc", serve());
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
    awaitable<void> stop() {
        acceptor_.close();
        group_.stop();
        co_await group_.join(test::limit);
    }

private:
    awaitable<void> serve() {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(net::use_tuple);
            if (error) co_return;
            auto secured = co_await server_.accept(std::move(socket));
            if (secured.stream) co_await talk(*secured.stream);
        }
    }
    static awaitable<void> talk(net::Stream& stream) {
        smpp::SessionOptions options;
        options.side = smpp::Side::smsc;
        const auto now = [] { return std::chrono::steady_clock::now(); };
        smpp::Session session(options, now());
        for (bool over = false; !over;) {
            const auto space = session.writable();
            const auto [error, size] = co_await stream.read_some(net::asio::buffer(space.data(), space.size()));
            if (error) break;
            session.received(size, now());
            while (const auto event = session.poll(now())) {
                if (std::holds_alternative<smpp::BindRequested>(*event)) session.accept_bind("secured");
                over = over || std::holds_alternative<smpp::Closed>(*event);
            }
            while (!session.output().empty()) {
                const auto output = session.output();
                co_await stream.write(net::asio::buffer(output.data(), output.size()));
                session.consumed(output.size());
            }
        }
        co_await stream.shutdown();
    }

    net::asio::ip::tcp::acceptor acceptor_;
    net::TlsServer server_;
    net::TaskGroup group_;
};

/// The simulator on a thread of its own, for the tool's own loop to find.
class Elsewhere {
public:
    explicit Elsewhere(const std::string& scenario)
        : smsc_(loop_.get_executor(), options_with(scenario)), group_(loop_.get_executor()) {
        group_.spawn("smsc", smsc_.run());
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Elsewhere() {
        net::asio::post(loop_, [this] { group_.stop(); });
        thread_.join();
    }
    std::string address() const { return smsc_.smpp_address(); }

private:
    Loop loop_{1};
    Smsc smsc_;
    net::TaskGroup group_;
    std::thread thread_;
};

struct Ended {
    int exit = 0;
    std::string out, err;
};
Ended jejak(const std::vector<std::string>& arguments, const std::string& input = "secret\n") {
    std::istringstream in(input);
    std::ostringstream out, err;
    const int exit = tool::run(arguments, {in, out, err});
    return {exit, out.str(), err.str()};
}

}  // namespace

TEST_CASE("a probe binds, measures and unbinds, as each kind of bind", "[probe]") {
    using smpp::BindKind;
    const auto kind = GENERATE(BindKind::transmitter, BindKind::transceiver, BindKind::receiver);
    const auto report = probed("", [&](auto& options) { options.bind = kind; });
    INFO(report.fault);
    CHECK(report.bound());
    CHECK(report.smsc_id == "jejak-sim");
    CHECK(report.sc_interface_version() == std::uint8_t{0x34});
    CHECK(report.enquiries == 5);
    CHECK(report.round_trips.size() == 5);
    CHECK(report.unknown_parameter.how == How::answered);
    CHECK(report.unknown_parameter.status == CommandStatus::ok);
    CHECK(report.query.how == (kind == BindKind::receiver ? How::not_asked : How::answered));
    if (kind != BindKind::receiver) CHECK(report.query.status == CommandStatus::query_failed);
    CHECK(report.unbind.how == How::answered);
    CHECK(report.notes.empty());
    CHECK(report.fault.empty());
}

TEST_CASE("a probe says with which status a bind was refused, and what to do", "[probe][B4]") {
    const auto status = GENERATE(0x05, 0x0D, 0x0E, 0x0F, 0x53, 0x58);
    const auto report = probed("[bind]\nstatus = " + std::to_string(status));
    CHECK_FALSE(report.bound());
    CHECK(report.stage == Stage::bind);
    CHECK(static_cast<int>(report.bind.status) == status);
    CHECK_THAT(report.fault, Contains("the bind was refused: ESME_R"));
    CHECK_FALSE(report.hint.empty());
}

TEST_CASE("a probe is not fooled by what an SMSC says of its version, or does not say", "[probe][B5][B6][B7]") {
    CHECK(probed("[bind]\nsays_version = 0x50").sc_interface_version() == std::uint8_t{0x50});
    CHECK_FALSE(probed("[bind]\nsays_version = \"nothing\"").sc_interface_version());
    const auto odd = probed("[bind]\nsays_version = \"two octets\"");
    CHECK_FALSE(odd.sc_interface_version());
    CHECK(odd.parameters.size() == 1);
    CHECK_THAT(tool::probe_lines(odd, {}), Contains("of a wrong length"));
}

TEST_CASE("a probe waits no longer than it is told, whatever is silent", "[probe]") {
    const auto quick = [](auto& options) {
        options.timeout = 100ms;
        options.enquiries = 2;
    };
    const auto mute = probed("[bind]\nversions = [0x33]\nother_version = \"silent\"", quick);
    CHECK_FALSE(mute.bound());
    CHECK(mute.bind.how == How::silent);
    CHECK_THAT(mute.hint, Contains("--version"));
    // The bind_resp, one answer to an enquire_link, and then silence.
    const auto fading = probed("[[fault]]\nafter = 47\nthen = \"silence\"\nlasts = \"10s\"", quick);
    CHECK(fading.bound());
    CHECK(fading.round_trips.size() == 1);
    CHECK(fading.enquiries == 2);
    CHECK(fading.unknown_parameter.how == How::silent);
    CHECK(fading.unbind.how == How::silent);
    const auto cut = probed("[[fault]]\nafter = 47\nthen = \"reset\"", quick);
    CHECK(cut.bound());
    CHECK(cut.round_trips.size() == 1);
    CHECK(cut.enquiries == 2);
    CHECK(cut.unbind.how == How::not_asked);
    const auto refused = probed("[[fault]]\nafter = 0\nthen = \"close\"", quick);
    CHECK(refused.bind.how == How::closed);
    CHECK_THAT(refused.hint, Contains("--tls"));
    CHECK(probed("[[fault]]\ndribble = 1").round_trips.size() == 5);
}

TEST_CASE("a probe takes no message away: what comes to it stays the SMSC's", "[probe]") {
    on_loop([](Loop& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, options_with(""));
        for (const auto* text : {"satu", "dua"})
            smsc.simulator.deliver({.from = "+628400000001", .to = {}, .text = text, .token = {}, .octets = {}});
        auto options = probe_of(smsc.simulator.smpp_address());
        options.bind = smpp::BindKind::transceiver;
        options.timeout = 300ms;
        const auto report = co_await tool::probe(options);
        CHECK(report.bound());
        CHECK(report.messages == 2);
        CHECK(smsc.simulator.counts().acked == 0);
        CHECK(smsc.simulator.report().at("given_up").as_uint64() == 0);
        CHECK_THAT(tool::probe_lines(report, options), Contains("2 came and were not acknowledged"));
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("a probe of what is no SMSC says so", "[probe][F17]") {
    on_loop([](Loop& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, options_with(""));
        auto options = probe_of(smsc.simulator.control_address());  // HTTP
        options.timeout = 500ms;
        const auto web = co_await tool::probe(options);
        CHECK_FALSE(web.bound());
        CHECK(web.stage == Stage::bind);
        CHECK_FALSE(web.hint.empty());

        options.tls.emplace();
        const auto plain = co_await tool::probe(options);
        CHECK(plain.stage == Stage::handshake);
        CHECK_THAT(plain.fault, Contains("TLS"));

        options = probe_of("127.0.0.1:1");
        const auto closed = co_await tool::probe(options);
        CHECK(closed.stage == Stage::connection);
        CHECK_THAT(closed.fault, Contains("no connection"));
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

TEST_CASE("a probe tells the facts of TLS, and why there is none", "[probe][B26]") {
    on_loop([](Loop& loop) -> awaitable<void> {
        const test::Certificate certificate("IP:127.0.0.1", 100 * 86'400 + 60), other("DNS:smsc.example.net");
        SecuredSmsc smsc(loop, certificate), elsewhere(loop, other);
        auto options = probe_of(smsc.address());
        options.tls.emplace();
        options.tls->ca_file = certificate.certificate();
        const auto report = co_await tool::probe(options);
        INFO(report.fault << report.hint);
        CHECK(report.bound());
        REQUIRE(report.tls.has_value());
        CHECK(report.tls->version == "TLSv1.3");
        CHECK(report.tls->subject == report.tls->issuer);
        CHECK(report.tls->days_left == 100);
        const auto lines = tool::probe_lines(report, options);
        CHECK_THAT(lines, Contains("TLSv1.3, TLS_") && Contains("ends in 100 days") && Contains("127.0.0.1"));
        CHECK_THAT(tool::probe_json(report, options), Contains("\"days_left\":100"));

        options.tls->ca_file = other.certificate();
        const auto stranger = co_await tool::probe(options);
        CHECK(stranger.stage == Stage::handshake);
        CHECK_THAT(stranger.fault, Contains("self_signed"));

        options = probe_of(elsewhere.address());
        options.tls.emplace();
        options.tls->ca_file = other.certificate();
        const auto wrong = co_await tool::probe(options);
        CHECK_THAT(wrong.fault, Contains("wrong_host"));
        options.tls->verify_host = "smsc.example.net";
        const auto right = co_await tool::probe(options);
        CHECK(right.bound());

        options.tls.reset();
        options.timeout = 500ms;
        const auto bare = co_await tool::probe(options);
        CHECK_FALSE(bare.bound());
        CHECK_THAT(bare.hint, Contains("TLS"));
        co_await smsc.stop();
        co_await elsewhere.stop();
    });
}

TEST_CASE("jejak smpp probe: lines, JSON, exit status, passwords from a file or standard input", "[probe]") {
    const Elsewhere smsc("");
    const auto lines = jejak({"smpp", "probe", smsc.address(), "--system-id", "jejak"});
    INFO(lines.out << lines.err);
    CHECK(lines.exit == tool::exits::ok);
    CHECK_THAT(lines.out, Contains("as transmitter") && Contains("5 of 5 answered") && Contains("ignored"));
    CHECK_THAT(lines.out, !Contains("secret"));

    const auto json = jejak({"smpp", "probe", smsc.address(), "--system-id", "jejak", "--json", "--bind", "trx",
                             "--enquiries", "3", "--version", "5.0"});
    CHECK(json.exit == tool::exits::ok);
    const auto value = boost::json::parse(json.out);
    CHECK(value.at("bound").as_bool());
    CHECK(value.at("bind").as_string() == "transceiver");
    CHECK(value.at("enquire_link").at("answered").to_number<int>() == 3);

    const auto wrong = jejak({"smpp", "probe", smsc.address(), "--system-id", "jejak"}, "guess\n");
    CHECK(wrong.exit == tool::exits::negative);
    CHECK_THAT(wrong.out, Contains("ESME_RBINDFAIL"));

    const auto file = std::filesystem::temp_directory_path() / ("jejak-probe-" + std::to_string(::getpid()));
    std::ofstream(file) << "secret\n";
    CHECK(jejak({"smpp", "probe", smsc.address(), "--system-id", "jejak", "--password-file", file.string()}, "").exit ==
          tool::exits::ok);
    std::filesystem::remove(file);
    CHECK(jejak({"smpp", "probe", "127.0.0.1:1", "--system-id", "jejak"}).exit == tool::exits::unavailable);
    CHECK(jejak({"smpp", "probe", smsc.address(), "--system-id", "jejak", "--tls", "--ca-file", "/none"}).exit ==
          tool::exits::configuration);
}

}  // namespace jejak::sim
