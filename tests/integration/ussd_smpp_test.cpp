#include <catch2/catch.hpp>

#include "gateway/net/task_group.hpp"
#include "simulators/smsc.hpp"
#include "simulators/ussd_phone.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/phones.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::Phones;

namespace {

const std::string ani = "+628400000001", budi = "+628400000002";

/// A village whose channel "operator" is bound to an SMSC simulator; phones dial over it.
struct Operator {
    explicit Operator(bool serves = true)
        : smsc(village.loop.get_executor(), smsc_options()),
          smsc_group(village.loop.get_executor()),
          control(test::client_to(village.loop, smsc.control_address())) {
        village.now = wall_now() + 1min;  // whatever is said now is said after the bind
        smsc_group.spawn("smsc", smsc.run());
        bind(serves);
    }
    ~Operator() {
        unbind();
        smsc_group.stop();
        village.run(Phones::ignore(smsc_group.join(10s)));
    }

    void bind(bool serves = true, bool apart = false) {
        const auto address = smsc.smpp_address();
        auto options = tests::OperatorChannel::options_for(
            static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
        options.ussd.on = serves;
        options.separate_binds = apart;
        client.bind(std::move(options), tests::OperatorChannel::Replies::stay, village.desk.get());
        REQUIRE(wait_for([&] { return client->bound(); }));
    }
    void unbind() { client.unbind(); }

    bool wait_for(const std::function<bool()>& condition) { return client.wait_for(condition); }

    sim::UssdPhone phone(const std::string& number) {
        return {control, {.smsc = true, .target = "/ussd", .key = {}}, number};
    }
    sim::UssdScreen get(net::awaitable<sim::UssdScreen> act) {
        sim::UssdScreen screen;
        auto task = [&]() -> net::awaitable<void> { screen = co_await std::move(act); };
        village.run(task());
        return screen;
    }
    std::pair<unsigned, boost::json::value> post(const std::string& path, const std::string& body) {
        std::pair<unsigned, boost::json::value> answer;
        auto task = [&]() -> net::awaitable<void> { answer = co_await test::ask(control, "POST", path, body); };
        village.run(task());
        return answer;
    }

    Phones village;
    sim::Smsc smsc;
    net::TaskGroup smsc_group;
    tests::OperatorChannel client{village};
    net::HttpClient control;

private:
    static sim::SmscOptions smsc_options() {
        sim::SmscOptions options;
        options.listen = "127.0.0.1:0";
        options.retry_delay = 50ms;
        return options;
    }
};

}  // namespace

TEST_CASE("U1, U2: a phone dials, walks the menu, and the session closes", "[ussd][smpp][U1][U2]") {
    Operator network;
    auto phone = network.phone(ani);
    auto screen = network.get(phone.dial("*384#"));
    CHECK(screen.fault.empty());
    CHECK(screen.text.starts_with("Layanan Desa\n1 Lapor kejadian"));
    for (const auto* key : {"1", "1", "5", "sebunga"}) {
        screen = network.get(phone.press(key));
        CHECK(screen.fault.empty());
        CHECK_FALSE(screen.end);
    }
    screen = network.get(phone.press("1"));
    CHECK(screen.end);
    CHECK(screen.text.starts_with("Pesan diterima. Ref "));
    REQUIRE(network.village.reports().size() == 1);
    CHECK(network.village.reports()[0].place == "61.01.09.2002");
    CHECK(network.village.messages()[0].fate == Fate::understood);
    CHECK(network.village.ledger().replies_owed == 0);
    CHECK(network.village.ledger().balances());
    CHECK_FALSE(network.get(phone.press("1")).fault.empty());  // the network knows the session as closed
}

TEST_CASE("U2: a channel's mode words the last screen", "[ussd][smpp][U2]") {
    Operator network;
    network.village.wording.mode = storage::ReplyMode::silent;
    auto phone = network.phone(ani);
    CHECK(network.get(phone.dial("*384#")).text.starts_with("Layanan Desa"));
    const auto screen = network.get(phone.press("2"));
    CHECK(screen.end);
    CHECK(screen.text == "Terima kasih.");
    REQUIRE(network.village.reports().size() == 1);
    CHECK(network.village.reports()[0].intent == Intent::sos);
}

TEST_CASE("U1: a turn that a receiver brings has its screen at once from the transmitter", "[ussd][smpp][U1]") {
    Operator network;
    network.unbind();
    network.bind(true, true);
    auto phone = network.phone(ani);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(network.get(phone.dial("*384#")).text.starts_with("Layanan Desa"));
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
}

TEST_CASE("U3: what was said before the phone hangs up is a report", "[ussd][smpp][U3]") {
    Operator network;
    auto phone = network.phone(ani);
    network.get(phone.dial("*384#"));
    for (const auto* key : {"1", "4", "3"}) network.get(phone.press(key));
    CHECK(network.get(phone.hang_up()).fault.empty());
    REQUIRE(network.village.messages().size() == 1);
    CHECK(network.village.messages()[0].fate == Fate::clarifying);
    network.village.now += 181s;
    network.village.sweep();
    CHECK(network.village.messages()[0].fate == Fate::understood);
    CHECK(network.village.reports()[0].category == Category::harbouring);
}

TEST_CASE("U4: an input to a session that nobody knows is kept as a text, and not answered", "[ussd][smpp][U4]") {
    Operator network;
    const auto [status, answer] = network.post(
        "/mo", R"({"from":"+628400000001","text":"3","service_type":"USSD","tlvs":"05010001121383000207 00"})");
    CHECK(status == 400);  // hexadecimal without blanks
    const auto [taken, result] = network.post(
        "/mo", R"({"from":"+628400000001","text":"3","service_type":"USSD","tlvs":"0501000112138300020700"})");
    CHECK(taken == 200);
    CHECK(result.at("status") == 0);
    REQUIRE(network.village.messages().size() == 1);
    const auto message = network.village.messages()[0];
    CHECK(sms::has(message.remarks, sms::Remark::stray_ussd));
    CHECK(network.village.text_of(message) == "3");
    CHECK(network.village.replies_to(message.id).empty());
}

TEST_CASE("U7: an operation nobody knows, or none, is an ordinary text with a remark", "[ussd][smpp][U7]") {
    Operator network;
    const std::string tlvs = GENERATE(std::string("0501000114"), std::string("05010001ff"), std::string());
    const auto body = R"({"from":"+628400000001","text":"LAPOR 5 org lewat jalan tikus sebunga skrg",)"
                      R"("service_type":"USSD","tlvs":")" +
                      tlvs + "\"}";
    CHECK(network.post("/mo", body).first == 200);
    REQUIRE(network.village.messages().size() == 1);
    CHECK(sms::has(network.village.messages()[0].remarks, sms::Remark::stray_ussd));
    CHECK(network.village.reports()[0].category == Category::unofficial_land_route);
}

