// The SMSC simulator's scenarios, octet by octet: what it is told to do wrong it does, and nothing else.
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <deque>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"
#include "protocol/sms/receipt.hpp"
#include "simulators/smsc.hpp"
#include "simulators/smsc_wire.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::sim {
namespace {

using namespace std::chrono_literals;
using Catch::Contains;
using Loop = net::asio::io_context;
using net::awaitable;
using smpp::CommandId;
using smpp::CommandStatus;
using test::limit;
using test::on_loop;
using test::Running;

std::string text_of(std::span<const std::byte> octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

SmscOptions options_with(const std::string& scenario) {
    SmscOptions options;
    options.listen = "127.0.0.1:0";
    options.retry_delay = 10ms;
    options.scenario = parse_scenario("title = \"test\"\n" + scenario);
    return options;
}

/// An ESME that sees each PDU as it is.
class Raw {
public:
    struct Pdu {
        smpp::Header header;
        std::vector<std::byte> body;
    };

    Raw(net::asio::io_context& loop, const Smsc& smsc) : socket_(loop) {
        const auto address = smsc.smpp_address();
        socket_.connect({net::asio::ip::make_address("127.0.0.1"),
                         static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)))});
    }

    awaitable<void> write(std::vector<std::byte> octets) {
        co_await net::asio::async_write(socket_, net::asio::buffer(octets), net::use_tuple);
    }

    /// The next PDU; empty when the peer closed, or said nothing for `silence`.
    awaitable<std::optional<Pdu>> next(std::chrono::milliseconds silence = limit) {
        for (;;) {
            const auto frame = frames_.next();
            REQUIRE(frame.has_value());
            if (*frame) co_return Pdu{(*frame)->header, {(*frame)->body.begin(), (*frame)->body.end()}};
            const auto space = frames_.writable();
            const auto read = co_await net::within(
                silence, socket_.async_read_some(net::asio::buffer(space.data(), space.size()), net::use_tuple));
            if (!read) co_return std::nullopt;
            const auto [error, size] = *read;
            ended_with = error;
            if (error) co_return std::nullopt;
            frames_.commit(size);
        }
    }

    /// The answer to a bind; empty as for next().
    awaitable<std::optional<Pdu>> bind(std::uint8_t version = 0x34, std::chrono::milliseconds silence = limit) {
        smpp::Bind pdu;
        pdu.system_id = "uji";
        pdu.interface_version = version;
        std::vector<std::byte> octets;
        encode_bind(smpp::BindKind::transceiver, pdu, 1, octets);
        co_await write(std::move(octets));
        co_return co_await next(silence);
    }

    awaitable<void> submit(std::uint32_t sequence, std::uint8_t ton = 1, std::uint8_t npi = 1,
                           std::uint8_t registered_delivery = 0) {
        smpp::ShortMessage message;
        message.destination = {.ton = ton, .npi = npi, .digits = "628400000001"};
        message.registered_delivery = registered_delivery;
        const std::string text = "Terima kasih.";
        message.short_message = std::as_bytes(std::span(text));
        std::vector<std::byte> octets;
        encode_short_message(CommandId::submit_sm, message, sequence, octets);
        co_await write(std::move(octets));
    }

    awaitable<Pdu> query(std::string_view id, std::uint32_t sequence) {
        smpp::QuerySm pdu;
        pdu.message_id = id;
        std::vector<std::byte> octets;
        encode_query_sm(pdu, sequence, octets);
        co_await write(std::move(octets));
        auto answer = co_await next();
        REQUIRE(answer.has_value());
        co_return std::move(*answer);
    }

    // No co_await inside a CHECK: it would be awaited twice.

    /// The next PDU is this.
    awaitable<Pdu> expect(std::uint32_t command_id, std::uint32_t status, std::optional<std::uint32_t> sequence = {}) {
        auto pdu = co_await next();
        REQUIRE(pdu.has_value());
        CHECK(smpp::command_name(pdu->header.command_id) == smpp::command_name(command_id));
        CHECK(pdu->header.command_status == status);
        if (sequence) CHECK(pdu->header.sequence_number == *sequence);
        co_return std::move(*pdu);
    }
    awaitable<Pdu> expect_submit_resp(std::uint32_t status = 0, std::optional<std::uint32_t> sequence = {}) {
        return expect(smpp::response_of(CommandId::submit_sm), status, sequence);
    }
    /// Nothing comes: the peer closes, or is silent so long.
    awaitable<void> expect_nothing(std::chrono::milliseconds silence = limit) {
        const auto pdu = co_await next(silence);
        CHECK_FALSE(pdu.has_value());
    }
    awaitable<void> expect_bind_resp(std::uint32_t status, std::uint8_t version = 0x34) {
        const auto pdu = co_await bind(version);
        REQUIRE(pdu.has_value());
        CHECK(pdu->header.command_status == status);
    }

    awaitable<void> expect_query_status(std::string_view id, std::uint32_t sequence, std::uint32_t status) {
        const auto pdu = co_await query(id, sequence);
        CHECK(pdu.header.command_status == status);
    }

    boost::system::error_code ended_with;

