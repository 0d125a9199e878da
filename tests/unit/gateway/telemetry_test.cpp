#include "gateway/telemetry.hpp"

#include <catch2/catch.hpp>

#include "gateway/casework/decide.hpp"

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
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"prefix_budget\"} 13\n"));
    CHECK_THAT(text, Catch::Contains("jejak_replies_withheld_total{reason=\"country\"} 15\n"));
}
