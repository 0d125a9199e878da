#include <catch2/catch.hpp>

#include "tests/unit/protocol/smpp_talk.hpp"

/// The operations about messages, what an SMSC tells of itself, and the ends of an idle session.
using namespace jejak::smpp;
using namespace jejak::tests;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using smpp_vectors::vector;

namespace {

const std::string subscriber = "0101 36323834303030303030303100";
const std::string service = "0001 3433323100";
const std::string query_body = "6d2d3100" + service;
const std::string cancel_body = "00 6d2d3100" + service + subscriber;
const std::string replace_body = "6d2d3100" + service + "00 00 00 00 03 6e6577";

SessionOptions offering() {
    auto options = smsc_options();
    options.operations = true;
    return options;
}

Talk offering_smsc(CommandId bind = CommandId::bind_transceiver) {
    return bound_smsc(bind, offering());
}

}  // namespace

TEST_CASE("M19, M20: an SMSC that offers operations is told of each and owes it an answer", "[M19][M20]") {
    auto talk = offering_smsc();
    CHECK(talk.hear(vector("V29")) == "multi#1a 447700900001 list list1; ");
    CHECK(talk.hear(CommandId::query_sm, 2, query_body) == "query#2 'm-1' 4321; ");
    CHECK(talk.hear(CommandId::cancel_sm, 3, cancel_body) == "cancel#3 'm-1' 4321 628400000001; ");
    CHECK(talk.hear(CommandId::replace_sm, 4, replace_body) == "replace#4 'm-1' new; ");
    CHECK(talk.session.owed() == 4);
    CHECK(talk.sent().empty());

    talk.session.respond(0x1A, SubmitMultiResp{"m-9", {}, {}});
    talk.session.respond(2, QuerySmResp{"m-1", "251121090100000+", 2, 0, {}});
    talk.session.respond(CommandId::cancel_sm, 3, CommandStatus::ok);
    talk.session.respond(CommandId::replace_sm, 4, CommandStatus::replace_failed);
    CHECK(talk.session.owed() == 0);
    CHECK(to_hex(talk.octets()) ==
          "0000001580000021000000000000001a6d2d390000"
          "000000278000000300000000000000026d2d31003235313132313039303130303030302b000200"
          "00000010800000080000000000000003"
          "00000010800000070000001300000004");
    talk.session.respond(CommandId::cancel_sm, 3, CommandStatus::ok);
    CHECK(talk.sent().empty());
}

TEST_CASE("M19, M20: a refused operation is answered by a header alone", "[M19][M20]") {
    auto talk = offering_smsc();
    talk.hear(vector("V29"));
    talk.hear(CommandId::query_sm, 2, query_body);
    talk.hear(CommandId::cancel_sm, 3, cancel_body);
    talk.session.respond(CommandId::submit_multi, 0x1A, CommandStatus::invalid_number_of_destinations);
    talk.session.respond(CommandId::query_sm, 2, CommandStatus::query_failed);
    talk.session.respond(CommandId::cancel_sm, 3, CommandStatus::cancel_failed);
    CHECK(talk.sent() == "submit_multi_resp#1a!33 query_sm_resp#2!67 cancel_sm_resp#3!11 ");
}

TEST_CASE("M19: a submit_multi may be answered with an id alone", "[M19]") {
    auto talk = offering_smsc();
    talk.hear(vector("V29"));
    talk.session.respond(CommandId::submit_multi, 0x1A, CommandStatus::ok, "m-9");
    CHECK(to_hex(talk.octets()) == "0000001580000021000000000000001a6d2d390000");
}

TEST_CASE("M20: a cancel_sm without an id names the messages by service type and addresses", "[M20]") {
    auto talk = offering_smsc();
    CHECK(talk.hear(CommandId::cancel_sm, 3, "434d5400 00" + service + subscriber) ==
          "cancel#3 '' 4321 628400000001; ");
}

