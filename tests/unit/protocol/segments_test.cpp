#include "protocol/sms/segments.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/support/octets.hpp"

using namespace jejak::sms;
using jejak::tests::from_hex;
using jejak::tests::Octets;
using jejak::tests::to_hex;

namespace {

constexpr auto udh8 = Concatenation::udh8;
constexpr auto udh16 = Concatenation::udh16;

struct Taken {
    std::string name, octets, body;
    std::optional<SegmentHeader> segment = std::nullopt;
    bool port_addressed = false;
    bool valid = true;
    gsm7::Shift shift = {};
};

}  // namespace

TEST_CASE("user data is taken apart", "[C7][C8][C11][C12][C18]") {
    const auto row = GENERATE(values<Taken>({
        {"V08: UDH8", "050003aa0201 6769726c", "6769726c", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"V09: UDH16", "060804123402 02 6174", "6174", SegmentHeader{udh16, 0x1234, 2, 2}},
        {"V20: UDHL beyond the field", "200003aa020178", "200003aa020178", {}, false, false},
        {"V22: single shift", "03240106616263", "616263", {}, false, true, {0, 6}},
        {"C7: locking shift", "03250106616263", "616263", {}, false, true, {6, 0}},
        {"C7: both, and a concatenation",
         "0b 250103 0003aa0201 240102 61",
         "61",
         SegmentHeader{udh8, 0xAA, 2, 1},
         false,
         true,
         {3, 2}},
        {"C7: the last of two counts", "06 240101 24010d 61", "61", {}, false, true, {0, 13}},
        {"C7: of a wrong length", "04 24020101 61", "61"},
        {"C7: an identifier nobody knows", "03 2401ff 61", "61", {}, false, true, {0, 255}},
        {"C8: UDHL one too many", "0500 03aa02", "050003aa02", {}, false, false},
        {"C8: UDHL 0", "00 4142", "4142"},
        {"C8: UDHL 0 and nothing", "00", ""},
        {"C8: nothing at all", "", "", {}, false, false},
        {"C8: header and no text", "050003aa0201", "", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C8: element overruns the header", "030003aa 41", "41", {}, false, false},
        {"C8: identifier without a length", "0100 41", "41", {}, false, false},
        {"C8: concatenation, then an overrun", "080003aa0201 70ff01 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}, false,
         false},
        {"C8: two concatenations, the first wins", "0a0003aa0201 0003bb0302 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C8: UDH16 before UDH8", "0b080412340302 0003bb0201 41", "41", SegmentHeader{udh16, 0x1234, 3, 2}},
        {"C8: an invalid one before a valid one", "0a0003aa0200 0003bb0302 41", "41", SegmentHeader{udh8, 0xBB, 3, 2}},
        {"C8: a valid one before an invalid one", "0a0003bb0302 0003aa0200 41", "41", SegmentHeader{udh8, 0xBB, 3, 2}},
        {"C8: wrong length is no concatenation", "040002aa02 41", "41"},
        {"C8: wrong length, then a right one", "090002aa02 0003bb0201 41", "41", SegmentHeader{udh8, 0xBB, 2, 1}},
        {"C8: element after concatenation", "080003aa0201 7001ff 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C8: unknown element before it", "08 7001ff 0003aa0201 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C8: empty element before it", "07 7000 0003aa0201 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C18: part 0 is a stray", "050003aa0200 41", "41", SegmentHeader{udh8, 0xAA, 2, 0}},
        {"C18: part beyond total is a stray", "050003aa0203 41", "41", SegmentHeader{udh8, 0xAA, 2, 3}},
        {"C18: total 0 is a stray", "050003aa0000 41", "41", SegmentHeader{udh8, 0xAA, 0, 0}},
        {"C18: total 1", "050003aa0101 41", "41", SegmentHeader{udh8, 0xAA, 1, 1}},
        {"C18: total 255", "050003aaffff 41", "41", SegmentHeader{udh8, 0xAA, 255, 255}},
        {"C11: 16-bit ports", "0605040b8423f0 41", "41", {}, true},
        {"C11: 8-bit ports", "040402f5f5 41", "41", {}, true},
        {"C11: ports and concatenation", "0b05040b8423f0 0003aa0201 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}, true},
    }));
    CAPTURE(row.name);
    const auto octets = from_hex(row.octets);
    const auto data = split_user_data(octets, true);
    CHECK(to_hex(data.body) == to_hex(from_hex(row.body)));
    CHECK(data.segment == row.segment);
    CHECK(data.port_addressed == row.port_addressed);
    CHECK(data.shift == row.shift);
    CHECK(data.valid == row.valid);
}

TEST_CASE("C10: without the indicator everything is text", "[C10]") {
    const auto octets = from_hex("050003aa020141");
    const auto data = split_user_data(octets, false);
    CHECK(to_hex(data.body) == "050003aa020141");
    CHECK_FALSE(data.segment);
    CHECK(data.valid);
    CHECK(split_user_data({}, false).valid);
}

TEST_CASE("C18: a part is in range from 1 to its total", "[C18]") {
    CHECK(in_range({udh8, 1, 2, 1}));
    CHECK(in_range({udh8, 1, 2, 2}));
    CHECK(in_range({udh8, 1, 1, 1}));
    CHECK_FALSE(in_range({udh8, 1, 2, 0}));
    CHECK_FALSE(in_range({udh8, 1, 2, 3}));
    CHECK_FALSE(in_range({udh8, 1, 0, 0}));
    CHECK_FALSE(in_range({udh8, 1, 0, 1}));
}

TEST_CASE("the parts of a long text are read as they were meant", "[C8]") {
    struct Row {
        std::string name;
        unsigned data_coding;
        std::string octets, text;
    };
    const auto row = GENERATE(values<Row>({
        {"V08", 0x00, "050003aa02016769726c2074616b656e20", "girl taken "},
        {"V09", 0x00, "060804123402026174206275732073746f70", "at bus stop"},
        {"V22", 0x00, "03240106616263", "abc"},
    }));
    CAPTURE(row.name);
    const auto octets = from_hex(row.octets);
    const auto data = split_user_data(octets, true);
    const auto text = decode_text(data.body, static_cast<std::uint8_t>(row.data_coding));
    CHECK(data.valid);
    CHECK(text.utf8 == row.text);
    CHECK(text.remarks == 0);
}

TEST_CASE("C8, V20: a text whose header did not parse is read whole", "[C8]") {
    const auto octets = from_hex("200003aa020178");
    const auto data = split_user_data(octets, true);
    const auto text = decode_text(data.body, 0x00);
    CHECK_FALSE(data.valid);
    CHECK(text.utf8 == " @¥\uFFFD$£x");  // 0xAA is no septet
    CHECK(has(text.remarks, Remark::replaced));
}

TEST_CASE("any octets are taken apart within their bounds", "[C8]") {
    std::mt19937 random(23040);
    for (int i = 0; i < 100'000; ++i) {
        Octets octets(random() % 24);
        for (auto& octet : octets) octet = static_cast<std::byte>(random() % (i % 2 == 0 ? 256 : 10));
        const auto data = split_user_data(octets, true);
        REQUIRE(data.body.size() <= octets.size());
        if (!octets.empty()) REQUIRE(data.body.data() + data.body.size() == octets.data() + octets.size());
    }
}

TEST_CASE("C10: what a header looks like without its indicator", "[C10]") {
    struct Row {
        std::string octets;
        bool like = true;
    };
    const auto row = GENERATE(values<Row>({
        {"050003aa0201 61"},
        {"060804123402 01 61"},
        {"050003aa0201", false},
        {"050003aa0203 61", false},
        {"050003aa0101 61", false},
        {"050803aa0201 61", false},
        {"060003aa0201 61", false},
        {"0605040b8423f0 61", false},
        {"0a0003aa0201 0003bb0302 61", false},
        {"48656c6c6f", false},
        {"05", false},
        {"", false},
    }));
    CAPTURE(row.octets);
    CHECK(begins_like_header(from_hex(row.octets)) == row.like);
}
