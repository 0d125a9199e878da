#include "protocol/time.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "tests/support/octets.hpp"

using jejak::from_ms;
using jejak::from_rfc3339;
using jejak::to_ms;
using jejak::to_rfc3339;
using jejak::WallTime;
using jejak::tests::ExactText;
using std::chrono::minutes;

TEST_CASE("a moment is written with its offset, or Z") {
    struct Row {
        std::int64_t ms;
        int offset;
        std::string text;
    };
    const auto row = GENERATE(values<Row>({
        {0, 0, "1970-01-01T00:00:00Z"},
        {1757686200000, 420, "2025-09-12T21:10:00+07:00"},
        {1757686200000, 480, "2025-09-12T22:10:00+08:00"},
        {1757686200999, 0, "2025-09-12T14:10:00Z"},
        {-1, 0, "1969-12-31T23:59:59Z"},
        {1709164800000, -210, "2024-02-28T20:30:00-03:30"},
        {951782400000, 1439, "2000-02-29T23:59:00+23:59"},
        {253402300799999, 0, "9999-12-31T23:59:59Z"},
        {253402300799999, 420, "9999-12-31T23:59:59+07:00"},
        {std::numeric_limits<std::int64_t>::max(), 0, "9999-12-31T23:59:59Z"},
        {std::numeric_limits<std::int64_t>::min(), 0, "0000-01-01T00:00:00Z"},
    }));
    CHECK(to_rfc3339(from_ms(row.ms), minutes(row.offset)) == row.text);
}

TEST_CASE("a moment is read in every spelling of RFC 3339") {
    struct Row {
        std::string text;
        std::int64_t ms;
    };
    const auto row = GENERATE(values<Row>({
        {"2025-09-12T21:10:00+07:00", 1757686200000},
        {"2025-09-12T21:10+07:00", 1757686200000},
        {"2025-09-12 21:10:00+07:00", 1757686200000},
        {"2025-09-12t14:10:00z", 1757686200000},
        {"2025-09-12T14:10Z", 1757686200000},
        {"2025-09-12T14:10:00-00:00", 1757686200000},
        {"2025-09-12T21:10:00+0700", 1757686200000},
        {"2016-10-06T09:28:39.220+0000", 1475746119220},
        {"2025-09-12T14:10:00.5Z", 1757686200500},
        {"2025-09-12T14:10:00.05Z", 1757686200050},
        {"2025-09-12T14:10:00.1239999999999999999999Z", 1757686200123},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"2017-01-01T06:59:60+07:00", 1483228800000},
        {"0000-01-01T00:00:00Z", -62167219200000},
        {"9999-12-31T23:59:59Z", 253402300799000},
    }));
    CAPTURE(row.text);
    const auto moment = from_rfc3339(ExactText(row.text));
    REQUIRE(moment);
    CHECK(to_ms(*moment) == row.ms);
}

TEST_CASE("what is no moment is refused") {
    const auto text =
        GENERATE(as<std::string>(), "", "2025", "2025-09-12", "2025-09-12T21:10:00", "2025-09-12T21:10",
                 "2025-09-12T21:10:00+7", "2025-09-12T21:10:00+07", "2025-09-12T21:10:00+07:0",
                 "2025-09-12T21:10:00+07:00 ", " 2025-09-12T21:10:00+07:00", "2025-13-12T21:10:00Z",
                 "2025-00-12T21:10:00Z", "2025-09-31T21:10:00Z", "2025-02-29T21:10:00Z", "2025-09-12T24:00:00Z",
                 "2025-09-12T21:60:00Z", "2025-09-12T21:10:61Z", "2025-09-12T12:10:60Z", "2025-09-12T21:10:00.Z",
                 "2025-09-12T21:10:00+24:00", "2025-09-12T21:10:00+07:60", "2025-09-12T21:10:00X",
                 "2025-9-12T21:10:00Z", "-025-09-12T21:10:00Z", "2025-09-12T21.10.00Z", "20250912T211000Z");
    CAPTURE(text);
    CHECK_FALSE(from_rfc3339(ExactText(text)));
}

TEST_CASE("no prefix of a moment reads beyond its end") {
    const std::string whole = "2025-09-12T21:10:00.123+07:00";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(from_rfc3339(ExactText(whole.substr(0, size))));
    }
}

TEST_CASE("every second written with any offset is read back") {
    std::mt19937_64 random(3339);
    std::uniform_int_distribution<std::int64_t> seconds(-62167132800, 253402214399);
    std::uniform_int_distribution<int> offsets(-1439, 1439);
    for (int i = 0; i < 20'000; ++i) {
        const auto moment = from_ms(seconds(random) * 1000);
        const auto text = to_rfc3339(moment, minutes(offsets(random)));
        CAPTURE(text);
        REQUIRE(from_rfc3339(text) == moment);
    }
}
