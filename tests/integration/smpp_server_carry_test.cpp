// By which bind, in what form and when replies, screens and receipts leave to a peer.
#include "protocol/sms/user_data.hpp"
#include "tests/support/log.hpp"
#include "tests/support/replies.hpp"
#include "tests/support/smpp_server.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using smpp::BindKind;
using tests::CommandId;
using tests::CommandStatus;
using tests::Esme;
using tests::Listening;
using tests::modem_boxes;
using tests::three_parts;

namespace {

const std::string ani = "628400000001", cici = "628400000003";

auto now() {
    return std::chrono::steady_clock::now();
}

/// Hands a reply to box1, as the unit does that wrote it.
void reply(Listening& listening, const std::string& text) {
    const auto id = tests::add_reply(listening.village, "modems", text);
    listening.server->submit({id, '+' + ani, text, wall_now() + 10min, "box1"});
}

/// All that the peer said so far has been heard.
void heard(Esme& esme) {
    esme.say_header(CommandId::enquire_link);
    esme.next(CommandId::enquire_link, true);
}

tests::Pdu dial(Esme& esme) {
    std::vector<std::byte> tlvs;
    smpp::append_tlv(smpp::Tag::ussd_service_op, std::uint8_t{1}, tlvs);
    smpp::append_tlv(smpp::Tag::its_session_info, std::uint16_t{0x1200}, tlvs);
    esme.say([&](std::uint32_t sequence, auto& out) {
        const std::string code = "*384#";
        auto message = Esme::text_message(ani, code);
        message.service_type = "USSD";
        message.tlvs = smpp::Tlvs(tlvs);
        smpp::encode_short_message(CommandId::submit_sm, message, sequence, out);
    });
    return esme.next(CommandId::submit_sm, true);
}

}  // namespace

TEST_CASE("B18: a part that waits for a receiver costs the other binds nothing", "[smpp][server][B18]") {
    Listening listening;
    Esme speaks(listening);
    auto hears = std::make_unique<Esme>(listening);
    REQUIRE(speaks.bind(BindKind::transmitter) == CommandStatus::ok);
    REQUIRE(hears->bind(BindKind::receiver) == CommandStatus::ok);
    reply(listening, three_parts());
    const auto first = hears->next(CommandId::deliver_sm), second = hears->next(CommandId::deliver_sm),
               third = hears->next(CommandId::deliver_sm);
    hears->answer(first);
    hears->answer(second, CommandStatus::throttled);
    hears->answer(third);
    heard(*hears);
    hears->hang_up();
    REQUIRE(listening.wait_for([&] { return listening.server->bound() == 1; }));
    CHECK(speaks.quiet_for(2s));  // its time has come meanwhile
    heard(speaks);
    listening.village.loop.restart();
    CHECK(listening.village.loop.run_for(300ms) < 100);
    Esme again(listening);
    REQUIRE(again.bind(BindKind::receiver) == CommandStatus::ok);
    const auto rest = again.next(CommandId::deliver_sm);
    CHECK(rest.message().short_message[5] == std::byte{2});
    again.answer(rest);
}

TEST_CASE("B5: parts leave with headers to a peer that knows no parameters, by SAR to one that does",
          "[smpp][server][B5]") {
    const bool knows = GENERATE(false, true);
    auto options = modem_boxes();
    options.channel.long_texts = sms::LongTexts::Form::sar;
    Listening listening(options);
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transceiver, "box1", "secret1", knows ? 0x34 : 0x33) == CommandStatus::ok);
    const auto text = three_parts();
    reply(listening, text);
    std::string joined;
    for (unsigned part = 1; part <= 3; ++part) {
        const auto pdu = esme.next(CommandId::deliver_sm);
        esme.answer(pdu);
        const auto message = pdu.message();
        CHECK(message.udhi() == !knows);
        CHECK(message.tlvs.u8(smpp::Tag::sar_segment_seqnum) == (knows ? std::optional(part) : std::nullopt));
        CHECK((message.tlvs.count() > 0) == knows);
        const auto read = sms::read_user_data(message.short_message, message.udhi(), message.data_coding);
        CHECK(read.segment.has_value() == !knows);
        if (read.segment) CHECK(read.segment->part == part);
        joined += read.text;
    }
    CHECK(joined == text);
}

TEST_CASE("U1: a screen keeps its operation, whatever version its peer named", "[smpp][server][U1][B5]") {
    const auto version = GENERATE(as<std::uint8_t>{}, 0x33, 0x34);
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transceiver, "box1", "secret1", version) == CommandStatus::ok);
    REQUIRE(dial(esme).status() == CommandStatus::ok);
    const auto screen = esme.next(CommandId::deliver_sm);
    esme.answer(screen);
    CHECK(screen.message().tlvs.u8(smpp::Tag::ussd_service_op) == 2);
    CHECK(screen.message().tlvs.u16(smpp::Tag::its_session_info) == 0x1200);
}

