// Every vendor's USSD over a socket: phones of the SMSC simulator, as the profile says; Jejak as the ESME that binds to
// their SMSC, and as the listener that their gateway binds to.
#include <catch2/catch.hpp>

#include "gateway/config/profiles.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/operator_channel.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using sim::HandsetAct;
using sim::HandsetScreen;
using smpp::CommandId;
using smpp::CommandStatus;
using smpp::Tag;
using tests::Esme;
using tests::Listening;
using tests::Phones;

namespace {

const std::string ani = "+628400000001";
using What = HandsetAct::What;

/// A vendor, and what its phones are shown screens with: in numbers of its own, apart from what the profile says.
struct Vendor {
    std::string profile, keys;  ///< keys of a channel beside it
    std::uint8_t ask, last;

    std::string scenario() const { return "title = \"USSD\"\n[ussd]\nprofile = \"" + profile + "\"\n" + keys; }
    SmppProfile spoken() const {
        auto all = Profiles::shipped().at(profile);
        all.ussd_profile = sim::parse_scenario(scenario()).manners.ussd;
        return all;
    }
};
const std::vector<Vendor> vendors{
    {"standard", "", 0x02, 0x11},      {"nowsms", "", 0x02, 0x11},
    {"tata", "", 0x02, 0x02},          {"6d", "", 0x02, 0x17},
    {"mica", "", 0x02, 0x17},          {"mica-pssr", "", 0x02, 0x11},
    {"ussd-by-phone", "", 0x02, 0x11}, {"nowsms", "ussd_session = 0x1403\nussd_session_mask = 0xFFFF00\n", 0x02, 0x11}};

/// A vendor's gateway with its phones at one end, a village at the other.
class Wire {
public:
    Wire() = default;
    virtual ~Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    virtual Phones& village() = 0;
    /// The screen that answers the phone; empty: none came, for it hung up or has no session.
    virtual std::optional<HandsetScreen> act(const HandsetAct& act) = 0;
    /// A turn of no phone here; what it is answered with.
    virtual CommandStatus say(const sim::Parcel& turn) = 0;
    /// Nothing came but the screens that the phones waited for.
    virtual bool quiet() = 0;