TEST_CASE("B1, B9: operations are taken from a bound peer that may send, and from no other", "[B1][B9]") {
    Talk unbound(offering());
    CHECK(unbound.hear(CommandId::query_sm, 2, query_body).empty());
    CHECK(unbound.sent() == "query_sm_resp#2!4 ");
    auto receiver = offering_smsc(CommandId::bind_receiver);
    CHECK(receiver.hear(vector("V29")).empty());
    CHECK(receiver.sent() == "submit_multi_resp#1a!4 ");
    auto transmitter = offering_smsc(CommandId::bind_transmitter);
    CHECK(transmitter.hear(CommandId::query_sm, 2, query_body) == "query#2 'm-1' 4321; ");
}

TEST_CASE("B17: owed operations stop reading as owed messages do", "[B17]") {
    auto options = offering();
    options.owed_max = 2;
    auto talk = bound_smsc(CommandId::bind_transceiver, options);
    talk.hear(CommandId::query_sm, 2, query_body);
    CHECK(talk.session.may_read());
    talk.hear(CommandId::cancel_sm, 3, cancel_body);
    CHECK_FALSE(talk.session.may_read());
    talk.session.respond(CommandId::query_sm, 2, CommandStatus::query_failed);
    CHECK(talk.session.may_read());
}

TEST_CASE("B21: an unbind waits for the operations we owe answers to", "[B21]") {
    auto talk = offering_smsc();
    talk.hear(CommandId::query_sm, 2, query_body);
    CHECK(talk.hear(CommandId::unbind, 3).empty());
    talk.session.respond(2, QuerySmResp{"m-1", "", 1, 0, {}});
    CHECK(talk.poll() == "closed peer_unbound; ");
    CHECK(talk.sent() == "query_sm_resp#2 unbind_resp#3 ");
}

TEST_CASE("B15, V30: an ESME asks what became of a message", "[B15]") {
    auto talk = bound_esme();
    talk.session.query({"m-1", {0, 1, "4321"}}, 70, talk.now);
    CHECK(talk.session.outstanding() == 1);
    CHECK(talk.sent() == "query_sm#2 ");
    auto answer = vector("V30");
    answer[15] = std::byte{2};
    CHECK(talk.hear(answer) == "answered 70 0 'm-1' state 2 '251121090100000+'; ");
    CHECK(talk.session.outstanding() == 0);
    CHECK(talk.hear(answer).empty());
    CHECK(talk.session.counts().unsolicited_responses == 1);
}

TEST_CASE("B15: a query that is refused, damaged, not understood or not answered ends all the same", "[B15]") {
    struct Row {
        const char* what;
        std::uint32_t response;
        std::uint32_t status;
        const char* body;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        {"refused", 0x80000003, 0x67, "", "answered 70 67 ''; "},
        {"cut short", 0x80000003, 0, "6d2d3100", "answered 70 0 ''; "},
        {"nacked", 0x80000000, 3, "", "answered 70 3 ''; "},
        {"answered as another", 0x80000004, 0, "6d2d3100", ""},
    }));
    CAPTURE(row.what);
    auto talk = bound_esme();
    talk.session.query({"m-1", {}}, 70, talk.now);
    CHECK(talk.hear(row.response, 2, row.status, row.body) == row.expected);
    CHECK(talk.wait(30s) == (*row.expected == '\0' ? "unanswered 70; " : ""));
}

TEST_CASE("B20: a response's congestion_state of 0 to 100 is told, any other is not", "[B20]") {
    struct Row {
        const char* tlv;
        const char* told;
    };
    const auto row = GENERATE(values<Row>({
        {"", ""},
        {"0428 0001 00", " congested 0"},
        {"0428 0001 5a", " congested 90"},
        {"0428 0001 64", " congested 100"},
        {"0428 0001 65", ""},
        {"0428 0001 ff", ""},
        {"0428 0002 0032", ""},
        {"0428 0000", ""},
        {"0427 0001 02 0428 0001 0a", " congested 10"},
    }));
    CAPTURE(row.tlv);
    auto talk = bound_esme();
    const auto told = std::string(row.told);
    talk.send(CommandId::submit_sm, 7);
    CHECK(talk.hear(response_of(CommandId::submit_sm), 2, 0, std::string("6100") + row.tlv) ==
          "answered 7 0 'a'" + told + "; ");
    CHECK(talk.session.congestion().has_value() == !told.empty());
    talk.session.query({"m-1", {}}, 8, talk.now);
    CHECK(talk.hear(response_of(CommandId::query_sm), 3, 0, std::string("6100 00 01 00") + row.tlv) ==
          "answered 8 0 'a' state 1 ''" + told + "; ");
}

