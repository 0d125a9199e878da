#include <catch2/catch.hpp>

#include "tests/unit/protocol/smpp_talk.hpp"

/// What both sides of a session do alike, and what an ESME does with what an SMSC sends it.
using namespace jejak::smpp;
using namespace jejak::tests;
using namespace std::chrono_literals;
using smpp_vectors::vector;

namespace {

constexpr auto submit_sm_resp = response_of(CommandId::submit_sm);
const std::string deliver_hi = "00 0101 36323834303030303030303100 0001 3433323100 00 00 00 00 00 00 00 00 00 02 4849";

Octets joined(std::initializer_list<Octets> pdus) {
    Octets all;
    for (const auto& pdu : pdus) all.insert(all.end(), pdu.begin(), pdu.end());
    return all;
}

}  // namespace

TEST_CASE("V02: an ESME's bind is written at once, and bound by its answer") {
    Talk talk(esme_options());
    CHECK(talk.octets() == vector("V02"));
    CHECK_FALSE(talk.session.bound());
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.hear(vector("V03")) == "bound transceiver 'SMSC' 34; ");
    CHECK(talk.session.bound());
    CHECK(talk.session.may_send());
}

TEST_CASE("F1: a conversation split at every offset goes the same way") {
    const auto stream =
        joined({vector("V03"), vector("V05"), vector("V01"), vector("V26"), vector("V18"), vector("V23"), vector("V28"),
                Talk::pdu(static_cast<std::uint32_t>(CommandId::unbind), 9)});
    const std::string events =
        "bound transceiver 'SMSC' 34; message deliver_sm#2 HELP; message deliver_sm#f short; message data_sm#14 hi; ";
    const std::string sent = "bind_transceiver#1 enquire_link_resp#1 generic_nack#17!3 ";

    Talk unsplit(esme_options());
    CHECK(unsplit.hear(stream) == events);
    CHECK(unsplit.sent() == sent);

    for (std::size_t at = 0; at <= stream.size(); ++at) {
        Talk talk(esme_options());
        auto got = talk.hear(std::span(stream).first(at));
        got += talk.hear(std::span(stream).subspan(at));
        REQUIRE(got == events);
        REQUIRE(talk.sent() == sent);
    }
    Talk talk(esme_options());
    std::string got;
    for (const auto& octet : stream) got += talk.hear({&octet, 1});
    CHECK(got == events);
    CHECK(talk.sent() == sent);
}

TEST_CASE("F2: 500 PDUs in one segment are answered in order, the partial one when it is whole") {
    auto talk = bound_esme();
    Octets stream;
    std::string expected;
    for (std::uint32_t sequence = 1; sequence <= 500; ++sequence) {
        const auto pdu = Talk::pdu(static_cast<std::uint32_t>(CommandId::enquire_link), sequence);
        stream.insert(stream.end(), pdu.begin(), pdu.end());
        expected += "enquire_link_resp#" + hex_of(sequence) + " ";
    }
    const auto last = vector("V01");
    stream.insert(stream.end(), last.begin(), last.begin() + 10);
    CHECK(talk.hear(stream).empty());
    CHECK(talk.sent() == expected);
    talk.hear(std::span(last).subspan(10));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("F4, V27: a command_length below 16 is nacked with sequence 0, and the session is over") {
    const auto length = GENERATE(as<std::string>(), "00", "01", "04", "08", "0f");
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.sent();
    CHECK(talk.hear(from_hex("000000" + length + "00000015000000000000002a")) == "unanswered 7; closed framing_lost; ");
    CHECK(talk.sent() == "generic_nack#0!2 ");
    CHECK(talk.hear(vector("V01")).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.session.deadline() == jejak::SteadyTime::max());
}

TEST_CASE("F5: a command_length above the limit is nacked with its sequence, and the session is over") {
    const auto length = GENERATE(as<std::string>(), "00011171", "f0000010", "7fffffff", "80000000", "ffffffff");
    auto talk = bound_esme();
    CHECK(talk.hear(from_hex(length + "00000005000000000000002a")) == "closed framing_lost; ");
    CHECK(talk.sent() == "generic_nack#2a!2 ");
}

TEST_CASE("F5: before the bind the limit is 1,024 octets, after it 70,000") {
    const auto big = from_hex("00000401000000050000000000000003");
    Talk unbound(esme_options());
    unbound.sent();
    CHECK(unbound.hear(big) == "closed framing_lost; ");
    CHECK(unbound.sent() == "generic_nack#3!2 ");

    auto bound = bound_esme();
    CHECK(bound.hear(big).empty());
    CHECK(bound.sent().empty());
}

TEST_CASE("F6: a length one octet short costs the session, not the process; what was not answered is not answered") {
    auto talk = bound_esme();
    auto first = vector("V05");
    first[3] = std::byte{0x34};
    const auto events = talk.hear(joined({first, vector("V06"), vector("V01"), vector("V01")}));
    CHECK(events.find("message deliver_sm#2 HEL; ") == 0);
    CHECK(events.find("closed framing_lost; ") != std::string::npos);
    CHECK(talk.session.owed() == 1);
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.sent().find("deliver_sm_resp") == std::string::npos);
}

