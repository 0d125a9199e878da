#include <catch2/catch.hpp>

#include "gateway/casework/quiet_hours.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using casework::parse_quiet_hours;
using casework::QuietHours;

TEST_CASE("quiet hours are two different times of the day", "[casework][night]") {
    CHECK(parse_quiet_hours("21:00-05:00") == QuietHours{21h, 5h});
    CHECK(parse_quiet_hours("00:30-23:59") == QuietHours{30min, 23h + 59min});
    for (const auto* wrong : {"", "21-5", "21:00-21:00", "24:00-05:00", "21:60-05:00", "21:00 05:00", "2l:00-05:00",
                              "21:00-05:00 ", "21.00-05.00", "-1:00-05:00"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_quiet_hours(wrong));
    }
}

TEST_CASE("quiet hours hold by the clock of whoever is answered, over midnight too", "[casework][night]") {
    struct Row {
        const char* hours;
        const char* at;
        std::chrono::minutes offset;
        bool held;
    };
    for (const auto& row : {Row{"21:00-05:00", "2025-09-12T20:59:59+07:00", 7h, false},
                            {"21:00-05:00", "2025-09-12T21:00:00+07:00", 7h, true},
                            {"21:00-05:00", "2025-09-12T20:10:00+07:00", 8h, true},
                            {"21:00-05:00", "2025-09-13T04:59:59+07:00", 7h, true},
                            {"21:00-05:00", "2025-09-13T05:00:00+07:00", 7h, false},
                            {"12:00-13:00", "2025-09-13T12:30:00+07:00", 7h, true},
                            {"12:00-13:00", "2025-09-13T00:30:00+07:00", 7h, false}}) {
        CAPTURE(row.hours, row.at);
        CHECK(parse_quiet_hours(row.hours)->hold(*from_rfc3339(row.at), row.offset) == row.held);
    }
    CHECK_FALSE(QuietHours{}.hold(*from_rfc3339("2025-09-13T00:00:00+07:00"), 7h));
}
