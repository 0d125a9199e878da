#include <catch2/catch.hpp>

#include "tests/unit/protocol/smpp_talk.hpp"

/// What an SMSC's side does with what an ESME sends it.
using namespace jejak::smpp;
using namespace jejak::tests;
using namespace std::chrono_literals;
using smpp_vectors::vector;

TEST_CASE("V02, V03: a bind is asked about, and bound when accepted") {
    Talk talk(smsc_options());
    CHECK(talk.octets().empty());
    CHECK(talk.hear(vector("V02")) == "asks transceiver 'gw'; ");
    CHECK_FALSE(talk.session.bound());
    talk.session.accept_bind("SMSC");
    CHECK(talk.poll() == "bound transceiver 'gw' 34; ");
    CHECK(talk.octets() == vector("V03"));
    CHECK(talk.session.bound());
}

TEST_CASE("a bind may be judged later: until then nothing else is taken, and reading should stop") {
    Talk talk(smsc_options());
    CHECK(talk.hear(vector("V02")) == "asks transceiver 'gw'; ");
    CHECK_FALSE(talk.session.may_read());
    CHECK(talk.hear(vector("V14")).empty());
    CHECK(talk.wait(5s).empty());
    talk.session.accept_bind("SMSC");
    CHECK(talk.poll() == "bound transceiver 'gw' 34; message submit_sm#b 1 Report 2 Help; ");
    CHECK(talk.session.may_read());
}

TEST_CASE("a bind judged too late is no harm") {
    Talk talk(smsc_options());
    talk.hear(vector("V02"));
    CHECK(talk.wait(10s) == "closed bind_timeout; ");
    talk.session.accept_bind("SMSC");
    talk.session.refuse_bind(CommandStatus::bind_failed);
    CHECK(talk.poll().empty());
    CHECK(talk.sent().empty());
}

TEST_CASE("B16, B17: the limits of a session may be those of the account that binds", "[B16][B17]") {
    Talk talk(smsc_options());
    talk.hear(vector("V02"));
    talk.session.limit(2, 1);
    talk.session.accept_bind("SMSC");
    talk.poll();
    talk.send(CommandId::deliver_sm, 1);
    CHECK(talk.session.may_send());
    talk.send(CommandId::deliver_sm, 2);
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.session.may_read());
    talk.hear(vector("V14"));
    CHECK_FALSE(talk.session.may_read());
}

TEST_CASE("B4: a refused bind is answered by a header alone, and the session is over", "[B4]") {
    const auto status =
        GENERATE(CommandStatus::bind_failed, CommandStatus::invalid_password, CommandStatus::invalid_system_id);
    Talk talk(smsc_options());
    talk.hear(vector("V02"));
    talk.session.refuse_bind(status);
    CHECK(talk.poll() == "closed bind_refused; ");
    CHECK(talk.sent() == "bind_transceiver_resp#1!" + hex_of(static_cast<std::uint32_t>(status)) + " ");
}

TEST_CASE("B1: a request before the bind is answered with invalid bind status", "[B1]") {
    Talk talk(smsc_options());
    for (const auto command : {CommandId::submit_sm, CommandId::data_sm, CommandId::query_sm, CommandId::cancel_sm,
                               CommandId::replace_sm, CommandId::submit_multi, CommandId::deliver_sm}) {
        CHECK(talk.hear(command, 5).empty());
    }
    CHECK(talk.sent() ==
          "submit_sm_resp#5!4 data_sm_resp#5!4 query_sm_resp#5!4 cancel_sm_resp#5!4 replace_sm_resp#5!4 "
          "submit_multi_resp#5!4 deliver_sm_resp#5!4 ");
}

TEST_CASE("B2: an enquire_link or unbind before the bind is answered", "[B2]") {
    Talk talk(smsc_options());
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
    CHECK(talk.hear(CommandId::unbind, 2) == "closed peer_unbound; ");
    CHECK(talk.sent() == "unbind_resp#2 ");
}