TEST_CASE("F7: a message with trailing octets arrives") {
    auto talk = bound_esme();
    CHECK(talk.hear(CommandId::deliver_sm, 5, deliver_hi + "ffffff") == "message deliver_sm#5 HI; ");
}

TEST_CASE("F8, M26, V26: an unknown command is nacked with its own sequence and the session goes on") {
    const auto id = GENERATE(0x00000110u, 0x00010004u, 0x00010021u, 0x00000111u, 0x00000112u, 0x00000000u, 0x7FFFFFFFu);
    auto talk = bound_esme();
    CHECK(talk.hear(id, 0x17, 0, "0102").empty());
    CHECK(talk.sent() == "generic_nack#17!3 ");
    CHECK(talk.session.counts().unknown_commands == 1);
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("F9: responses nobody asked for are counted and never answered") {
    const auto id = GENERATE(0x80000110u, 0x80000004u, 0x80000005u, 0x80000103u, 0x80000009u, 0x80000001u, 0x80000015u,
                             0x80000006u, 0x80000003u, 0xFFFFFFFFu);
    const auto sequence = GENERATE(0u, 1u, 2u, 0x80000002u);
    auto talk = bound_esme();
    CHECK(talk.hear(id, sequence).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.session.counts().unsolicited_responses == 1);
    CHECK(talk.session.bound());
}

TEST_CASE("F9: a response of another command does not end a request") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    CHECK(talk.hear(response_of(CommandId::data_sm), 2).empty());
    CHECK(talk.hear(submit_sm_resp, 2, 0, "616200") == "answered 7 0 'ab'; ");
    CHECK(talk.hear(submit_sm_resp, 2, 0, "616200").empty());
    CHECK(talk.session.counts().unsolicited_responses == 2);
}

TEST_CASE("F10, V17: a generic_nack ends the request of its sequence as failed, others are only counted") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::generic_nack), 0, 3).empty());
    CHECK(talk.hear(vector("V17")).empty());
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::generic_nack), 2, 3) == "answered 7 3 ''; ");
    CHECK(talk.session.counts().nacks_in == 3);
    talk.send(CommandId::submit_sm, 8);
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::generic_nack), 3, 0) == "answered 8 8 ''; ");
    CHECK(talk.sent() == "submit_sm#2 submit_sm#3 ");
}

TEST_CASE("F10: a generic_nack of our bind refuses it") {
    Talk talk(esme_options());
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::generic_nack), 1, 3) == "refused 3; closed bind_refused; ");
}

TEST_CASE("F11: any sequence number of theirs is echoed exactly") {
    const auto sequence = GENERATE(0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu);
    auto talk = bound_esme();
    const auto number = hex_of(sequence);
    CHECK(talk.hear(CommandId::deliver_sm, sequence, deliver_hi) == "message deliver_sm#" + number + " HI; ");
    talk.session.respond(CommandId::deliver_sm, sequence, CommandStatus::ok);
    talk.hear(CommandId::enquire_link, sequence);
    CHECK(talk.sent() == "deliver_sm_resp#" + number + " enquire_link_resp#" + number + " ");
}

TEST_CASE("F12: two messages of one sequence number both arrive and are both answered") {
    auto talk = bound_esme();
    CHECK(talk.hear(joined({vector("V05"), vector("V05")})) ==
          "message deliver_sm#2 HELP; message deliver_sm#2 HELP; ");
    CHECK(talk.session.owed() == 2);
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::temporary_app_error);
    CHECK(talk.sent() == "deliver_sm_resp#2 deliver_sm_resp#2!64 ");
    CHECK(talk.session.owed() == 0);
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.sent().empty());
}

