#include "protocol/sms/segments.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/sms/utf8.hpp"
#include "tests/unit/protocol/octets.hpp"

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
    bool national_shift = false;
    bool valid = true;
};

}  // namespace

TEST_CASE("user data is taken apart") {
    const auto row = GENERATE(values<Taken>({
        {"V08: UDH8", "050003aa0201 6769726c", "6769726c", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"V09: UDH16", "060804123402 02 6174", "6174", SegmentHeader{udh16, 0x1234, 2, 2}},
        {"V20: UDHL beyond the field", "200003aa020178", "200003aa020178", {}, false, false, false},
        {"V22: single shift", "03240106616263", "616263", {}, false, true},
        {"locking shift", "03250106616263", "616263", {}, false, true},
        {"C8: UDHL one too many", "0500 03aa02", "050003aa02", {}, false, false, false},
        {"C8: UDHL 0", "00 4142", "4142"},
        {"C8: UDHL 0 and nothing", "00", ""},
        {"C8: nothing at all", "", "", {}, false, false, false},
        {"C8: header and no text", "050003aa0201", "", SegmentHeader{udh8, 0xAA, 2, 1}},
        {"C8: element overruns the header", "030003aa 41", "41", {}, false, false, false},
        {"C8: identifier without a length", "0100 41", "41", {}, false, false, false},
        {"C8: concatenation, then an overrun", "080003aa0201 70ff01 41", "41", SegmentHeader{udh8, 0xAA, 2, 1}, false,
         false, false},
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
    CHECK(data.national_shift == row.national_shift);
    CHECK(data.valid == row.valid);
}

TEST_CASE("C10: without the indicator everything is text") {
    const auto octets = from_hex("050003aa020141");
    const auto data = split_user_data(octets, false);
    CHECK(to_hex(data.body) == "050003aa020141");
    CHECK_FALSE(data.segment);
    CHECK(data.valid);
    CHECK(split_user_data({}, false).valid);
}

TEST_CASE("C18: a part is in range from 1 to its total") {
    CHECK(in_range({udh8, 1, 2, 1}));
    CHECK(in_range({udh8, 1, 2, 2}));
    CHECK(in_range({udh8, 1, 1, 1}));
    CHECK_FALSE(in_range({udh8, 1, 2, 0}));
    CHECK_FALSE(in_range({udh8, 1, 2, 3}));
    CHECK_FALSE(in_range({udh8, 1, 0, 0}));
    CHECK_FALSE(in_range({udh8, 1, 0, 1}));
}

TEST_CASE("the parts of a long text are read as they were meant") {
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

TEST_CASE("V20: a text whose header did not parse is read whole") {
    const auto octets = from_hex("200003aa020178");
    const auto data = split_user_data(octets, true);
    const auto text = decode_text(data.body, 0x00);
    CHECK_FALSE(data.valid);
    CHECK(text.utf8 == " @¥\uFFFD$£x");  // 0xAA is no septet
    CHECK(has(text.remarks, Remark::replaced));
}

TEST_CASE("any octets are taken apart within their bounds") {
    std::mt19937 random(23040);
    for (int i = 0; i < 100'000; ++i) {
        Octets octets(random() % 24);
        for (auto& octet : octets) octet = static_cast<std::byte>(random() % (i % 2 == 0 ? 256 : 10));
        const auto data = split_user_data(octets, true);
        REQUIRE(data.body.size() <= octets.size());
        if (!octets.empty()) REQUIRE(data.body.data() + data.body.size() == octets.data() + octets.size());
    }
}

namespace {

/// A text of `count` times `unit`.
std::string repeat(std::string_view unit, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += unit;
    return text;
}

/// Decodes each part for itself, as a phone would, and joins the texts. Checks the headers on the way.
std::string rejoin(const std::vector<OutboundSegment>& segments, std::uint8_t reference) {
    std::string text;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto& [octets, data_coding, udhi] = segments[i];
        const auto data = split_user_data(octets, udhi);
        REQUIRE(data.valid);
        REQUIRE(udhi == (segments.size() > 1));
        if (udhi) {
            REQUIRE(data.segment == SegmentHeader{udh8, reference, static_cast<std::uint8_t>(segments.size()),
                                                  static_cast<std::uint8_t>(i + 1)});
        }
        REQUIRE(data_coding == segments.front().data_coding);
        const std::size_t alone = data_coding == 8 ? 140 : 160;
        const std::size_t each = data_coding == 8 ? 134 : 153;
        REQUIRE(data.body.size() <= (udhi ? each : alone));
        const auto part = decode_text(data.body, data_coding);
        REQUIRE(part.remarks == 0);  // a split pair would be replaced
        text += part.utf8;
    }
    return text;
}

}  // namespace

TEST_CASE("C24: a text is cut at the sizes of its alphabet") {
    struct Row {
        std::string name, text;
        std::size_t parts;
        unsigned data_coding;
    };
    const auto row = GENERATE(values<Row>({
        {"empty", "", 1, 0},
        {"160 septets", repeat("a", 160), 1, 0},
        {"161 septets", repeat("a", 161), 2, 0},
        {"306 septets", repeat("a", 306), 2, 0},
        {"307 septets", repeat("a", 307), 3, 0},
        {"80 extension characters", repeat("€", 80), 1, 0},
        {"81 extension characters", repeat("€", 81), 2, 0},
        {"152 extension characters: 76 in each part", repeat("€", 152), 2, 0},
        {"153 extension characters", repeat("€", 153), 3, 0},
        {"70 units", repeat("म", 70), 1, 8},
        {"71 units", repeat("म", 71), 2, 8},
        {"134 units", repeat("म", 134), 2, 8},
        {"135 units", repeat("म", 135), 3, 8},
        {"35 pairs", repeat("\U0001F198", 35), 1, 8},
        {"36 pairs", repeat("\U0001F198", 36), 2, 8},
        {"66 pairs: 33 in each part", repeat("\U0001F198", 66), 2, 8},
        {"67 pairs", repeat("\U0001F198", 67), 3, 8},
        {"one character outside GSM", repeat("a", 70) + "ç", 2, 8},
        {"255 parts", repeat("a", std::size_t{255} * 153), 255, 0},
        {"255 parts of UCS-2", repeat("म", std::size_t{255} * 67), 255, 8},
        {"256 parts are too many", repeat("a", std::size_t{255} * 153 + 1), 0, 0},
        {"256 parts of UCS-2 are too many", repeat("म", std::size_t{255} * 67 + 1), 0, 8},
    }));
    CAPTURE(row.name);
    const auto segments = segment_text(row.text, 7);
    REQUIRE(segments.size() == row.parts);
    if (segments.empty()) return;
    CHECK(segments.front().data_coding == row.data_coding);
    CHECK(rejoin(segments, 7) == row.text);
}

TEST_CASE("C24: a pair at the border moves to the next part whole") {
    const auto text = repeat("a", 152) + "€" + repeat("b", 40);
    const auto segments = segment_text(text, 200);
    REQUIRE(segments.size() == 2);
    CHECK(segments[0].octets.size() == 6 + 152);
    CHECK(to_hex(segments[1].octets).substr(0, 18) == "050003c802021b6562");
    const auto emoji = repeat("म", 66) + "\U0001F198" + repeat("म", 40);
    const auto wide = segment_text(emoji, 201);
    REQUIRE(wide.size() == 2);
    CHECK(wide[0].octets.size() == 6 + 132);
    CHECK(to_hex(wide[1].octets).substr(0, 20) == "050003c90202d83cdd98");
}

TEST_CASE("C24: what is no UTF-8 is sent as U+FFFD rather than not at all") {
    const auto segments = segment_text("a\xff", 1);
    REQUIRE(segments.size() == 1);
    CHECK(segments[0].data_coding == 8);
    CHECK(to_hex(segments[0].octets) == "0061fffd");
}

TEST_CASE("C24: every text rejoins without loss, in as few parts as its units allow") {
    std::mt19937 random(153);
    const std::vector<std::string> gsm = {"a", "Z", " ", "@", "€", "{", "|", "é", "Ω", "\n", "^", "0"};
    const std::vector<std::string> wide = {"a", "म", "\U0001F198", "ç", "€", "\u200b", "\u202e", "😀"};
    for (int i = 0; i < 3'000; ++i) {
        const bool plain = i % 2 == 0;
        const auto& characters = plain ? gsm : wide;
        std::string text;
        for (auto left = random() % 700; left > 0; --left) text += characters[random() % characters.size()];
        const auto reference = static_cast<std::uint8_t>(random());
        const auto segments = segment_text(text, reference);
        REQUIRE_FALSE(segments.empty());
        REQUIRE(rejoin(segments, reference) == text);
        if (const auto septets = gsm7::septets(text)) {
            REQUIRE(segments.front().data_coding == 0);
            // Each part but the last may give up one septet to keep a pair whole.
            REQUIRE(segments.size() <= (*septets <= 160 ? 1 : (*septets + 151) / 152));
        } else {
            REQUIRE(segments.front().data_coding == 8);
            const auto units = encode_ucs2(text).size() / 2;
            REQUIRE(segments.size() <= (units <= 70 ? 1 : (units + 65) / 66));
        }
    }
}
