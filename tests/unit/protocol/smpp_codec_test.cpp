#include <catch2/catch.hpp>
#include <string>

#include "protocol/smpp/codec.hpp"
#include "tests/support/octets.hpp"
#include "tests/unit/protocol/smpp_pdus.hpp"
#include "tests/unit/protocol/smpp_vectors.hpp"

using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::body_of;
using smpp_vectors::vector;

namespace {

/// A deliver_sm body up to sm_length: from 628400000001 to 4321.
const std::string mandatory = "00 0101 36323834303030303030303100 0001 3433323100 00 00 00 00 00 00 00 00 00";

}  // namespace

TEST_CASE("a header is four big-endian numbers") {
    const auto pdu = vector("V28");
    const auto header = decode_header(std::span(pdu).first<header_size>());
    CHECK(header.command_length == 16);
    CHECK(header.command_id == response_of(CommandId::submit_sm));
    CHECK(header.command_status == 0x58);
    CHECK(header.sequence_number == 0x19);
}

TEST_CASE("the vectors that carry a message decode to their fields and encode to their octets") {
    struct Row {
        const char* vector;
        const char* service_type;
        const char* source;
        std::uint8_t ton;
        std::uint8_t esm_class;
        std::uint8_t data_coding;
        const char* user_data;  // hexadecimal
        std::size_t tlvs;
    };
    const auto row = GENERATE(values<Row>({
        {"V05", "", "447700900001", 1, 0x00, 0x00, "48454c50", 0},
        {"V06", "", "447700900001", 1, 0x00, 0x08, "092e09260926", 0},
        {"V07", "", "447700900001", 1, 0x00, 0x08, "d83cdd98", 0},
        {"V08", "", "447700900001", 1, 0x40, 0x00, "050003aa02016769726c2074616b656e20", 0},
        {"V09", "", "447700900001", 1, 0x40, 0x00, "060804123402026174206275732073746f70", 0},
        {"V10", "", "447700900001", 1, 0x00, 0x00, "70617274206f6e6520", 3},
        {"V11", "", "447700900001", 1, 0x00, 0x00, "6c6f6e67207465787420766961207061796c6f6164", 1},
        {"V13", "USSD", "447700900001", 1, 0x00, 0x00, "2a31323323", 1},
        {"V14", "USSD", "4321", 0, 0x00, 0x00, "31205265706f727420322048656c70", 1},
        {"V20", "", "447700900001", 1, 0x40, 0x00, "200003aa020178", 0},
        {"V21", "", "447700900001", 1, 0x00, 0x00, "1b651b281b29", 0},
        {"V22", "", "447700900001", 1, 0x40, 0x00, "03240106616263", 0},
        {"V23", "", "447700900001", 1, 0x00, 0x00, "6869", 1},
        {"V24", "", "447700900001", 1, 0x00, 0xF1, "636c617373206f6e65", 0},
        {"V25", "", "BANK", 5, 0x00, 0x00, "70686973683f", 0},
    }));
    CAPTURE(row.vector);
    const auto whole = vector(row.vector);
    const auto body = body_of(whole);
    const auto pdu = decode_short_message(command_of(whole), body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->service_type == row.service_type);
    CHECK(pdu->source.digits == row.source);
    CHECK(pdu->source.ton == row.ton);
    CHECK(pdu->esm_class == row.esm_class);
    CHECK(pdu->data_coding == row.data_coding);
    CHECK(to_hex(pdu->user_data()) == row.user_data);
    CHECK(pdu->tlvs.count() == row.tlvs);
    CHECK_FALSE((pdu->truncated || pdu->trailing || pdu->tlvs.damaged()));
    CHECK(encoded(command_of(whole), *pdu, decode_header(std::span(whole).first<header_size>()).sequence_number) ==
          whole);
}

TEST_CASE("V02: a bind decodes to its fields and encodes to its octets") {
    const auto body = body_of(vector("V02"));
    const auto pdu = decode_bind(body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->system_id == "gw");
    CHECK(pdu->password == "pw");
    CHECK(pdu->interface_version == 0x34);
    Octets out;
    encode_bind(BindKind::transceiver, *pdu, 1, out);
    CHECK(out == vector("V02"));
}