private:
    net::asio::ip::tcp::socket socket_;
    smpp::FrameBuffer frames_;
};

/// A body that must decode; views of its octets.
template <class Pdu>
Pdu good(const smpp::Decoded<Pdu>& decoded) {
    REQUIRE(decoded.has_value());
    return *decoded;
}

std::string id_of(const Raw::Pdu& pdu) {
    return std::string(good(smpp::decode_message_resp(pdu.body)).message_id);
}

/// Runs `body` against an SMSC that plays `scenario`.
void with_smsc(const std::string& scenario, const std::function<awaitable<void>(net::asio::io_context&, Smsc&)>& body) {
    on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Running<Smsc> smsc(loop, options_with(scenario));
        co_await body(loop, smsc.simulator);
        smsc.simulator.drop();
        co_await smsc.stop();
    });
}

}  // namespace

TEST_CASE("a scenario that is none is refused with its line", "[scenario]") {
    struct Case {
        const char* toml;
        const char* words;
    };
    for (const auto& one :
         std::vector<Case>{{"", "needs a title"},
                           {"title = 7", "title must be a text"},
                           {"title = \"t\"\nx = 1", "line 2: unknown key x"},
                           {"title = \"t\"\n[bind]\nversion = 1", "line 3: unknown key version"},
                           {"title = \"t\"\n[bind]\nversions = [300]", "whole number up to 255"},
                           {"title = \"t\"\n[bind]\nother_version = \"shout\"", "one of silent, refuse"},
                           {"title = \"t\"\n[submit]\nton_npi = [1]", "list of two numbers"},
                           {"title = \"t\"\n[submit]\nanswer_after = 5", "a duration such as"},
                           {"title = \"t\"\n[receipt]\nform = \"poem\"", "form is one of canonical"},
                           {"title = \"t\"\n[receipt]\nid = \"none\"", "a receipt's text has an id"},
                           {"title = \"t\"\n[receipt]\nstates = []", "states must be a list"},
                           {"title = \"t\"\n[[fault]]\nafter = 5", "after and then go together"},
                           {"title = \"t\"\n[[fault]]\nconnection = 5", "a fault has dribble"},
                           {"title = \"t\"\n[[step]]\nwithin = \"1s\"", "a step has deliver"},
                           {"title = \"t\"\n[[step]]\nhex = \"0\"", "an odd number of digits"},
                           {"title = \"t\"\n[[step]]\nthrottle = 0x58\nshare = 2.0", "share is a number from 0 to 1"},
                           {"title = \"t\"\n[[step]]\nwait_for = \"rain\"", "wait_for is one of"},
                           {"title = \"t\"\nstep = 5", "step is a list"},
                           {"title = ", "line 1"}}) {
        INFO(one.toml);
        CHECK_THROWS_WITH(parse_scenario(one.toml), Contains(one.words));
    }
}

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
    CHECK(spell_id(7, SubmitManners::Ids::decimal).spelt == "0000000007");
    CHECK(spell_id(7, SubmitManners::Ids::constant).spelt == spell_id(8, SubmitManners::Ids::constant).spelt);
}

