// What leaves to a bound peer: replies, screens; windows, slow peers, and the end.
#include <latch>

#include "storage/sqlite/sqlite_store.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::BindKind;
using tests::box;
using tests::CommandId;
using tests::CommandStatus;
using tests::Esme;
using tests::Listening;
using tests::modem_boxes;

namespace {

const std::string ani = "628400000001", budi = "628400000002";
const std::string report = "LAPOR 5 org lewat jalan tikus sebunga skrg";

std::size_t replies(Listening& listening, storage::ReplyState state) {
    return static_cast<std::size_t>(listening.village.ledger().replies[static_cast<std::size_t>(state)]);
}

/// Holds the writer until it is told to go on: nothing becomes durable meanwhile.
class HeldWriter {
public:
    explicit HeldWriter(Listening& listening) : listening_(listening) {
        auto hold = [this](storage::Unit&) {
            began_.count_down();
            go_on_.wait();
        };
        listening.village.access->submit(hold, {}, [this](storage::Committed) { done_ = true; });
        began_.wait();
    }
    ~HeldWriter() { release(); }
    void release() {
        if (released_) return;
        released_ = true;
        go_on_.count_down();
        listening_.wait_for([this] { return done_; });
    }

private:
    Listening& listening_;
    std::latch began_{1}, go_on_{1};
    bool released_ = false, done_ = false;
};

}  // namespace

