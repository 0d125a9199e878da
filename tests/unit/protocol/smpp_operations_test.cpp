#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "protocol/smpp/codec.hpp"
#include "tests/support/octets.hpp"
#include "tests/unit/protocol/smpp_pdus.hpp"
#include "tests/unit/protocol/smpp_vectors.hpp"

/// submit_multi, query_sm, cancel_sm, replace_sm, alert_notification and outbind as octets.
using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::body_of;
using smpp_vectors::vector;

namespace {

const std::string subscriber = "0101 36323834303030303030303100";  // 1/1/628400000001
const std::string tail = "00 00 00 00 00 00 00 00 00 02 6869";     // of a submit_multi: esm_class to "hi"

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

}  // namespace

TEST_CASE("M19: a submit_multi names addresses and lists in any mixture", "[M19]") {
    Octets items;
    append_item(MultiDestination{1, {1, 1, "628400000001"}, {}}, items);
    append_item(MultiDestination{2, {}, "desa"}, items);
    append_item(MultiDestination{1, {5, 0, ""}, {}}, items);
    append_item(MultiDestination{2, {}, "abcdefghijklmnopqrst"}, items);
    SubmitMulti pdu;
    pdu.destinations = {items, 4};
    pdu.message.source = {0, 1, "4321"};
    const auto hello = octets_of("hello");
    pdu.message.short_message = hello;
    Octets out;
    encode_submit_multi(pdu, 9, out);

    const auto body = body_of(out);
    const auto decoded = decode_submit_multi(body);
    REQUIRE(decoded.has_value());
    std::string line;
    for (const auto& one : decoded->destinations) {
        line +=
            std::to_string(one.flag) + (one.is_list() ? std::string(one.list) : std::string(one.address.digits)) + " ";
    }
    CHECK(line == "1628400000001 2desa 1 2abcdefghijklmnopqrst ");
    CHECK(decoded->destinations.count() == 4);
    CHECK(decoded->message.source.digits == "4321");
    CHECK(text(decoded->message.user_data()) == "hello");
}

TEST_CASE("M19: a submit_multi to nobody, or to what is neither address nor list, names its status", "[M19]") {
    struct Row {
        const char* what;
        std::string destinations;
        CommandStatus status;
    };
    const std::string twenty_one = repeated("41", 21);
    const auto row = GENERATE_COPY(values<Row>({
        {"none", "00", CommandStatus::invalid_number_of_destinations},
        {"one", "01 01" + subscriber, CommandStatus::ok},
        {"255", "ff" + repeated("01" + subscriber, 255), CommandStatus::ok},
        {"a list", "01 02 6c00", CommandStatus::ok},
        {"a list without a name", "01 02 00", CommandStatus::ok},
        {"a list of 21", "01 02" + twenty_one + "00", CommandStatus::invalid_list_name},
        {"an address of 21", "01 01 0101" + twenty_one + "00", CommandStatus::invalid_destination},
        {"flag 0", "01 00" + subscriber, CommandStatus::invalid_destination_flag},
        {"flag 3", "01 03" + subscriber, CommandStatus::invalid_destination_flag},
        {"the second of flag 9", "02 01" + subscriber + "09", CommandStatus::invalid_destination_flag},
        {"a count that is not there", "", CommandStatus::invalid_destination_flag},  // esm_class is read as a count
    }));
    CAPTURE(row.what);
    const auto body = from_hex("00 0001 3433323100" + row.destinations + (row.destinations.empty() ? "01" : "") + tail);
    const auto pdu = decode_submit_multi(body);
    REQUIRE(pdu.has_value() == (row.status == CommandStatus::ok));
    if (!pdu) CHECK(pdu.error() == row.status);
}

TEST_CASE("M19: the answer to a submit_multi lists who was not reached, and why", "[M19]") {
    Octets items;
    append_item(FailedDestination{{1, 1, "628400000001"}, CommandStatus::invalid_destination}, items);
    append_item(FailedDestination{{1, 1, "628400000002"}, static_cast<CommandStatus>(0x10C)}, items);
    Octets out;
    encode_submit_multi_resp({"m-1", {items, 2}, {}}, 7, out);
    CHECK(to_hex(out) ==
          "0000003b8000002100000000000000076d2d310002"
          "0101363238343030303030303031000000000b"
          "0101363238343030303030303032000000010c");
    const auto body = body_of(out);
    const auto decoded = decode_submit_multi_resp(body);
    REQUIRE(decoded.has_value());
    std::string line;
    for (const auto& one : decoded->failed)
        line += std::string(one.address.digits) + " " + to_string(one.status) + "; ";
    CHECK(line == "628400000001 ESME_RINVDSTADR; 628400000002 ESME_RINVBCASTMSGCLASS; ");

    out.clear();
    encode_submit_multi_resp({"m-1", {}, {}}, 7, out);
    CHECK(to_hex(out) == "000000158000002100000000000000076d2d310000");
}

