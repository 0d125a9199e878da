// What a bound peer submits: stored once, answered when it is durable, asked about afterwards.
#include <map>
#include <set>

#include "protocol/sms/receipt.hpp"
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
using tests::Pdu;

namespace {

const std::string ani = "628400000001", budi = "628400000002", cici = "628400000003";
const std::string report = "LAPOR 5 org lewat jalan tikus sebunga skrg";

}  // namespace

TEST_CASE("a submit_sm is a report, stored once and acknowledged with an id of its own", "[smpp][server][M18]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    const auto answer = esme.submit(ani, report);
    CHECK(answer.status() == CommandStatus::ok);
    const auto messages = listening.village.messages();
    REQUIRE(messages.size() == 1);  // durable by the time it is answered
    CHECK(messages[0].channel == "modems");
    CHECK(messages[0].fate == Fate::understood);
    CHECK(listening.village.text_of(messages[0]) == report);
    REQUIRE(listening.village.reports().size() == 1);
    std::set<std::string> ids{answer.message_id()};
    for (int i = 0; i < 5; ++i) ids.insert(esme.submit(budi, "teks " + std::to_string(i)).message_id());
    CHECK(ids.size() == 6);
    CHECK(ids.begin()->size() == 34);
    CHECK(listening.village.ledger().balances());
}

TEST_CASE("M16: the receipt of a data_sm from an address that no deliver_sm can name is a data_sm",
          "[smpp][server][M16]") {
    for (const std::size_t size : {20u, 21u, 64u}) {
        Listening listening;
        Esme esme(listening);
        REQUIRE(esme.bind() == CommandStatus::ok);
        const std::string from(size, '6');
        esme.ask_submit(from, "LAPOR", 1, CommandId::data_sm);
        const auto answer = esme.next(CommandId::data_sm, true);
        CHECK(answer.status() == CommandStatus::ok);
        const auto receipt = esme.next(size <= 20 ? CommandId::deliver_sm : CommandId::data_sm);
        CHECK(receipt.message().destination.digits == from);
        CHECK(receipt.message().esm_class == 0x04);
        CHECK(receipt.text().starts_with("id:" + answer.message_id()));
        esme.answer(receipt);
        esme.say_header(CommandId::enquire_link);
        CHECK(esme.next(CommandId::enquire_link, true).status() == CommandStatus::ok);
    }
}

TEST_CASE("M16: a data_sm is a report too", "[smpp][server][M16]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    esme.ask_submit(ani, report, 0, CommandId::data_sm);
    const auto answer = esme.next(CommandId::data_sm, true);
    CHECK(answer.status() == CommandStatus::ok);
    CHECK_FALSE(answer.message_id().empty());
    CHECK(listening.texts() == std::vector<std::string>{report});
}

TEST_CASE("F2, F12: many at once are each answered, in whatever numbers they came", "[smpp][server][F2][F12]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    std::vector<std::byte> out;
    constexpr std::uint32_t count = 200;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto text = "LAPOR calo nomor " + std::to_string(i);
        smpp::encode_short_message(CommandId::submit_sm, Esme::text_message(ani, text), 7 + i / 2, out);
    }
    esme.send(out);
    std::map<std::uint32_t, int> answered;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto answer = esme.next();
        CHECK(answer.status() == CommandStatus::ok);
        ++answered[answer.header.sequence_number];
    }
    CHECK(answered.size() == count / 2);
    CHECK(listening.village.ledger().received == count);
}

TEST_CASE("F15: a peer that sends no more still gets its answers", "[smpp][server][F15]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
    esme.ask_submit(ani, report);
    esme.say_no_more();
    CHECK(esme.next().status() == CommandStatus::ok);
    CHECK(esme.over());
}

TEST_CASE("A2: what was taken before the connection broke is linked when it comes again", "[smpp][server][A2][A8]") {
    Listening listening;
    {
        Esme esme(listening);
        REQUIRE(esme.bind(BindKind::transmitter) == CommandStatus::ok);
        CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    }
    REQUIRE(listening.wait_for([&] { return listening.server->bound() == 0; }));
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);  // another bind of the account
    CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 1);
    CHECK(listening.village.reports().size() == 1);
    SECTION("and once more it is another message") {
        CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
        CHECK(listening.duplicates() == 1);
        CHECK(listening.village.ledger().received == 3);
    }
}