TEST_CASE("a reply leaves by deliver_sm, to the account by which the person wrote", "[smpp][server][M17]") {
    Listening listening;
    Esme first(listening), second(listening);
    REQUIRE(first.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
    REQUIRE(second.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    CHECK(second.submit(ani, report).status() == CommandStatus::ok);
    const auto reply = second.next(CommandId::deliver_sm);
    const auto message = reply.message();
    CHECK(message.source.digits == "9840");
    CHECK(message.destination.digits == ani);
    CHECK(message.destination.ton == 1);
    CHECK(message.esm_class == 0);
    CHECK(message.registered_delivery == 0);
    CHECK(message.validity_period.empty());
    CHECK_FALSE(reply.text().empty());
    second.answer(reply);
    CHECK(listening.wait_for([&] { return replies(listening, storage::ReplyState::sent) == 1; }));
    CHECK(first.quiet_for(50ms));
    CHECK(first.submit(budi, report).status() == CommandStatus::ok);
    CHECK(first.next(CommandId::deliver_sm).message().destination.digits == budi);
    CHECK(second.quiet_for(50ms));
}

TEST_CASE("a reply that its account cannot take waits for it, and leaves by no other", "[smpp][server]") {
    Listening listening;
    Esme mouth(listening);
    REQUIRE(mouth.bind(BindKind::transmitter, "box1") == CommandStatus::ok);
    SECTION("another account of the channel learns nothing of it") {
        Esme stranger(listening), ear(listening);
        REQUIRE(stranger.bind(BindKind::receiver, "box2") == CommandStatus::ok);
        CHECK(mouth.submit(ani, report).status() == CommandStatus::ok);
        CHECK(stranger.quiet_for(1500ms));  // the dispatcher looks every second
        CHECK(replies(listening, storage::ReplyState::pending) == 1);
        REQUIRE(ear.bind(BindKind::receiver, "box1") == CommandStatus::ok);
        CHECK(ear.next(CommandId::deliver_sm).message().destination.digits == ani);
        CHECK(stranger.quiet_for(50ms));
    }
    SECTION("it does not hold up those of other accounts") {
        Esme other(listening);
        REQUIRE(other.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
        CHECK(mouth.submit(ani, report).status() == CommandStatus::ok);
        CHECK(other.submit(budi, report).status() == CommandStatus::ok);
        CHECK(other.next(CommandId::deliver_sm).message().destination.digits == budi);
    }
    SECTION("by another bind of the account") {
        Esme ear(listening), other(listening);
        REQUIRE(other.bind(BindKind::receiver, "box2") == CommandStatus::ok);
        REQUIRE(ear.bind(BindKind::receiver, "box1") == CommandStatus::ok);
        CHECK(mouth.submit(ani, report).status() == CommandStatus::ok);
        CHECK(ear.next(CommandId::deliver_sm).message().destination.digits == ani);
        CHECK(other.quiet_for(50ms));
    }
    SECTION("pending until a receiver binds") {
        CHECK(mouth.submit(ani, report).status() == CommandStatus::ok);
        CHECK(mouth.quiet_for(50ms));
        CHECK(replies(listening, storage::ReplyState::pending) == 1);
        Esme ear(listening);
        REQUIRE(ear.bind(BindKind::receiver, "box1") == CommandStatus::ok);
        const auto reply = ear.next(CommandId::deliver_sm);
        CHECK(reply.message().destination.digits == ani);
        ear.answer(reply);
        CHECK(listening.wait_for([&] { return replies(listening, storage::ReplyState::sent) == 1; }));
    }
    SECTION("pending after a restart, until a receiver binds") {
        CHECK(mouth.submit(ani, report).status() == CommandStatus::ok);
        mouth.hang_up();
        listening.restart();
        Esme other(listening), ear(listening);
        REQUIRE(other.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
        CHECK(other.quiet_for(1500ms));
        REQUIRE(ear.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
        CHECK(ear.next(CommandId::deliver_sm).message().destination.digits == ani);
    }
}

TEST_CASE("who submits in another person's name does not get that person's replies", "[smpp][server]") {
    Listening listening;
    Esme box1(listening), box2(listening);
    REQUIRE(box1.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
    REQUIRE(box2.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    SECTION("in the same breath") {
        HeldWriter held(listening);
        box1.ask_submit(ani, report);
        REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() == 1; }));
        box2.ask_submit(ani, "x");
        REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() == 2; }));
    }
    SECTION("with a receipt") {
        HeldWriter held(listening);
        box1.ask_submit(ani, report);
        REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() == 1; }));
        box2.say([&](std::uint32_t sequence, auto& out) {
            const std::string receipt = "id:1 sub:001 dlvrd:001 stat:DELIVRD err:000 text:";
            auto message = Esme::text_message(ani, receipt);
            message.esm_class = 0x04;
            smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
        });
    }
    CHECK(box1.next(CommandId::deliver_sm).message().destination.digits == ani);
    CHECK(box1.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    box2.next(CommandId::submit_sm, true);
    while (box2.waiting() > 0) {
        const auto reply = box2.next();  // to what it said itself, if to anything
        CHECK_FALSE((reply.is(CommandId::deliver_sm) && reply.text().find("LAPOR") != std::string::npos));
    }
}

TEST_CASE("a reply the peer refuses is dropped, one it has no room for is tried again", "[smpp][server][B18][B19]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    SECTION("refused for good") {
        esme.answer(esme.next(CommandId::deliver_sm), CommandStatus::rejected_app_error);
        CHECK(listening.wait_for([&] { return replies(listening, storage::ReplyState::dropped) == 1; }));
    }
    SECTION("refused for now") {
        esme.answer(esme.next(CommandId::deliver_sm), CommandStatus::message_queue_full);
        CHECK(listening.wait_for([&] { return replies(listening, storage::ReplyState::pending) == 1; }));
        esme.answer(esme.next(CommandId::deliver_sm));
        CHECK(listening.wait_for([&] { return replies(listening, storage::ReplyState::sent) == 1; }));
    }
}

TEST_CASE("B21: a reply that was on the wire when its peer left is not sent again", "[smpp][server][B21]") {
    Listening listening;
    {
        Esme esme(listening);
        REQUIRE(esme.bind() == CommandStatus::ok);
        CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
        esme.next(CommandId::deliver_sm);
        SECTION("with an unbind") {
            esme.unbind();
        }
        SECTION("without a word") {
            esme.hang_up();
        }
    }
    Esme again(listening);
    REQUIRE(again.bind() == CommandStatus::ok);
    CHECK(again.quiet_for(1500ms));  // the dispatcher looks every second
    CHECK(replies(listening, storage::ReplyState::sent) == 1);
}

