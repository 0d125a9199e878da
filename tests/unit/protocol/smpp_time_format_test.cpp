#include <catch2/catch.hpp>

#include "protocol/smpp/time_format.hpp"

using namespace jejak::smpp;
using jejak::from_rfc3339;
using jejak::to_rfc3339;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Kind = TimeField::Kind;

namespace {

jejak::WallTime at(std::string_view text) {
    return *from_rfc3339(text);
}

const auto now = at("2025-09-12T14:10:00Z");

}  // namespace

TEST_CASE("M22: an absolute time is a moment, whatever its offset", "[M22]") {
    struct Row {
        const char* text;
        const char* moment;
    };
    const auto row = GENERATE(values<Row>({
        {"251211090100000+", "2025-12-11T09:01:00Z"},
        {"250912211000028+", "2025-09-12T14:10:00Z"},  // +07:00
        {"250912091000020-", "2025-09-12T14:10:00Z"},  // -05:00
        {"250912021000048-", "2025-09-12T14:10:00Z"},
        {"250913021000048+", "2025-09-12T14:10:00Z"},
        {"250912195500023+", "2025-09-12T14:10:00Z"},  // +05:45
        {"240229000000000+", "2024-02-29T00:00:00Z"},
        {"991231235959000+", "1999-12-31T23:59:59Z"},
        {"740101000000000+", "2074-01-01T00:00:00Z"},  // 49 years on
        {"760101000000000+", "1976-01-01T00:00:00Z"},  // 49 years back
        {"000101000000000-", "2000-01-01T00:00:00Z"},
    }));
    CAPTURE(row.text);
    const auto field = parse_time(row.text, now);
    REQUIRE(field.has_value());
    CHECK(field->kind == Kind::absolute);
    CHECK(to_rfc3339(field->moment) == row.moment);
    CHECK(well_formed_time(row.text));
}

TEST_CASE("M22: tenths of a second count", "[M22]") {
    CHECK(parse_time("250912141000900+", now)->moment == now + 900ms);
}

TEST_CASE("M22: a relative time is counted from now, years and months by the calendar", "[M22]") {
    struct Row {
        const char* text;
        const char* moment;
    };
    const auto row = GENERATE(values<Row>({
        {"000000000000000R", "2025-09-12T14:10:00Z"},
        {"000000001000000R", "2025-09-12T14:20:00Z"},
        {"000000990000000R", "2025-09-16T17:10:00Z"},  // peers write days as hours
        {"020610233429000R", "2028-03-23T13:44:29Z"},  // the specification's: 2 years, 6 months, 10 days, 23:34:29
        {"000100000000000R", "2025-10-12T14:10:00Z"},
        {"001300000000000R", "2026-10-12T14:10:00Z"},
        {"990000000000000R", "2124-09-12T14:10:00Z"},
    }));
    CAPTURE(row.text);
    const auto field = parse_time(row.text, now);
    REQUIRE(field.has_value());
    CHECK(field->kind == Kind::relative);
    CHECK(to_rfc3339(field->moment) == row.moment);
}

TEST_CASE("M22: a month from the 31st ends on the last day of the next", "[M22]") {
    CHECK(to_rfc3339(parse_time("000100000000000R", at("2025-01-31T10:00:00Z"))->moment) == "2025-02-28T10:00:00Z");
    CHECK(to_rfc3339(parse_time("010000000000000R", at("2024-02-29T10:00:00Z"))->moment) == "2025-02-28T10:00:00Z");
}

TEST_CASE("M22: an empty time is none", "[M22]") {
    const auto field = parse_time("", now);
    REQUIRE(field.has_value());
    CHECK(field->kind == Kind::none);
    CHECK(well_formed_time(""));
}

TEST_CASE("M21, M22: what is no time is none", "[M21][M22]") {
    const auto text =
        GENERATE(as<std::string>(), "2512110901000000+",  // 17 characters
                 "25121109010000+", "251211090100000", "251211090100000 ", "251211090100000r",
                 "251311090100000+",  // month 13
                 "250011090100000+",  // month 0
                 "251232090100000+",  // day 32
                 "251200090100000+",  // day 0
                 "250229090100000+",  // no leap year
                 "251131090100000+",  // no 31st
                 "251211240100000+",  // hour 24
                 "251211096000000+",  // minute 60
                 "251211090160000+",  // second 60
                 "251211090100049+",  // nn 49
                 "251211090100099-",  // nn 99
                 "000000001000001R",  // a relative time has no offset
                 "000000001000100R",  // and no tenths
                 "00000000100000xR", "+25121109010000+", "2512-1090100000+", "               +", "tomorrow");
    CAPTURE(text);
    CHECK_FALSE(parse_time(text, now));
    CHECK_FALSE(well_formed_time(text));
}

TEST_CASE("M22: a moment is written with its offset and read back", "[M22]") {
    CHECK(format_absolute_time(at("2025-12-11T09:01:00Z")) == "251211090100000+");
    CHECK(format_absolute_time(now, 7h) == "250912211000028+");
    CHECK(format_absolute_time(now, -5h) == "250912091000020-");
    CHECK(format_absolute_time(now + 950ms, 12h) == "250913021000948+");
    CHECK(format_absolute_time(at("1970-01-01T00:00:00Z"), -15min) == "691231234500001-");
    for (int quarters = -48; quarters <= 48; ++quarters) {
        const auto text = format_absolute_time(now, 15min * quarters);
        CHECK(parse_time(text, now)->moment == now);
    }
}

TEST_CASE("M22: a distance is written in days and less, rounded up, at least a second and at most 31 days", "[M22]") {
    CHECK(format_relative_time(10min) == "000000001000000R");
    CHECK(format_relative_time(1ms) == "000000000001000R");
    CHECK(format_relative_time(-5s) == "000000000001000R");
    CHECK(format_relative_time(1'001ms) == "000000000002000R");
    CHECK(format_relative_time(1h) == "000000010000000R");
    CHECK(format_relative_time(99h) == "000004030000000R");
    CHECK(format_relative_time(500h) == "000020200000000R");
    CHECK(format_relative_time(24h * 365) == "000031000000000R");
    for (const auto distance : {1s, 59s, 3'600s, 86'399s, 86'400s, 2'678'400s}) {
        CHECK(parse_time(format_relative_time(distance), now)->moment == now + distance);
    }
}
