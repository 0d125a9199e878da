#include "protocol/sms/msisdn.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/octets.hpp"

using jejak::sms::normalise;
using jejak::sms::Originator;
using jejak::sms::Ton;
using Kind = jejak::sms::Originator::Kind;
using jejak::tests::ExactText;

TEST_CASE("every spelling of a number becomes one E.164 number", "[M2]") {
    struct Row {
        std::string raw;
        Ton ton;
        std::string number;
    };
    const auto row = GENERATE(values<Row>({
        {"+628400000001", Ton::unknown, "+628400000001"},
        {"628400000001", Ton::unknown, "+628400000001"},
        {"628400000001", Ton::international, "+628400000001"},
        {"628400000001", Ton::national, "+628400000001"},
        {"08400000001", Ton::unknown, "+628400000001"},
        {"08400000001", Ton::national, "+628400000001"},
        {"08400000001", Ton::international, "+628400000001"},  // a modem that marks every number so
        {"8400000001", Ton::national, "+628400000001"},
        {"00628400000001", Ton::unknown, "+628400000001"},
        {"008628400000001", Ton::unknown, "+628400000001"},
        {"009628400000001", Ton::unknown, "+628400000001"},
        {"+6208400000001", Ton::unknown, "+628400000001"},
        {"6208400000001", Ton::unknown, "+628400000001"},
        {"+62008400000001", Ton::unknown, "+628400000001"},
        {"006208400000001", Ton::unknown, "+628400000001"},
        {" 628400000001", Ton::unknown, "+628400000001"},  // an unescaped plus of a query
        {"0840-0000-0077", Ton::unknown, "+6284000000077"},
        {"+62 840 0000 0001", Ton::unknown, "+6284000000001"},
        {"(0840) 0000.0001", Ton::unknown, "+6284000000001"},
        {"[0840]\t0000\r\n0001", Ton::unknown, "+6284000000001"},
        {"+601000000009", Ton::unknown, "+601000000009"},
        {"601000000009", Ton::unknown, "+601000000009"},  // aggregators leave the plus out
        {"601000000009", Ton::international, "+601000000009"},
        {"00601000000009", Ton::unknown, "+601000000009"},
        {"008601000000009", Ton::unknown, "+601000000009"},
        {"+12345678", Ton::unknown, "+12345678"},
        {"+1234567", Ton::unknown, "+1234567"},
        {"+123456789012345", Ton::unknown, "+123456789012345"},
        {"447700900001", Ton::international, "+447700900001"},
    }));
    CAPTURE(row.raw);
    CHECK(normalise(ExactText(row.raw), row.ton) == Originator{Kind::msisdn, row.number});
}

TEST_CASE("a number is written as a phone of the gateway's country would") {
    CHECK(normalise("0100000009", Ton::unknown, "60").address == "+60100000009");
    CHECK(normalise("+600100000009", Ton::unknown, "60").address == "+60100000009");
    CHECK(normalise("100000009", Ton::national, "60").address == "+60100000009");
    // 008 and 009 are carriers of Indonesia; elsewhere 00 is the prefix and 8 begins the country code.
    CHECK(normalise("0084900000001", Ton::unknown, "60").address == "+84900000001");
}

TEST_CASE("what is no telephone number keeps its spelling", "[M2]") {
    struct Row {
        std::string raw;
        Ton ton;
        Kind kind;
    };
    const auto row = GENERATE(values<Row>({
        {"BANK", Ton::alphanumeric, Kind::alphanumeric},
        {"TELKOMSEL", Ton::unknown, Kind::alphanumeric},
        {"Info 4U", Ton::unknown, Kind::alphanumeric},
        {"628400000001", Ton::alphanumeric, Kind::alphanumeric},
        {"9840", Ton::unknown, Kind::short_code},
        {"9840", Ton::international, Kind::short_code},
        {"110", Ton::unknown, Kind::short_code},
        {"123456", Ton::network, Kind::short_code},
        {"+123456", Ton::unknown, Kind::short_code},
        {"7654321", Ton::network, Kind::alphanumeric},
        {"7654321", Ton::subscriber, Kind::alphanumeric},
        {"+1234567890123456", Ton::unknown, Kind::alphanumeric},
        {"0812345678901234567890", Ton::unknown, Kind::alphanumeric},
        {"0000000000", Ton::unknown, Kind::alphanumeric},
        {"+", Ton::unknown, Kind::alphanumeric},
        {"++628400000001", Ton::unknown, Kind::alphanumeric},
        {"62840+0000001", Ton::unknown, Kind::alphanumeric},
        {"*123#", Ton::unknown, Kind::alphanumeric},
        {"6२8400000001", Ton::unknown, Kind::alphanumeric},
        {std::string("62840") + '\0' + "000001", Ton::unknown, Kind::alphanumeric},
    }));
    CAPTURE(row.raw);
    CHECK(normalise(ExactText(row.raw), row.ton) == Originator{row.kind, row.raw});
}

TEST_CASE("a message without a source address has no originator", "[M3]") {
    CHECK(normalise("") == Originator{});
    CHECK(normalise("   ") == Originator{});
    CHECK(normalise("", Ton::alphanumeric) == Originator{});
}

TEST_CASE("a normalised number is left alone when it is normalised again") {
    std::mt19937 random(164);
    const std::string_view alphabet = "0123456789012345678901234567890+- ().a";
    for (int i = 0; i < 50'000; ++i) {
        std::string raw(random() % 18, ' ');
        for (auto& c : raw) c = alphabet[random() % alphabet.size()];
        CAPTURE(raw);
        const auto once = normalise(ExactText(raw), static_cast<Ton>(random() % 6));
        if (once.kind != Kind::msisdn) continue;
        REQUIRE(once.address.size() >= 8);
        REQUIRE(once.address.size() <= 16);
        REQUIRE(once.address.find_first_not_of("0123456789", 1) == std::string::npos);
        REQUIRE(normalise(once.address) == once);
    }
}