TEST_CASE("B16: no more deliver_sm are unanswered than the account's window", "[smpp][server][B16]") {
    auto one = box("box1");
    one.window = 2;
    Listening listening(modem_boxes({one}));
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    for (int i = 0; i < 5; ++i) {
        CHECK(esme.submit("62840000001" + std::to_string(i), report).status() == CommandStatus::ok);
    }
    REQUIRE(listening.wait_for([&] { return esme.waiting() == 2; }));
    CHECK_FALSE(listening.wait_for([&] { return esme.waiting() > 2; }, 100ms));
    esme.answer(esme.next(CommandId::deliver_sm));
    CHECK(listening.wait_for([&] { return esme.waiting() == 2; }));
    for (int i = 0; i < 4; ++i) esme.answer(esme.next(CommandId::deliver_sm));
    CHECK(listening.wait_for([&] { return replies(listening, storage::ReplyState::sent) == 5; }));
}

TEST_CASE("B17: a peer that submits beyond its window is not read, and loses nothing", "[smpp][server][B17]") {
    auto one = box("box1");
    one.window = 3;
    Listening listening(modem_boxes({one, box("box2")}));
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    HeldWriter held(listening);
    constexpr int count = 400;  // more than one read brings in
    std::vector<std::byte> out;
    for (int i = 0; i < count; ++i) {
        smpp::encode_short_message(CommandId::submit_sm, Esme::text_message(ani, report + std::to_string(i)),
                                   static_cast<std::uint32_t>(i + 100), out);
    }
    esme.send(out);
    REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() >= 3; }));
    CHECK_FALSE(listening.wait_for([&] { return listening.village.intake->in_flight() >= count; }, 200ms));
    held.release();
    for (int i = 0; i < count; ++i) CHECK(esme.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    CHECK(listening.village.ledger().received == count);
}