TEST_CASE("M19: the answer to a submit_multi parses without its list, its id or any body", "[M19]") {
    struct Row {
        const char* body;
        const char* message_id;
        std::size_t failed;
        bool decodes;
    };
    const auto row = GENERATE(values<Row>({
        {"", "", 0, true},
        {"00", "", 0, true},
        {"6d2d31", "m-1", 0, true},
        {"6d2d3100", "m-1", 0, true},
        {"6d2d3100 00", "m-1", 0, true},
        {"6d2d3100 00 04280001 5a", "m-1", 0, true},
        {"6d2d3100 01 0101 3600 0000000b", "m-1", 1, true},
        {"6d2d3100 02 0101 3600 0000000b", "m-1", 0, false},
    }));
    CAPTURE(row.body);
    const auto body = from_hex(row.body);
    const auto pdu = decode_submit_multi_resp(body);
    REQUIRE(pdu.has_value() == row.decodes);
    if (!pdu) return;
    CHECK(pdu->message_id == row.message_id);
    CHECK(pdu->failed.count() == row.failed);
}

TEST_CASE("M20: query_sm, cancel_sm and replace_sm have the specification's layout", "[M20]") {
    Octets out;
    encode_query_sm({"m-1", {1, 1, "628400000001"}}, 1, out);
    CHECK(to_hex(out) ==
          "0000002300000003000000000000000"
          "16d2d3100"
          "010136323834303030303030303100");
    const auto query = body_of(out);
    CHECK(decode_query_sm(query)->message_id == "m-1");
    CHECK(decode_query_sm(query)->source.digits == "628400000001");

    out.clear();
    encode_cancel_sm({"CMT", "", {0, 1, "4321"}, {1, 1, "628400000001"}}, 2, out);
    CHECK(to_hex(out) ==
          "0000002b00000008000000000000000"
          "2434d540000"
          "00013433323100"
          "010136323834303030303030303100");
    const auto cancel = body_of(out);
    const auto cancelled = decode_cancel_sm(cancel);
    REQUIRE(cancelled.has_value());
    CHECK(cancelled->message_id.empty());
    CHECK(cancelled->service_type == "CMT");
    CHECK(cancelled->source.digits == "4321");
    CHECK(cancelled->destination.digits == "628400000001");

    out.clear();
    const auto hello = octets_of("hello");
    encode_replace_sm({"m-1", {0, 1, "4321"}, "", "000000001000000R", 1, 0, hello, {}}, 3, out);
    CHECK(to_hex(out) ==
          "00000035000000070000000000000003"
          "6d2d3100"
          "00013433323100"
          "00"
          "30303030303030303130303030303052"
          "00"
          "01"
          "00"
          "05"
          "68656c6c6f");
    const auto replace = body_of(out);
    const auto replaced = decode_replace_sm(replace);
    REQUIRE(replaced.has_value());
    CHECK(replaced->validity_period == "000000001000000R");
    CHECK(replaced->registered_delivery == 1);
    CHECK(text(replaced->user_data()) == "hello");
}

