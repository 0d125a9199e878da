// The SMSC simulator's scenarios, octet by octet: what it tells of messages it took: receipts, query_sm, failures.
#include <catch2/catch.hpp>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/receipt.hpp"
#include "tests/support/raw_esme.hpp"

namespace jejak::sim {

using namespace std::chrono_literals;
using namespace testing;
using Catch::Contains;
using Loop = net::asio::io_context;

TEST_CASE("receipts are spelt in every flavour, and the reader of the gateway finds id and state in each",
          "[scenario][D1][D2][D3][D4][D5][D8]") {
    using Form = ReceiptManners::Form;
    using Id = ReceiptManners::Id;
    struct Case {
        Form form;
        Id id;
        const char* text;
    };
    const auto hex = spell_id(436'949, SubmitManners::Ids::hex);
    CHECK(hex.spelt == "6aad5");
    const std::string when = "2511210900";
    for (const auto& one : std::vector<Case>{
             {Form::canonical, Id::same,
              "id:6aad5 sub:001 dlvrd:001 submit date:2511210900 done date:2511210900 stat:DELIVRD err:000 text:"},
             {Form::canonical, Id::decimal,
              "id:0000436949 sub:001 dlvrd:001 submit date:2511210900 done date:2511210900 stat:DELIVRD err:000 text:"},
             {Form::bare, Id::no_zeros, "id:436949 stat:DELIVRD"},
             {Form::comma, Id::upper,
              "id:0006AAD5,sub:001,dlvrd:001,submit date:2511210900,done date:2511210900,stat:DELIVRD,err:000,text:"},
             {Form::loud, Id::hex, "STAT: DELIVRD  ERR: 000  ID: 6aad5  DONE DATE: 251121090059 Text: -"},
             {Form::parameters, Id::same, ""}}) {
        ReceiptManners manners;
        manners.form = one.form;
        manners.id = one.id;
        const auto receipts = write_receipts(hex, manners, when);
        REQUIRE(receipts.size() == 1);
        CHECK(text_of(receipts[0].octets) == one.text);
        CHECK(receipts[0].esm_class == 0x04);
        const smpp::Tlvs tlvs(receipts[0].tlvs);
        CHECK(text_of(tlvs.find(smpp::Tag::receipted_message_id).value()) == std::string("6aad5\0", 6));
        CHECK(tlvs.u8(smpp::Tag::message_state) == std::uint8_t{2});
        if (one.form == Form::parameters) continue;
        const auto read = sms::parse_receipt(text_of(receipts[0].octets));
        REQUIRE(read);
        CHECK(read->message_id == spell_id(hex, one.id));
        CHECK(read->state == sms::MessageState::delivered);
    }

    const auto packed = write_receipts(hex, {}, when, 1, true).at(0).octets;
    CHECK(sms::gsm7::decode(sms::gsm7::unpack_uncounted(packed)) ==
          "id:6aad5 sub:001 dlvrd:001 submit date:2511210900 done date:2511210900 stat:DELIVRD err:000 text:");

    ReceiptManners many;
    many.form = Form::payload;
    many.states = {"EXPIRED", "DELIVRD"};
    many.times = 2;
    many.parameter_id = Id::none;
    const auto receipts = write_receipts(hex, many, when);
    REQUIRE(receipts.size() == 4);
    CHECK(receipts[0].octets.empty());
    const auto payload = smpp::Tlvs(receipts[0].tlvs).find(smpp::Tag::message_payload);
    REQUIRE(payload);
    CHECK_THAT(text_of(*payload), Contains("stat:EXPIRED err:021"));
    CHECK(receipts[1].tlvs == receipts[0].tlvs);
    CHECK(receipts[2].tlvs == receipts[3].tlvs);
    ReceiptManners odd;
    odd.states = {"ENROUTE", "UNDELIV"};
    odd.esm_class = 0;
    odd.intermediate = ReceiptManners::Intermediate::asked;
    odd.network_error = {3, 0x0122};
    constexpr std::uint8_t with_intermediate = 0x11;
    const auto unmarked = write_receipts(hex, odd, when, with_intermediate);
    REQUIRE(unmarked.size() == 2);
    CHECK(unmarked[0].esm_class == 0x20);
    CHECK(unmarked[1].esm_class == 0);
    const auto error = smpp::Tlvs(unmarked[1].tlvs).find(smpp::Tag::network_error_code);
    REQUIRE(error);
    CHECK(std::vector<std::byte>(error->begin(), error->end()) ==
          std::vector{std::byte{3}, std::byte{1}, std::byte{0x22}});
    CHECK(write_receipts(hex, odd, when).size() == 1);  // nobody asked what is on the way

    CHECK(spell_id(7, SubmitManners::Ids::decimal).spelt == "0000000007");
    CHECK(spell_id(7, SubmitManners::Ids::constant).spelt == spell_id(8, SubmitManners::Ids::constant).spelt);
}

TEST_CASE("receipts tell the outcomes that registered_delivery asks for", "[scenario][D1]") {
    struct Case {
        std::uint8_t registered_delivery;
        bool delivered, failed;
    };
    for (const auto& one : std::vector<Case>{
             {0, false, false}, {1, true, true}, {2, false, true}, {3, true, false}, {0x10, false, false}}) {
        for (const auto* state : {"DELIVRD", "UNDELIV"}) {
            CAPTURE(one.registered_delivery, state);
            ReceiptManners manners;
            manners.states = {state};
            const auto receipts =
                write_receipts(spell_id(7, SubmitManners::Ids::hex), manners, "2511210900", one.registered_delivery);
            CHECK(receipts.empty() == !(state == std::string_view("DELIVRD") ? one.delivered : one.failed));
        }
    }
    with_smsc("[receipt]\nstates = [\"EXPIRED\"]", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        co_await esme.submit(2, 1, 1, 3);  // of success only: there is none
        co_await esme.expect_submit_resp(0, 2);
        co_await esme.submit(3, 1, 1, 2);
        co_await esme.expect_submit_resp(0, 3);
        const auto receipt = co_await esme.expect(static_cast<std::uint32_t>(CommandId::deliver_sm), 0);
        const auto pdu = good(smpp::decode_short_message(CommandId::deliver_sm, receipt.body));
        CHECK_THAT(text_of(pdu.short_message), Contains("stat:EXPIRED"));
    });
}

TEST_CASE("query_sm is answered with the state, refused, or not known", "[scenario][M20]") {
    with_smsc("[submit]\nids = \"decimal\"\n[receipt]\nstates = [\"UNDELIV\"]",
              [](Loop& loop, Smsc& smsc) -> awaitable<void> {
                  Raw esme(loop, smsc);
                  co_await esme.bind();
                  co_await esme.submit(2);
                  const auto id = id_of(co_await esme.expect_submit_resp());
                  CHECK(id.size() == 10);
                  const auto answer = co_await esme.query(id, 3);
                  const auto pdu = good(smpp::decode_query_sm_resp(answer.body));
                  CHECK(pdu.message_id == id);
                  CHECK(pdu.message_state == 5);
                  CHECK(pdu.final_date.size() == 16);
                  co_await esme.expect_query_status("0", 4, 0x67);
              });
    with_smsc("[receipt]\nafter = \"10s\"", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        co_await esme.submit(2);
        const auto id = id_of(co_await esme.expect_submit_resp());
        const auto answer = co_await esme.query(id, 3);
        CHECK(good(smpp::decode_query_sm_resp(answer.body)).message_state == 1);  // en route
    });
    with_smsc("[submit]\nquery = \"fails\"", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        co_await esme.submit(2);
        const auto id = id_of(co_await esme.expect_submit_resp());
        co_await esme.expect_query_status(id, 3, 0x67);
    });
    with_smsc("[submit]\nquery = \"unknown\"", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        co_await esme.expect_query_status("1", 2, 0x03);
    });
}