TEST_CASE("a peer that takes nothing does not hold up the others", "[smpp][server]") {
    Listening listening;
    Esme slow(listening), quick(listening);
    REQUIRE(slow.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
    REQUIRE(quick.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    for (int i = 0; i < 40; ++i) {  // the slow one answers none of its replies
        CHECK(slow.submit("6284000002" + std::to_string(10 + i), report).status() == CommandStatus::ok);
    }
    for (int i = 0; i < 5; ++i) {
        const auto number = "62840000030" + std::to_string(i);
        CHECK(quick.submit(number, report).status() == CommandStatus::ok);
        const auto reply = quick.next(CommandId::deliver_sm);
        CHECK(reply.message().destination.digits == number);
        quick.answer(reply);
    }
}

TEST_CASE("B22: asked to stop, it answers what it took, unbinds its peers and ends", "[smpp][server][B22]") {
    Listening listening;
    Esme busy(listening), idle(listening), unbound(listening);
    REQUIRE(busy.bind(BindKind::transmitter) == CommandStatus::ok);
    REQUIRE(idle.bind(BindKind::receiver) == CommandStatus::ok);
    {
        HeldWriter held(listening);
        busy.ask_submit(ani, report);
        REQUIRE(listening.wait_for([&] { return listening.village.intake->in_flight() == 1; }));
        listening.group->stop();
        idle.answer(idle.next(CommandId::unbind));
        CHECK(idle.over());
        CHECK(unbound.over());
        CHECK(busy.quiet_for(50ms));
    }
    const auto answer = busy.next();
    CHECK(answer.answers(CommandId::submit_sm));
    CHECK(answer.status() == CommandStatus::ok);
    busy.answer(busy.next(CommandId::unbind));
    CHECK(busy.over());
    CHECK(listening.wait_for([&] { return listening.group->size() == 0; }));
    CHECK(listening.village.ledger().received == 1);
}

TEST_CASE("B22: a peer that never answers the unbind is left behind", "[smpp][server][B22]") {
    Listening listening;
    Esme deaf(listening);
    REQUIRE(deaf.bind() == CommandStatus::ok);
    const auto begun = std::chrono::steady_clock::now();
    listening.group->stop();
    CHECK(listening.wait_for([&] { return listening.group->size() == 0; }));
    CHECK(std::chrono::steady_clock::now() - begun < 7s);
}

TEST_CASE("A6: a store that fails is said so, nothing is acknowledged, and binds wait for it", "[smpp][server][A6]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    storage::set_max_page_count(*listening.village.store, 1);  // not a page more than there is
    CommandStatus refused = CommandStatus::ok;
    for (int i = 0; i < 200 && refused == CommandStatus::ok; ++i) {
        refused = esme.submit("6284000001" + std::to_string(100 + i), report + std::string(60, 'x')).status();
    }
    CHECK(refused == CommandStatus::temporary_app_error);
    Esme late(listening);
    CHECK(late.bind() == CommandStatus::system_error);
    const auto kept = listening.village.ledger().received;
    storage::set_max_page_count(*listening.village.store, 0);
    REQUIRE(listening.wait_for([&] { return listening.village.store->healthy(); }));
    CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    CHECK(listening.village.ledger().received == kept + 1);
    Esme now(listening);
    CHECK(now.bind() == CommandStatus::ok);
}

TEST_CASE("A7: a peer that discards on any error is given none: its connection closes unanswered",
          "[smpp][server][A7]") {
    auto options = modem_boxes();
    options.channel.on_storage_failure.reset();
    Listening listening(options);
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    storage::set_max_page_count(*listening.village.store, 1);
    for (int i = 0; i < 200 && !esme.is_over(); ++i) {
        esme.ask_submit("6284000001" + std::to_string(100 + i), report + std::string(60, 'x'));
        listening.wait_for([&] { return esme.waiting() > 0 || esme.is_over(); });
        while (esme.waiting() > 0) CHECK(esme.next().status() == CommandStatus::ok);
    }
    CHECK(esme.is_over());
    storage::set_max_page_count(*listening.village.store, 0);
    CHECK(listening.wait_for([&] { return listening.village.store->healthy(); }));
}

TEST_CASE("U1: a box that carries USSD is served the menu", "[smpp][server][U1][ussd]") {
    Listening listening;
    Esme esme(listening);
    const auto turn = [&](const std::string& text, std::uint8_t operation, std::uint16_t info) {
        std::vector<std::byte> tlvs;
        smpp::append_tlv(smpp::Tag::ussd_service_op, operation, tlvs);
        smpp::append_tlv(smpp::Tag::its_session_info, info, tlvs);
        esme.say([&](std::uint32_t sequence, auto& out) {
            auto message = Esme::text_message(ani, text);
            message.service_type = "USSD";
            message.tlvs = smpp::Tlvs(tlvs);
            smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
        });
        return esme.next(CommandId::submit_sm, true);
    };
    SECTION("on a bind that can carry screens") {
        REQUIRE(esme.bind() == CommandStatus::ok);
        const auto first = turn("*384#", 1, 0x1200);
        CHECK(first.status() == CommandStatus::ok);
        CHECK(first.message_id().size() == 34);
        auto screen = esme.next(CommandId::deliver_sm);
        CHECK(screen.message().service_type == "USSD");
        CHECK(screen.message().destination.digits == ani);
        CHECK(screen.message().tlvs.u8(smpp::Tag::ussd_service_op) == 2);
        CHECK(screen.message().tlvs.u16(smpp::Tag::its_session_info) == 0x1200);
        CHECK(screen.text().find("Lapor kejadian") != std::string::npos);
        esme.answer(screen);
        for (const auto* key : {"1", "1", "5", "sebunga", "1"}) {
            CHECK(turn(key, 18, 0x1200).status() == CommandStatus::ok);
            screen = esme.next(CommandId::deliver_sm);
            esme.answer(screen);
        }
        CHECK(screen.message().tlvs.u8(smpp::Tag::ussd_service_op) == 17);
        REQUIRE(listening.village.reports().size() == 1);
        CHECK(listening.village.reports()[0].people == 5u);
    }
    SECTION("a number of more digits than a deliver_sm has room for gets its screen by data_sm") {
        REQUIRE(esme.bind() == CommandStatus::ok);
        const std::string dialled = "*384#", from(30, '6');
        esme.say([&](std::uint32_t sequence, auto& out) {
            std::vector<std::byte> tlvs;
            smpp::append_tlv(smpp::Tag::ussd_service_op, std::uint8_t{1}, tlvs);
            smpp::append_tlv(smpp::Tag::message_payload, std::as_bytes(std::span(dialled)), tlvs);
            smpp::ShortMessage message;
            message.service_type = "USSD";
            message.source = {1, 1, from};
            message.destination = {0, 1, "9840"};
            message.tlvs = smpp::Tlvs(tlvs);
            smpp::encode_short_message(CommandId::data_sm, message, sequence, out);
        });
        CHECK(esme.next(CommandId::data_sm, true).status() == CommandStatus::ok);
        const auto screen = esme.next(CommandId::data_sm);
        CHECK(screen.message().destination.digits == from);
        CHECK(screen.message().tlvs.u8(smpp::Tag::ussd_service_op) == 2);
        CHECK(screen.text().find("Lapor kejadian") != std::string::npos);
        esme.answer(screen);
    }
    SECTION("another account's input is none to this session, whatever its number") {
        REQUIRE(esme.bind() == CommandStatus::ok);
        CHECK(turn("*384#", 1, 0x1200).status() == CommandStatus::ok);
        esme.answer(esme.next(CommandId::deliver_sm));
        Esme stranger(listening);
        REQUIRE(stranger.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
        stranger.say([&](std::uint32_t sequence, auto& out) {
            std::vector<std::byte> tlvs;
            smpp::append_tlv(smpp::Tag::ussd_service_op, std::uint8_t{18}, tlvs);
            smpp::append_tlv(smpp::Tag::its_session_info, std::uint16_t{0x1200}, tlvs);
            const std::string digit = "1";
            auto message = Esme::text_message(ani, digit);
            message.service_type = "USSD";
            message.tlvs = smpp::Tlvs(tlvs);
            smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
        });
        CHECK(stranger.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
        CHECK(stranger.quiet_for(100ms));
        CHECK(turn("1", 18, 0x1200).status() == CommandStatus::ok);  // its own goes on
        CHECK(esme.next(CommandId::deliver_sm).message().tlvs.u8(smpp::Tag::ussd_service_op) == 2);
    }
    SECTION("on a transmitter it is a text, for a person to read") {
        REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
        CHECK(turn("*384#", 1, 0x1200).status() == CommandStatus::ok);
        REQUIRE(listening.village.messages().size() == 1);
        CHECK(sms::has(listening.village.messages()[0].remarks, sms::Remark::stray_ussd));
    }
}

TEST_CASE("parts of one text that come by several binds are one report", "[smpp][server][C12]") {
    Listening listening;
    Esme first(listening), second(listening);
    REQUIRE(first.bind() == CommandStatus::ok);
    REQUIRE(second.bind() == CommandStatus::ok);
    const auto part = [](Esme& esme, std::uint8_t number, const std::string& text) {
        std::string octets{0x05, 0x00, 0x03, 0x2a, 0x02, static_cast<char>(number)};
        octets += text;
        esme.say([&](std::uint32_t sequence, auto& out) {
            auto message = Esme::text_message(ani, octets);
            message.esm_class = 0x40;
            smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
        });
        return esme.next(CommandId::submit_sm, true).status();
    };
    CHECK(part(second, 2, "jalan tikus sebunga skrg") == CommandStatus::ok);
    CHECK(listening.village.reports().empty());
    CHECK(part(first, 1, "LAPOR 5 org lewat ") == CommandStatus::ok);
    REQUIRE(listening.village.reports().size() == 1);
    CHECK(listening.village.reports()[0].people == 5u);
}