TEST_CASE("U1: a screen leaves at once by a receiver when a transmitter brought the turn", "[smpp][server][U1]") {
    Listening listening;
    Esme speaks(listening), hears(listening);
    REQUIRE(speaks.bind(BindKind::transmitter) == CommandStatus::ok);
    REQUIRE(hears.bind(BindKind::receiver) == CommandStatus::ok);
    REQUIRE(dial(speaks).status() == CommandStatus::ok);
    CHECK_FALSE(hears.quiet_for(5s));
    CHECK(hears.next(CommandId::deliver_sm).message().tlvs.u8(smpp::Tag::ussd_service_op) == 2);
}

TEST_CASE("B18: while a peer asks for patience neither screens nor receipts leave", "[smpp][server][B18]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    reply(listening, "Pesan diterima.");
    const auto refused = esme.next(CommandId::deliver_sm);
    const auto since = now();
    esme.answer(refused, CommandStatus::throttled);
    CHECK(esme.submit(cici, "LAPOR calo di sebunga", 1).status() == CommandStatus::ok);
    CHECK(dial(esme).status() == CommandStatus::ok);
    bool receipt = false, screen = false;
    for (int i = 0; i < 8 && !(receipt && screen); ++i) {
        const auto pdu = esme.next(CommandId::deliver_sm);
        CHECK(now() - since >= 1s);
        receipt = receipt || pdu.message().receipt();
        screen = screen || pdu.message().tlvs.find(smpp::Tag::ussd_service_op);
        esme.answer(pdu);
    }
    CHECK(receipt);
    CHECK(screen);
}

TEST_CASE("B18: receipts keep to the pace of a peer that was too fast, and a reply goes between them",
          "[smpp][server][B18]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    REQUIRE(esme.submit(cici, "BERHENTI").status() == CommandStatus::ok);  // nothing but receipts for this sender
    while (!esme.quiet_for(50ms)) esme.answer(esme.next(CommandId::deliver_sm));
    reply(listening, "Pesan diterima.");
    esme.answer(esme.next(CommandId::deliver_sm), CommandStatus::throttled);
    heard(esme);
    for (const auto* text : {"satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan"})
        CHECK(esme.submit(cici, text, 1).status() == CommandStatus::ok);
    unsigned receipts = 0;
    bool replied = false;
    const auto since = now();
    while (!replied && receipts < 8) {
        const auto pdu = esme.next(CommandId::deliver_sm);
        esme.answer(pdu);
        pdu.message().receipt() ? ++receipts : replied = true;
        if (!replied && receipts > 1) CHECK(now() - since >= (receipts - 1) * 500ms);
    }
    CHECK(replied);
    CHECK(receipts >= 1);
    CHECK(receipts <= 4);
    const auto last = now();
    const auto next = esme.next(CommandId::deliver_sm);  // nor do the rest come at once, nor not at all
    CHECK(next.message().receipt());
    CHECK(now() - last >= 300ms);
    esme.answer(next);
}

TEST_CASE("B18: a throttled screen slows down the replies beside it", "[smpp][server][B18]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    REQUIRE(dial(esme).status() == CommandStatus::ok);
    const auto screen = esme.next(CommandId::deliver_sm);
    const auto since = now();
    esme.answer(screen, CommandStatus::throttled);
    heard(esme);
    CHECK_FALSE(listening.server->ready());
    const auto again = esme.next(CommandId::deliver_sm);
    CHECK(now() - since >= 1s);
    CHECK(again.message().tlvs.find(smpp::Tag::ussd_service_op));
    esme.answer(again);
    heard(esme);
    CHECK(listening.server->ready());
}

TEST_CASE("M27: the profile says what a refused receipt means; lost ones are counted, and logged once",
          "[smpp][server][M23][M27]") {
    auto options = modem_boxes();
    options.channel.error_classes[0x0400] = smpp::ErrorClass::permanent;
    const test::Log log;
    Listening listening(options);
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    REQUIRE(esme.submit(cici, "BERHENTI").status() == CommandStatus::ok);  // nothing but receipts from here on
    while (!esme.quiet_for(50ms)) esme.answer(esme.next(CommandId::deliver_sm));
    for (const auto* text : {"satu", "dua"}) {
        CHECK(esme.submit(cici, text, 1).status() == CommandStatus::ok);
        esme.answer(esme.next(CommandId::deliver_sm), static_cast<CommandStatus>(0x0400));
    }
    heard(esme);
    CHECK(esme.quiet_for(1'300ms));  // not told again
    CHECK_THAT(listening.telemetry.render({}, true, {}, {}),
               Catch::Contains("jejak_receipts_lost_total{channel=\"modems\"} 2"));
    CHECK(log.count("event=receipts_lost channel=modems account=box1") == 1);
}