TEST_CASE("B1, B2: of a peer that has not bound so many PDUs are taken, and no more", "[B1][B2]") {
    struct Row {
        std::uint32_t command_id;
        const char* answer;
    };
    const auto row = GENERATE(values<Row>({
        {0x00000015, "enquire_link_resp#1 "},
        {0x00000004, "submit_sm_resp#1!4 "},
        {0x00000003, "query_sm_resp#1!4 "},
        {0x00000777, "generic_nack#1!3 "},
        {0x00000102, ""},  // alert_notification
        {0x80000000, ""},
        {0x80000004, ""},
    }));
    CAPTURE(row.command_id);
    auto options = smsc_options();
    options.unbound_pdus_max = 3;
    const std::string answer = row.answer;
    {
        Talk talk(options);
        CHECK(
            talk.hear(joined({Talk::pdu(row.command_id, 1), Talk::pdu(row.command_id, 1), Talk::pdu(row.command_id, 1),
                              Talk::pdu(row.command_id, 1), Talk::pdu(row.command_id, 1)})) == "closed no_bind; ");
        CHECK(talk.sent() == answer + answer + answer);
        CHECK(talk.session.counts().pdus_in == 4);
    }
    Talk talk(options);  // whoever binds in time may say as much as it likes
    CHECK(talk.hear(joined({Talk::pdu(row.command_id, 1), Talk::pdu(row.command_id, 1), Talk::pdu(row.command_id, 1),
                            vector("V02")})) == "asks transceiver 'gw'; ");
    talk.session.accept_bind("SMSC");
    CHECK(talk.poll() == "bound transceiver 'gw' 34; ");
    talk.sent();
    talk.hear(joined({Talk::pdu(0x15, 1), Talk::pdu(0x15, 2), Talk::pdu(0x15, 3), Talk::pdu(0x15, 4)}));
    CHECK(talk.sent() == "enquire_link_resp#1 enquire_link_resp#2 enquire_link_resp#3 enquire_link_resp#4 ");
}

TEST_CASE("B3: a second bind is refused, and the session stays", "[B3]") {
    auto talk = bound_smsc();
    for (const auto command : {CommandId::bind_transceiver, CommandId::bind_receiver, CommandId::bind_transmitter}) {
        CHECK(talk.hear(command, 8, "677700707700 00 34 00 00 00").empty());
    }
    CHECK(talk.sent() == "bind_transceiver_resp#8!5 bind_receiver_resp#8!5 bind_transmitter_resp#8!5 ");
    CHECK(talk.hear(vector("V14")) == "message submit_sm#b 1 Report 2 Help; ");
}

TEST_CASE("B5: every interface_version is accepted; below 0x34 no TLV is sent, above 0x50 it counts as 0x50", "[B5]") {
    struct Row {
        const char* version;
        const char* known;
        bool tlv;
    };
    const auto row = GENERATE(values<Row>({
        {"00", "none", false},
        {"32", "none", false},
        {"33", "none", false},
        {"34", "34", true},
        {"50", "50", true},
        {"51", "50", true},
        {"ff", "50", true},
    }));
    Talk talk(smsc_options());
    talk.hear(CommandId::bind_receiver, 1, "677700707700 00 " + std::string(row.version) + " 00 00 00");
    talk.session.accept_bind("SMSC");
    CHECK(talk.poll() == "bound receiver 'gw' " + std::string(row.known) + "; ");
    CHECK(talk.octets().size() == (row.tlv ? 26 : 21));
}

TEST_CASE("B9: an SMSC takes messages only from a bind that may send them", "[B9]") {
    struct Row {
        CommandId bind;
        const char* submit;
        const char* data;
    };
    const auto row = GENERATE(values<Row>({
        {CommandId::bind_receiver, "", ""},
        {CommandId::bind_transmitter, "message submit_sm#b 1 Report 2 Help; ", "message data_sm#14 hi; "},
        {CommandId::bind_transceiver, "message submit_sm#b 1 Report 2 Help; ", "message data_sm#14 hi; "},
    }));
    auto talk = bound_smsc(row.bind);
    CHECK(talk.hear(vector("V14")) == row.submit);
    CHECK(talk.hear(vector("V23")) == row.data);
    CHECK(talk.sent() == (row.bind == CommandId::bind_receiver ? "submit_sm_resp#b!4 data_sm_resp#14!4 " : ""));
    CHECK(talk.session.may_send() == (row.bind != CommandId::bind_transmitter));
    CHECK(talk.hear(vector("V05")).empty());
    CHECK(talk.sent() == "deliver_sm_resp#2!4 ");
    CHECK(talk.hear(response_of(CommandId::deliver_sm), 2).empty());
    CHECK(talk.session.counts().unsolicited_responses == 1);
}

