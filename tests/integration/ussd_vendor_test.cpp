// Every vendor's USSD over SMPP drives the menu: what it sends is read, and what it is sent is what it knows.
#include <deque>

#include "gateway/channel/ussd_link.hpp"
#include "gateway/config/profiles.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/phones.hpp"
#include "tests/support/smpp_wire.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::CommandStatus;
using smpp::Tag;
using tests::Phones;

namespace {

const std::string ani = "+628400000001";

/// How a vendor's gateway speaks, in its own numbers, apart from what the profile says.
struct Vendor {
    const char* profile;
    std::uint8_t begin, input;
    std::optional<std::uint8_t> end;  ///< an operation that ends; empty: the end bit does
    std::uint8_t ask, last;
    std::optional<Tag> session;
    bool end_bit;
};
const Vendor vendors[] = {
    {"standard", 0x01, 0x12, {}, 0x02, 0x11, Tag::its_session_info, true},
    {"nowsms", 0x01, 0x12, {}, 0x02, 0x11, Tag::its_session_info, true},
    {"tata", 0x01, 0x12, {}, 0x02, 0x02, Tag::its_session_info, true},
    {"tata", 0x01, 0x02, 0x11, 0x02, 0x02, Tag::its_session_info, true},
    {"6d", 0x01, 0x12, 0x81, 0x02, 0x17, Tag::its_session_info, true},
    {"mica", 0x01, 0x12, 0x81, 0x02, 0x17, Tag::user_message_reference, false},
    {"mica-pssr", 0x01, 0x12, 0x81, 0x02, 0x11, Tag::user_message_reference, false},
    {"ussd-by-phone", 0x01, 0x12, {}, 0x02, 0x11, {}, false},
};

/// A vendor's gateway, with one phone at it, and our side of the channel.
struct Gateway {
    explicit Gateway(const Vendor& its, std::uint16_t number = 0x0700) : vendor(its), info(number) {
        static_cast<SmppProfile&>(options) = Profiles::shipped().at(vendor.profile);
        options.name = "operator";
        link.emplace(options, *village.desk);
        wire.emplace(now);
        link->session_began();
        village.now = wall_now() + 1min;  // whatever is said now is said after the bind
    }

    /// The phone's turn; what the desk said of it.
    ussd::Shown::How turn(std::uint8_t operation, const std::string& text, std::uint16_t end = 0) {
        std::vector<std::byte> parameters;
        smpp::append_tlv(Tag::ussd_service_op, operation, parameters);
        if (vendor.session) smpp::append_tlv(*vendor.session, static_cast<std::uint16_t>(info | end), parameters);
        smpp::ShortMessage message;
        message.service_type = "USSD";
        message.source = {1, 1, "628400000001"};
        message.destination = {0, 1, "*384#"};
        message.short_message = std::as_bytes(std::span(text));
        message.tlvs = smpp::Tlvs(parameters);
        const auto signal = ussd::read_signal(message, link->profile());
        REQUIRE(signal);
        std::optional<ussd::Shown::How> how;
        link->take(message, *signal, Phones::message(ani, text), [&](const ussd::Shown& shown) { how = shown.how; });
        REQUIRE(test::wait_until(village.loop, [&] { return how.has_value(); }));
        return *how;
    }
    /// The screen that the gateway is sent; checked against what the vendor knows.
    std::string screen(bool last) {
        link->fill(wire->session, now);
        const auto sent = wire->requests();
        REQUIRE(sent.size() == 1);
        request = sent[0];
        const auto message = request.message();
        CHECK(message.service_type == "USSD");
        CHECK(message.destination.digits == "628400000001");
        CHECK(message.tlvs.u8(Tag::ussd_service_op) == (last ? vendor.last : vendor.ask));
        if (vendor.session) {
            const auto expected = last && vendor.end_bit ? info | 1 : info;
            CHECK(message.tlvs.u16(*vendor.session) == expected);
        } else {
            CHECK_FALSE(message.tlvs.find(Tag::its_session_info));
        }
        return std::string(reinterpret_cast<const char*>(message.short_message.data()), message.short_message.size());
    }
    void answer(CommandStatus status) {
        wire->answer(request, status, status == CommandStatus::ok ? "1" : "", now);
        wire->poll(now, [&](const smpp::RequestEnded& ended) { link->ended(ended, now); });
    }
    std::string dial() {
        CHECK(turn(vendor.begin, "*384#") == ussd::Shown::How::shown);
        auto shown = screen(false);
        answer(CommandStatus::ok);
        return shown;
    }
    std::string press(const std::string& key, bool last = false) {
        CHECK(turn(vendor.input, key) == ussd::Shown::How::shown);
        auto shown = screen(last);
        answer(CommandStatus::ok);
        return shown;
    }