TEST_CASE("query_sm finds a message by the reference it came with, and none that was lost", "[scenario][M20][B15]") {
    with_smsc("[submit]\nlost_first = 1\nquery = \"by_reference\"", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        for (std::uint16_t reference = 7; reference < 9; ++reference)
            co_await esme.submit(reference, 1, 1, 0, reference);
        const auto id = id_of(co_await esme.expect_submit_resp(0, 8));
        co_await esme.expect_query_status("7", 9, 0x67);
        const auto answer = co_await esme.query("8", 10);
        CHECK(good(smpp::decode_query_sm_resp(answer.body)).message_id == id);
        CHECK(smsc.counts().lost == 1);
        CHECK(smsc.counts().submits == 1);
    });
}

TEST_CASE("a receipt overtakes its answer, and an answer may never come", "[scenario][D6][B15]") {
    with_smsc("[receipt]\nbefore_answer = true", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        co_await esme.submit(2, 1, 1, 1);
        co_await esme.expect(static_cast<std::uint32_t>(CommandId::deliver_sm), 0);
        co_await esme.expect_submit_resp();
    });
    with_smsc("[submit]\nunanswered_every = 2", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        for (std::uint32_t i = 2; i <= 5; ++i) co_await esme.submit(i);
        co_await esme.expect_submit_resp(0, 2);
        co_await esme.expect_submit_resp(0, 4);
        co_await esme.expect_nothing(50ms);
        CHECK(smsc.counts().submits == 4);
        CHECK(smsc.counts().unanswered == 2);
    });
}

TEST_CASE("submit_multi goes to each address, and lists are refused one by one", "[scenario][M19]") {
    with_smsc("", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        std::vector<std::byte> destinations, octets;
        smpp::MultiDestination one;
        one.address = {.ton = 1, .npi = 1, .digits = "628400000001"};
        append_item(one, destinations);
        one.flag = 2;
        one.list = "desa";
        append_item(one, destinations);
        smpp::SubmitMulti multi;
        multi.destinations = {destinations, 2};
        encode_submit_multi(multi, 2, octets);
        co_await esme.write(std::move(octets));
        const auto answer = co_await esme.expect(smpp::response_of(CommandId::submit_multi), 0);
        const auto resp = good(smpp::decode_submit_multi_resp(answer.body));
        CHECK_FALSE(resp.message_id.empty());
        CHECK(resp.failed.count() == 1);
        CHECK((*resp.failed.begin()).status == CommandStatus::invalid_list_name);
        CHECK(smsc.submitted().list().size() == 1);
    });
}

}  // namespace jejak::sim