TEST_CASE("V03, V04: a bind response is encoded with its version, an error as a header alone") {
    Octets out;
    encode_bind_resp(BindKind::transceiver, CommandStatus::ok, "SMSC", 0x34, 1, out);
    CHECK(out == vector("V03"));
    out.clear();
    encode_bind_resp(BindKind::transceiver, CommandStatus::invalid_password, "SMSC", 0x34, 1, out);
    CHECK(out == vector("V04"));
    out.clear();
    encode_bind_resp(BindKind::receiver, CommandStatus::ok, "SMSC", std::nullopt, 7, out);
    CHECK(to_hex(out) == "00000015800000010000000000000007534d534300");
}

TEST_CASE("V12: a receipt is known by its esm_class and carries its identifiers twice") {
    const auto body = body_of(vector("V12"));
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->receipt());
    CHECK(text(pdu->short_message).substr(0, 13) == "id:0000436949");
    CHECK(text(*pdu->tlvs.find(Tag::receipted_message_id)) == std::string("6aad5\0", 6));
    CHECK(pdu->tlvs.u8(Tag::message_state) == 2);
    CHECK(pdu->tlvs.u16(Tag::message_state) == std::nullopt);
}

TEST_CASE("F7: octets after the last field that are no TLV are flagged and the message is kept", "[F7]") {
    const auto row = GENERATE(as<std::string>(), "00", "0000", "ff00ff");
    const auto body = from_hex(mandatory + "02 4f4b" + row);
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(text(pdu->short_message) == "OK");
    CHECK(pdu->trailing);
    CHECK_FALSE(pdu->tlvs.damaged());
}

TEST_CASE("F7: trailing octets after good TLVs leave those TLVs readable", "[F7]") {
    const auto body = from_hex(mandatory + "02 4f4b 02040002 0001 ffff");
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->trailing);
    CHECK(pdu->tlvs.u16(Tag::user_message_reference) == 1);
}

TEST_CASE("B7: sc_interface_version of a wrong length is no version", "[B7]") {
    const auto row = GENERATE(as<std::string>(), "0210 0000", "0210 0002 0034", "0210 0004 00000034");
    const auto body = from_hex("534d534300" + row);
    const auto pdu = decode_bind_resp(body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->system_id == "SMSC");
    CHECK(pdu->tlvs.u8(Tag::sc_interface_version) == std::nullopt);
}

TEST_CASE("B8: a bind response parses without body, without NUL, with and without TLVs", "[B8]") {
    struct Row {
        const char* body;
        const char* system_id;
        std::optional<std::uint8_t> version;
    };
    const auto row = GENERATE(values<Row>({
        {"", "", std::nullopt},
        {"00", "", std::nullopt},
        {"534d5343", "SMSC", std::nullopt},
        {"534d534300", "SMSC", std::nullopt},
        {"534d534300 0210000134", "SMSC", 0x34},
        {"00 0210000133", "", 0x33},
        {"534d534300 0210", "SMSC", std::nullopt},
    }));
    CAPTURE(row.body);
    const auto body = from_hex(row.body);
    const auto pdu = decode_bind_resp(body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->system_id == row.system_id);
    CHECK(pdu->tlvs.u8(Tag::sc_interface_version) == row.version);
}

TEST_CASE("B10, B11: bind fields up to their sizes decode, longer ones name their status; address_range is opaque",
          "[B10][B11]") {
    struct Row {
        std::string system_id, password, system_type, address_range;
        CommandStatus status;
    };
    const std::string hostile = "(a+)+$";
    const auto row = GENERATE_COPY(values<Row>({
        {std::string(15, 's'), std::string(8, 'p'), std::string(12, 't'), std::string(40, 'r'), CommandStatus::ok},
        {std::string(16, 's'), "p", "", "", CommandStatus::invalid_system_id},
        {"s", std::string(9, 'p'), "", "", CommandStatus::ok},  // peers configure longer ones than the specification's
        {"s", std::string(64, 'p'), "", "", CommandStatus::ok},
        {"s", std::string(65, 'p'), "", "", CommandStatus::invalid_password},
        {"s", "p", std::string(13, 't'), "", CommandStatus::invalid_system_type},
        {"s", "p", "t", std::string(41, 'r'), CommandStatus::bind_failed},
        {"s", "p", "t", hostile, CommandStatus::ok},
    }));
    const std::string nul(1, '\0');
    const auto body = octets_of(row.system_id + nul + row.password + nul + row.system_type + nul + "\x34" + nul + nul +
                                row.address_range + nul);
    const auto pdu = decode_bind(body);
    if (row.status != CommandStatus::ok) {
        REQUIRE_FALSE(pdu.has_value());
        CHECK(pdu.error() == row.status);
        return;
    }
    REQUIRE(pdu.has_value());
    CHECK(pdu->system_id == row.system_id);
    CHECK(pdu->password == row.password);
    CHECK(pdu->address_range == row.address_range);
}

