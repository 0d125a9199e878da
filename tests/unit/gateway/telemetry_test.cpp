#include "gateway/telemetry.hpp"

#include <catch2/catch.hpp>

#include "gateway/casework/decide.hpp"
#include "gateway/channel/odd_pdus.hpp"

using namespace jejak;

TEST_CASE("every reason for which a reply is withheld has a name and a count of its own", "[telemetry]") {
    Telemetry telemetry;
    for (int i = 0; i <= static_cast<int>(casework::Withheld::country); ++i) {
        for (int times = 0; times <= i; ++times) {
            telemetry.reply_withheld(to_string(static_cast<casework::Withheld>(i)));
        }
    }
    const auto text = telemetry.render({}, true, {}, {});
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"silent_channel\"} 2\n"));
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"opted_out\"} 6\n"));
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"night\"} 12\n"));
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"prefix_budget\"} 14\n"));
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"country\"} 16\n"));
}

TEST_CASE("F7, F8, F9, F10: what a peer should not have sent is counted by channel and kind, once",
          "[telemetry][F7][F8][F9][F10]") {
    Telemetry telemetry;
    channel::OddPdus odd;
    smpp::Session::Counts counts;
    odd.tell(counts, "operator", telemetry);
    CHECK_THAT(telemetry.render({}, true, {}, {}), !Catch::Contains("jejak_smpp_odd_pdus_total{"));
    counts.nacks_in = 1;
    counts.unsolicited_responses = 2;
    counts.trailing = 3;
    odd.tell(counts, "operator", telemetry);
    odd.tell(counts, "operator", telemetry);
    counts.unsolicited_responses = 7;
    counts.unknown_commands = 4;
    odd.tell(counts, "operator", telemetry);
    channel::OddPdus another;
    another.tell(counts, "operator", telemetry);
    const auto text = telemetry.render({}, true, {}, {});
    CHECK_THAT(text, Catch::Contains("jejak_smpp_odd_pdus_total{channel=\"operator\",kind=\"nacks\"} 2\n"));
    CHECK_THAT(text, Catch::Contains("jejak_smpp_odd_pdus_total{channel=\"operator\",kind=\"unsolicited\"} 14\n"));
    CHECK_THAT(text, Catch::Contains("jejak_smpp_odd_pdus_total{channel=\"operator\",kind=\"trailing\"} 6\n"));
    CHECK_THAT(text, Catch::Contains("jejak_smpp_odd_pdus_total{channel=\"operator\",kind=\"unknown\"} 8\n"));
    CHECK(channel::OddPdus::words(counts) == "nacks=1 unsolicited=7 unknown=4 ignored=0 refused=0 trailing=3");
}