TEST_CASE("F13: responses out of order end the requests of their numbers") {
    auto talk = bound_esme();
    for (const std::uint64_t token : {20, 30, 40}) talk.send(CommandId::submit_sm, token);
    CHECK(talk.hear(submit_sm_resp, 4, 0, "6300") == "answered 40 0 'c'; ");
    CHECK(talk.hear(submit_sm_resp, 2, 0, "6100") == "answered 20 0 'a'; ");
    CHECK(talk.hear(submit_sm_resp, 3, 0, "6200") == "answered 30 0 'b'; ");
    CHECK(talk.session.outstanding() == 0);
}

TEST_CASE("F14: a command_status in a request is passed over") {
    auto talk = bound_esme();
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::deliver_sm), 5, 0x45, deliver_hi) ==
          "message deliver_sm#5 HI; ");
}

TEST_CASE("F15: after the peer's FIN an answer still owed can be written") {
    auto talk = bound_esme();
    talk.hear(vector("V05"));
    talk.session.disconnected();
    CHECK(talk.poll() == "closed closed_by_peer; ");
    CHECK(talk.session.owed() == 1);
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.sent() == "deliver_sm_resp#2 ");
}

TEST_CASE("F16: an enquire_link with a body is answered as one without") {
    auto talk = bound_esme();
    CHECK(talk.hear(CommandId::enquire_link, 9, "00ff1234").empty());
    CHECK(talk.sent() == "enquire_link_resp#9 ");
}

TEST_CASE("F17: a peer that speaks something else is told nothing") {
    const auto first =
        GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n",
                 "SSH-2.0-OpenSSH_9.2\r\n", std::string("\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03 01234567", 20));
    const bool server = GENERATE(true, false);
    Talk talk(server ? smsc_options() : esme_options());
    talk.sent();
    CHECK(talk.hear(octets_of(first)) == "closed not_smpp; ");
    CHECK(talk.sent().empty());
}

TEST_CASE("F17: the same octets after a PDU are lost framing") {
    auto talk = bound_esme();
    CHECK(talk.hear(octets_of("GET / HTTP/1.1\r\n")) == "closed framing_lost; ");
    CHECK(talk.sent() == "generic_nack#2e310d0a!2 ");
}

TEST_CASE("B1: a message before the bind is answered is refused with invalid bind status") {
    Talk talk(esme_options());
    talk.sent();
    CHECK(talk.hear(vector("V05")).empty());
    CHECK(talk.hear(vector("V23")).empty());
    CHECK(talk.sent() == "deliver_sm_resp#2!4 data_sm_resp#14!4 ");
}

