// The SMSC simulator's scenarios, octet by octet: what it is told to do wrong it does, and nothing else.
#include <catch2/catch.hpp>

#include "simulators/smsc_wire.hpp"
#include "tests/support/raw_esme.hpp"

namespace jejak::sim {

using namespace std::chrono_literals;
using namespace testing;
using Catch::Contains;
using Loop = net::asio::io_context;

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

TEST_CASE("who goes on sending after a refusal that he must have heard is hurried", "[scenario][B18]") {
    with_smsc(
        "[submit]\nquiet_refused = \"10s\"\n[[step]]\nthrottle = 0x58\nsubmits = 1\n"
        "[[step]]\nwait_for = \"throttled\"\n[[step]]\ndeliver = \"LAPOR\"",
        [](Loop& loop, Smsc& smsc) -> awaitable<void> {
            Raw esme(loop, smsc);
            co_await esme.bind();
            co_await esme.submit(2);
            co_await esme.submit(3);  // on its way already when the refusal leaves
            co_await esme.expect_submit_resp(0x58, 2);
            std::optional<std::uint32_t> text, taken;  // sequence numbers, in whatever order the two come
            for (int i = 0; i < 2; ++i) {
                const auto pdu = co_await esme.next();
                REQUIRE(pdu.has_value());
                CHECK(pdu->header.command_status == 0);
                const bool asked = pdu->header.command_id == static_cast<std::uint32_t>(CommandId::deliver_sm);
                (asked ? text : taken) = pdu->header.sequence_number;
            }
            REQUIRE(text.has_value());
            CHECK(taken == 3U);
            std::vector<std::byte> octets;
            encode_message_resp(CommandId::deliver_sm, CommandStatus::ok, "", *text, octets);
            co_await esme.write(std::move(octets));
            co_await esme.submit(4);
            co_await esme.expect_submit_resp(0, 4);
            CHECK(smsc.counts().pauses == 1);
            CHECK(smsc.counts().hurried == 1);
        });
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

}  // namespace jejak::sim