TEST_CASE("A2: what was taken before the process ended is linked when it comes again", "[smpp][server][A2]") {
    Listening listening;
    {
        Esme esme(listening);
        REQUIRE(esme.bind() == CommandStatus::ok);
        CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    }
    listening.restart();
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    CHECK(esme.submit(ani, report).status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 1);
    CHECK(listening.village.reports().size() == 1);
}

TEST_CASE("A4: the same words twice are two messages while their answers are beyond doubt", "[smpp][server][A4]") {
    Listening listening;
    Esme healthy(listening);
    REQUIRE(healthy.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    CHECK(healthy.submit(ani, report).status() == CommandStatus::ok);
    SECTION("on one session") {
        CHECK(healthy.submit(ani, report).status() == CommandStatus::ok);
    }
    SECTION("though another peer's connection breaks meanwhile") {
        {
            Esme broken(listening);
            REQUIRE(broken.bind(BindKind::transceiver, "box1") == CommandStatus::ok);
            CHECK(broken.submit(budi, "TOLONG").status() == CommandStatus::ok);
        }
        REQUIRE(listening.wait_for([&] { return listening.server->bound() == 1; }));
        CHECK(healthy.submit(ani, report).status() == CommandStatus::ok);
    }
    SECTION("after an orderly unbind") {
        healthy.unbind();
        Esme again(listening);
        REQUIRE(again.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
        CHECK(again.submit(ani, report).status() == CommandStatus::ok);
    }
    CHECK(listening.duplicates() == 0);
}

TEST_CASE("A4: what a bind that is well repeats is said again, whoever binds beside it", "[smpp][server][A4]") {
    const auto kind = GENERATE(BindKind::receiver, BindKind::transmitter, BindKind::transceiver);
    Listening listening;
    Esme well(listening), beside(listening);
    REQUIRE(well.bind(BindKind::transmitter) == CommandStatus::ok);
    CHECK(well.submit(ani, "TOLONG").status() == CommandStatus::ok);
    REQUIRE(beside.bind(kind) == CommandStatus::ok);
    CHECK(well.submit(ani, "TOLONG").status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 0);
    CHECK(listening.village.messages().size() == 2);
    if (kind == BindKind::receiver) return;  // it has nothing to send again
    CHECK(beside.submit(ani, "TOLONG").status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 1);
}

TEST_CASE("A5: what comes again while it is being stored is answered twice and kept once", "[smpp][server][A5]") {
    Listening listening;
    Esme first(listening), second(listening);
    REQUIRE(first.bind() == CommandStatus::ok);
    REQUIRE(second.bind() == CommandStatus::ok);
    first.ask_submit(ani, report);
    second.ask_submit(ani, report);
    CHECK(first.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    CHECK(second.next(CommandId::submit_sm, true).status() == CommandStatus::ok);
    CHECK(listening.duplicates() == 1);
    CHECK(listening.village.reports().size() == 1);
}

TEST_CASE("a strict listener refuses what breaks the specification, and the session goes on",
          "[smpp][server][M1][M6][M9][M11][M21]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    const std::vector<std::byte> payload = [] {
        std::vector<std::byte> out;
        smpp::append_tlv(smpp::Tag::message_payload, std::as_bytes(std::span("more", 4)), out);
        return out;
    }();
    const auto submitted = [&](auto change) {
        std::vector<std::byte> out;
        const std::string said = "LAPOR";
        auto message = Esme::text_message(ani, said);
        change(message, out);
        if (out.empty()) smpp::encode_short_message(CommandId::submit_sm, message, 9, out);
        esme.send(out);
        return esme.next(CommandId::submit_sm, true).status();
    };
    CHECK(submitted([&](auto& message, auto&) { message.tlvs = smpp::Tlvs(payload); }) ==
          CommandStatus::tlv_not_allowed);
    CHECK(submitted([](auto& message, auto&) { message.schedule_delivery_time = "soon"; }) ==
          CommandStatus::invalid_schedule);
    CHECK(submitted([](auto& message, auto&) { message.validity_period = "251312090100000+"; }) ==
          CommandStatus::invalid_expiry);
    CHECK(submitted([](auto& message, auto& out) {
              smpp::encode_short_message(CommandId::submit_sm, message, 9, out);
              out[out.size() - 6] = std::byte{200};  // sm_length
          }) == CommandStatus::invalid_message_length);
    CHECK(submitted([](auto& message, auto& out) {
              smpp::encode_short_message(CommandId::submit_sm, message, 9, out);
              for (const int octet : {0x04, 0x24, 0x01, 0xF4, 0x78}) out.push_back(static_cast<std::byte>(octet));
              out[3] = static_cast<std::byte>(out.size());
          }) == CommandStatus::invalid_tlv_length);
    CHECK(submitted([](auto& message, auto& out) {
              smpp::encode_short_message(CommandId::submit_sm, message, 9, out);
              for (int i = 0; i < 30; ++i) out.insert(out.begin() + 20, std::byte{'6'});
              out[3] = static_cast<std::byte>(out.size());
          }) == CommandStatus::invalid_source);
    CHECK(listening.village.messages().empty());
    CHECK(submitted([](auto&, auto&) {}) == CommandStatus::ok);
    CHECK(submitted([](auto& message, auto&) { message.schedule_delivery_time = "000001000000000R"; }) ==
          CommandStatus::ok);  // a report does not wait
    CHECK(listening.village.messages().size() == 2);
}

TEST_CASE("M20: query_sm knows the messages of its account and their sender, and no others", "[smpp][server][M20]") {
    Listening listening;
    Esme esme(listening), other(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    REQUIRE(other.bind(BindKind::transceiver, "box2") == CommandStatus::ok);
    const auto id = esme.submit(ani, report).message_id();
    const auto query = [](Esme& peer, const std::string& message_id, const std::string& from) {
        peer.say([&](std::uint32_t sequence, auto& out) {
            smpp::encode_query_sm({message_id, {1, 1, from}}, sequence, out);
        });
        return peer.next(CommandId::query_sm, true);
    };
    const auto answer = query(esme, id, ani);
    CHECK(answer.status() == CommandStatus::ok);
    const auto state = *smpp::decode_query_sm_resp(answer.body);
    CHECK(state.message_id == id);
    CHECK(state.message_state == 2);
    CHECK(state.error_code == 0);
    CHECK(state.final_date.size() == 16);
    CHECK(query(esme, id, "+" + ani).status() == CommandStatus::ok);
    struct Case {
        Esme& peer;
        std::string id, from;
    };
    auto changed = id;
    changed[3] = changed[3] == 'a' ? 'b' : 'a';
    for (const auto& one : {Case{esme, id, budi}, Case{other, id, ani}, Case{esme, changed, ani}, Case{esme, "", ani},
                            Case{esme, std::string(64, 'x'), ani}, Case{esme, id, ""}}) {
        INFO(one.id << " " << one.from);
        const auto refused = query(one.peer, one.id, one.from);
        CHECK(refused.status() == CommandStatus::query_failed);
        CHECK(refused.body.empty());
    }
    SECTION("and it knows them after a restart") {
        esme.hang_up();
        other.hang_up();
        listening.restart();
        Esme again(listening);
        REQUIRE(again.bind() == CommandStatus::ok);
        CHECK(query(again, id, ani).status() == CommandStatus::ok);
    }
}

TEST_CASE("M20: what is delivered is neither cancelled nor replaced", "[smpp][server][M20]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    const auto id = esme.submit(ani, report).message_id();
    for (const auto& which : {id, std::string("unknown"), std::string()}) {
        esme.say([&](std::uint32_t sequence, auto& out) {
            smpp::encode_cancel_sm({"", which, {1, 1, ani}, {0, 1, "9840"}}, sequence, out);
        });
        CHECK(esme.next(CommandId::cancel_sm, true).status() == CommandStatus::cancel_failed);
    }
    for (const auto& which : {id, std::string("unknown")}) {
        const std::string text = "lain";
        esme.say([&](std::uint32_t sequence, auto& out) {
            smpp::ReplaceSm pdu;
            pdu.message_id = which;
            pdu.source = {1, 1, ani};
            pdu.short_message = std::as_bytes(std::span(text));
            smpp::encode_replace_sm(pdu, sequence, out);
        });
        CHECK(esme.next(CommandId::replace_sm, true).status() == CommandStatus::replace_failed);
    }
    CHECK(listening.texts() == std::vector<std::string>{report});
}

TEST_CASE("M19: a report to several is stored once, and who is not ours is named", "[smpp][server][M19]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    const auto multi = [&](const std::vector<smpp::MultiDestination>& destinations) {
        std::vector<std::byte> packed;
        for (const auto& one : destinations) smpp::append_item(one, packed);
        esme.say([&](std::uint32_t sequence, auto& out) {
            smpp::SubmitMulti pdu;
            pdu.message = Esme::text_message(ani, report);
            pdu.destinations = {packed, destinations.size()};
            smpp::encode_submit_multi(pdu, sequence, out);
        });
        return esme.next(CommandId::submit_multi, true);
    };
    const smpp::MultiDestination ours{1, {0, 1, "9840"}, {}}, again{1, {1, 1, "+9840"}, {}},
        foreign{1, {1, 1, budi}, {}}, list{2, {}, "semua"};
    const auto answer = multi({foreign, ours, list, again});
    CHECK(answer.status() == CommandStatus::ok);
    const auto pdu = *smpp::decode_submit_multi_resp(answer.body);
    CHECK(pdu.message_id.size() == 34);
    REQUIRE(pdu.failed.count() == 2);
    auto failed = pdu.failed.begin();
    CHECK(failed->address.digits == budi);
    CHECK(failed->status == CommandStatus::invalid_destination);
    ++failed;
    CHECK(failed->address.digits == "semua");
    CHECK(failed->status == CommandStatus::invalid_list_name);
    CHECK(listening.village.messages().size() == 1);
    CHECK(listening.village.reports().size() == 1);

    CHECK(multi({foreign, list}).status() == CommandStatus::invalid_destination);
    std::vector<std::byte> nobody;
    std::vector<std::byte> packed;
    smpp::append_item(ours, packed);
    smpp::SubmitMulti none;
    none.message = Esme::text_message(ani, report);
    none.destinations = {packed, 1};
    smpp::encode_submit_multi(none, 99, nobody);
    constexpr std::size_t count_at = smpp::header_size + 1 + 2 + 13;  // after service_type and source
    nobody[count_at] = std::byte{0};
    nobody.erase(nobody.begin() + count_at + 1, nobody.begin() + count_at + 1 + static_cast<int>(packed.size()));
    nobody[3] = static_cast<std::byte>(nobody.size());
    esme.send(nobody);
    CHECK(esme.next(CommandId::submit_multi, true).status() == CommandStatus::invalid_number_of_destinations);
    CHECK(multi({ours}).status() == CommandStatus::ok);
    CHECK(listening.village.messages().size() == 2);
}

TEST_CASE("what a new bind repeats before the dead one is noticed is linked, not counted anew", "[smpp][server][B21]") {
    Listening listening;
    Esme dead(listening);
    REQUIRE(dead.bind(BindKind::transmitter) == CommandStatus::ok);
    CHECK(dead.submit(ani, report).status() == CommandStatus::ok);  // as if its answer had never arrived
    Esme again(listening), other(listening);
    SECTION("by a bind of its account") {
        REQUIRE(again.bind(BindKind::transmitter) == CommandStatus::ok);
        CHECK(again.submit(ani, report).status() == CommandStatus::ok);
        CHECK(listening.duplicates() == 1);
        CHECK(again.submit(ani, report).status() == CommandStatus::ok);  // said again
        CHECK(listening.duplicates() == 1);
    }
    SECTION("another account's are its own") {
        REQUIRE(other.bind(BindKind::transmitter, "box2") == CommandStatus::ok);
        CHECK(dead.submit(ani, report).status() == CommandStatus::ok);
        CHECK(listening.duplicates() == 0);
    }
}

TEST_CASE("M23: a receipt is told to whoever asked, after the answer", "[smpp][server][M23]") {
    Listening listening;
    Esme esme(listening);
    struct Case {
        const char* name;
        std::uint8_t registered;
        std::vector<std::uint8_t> classes;  ///< of the receipts that come
    };
    const Case cases[] = {{"none", 0x00, {}},
                          {"success or failure", 0x01, {0x04}},
                          {"failure only", 0x02, {}},
                          {"success only", 0x03, {0x04}},
                          {"intermediate too", 0x11, {0x20, 0x04}},
                          {"intermediate alone", 0x10, {0x20}}};
    REQUIRE(esme.bind() == CommandStatus::ok);
    REQUIRE(esme.submit(cici, "BERHENTI").status() == CommandStatus::ok);  // nothing but receipts from here on
    while (!esme.quiet_for(50ms)) esme.answer(esme.next(CommandId::deliver_sm));
    for (const auto& one : cases) {
        INFO(one.name);
        esme.ask_submit(cici, std::string("teks ") + one.name, one.registered);
        const auto answer = esme.next();
        REQUIRE(answer.answers(CommandId::submit_sm));
        for (const auto esm_class : one.classes) {
            const auto pdu = esme.next(CommandId::deliver_sm);
            esme.answer(pdu);
            const auto message = pdu.message();
            CHECK(message.esm_class == esm_class);
            CHECK(message.source.digits == "9840");
            CHECK(message.destination.digits == cici);
            const auto receipt = sms::parse_receipt(pdu.text());
            REQUIRE(receipt);
            CHECK(receipt->message_id == answer.message_id());
            const bool last = esm_class == 0x04;
            CHECK(receipt->state == (last ? sms::MessageState::delivered : sms::MessageState::enroute));
            CHECK(message.tlvs.u8(smpp::Tag::message_state) == (last ? 2 : 1));
            const auto id = message.tlvs.find(smpp::Tag::receipted_message_id);
            REQUIRE(id);
            CHECK(smpp::Tlvs(message.tlvs.raw()).count() == 2);
            CHECK(id->size() == answer.message_id().size() + 1);
        }
    }
    CHECK(esme.quiet_for(100ms));
}

TEST_CASE("M23: a receipt that is refused for now is told again, after a while", "[smpp][server][M23]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    CHECK(esme.submit(cici, "BERHENTI", 1).status() == CommandStatus::ok);
    Pdu receipt = esme.next(CommandId::deliver_sm);
    while (!receipt.message().receipt()) {
        esme.answer(receipt);
        receipt = esme.next(CommandId::deliver_sm);
    }
    const auto begun = std::chrono::steady_clock::now();
    esme.answer(receipt, CommandStatus::message_queue_full);
    auto again = esme.next(CommandId::deliver_sm);
    if (!again.message().receipt()) again = esme.next(CommandId::deliver_sm);  // after the reply
    CHECK(std::chrono::steady_clock::now() - begun >= 900ms);
    CHECK(again.text() == receipt.text());
}

TEST_CASE("M23: receipts go to a receiver of the account, wait for one, and carry no TLVs to SMPP 3.3",
          "[smpp][server][M23][B5]") {
    Listening listening;
    Esme mouth(listening), stranger(listening);
    REQUIRE(mouth.bind(BindKind::transmitter) == CommandStatus::ok);
    REQUIRE(stranger.bind(BindKind::receiver, "box2") == CommandStatus::ok);
    const auto id = mouth.submit(cici, "BERHENTI", 1).message_id();
    CHECK(mouth.quiet_for(50ms));
    Esme ear(listening);
    REQUIRE(ear.bind(BindKind::receiver, "box1", "secret1", 0x33) == CommandStatus::ok);
    const auto pdu = ear.next(CommandId::deliver_sm);
    CHECK(pdu.message().receipt());
    CHECK(pdu.message().tlvs.count() == 0);
    CHECK(pdu.text().find("id:" + id + " sub:001 dlvrd:001 submit date:") == 0);
    CHECK(pdu.text().find(" stat:DELIVRD err:000 text:") != std::string::npos);
    CHECK(pdu.text().find("BERHENTI") == std::string::npos);
    const auto next_receipt = [](Esme& esme) {
        auto next = esme.next(CommandId::deliver_sm);
        while (!next.message().receipt()) {
            esme.answer(next);  // the reply to the same message
            next = esme.next(CommandId::deliver_sm);
        }
        return next;
    };
    SECTION("one refused for now comes again, and at most three times") {
        ear.answer(pdu, CommandStatus::message_queue_full);
        ear.answer(next_receipt(ear), CommandStatus::message_queue_full);
        ear.answer(next_receipt(ear), CommandStatus::message_queue_full);
        CHECK(ear.quiet_for(100ms));
    }
    SECTION("one never answered goes to the next bind") {
        ear.hang_up();
        Esme next_ear(listening);
        REQUIRE(next_ear.bind(BindKind::transceiver) == CommandStatus::ok);
        CHECK(next_receipt(next_ear).text().find("id:" + id) == 0);
    }
}

TEST_CASE("M25, M26: what has no answer gets none, what is not offered is refused by its number",
          "[smpp][server][M25][M26][F8]") {
    Listening listening;
    Esme esme(listening);
    REQUIRE(esme.bind() == CommandStatus::ok);
    esme.say([](std::uint32_t sequence, auto& out) {
        smpp::encode_alert_notification({{1, 1, ani}, {0, 1, "9840"}, {}}, sequence, out);
    });
    std::vector<std::byte> broadcast;
    smpp::encode_header_only(0x111, CommandStatus::ok, 77, broadcast);
    esme.send(broadcast);
    const auto nack = esme.next();
    CHECK(nack.is(CommandId::generic_nack));
    CHECK(nack.status() == CommandStatus::invalid_command_id);
    CHECK(nack.header.sequence_number == 77);
    CHECK(esme.quiet_for(50ms));
}