TEST_CASE("B10: a bind that does not decode is refused with its field's status", "[B10]") {
    Talk talk(smsc_options());
    CHECK(talk.hear(CommandId::bind_receiver, 1, "31313131313131313131313131313131 00 00 00 34 00 00 00") ==
          "closed bind_refused; ");
    CHECK(talk.sent() == "bind_receiver_resp#1!f ");
}

TEST_CASE("B12: a connection without a bind ends after 10 s, talkative or not", "[B12]") {
    Talk talk(smsc_options());
    CHECK(talk.wait(9s).empty());
    talk.hear(vector("V01"));
    CHECK(talk.wait(1s) == "closed bind_timeout; ");
}

TEST_CASE("F3: a PDU begun and not finished ends a server's session after 30 s, however slowly it drips", "[F3]") {
    auto talk = bound_smsc();
    const auto pdu = vector("V14");
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(talk.hear(std::span(pdu).subspan(i, 1)).empty());
        if (i < 5) CHECK(talk.wait(5s).empty());
    }
    CHECK(talk.wait(5s) == "closed link_silent; ");
}

TEST_CASE("F3: a PDU begun and not finished ends a client's session, too: its message stays unanswered", "[F3]") {
    auto talk = bound_esme();
    const auto pdu = vector("V05");
    CHECK(talk.hear(std::span(pdu).first(9)).empty());
    SECTION("it comes in time") {
        CHECK(talk.wait(29s).empty());
        CHECK(talk.hear(std::span(pdu).subspan(9)) == "message deliver_sm#2 HELP; ");
        CHECK(talk.wait(29s).empty());
        CHECK(talk.session.bound());
    }
    SECTION("it does not, however slowly it drips") {
        for (std::size_t i = 9; i < 14; ++i) {
            CHECK(talk.wait(5s).empty());
            CHECK(talk.hear(std::span(pdu).subspan(i, 1)).empty());
        }
        CHECK(talk.wait(5s) == "closed link_silent; ");
        CHECK(talk.sent().empty());
    }
    SECTION("before the bind is answered") {
        Talk unbound(esme_options());
        const auto resp = vector("V02");
        CHECK(unbound.hear(std::span(resp).first(9)).empty());
        CHECK(unbound.wait(10s) == "closed bind_timeout; ");
    }
}

TEST_CASE("F5: before a bind is accepted a server takes PDUs of 1,024 octets at most", "[F5]") {
    Talk talk(smsc_options());
    CHECK(talk.hear(from_hex("00000401000000090000000000000003")) == "closed framing_lost; ");
    CHECK(talk.sent() == "generic_nack#3!2 ");
    auto bound = bound_smsc();
    CHECK(bound.hear(from_hex("00000401000000040000000000000003")).empty());
    CHECK(bound.session.writable().size() >= 0x3F1);
}

TEST_CASE("an SMSC delivers within its window and learns what became of each") {
    auto talk = bound_smsc();
    for (std::uint64_t token = 1; token <= 4; ++token) talk.send(CommandId::deliver_sm, token);
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.sent() == "deliver_sm#1 deliver_sm#2 deliver_sm#3 deliver_sm#4 ");
    CHECK(talk.hear(response_of(CommandId::deliver_sm), 2, 0, "00") == "answered 2 0 ''; ");
    CHECK(talk.hear(response_of(CommandId::deliver_sm), 1, 0x64) == "answered 1 64 ''; ");
    CHECK(talk.wait(30s) == "unanswered 3; unanswered 4; ");
}

TEST_CASE("a submit_sm is answered with an identifier, or with an error and no body") {
    auto talk = bound_smsc();
    talk.hear(vector("V14"));
    talk.hear(vector("V14"));
    talk.session.respond(CommandId::submit_sm, 0x0B, CommandStatus::ok, "m-1");
    talk.session.respond(CommandId::submit_sm, 0x0B, CommandStatus::throttled, "m-2");
    CHECK(to_hex(talk.octets()) == "0000001480000004000000000000000b6d2d31000000001080000004000000580000000b");
}

