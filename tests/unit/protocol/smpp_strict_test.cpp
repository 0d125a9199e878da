#include <catch2/catch.hpp>

#include "tests/unit/protocol/smpp_talk.hpp"

/// What a strict SMSC answers by itself, and that nobody else is strict.
using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::vector;

namespace {

const std::string source = "0101 36323834303030303030303100";
const std::string destination = "0001 3433323100";
const std::string middle = "00 00 00 00 00 00 00 00 00";  // esm_class to sm_default_msg_id
const std::string head = "00" + source + destination + middle;

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

SessionOptions strict_options() {
    auto options = smsc_options();
    options.strict = true;
    options.operations = true;
    return options;
}

Talk strict_smsc(SessionOptions options = strict_options()) {
    return bound_smsc(CommandId::bind_transceiver, std::move(options));
}

}  // namespace

TEST_CASE(
    "F7, M1, M3, M4, M5, M6, M7, M8, M9, M11, M12, M13, M14, M15, M21: a strict SMSC takes or refuses a submit_sm",
    "[F7][M1][M3][M4][M5][M6][M7][M8][M9][M11][M12][M13][M14][M15][M21]") {
    struct Row {
        const char* what;
        std::string body;
        std::uint32_t status;  // 0: it arrives
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"M1 nothing", "", 0x15},
        {"M1 service_type of 6", "414243444546 00" + source + destination + middle + "00", 0x15},
        {"M1 source of 21", "00 0101" + repeated("31", 21) + "00" + destination + middle + "00", 0x0A},
        {"M1 source without its end", "00 0101 3132", 0x0A},
        {"M1 destination of 21", "00" + source + "0001" + repeated("31", 21) + "00" + middle + "00", 0x0B},
        {"M1 destination without its end", "00" + source + "0001 31", 0x0B},
        {"M1 ends in the middle", "00" + source + destination + "00 00", 0x02},
        {"M3 no source", "00 0000 00" + destination + middle + "02 4849", 0},
        {"M4 no text", head + "00", 0},
        {"M5 254 octets", head + "fe" + repeated("41", 254), 0},
        {"M5 255 octets", head + "ff" + repeated("41", 255), 0},
        {"M6 sm_length past the end", head + "c8 73686f7274", 0x01},
        {"M7 rest is parameters", head + "02 4849 0204 0002 0007", 0},
        {"M7 rest is none", head + "02 4845 4c4c4f20776f726c64", 0xC2},
        {"M8 payload alone", head + "00 0424 0002 4849", 0},
        {"M9 text and payload", head + "02 4849 0424 0002 4849", 0xC1},
        {"M11 parameter past the end", head + "01 78 0424 01f4 68656c6c6f", 0xC2},
        {"M12 parameter twice", head + "02 4849 0204 0002 0001 0204 0002 0002", 0},
        {"M13 unknown parameters", head + "02 4849 1400 0001 00 3fff 0000", 0},
        {"M14 message_state of 2", head + "02 4849 0427 0002 0002", 0},
        {"M14 sar_msg_ref_num of 0", head + "02 4849 020c 0000", 0},
        {"F7 one octet more", head + "02 4849 ff", 0},
        {"F7 three octets more", head + "02 4849 ffffff", 0},
        {"M21 a schedule of 17", "00" + source + destination + "00 00 00" + repeated("31", 17) + "00 00 00 00 00 00 00",
         0x61},
        {"M21 a schedule of bad form",
         "00" + source + destination + "00 00 00 3235313331313039303130303030302b00 00 00 00 00 00 02 4849", 0x61},
        {"M21 a validity of bad form",
         "00" + source + destination + "00 00 00 00 3235313231313039303130303034392b00 00 00 00 00 02 4849", 0x62},
        {"M21 a validity of good form",
         "00" + source + destination + "00 00 00 00 3030303030303030313030303030305200 00 00 00 00 02 4849", 0},
        {"M21 replace, priority", "00" + source + destination + "00 00 03 00 00 00 01 00 00 02 4849", 0},
        {"M15 600 empty parameters", head + "02 4849" + repeated("14000000", 600), 0},
        {"M15 a text behind 600", head + "00" + repeated("14000000", 600) + "0424 0002 4849", 0},
        {"M15 a second text behind 600", head + "02 4849" + repeated("14000000", 600) + "0424 0002 4849", 0xC1},
        {"M15 a text past the end behind 600", head + "00" + repeated("14000000", 600) + "0424 0003 4849", 0xC2},
        {"M15 one octet more behind 600", head + "02 4849" + repeated("14000000", 600) + "ff", 0},
    }));
    CAPTURE(row.what);
    auto talk = strict_smsc();
    const auto events = talk.hear(CommandId::submit_sm, 5, row.body);
    if (row.status == 0) {
        CHECK(events.find("message submit_sm#5 ") == 0);
        CHECK(talk.session.owed() == 1);
        CHECK(talk.sent().empty());
        CHECK(talk.session.counts().refused == 0);
    } else {
        CHECK(events.empty());
        CHECK(talk.sent() == "submit_sm_resp#5!" + hex_of(row.status) + " ");
        CHECK(talk.session.owed() == 0);
        CHECK(talk.session.counts().refused == 1);
    }
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("M1: a data_sm is held to its own layout", "[M1]") {
    auto talk = strict_smsc();
    CHECK(talk.hear(CommandId::data_sm, 5, "00 0101 3132").empty());
    CHECK(talk.hear(CommandId::data_sm, 6, "00" + source + destination + "00 00 00 0424 0009 41").empty());
    CHECK(talk.hear(CommandId::data_sm, 7, "00" + source + destination + "00 00 00 0424 0002 4849") ==
          "message data_sm#7 HI; ");
    CHECK(talk.sent() == "data_sm_resp#5!a data_sm_resp#6!c2 ");
}

