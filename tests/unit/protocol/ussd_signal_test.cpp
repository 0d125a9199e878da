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

/// A deliver_sm's optional parameters; no operation when it is empty.
Told told(std::optional<std::uint8_t> operation, std::optional<std::uint16_t> info) {
    Told one;
    if (operation) smpp::append_tlv(smpp::Tag::ussd_service_op, *operation, one.parameters);
    if (info) smpp::append_tlv(smpp::Tag::its_session_info, *info, one.parameters);
    one.message.tlvs = smpp::Tlvs(one.parameters);
    return one;
}

}  // namespace

TEST_CASE("what a deliver_sm says of a session") {
    using What = Signal::What;
    struct Row {
        std::optional<std::uint8_t> operation;
        std::optional<std::uint16_t> info;
        std::optional<What> what;
    };
    const auto row =
        GENERATE(Row{1, {}, What::begin}, Row{1, 0x0500, What::begin}, Row{18, {}, What::input},
                 Row{18, 0x0502, What::input}, Row{18, 0x0503, What::end},  // the lowest bit ends it
                 Row{1, 0x0001, What::end}, Row{0, {}, {}}, Row{2, {}, {}}, Row{17, {}, {}}, Row{19, {}, {}},
                 Row{20, {}, {}}, Row{0x81, {}, {}}, Row{{}, {}, {}}, Row{{}, 0x0500, {}});
    const auto one = told(row.operation, row.info);
    const auto signal = read_signal(one.message, profile);
    REQUIRE(signal.has_value() == row.what.has_value());
    if (!signal) return;
    CHECK(signal->what == *row.what);
    CHECK(signal->info == row.info);
}

TEST_CASE("U7: what was meant as USSD and is no turn is known as such", "[U7]") {
    CHECK(mentions_ussd(told(20, {}).message));
    CHECK_FALSE(mentions_ussd(told({}, {}).message));
    auto typed = told({}, {});
    typed.message.service_type = "USSD";
    CHECK(mentions_ussd(typed.message));
}

TEST_CASE("a session is known by its phone and its number, without the bit that ends it") {
    const auto id = [](std::optional<std::uint16_t> info) {
        return session_of("+628400000001", {Signal::What::input, info}, profile);
    };
    CHECK(id(0x0502) == id(0x0503));
    CHECK(id(0x0502) != id(0x0504));
    CHECK(id({}) != id(0x0000));
    CHECK(id({}) != session_of("+628400000002", {}, profile));
}

TEST_CASE("a screen carries the operation, and the session's number with its end") {
    const auto parameters = [](std::optional<std::uint16_t> info, bool end) {
        const auto octets = screen_parameters(info, end, profile);
        const smpp::Tlvs tlvs(octets);
        return std::pair(tlvs.u8(smpp::Tag::ussd_service_op), tlvs.u16(smpp::Tag::its_session_info));
    };
    using Info = std::optional<std::uint16_t>;
    CHECK(parameters(0x0502, false) == std::pair(std::optional<std::uint8_t>(2), Info(0x0502)));
    CHECK(parameters(0x0502, true) == std::pair(std::optional<std::uint8_t>(17), Info(0x0503)));
    CHECK(parameters({}, false) == std::pair(std::optional<std::uint8_t>(2), Info()));
    CHECK(parameters({}, true) == std::pair(std::optional<std::uint8_t>(17), Info()));
}

TEST_CASE("an operator may use other numbers") {
    SmppProfile other;
    other.last = 0x17;
    other.input = 0x02;
    CHECK(read_signal(told(2, {}).message, other)->what == Signal::What::input);
    const auto octets = screen_parameters({}, true, other);
    CHECK(smpp::Tlvs(octets).u8(smpp::Tag::ussd_service_op) == 0x17);
}