TEST_CASE("M1: a field that cannot be delimited names the status to answer with", "[M1]") {
    struct Row {
        const char* what;
        std::string body;
        CommandStatus status;
    };
    const std::string rest = "00 00 00 00 00 00 00 00 00 00";
    const std::string ten = "31313131313131313131";
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing", "", CommandStatus::invalid_service_type},
        {"service_type of 6", "414243444546 00" + rest, CommandStatus::invalid_service_type},
        {"service_type without its end", "4142", CommandStatus::invalid_service_type},
        {"no source", "00", CommandStatus::invalid_command_length},
        {"source of 21", "00 0101" + ten + ten + "31 00 0001 3100" + rest, CommandStatus::invalid_source},
        {"source without its end", "00 0101 3132", CommandStatus::invalid_source},
        {"destination of 21", "00 0101 3100 0001" + ten + ten + "31 00" + rest, CommandStatus::invalid_destination},
        {"destination without its end", "00 0101 3100 0001 31", CommandStatus::invalid_destination},
        {"schedule of 17", "00 0101 3100 0001 3100 00 00 00" + ten + "31313131313131 00 00",
         CommandStatus::invalid_schedule},
        {"validity of 17", "00 0101 3100 0001 3100 00 00 00 00" + ten + "31313131313131 00",
         CommandStatus::invalid_expiry},
        {"ends before sm_length", "00 0101 3100 0001 3100 00 00 00 00 00 00 00 00 00",
         CommandStatus::invalid_command_length},
    }));
    CAPTURE(row.what);
    const auto body = from_hex(row.body);
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE_FALSE(pdu.has_value());
    CHECK(pdu.error() == row.status);
}

TEST_CASE("M1: fields of exactly their sizes decode; data_sm takes addresses of 64", "[M1]") {
    ShortMessage pdu;
    const std::string service(5, 'S'), address(20, '1'), time(16, '0');
    pdu.service_type = service;
    pdu.source.digits = pdu.destination.digits = address;
    pdu.schedule_delivery_time = pdu.validity_period = time;
    const auto body = body_of(encoded(CommandId::deliver_sm, pdu));
    CHECK(summary(*decode_short_message(CommandId::deliver_sm, body)) == summary(pdu));

    ShortMessage data;
    const std::string uri(64, 'u');
    data.source.digits = data.destination.digits = uri;
    const auto data_body = body_of(encoded(CommandId::data_sm, data));
    CHECK(summary(*decode_short_message(CommandId::data_sm, data_body)) == summary(data));
}

TEST_CASE("M2: addresses are kept as they came", "[M2]") {
    const auto row = GENERATE(as<std::string>(), "+62 840 0000 0001", "00628400000001", "Pak RT",
                              "\xC3\xA9\xF0\x9F\x86\x98", "\x01\x7F", "");
    ShortMessage pdu;
    pdu.source.digits = row;
    const auto body = body_of(encoded(CommandId::deliver_sm, pdu));
    const auto decoded = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(decoded.has_value());
    CHECK(decoded->source.digits == row);
}

TEST_CASE("M3, M4: an empty source and an empty text are a message", "[M3][M4]") {
    const auto body = from_hex("00 0000 00 0001 3433323100 00 00 00 00 00 00 00 00 00 00");
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->source.digits.empty());
    CHECK(pdu->user_data().empty());
}