TEST_CASE("B20: congestion_state is heard from a bind, an enquire_link, a generic_nack and an error without message_id",
          "[B20]") {
    Talk talk(esme_options());
    talk.sent();
    talk.hear(response_of(CommandId::bind_transceiver), 1, 0, "534d534300 0210000134 0428 0001 0a");
    REQUIRE(talk.session.congestion());
    CHECK(talk.session.congestion()->percent == 10);
    CHECK(talk.session.congestion()->heard == talk.now);

    talk.wait(30s);
    talk.hear(response_of(CommandId::enquire_link), 2, 0, "0428 0001 5f");
    CHECK(talk.session.congestion()->percent == 95);
    CHECK(talk.session.congestion()->heard == talk.now);

    talk.send(CommandId::submit_sm, 7);
    CHECK(talk.hear(response_of(CommandId::submit_sm), 3, 0x58, "0428 0001 63") == "answered 7 58 '' congested 99; ");
    talk.send(CommandId::submit_sm, 8);
    CHECK(talk.hear(response_of(CommandId::submit_sm), 4, 0, "6100") == "answered 8 0 'a'; ");
    CHECK(talk.session.congestion()->percent == 99);

    talk.send(CommandId::submit_sm, 9);
    CHECK(talk.hear(CommandId::generic_nack, 5, "0428 0001 5b") == "answered 9 8 '' congested 91; ");
    talk.send(CommandId::submit_sm, 10);
    CHECK(talk.hear(CommandId::generic_nack, 6, "0428 0002") == "answered 10 8 ''; ");
    CHECK(talk.session.congestion()->percent == 91);
}

TEST_CASE("M25, V15: an alert_notification is told and has no response", "[M25]") {
    auto talk = bound_esme();
    CHECK(talk.hear(vector("V15")) == "alert 447700900001 4321 0; ");
    CHECK(talk.hear(CommandId::alert_notification, 9, subscriber + service) == "alert 628400000001 4321 none; ");
    CHECK(talk.hear(CommandId::alert_notification, 9, "0101 31").empty());
    CHECK(talk.session.counts().ignored_requests == 1);
    CHECK(talk.sent().empty());
    CHECK(talk.session.owed() == 0);

    auto server = offering_smsc();
    CHECK(server.hear(vector("V15")).empty());
    CHECK(server.session.counts().ignored_requests == 1);
    CHECK(server.sent().empty());
}

TEST_CASE("M25: an SMSC alerts a receiver or transceiver, and waits for no answer", "[M25]") {
    Octets tlvs;
    append_tlv(Tag::ms_availability_status, std::uint8_t{0}, tlvs);
    const AlertNotification alert{{1, 1, "447700900001"}, {0, 1, "4321"}, Tlvs(tlvs)};
    auto talk = offering_smsc();
    REQUIRE(talk.session.may_alert());
    talk.session.alert(alert);
    auto expected = vector("V15");
    expected[15] = std::byte{1};
    CHECK(talk.octets() == expected);
    CHECK(talk.session.outstanding() == 0);
    CHECK(offering_smsc(CommandId::bind_receiver).session.may_alert());
    CHECK_FALSE(offering_smsc(CommandId::bind_transmitter).session.may_alert());
    CHECK_FALSE(bound_esme().session.may_alert());
    CHECK_FALSE(Talk(offering()).session.may_alert());
}