TEST_CASE("M20: fields that cannot be delimited name the status to answer with", "[M20]") {
    struct Row {
        CommandId command;
        std::string body;
        CommandStatus status;
    };
    const std::string long_id = repeated("37", 65);
    const auto row = GENERATE_COPY(values<Row>({
        {CommandId::query_sm, "", CommandStatus::invalid_message_id},
        {CommandId::query_sm, "6d2d31", CommandStatus::invalid_message_id},
        {CommandId::query_sm, long_id + "00 0101 3100", CommandStatus::invalid_message_id},
        {CommandId::query_sm, long_id.substr(2) + "00 0101 3100", CommandStatus::ok},
        {CommandId::query_sm, "6d00 01", CommandStatus::invalid_command_length},
        {CommandId::query_sm, "6d00 0101 31", CommandStatus::invalid_source},
        {CommandId::cancel_sm, "414243444546 00", CommandStatus::invalid_service_type},
        {CommandId::cancel_sm, "00 00 0101 3100 0101 31", CommandStatus::invalid_destination},
        {CommandId::cancel_sm, "00 00 0101 3100 0101 3100", CommandStatus::ok},
        {CommandId::replace_sm, "6d00 0101 3100" + repeated("31", 17) + "00", CommandStatus::invalid_schedule},
        {CommandId::replace_sm, "6d00 0101 3100 00" + repeated("31", 17), CommandStatus::invalid_expiry},
        {CommandId::replace_sm, "6d00 0101 3100 00 00 00 00", CommandStatus::invalid_command_length},
        {CommandId::replace_sm, "6d00 0101 3100 00 00 00 00 00", CommandStatus::ok},
        {CommandId::alert_notification, "0101 3100 0101 31", CommandStatus::invalid_destination},
        {CommandId::alert_notification, "0101 31", CommandStatus::invalid_source},
        {CommandId::outbind, "534d534300 70", CommandStatus::invalid_password},
        {CommandId::outbind, repeated("41", 16) + "00 00", CommandStatus::invalid_system_id},
    }));
    CAPTURE(row.command, row.body);
    const auto body = from_hex(row.body);
    const auto result = [&]() -> CommandStatus {
        const auto status = [](const auto& pdu) { return pdu ? CommandStatus::ok : pdu.error(); };
        switch (row.command) {
            case CommandId::query_sm:
                return status(decode_query_sm(body));
            case CommandId::cancel_sm:
                return status(decode_cancel_sm(body));
            case CommandId::replace_sm:
                return status(decode_replace_sm(body));
            case CommandId::outbind:
                return status(decode_outbind(body));
            default:
                return status(decode_alert_notification(body));
        }
    };
    CHECK(result() == row.status);
}

TEST_CASE("M20: a query_sm_resp parses with a date of any form, and with parameters", "[M20]") {
    const auto row =
        GENERATE(as<std::string>(), "00", "3235313231313039303100", "323031382d31322d31302030313a30313a303200");
    const auto body = from_hex("6d2d3100" + row + "02 05 0428 0001 32");
    const auto pdu = decode_query_sm_resp(body);
    REQUIRE(pdu.has_value());
    CHECK(pdu->message_state == 2);
    CHECK(pdu->error_code == 5);
    CHECK(pdu->tlvs.u8(Tag::congestion_state) == 0x32);
    CHECK_FALSE(decode_query_sm_resp(from_hex("6d2d3100 00 02")).has_value());
}

TEST_CASE("M23: registered_delivery says which outcomes are reported, and whether steps on the way are", "[M23]") {
    struct Row {
        std::uint8_t registered_delivery;
        ReceiptWish wish;
        bool intermediate;
    };
    const auto row = GENERATE(values<Row>({
        {0x00, ReceiptWish::none, false},
        {0x01, ReceiptWish::always, false},
        {0x02, ReceiptWish::on_failure, false},
        {0x03, ReceiptWish::on_success, false},
        {0x04, ReceiptWish::none, false},  // the handset's acknowledgement is not the SMSC's to make
        {0x08, ReceiptWish::none, false},
        {0x0D, ReceiptWish::always, false},
        {0x10, ReceiptWish::none, true},
        {0x11, ReceiptWish::always, true},
        {0x12, ReceiptWish::on_failure, true},
        {0xE1, ReceiptWish::always, false},  // reserved bits
    }));
    CAPTURE(row.registered_delivery);
    CHECK(receipt_wish(row.registered_delivery) == row.wish);
    CHECK(wants_intermediate(row.registered_delivery) == row.intermediate);
}

TEST_CASE("M25: an alert_notification carries addresses of 64 and the subscriber's availability, or none", "[M25]") {
    const std::string uri(64, 'u');
    Octets tlvs;
    append_tlv(Tag::ms_availability_status, std::uint8_t{1}, tlvs);
    AlertNotification pdu{{1, 1, uri}, {0, 1, uri}, Tlvs(tlvs)};
    Octets out;
    encode_alert_notification(pdu, 5, out);
    const auto body = body_of(out);
    const auto decoded = decode_alert_notification(body);
    REQUIRE(decoded.has_value());
    CHECK(decoded->source.digits == uri);
    CHECK(decoded->esme.npi == 1);
    CHECK(decoded->tlvs.u8(Tag::ms_availability_status) == 1);
    const auto bare = from_hex("0101 3100 0001 3200");
    CHECK(decode_alert_notification(bare)->tlvs.count() == 0);
}