TEST_CASE("M5: a short_message of 254 and of 255 octets decodes", "[M5]") {
    const auto size = GENERATE(as<std::size_t>(), 1, 140, 254, 255);
    const Octets message(size, std::byte{0x41});
    ShortMessage pdu;
    pdu.short_message = message;
    const auto body = body_of(encoded(CommandId::deliver_sm, pdu));
    const auto decoded = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(decoded.has_value());
    CHECK(decoded->short_message.size() == size);
    CHECK_FALSE(decoded->truncated);
}

TEST_CASE("M6, V18: an sm_length past the end takes what is there and says so", "[M6]") {
    const auto body = body_of(vector("V18"));
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->truncated);
    CHECK(text(pdu->short_message) == "short");
    CHECK(pdu->tlvs.count() == 0);
}

TEST_CASE("M7: what follows a too small sm_length is read as TLVs, or flagged", "[M7]") {
    struct Row {
        const char* rest;
        std::size_t tlvs;
        bool damaged, trailing;
    };
    const auto row = GENERATE(values<Row>({
        {"0204 0002 0007", 1, false, false},
        {"4c4c4f20776f726c64", 0, true, false},  // "LLO world"
        {"4c4c4f", 0, false, true},
    }));
    const auto body = from_hex(mandatory + "02 4845" + row.rest);
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(text(pdu->short_message) == "HE");
    CHECK(pdu->tlvs.count() == row.tlvs);
    CHECK(pdu->tlvs.damaged() == row.damaged);
    CHECK(pdu->trailing == row.trailing);
}

TEST_CASE("M8: message_payload is the text when short_message is empty", "[M8]") {
    const auto body = body_of(vector("V11"));
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->short_message.empty());
    CHECK(text(pdu->user_data()) == "long text via payload");
}

TEST_CASE("M9: short_message and message_payload are both kept, and the first is the text", "[M9]") {
    const auto body = from_hex(mandatory + "02 4849 0424 0003 594f55");
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(text(pdu->user_data()) == "HI");
    CHECK(text(*pdu->tlvs.find(Tag::message_payload)) == "YOU");
}

