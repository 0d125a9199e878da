#include <catch2/catch.hpp>

#include "gateway/dispatch/schedule.hpp"

using namespace jejak::dispatch;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono::milliseconds;

TEST_CASE("retries follow one another as stated, then every six hours until seven days have passed", "[dispatch]") {
    const RetrySchedule schedule;
    const double no_jitter = 0.5;
    const milliseconds stated[] = {5s, 30s, 2min, 5min, 15min, 30min, 1h, 2h, 4h, 6h, 6h};
    unsigned failures = 0;
    for (const auto& expected : stated) CHECK(retry_delay(++failures, no_jitter, schedule) == expected);

    milliseconds at{0};
    unsigned attempts = 1;
    for (failures = 1;; ++failures, ++attempts) {
        const auto delay = retry_delay(failures, no_jitter, schedule);
        if (!delay) break;
        at += *delay;
    }
    CHECK(attempts == 36);
    CHECK(at <= 7 * 24h);
    CHECK(at > 7 * 24h - 6h);
    CHECK_FALSE(retry_delay(failures + 1, no_jitter, schedule));
}

TEST_CASE("jitter shifts a delay by a fifth at most, either way", "[dispatch]") {
    const RetrySchedule schedule;
    for (unsigned failures = 1; failures < 36; ++failures) {
        const auto middle = *retry_delay(failures, 0.5, schedule);
        for (const double random : {0.0, 0.25, 0.75, 0.999'999}) {
            const auto delay = *retry_delay(failures, random, schedule);
            CHECK(delay >= middle * 8 / 10);
            CHECK(delay <= middle * 12 / 10);
        }
        CHECK(*retry_delay(failures, 0.0, schedule) == middle * 8 / 10);
    }
}