TEST_CASE("requests an SMSC of ours does not offer are refused as such, and the session goes on") {
    auto talk = bound_smsc();
    for (const auto command :
         {CommandId::query_sm, CommandId::replace_sm, CommandId::cancel_sm, CommandId::submit_multi}) {
        CHECK(talk.hear(command, 5).empty());
    }
    CHECK(talk.sent() == "query_sm_resp#5!3 replace_sm_resp#5!3 cancel_sm_resp#5!3 submit_multi_resp#5!3 ");
}

TEST_CASE("B22: a submission that crosses the SMSC's unbind is refused for now, so that its sender keeps it", "[B22]") {
    auto talk = bound_smsc();
    talk.session.close(talk.now);
    talk.poll();
    CHECK(talk.sent() == "unbind#1 ");
    CHECK(talk.hear(vector("V14")).empty());
    CHECK(talk.sent() == "submit_sm_resp#b!64 ");
    CHECK(talk.hear(CommandId::data_sm, 12).empty());
    CHECK(talk.hear(CommandId::submit_multi, 13).empty());
    CHECK(talk.hear(CommandId::query_sm, 14).empty());
    CHECK(talk.hear(CommandId::deliver_sm, 15).empty());
    CHECK(talk.sent() == "data_sm_resp#c!64 submit_multi_resp#d!64 query_sm_resp#e!4 deliver_sm_resp#f!4 ");
    CHECK(talk.hear(response_of(CommandId::unbind), 1) == "closed unbound; ");
}

TEST_CASE("B22: a peer that goes on submitting while the SMSC drains does not put its unbind off", "[B22]") {
    auto talk = bound_smsc();
    talk.send(CommandId::deliver_sm, 7);  // nobody answers it
    talk.session.close(talk.now);
    CHECK(talk.sent() == "deliver_sm#1 ");
    for (int i = 0; i < 3; ++i) {
        CHECK(talk.hear(vector("V14")).empty());
        CHECK(talk.hear(CommandId::submit_multi, 12).empty());
        CHECK(talk.sent() == "submit_sm_resp#b!64 submit_multi_resp#c!64 ");
        CHECK(talk.wait(1s).empty());
    }
    CHECK(talk.session.owed() == 0);
    CHECK(talk.sent().empty());
    SECTION("10 s after it began") {
        CHECK(talk.wait(7s).empty());
    }
    SECTION("or sooner, when there is less time") {
        talk.session.close(talk.now, 1s);
        CHECK(talk.wait(999ms).empty());
        CHECK(talk.sent().empty());
        talk.session.close(talk.now, 1s);  // which is no more
        CHECK(talk.wait(1ms).empty());
    }
    CHECK(talk.sent() == "unbind#2 ");
}

TEST_CASE("B22: a submission after the peer's own unbind, or on a bind for receiving, has an invalid status", "[B22]") {
    auto talk = bound_smsc();
    talk.hear(vector("V14"));
    CHECK(talk.hear(CommandId::unbind, 12).empty());
    CHECK(talk.hear(CommandId::submit_sm, 13).empty());
    CHECK(talk.sent() == "submit_sm_resp#d!4 ");
    auto receiver = bound_smsc(CommandId::bind_receiver);
    receiver.session.close(receiver.now);
    receiver.poll();
    CHECK(receiver.hear(CommandId::submit_sm, 13).empty());
    CHECK(receiver.hear(CommandId::submit_multi, 14).empty());
    CHECK(receiver.sent() == "unbind#1 submit_sm_resp#d!4 submit_multi_resp#e!4 ");
}

TEST_CASE("B22: an unbind of ours that nobody answers says so, by time or by the end of the connection", "[B22]") {
    const bool idle = GENERATE(false, true);
    auto options = smsc_options();
    if (idle) options.timers.inactivity = 20s;
    const auto unbinding = [&] {
        auto talk = bound_smsc(CommandId::bind_transceiver, options);
        if (idle) {
            CHECK(talk.wait(20s).empty());
        } else {
            talk.session.close(talk.now);
            talk.poll();
        }
        CHECK(talk.sent() == "unbind#1 ");
        return talk;
    };
    auto silent = unbinding();
    CHECK(silent.wait(5s) == "closed unbind_unanswered; ");
    auto gone = unbinding();
    gone.session.disconnected();
    CHECK(gone.poll() == "closed unbind_unanswered; ");
    auto polite = unbinding();
    CHECK(polite.hear(response_of(CommandId::unbind), 1) == (idle ? "closed inactive; " : "closed unbound; "));
}