TEST_CASE("F7: trailing octets are counted, and refused only when that is asked for", "[F7]") {
    auto options = strict_options();
    auto lenient = strict_smsc(options);
    CHECK(lenient.hear(CommandId::submit_sm, 5, head + "02 4849 ffff") == "message submit_sm#5 HI; ");
    CHECK(lenient.session.counts().trailing == 1);

    options.refuse_trailing = true;
    auto talk = strict_smsc(options);
    CHECK(talk.hear(CommandId::submit_sm, 5, head + "02 4849 ffff").empty());
    CHECK(talk.sent() == "submit_sm_resp#5!c0 ");
    CHECK(talk.session.counts().trailing == 1);
    CHECK(talk.session.counts().refused == 1);
}

TEST_CASE("M1, M6, M9, M11: an SMSC that is not strict, and any ESME, takes what it can read", "[M1][M6][M9][M11]") {
    const bool server = GENERATE(true, false);
    auto options = esme_options();
    options.strict = options.refuse_trailing = true;  // means nothing to an ESME
    auto talk = server ? bound_smsc() : bound_esme(options);
    const auto command = server ? CommandId::submit_sm : CommandId::deliver_sm;
    const auto name = command_name(static_cast<std::uint32_t>(command));
    CHECK(talk.hear(command, 5, head + "c8 73686f7274") == "message " + name + "#5 short; ");
    CHECK(talk.hear(command, 6, head + "01 78 0424 01f4 68656c6c6f") == "message " + name + "#6 x; ");
    CHECK(talk.hear(command, 7, head + "02 4849 0424 0002 594f") == "message " + name + "#7 HI; ");
    CHECK(talk.hear(command, 8, head + "02 4849 ff") == "message " + name + "#8 HI; ");
    CHECK(talk.hear(command, 10, head + "00 0424 0005 4849") == "message " + name + "#a HI; ");
    CHECK(talk.hear(command, 9, "00 0101 31") == "malformed " + name + "#9 a 4; ");
    CHECK(talk.sent().empty());
    CHECK(talk.session.owed() == 6);
    CHECK(talk.session.counts().refused == 0);
}

TEST_CASE("M19, M20, M21: operations that break the specification are refused with its status", "[M19][M20][M21]") {
    struct Row {
        CommandId command;
        std::string body;
        std::uint32_t status;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {CommandId::submit_multi, "00" + source + "00" + middle + "00", 0x33},
        {CommandId::submit_multi, "00" + source + "01 07" + middle + "00", 0x40},
        {CommandId::submit_multi, "00" + source + "01 01" + destination + middle + "c8 4849", 0x01},
        {CommandId::submit_multi, "00" + source + "01 01" + destination + middle + "02 4849 0424 0000", 0xC1},
        {CommandId::query_sm, "6d2d31", 0x0C},
        {CommandId::cancel_sm, "00 00 0101 31", 0x0A},
        {CommandId::replace_sm, "6d00" + source + "313200 00 00 00 00", 0x61},
        {CommandId::replace_sm, "6d00" + source + "00 313200 00 00 00", 0x62},
        {CommandId::replace_sm, "6d00" + source + "00 00 00 00 05 41", 0x01},
    }));
    CAPTURE(row.command, row.body);
    auto talk = strict_smsc();
    CHECK(talk.hear(row.command, 5, row.body).empty());
    CHECK(talk.sent() == command_name(response_of(row.command)) + "#5!" + hex_of(row.status) + " ");
    CHECK(talk.session.owed() == 0);
}

TEST_CASE("M10: a message_payload of 65,535 octets goes through a session", "[M10]") {
    auto talk = strict_smsc();
    const Octets payload(65'535, std::byte{0x42});
    Octets tlvs, pdu;
    append_tlv(Tag::message_payload, payload, tlvs);
    ShortMessage message;
    message.destination.digits = "4321";
    message.tlvs = Tlvs(tlvs);
    encode_short_message(CommandId::submit_sm, message, 5, pdu);
    CHECK(talk.hear(pdu) == "message submit_sm#5 " + std::string(65'535, 'B') + "; ");
}

TEST_CASE("M15: ten thousand empty parameters cost a count of 512, not the session", "[M15]") {
    auto talk = strict_smsc();
    Octets body = from_hex(head + "02 4849");
    for (int i = 0; i < 10'000; ++i) append_tlv(static_cast<Tag>(0x1400), Octets(), body);
    CHECK(talk.hear(CommandId::submit_sm, 5, to_hex(body)) == "message submit_sm#5 HI; ");
    append_tlv(Tag::message_payload, octets_of("LAPOR"), body);
    CHECK(talk.hear(CommandId::submit_sm, 6, to_hex(body)).empty());
    CHECK(talk.sent() == "submit_sm_resp#6!c1 ");
    CHECK(talk.hear(vector("V14")) == "message submit_sm#b 1 Report 2 Help; ");
}

TEST_CASE("M15: a text behind ten thousand parameters is the message's text", "[M15]") {
    auto talk = strict_smsc();
    Octets body = from_hex(head + "00");
    for (int i = 0; i < 10'000; ++i) append_tlv(static_cast<Tag>(0x1400), Octets(), body);
    append_tlv(Tag::message_payload, octets_of("LAPOR"), body);
    CHECK(talk.hear(CommandId::submit_sm, 5, to_hex(body)) == "message submit_sm#5 LAPOR; ");
}
