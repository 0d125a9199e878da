#include <catch2/catch.hpp>

#include "tests/unit/protocol/smpp_talk.hpp"

/// Framing, headers and sequence numbers: what a session makes of a stream of PDUs, whichever it is.
using namespace jejak::smpp;
using namespace jejak::tests;
using smpp_vectors::vector;

namespace {

constexpr auto submit_sm_resp = response_of(CommandId::submit_sm);
const std::string deliver_hi = "00 0101 36323834303030303030303100 0001 3433323100 00 00 00 00 00 00 00 00 00 02 4849";

}  // namespace

TEST_CASE("F1: a conversation split at every offset goes the same way", "[F1]") {
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

TEST_CASE("F2: 500 PDUs in one segment are answered in order, the partial one when it is whole", "[F2]") {
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

TEST_CASE("F4, V27: a command_length below 16 is nacked with sequence 0, and the session is over", "[F4]") {
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

TEST_CASE("F5: a command_length above the limit is nacked with its sequence, and the session is over", "[F5]") {
    const auto length = GENERATE(as<std::string>(), "00011171", "f0000010", "7fffffff", "80000000", "ffffffff");
    auto talk = bound_esme();
    CHECK(talk.hear(from_hex(length + "00000005000000000000002a")) == "closed framing_lost; ");
    CHECK(talk.sent() == "generic_nack#2a!2 ");
}

TEST_CASE("F5: before the bind the limit is 1,024 octets, after it 70,000", "[F5]") {
    const auto big = from_hex("00000401000000050000000000000003");
    Talk unbound(esme_options());
    unbound.sent();
    CHECK(unbound.hear(big) == "closed framing_lost; ");
    CHECK(unbound.sent() == "generic_nack#3!2 ");

    auto bound = bound_esme();
    CHECK(bound.hear(big).empty());
    CHECK(bound.sent().empty());
}

TEST_CASE("F6: a length one octet short costs the session, not the process; what was not answered is not answered",
          "[F6]") {
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

TEST_CASE("F7: a message with trailing octets arrives", "[F7]") {
    auto talk = bound_esme();
    CHECK(talk.hear(CommandId::deliver_sm, 5, deliver_hi + "ffffff") == "message deliver_sm#5 HI; ");
}

TEST_CASE("F8, M26, V26: an unknown command is nacked with its own sequence and the session goes on", "[F8][M26]") {
    const auto id = GENERATE(0x00000110u, 0x00010004u, 0x00010021u, 0x00000111u, 0x00000112u, 0x00000000u, 0x7FFFFFFFu);
    auto talk = bound_esme();
    CHECK(talk.hear(id, 0x17, 0, "0102").empty());
    CHECK(talk.sent() == "generic_nack#17!3 ");
    CHECK(talk.session.counts().unknown_commands == 1);
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("F9: responses nobody asked for are counted and never answered", "[F9]") {
    const auto id = GENERATE(0x80000110u, 0x80000004u, 0x80000005u, 0x80000103u, 0x80000009u, 0x80000001u, 0x80000015u,
                             0x80000006u, 0x80000003u, 0xFFFFFFFFu);
    const auto sequence = GENERATE(0u, 1u, 2u, 0x80000002u);
    auto talk = bound_esme();
    CHECK(talk.hear(id, sequence).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.session.counts().unsolicited_responses == 1);
    CHECK(talk.session.bound());
}

TEST_CASE("F9: a response of another command does not end a request", "[F9]") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    CHECK(talk.hear(response_of(CommandId::data_sm), 2).empty());
    CHECK(talk.hear(submit_sm_resp, 2, 0, "616200") == "answered 7 0 'ab'; ");
    CHECK(talk.hear(submit_sm_resp, 2, 0, "616200").empty());
    CHECK(talk.session.counts().unsolicited_responses == 2);
}

TEST_CASE("F10, V17: a generic_nack ends the request of its sequence as failed, others are only counted", "[F10]") {
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

TEST_CASE("F10: a generic_nack of our bind refuses it", "[F10]") {
    Talk talk(esme_options());
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::generic_nack), 1, 3) == "refused 3; closed bind_refused; ");
}

TEST_CASE("F11: any sequence number of theirs is echoed exactly", "[F11]") {
    const auto sequence = GENERATE(0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu);
    auto talk = bound_esme();
    const auto number = hex_of(sequence);
    CHECK(talk.hear(CommandId::deliver_sm, sequence, deliver_hi) == "message deliver_sm#" + number + " HI; ");
    talk.session.respond(CommandId::deliver_sm, sequence, CommandStatus::ok);
    talk.hear(CommandId::enquire_link, sequence);
    CHECK(talk.sent() == "deliver_sm_resp#" + number + " enquire_link_resp#" + number + " ");
}

TEST_CASE("F12: two messages of one sequence number both arrive and are both answered", "[F12]") {
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

TEST_CASE("F13: responses out of order end the requests of their numbers", "[F13]") {
    auto talk = bound_esme();
    for (const std::uint64_t token : {20, 30, 40}) talk.send(CommandId::submit_sm, token);
    CHECK(talk.hear(submit_sm_resp, 4, 0, "6300") == "answered 40 0 'c'; ");
    CHECK(talk.hear(submit_sm_resp, 2, 0, "6100") == "answered 20 0 'a'; ");
    CHECK(talk.hear(submit_sm_resp, 3, 0, "6200") == "answered 30 0 'b'; ");
    CHECK(talk.session.outstanding() == 0);
}

TEST_CASE("F14: a command_status in a request is passed over", "[F14]") {
    auto talk = bound_esme();
    CHECK(talk.hear(static_cast<std::uint32_t>(CommandId::deliver_sm), 5, 0x45, deliver_hi) ==
          "message deliver_sm#5 HI; ");
}

TEST_CASE("F15: after the peer's FIN an answer still owed can be written", "[F15]") {
    auto talk = bound_esme();
    talk.hear(vector("V05"));
    talk.session.disconnected();
    CHECK(talk.poll() == "closed closed_by_peer; ");
    CHECK(talk.session.owed() == 1);
    talk.session.respond(CommandId::deliver_sm, 2, CommandStatus::ok);
    CHECK(talk.sent() == "deliver_sm_resp#2 ");
}

TEST_CASE("F16: an enquire_link with a body is answered as one without", "[F16]") {
    auto talk = bound_esme();
    CHECK(talk.hear(CommandId::enquire_link, 9, "00ff1234").empty());
    CHECK(talk.sent() == "enquire_link_resp#9 ");
}

TEST_CASE("F17: a peer that speaks something else is told nothing", "[F17]") {
    const auto first =
        GENERATE(as<std::string>(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n",
                 "SSH-2.0-OpenSSH_9.2\r\n", std::string("\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03 01234567", 20));
    const bool server = GENERATE(true, false);
    Talk talk(server ? smsc_options() : esme_options());
    talk.sent();
    CHECK(talk.hear(octets_of(first)) == "closed not_smpp; ");
    CHECK(talk.sent().empty());
}

TEST_CASE("F17: the same octets after a PDU are lost framing", "[F17]") {
    auto talk = bound_esme();
    CHECK(talk.hear(octets_of("GET / HTTP/1.1\r\n")) == "closed framing_lost; ");
    CHECK(talk.sent() == "generic_nack#2e310d0a!2 ");
}
