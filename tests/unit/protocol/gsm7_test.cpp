#include "protocol/sms/gsm7.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/utf8.hpp"
#include "tests/support/octets.hpp"

namespace gsm7 = jejak::sms::gsm7;
namespace utf8 = jejak::sms::utf8;
using jejak::tests::ExactText;
using jejak::tests::from_hex;
using jejak::tests::Octets;
using jejak::tests::octets_of;
using jejak::tests::to_hex;

TEST_CASE("the default alphabet is the one of 23.038, septet by septet", "[C2]") {
    // Written out a second time, in the order of the specification's columns.
    const std::vector<std::string> columns = {"@£$¥èéùìòÇ\nØø\rÅå", "Δ_ΦΓΛΩΠΨΣΘΞ",      "ÆæßÉ",
                                              " !\"#¤%&'()*+,-./",  "0123456789:;<=>?", "¡ABCDEFGHIJKLMNO",
                                              "PQRSTUVWXYZÄÖÑÜ§",   "¿abcdefghijklmno", "pqrstuvwxyzäöñüà"};
    Octets all;
    for (int septet = 0; septet < 128; ++septet) {
        if (septet != 0x1B) all.push_back(static_cast<std::byte>(septet));
    }
    std::string expected;
    for (const auto& column : columns) expected += column;
    CHECK(gsm7::decode(all) == expected);
    CHECK(gsm7::encode(expected) == all);
    CHECK(gsm7::septets(expected) == 127);
}

TEST_CASE("C2: the escape leads to the extension table", "[C2]") {
    struct Row {
        std::string name, octets, text;
    };
    const auto row = GENERATE(values<Row>({
        {"every extension character", "1b0a 1b14 1b28 1b29 1b2f 1b3c 1b3d 1b3e 1b40 1b65", "\f^{}\\[~]|€"},
        {"V21", "1b651b281b29", "€{}"},
        {"an escape at the end is a space", "41 1b", "A "},
        {"an escape alone is a space", "1b", " "},
        {"two escapes are a space", "1b1b 65", " e"},
        {"three escapes: a space, then an extension", "1b1b 1b65", " €"},
        {"an unknown extension is its base character", "1b41 1b00 1b7f", "A@à"},
    }));
    CAPTURE(row.name);
    bool replaced = false;
    CHECK(gsm7::decode(from_hex(row.octets), &replaced) == row.text);
    CHECK_FALSE(replaced);
}

TEST_CASE("an octet above 0x7F is replaced and reported", "[C1]") {
    bool replaced = false;
    CHECK(gsm7::decode(from_hex("41 ff 42"), &replaced) == "A\uFFFDB");
    CHECK(replaced);
    replaced = false;
    CHECK(gsm7::decode(from_hex("41 1b 80"), &replaced) == "A \uFFFD");
    CHECK(replaced);
    CHECK(gsm7::decode(from_hex("80")) == "\uFFFD");
    replaced = false;
    CHECK(gsm7::decode({}, &replaced).empty());
    CHECK_FALSE(replaced);
}

TEST_CASE("a text outside the alphabet is not encoded") {
    const auto text = GENERATE(as<std::string>(), "मदद", "ç", "α", "\u2019", "`", "\t", "\x7f", "\u00a0", "\U0001F198",
                               "a\xff", "a\xe2\x82", "\x1b");
    CAPTURE(text);
    CHECK_FALSE(gsm7::encode(ExactText(text)));
    CHECK_FALSE(gsm7::septets(ExactText(text)));
}

TEST_CASE("extension characters count two septets", "[C2][C24]") {
    CHECK(gsm7::septets("") == 0u);
    CHECK(gsm7::septets("a€b") == 4u);
    CHECK(gsm7::septets("^{}\\[~]|€\f") == 20u);
    CHECK(to_hex(gsm7::encode("a€b").value()) == "611b6562");
}

TEST_CASE("septets are packed as 23.038 draws them", "[C3]") {
    struct Row {
        std::string septets;
        unsigned fill;
        std::string packed;
    };
    const auto row = GENERATE(values<Row>({
        {"", 0, ""},
        {"68656c6c6f68656c6c6f", 0, "e8329bfd4697d9ec37"},
        {"31", 0, "31"},
        {"3132", 0, "3119"},
        {"31323334353637", 0, "31d98c56b3dd00"},
        {"3132333435363738", 0, "31d98c56b3dd70"},
        {"61", 1, "c2"},
        {"6162", 1, "c262"},
        {"7f", 6, "c01f"},
        {"", 3, "00"},
    }));
    CAPTURE(row.septets, row.fill);
    CHECK(to_hex(gsm7::pack(from_hex(row.septets), row.fill)) == row.packed);
    const auto septets = from_hex(row.septets);
    CHECK(to_hex(gsm7::unpack(from_hex(row.packed), septets.size(), row.fill)) == row.septets);
}