TEST_CASE("M10: a message_payload of 65,535 octets decodes", "[M10]") {
    const Octets payload(65'535, std::byte{0x42});
    Octets tlvs;
    append_tlv(Tag::message_payload, payload, tlvs);
    ShortMessage pdu;
    pdu.tlvs = Tlvs(tlvs);
    const auto body = body_of(encoded(CommandId::deliver_sm, pdu));
    const auto decoded = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(decoded.has_value());
    CHECK(decoded->user_data().size() == payload.size());
}

TEST_CASE("M11, V19: a TLV past the end is dropped, the mandatory part is kept", "[M11]") {
    const auto body = body_of(vector("V19"));
    const auto pdu = decode_short_message(CommandId::deliver_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(text(pdu->short_message) == "x");
    CHECK(pdu->tlvs.damaged());
    CHECK_FALSE(pdu->trailing);
    CHECK_FALSE(pdu->tlvs.find(Tag::message_payload));
}

TEST_CASE("M16, V23: a data_sm carries its text as message_payload", "[M16]") {
    const auto body = body_of(vector("V23"));
    const auto pdu = decode_short_message(CommandId::data_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->destination.digits == "4321");
    CHECK(text(pdu->user_data()) == "hi");
}

TEST_CASE("M17: a deliver_sm_resp is sent with an empty message_id, whatever its status", "[M17]") {
    const auto status = GENERATE(CommandStatus::ok, CommandStatus::temporary_app_error);
    Octets out;
    encode_message_resp(CommandId::deliver_sm, status, "ignored", 9, out);
    CHECK(out.size() == header_size + 1);
    CHECK(out.back() == std::byte{0});
}

TEST_CASE("M17, M18: a message response parses in every form peers send", "[M17][M18]") {
    struct Row {
        std::string body;
        std::string message_id;
        std::size_t tlvs;
    };
    const std::string nul(1, '\0');
    const auto row = GENERATE_COPY(values<Row>({
        {"", "", 0},
        {nul, "", 0},
        {"abc" + nul, "abc", 0},
        {"abc", "abc", 0},
        {std::string(64, '7') + nul, std::string(64, '7'), 0},
        {std::string(65, '7') + nul, std::string(65, '7'), 0},
        {std::string(65, '7'), std::string(65, '7'), 0},
        {"id" + nul + std::string("\x04\x27\0\1\x02", 5), "id", 1},
        {"id" + nul + "\x04", "id", 0},
    }));
    const auto body = octets_of(row.body);
    const auto pdu = decode_message_resp(body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->message_id == row.message_id);
    CHECK(pdu->tlvs.count() == row.tlvs);
}

TEST_CASE("M18: a submit_sm_resp carries its id, an error no body", "[M18]") {
    Octets out;
    encode_message_resp(CommandId::submit_sm, CommandStatus::ok, "m-1", 2, out);
    CHECK(to_hex(out) == "000000148000000400000000000000026d2d3100");
    out.clear();
    encode_message_resp(CommandId::submit_sm, CommandStatus::throttled, "m-1", 0x19, out);
    CHECK(out == vector("V28"));
}

TEST_CASE("M24: the message type bits of esm_class say what is a receipt", "[M24]") {
    struct Row {
        std::uint8_t esm_class;
        bool receipt, udhi;
    };
    const auto row = GENERATE(values<Row>({
        {0x00, false, false},
        {0x03, false, false},
        {0x04, true, false},
        {0x08, true, false},
        {0x10, false, false},
        {0x18, false, false},
        {0x20, true, false},
        {0x40, false, true},
        {0x44, true, true},
        {0x80, false, false},
        {0xC0, false, true},
        {0xC7, true, true},
        {0x0C, false, false},
        {0x24, false, false},
    }));
    CAPTURE(row.esm_class);
    ShortMessage pdu;
    pdu.esm_class = row.esm_class;
    CHECK(pdu.receipt() == row.receipt);
    CHECK(pdu.udhi() == row.udhi);
}

TEST_CASE("a header alone encodes as enquire_link, unbind and generic_nack") {
    Octets out;
    encode_header_only(static_cast<std::uint32_t>(CommandId::enquire_link), CommandStatus::ok, 1, out);
    CHECK(out == vector("V01"));
    out.clear();
    encode_header_only(static_cast<std::uint32_t>(CommandId::generic_nack), CommandStatus::invalid_command_id, 14, out);
    CHECK(out == vector("V17"));
}

TEST_CASE("PDUs are appended: what was in the buffer stays") {
    Octets out = vector("V01");
    encode_header_only(static_cast<std::uint32_t>(CommandId::enquire_link), CommandStatus::ok, 1, out);
    CHECK(to_hex(out) == to_hex(vector("V01")) + to_hex(vector("V01")));
}

TEST_CASE("every proper prefix of every vector's body decodes or names a status, and is flagged unless it ends well") {
    for (const auto& one : smpp_vectors::all) {
        const auto whole = from_hex(one.hex);
        if (whole.size() < header_size) continue;
        const auto body = body_of(whole);
        for (std::size_t size = 0; size < body.size(); ++size) {
            CAPTURE(one.name, size);
            const Octets prefix(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK(decode_bind_resp(prefix).has_value());
            CHECK(decode_message_resp(prefix).has_value());
            const auto bind = decode_bind(prefix);
            if (one.name.substr(0, 3) == "V02") CHECK_FALSE(bind.has_value());
            (void)decode_short_message(CommandId::data_sm, prefix);
            const auto pdu = decode_short_message(CommandId::deliver_sm, prefix);
            const bool message = command_of(whole) == CommandId::deliver_sm && one.name.substr(0, 3) < "V18";
            if (!message || !pdu) continue;
            const bool whole_tlvs = pdu->tlvs.raw().data() + pdu->tlvs.raw().size() == prefix.data() + prefix.size();
            CHECK((pdu->truncated || pdu->trailing || pdu->tlvs.damaged() || whole_tlvs));
        }
    }
}

TEST_CASE("a status has the specification's name, or its number") {
    CHECK(to_string(CommandStatus::ok) == "ESME_ROK");
    CHECK(to_string(CommandStatus::throttled) == "ESME_RTHROTTLED");
    CHECK(to_string(CommandStatus::invalid_tlv_length) == "ESME_RINVPARLEN");
    CHECK(to_string(static_cast<CommandStatus>(0xAB)) == "0x000000ab");
    CHECK(to_string(static_cast<CommandStatus>(0xFFFFFFFF)) == "0xffffffff");
}
