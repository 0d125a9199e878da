#include <algorithm>
#include <catch2/catch.hpp>

#include "protocol/smpp/tlv.hpp"
#include "tests/support/octets.hpp"

using namespace jejak::smpp;
using namespace jejak::tests;

TEST_CASE("M12: of equal parameters the first one counts, and the octets of all can be compared", "[M12]") {
    const auto octets = from_hex("0427 0001 02  0427 0001 05");
    const Tlvs tlvs(octets);
    CHECK(tlvs.u8(Tag::message_state) == 2);
    CHECK(tlvs.count() == 2);
    CHECK(tlvs.raw().size() == octets.size());
}

TEST_CASE("M13: unknown and vendor parameters are passed over, and their octets can be compared", "[M13]") {
    const auto octets = from_hex("1400 0002 abcd  3fff 0000  ffff 0001 00  0001 0001 00  020c 0002 1234");
    const Tlvs tlvs(octets);
    CHECK(tlvs.u16(Tag::sar_msg_ref_num) == 0x1234);
    CHECK(to_hex(tlvs.raw()) == to_hex(octets));
    CHECK_FALSE(tlvs.damaged());
}

TEST_CASE("M14: a known parameter of a wrong length has no value, and its octets can be found", "[M14]") {
    const auto octets = from_hex("0427 0002 0002  020c 0000  020e 0003 010203");
    const Tlvs tlvs(octets);
    CHECK(tlvs.u8(Tag::message_state) == std::nullopt);
    CHECK(tlvs.u16(Tag::sar_msg_ref_num) == std::nullopt);
    CHECK(tlvs.u8(Tag::sar_total_segments) == std::nullopt);
    CHECK(tlvs.find(Tag::sar_msg_ref_num)->empty());
    CHECK(tlvs.count() == 3);
}

TEST_CASE("M12, M14: a first parameter of a wrong length is not replaced by a second", "[M12][M14]") {
    const auto octets = from_hex("0427 0002 0002  0427 0001 05");
    CHECK(Tlvs(octets).u8(Tag::message_state) == std::nullopt);
}

TEST_CASE("M15: parameters come in any order", "[M15]") {
    const auto one = from_hex("020c 0002 1234  020e 0001 02  020f 0001 01");
    const auto other = from_hex("020f 0001 01  020c 0002 1234  020e 0001 02");
    for (const auto& octets : {one, other}) {
        const Tlvs tlvs(octets);
        CHECK(tlvs.u16(Tag::sar_msg_ref_num) == 0x1234);
        CHECK(tlvs.u8(Tag::sar_total_segments) == 2);
        CHECK(tlvs.u8(Tag::sar_segment_seqnum) == 1);
    }
}

TEST_CASE("M15: of ten thousand empty parameters 512 are read and the rest is flagged", "[M15]") {
    const auto count = GENERATE(as<std::size_t>(), 511, 512, 513, 10'000);
    Octets octets;
    for (std::size_t i = 0; i < count; ++i) append_tlv(static_cast<Tag>(0x1400), Octets(), octets);
    const Octets exact(octets);
    const Tlvs tlvs(exact);
    CHECK(tlvs.count() == std::min(count, Tlvs::count_max));
    CHECK(tlvs.raw().size() == 4 * tlvs.count());
    CHECK(tlvs.damaged() == (count > Tlvs::count_max));
}

TEST_CASE("M15: a text and its place are found behind the 512 parameters that are counted, others are not", "[M15]") {
    Octets octets;
    for (std::size_t i = 0; i < Tlvs::count_max; ++i) append_tlv(static_cast<Tag>(0x1400), Octets(), octets);
    const auto counted = octets.size();
    append_tlv(Tag::sar_msg_ref_num, std::uint16_t{0x1234}, octets);
    append_tlv(Tag::sar_total_segments, std::uint8_t{2}, octets);
    append_tlv(Tag::sar_segment_seqnum, std::uint8_t{1}, octets);
    append_tlv(Tag::message_state, std::uint8_t{2}, octets);
    append_tlv(Tag::message_payload, octets_of("LAPOR"), octets);
    const bool cut = GENERATE(false, true);
    if (cut) octets.pop_back();
    const Octets exact(octets);
    const Tlvs tlvs(exact);
    CHECK(tlvs.raw().size() == counted);
    CHECK(tlvs.tail().size() == exact.size() - counted);
    CHECK(tlvs.damaged());
    CHECK(tlvs.u16(Tag::sar_msg_ref_num) == 0x1234);
    CHECK(tlvs.u8(Tag::sar_total_segments) == 2);
    CHECK(tlvs.u8(Tag::sar_segment_seqnum) == 1);
    CHECK_FALSE(tlvs.find(Tag::message_state));
    CHECK(tlvs.find(Tag::message_payload).has_value() == !cut);
    const auto payload = cut ? tlvs.cut_payload() : tlvs.find(Tag::message_payload);
    REQUIRE(payload);
    CHECK(to_hex(*payload) == to_hex(octets_of(cut ? "LAPO" : "LAPOR")));
    CHECK(tlvs.cut().size() == (cut ? 8 : 0));
}

TEST_CASE("M11: of a payload cut short there is what came; of another parameter, where it begins", "[M11]") {
    struct Row {
        const char* hex;
        std::size_t cut;
        std::optional<std::string> payload;
    };
    const auto row = GENERATE(values<Row>({
        {"0424 0003 6162", 6, "6162"},
        {"0427 0001 02 0424 ffff 61", 5, "61"},
        {"0424 0001", 4, ""},
        {"0424 00", 3, std::nullopt},
        {"0425 0003 6162", 6, std::nullopt},
        {"0424 0002 6162", 0, std::nullopt},
    }));
    CAPTURE(row.hex);
    const auto octets = from_hex(row.hex);
    const Tlvs tlvs(octets);
    CHECK(tlvs.cut().size() == row.cut);
    REQUIRE(tlvs.cut_payload().has_value() == row.payload.has_value());
    if (row.payload) CHECK(to_hex(*tlvs.cut_payload()) == *row.payload);
}

TEST_CASE("a parameter cut short anywhere ends the list before it") {
    const auto whole = from_hex("0427 0001 02  0424 0003 616263");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Octets prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        const Tlvs tlvs(prefix);
        CHECK(tlvs.count() == (size >= 5 ? 1 : 0));
        CHECK(tlvs.damaged() == (size != 0 && size != 5));
        CHECK_FALSE(tlvs.find(Tag::message_payload));
    }
}

TEST_CASE("parameters are appended as the specification writes them") {
    Octets octets;
    append_tlv(Tag::sar_msg_ref_num, std::uint16_t{0x1234}, octets);
    append_tlv(Tag::sar_total_segments, std::uint8_t{2}, octets);
    append_tlv(Tag::message_payload, octets_of("hi"), octets);
    CHECK(to_hex(octets) == "020c00021234020e000102042400026869");
}