TEST_CASE("C3: fill bits put the text after a header on a septet boundary", "[C3]") {
    for (unsigned udhl = 0; udhl < 40; ++udhl) {
        const unsigned header_bits = (udhl + 1) * 8;
        const unsigned fill = gsm7::fill_bits(udhl + 1);
        CHECK(fill < 7);
        const auto septets = octets_of("tolong");
        CHECK((header_bits + fill) % 7 == 0);
        CHECK(gsm7::unpack(gsm7::pack(septets, fill), septets.size(), fill) == septets);
    }
}

TEST_CASE("unpacking gives what is there when more is asked for") {
    CHECK(to_hex(gsm7::unpack(from_hex("31d98c56b3dd70"), 1000)) == "3132333435363738");
    CHECK(gsm7::unpack({}, 10).empty());
    CHECK(gsm7::unpack({}, 10, 6).empty());
    CHECK(gsm7::unpack(from_hex("ff"), 10, 2).empty());
    CHECK(to_hex(gsm7::unpack(from_hex("ff"), 10, 1)) == "7f");
}

TEST_CASE("C3: septets that nobody counts are told from what fills their last octet", "[C3]") {
    struct Row {
        std::string name, septets;
        unsigned fill;
        std::string packed;
    };
    const auto row = GENERATE(values<Row>({
        {"seven septets: a carriage return fills the eighth", "31323334353637", 0, "31d98c56b3dd1a"},
        {"eight septets fill seven octets", "3132333435363738", 0, "31d98c56b3dd70"},
        {"six septets leave six bits", "313233343536", 0, "31d98c56b301"},
        {"none", "", 0, ""},
        {"after a header of six octets, one bit", "6162636465666768", 1, ""},
        {"after a header of eight octets: five septets, and seven bits over", "6162636465", 6, ""},
    }));
    CAPTURE(row.name);
    const auto septets = from_hex(row.septets);
    const auto packed = gsm7::pack_uncounted(septets, row.fill);
    if (!row.packed.empty()) CHECK(to_hex(packed) == row.packed);
    CHECK(gsm7::unpack_uncounted(packed, row.fill) == septets);
}

TEST_CASE("C3: zero bits in the place of an eighth septet are filling, not an @", "[C3]") {
    CHECK(to_hex(gsm7::unpack_uncounted(from_hex("31d98c56b3dd00"))) == "31323334353637");
    CHECK(to_hex(gsm7::unpack_uncounted(from_hex("31d98c56b3dd1a"))) == "31323334353637");
    CHECK(to_hex(gsm7::unpack_uncounted(from_hex("00"))) == "00");  // one septet and a bit: nothing to spare
    CHECK(gsm7::unpack_uncounted({}, 6).empty());
}

TEST_CASE("C3: what is packed without a count is unpacked alike, but for the last character in the place of filling",
          "[C3]") {
    std::mt19937 random(61231);
    for (std::size_t size = 1; size < 170; ++size) {
        for (unsigned fill = 0; fill < 7; ++fill) {
            Octets septets(size);
            for (auto& septet : septets) septet = static_cast<std::byte>(random() % 0x7F + 1);
            if (!septets.empty() && septets.back() == std::byte{'\r'}) septets.back() = std::byte{'x'};
            REQUIRE(gsm7::unpack_uncounted(gsm7::pack_uncounted(septets, fill), fill) == septets);
        }
    }
}

TEST_CASE("packing and unpacking are inverse for every length and fill", "[C3]") {
    std::mt19937 random(23038);
    for (std::size_t size = 0; size < 180; ++size) {
        for (unsigned fill = 0; fill < 7; ++fill) {
            Octets septets(size);
            for (auto& septet : septets) septet = static_cast<std::byte>(random() & 0x7F);
            const auto packed = gsm7::pack(septets, fill);
            REQUIRE(packed.size() == (size * 7 + fill + 7) / 8);
            REQUIRE(gsm7::unpack(packed, size, fill) == septets);
        }
    }
}

TEST_CASE("whatever octets come, the text is UTF-8, and what was encoded is decoded alike", "[C2]") {
    std::mt19937 random(338);
    for (int i = 0; i < 20'000; ++i) {
        Octets octets(random() % 200);
        const unsigned mask = i % 2 == 0 ? 0x7F : 0xFF;
        for (auto& octet : octets) octet = static_cast<std::byte>(random() & mask);
        bool replaced = false;
        const auto text = gsm7::decode(octets, &replaced);
        REQUIRE(utf8::valid(text));
        if (replaced) continue;
        const auto again = gsm7::encode(text);
        REQUIRE(again);
        REQUIRE(again->size() == gsm7::septets(text));
        REQUIRE(gsm7::decode(*again) == text);
    }
}