TEST_CASE("a bad line lets octets through as it is told, in order, and ends when it is told", "[scenario][F1]") {
    std::vector<std::byte> pdus;
    for (std::uint32_t i = 1; i <= 4; ++i)
        encode_header_only(static_cast<std::uint32_t>(CommandId::enquire_link), CommandStatus::ok, i, pdus);
    const auto drain = [](Wire& wire, std::vector<std::size_t>& writes) {
        std::vector<std::byte> out;
        while (!wire.ready().empty()) {
            const auto some = wire.ready();
            writes.push_back(some.size());
            out.insert(out.end(), some.begin(), some.end());
            wire.written(some.size());
        }
        return out;
    };
    for (const std::size_t dribble : {0, 1, 7}) {
        for (const std::size_t after : {0, 1, 17, 63, 64}) {
            Manners manners;
            manners.faults.push_back({.connection = 2, .dribble = dribble, .after = after, .then = Cut::reset});
            Wire spared(manners, 1), hit(manners, 2);
            std::vector<std::size_t> writes;
            spared.take(pdus);
            CHECK(drain(spared, writes) == pdus);
            CHECK_FALSE(spared.cut());
            writes.clear();
            hit.take(pdus);
            const auto out = drain(hit, writes);
            CHECK(out == std::vector<std::byte>(pdus.begin(), pdus.begin() + static_cast<std::ptrdiff_t>(after)));
            for (const auto size : writes) CHECK((dribble == 0 || size <= dribble));
            CHECK(hit.cut() == Cut::reset);
            CHECK_FALSE(hit.holds());
        }
    }
}

TEST_CASE("binds are refused with the status asked for, so often, or left without an answer", "[scenario][B4][B5]") {
    with_smsc("[bind]\nstatus = 0x53\nrefuse_first = 2", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        for (int i = 0; i < 2; ++i) {
            Raw refused(loop, smsc);
            co_await refused.expect_bind_resp(0x53);
            co_await refused.expect_nothing();
            CHECK(refused.ended_with == net::asio::error::eof);
        }
        Raw bound(loop, smsc);
        co_await bound.expect_bind_resp(0);
        CHECK(smsc.counts().binds_refused == 2);
    });
    with_smsc("[bind]\nversions = [0x34]\nother_version = \"silent\"", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw other(loop, smsc);
        const auto ignored = co_await other.bind(0x50, 100ms);
        CHECK_FALSE(ignored.has_value());
        CHECK_FALSE(other.ended_with);  // and left open
        Raw right(loop, smsc);
        co_await right.expect_bind_resp(0);
        CHECK(smsc.counts().binds_ignored == 1);
    });
    with_smsc("[bind]\nversions = [0x33]", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw other(loop, smsc);
        co_await other.expect_bind_resp(0x08);
    });
}