TEST_CASE("F3, B13: what we leave in the socket is not held against the peer", "[F3][B13]") {
    auto options = smsc_options();
    options.owed_max = 1;
    auto talk = bound_smsc(CommandId::bind_transceiver, options);
    const auto pdu = vector("V14");
    auto octets = pdu;
    octets.insert(octets.end(), pdu.begin(), pdu.begin() + 5);  // the next is on its way
    CHECK(talk.hear(octets) == "message submit_sm#b 1 Report 2 Help; ");
    REQUIRE_FALSE(talk.session.may_read());
    CHECK(talk.session.deadline() == jejak::SteadyTime::max());
    for (int i = 0; i < 20; ++i) CHECK(talk.wait(10s).empty());
    CHECK(talk.sent().empty());
    talk.session.respond(CommandId::submit_sm, 11, CommandStatus::ok, "1");
    REQUIRE(talk.session.may_read());
    CHECK(talk.wait(0s).empty());
    CHECK(talk.sent() == "submit_sm_resp#b ");
    SECTION("it finishes its PDU") {
        CHECK(talk.wait(29s).empty());
        CHECK(talk.hear(std::span(pdu).subspan(5)) == "message submit_sm#b 1 Report 2 Help; ");
    }
    SECTION("it does not") {
        CHECK(talk.wait(29s).empty());
        CHECK(talk.wait(1s) == "closed link_silent; ");
    }
}

TEST_CASE("B17: no read hands out more requests than may be owed: the rest waits for answers", "[B17]") {
    const auto submit = [](std::uint32_t sequence) {
        auto pdu = vector("V14");
        pdu[15] = static_cast<std::byte>(sequence);
        return pdu;
    };
    auto options = smsc_options();
    options.owed_max = 2;
    auto talk = bound_smsc(CommandId::bind_transceiver, options);
    const auto answer = [&](std::uint32_t sequence) {
        talk.session.respond(CommandId::submit_sm, sequence, CommandStatus::ok, "1");
        return talk.poll();
    };
    const std::string text = "message submit_sm#";
    const auto first = talk.hear(joined({submit(1), submit(2), vector("V01"), submit(3), submit(4), vector("V01")}));
    CHECK(first.find(text + "1 ") == 0);
    CHECK(first.find(text + "2 ") != std::string::npos);
    CHECK(first.find(text + "3 ") == std::string::npos);
    CHECK(talk.session.owed() == 2);
    CHECK_FALSE(talk.session.may_read());
    CHECK(talk.sent() ==
          "enquire_link_resp#1 ");   // what asks for no store is answered until a request stands before it
    CHECK(talk.wait(120s).empty());  // and nothing of it is held against the peer
    CHECK(talk.session.deadline() == jejak::SteadyTime::max());
    SECTION("each answer makes room for one") {
        CHECK(answer(1).find(text + "3 ") == 0);
        CHECK_FALSE(talk.session.may_read());
        CHECK(answer(2).find(text + "4 ") == 0);
        CHECK(talk.session.owed() == 2);
        CHECK(answer(3).empty());
        CHECK(talk.session.may_read());
        CHECK(talk.sent() == "submit_sm_resp#1 submit_sm_resp#2 enquire_link_resp#1 submit_sm_resp#3 ");
    }
    SECTION("when the connection is lost, all that had come is told") {
        talk.session.disconnected();
        const auto rest = talk.poll();
        CHECK(rest.find(text + "3 ") == 0);
        CHECK(rest.find(text + "4 ") != std::string::npos);
        CHECK(rest.find("closed closed_by_peer; ") != std::string::npos);
    }
    SECTION("closing in order answers what was told, and the rest stays with its sender") {
        talk.session.close(talk.now);
        for (std::uint32_t sequence = 1; sequence <= 2; ++sequence) CHECK(answer(sequence).empty());
        CHECK(
            talk.sent() ==
            "submit_sm_resp#1 submit_sm_resp#3!64 submit_sm_resp#4!64 enquire_link_resp#1 submit_sm_resp#2 unbind#1 ");
    }
}