TEST_CASE("B24, V16: an outbind before any bind is told to whoever listens, has no response and binds nobody",
          "[B24]") {
    Talk talk(smsc_options());
    CHECK(talk.hear(vector("V16")) == "outbind 'SMSC'; ");
    CHECK(talk.sent().empty());
    CHECK_FALSE(talk.session.bound());
    CHECK(talk.hear(vector("V02")) == "asks transceiver 'gw'; ");

    Talk damaged(smsc_options());
    CHECK(damaged.hear(CommandId::outbind, 9, "534d5343").empty());
    CHECK(damaged.session.counts().ignored_requests == 1);
    CHECK(damaged.wait(10s) == "closed bind_timeout; ");
}

TEST_CASE("B24: an outbind to a session that is bound, or that we opened ourselves, is only counted", "[B24]") {
    auto server = offering_smsc();
    CHECK(server.hear(vector("V16")).empty());
    auto client = bound_esme();
    CHECK(client.hear(vector("V16")).empty());
    Talk unbound(esme_options());
    unbound.sent();
    CHECK(unbound.hear(vector("V16")).empty());
    for (auto* talk : {&server, &client, &unbound}) {
        CHECK(talk->session.counts().ignored_requests == 1);
        CHECK(talk->sent().empty());
    }
}

TEST_CASE("M26: the broadcast family of SMPP 5.0 is nacked as unknown, on both sides", "[M26]") {
    const auto id = GENERATE(0x111u, 0x112u, 0x113u);
    const bool server = GENERATE(true, false);
    auto talk = server ? offering_smsc() : bound_esme();
    CHECK(talk.hear(id, 9, 0, "00 0101 3100").empty());
    CHECK(talk.sent() == "generic_nack#9!3 ");
    CHECK(talk.session.bound());
}

TEST_CASE("B5, B6: parameters go to a peer that said it knows them, or where that is configured; texts always go",
          "[B5][B6]") {
    struct Row {
        const char* version;
        bool always;
        bool sent;
    };
    const auto row = GENERATE(values<Row>({
        {"0210000134", false, true},
        {"0210000150", false, true},
        {"0210000133", false, false},
        {"", false, false},
        {"", true, true},
        {"021000020034", false, false},
    }));
    CAPTURE(row.version, row.always);
    auto options = esme_options();
    options.tlvs_always = row.always;
    Talk talk(options);
    talk.sent();
    talk.hear(response_of(CommandId::bind_transceiver), 1, 0, std::string("534d534300") + row.version);
    CHECK(talk.session.may_send_tlvs() == row.sent);

    Octets tlvs;
    append_tlv(Tag::user_message_reference, std::uint16_t{7}, tlvs);
    ShortMessage message;
    message.destination.digits = "628400000001";
    message.tlvs = Tlvs(tlvs);
    talk.session.send(CommandId::submit_sm, message, 1, talk.now);
    CHECK((to_hex(talk.octets()).find("020400020007") != std::string::npos) == row.sent);
    append_tlv(Tag::message_payload, octets_of("text"), tlvs);
    message.tlvs = Tlvs(tlvs);
    for (const auto command : {CommandId::submit_sm, CommandId::data_sm}) {
        talk.session.send(command, message, 2, talk.now);
        CHECK(to_hex(talk.octets()).find("0424000474657874") != std::string::npos);
    }
}

TEST_CASE("B5: an SMSC sends no parameters to a peer that bound with less than 0x34", "[B5]") {
    Talk talk(smsc_options());
    talk.hear(CommandId::bind_transceiver, 1, "677700707700 00 33 00 00 00");
    talk.session.accept_bind("SMSC");
    talk.poll();
    talk.octets();
    Octets tlvs;
    append_tlv(Tag::ms_availability_status, std::uint8_t{0}, tlvs);
    talk.session.alert({{1, 1, "1"}, {0, 1, "2"}, Tlvs(tlvs)});
    ShortMessage message;
    message.tlvs = Tlvs(tlvs);
    talk.session.send(CommandId::deliver_sm, message, 1, talk.now);
    CHECK(to_hex(talk.octets()).find("0422") == std::string::npos);
}