    std::string dial() { return act({What::dial, ani, "*384#"}).value_or(HandsetScreen{}).text; }
    std::optional<HandsetScreen> press(const std::string& key) { return act({What::input, ani, key}); }
};

/// The phones are an SMSC's, and Jejak an ESME of it.
class AtAnSmsc : public Wire {
public:
    explicit AtAnSmsc(const Vendor& vendor)
        : smsc_(village_.loop.get_executor(), smsc_options(vendor)),
          tasks_(village_.loop.get_executor()),
          control_(test::client_to(village_.loop, smsc_.control_address())) {
        village_.now = wall_now() + 1min;  // whatever is said now is said after the bind
        tasks_.spawn("smsc", smsc_.run());
        const auto address = smsc_.smpp_address();
        auto options = tests::OperatorChannel::options_for(
            static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
        static_cast<SmppProfile&>(options) = vendor.spoken();
        client_.bind(std::move(options), tests::OperatorChannel::Replies::stay, village_.desk.get());
        REQUIRE(client_.wait_for([&] { return client_->bound(); }));
    }
    ~AtAnSmsc() override {
        client_.unbind();
        tasks_.stop();
        village_.run(Phones::ignore(tasks_.join(test::limit)));
    }
    Phones& village() override { return village_; }
    std::optional<HandsetScreen> act(const HandsetAct& act) override {
        boost::json::object body{{"from", act.from}};
        if (act.what == What::hang_up) {
            body["hang_up"] = true;
        } else {
            body[act.what == What::dial ? "dial" : "input"] = act.text;
        }
        std::pair<unsigned, boost::json::value> answer;
        auto task = [&]() -> net::awaitable<void> {
            answer = co_await test::ask(control_, "POST", "/ussd", boost::json::serialize(body));
        };
        village_.run(task());
        const auto* const shown = answer.first == 200 ? answer.second.if_object() : nullptr;
        if (shown == nullptr || !shown->contains("operation")) return std::nullopt;
        return HandsetScreen{boost::json::value_to<std::string>(shown->at("screen")), shown->at("end").as_bool(),
                             boost::json::value_to<std::uint8_t>(shown->at("operation")), 0};
    }
    CommandStatus say(const sim::Parcel& turn) override {
        sim::MoText text;
        text.from = turn.from;
        text.to = turn.to;
        text.octets = turn.octets;
        text.data_coding = turn.data_coding;
        text.tlvs = turn.tlvs;
        text.service_type = turn.service_type;
        std::optional<CommandStatus> answer;
        REQUIRE(smsc_.deliver(text, [&](CommandStatus status) { answer = status; }));
        REQUIRE(client_.wait_for([&] { return answer.has_value(); }));
        return *answer;
    }
    bool quiet() override { return smsc_.submitted().list().empty(); }

private:
    static sim::SmscOptions smsc_options(const Vendor& vendor) {
        sim::SmscOptions options;
        options.listen = "127.0.0.1:0";
        options.scenario = sim::parse_scenario(vendor.scenario());
        return options;
    }
    Phones village_;
    sim::Smsc smsc_;
    net::TaskGroup tasks_;
    tests::OperatorChannel client_{village_};
    net::HttpClient control_;
};

/// The phones are a USSD gateway's that binds to us as an ESME.
class AtOurListener : public Wire {
public:
    explicit AtOurListener(const Vendor& vendor = vendors[0])
        : phones(vendor.spoken().ussd_profile), listening(options_for(vendor)) {
        bind();
    }
    void bind() {
        esme.emplace(listening);
        REQUIRE(esme->bind() == CommandStatus::ok);
    }
    Phones& village() override { return listening.village; }
    std::optional<HandsetScreen> act(const HandsetAct& act) override {
        if (act.what == What::hang_up && !phones.tells_of_ends()) {
            CHECK(phones.leave(act.from));
            return std::nullopt;
        }
        if (!turn(act)) return std::nullopt;
        if (act.what == What::hang_up) return std::nullopt;
        take(CommandStatus::ok);
        return std::exchange(shown, {});
    }
    CommandStatus say(const sim::Parcel& turn) override {
        esme->say([&](std::uint32_t sequence, auto& out) {
            smpp::ShortMessage message;
            message.service_type = turn.service_type;
            message.source = {1, 1, std::string_view(turn.from).substr(1)};
            message.destination = {0, 1, turn.to};
            message.data_coding = turn.data_coding;
            message.short_message = turn.octets;
            message.tlvs = smpp::Tlvs(turn.tlvs);
            smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
        });
        return esme->next(CommandId::submit_sm, true).status();
    }
    bool quiet() override { return esme->quiet_for(50ms); }

    /// The phone's turn alone; false when it has no session.
    bool turn(const HandsetAct& act) {
        const auto parcel = phones.act(act, [this](const HandsetScreen& screen) { shown = screen; });
        if (parcel) CHECK(say(*parcel) == CommandStatus::ok);
        return parcel.has_value();
    }
    /// The screen that comes, answered so.
    void take(CommandStatus status) {
        const auto pdu = esme->next(CommandId::deliver_sm);
        CHECK(phones.take(pdu.message()));
        esme->answer(pdu, status);
    }