TEST_CASE("B2: an enquire_link before the bind is answered") {
    Talk talk(esme_options());
    talk.sent();
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("B5, B6, B7: the peer's version is 0x34 to 0x50, or none") {
    struct Row {
        const char* body;
        const char* version;
    };
    const auto row = GENERATE(values<Row>({
        {"", "none"},
        {"534d534300", "none"},
        {"534d534300 0210000100", "none"},
        {"534d534300 0210000132", "none"},
        {"534d534300 0210000133", "none"},
        {"534d534300 0210000134", "34"},
        {"534d534300 0210000150", "50"},
        {"534d534300 0210000151", "50"},
        {"534d534300 02100001ff", "50"},
        {"534d534300 021000020034", "none"},
    }));
    CAPTURE(row.body);
    Talk talk(esme_options());
    const auto events = talk.hear(response_of(CommandId::bind_transceiver), 1, 0, row.body);
    CHECK(events.substr(events.rfind('\'')) == "' " + std::string(row.version) + "; ");
}

TEST_CASE("B8, V04: a refused bind ends the session, with and without a body") {
    const auto body = GENERATE(as<std::string>(), "", "00", "534d5343", "534d534300 0210000134");
    Talk talk(esme_options());
    CHECK(talk.hear(response_of(CommandId::bind_transceiver), 1, 0x0E, body) == "refused e; closed bind_refused; ");
    CHECK(talk.hear(vector("V05")).empty());
}

TEST_CASE("a bind response of another number or kind does not bind") {
    Talk talk(esme_options());
    CHECK(talk.hear(response_of(CommandId::bind_transceiver), 2).empty());
    CHECK(talk.hear(response_of(CommandId::bind_receiver), 1).empty());
    CHECK(talk.session.counts().unsolicited_responses == 2);
    CHECK(talk.hear(response_of(CommandId::bind_transceiver), 1) == "bound transceiver '' none; ");
    CHECK(talk.hear(response_of(CommandId::bind_transceiver), 1).empty());
}

TEST_CASE("B9: an ESME sends only on a bind that may, and takes a report on any") {
    struct Row {
        BindKind kind;
        bool may_send;
    };
    const auto row = GENERATE(
        values<Row>({{BindKind::receiver, false}, {BindKind::transmitter, true}, {BindKind::transceiver, true}}));
    auto talk = bound_esme(esme_options(row.kind));
    CHECK(talk.session.bound());
    CHECK(talk.session.may_send() == row.may_send);
    CHECK(talk.hear(vector("V05")) == "message deliver_sm#2 HELP; ");
}

TEST_CASE("B9: requests that only an SMSC takes are refused by an ESME") {
    auto talk = bound_esme();
    for (const auto command : {CommandId::submit_sm, CommandId::query_sm, CommandId::replace_sm, CommandId::cancel_sm,
                               CommandId::submit_multi}) {
        CHECK(talk.hear(command, 5).empty());
    }
    CHECK(talk.sent() ==
          "submit_sm_resp#5!4 query_sm_resp#5!4 replace_sm_resp#5!4 cancel_sm_resp#5!4 submit_multi_resp#5!4 ");
    CHECK(talk.hear(CommandId::bind_receiver, 6).empty());
    CHECK(talk.sent() == "bind_receiver_resp#6!5 ");
}

TEST_CASE("B12: a bind without answer ends after 10 s") {
    Talk talk(esme_options());
    CHECK(talk.session.deadline() == talk.now + 10s);
    CHECK(talk.wait(9'999ms).empty());
    CHECK(talk.wait(1ms) == "closed bind_timeout; ");
}

TEST_CASE("B13: an idle link is asked after 30 s and given up after two misses of 10 s") {
    auto talk = bound_esme();
    CHECK(talk.session.deadline() == talk.now + 30s);
    CHECK(talk.wait(30s).empty());
    CHECK(talk.sent() == "enquire_link#2 ");
    CHECK(talk.wait(10s).empty());
    CHECK(talk.sent() == "enquire_link#3 ");
    CHECK(talk.wait(10s) == "closed link_silent; ");
}

TEST_CASE("B13: an answer, or anything else, keeps the link") {
    auto talk = bound_esme();
    for (std::uint32_t sequence = 2; sequence < 6; ++sequence) {
        CHECK(talk.wait(30s).empty());
        CHECK(talk.sent() == "enquire_link#" + hex_of(sequence) + " ");
        talk.now += 9s;
        CHECK(talk.hear(response_of(CommandId::enquire_link), sequence).empty());
    }
    talk.wait(30s);
    talk.wait(10s);
    talk.hear(vector("V05"));
    CHECK(talk.wait(29s).empty());
    CHECK(talk.session.counts().unsolicited_responses == 0);
}

TEST_CASE("B15: a request without response ends unanswered after 30 s, and its late response is unsolicited") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.now += 1s;
    talk.send(CommandId::submit_sm, 8);
    talk.hear(vector("V01"));
    CHECK(talk.session.deadline() == talk.now + 29s);
    CHECK(talk.wait(29s) == "unanswered 7; ");
    CHECK(talk.wait(1s) == "unanswered 8; ");
    CHECK(talk.session.outstanding() == 0);
    CHECK(talk.hear(submit_sm_resp, 2, 0, "6100").empty());
    CHECK(talk.session.counts().unsolicited_responses == 1);
}

TEST_CASE("B16: a full window stops sending, not reading") {
    auto talk = bound_esme();
    for (std::uint64_t token = 1; token <= 4; ++token) {
        REQUIRE(talk.session.may_send());
        talk.send(CommandId::submit_sm, token);
    }
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.session.may_read());
    CHECK(talk.hear(vector("V05")) == "message deliver_sm#2 HELP; ");
    CHECK(talk.hear(submit_sm_resp, 3, 0, "6100") == "answered 2 0 'a'; ");
    CHECK(talk.session.may_send());
}

TEST_CASE("B17: too many answers owed, or too much output waiting, asks to stop reading") {
    auto options = esme_options();
    options.owed_max = 2;
    options.output_max = 100;
    auto talk = bound_esme(options);
    talk.hear(vector("V05"));
    CHECK(talk.session.may_read());
    talk.hear(vector("V05"));
    CHECK_FALSE(talk.session.may_read());
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.session.may_read());
    talk.sent();
    for (int i = 0; i < 7; ++i) talk.hear(vector("V01"));
    CHECK_FALSE(talk.session.may_read());
    talk.sent();
    CHECK(talk.session.may_read());
}