TEST_CASE("M6, M9, M11, M15, M21: what a message breaks is named, one thing at a time", "[M6][M9][M11][M15][M21]") {
    struct Row {
        const char* what;
        std::string schedule, validity, text;
        CommandStatus status;
    };
    const std::string absolute = "32353132313130393031303030303000";  // 15 characters
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing", "00", "00", "02 4849", CommandStatus::ok},
        {"no text at all", "00", "00", "00", CommandStatus::ok},
        {"text as payload", "00", "00", "00 0424 0002 4849", CommandStatus::ok},
        {"unknown parameters", "00", "00", "02 4849 1400 0001 00 ffff 0000", CommandStatus::ok},
        {"a parameter of a wrong length", "00", "00", "02 4849 0427 0002 0002", CommandStatus::ok},
        {"a parameter twice", "00", "00", "02 4849 0204 0002 0001 0204 0002 0002", CommandStatus::ok},
        {"trailing octets", "00", "00", "02 4849 ffff", CommandStatus::ok},
        {"sm_length past the end", "00", "00", "0a 4849", CommandStatus::invalid_message_length},
        {"text twice", "00", "00", "02 4849 0424 0001 41", CommandStatus::tlv_not_allowed},
        {"text twice, once empty", "00", "00", "02 4849 0424 0000", CommandStatus::tlv_not_allowed},
        {"a parameter past the end", "00", "00", "02 4849 0204 0003 0001", CommandStatus::invalid_tlv_length},
        {"512 parameters", "00", "00", "00" + repeated("14000000", 512), CommandStatus::ok},
        {"513 parameters", "00", "00", "00" + repeated("14000000", 513), CommandStatus::ok},
        {"a bad schedule", absolute, "00", "02 4849", CommandStatus::invalid_schedule},
        {"a bad validity", "00", absolute, "02 4849", CommandStatus::invalid_expiry},
    }));
    CAPTURE(row.what);
    const auto body = from_hex("00" + subscriber + "0001 3433323100 00 00 00" + row.schedule + row.validity +
                               "00 00 00 00" + row.text);
    const auto pdu = decode_short_message(CommandId::submit_sm, body);
    REQUIRE(pdu.has_value());
    CHECK(complaint_about(*pdu) == row.status);
}

TEST_CASE("no proper prefix of an operation reads past its end, and every whole one is what it was") {
    std::mt19937 random(4);
    const auto some = [&](std::size_t max) {
        std::string text(random() % (max + 1), ' ');
        for (auto& c : text) c = static_cast<char>(1 + random() % 255);
        return text;
    };
    for (int round = 0; round < 300; ++round) {
        const auto id = some(64), digits = some(20), other = some(20), time = some(16);
        const auto data = octets_of(some(254));
        Octets items;
        const std::size_t count = 1 + random() % 5;
        for (std::size_t i = 0; i < count; ++i) {
            const bool list = random() % 2 == 0;
            append_item(
                MultiDestination{
                    list ? std::uint8_t{2} : std::uint8_t{1}, {1, 1, list ? "" : digits}, list ? other : ""},
                items);
        }
        SubmitMulti multi;
        multi.destinations = {items, count};
        multi.message.short_message = data;
        Octets one, two;
        encode_submit_multi(multi, 1, one);
        auto body = body_of(one);
        encode_submit_multi(*decode_submit_multi(body), 1, two);
        REQUIRE(one == two);
        for (std::size_t size = 0; size < body.size(); ++size) {
            const Octets prefix(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
            const auto pdu = decode_submit_multi(prefix);
            if (pdu) REQUIRE(pdu->message.truncated);
            (void)decode_submit_multi_resp(prefix);
            (void)decode_query_sm(prefix);
            (void)decode_query_sm_resp(prefix);
            (void)decode_cancel_sm(prefix);
            (void)decode_alert_notification(prefix);
            (void)decode_outbind(prefix);
        }

        one.clear();
        two.clear();
        encode_replace_sm({id, {1, 1, digits}, time, time, 1, 2, data, {}}, 1, one);
        body = body_of(one);
        encode_replace_sm(*decode_replace_sm(body), 1, two);
        REQUIRE(one == two);
        for (std::size_t size = 0; size < body.size(); ++size) {
            const Octets prefix(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
            const auto pdu = decode_replace_sm(prefix);
            if (pdu) REQUIRE(pdu->truncated);
        }

        one.clear();
        two.clear();
        encode_cancel_sm({some(5), id, {1, 1, digits}, {2, 2, other}}, 1, one);
        body = body_of(one);
        encode_cancel_sm(*decode_cancel_sm(body), 1, two);
        REQUIRE(one == two);
    }
}
