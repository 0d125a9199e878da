#include <catch2/catch.hpp>

#include "protocol/smpp/codec.hpp"
#include "protocol/ussd/signal.hpp"
#include "tests/support/octets.hpp"

using namespace jejak;
using namespace jejak::ussd;

namespace {

constexpr SmppProfile profile;

struct Told {
    std::vector<std::byte> parameters;
    smpp::ShortMessage message;
};

/// A deliver_sm's optional parameters; no operation when it is empty, no session when that is.
Told told(std::optional<std::uint8_t> operation, const std::string& session,
          smpp::Tag tag = smpp::Tag::its_session_info) {
    Told one;
    if (operation) smpp::append_tlv(smpp::Tag::ussd_service_op, *operation, one.parameters);
    if (!session.empty()) smpp::append_tlv(tag, tests::from_hex(session), one.parameters);
    one.message.tlvs = smpp::Tlvs(one.parameters);
    return one;
}

constexpr auto vendors_own = static_cast<smpp::Tag>(0x1403);

}  // namespace

TEST_CASE("what a deliver_sm says of a session") {
    using What = Signal::What;
    struct Row {
        std::optional<std::uint8_t> operation;
        std::string session;
        std::optional<What> what;
    };
    const auto row = GENERATE(values<Row>({{1, "", What::begin},
                                           {1, "0500", What::begin},
                                           {18, "", What::input},
                                           {18, "0502", What::input},
                                           {18, "0503", What::end},  // the lowest bit ends it
                                           {1, "0001", What::end},
                                           {0, "", {}},
                                           {2, "", {}},
                                           {17, "", {}},
                                           {19, "", {}},
                                           {20, "", {}},
                                           {0x81, "", {}},
                                           {{}, "", {}},
                                           {{}, "0500", {}}}));
    const auto one = told(row.operation, row.session);
    const auto signal = read_signal(one.message, profile);
    REQUIRE(signal.has_value() == row.what.has_value());
    if (!signal) return;
    CHECK(signal->what == *row.what);
    CHECK(tests::to_hex(signal->session) == row.session);
}

TEST_CASE("a session's parameter of any length comes back as it was, with its end; one that is too long names none",
          "[U1]") {
    struct Row {
        std::string came, ends;
    };
    const auto row = GENERATE(values<Row>({{"", ""},
                                           {"06", "07"},
                                           {"0502", "0503"},
                                           {"fffe", "ffff"},
                                           {"0a0b0c0e", "0a0b0c0f"},
                                           {"0a0b0c0d0e", "0a0b0c0d0f"},
                                           {"00112233445566778899aabbccddeefe", "00112233445566778899aabbccddeeff"}}));
    INFO(row.came);
    SmppProfile vendor;
    vendor.session = vendors_own;
    const auto signal = read_signal(told(18, row.came, vendors_own).message, vendor);
    REQUIRE(signal);
    CHECK(signal->what == Signal::What::input);
    CHECK(tests::to_hex(signal->session) == row.came);
    for (const bool end : {false, true}) {
        const auto octets = screen_parameters(signal->session, end, vendor);
        const smpp::Tlvs tlvs(octets);
        CHECK(tlvs.u8(smpp::Tag::ussd_service_op) == (end ? 17 : 2));
        CHECK(tlvs.count() == (row.came.empty() ? 1u : 2u));
        if (const auto named = tlvs.find(vendors_own)) CHECK(tests::to_hex(*named) == (end ? row.ends : row.came));
    }
    if (!row.came.empty())
        CHECK(read_signal(told(18, row.ends, vendors_own).message, vendor)->what == Signal::What::end);

    const auto long_one = read_signal(told(18, std::string(34, 'f'), vendors_own).message, vendor);
    REQUIRE(long_one);
    CHECK(long_one->what == Signal::What::input);
    CHECK(long_one->session.empty());
    CHECK(session_of("+628400000001", *long_one, vendor) == session_of("+628400000001", {}, vendor));
}