TEST_CASE("bind_resp says its version, another, nothing, or two octets of it", "[scenario][B5][B6][B7]") {
    struct Case {
        const char* scenario;
        std::vector<std::byte> value;
    };
    for (const auto& one :
         std::vector<Case>{{"", {std::byte{0x34}}},
                           {"[bind]\nsays_version = 0x50", {std::byte{0x50}}},
                           {"[bind]\nsays_version = \"nothing\"", {}},
                           {"[bind]\nsays_version = \"two octets\"", {std::byte{0}, std::byte{0x34}}}}) {
        with_smsc(one.scenario, [&one](Loop& loop, Smsc& smsc) -> awaitable<void> {
            Raw esme(loop, smsc);
            const auto answer = co_await esme.bind();
            REQUIRE(answer.has_value());
            const auto pdu = good(smpp::decode_bind_resp(answer->body));
            CHECK(pdu.system_id == "jejak-sim");
            const auto value = pdu.tlvs.find(smpp::Tag::sc_interface_version);
            CHECK(value.has_value() == !one.value.empty());
            if (value) CHECK(std::vector<std::byte>(value->begin(), value->end()) == one.value);
        });
    }
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

TEST_CASE("a strict SMSC says which of TON and NPI it does not take", "[scenario]") {
    with_smsc("[submit]\nton_npi = [1, 1]\nids = \"constant\"", [](Loop& loop, Smsc& smsc) -> awaitable<void> {
        Raw esme(loop, smsc);
        co_await esme.bind();
        co_await esme.submit(2, 0, 1);
        co_await esme.expect_submit_resp(0x50);
        co_await esme.submit(3, 1, 0);
        co_await esme.expect_submit_resp(0x51);
        co_await esme.submit(4);
        const auto answer = co_await esme.expect_submit_resp();
        CHECK(id_of(answer) == "msg_id_not_implemented");
        CHECK(smsc.counts().submits == 1);
    });
}

TEST_CASE("congestion_state is in each submit_sm_resp from its step on", "[scenario][B20]") {
    with_smsc("[[step]]\ncongestion = 95\n[[step]]\nwait_for = \"submits\"\n[[step]]\ncongestion = 0",
              [](Loop& loop, Smsc& smsc) -> awaitable<void> {
                  Raw esme(loop, smsc);
                  co_await esme.bind();
                  co_await esme.submit(2);
                  const auto answer = co_await esme.expect_submit_resp();
                  const auto pdu = good(smpp::decode_message_resp(answer.body));
                  CHECK_FALSE(pdu.message_id.empty());
                  CHECK(pdu.tlvs.u8(smpp::Tag::congestion_state) == std::uint8_t{95});
                  while (!smsc.scenario_over()) co_await esme.expect_nothing(5ms);
                  co_await esme.submit(3);
                  const auto later = co_await esme.expect_submit_resp();
                  CHECK(good(smpp::decode_message_resp(later.body)).tlvs.count() == 0);
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

TEST_CASE("a line ends as it is told: closed, reset, or without a sign", "[scenario][F15]") {
    struct Case {
        const char* how;
        bool ends, resets;
    };
    for (const auto& one : std::vector<Case>{
             {"close", true, false}, {"reset", true, true}, {"half_open", false, false}, {"silence", false, false}}) {
        const auto scenario =
            std::string("[[step]]\nwait_for = \"bound\"\n[[step]]\ncut = \"") + one.how + "\"\nlasts = \"200ms\"";
        with_smsc(scenario, [&one](Loop& loop, Smsc& smsc) -> awaitable<void> {
            INFO(one.how);
            Raw esme(loop, smsc);
            co_await esme.bind();
            co_await esme.expect_nothing(one.ends ? std::chrono::milliseconds(limit) : 100ms);
            CHECK((esme.ended_with == boost::system::error_code()) == !one.ends);
            if (one.resets) CHECK(esme.ended_with == net::asio::error::connection_reset);
            if (!one.ends) co_await esme.expect_nothing();  // reset in the end
            CHECK(esme.ended_with);
            CHECK(smsc.sessions_bound() == 0);
            CHECK(smsc.counts().cuts == 1);
        });
    }
}

TEST_CASE("a throttle ends by itself, and a step that does not come to pass ends the scenario", "[scenario][B18]") {
    with_smsc("[[step]]\nthrottle = 0x14\nsubmits = 2\n[[step]]\nwait_for = \"queries\"\nwithin = \"300ms\"",
              [](Loop& loop, Smsc& smsc) -> awaitable<void> {
                  Raw esme(loop, smsc);
                  co_await esme.bind();
                  for (std::uint32_t i = 2; i <= 4; ++i) {
                      co_await esme.submit(i);
                      co_await esme.expect_submit_resp(i < 4 ? 0x14 : 0);
                  }
                  while (!smsc.scenario_over()) co_await esme.expect_nothing(5ms);
                  CHECK(smsc.scenario_fault() == "line 5: did not come to pass in 300 ms");
                  const auto report = smsc.report();
                  CHECK(report.at("scenario").at("done").as_uint64() == 1);
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