    const Vendor& vendor;
    std::uint16_t info;
    Phones village;
    SmppChannelOptions options;
    SteadyTime now = std::chrono::steady_clock::now();
    std::optional<channel::UssdLink> link;
    std::optional<test::SmppWire> wire;
    test::SmppWire::Request request;
};

}  // namespace

TEST_CASE("U1, U2: every vendor's gateway walks the menu to its last screen", "[U1][U2][ussd]") {
    const auto& vendor = GENERATE(from_range(std::begin(vendors), std::end(vendors)));
    INFO(vendor.profile);
    Gateway gateway(vendor);
    CHECK(gateway.dial().starts_with("Layanan Desa"));
    for (const auto* key : {"1", "1", "5", "sebunga"}) gateway.press(key);
    CHECK(gateway.press("1", true).starts_with("Pesan diterima."));
    REQUIRE(gateway.village.reports().size() == 1);
    CHECK(gateway.village.reports()[0].people == 5u);
    CHECK(gateway.village.messages()[0].fate == Fate::understood);
}

TEST_CASE("U3: when a vendor's gateway says that the phone hung up, the answers are a report", "[U3][ussd]") {
    const auto& vendor = GENERATE(from_range(std::begin(vendors), std::end(vendors)));
    if (!vendor.end && !vendor.end_bit) return;  // it says nothing, and the time runs out
    INFO(vendor.profile);
    Gateway gateway(vendor);
    gateway.dial();
    for (const auto* key : {"1", "4", "3"}) gateway.press(key);
    const bool by_bit = !vendor.end;
    CHECK(gateway.turn(vendor.end.value_or(vendor.input), "", by_bit ? 1 : 0) == ussd::Shown::How::shown);
    gateway.link->fill(gateway.wire->session, gateway.now);
    CHECK(gateway.wire->requests().empty());  // nobody is there to read it
    REQUIRE(gateway.village.messages().size() == 1);
    gateway.village.now += 181s;
    gateway.village.sweep();
    CHECK(gateway.village.reports()[0].category == Category::harbouring);
}

TEST_CASE("U1: screens leave in the alphabet that the operator reads under data_coding 0", "[U1][ussd]") {
    using sms::DefaultAlphabet;
    const auto alphabet = GENERATE(DefaultAlphabet::gsm7, DefaultAlphabet::gsm7_packed, DefaultAlphabet::latin1,
                                   DefaultAlphabet::ascii, DefaultAlphabet::utf8);
    Gateway gateway(vendors[0]);
    gateway.options.default_alphabet = alphabet;
    gateway.dial();
    const auto message = gateway.request.message();
    CHECK(message.data_coding == 0);
    CHECK_FALSE(message.udhi());
    const auto read = sms::decode_text(message.short_message, 0, alphabet).utf8;
    CHECK(read.starts_with("Layanan Desa"));
    const bool packed = alphabet == DefaultAlphabet::gsm7_packed;
    CHECK(message.short_message.size() == (packed ? (read.size() * 7 + 7) / 8 : read.size()));
}

TEST_CASE("U1: what that alphabet lacks leaves in UCS-2 while it fits a screen, and as plain as it must be else",
          "[U1][ussd]") {
    using sms::DefaultAlphabet;
    const std::string euro = "1 Ongkos €5", lines(100, 'x');
    struct Row {
        std::string screen;
        DefaultAlphabet alphabet;
        std::uint8_t data_coding;
        std::size_t octets;
        std::string read;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {euro, DefaultAlphabet::gsm7, 0, 12, euro},
        {euro, DefaultAlphabet::latin1, 8, 22, euro},
        {"1 Ongkos £5", DefaultAlphabet::latin1, 0, 11, "1 Ongkos £5"},
        {"1 Ongkos £5", DefaultAlphabet::ascii, 8, 22, "1 Ongkos £5"},
        {lines + euro, DefaultAlphabet::gsm7, 0, 112, lines + euro},
        {lines + euro, DefaultAlphabet::latin1, 0, 111, lines + "1 Ongkos ?5"},
        {lines + "é ñ £ € Ω", DefaultAlphabet::latin1, 0, 109, lines + "é ñ £ ? ?"},
        {lines + "é [€]", DefaultAlphabet::ascii, 0, 105, lines + "? [?]"},
        {"1 求助", DefaultAlphabet::gsm7_packed, 8, 8, "1 求助"},
        {"", DefaultAlphabet::gsm7, 0, 0, ""},
    }));
    INFO(row.screen);
    const auto coded = channel::coded_screen(row.screen, row.alphabet);
    CHECK(coded.data_coding == row.data_coding);
    CHECK(coded.octets.size() == row.octets);
    CHECK_FALSE(coded.udhi);
    CHECK(sms::decode_text(coded.octets, coded.data_coding, row.alphabet).utf8 == row.read);
}

