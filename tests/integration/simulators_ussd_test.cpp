#include <catch2/catch.hpp>

#include "protocol/ussd/signal.hpp"
#include "simulators/handset.hpp"
#include "simulators/smsc_scenario.hpp"
#include "simulators/story.hpp"
#include "simulators/ussd_phone.hpp"
#include "tests/support/octets.hpp"

using namespace jejak;
using namespace jejak::sim;

namespace {

constexpr ussd::SmppProfile profile;

/// A submit_sm to `to` that shows `text`.
struct Submit {
    Submit(std::string_view to, std::string_view text, const std::vector<std::byte>& session, bool end)
        : parameters(ussd::screen_parameters(session, end, profile)) {
        message.destination = {.ton = 1, .npi = 1, .digits = to.substr(1)};
        message.short_message = std::as_bytes(std::span(text));
        message.tlvs = smpp::Tlvs(parameters);
    }
    std::vector<std::byte> parameters;
    smpp::ShortMessage message;
};

std::vector<std::byte> session_of(const Parcel& parcel) {
    const auto found = smpp::Tlvs(parcel.tlvs).find(smpp::Tag::its_session_info);
    return found ? std::vector<std::byte>(found->begin(), found->end()) : std::vector<std::byte>();
}

std::string fault_of(const std::string& json) {
    try {
        parse_act(json);
    } catch (const std::invalid_argument& fault) {
        return fault.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a phone's keys are deliver_sm of one session, until its last screen", "[ussd][simulators]") {
    Handsets phones;
    std::vector<HandsetScreen> shown;
    const auto keep = [&](const HandsetScreen& screen) { shown.push_back(screen); };
    const std::string ani = "+628400000001";
    const auto dialled = phones.act({HandsetAct::What::dial, ani, "*384*2#"}, keep);
    REQUIRE(dialled);
    CHECK(dialled->service_type == "USSD");
    CHECK(dialled->to == "*384#");
    const auto signal = [](const Parcel& parcel) { return smpp::Tlvs(parcel.tlvs).u8(smpp::Tag::ussd_service_op); };
    CHECK(signal(*dialled) == 1);
    const auto first = session_of(*dialled);
    CHECK(first == tests::from_hex("0100"));

    CHECK_FALSE(phones.take(Submit("+628400000002", "x", first, false).message));        // another phone
    CHECK_FALSE(phones.take(Submit(ani, "x", tests::from_hex("7700"), false).message));  // another session
    CHECK_FALSE(phones.take(Submit(ani, "x", tests::from_hex("0102"), false).message));  // another turn of it
    CHECK_FALSE(phones.take(Submit(ani, "x", tests::from_hex("0101"), false).message));  // going on, and its end
    CHECK(phones.take(Submit(ani, "Berapa orang?", first, false).message));
    const auto pressed = phones.act({HandsetAct::What::input, ani, "5"}, keep);
    REQUIRE(pressed);
    CHECK(signal(*pressed) == 18);
    const auto second = session_of(*pressed);
    CHECK(second == tests::from_hex("0102"));  // the dialogue is counted up
    CHECK(phones.take(Submit(ani, "Terima kasih.", second, true).message));
    REQUIRE(shown.size() == 2);
    CHECK(shown[0].text == "Berapa orang?");
    CHECK_FALSE(shown[0].end);
    CHECK(shown[1].end);
    CHECK_FALSE(phones.act({HandsetAct::What::input, ani, "1"}, keep));  // the session is over
    const auto again = phones.act({HandsetAct::What::dial, ani, "*384#"}, keep);
    REQUIRE(again);
    CHECK(session_of(*again) == tests::from_hex("0200"));
}

TEST_CASE("phones speak as their vendor's profile says", "[ussd][simulators]") {
    const std::string ani = "+628400000001", title = "title = \"t\"\n";
    struct Row {
        const char* name;
        std::string scenario, dialled, pressed, gave_up;  ///< the latter as optional parameters
    };
    const std::string own = "[[profile]]\nname = \"own\"\nussd_session = 0x1403\nussd_end_bit = 0x80\n";
    const Row rows[] = {
        {"no word of it", "",
         "0501000101"
         "138300020100",
         "0501000112"
         "138300020102",
         "0501000112"
         "138300020105"},
        {"tata", "[ussd]\nprofile = \"tata\"",
         "0501000101"
         "138300020002",
         "0501000112"
         "138300020002",
         "0501000111"
         "138300020003"},
        {"mica", "[ussd]\nprofile = \"mica\"",
         "0501000101"
         "020400020001",
         "0501000112"
         "020400020001",
         "0501000181"
         "020400020001"},
        {"by phone", "[ussd]\nprofile = \"ussd-by-phone\"", "0501000101", "0501000112", ""},
        {"a vendor's own", own + "[ussd]\nprofile = \"own\"\nussd_begin = 0x20\n",
         "0501000120"
         "1403000400000001",
         "0501000112"
         "1403000400000001",
         "0501000112"
         "1403000400000081"},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        Handsets phones(parse_scenario(title + row.scenario).manners.ussd);
        const auto octets = [&](HandsetAct::What what) {
            const auto parcel = phones.act({what, ani, "*384#"}, {});
            return parcel ? tests::to_hex(parcel->tlvs) : std::string("none");
        };
        CHECK(octets(HandsetAct::What::dial) == row.dialled);
        CHECK(octets(HandsetAct::What::input) == row.pressed);
        CHECK(phones.tells_of_ends() == !row.gave_up.empty());
        if (phones.tells_of_ends()) {
            CHECK(octets(HandsetAct::What::hang_up) == row.gave_up);
        } else {
            CHECK(phones.leave(ani));
        }
        CHECK_FALSE(phones.leave(ani));
    }
    for (const auto* wrong : {"[ussd]\nprofile = \"nobody\"", "[ussd]\nprofil = \"tata\"", "[ussd]\nussd_end_bit = -1",
                              "ussd = 1", "[[profile]]\nname = \"own\"\n",
                              "[[profile]]\nname = \"own\"\nussd_end = \"x\"\n[ussd]\nprofile = \"own\""}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(parse_scenario(title + wrong), std::invalid_argument);
    }
}

TEST_CASE("who hangs up says so with the bit that ends a session", "[ussd][simulators]") {
    Handsets phones;
    CHECK_FALSE(phones.act({HandsetAct::What::hang_up, "+628400000001", ""}, {}));
    phones.act({HandsetAct::What::dial, "+628400000001", "*384#"}, {});
    const auto parcel = phones.act({HandsetAct::What::hang_up, "+628400000001", ""}, {});
    REQUIRE(parcel);
    CHECK(ussd::says_end(session_of(*parcel), profile));
}

TEST_CASE("what POST /ussd takes, and what it says of the rest", "[ussd][simulators]") {
    CHECK(parse_act(R"({"from":"+628400000001","dial":"*384#"})").text == "*384#");
    CHECK(parse_act(R"({"from":"+628400000001","input":""})").what == HandsetAct::What::input);
    CHECK(parse_act(R"({"from":"+628400000001","hang_up":true})").what == HandsetAct::What::hang_up);
    CHECK_THAT(fault_of("[]"), Catch::Contains("JSON object"));
    CHECK_THAT(fault_of(R"({"dial":"*384#"})"), Catch::Contains("from"));
    CHECK_THAT(fault_of(R"({"from":"+628400000001"})"), Catch::Contains("dial, input or hang_up"));
    CHECK_THAT(fault_of(R"({"from":"+628400000001","dial":7})"), Catch::Contains("dial: not a string"));
}

TEST_CASE("a story's USSD steps", "[ussd][simulators]") {
    const std::string head =
        "title = \"t\"\n[persons.ani]\nname = \"A\"\nnumber = \"+628400000001\"\nchannel = \"smpp\"\n[[step]]\n";
    const auto story = parse_story(head +
                                   "from = \"ani\"\ndial = \"*384#\"\nscreen_contains = \"1 Lapor\"\nends = false\n"
                                   "[[step]]\nfrom = \"ani\"\nussd = \"1\"\nscreen = \"x\"\n"
                                   "[[step]]\nfrom = \"ani\"\nhang_up = true\n");
    REQUIRE(story.steps.size() == 3);
    const auto& dial = std::get<UssdStep>(story.steps[0].what);
    CHECK(dial.what == UssdStep::What::dial);
    CHECK(dial.pattern == "1 Lapor");
    CHECK_FALSE(dial.whole);
    CHECK(dial.ends == false);
    CHECK(std::get<UssdStep>(story.steps[1].what).whole);
    CHECK(std::get<UssdStep>(story.steps[2].what).what == UssdStep::What::hang_up);
    for (const auto* wrong : {"from = \"budi\"\ndial = \"*384#\"", "from = \"ani\"\ndial = 3",
                              "from = \"ani\"\nussd = \"1\"\nends = \"yes\"",
                              "from = \"ani\"\nussd = \"1\"\nscreen = \"x\"\nscreen_contains = \"y\"",
                              "from = \"ani\"\nussd = \"1\"\nreply = \"x\""}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(parse_story(head + wrong), std::invalid_argument);
    }
}

TEST_CASE("a screen is drawn in a frame as wide as its longest line", "[ussd][simulators]") {
    UssdScreen screen;
    screen.text = "Di mana?\n1 Kaliau'";
    CHECK(framed(screen) == "+-----------+\n| Di mana?  |\n| 1 Kaliau' |\n+-----------+");
}