TEST_CASE("B18, B19, V28, M18: an answer's status and id come back whatever its body") {
    struct Row {
        std::uint32_t status;
        const char* body;
        const char* expected;
    };
    const auto row = GENERATE(values<Row>({
        {0x58, "", "answered 7 58 ''; "},
        {0x14, "00", "answered 7 14 ''; "},
        {0x45, "616200", "answered 7 45 'ab'; "},
        {0, "", "answered 7 0 ''; "},
        {0, "6162", "answered 7 0 'ab'; "},
        {0x010C, "", "answered 7 10c ''; "},
    }));
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    CHECK(talk.hear(submit_sm_resp, 2, row.status, row.body) == row.expected);
}

TEST_CASE("B21: the peer's unbind is answered, and our requests end unanswered") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.send(CommandId::submit_sm, 8);
    talk.sent();
    CHECK(talk.hear(CommandId::unbind, 3) == "unanswered 7; unanswered 8; closed peer_unbound; ");
    CHECK(talk.sent() == "unbind_resp#3 ");
}

TEST_CASE("B21: the peer's unbind waits for the answers we owe it, at most 5 s") {
    auto talk = bound_esme();
    talk.hear(vector("V05"));
    talk.hear(vector("V05"));
    CHECK(talk.hear(CommandId::unbind, 3).empty());
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.sent().empty());
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.poll().empty());
    SECTION("they come") {
        talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
        CHECK(talk.poll() == "closed peer_unbound; ");
        CHECK(talk.sent() == "deliver_sm_resp#2 deliver_sm_resp#2 unbind_resp#3 ");
    }
    SECTION("they do not") {
        CHECK(talk.wait(5s) == "closed peer_unbound; ");
        CHECK(talk.sent() == "deliver_sm_resp#2 unbind_resp#3 ");
    }
}

TEST_CASE("B22: close waits for responses and answers, unbinds and waits for the answer") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.hear(vector("V05"));
    talk.session.close(talk.now);
    CHECK(talk.poll().empty());
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.session.bound());
    CHECK(talk.sent() == "submit_sm#2 ");
    CHECK(talk.hear(submit_sm_resp, 2, 0, "6100") == "answered 7 0 'a'; ");
    CHECK(talk.sent().empty());
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.poll().empty());
    CHECK(talk.sent() == "deliver_sm_resp#2 unbind#3 ");
    CHECK(talk.hear(response_of(CommandId::unbind), 9).empty());
    CHECK(talk.hear(response_of(CommandId::unbind), 3) == "closed unbound; ");
}

TEST_CASE("B22: close gives up waiting for responses after 10 s and for the unbind after 5 s") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.session.close(talk.now);
    talk.sent();
    CHECK(talk.wait(9'999ms).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.wait(1ms).empty());
    CHECK(talk.sent() == "unbind#3 ");
    CHECK(talk.wait(4'999ms).empty());
    CHECK(talk.wait(1ms) == "unanswered 7; closed unbound; ");
}

TEST_CASE("B22: an idle session closes at once, an unbound one without a word") {
    auto talk = bound_esme();
    talk.session.close(talk.now);
    CHECK(talk.poll().empty());
    CHECK(talk.sent() == "unbind#2 ");
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::generic_nack), 2, 3) == "closed unbound; ");

    Talk unbound(esme_options());
    unbound.sent();
    unbound.session.close(unbound.now);
    CHECK(unbound.poll() == "closed unbound; ");
    CHECK(unbound.sent().empty());
}

