#include "protocol/sms/user_data.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/support/octets.hpp"

using namespace jejak::sms;
using jejak::tests::from_hex;
using jejak::tests::Octets;
using jejak::tests::octets_of;
using jejak::tests::to_hex;

namespace {

constexpr auto udh8 = Concatenation::udh8;
constexpr Remarks none = 0;
constexpr TextRules packed{DefaultAlphabet::gsm7_packed, false};

/// A part as a channel reads it and a joiner takes it.
struct Part {
    std::string octets;
    unsigned data_coding = 0;
    bool udhi = true;
};

DecodedText joined(const std::vector<Part>& parts, const TextRules& rules = {}) {
    TextJoiner joiner;
    for (const auto& part : parts) {
        const auto read = read_user_data(from_hex(part.octets), part.udhi, static_cast<std::uint8_t>(part.data_coding),
                                         rules, SegmentHeader{Concatenation::sar, 1, 2, 1});
        joiner.add(read.octets, read.coding);
    }
    return joiner.finish();
}

}  // namespace

TEST_CASE("user data is read by its header, its coding and the connection's rules", "[C1][C3][C7][C8][C10][C11]") {
    struct Row {
        std::string name;
        Part part;
        TextRules rules;
        std::string text;
        Remarks remarks = none;
        std::optional<SegmentHeader> segment = std::nullopt;
    };
    const auto row = GENERATE(values<Row>({
        {"plain", {"48656c6c6f", 0, false}, {}, "Hello"},
        {"C7: Turkish single shift", {"03240101 1b691b67", 0}, {}, "ığ"},
        {"C7: Turkish locking shift", {"03250101 070c", 0}, {}, "ığ"},
        {"C7: both, and a class", {"06250106 240106 1b41 1b1d", 0xF0}, {}, "A१", none | Remark::flash},
        {"C7: an identifier nobody knows", {"0324010e 1b65 61", 0}, {}, "€a", none | Remark::unknown_table},
        {"C7: tables say nothing of UCS-2", {"03240101 0061", 8}, {}, "a"},
        {"C7: tables say nothing of Latin-1", {"032401ff e9", 0}, {DefaultAlphabet::latin1, false}, "é"},
        {"C8: UDHL beyond the field",
         {"200003aa020178", 0},
         {},
         " @¥\uFFFD$£x",
         none | Remark::bad_udh | Remark::replaced},
        {"C10: no indicator",
         {"050003aa020161", 0, false},
         {},
         "é@¥\uFFFD$£a",
         none | Remark::unannounced_udh | Remark::replaced},
        {"C10: no indicator, one assumed",
         {"050003aa020161", 0, false},
         {DefaultAlphabet::gsm7, true},
         "a",
         none | Remark::unannounced_udh,
         SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C10: assumed only where it looks like one", {"4848", 0, false}, {DefaultAlphabet::gsm7, true}, "HH"},
        {"C11: ports", {"06050415811581 deadbeef", 4}, {}, "", none | Remark::binary},
        {"C11: ports before 7-bit text", {"0605040b8423f0 48656c6c6f", 0}, {}, "", none | Remark::binary},
        {"C11: ports and a place", {"0b05040b8423f00003aa0201 4865", 0}, {}, "", none | Remark::binary},
        {"C4: 8-bit with a place",
         {"050003aa0201 ff00", 4},
         {},
         "",
         none | Remark::binary,
         SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C3: packed", {"c8329bfd06", 0, false}, packed, "Hello"},
        {"C3: packed, with a class", {"c8329bfd06", 0xF1, false}, packed, "Hello"},
        {"C3: packed is not for UCS-2", {"0061", 8, false}, packed, "a"},
    }));
    CAPTURE(row.name);
    const auto octets = from_hex(row.part.octets);
    const auto read = read_user_data(octets, row.part.udhi, static_cast<std::uint8_t>(row.part.data_coding), row.rules);
    CHECK(read.text == row.text);
    CHECK(read.remarks == row.remarks);
    CHECK(read.segment == row.segment);
    if (!row.segment) CHECK(read.octets == octets);  // nothing that came is lost
}

TEST_CASE("C3: packed septets begin behind the header and its fill bits", "[C3][C7]") {
    for (const std::string header : {"03240101", "050003aa0201", "060804123402 01", "080003aa0201240101", "00"}) {
        const auto octets = from_hex(header);
        const gsm7::Shift shift{0, static_cast<std::uint8_t>(header.find("2401") == std::string::npos ? 0 : 1)};
        for (const std::string text : {"a", "Hello", "1234567", "12345678", "€uro"}) {
            auto made = octets;
            const auto tail = gsm7::pack_uncounted(gsm7::encode(text, shift).value(), gsm7::fill_bits(octets.size()));
            made.insert(made.end(), tail.begin(), tail.end());
            CAPTURE(header, text);
            const auto read = read_user_data(made, true, 0, packed);
            CHECK(read.text == text);
            CHECK(read.remarks == none);
            TextJoiner joiner;
            joiner.add(read.octets, read.coding);
            if (read.segment) CHECK(joiner.finish().utf8 == text);
        }
    }
}

TEST_CASE("the header's place comes before the one the parameters name", "[C12]") {
    const SegmentHeader sar{Concatenation::sar, 9, 3, 2};
    CHECK(read_user_data(from_hex("050003aa0201 61"), true, 0, {}, sar).segment == SegmentHeader{udh8, 0xAA, 2, 1});
    CHECK(read_user_data(from_hex("61"), false, 0, {}, sar).segment == sar);
    CHECK_FALSE(read_user_data(from_hex("0605040b8423f0 61"), true, 0, {}, sar).segment);
}

TEST_CASE("C21: what was cut between two parts is whole again", "[C21][C5][C7]") {
    struct Row {
        std::string name;
        std::vector<Part> parts;
        TextRules rules;
        std::string text;
        Remarks remarks = none;
    };
    const auto row = GENERATE(values<Row>({
        {"a surrogate pair", {{"050003aa0201 0041d83c", 8}, {"050003aa0202 dd980042", 8}}, {}, "A\U0001F198B"},
        {"a unit of UCS-2", {{"050003aa0201 004100", 8}, {"050003aa0202 42", 8}}, {}, "AB"},
        {"an escape", {{"050003aa0201 611b", 0}, {"050003aa0202 6562", 0}}, {}, "a€b"},
        {"an escape, and another class", {{"050003aa0201 611b", 0xF1}, {"050003aa0202 6562", 0}}, {}, "a€b"},
        {"an escape of a national table", {{"080003aa0201240101 1b", 0}, {"080003aa0202240101 69", 0}}, {}, "ı"},
        {"national tables in one part only", {{"080003aa0201240101 1b69", 0}, {"050003aa0202 69", 0}}, {}, "ıi"},
        {"other tables in each part", {{"080003aa0201250101 07", 0}, {"080003aa0202250103 07", 0}}, {}, "ıí"},
        {"a table nobody knows",
         {{"080003aa0201240120 61", 0}, {"050003aa0202 62", 0}},
         {},
         "ab",
         none | Remark::unknown_table},
        {"two codings", {{"050003aa0201 7061727420", 0}, {"050003aa0202 092e", 8}}, {}, "part म"},
        {"8-bit in between is no text",
         {{"050003aa0201 61", 0}, {"050003aa0202 ff", 4}, {"050003aa0203 62", 0}},
         {},
         "ab",
         none | Remark::binary},
        {"UTF-8 under data_coding 0",
         {{"61e282", 0, false}, {"ac62", 0, false}},
         {DefaultAlphabet::utf8, false},
         "a€b"},
        {"UTF-8 that is none at the end",
         {{"61e282", 0, false}},
         {DefaultAlphabet::utf8, false},
         "a\uFFFD",
         none | Remark::replaced},
        {"UTF-8 sent as septets", {{"61e282", 0, false}, {"ac62", 0, false}}, {}, "a€b", none | Remark::guessed},
        {"Latin-1 under data_coding 0",
         {{"e9", 0xF1, false}, {"40", 0, false}},
         {DefaultAlphabet::latin1, false},
         "é@"},
        {"two octets of Korean", {{"b5b5bf", 14, false}, {"cd61", 14, false}}, {}, "도와a"},
        {"packed parts", {{"050003aa0201 c2", 0}, {"050003aa0202 c4", 0}}, packed, "ab"},
        {"the mark of the first part says it for all",
         {{"050003aa0201 fffe4100", 8}, {"050003aa0202 2e09", 8}},
         {},
         "Aम"},
        {"data_coding 0xFF is 8-bit, not UTF-8", {{"61", 0xFF, false}}, {}, "", none | Remark::binary},
        {"data_coding 0xFE is 8-bit, not tables", {{"010161", 0xFE, false}}, {}, "", none | Remark::binary},
        {"no parts", {}, {}, ""},
    }));
    CAPTURE(row.name);
    const auto text = joined(row.parts, row.rules);
    CHECK(text.utf8 == row.text);
    CHECK(text.remarks == row.remarks);
}

TEST_CASE("C21: a gap is marked, and nothing is joined across it", "[C21][C19]") {
    TextJoiner joiner;
    joiner.gap();
    joiner.add(from_hex("0041d83c"), 8);
    joiner.gap();
    joiner.add(from_hex("dd980042"), 8);
    const auto text = joiner.finish();
    CHECK(text.utf8 == " … A\uFFFD … \uFFFDB");
    CHECK(text.remarks == (none | Remark::replaced));
    joiner.add(from_hex("61"), 0);
    CHECK(joiner.finish().utf8 == "a");
    CHECK(joiner.finish().utf8.empty());
}

TEST_CASE("C21: a text cut at any octet is joined as it was", "[C21]") {
    std::mt19937 random(21);
    const std::vector<std::string> characters = {"a", "€", "{", "म", "\U0001F198", "ı", "@"};
    for (int i = 0; i < 5'000; ++i) {
        std::string text;
        for (auto left = 1 + random() % 60; left > 0; --left) text += characters[random() % characters.size()];
        const auto septets = gsm7::encode(text, gsm7::Shift{1, 1});
        const auto octets = septets ? *septets : encode_ucs2(text);
        TextJoiner joiner;
        for (std::span<const std::byte> rest(octets); !rest.empty();) {
            const auto part = rest.first(std::min<std::size_t>(rest.size(), 1 + random() % 20));
            rest = rest.subspan(part.size());
            auto user_data = septets ? from_hex("06240101250101") : Octets{};
            user_data.insert(user_data.end(), part.begin(), part.end());
            const auto read = read_user_data(user_data, septets.has_value(), septets ? 0 : 8, {},
                                             SegmentHeader{Concatenation::sar, 1, 9, 1});
            joiner.add(read.octets, read.coding);
        }
        const auto read = joiner.finish();
        if (!has(read.remarks, Remark::guessed)) REQUIRE(read.utf8 == text);
    }
}

TEST_CASE("whatever a field holds, it is read, and a part's octets read alike", "[C4][C6][C8]") {
    std::mt19937 random(23041);
    for (int i = 0; i < 60'000; ++i) {
        Octets octets(random() % 30);
        for (auto& octet : octets) octet = static_cast<std::byte>(random() % (i % 2 == 0 ? 256 : 12));
        const auto data_coding = static_cast<std::uint8_t>(random());
        const TextRules rules{static_cast<DefaultAlphabet>(random() % 5), random() % 2 == 0};
        const auto read = read_user_data(octets, random() % 2 == 0, data_coding, rules);
        REQUIRE(utf8::valid(read.text));
        if (!read.segment) REQUIRE(read.octets == octets);
        if (!read.segment) continue;
        TextJoiner joiner;
        joiner.add(read.octets, read.coding);
        const auto alone = joiner.finish();
        if (read_user_data(octets, true, data_coding, rules).segment && rules.zero_means != DefaultAlphabet::latin1)
            REQUIRE((alone.utf8 == read.text || has(read.remarks, Remark::guessed)));
    }
}