TEST_CASE("a channel that serves no USSD takes it as texts", "[ussd][smpp]") {
    Operator network(false);
    CHECK(network.post("/mo", R"({"from":"+628400000001","text":"*384#","tlvs":"0501000101"})").first == 200);
    REQUIRE(network.village.messages().size() == 1);
    CHECK(sms::has(network.village.messages()[0].remarks, sms::Remark::stray_ussd));
}

TEST_CASE("a network without session numbers has one session a phone", "[ussd][smpp]") {
    Operator network;
    const auto turn = [&](const std::string& text, const std::string& operation) {
        const auto body = R"({"from":"+628400000001","text":")" + text + R"(","tlvs":"05010001)" + operation + "\"}";
        CHECK(network.post("/mo", body).first == 200);
    };
    turn("*384#", "01");
    for (const auto* key : {"1", "1", "5", "sebunga", "1"}) turn(key, "12");
    REQUIRE(network.village.reports().size() == 1);
    CHECK(network.village.reports()[0].people == 5u);
    CHECK(network.village.messages()[0].fate == Fate::understood);
    // Screens that no phone of the simulator waits for are ordinary submits to it.
    CHECK(network.wait_for([&] { return network.smsc.submitted().list().size() == 6; }));
}

TEST_CASE("a session outlives the bind it began on", "[ussd][smpp]") {
    Operator network;
    auto phone = network.phone(ani);
    network.get(phone.dial("*384#"));
    network.get(phone.press("1"));
    network.unbind();
    network.bind();
    CHECK(network.get(phone.press("1")).text.starts_with("Berapa orang?"));
    CHECK(network.village.messages().size() == 1);
}

TEST_CASE("U8: a session whose link is cut and whose process dies in the middle is a report all the same",
          "[ussd][smpp][U8]") {
    Operator network;
    auto phone = network.phone(ani);
    network.get(phone.dial("*384#"));
    for (const auto* key : {"1", "4", "3"}) network.get(phone.press(key));
    const bool killed = GENERATE(false, true);
    INFO(killed);
    network.smsc.drop();  // without a word, between two screens
    REQUIRE(network.wait_for([&] { return !network.client->bound(); }));
    if (killed) {
        network.unbind();
        network.village.restart();
        network.bind();
    } else {
        REQUIRE(network.wait_for([&] { return network.client->bound(); }));
    }
    REQUIRE(network.village.messages().size() == 1);
    const auto message = network.village.messages()[0];
    CHECK(message.fate == Fate::clarifying);
    const auto submitted = network.smsc.submitted().list().size();
    network.village.now += 181s;
    network.village.sweep();
    CHECK(network.village.messages()[0].fate == Fate::understood);
    REQUIRE(network.village.reports().size() == 1);
    CHECK(network.village.reports()[0].category == Category::harbouring);
    CHECK(network.village.replies_to(message.id).empty());
    CHECK(network.smsc.submitted().list().size() == submitted);  // nothing by SMS either
    CHECK(network.village.ledger().balances());
}

TEST_CASE("SMS and USSD of one person share nothing but the person", "[ussd][smpp]") {
    Operator network;
    auto phone = network.phone(ani);
    network.get(phone.dial("*384#"));
    network.get(phone.press("1"));
    CHECK(network.post("/mo", R"({"from":"+628400000001","text":"LAPOR calo di sebubus"})").first == 200);
    CHECK(network.get(phone.press("1")).text.starts_with("Berapa orang?"));
    CHECK(network.village.messages().size() == 2);
    CHECK(network.village.ledger().balances());
}

TEST_CASE("many phones at once each get their own screens", "[ussd][smpp]") {
    Operator network;
    std::vector<sim::UssdPhone> phones;
    for (int i = 0; i < 30; ++i) phones.push_back(network.phone("+6284000001" + std::to_string(10 + i)));
    std::size_t ended = 0;
    auto walk = [&](sim::UssdPhone& phone) -> net::awaitable<void> {
        co_await phone.dial("*384#");
        for (const auto* key : {"1", "3", "2", "sebunga"}) co_await phone.press(key);
        const auto last = co_await phone.press("3");
        if (last.end && last.fault.empty()) ++ended;
    };
    net::TaskGroup walks(network.village.loop.get_executor());
    for (auto& phone : phones) walks.spawn("phone", walk(phone));
    CHECK(network.wait_for([&] { return ended == phones.size(); }));
    CHECK(network.village.reports().size() == phones.size());
    network.village.run(Phones::ignore(walks.join(10s)));
}

TEST_CASE("a screen whose session went while it was stored is not for the next one", "[ussd][smpp]") {
    Phones village;
    SmppChannelOptions options;
    options.name = "operator";
    channel::UssdLink link(options, *village.desk);
    smpp::ShortMessage message;
    message.source.digits = "628400000001";
    message.destination.digits = "*384#";
    ussd::Signal signal;
    signal.what = ussd::Signal::What::begin;
    auto dial = [&](bool gone) {
        bool done = false;
        link.take(message, signal, Phones::message(ani, "*384#"), [&](const ussd::Shown& shown) {
            CHECK(shown.how == ussd::Shown::How::shown);
            done = true;
        });
        if (gone) link.session_over();
        while (!done) {
            village.loop.restart();
            village.loop.run_one_for(test::limit);
        }
    };
    dial(true);
    CHECK(link.waiting() == 0);
    dial(false);
    CHECK(link.waiting() == 1);
    link.session_over();
    CHECK(link.waiting() == 0);
}