TEST_CASE("U7: what was meant as USSD and is no turn is known as such", "[U7]") {
    CHECK(mentions_ussd(told(20, {}).message));
    CHECK_FALSE(mentions_ussd(told({}, {}).message));
    auto typed = told({}, {});
    typed.message.service_type = "USSD";
    CHECK(mentions_ussd(typed.message));
}

TEST_CASE("a session is known by its phone and its number: the dialogue in it and its end change nothing", "[U2]") {
    struct Row {
        smpp::Tag tag;
        std::optional<std::uint32_t> mask;
        std::string one, other;
        bool same;
    };
    const auto standard = smpp::Tag::its_session_info;
    const std::string sixteen = "00112233445566778899aabbccddee00";
    const auto row = GENERATE_COPY(values<Row>({
        {standard, {}, "0502", "0503", true},
        {standard, {}, "0502", "05fe", true},  // octet 2 counts the dialogue
        {standard, {}, "0502", "0602", false},
        {standard, 0xFFFE, "0502", "0503", true},
        {standard, 0xFFFE, "0502", "0504", false},  // it does not, with this vendor
        {standard, {}, "", "0000", false},
        {standard, {}, "06", "07", true},  // not the standard's two octets
        {standard, {}, "06", "08", false},
        {standard, {}, "00000002", "00000102", false},
        {vendors_own, {}, "0502", "0504", false},
        {vendors_own, {}, "02", "0002", false},
        {vendors_own, {}, "0a0b0c0e", "0a0b0c0f", true},
        {vendors_own, {}, "0a0b0c0e", "1a0b0c0e", false},
        {vendors_own, 0xFFFF0000, "0a0b0c0e", "0a0bffff", true},
        {vendors_own, 0xFFFF0000, "0a0b0c0e", "0affffff", false},
        {vendors_own, {}, sixteen, "10" + sixteen.substr(2), false},
        {vendors_own, 0xFF, sixteen, "10" + sixteen.substr(2), false},
        {vendors_own, 0xFF, sixteen, sixteen.substr(0, 24) + "ffffff01", true},
    }));
    INFO(row.one << " and " << row.other);
    SmppProfile vendor;
    vendor.session = row.tag;
    vendor.session_mask = row.mask;
    const auto id = [&](const std::string& session, std::string_view phone = "+628400000001") {
        return session_of(phone, {Signal::What::input, tests::from_hex(session)}, vendor);
    };
    CHECK((id(row.one) == id(row.other)) == row.same);
    CHECK(id(row.one) != id(row.one, "+628400000002"));
}

TEST_CASE("a screen carries the operation, and the session's parameter with its end") {
    const auto parameters = [](const std::string& session, bool end) {
        const auto octets = screen_parameters(tests::from_hex(session), end, profile);
        const smpp::Tlvs tlvs(octets);
        return std::pair(tlvs.u8(smpp::Tag::ussd_service_op), tlvs.u16(smpp::Tag::its_session_info));
    };
    using Info = std::optional<std::uint16_t>;
    CHECK(parameters("0502", false) == std::pair(std::optional<std::uint8_t>(2), Info(0x0502)));
    CHECK(parameters("0502", true) == std::pair(std::optional<std::uint8_t>(17), Info(0x0503)));
    CHECK(parameters("", false) == std::pair(std::optional<std::uint8_t>(2), Info()));
    CHECK(parameters("", true) == std::pair(std::optional<std::uint8_t>(17), Info()));
}

TEST_CASE("an operator may use other numbers") {
    SmppProfile other;
    other.last = 0x17;
    other.input = 0x02;
    CHECK(read_signal(told(2, {}).message, other)->what == Signal::What::input);
    const auto octets = screen_parameters({}, true, other);
    CHECK(smpp::Tlvs(octets).u8(smpp::Tag::ussd_service_op) == 0x17);
}
