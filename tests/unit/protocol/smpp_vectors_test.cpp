#include <catch2/catch.hpp>
#include <string>

#include "protocol/smpp/codec.hpp"
#include "tests/unit/protocol/smpp_pdus.hpp"
#include "tests/unit/protocol/smpp_talk.hpp"

/// All the vectors, both ways: what each says in words, and what those words are as octets again.
using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::body_of;
using smpp_vectors::vector;

namespace {

std::string address(const AddressView& address) {
    return std::to_string(address.ton) + "/" + std::to_string(address.npi) + "/" + std::string(address.digits);
}

std::string words(const ShortMessage& pdu) {
    auto line = std::string(pdu.service_type) + " " + address(pdu.source) + " > " + address(pdu.destination) + " esm " +
                hex_of(pdu.esm_class) + " dc " + hex_of(pdu.data_coding) + " " + to_hex(pdu.short_message);
    for (const auto tlv : pdu.tlvs) line += " " + to_string(tlv.tag) + "=" + to_hex(tlv.value);
    if (pdu.truncated) line += " truncated";
    if (pdu.trailing) line += " trailing";
    if (pdu.tlvs.damaged()) line += " damaged";
    return line;
}

/// A PDU in words and encoded again.
struct Reading {
    std::string words;
    Octets again;
};

Reading read_bind_resp(const Octets& body, const Header& header) {
    Reading reading;
    const auto pdu = decode_bind_resp(body);
    const auto version = pdu->tlvs.u8(Tag::sc_interface_version);
    reading.words = "'" + std::string(pdu->system_id) + "' " + (version ? hex_of(*version) : "none");
    encode_bind_resp(BindKind::transceiver, static_cast<CommandStatus>(header.command_status), pdu->system_id, version,
                     header.sequence_number, reading.again);
    return reading;
}

Reading read_multi(const Octets& body, std::uint32_t sequence) {
    Reading reading;
    const auto pdu = decode_submit_multi(body);
    for (const auto& one : pdu->destinations) {
        reading.words += (one.is_list() ? "list " + std::string(one.list) : address(one.address)) + ", ";
    }
    reading.words += words(pdu->message);
    encode_submit_multi(*pdu, sequence, reading.again);
    return reading;
}

Reading read(const Octets& whole) {
    const auto header = decode_header(std::span(whole).first<header_size>());
    const auto body = body_of(whole);
    const auto sequence = header.sequence_number;
    const auto status = static_cast<CommandStatus>(header.command_status);
    Reading reading;
    switch (header.command_id) {
        case 0x09: {
            const auto pdu = decode_bind(body);
            reading.words =
                std::string(pdu->system_id) + "/" + std::string(pdu->password) + " " + hex_of(pdu->interface_version);
            encode_bind(BindKind::transceiver, *pdu, sequence, reading.again);
            return reading;
        }
        case 0x80000009:
            return read_bind_resp(body, header);
        case 0x04:
        case 0x05:
        case 0x103: {
            const auto pdu = decode_short_message(command_of(whole), body);
            reading.words = words(*pdu);
            encode_short_message(command_of(whole), *pdu, sequence, reading.again);
            return reading;
        }
        case 0x0B: {
            const auto pdu = decode_outbind(body);
            reading.words = std::string(pdu->system_id) + "/" + std::string(pdu->password);
            encode_outbind(*pdu, sequence, reading.again);
            return reading;
        }
        case 0x21:
            return read_multi(body, sequence);
        case 0x102: {
            const auto pdu = decode_alert_notification(body);
            reading.words = address(pdu->source) + " > " + address(pdu->esme) + " " +
                            hex_of(pdu->tlvs.u8(Tag::ms_availability_status).value_or(0xFF));
            encode_alert_notification(*pdu, sequence, reading.again);
            return reading;
        }
        case 0x80000003: {
            const auto pdu = decode_query_sm_resp(body);
            reading.words = std::string(pdu->message_id) + " " + std::string(pdu->final_date) + " " +
                            std::to_string(pdu->message_state) + " " + std::to_string(pdu->error_code);
            encode_query_sm_resp(*pdu, sequence, reading.again);
            return reading;
        }
        default:
            reading.words = command_name(header.command_id) + " " + to_string(status);
            encode_header_only(header.command_id, status, sequence, reading.again);
            return reading;
    }
}

}  // namespace