TEST_CASE("U4: a screen that the gateway refuses for good ends the session, and its answers stay", "[U4][ussd]") {
    const auto& vendor = GENERATE(from_range(std::begin(vendors), std::end(vendors)));
    INFO(vendor.profile);
    Gateway gateway(vendor);
    gateway.dial();
    gateway.press("1");
    CHECK(gateway.turn(vendor.input, "4") == ussd::Shown::How::shown);
    gateway.screen(false);
    gateway.answer(CommandStatus::invalid_destination);
    REQUIRE(gateway.village.messages().size() == 1);
    gateway.village.now += 181s;
    gateway.village.sweep();
    CHECK(gateway.village.reports()[0].category == Category::harbouring);
    CHECK(gateway.village.replies_to(gateway.village.messages()[0].id).empty());
}

TEST_CASE("U4: a first screen that the gateway refuses for good leaves no session behind", "[U4][ussd]") {
    const auto& vendor = GENERATE(from_range(std::begin(vendors), std::end(vendors)));
    INFO(vendor.profile);
    Gateway gateway(vendor);
    CHECK(gateway.turn(vendor.begin, "*384#") == ussd::Shown::How::shown);
    gateway.screen(false);
    gateway.answer(CommandStatus::invalid_destination);
    CHECK(gateway.turn(vendor.input, "1") == ussd::Shown::How::unknown);
    CHECK(gateway.village.messages().empty());
}

TEST_CASE("U4: a screen that is refused for now is shown a second later, three times at most", "[U4][ussd]") {
    const auto refusal = GENERATE(CommandStatus::throttled, static_cast<CommandStatus>(0x0500));  // nobody's: for now
    Gateway gateway(vendors[0]);
    CHECK(gateway.turn(1, "*384#") == ussd::Shown::How::shown);
    for (int tries = 0; tries < 3; ++tries) {
        gateway.screen(false);
        gateway.answer(refusal);
        gateway.link->fill(gateway.wire->session, gateway.now);
        CHECK(gateway.wire->requests().empty());
        CHECK((gateway.link->wake_at(gateway.now) == gateway.now + 1s) == (tries < 2));
        gateway.now += 1s;
    }
    gateway.link->fill(gateway.wire->session, gateway.now);
    CHECK(gateway.wire->requests().empty());
}

TEST_CASE("U6: a vendor's gateway that says the same turn twice changes nothing", "[U6][ussd]") {
    const auto& vendor = GENERATE(from_range(std::begin(vendors), std::end(vendors)));
    INFO(vendor.profile);
    Gateway gateway(vendor);
    const auto first = gateway.dial();
    CHECK(gateway.dial() == first);
    gateway.press("1");
    CHECK(gateway.village.messages().size() <= 1);
}

TEST_CASE("U7: an operation that a vendor does not have is no turn of a session", "[U7][ussd]") {
    const auto& vendor = GENERATE(from_range(std::begin(vendors), std::end(vendors)));
    const auto profile = Profiles::shipped().at(vendor.profile).ussd_profile;
    INFO(vendor.profile);
    for (int operation = 0; operation <= 0xFF; ++operation) {
        const auto value = static_cast<std::uint8_t>(operation);
        std::vector<std::byte> parameters;
        smpp::append_tlv(Tag::ussd_service_op, value, parameters);
        smpp::ShortMessage message;
        message.tlvs = smpp::Tlvs(parameters);
        const bool known =
            profile.begin.contains(value) || profile.input.contains(value) || profile.end.contains(value);
        CHECK(ussd::read_signal(message, profile).has_value() == known);
        CHECK(ussd::mentions_ussd(message));
    }
}