TEST_CASE("B14: an SMSC unbinds a peer that exchanges nothing but enquire_link", "[B14]") {
    auto options = smsc_options();
    options.timers.inactivity = 60s;
    auto talk = bound_smsc(CommandId::bind_transceiver, options);
    for (int i = 0; i < 5; ++i) {
        CHECK(talk.wait(10s).empty());
        talk.hear(vector("V01"));
    }
    talk.sent();
    CHECK(talk.wait(9'999ms).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.wait(1ms).empty());
    CHECK(talk.sent() == "unbind#1 ");
    SECTION("and it answers") {
        CHECK(talk.hear(response_of(CommandId::unbind), 1) == "closed inactive; ");
    }
    SECTION("or does not") {
        CHECK(talk.wait(5s) == "closed unbind_unanswered; ");
    }
    SECTION("or unbinds itself") {
        CHECK(talk.hear(CommandId::unbind, 9).empty());
        CHECK(talk.sent() == "unbind_resp#9 ");
        CHECK(talk.hear(response_of(CommandId::unbind), 1) == "closed inactive; ");
    }
}

TEST_CASE("B14: a message, an answer or work under way is activity", "[B14]") {
    auto options = smsc_options();
    options.timers.inactivity = 20s;
    options.timers.enquire_link = 0ms;
    auto talk = bound_smsc(CommandId::bind_transceiver, options);
    talk.wait(19s);
    talk.hear(vector("V14"));
    CHECK(talk.wait(19s).empty());
    CHECK(talk.wait(2s).empty());  // its answer is owed
    CHECK(talk.sent().empty());
    talk.session.respond(CommandId::submit_sm, 0x0B, CommandStatus::ok, "m-1");
    CHECK(talk.wait(17s).empty());
    talk.send(CommandId::deliver_sm, 7);
    CHECK(talk.wait(3s).empty());
    CHECK(talk.sent().find("unbind") == std::string::npos);
    CHECK(talk.hear(response_of(CommandId::deliver_sm), 1) == "answered 7 0 ''; ");
    CHECK(talk.wait(19s).empty());
    CHECK(talk.sent().find("unbind") == std::string::npos);
    talk.wait(1s);
    CHECK(talk.sent().find("unbind") != std::string::npos);
}

TEST_CASE("B14: an ESME does not use it, and zero switches it off", "[B14]") {
    auto options = esme_options();
    options.timers.inactivity = 5s;
    options.timers.enquire_link = 0ms;
    auto talk = bound_esme(options);
    CHECK(talk.session.deadline() == jejak::SteadyTime::max());
    CHECK(talk.wait(3'600s).empty());
    CHECK(talk.session.bound());

    auto never = smsc_options();
    never.timers.enquire_link = 0ms;
    auto server = bound_smsc(CommandId::bind_transceiver, never);
    CHECK(server.wait(3'600s).empty());
    CHECK(server.session.bound());
}

TEST_CASE("B23: an SMSC answers nothing after its unbind_resp, and takes only what ends before", "[B23]") {
    auto talk = offering_smsc();
    CHECK(talk.hear(CommandId::unbind, 3) == "closed peer_unbound; ");
    CHECK(talk.sent() == "unbind_resp#3 ");
    CHECK(talk.hear(joined({vector("V01"), vector("V14"), vector("V29"), vector("V02"), vector("V26")})).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.session.owed() == 0);
}

TEST_CASE("B27: a bind beyond the limit is refused with the status its owner chose", "[B27]") {
    const auto status = GENERATE(CommandStatus::already_bound, CommandStatus::bind_failed);
    Talk talk(smsc_options());
    talk.hear(vector("V02"));
    talk.session.refuse_bind(status);
    CHECK(talk.poll() == "closed bind_refused; ");
    CHECK(talk.sent() == "bind_transceiver_resp#1!" + hex_of(static_cast<std::uint32_t>(status)) + " ");
}