TEST_CASE("V01 to V30 decode to what they say, and encode to the very same octets") {
    struct Row {
        const char* vector;
        std::string words;
    };
    const std::string who = " 1/1/447700900001 > 0/1/4321 esm ";
    const std::string receipt =
        "69643a30303030343336393439207375623a30303120646c7672643a303031207375626d697420646174653a3235313132313039303020"
        "646f6e6520646174653a3235313132313039303120737461743a44454c49565244206572723a30303020746578743a6f6b";
    const Row rows[] = {
        {"V01", "enquire_link ESME_ROK"},
        {"V02", "gw/pw 34"},
        {"V03", "'SMSC' 34"},
        {"V04", "'' none"},
        {"V05", who + "0 dc 0 48454c50"},
        {"V06", who + "0 dc 8 092e09260926"},
        {"V07", who + "0 dc 8 d83cdd98"},
        {"V08", who + "40 dc 0 050003aa02016769726c2074616b656e20"},
        {"V09", who + "40 dc 0 060804123402026174206275732073746f70"},
        {"V10", who + "0 dc 0 70617274206f6e6520 sar_msg_ref_num=1234 sar_total_segments=02 sar_segment_seqnum=01"},
        {"V11", who + "0 dc 0  message_payload=6c6f6e67207465787420766961207061796c6f6164"},
        {"V12", who + "4 dc 0 " + receipt + " receipted_message_id=366161643500 message_state=02"},
        {"V13", "USSD" + who + "0 dc 0 2a31323323 ussd_service_op=01"},
        {"V14", "USSD 0/1/4321 > 1/1/447700900001 esm 0 dc 0 31205265706f727420322048656c70 ussd_service_op=02"},
        {"V15", "1/1/447700900001 > 0/1/4321 0"},
        {"V16", "SMSC/pw"},
        {"V17", "generic_nack ESME_RINVCMDID"},
        {"V18", who + "0 dc 0 73686f7274 truncated"},
        {"V19", who + "0 dc 0 78 damaged"},
        {"V20", who + "40 dc 0 200003aa020178"},
        {"V21", who + "0 dc 0 1b651b281b29"},
        {"V22", who + "40 dc 0 03240106616263"},
        {"V23", who + "0 dc 0  message_payload=6869"},
        {"V24", who + "0 dc f1 636c617373206f6e65"},
        {"V25", " 5/0/BANK > 0/1/4321 esm 0 dc 0 70686973683f"},
        {"V26", "0x00000110 ESME_ROK"},
        {"V28", "submit_sm_resp ESME_RTHROTTLED"},
        {"V29", "1/1/447700900001, list list1,  0/1/4321 > 0/0/ esm 0 dc 0 6869"},
        {"V30", "m-1 251121090100000+ 2 0"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.vector);
        const auto whole = vector(row.vector);
        const auto reading = read(whole);
        CHECK(reading.words == row.words);
        const std::string name(row.vector);
        if (name == "V18" || name == "V19") {  // the damage is gone, the message is the same
            CHECK(words(*decode_short_message(CommandId::deliver_sm, body_of(reading.again))) ==
                  row.words.substr(0, row.words.rfind(' ')));
        } else {
            CHECK(to_hex(reading.again) == to_hex(whole));
        }
    }
}

TEST_CASE("V27: a command_length of 15 is no PDU") {
    FrameBuffer frames;
    const auto whole = vector("V27");
    const auto space = frames.writable();
    std::copy(whole.begin(), whole.end(), space.begin());
    frames.commit(whole.size());
    const auto next = frames.next();
    REQUIRE_FALSE(next.has_value());
    CHECK(next.error().command_length == 15);
    CHECK(next.error().sequence == 0);
}

TEST_CASE("a command is called by the specification's name, or by its number") {
    CHECK(command_name(0x15) == "enquire_link");
    CHECK(command_name(0x80000103) == "data_sm_resp");
    CHECK(command_name(0x80000000) == "generic_nack");
    CHECK(command_name(0x111) == "0x00000111");
    CHECK(command_name(0) == "0x00000000");
    CHECK(to_string(Tag::its_session_info) == "its_session_info");
    CHECK(to_string(static_cast<Tag>(0x1400)) == "0x1400");
}