TEST_CASE("B22: a message while we drain is taken, one after our unbind stays with the SMSC") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.session.close(talk.now);
    CHECK(talk.hear(vector("V05")) == "message deliver_sm#2 HELP; ");
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    talk.hear(submit_sm_resp, 2, 0, "6100");
    CHECK(talk.sent() == "submit_sm#2 deliver_sm_resp#2 unbind#3 ");
    CHECK(talk.hear(vector("V05")).empty());
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("B22: unbinds that cross are both answered") {
    auto talk = bound_esme();
    talk.session.close(talk.now);
    talk.poll();
    CHECK(talk.hear(CommandId::unbind, 77) == "closed unbound; ");
    CHECK(talk.sent() == "unbind#2 unbind_resp#4d ");
}

TEST_CASE("B23: nothing is answered after the end") {
    auto talk = bound_esme();
    talk.hear(CommandId::unbind, 3);
    talk.sent();
    CHECK(talk.hear(joined({vector("V01"), vector("V05"), vector("V26"), vector("V27")})).empty());
    CHECK(talk.sent().empty());
    for (int i = 0; i < 20; ++i) CHECK(talk.hear(Octets(10'000, std::byte{1})).empty());
    CHECK(talk.wait(60s).empty());
}

TEST_CASE("M1: a message that does not decode arrives as raw octets, with the status it deserves") {
    auto talk = bound_esme();
    CHECK(talk.hear(CommandId::deliver_sm, 5, "00 0101 363238") == "malformed deliver_sm#5 a 6; ");
    CHECK(talk.hear(CommandId::data_sm, 6, "") == "malformed data_sm#6 15 0; ");
    CHECK(talk.session.owed() == 2);
    talk.session.respond(CommandId::deliver_sm, 5, CommandStatus::ok);
    CHECK(talk.sent() == "deliver_sm_resp#5 ");
}

TEST_CASE("M6, M11, V18, V19: a damaged message arrives as far as it can be read") {
    auto talk = bound_esme();
    CHECK(talk.hear(vector("V18")) == "message deliver_sm#f short; ");
    CHECK(talk.hear(vector("V19")) == "message deliver_sm#10 x; ");
}

TEST_CASE("M16, M17, V23: a data_sm arrives and is answered as one") {
    auto talk = bound_esme();
    CHECK(talk.hear(vector("V23")) == "message data_sm#14 hi; ");
    talk.session.respond(CommandId::data_sm, 0x14, CommandStatus::ok);
    CHECK(to_hex(talk.octets()) == "0000001180000103000000000000001400");
}

TEST_CASE("M25, V15, V16: an alert_notification or outbind is counted and has no response") {
    auto talk = bound_esme();
    CHECK(talk.hear(vector("V15")).empty());
    CHECK(talk.hear(vector("V16")).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.session.counts().ignored_requests == 2);
    CHECK(talk.session.bound());
}

TEST_CASE("a lost connection ends every request unanswered, after what had come is told") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.send(CommandId::submit_sm, 8);
    const auto stream = joined({Talk::pdu(submit_sm_resp, 2), vector("V05")});
    const auto space = talk.session.writable();
    std::copy(stream.begin(), stream.end(), space.begin());
    talk.session.received(stream.size(), talk.now);
    talk.session.disconnected();
    CHECK_FALSE(talk.session.may_send());
    CHECK(talk.poll() == "answered 7 0 ''; message deliver_sm#2 HELP; unanswered 8; closed closed_by_peer; ");
    CHECK(talk.poll().empty());
    CHECK_FALSE(talk.session.bound());
}

TEST_CASE("a connection lost while our unbind waits is an end as asked for") {
    auto talk = bound_esme();
    talk.session.close(talk.now);
    talk.poll();
    talk.session.disconnected();
    CHECK(talk.poll() == "closed unbound; ");
}

TEST_CASE("output stays where it is while more is said") {
    auto talk = bound_esme();
    talk.hear(vector("V01"));
    const auto first = talk.session.output();
    REQUIRE(first.size() == 16);
    for (int i = 0; i < 1'000; ++i) talk.hear(vector("V01"));
    CHECK(talk.session.output().data() == first.data());
    CHECK(talk.session.output().size() == 16);
    talk.session.consumed(10);
    CHECK(talk.session.output().size() == 6);
    talk.session.consumed(6);
    CHECK(talk.session.output().size() == 16'000);
}

TEST_CASE("the session counts the PDUs of both directions") {
    auto talk = bound_esme();
    talk.hear(vector("V01"));
    talk.hear(vector("V28"));
    CHECK(talk.session.counts().pdus_in == 3);
    CHECK(talk.session.counts().pdus_out == 2);
}