TEST_CASE("B17: while its owner has no room a session keeps requests, reads nothing more, and closes all the same",
          "[B17]") {
    auto talk = bound_smsc();
    talk.session.hold_requests(true);
    CHECK(talk.session.may_read());
    CHECK(talk.hear(joined({vector("V01"), vector("V14"), vector("V01")})).empty());
    CHECK(talk.sent() == "enquire_link_resp#1 ");
    CHECK(talk.session.holds_requests());
    CHECK_FALSE(talk.session.may_read());
    CHECK(talk.wait(120s).empty());
    SECTION("room again") {
        talk.session.hold_requests(false);
        CHECK(talk.poll() == "message submit_sm#b 1 Report 2 Help; ");
        CHECK_FALSE(talk.session.holds_requests());
        CHECK(talk.session.may_read());
        CHECK(talk.sent() == "enquire_link_resp#1 ");
    }
    SECTION("closed meanwhile") {
        talk.session.close(talk.now);
        CHECK(talk.poll().empty());
        CHECK(talk.sent() == "submit_sm_resp#b!64 enquire_link_resp#1 unbind#1 ");
    }
    SECTION("the peer is gone") {
        talk.session.disconnected();
        CHECK(talk.poll() == "message submit_sm#b 1 Report 2 Help; closed closed_by_peer; ");
    }
}

TEST_CASE("M1: what does not fit its PDU is not sent, and costs nothing", "[M1]") {
    auto talk = bound_smsc();
    const std::string digits(30, '6');
    ShortMessage message;
    message.source = {1, 1, "628400000001"};
    message.destination = {1, 1, digits};
    CHECK_FALSE(talk.session.send(CommandId::deliver_sm, message, 7, talk.now));
    CHECK(talk.session.outstanding() == 0);
    CHECK(talk.sent().empty());
    CHECK(talk.session.send(CommandId::data_sm, message, 8, talk.now));
    CHECK(talk.sent() == "data_sm#1 ");
    const std::string longer(65, '6');
    CHECK_FALSE(talk.session.alert({{1, 1, longer}, {0, 1, "2"}, {}}));
    CHECK(talk.session.alert({{1, 1, digits}, {0, 1, "2"}, {}}));
    CHECK(talk.sent() == "alert_notification#2 ");
    auto esme = bound_esme();
    CHECK_FALSE(esme.session.query({longer, {1, 1, "4321"}}, 9, esme.now));
    CHECK(esme.session.query({"m-1", {1, 1, "4321"}}, 9, esme.now));
    CHECK(esme.sent() == "query_sm#2 ");
}

TEST_CASE("an ESME and an SMSC talk to each other to the end") {
    auto options = esme_options();
    Talk esme(options), smsc(smsc_options());
    const auto carry = [](Talk& from, Talk& to) { return to.hear(from.octets()); };

    CHECK(carry(esme, smsc) == "asks transceiver 'gw'; ");
    smsc.session.accept_bind("SMSC");
    CHECK(smsc.poll() == "bound transceiver 'gw' 34; ");
    CHECK(carry(smsc, esme) == "bound transceiver 'SMSC' 34; ");

    smsc.send(CommandId::deliver_sm, 70);
    CHECK(carry(smsc, esme) == "message deliver_sm#1 ; ");
    esme.session.respond(CommandId::deliver_sm, 1, CommandStatus::ok);
    esme.send(CommandId::submit_sm, 80);
    CHECK(carry(esme, smsc) == "answered 70 0 ''; message submit_sm#2 ; ");
    smsc.session.respond(CommandId::submit_sm, 2, CommandStatus::ok, "id-1");
    CHECK(carry(smsc, esme) == "answered 80 0 'id-1'; ");

    CHECK(esme.wait(30s).empty());
    CHECK(carry(esme, smsc).empty());
    CHECK(carry(smsc, esme).empty());
    esme.session.close(esme.now);
    CHECK(esme.poll().empty());
    CHECK(carry(esme, smsc) == "closed peer_unbound; ");
    CHECK(carry(smsc, esme) == "closed unbound; ");
    CHECK(esme.session.counts().unsolicited_responses + smsc.session.counts().unsolicited_responses == 0);
}
