#include <catch2/catch.hpp>

#include "tests/unit/protocol/smpp_talk.hpp"

/// What both sides of a session do alike, and what an ESME does with what an SMSC sends it.
using namespace jejak::smpp;
using namespace jejak::tests;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using smpp_vectors::vector;

namespace {

constexpr auto submit_sm_resp = response_of(CommandId::submit_sm);

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

TEST_CASE("B1: a message before the bind is answered is refused with invalid bind status", "[B1]") {
    Talk talk(esme_options());
    talk.sent();
    CHECK(talk.hear(vector("V05")).empty());
    CHECK(talk.hear(vector("V23")).empty());
    CHECK(talk.sent() == "deliver_sm_resp#2!4 data_sm_resp#14!4 ");
}

TEST_CASE("B2: an enquire_link before the bind is answered", "[B2]") {
    Talk talk(esme_options());
    talk.sent();
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("B5, B6, B7: the peer's version is 0x34 to 0x50, or none", "[B5][B6][B7]") {
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

TEST_CASE("B8, V04: a refused bind ends the session, with and without a body", "[B8]") {
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

TEST_CASE("B9: an ESME sends only on a bind that may, and takes a report on any", "[B9]") {
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

TEST_CASE("B9: requests that only an SMSC takes are refused by an ESME", "[B9]") {
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

TEST_CASE("B12: a bind without answer ends after 10 s", "[B12]") {
    Talk talk(esme_options());
    CHECK(talk.session.deadline() == talk.now + 10s);
    CHECK(talk.wait(9'999ms).empty());
    CHECK(talk.wait(1ms) == "closed bind_timeout; ");
}

TEST_CASE("B13: an idle link is asked after 30 s and given up after two misses of 10 s", "[B13]") {
    auto talk = bound_esme();
    CHECK(talk.session.deadline() == talk.now + 30s);
    CHECK(talk.wait(30s).empty());
    CHECK(talk.sent() == "enquire_link#2 ");
    CHECK(talk.wait(10s).empty());
    CHECK(talk.sent() == "enquire_link#3 ");
    CHECK(talk.wait(10s) == "closed link_silent; ");
}

TEST_CASE("B13: an answer, or anything else, keeps the link", "[B13]") {
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

TEST_CASE("B15: a request without response ends unanswered after 30 s, and its late response is told, once", "[B15]") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.now += 1s;
    talk.send(CommandId::submit_sm, 8);
    talk.hear(vector("V01"));
    CHECK(talk.session.deadline() == talk.now + 29s);
    CHECK(talk.wait(29s) == "unanswered 7; ");
    CHECK(talk.wait(1s) == "unanswered 8; ");
    CHECK(talk.session.outstanding() == 0);
    CHECK(talk.hear(submit_sm_resp, 2, 0, "6100") == "late#7 0 'a'; ");
    CHECK(talk.session.counts().unsolicited_responses == 1);
    CHECK(talk.hear(submit_sm_resp, 2, 0, "6100").empty());
    CHECK(talk.hear(response_of(CommandId::data_sm), 3, 0, "6100").empty());
    CHECK(talk.hear(submit_sm_resp, 3, 0x58) == "late#8 58 ''; ");
    CHECK(talk.hear(submit_sm_resp, 4, 0, "6100").empty());
    CHECK(talk.session.counts().unsolicited_responses == 5);
}

TEST_CASE("B15: an answer to a question that comes late is of no use", "[B15]") {
    auto talk = bound_esme();
    REQUIRE(talk.session.query({"a", {}}, 7, talk.now));
    CHECK(talk.wait(30s) == "unanswered 7; ");
    CHECK(talk.hear(response_of(CommandId::query_sm), 2, 0, "6100000200").empty());
    CHECK(talk.session.counts().unsolicited_responses == 1);
}

TEST_CASE("B16: a full window stops sending, not reading", "[B16]") {
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

TEST_CASE("B17: too many answers owed, or too much output waiting, asks to stop reading", "[B17]") {
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

TEST_CASE("B18, B19, V28, M18: an answer's status and id come back whatever its body", "[B18][B19][M18]") {
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

TEST_CASE("B21: the peer's unbind is answered, and our requests end unanswered", "[B21]") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.send(CommandId::submit_sm, 8);
    talk.sent();
    CHECK(talk.hear(CommandId::unbind, 3) == "unanswered 7; unanswered 8; closed peer_unbound; ");
    CHECK(talk.sent() == "unbind_resp#3 ");
}

TEST_CASE("B21: the peer's unbind waits for the answers we owe it, at most 5 s", "[B21]") {
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

TEST_CASE("B22: close waits for responses and answers, unbinds and waits for the answer", "[B22]") {
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

TEST_CASE("B22: close gives up waiting for responses after 10 s and for the unbind after 5 s", "[B22]") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.session.close(talk.now);
    talk.sent();
    CHECK(talk.wait(9'999ms).empty());
    CHECK(talk.sent().empty());
    CHECK(talk.wait(1ms).empty());
    CHECK(talk.sent() == "unbind#3 ");
    CHECK(talk.wait(4'999ms).empty());
    CHECK(talk.wait(1ms) == "unanswered 7; closed unbind_unanswered; ");
}

TEST_CASE("B22: an idle session closes at once, an unbound one without a word", "[B22]") {
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

TEST_CASE("B22: a message while we drain stays with the SMSC, and so does one after our unbind", "[B22]") {
    auto talk = bound_esme();
    talk.send(CommandId::submit_sm, 7);
    talk.session.close(talk.now);
    CHECK(talk.hear(vector("V05")).empty());
    talk.hear(submit_sm_resp, 2, 0, "6100");
    CHECK(talk.sent() == "submit_sm#2 unbind#3 ");
    CHECK(talk.hear(vector("V05")).empty());
    talk.hear(vector("V01"));
    CHECK(talk.sent() == "enquire_link_resp#1 ");
}

TEST_CASE("B22: unbinds that cross are both answered, and only the answer says that we were read", "[B22]") {
    auto talk = bound_esme();
    talk.session.close(talk.now);
    talk.poll();
    CHECK(talk.hear(CommandId::unbind, 77).empty());
    CHECK(talk.sent() == "unbind#2 unbind_resp#4d ");
    SECTION("it comes") {
        CHECK(talk.hear(response_of(CommandId::unbind), 2, 0) == "closed unbound; ");
    }
    SECTION("the peer closes instead") {
        talk.session.disconnected();
        CHECK(talk.poll() == "closed unbind_unanswered; ");
    }
    SECTION("nothing comes") {
        CHECK(talk.wait(5s) == "closed unbind_unanswered; ");
    }
}

TEST_CASE("B23: nothing is answered after the end", "[B23]") {
    auto talk = bound_esme();
    talk.hear(CommandId::unbind, 3);
    talk.sent();
    CHECK(talk.hear(joined({vector("V01"), vector("V05"), vector("V26"), vector("V27")})).empty());
    CHECK(talk.sent().empty());
    for (int i = 0; i < 20; ++i) CHECK(talk.hear(Octets(10'000, std::byte{1})).empty());
    CHECK(talk.wait(60s).empty());
}

TEST_CASE("M1: a message that does not decode arrives as raw octets, with the status it deserves", "[M1]") {
    auto talk = bound_esme();
    CHECK(talk.hear(CommandId::deliver_sm, 5, "00 0101 363238") == "malformed deliver_sm#5 a 6; ");
    CHECK(talk.hear(CommandId::data_sm, 6, "") == "malformed data_sm#6 15 0; ");
    CHECK(talk.session.owed() == 2);
    talk.session.respond(CommandId::deliver_sm, 5, CommandStatus::ok);
    CHECK(talk.sent() == "deliver_sm_resp#5 ");
}

TEST_CASE("M6, M11, V18, V19: a damaged message arrives as far as it can be read", "[M6][M11]") {
    auto talk = bound_esme();
    CHECK(talk.hear(vector("V18")) == "message deliver_sm#f short; ");
    CHECK(talk.hear(vector("V19")) == "message deliver_sm#10 x; ");
}

TEST_CASE("M16, M17, V23: a data_sm arrives and is answered as one", "[M16][M17]") {
    auto talk = bound_esme();
    CHECK(talk.hear(vector("V23")) == "message data_sm#14 hi; ");
    talk.session.respond(CommandId::data_sm, 0x14, CommandStatus::ok);
    CHECK(to_hex(talk.octets()) == "0000001180000103000000000000001400");
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

TEST_CASE("a connection lost while our unbind waits leaves our last answers in doubt") {
    auto talk = bound_esme();
    talk.session.close(talk.now);
    talk.poll();
    talk.session.disconnected();
    CHECK(talk.poll() == "closed unbind_unanswered; ");
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