    sim::Handsets phones;
    std::optional<HandsetScreen> shown;
    Listening listening;
    std::optional<Esme> esme;

private:
    static SmppServerOptions options_for(const Vendor& vendor) {
        auto options = tests::modem_boxes();
        static_cast<SmppProfile&>(options.channel) = vendor.spoken();
        return options;
    }
};

enum class Side : std::uint8_t { client, server };
std::unique_ptr<Wire> wire_of(Side side, const Vendor& vendor) {
    if (side == Side::client) return std::make_unique<AtAnSmsc>(vendor);
    return std::make_unique<AtOurListener>(vendor);
}

}  // namespace

TEST_CASE("every shipped profile that says something of USSD is driven over a socket here", "[ussd]") {
    for (const auto& [name, profile] : Profiles::shipped()) {
        INFO(name);
        const bool ordinary = profile.ussd_profile == ussd::SmppProfile{};
        const bool here = std::any_of(vendors.begin(), vendors.end(),
                                      [&, its = name](const auto& vendor) { return vendor.profile == its; });
        CHECK((ordinary || here));
    }
}

TEST_CASE("U1, U2: every vendor's phones walk the menu to its last screen, in both roles", "[U1][U2][ussd][smpp]") {
    const auto vendor = GENERATE(from_range(vendors));
    const auto side = GENERATE(Side::client, Side::server);
    INFO(vendor.profile << vendor.keys << (side == Side::client ? ", client" : ", server"));
    const auto wire = wire_of(side, vendor);
    CHECK(wire->dial().starts_with("Layanan Desa\n1 Lapor kejadian"));
    for (const auto* key : {"1", "1", "5", "sebunga"}) {
        const auto screen = wire->press(key);
        REQUIRE(screen);
        CHECK_FALSE(screen->end);
        CHECK(screen->operation == vendor.ask);
    }
    const auto last = wire->press("1");
    REQUIRE(last);
    CHECK(last->end);
    CHECK(last->operation == vendor.last);
    CHECK(last->text.starts_with("Pesan diterima. Ref "));
    CHECK_FALSE(wire->press("1"));  // the network knows the session as closed
    CHECK(wire->quiet());
    REQUIRE(wire->village().reports().size() == 1);
    CHECK(wire->village().reports()[0].people == 5u);
    CHECK(wire->village().messages()[0].fate == Fate::understood);
    CHECK(wire->village().ledger().balances());
}

TEST_CASE("U3: every vendor's phone gives up in the middle, and its answers are a report, in both roles",
          "[U3][ussd][smpp]") {
    const auto vendor = GENERATE(from_range(vendors));
    const auto side = GENERATE(Side::client, Side::server);
    INFO(vendor.profile << vendor.keys << (side == Side::client ? ", client" : ", server"));
    const auto wire = wire_of(side, vendor);
    wire->dial();
    for (const auto* key : {"1", "4", "3"}) CHECK(wire->press(key));
    CHECK_FALSE(wire->act({What::hang_up, ani, ""}));
    CHECK(wire->quiet());  // nobody is there to read it
    REQUIRE(wire->village().messages().size() == 1);
    CHECK(wire->village().messages()[0].fate == Fate::clarifying);
    wire->village().now += 181s;
    wire->village().sweep();
    CHECK(wire->village().messages()[0].fate == Fate::understood);
    CHECK(wire->village().reports()[0].category == Category::harbouring);
}

TEST_CASE("U4: an input to a session that nobody knows is kept as a text, by every vendor and in both roles",
          "[U4][ussd][smpp]") {
    const auto vendor = GENERATE(from_range(vendors));
    const auto side = GENERATE(Side::client, Side::server);
    INFO(vendor.profile << vendor.keys << (side == Side::client ? ", client" : ", server"));
    const auto wire = wire_of(side, vendor);
    sim::Handsets elsewhere(vendor.spoken().ussd_profile);
    elsewhere.act({What::dial, ani, "*384#"}, {});
    const auto turn = elsewhere.act({What::input, ani, "3"}, {});
    REQUIRE(turn);
    CHECK(wire->say(*turn) == CommandStatus::ok);
    CHECK(wire->quiet());
    REQUIRE(wire->village().messages().size() == 1);
    const auto message = wire->village().messages()[0];
    CHECK(sms::has(message.remarks, sms::Remark::stray_ussd));
    CHECK(wire->village().text_of(message) == "3");
    CHECK(wire->village().replies_to(message.id).empty());
}

TEST_CASE("U4: a screen that a bound gateway refuses for good ends the session", "[U4][ussd][smpp][server]") {
    AtOurListener wire;
    SECTION("before anything was said: what comes then is a text to nobody") {
        REQUIRE(wire.turn({What::dial, ani, "*384#"}));
        wire.take(CommandStatus::invalid_destination);
        REQUIRE(wire.turn({What::input, ani, "1"}));
        CHECK(wire.quiet());
        REQUIRE(wire.village().messages().size() == 1);
        CHECK(sms::has(wire.village().messages()[0].remarks, sms::Remark::stray_ussd));
    }
    SECTION("in the middle: the answers are a report, and no reply follows them") {
        wire.dial();
        CHECK(wire.press("1"));
        REQUIRE(wire.turn({What::input, ani, "4"}));
        wire.take(CommandStatus::invalid_destination);
        CHECK(wire.quiet());
        wire.village().now += 181s;
        wire.village().sweep();
        REQUIRE(wire.village().messages().size() == 1);
        CHECK(wire.village().reports()[0].category == Category::harbouring);
        CHECK(wire.village().replies_to(wire.village().messages()[0].id).empty());
    }
    SECTION("for now: it comes again, and the session goes on") {
        REQUIRE(wire.turn({What::dial, ani, "*384#"}));
        const auto refused = wire.esme->next(CommandId::deliver_sm);
        wire.esme->answer(refused, CommandStatus::throttled);
        wire.take(CommandStatus::ok);
        CHECK(wire.press("1"));
    }
}

TEST_CASE("U6: a gateway that binds to us says one turn twice: the same screen, and one session",
          "[U6][ussd][smpp][server]") {
    AtOurListener wire;
    const auto dialled = wire.phones.act({What::dial, ani, "*384#"}, {});
    REQUIRE(dialled);
    CHECK(wire.say(*dialled) == CommandStatus::ok);
    const auto first = wire.esme->next(CommandId::deliver_sm);
    wire.esme->answer(first);
    CHECK(wire.say(*dialled) == CommandStatus::ok);
    const auto again = wire.esme->next(CommandId::deliver_sm);
    wire.esme->answer(again);
    CHECK(again.body == first.body);
    for (const auto* key : {"1", "1", "5", "sebunga", "1"}) CHECK(wire.press(key));
    CHECK(wire.village().reports().size() == 1);
    CHECK(wire.village().messages().size() == 1);
}

TEST_CASE("U7: what a gateway that binds to us calls USSD, and is no turn, is a text with a remark",
          "[U7][ussd][smpp][server]") {
    AtOurListener wire;
    sim::Parcel parcel;
    parcel.from = ani;
    parcel.to = "9840";
    parcel.service_type = "USSD";
    parcel.octets = tests::octets_of("LAPOR 5 org lewat jalan tikus sebunga skrg");
    parcel.tlvs = tests::from_hex(GENERATE(as<std::string>(), "0501000114", "05010001ff", ""));
    CHECK(wire.say(parcel) == CommandStatus::ok);
    REQUIRE(wire.village().messages().size() == 1);
    CHECK(sms::has(wire.village().messages()[0].remarks, sms::Remark::stray_ussd));
    CHECK(wire.village().reports()[0].category == Category::unofficial_land_route);
}

TEST_CASE("U8: our listener is killed in the middle: the session goes on, or its answers are a report",
          "[U8][ussd][smpp][server]") {
    AtOurListener wire;
    wire.dial();
    for (const auto* key : {"1", "4"}) CHECK(wire.press(key));
    wire.esme.reset();
    wire.listening.restart();
    wire.bind();
    SECTION("the network still has the session") {
        const auto screen = wire.press("3");
        REQUIRE(screen);
        CHECK_FALSE(screen->end);
    }
    SECTION("it does not, and nothing is sent by SMS") {
        CHECK(wire.quiet());
        wire.village().now += 181s;
        wire.village().sweep();
        CHECK(wire.village().replies_to(wire.village().messages()[0].id).empty());
    }
    REQUIRE(wire.village().messages().size() == 1);
    CHECK(wire.village().reports()[0].category == Category::harbouring);
}
