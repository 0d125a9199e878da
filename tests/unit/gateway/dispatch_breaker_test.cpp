#include <catch2/catch.hpp>

#include "gateway/dispatch/breaker.hpp"

using namespace jejak;
using namespace jejak::dispatch;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using State = Breaker::State;
using Change = Breaker::Change;

namespace {

const WallTime start = from_ms(1'760'000'000'000);
constexpr double no_jitter = 0.5;

Breaker::Failure failure(bool probe = true) {
    return {"http_503", std::nullopt, probe};
}

}  // namespace

TEST_CASE("a failure opens, one probe at a time follows the schedule, a success closes", "[dispatch][breaker]") {
    Breaker breaker;
    CHECK(breaker.state() == State::closed);
    CHECK(breaker.failed(failure(false), start, no_jitter) == Change::opened);
    CHECK(breaker.state() == State::open);
    CHECK(breaker.failing_since() == start);

    auto now = start;
    for (const auto delay : {5s, 30s}) {
        CHECK_FALSE(breaker.may_probe(now + delay - 1ms));
        now += delay;
        CHECK(breaker.may_probe(now));
        CHECK(breaker.failed(failure(), now, no_jitter) == Change::none);
        CHECK_FALSE(breaker.may_probe(now));
    }
    CHECK(breaker.succeeded(true) == Change::recovered);
    CHECK(breaker.state() == State::closed);
    CHECK_FALSE(breaker.failing_since());
    CHECK(breaker.failed(failure(), now, no_jitter) == Change::opened);
    CHECK(breaker.may_probe(now + 5s));
}

TEST_CASE("attempts that were under way when it opened change nothing", "[dispatch][breaker]") {
    Breaker breaker;
    CHECK(breaker.succeeded(false) == Change::none);
    breaker.failed(failure(false), start, no_jitter);
    for (int i = 0; i < 7; ++i) CHECK(breaker.failed(failure(false), start + 1s, no_jitter) == Change::none);
    CHECK(breaker.succeeded(false) == Change::none);
    CHECK(breaker.state() == State::open);
    CHECK(breaker.may_probe(start + 5s));
}

TEST_CASE("Retry-After replaces a shorter delay, and is cut when it is absurd", "[dispatch][breaker]") {
    struct Case {
        std::chrono::milliseconds asked, expected;
    };
    for (const auto& test : {Case{1s, 5s}, Case{120s, 120s}, Case{24h * 365, 6h}}) {
        Breaker breaker;
        breaker.failed({"http_429", test.asked, false}, start, no_jitter);
        CHECK_FALSE(breaker.may_probe(start + test.expected - 1ms));
        CHECK(breaker.may_probe(start + test.expected));
    }
}

TEST_CASE("two minutes of red alarm once, five days suspend, and only a person resumes", "[dispatch][breaker]") {
    Breaker breaker;
    breaker.failed(failure(false), start, no_jitter);
    int alarms = 0;
    int probes = 0;
    std::optional<WallTime> alarmed_at, suspended_at;
    // The whole of seven days, step by step on a virtual clock.
    for (auto now = start; now < start + 7 * 24h; now += 1s) {
        auto change = breaker.look(now);
        if (change == Change::none && breaker.may_probe(now)) {
            ++probes;
            change = breaker.failed(failure(), now, no_jitter);
        }
        if (change == Change::alarmed) {
            ++alarms;
            alarmed_at = now;
        }
        if (change == Change::suspended) suspended_at = now;
    }
    CHECK(alarms == 1);
    REQUIRE(alarmed_at);
    CHECK(*alarmed_at == start + 2min);
    REQUIRE(suspended_at);
    CHECK(*suspended_at >= start + 5 * 24h);
    CHECK(*suspended_at < start + 5 * 24h + 6h);
    CHECK(probes == 28);
    CHECK(breaker.state() == State::suspended);
    CHECK(breaker.reason() == "failing: http_503");
    CHECK(breaker.succeeded(true) == Change::none);
    CHECK(breaker.failed(failure(), start + 8 * 24h, no_jitter) == Change::none);
    CHECK(breaker.gone(start + 8 * 24h) == Change::none);
    breaker.resume();
    CHECK(breaker.state() == State::closed);
}

TEST_CASE("410 suspends at once", "[dispatch][breaker]") {
    Breaker breaker;
    CHECK(breaker.gone(start) == Change::suspended);
    CHECK(breaker.state() == State::suspended);
    CHECK(breaker.reason() == "gone");
    CHECK(breaker.failing_since() == start);
    CHECK_FALSE(breaker.may_probe(start + 24h));
    CHECK(breaker.next_look() == WallTime::max());
}

TEST_CASE("what a new delivery hurries is the next probe, within bounds", "[dispatch][breaker]") {
    Breaker breaker;
    breaker.hurry(start);
    CHECK(breaker.state() == State::closed);
    auto now = start;
    breaker.failed(failure(false), now, no_jitter);
    for (int i = 0; i < 9; ++i) {
        now = std::max(now, breaker.next_look());
        breaker.look(now);
        if (breaker.may_probe(now)) breaker.failed(failure(), now, no_jitter);
    }
    const auto failed_at = now;
    CHECK_FALSE(breaker.may_probe(failed_at + 10min));
    breaker.hurry(failed_at + 10s);
    CHECK_FALSE(breaker.may_probe(failed_at + 59s));
    CHECK(breaker.may_probe(failed_at + 60s));
    breaker.failed({"http_429", std::chrono::hours(1), true}, failed_at + 60s, no_jitter);
    breaker.hurry(failed_at + 10min);
    CHECK_FALSE(breaker.may_probe(failed_at + 60s + 59min));
    CHECK(breaker.may_probe(failed_at + 60s + 60min));
}

TEST_CASE("a restart remembers red and suspended, and probes before it judges", "[dispatch][breaker]") {
    Breaker red;
    red.restore(false, "timeout", start - 6 * 24h, start);
    CHECK(red.state() == State::open);
    CHECK(red.look(start) == Change::none);
    CHECK(red.may_probe(start));
    CHECK(red.succeeded(true) == Change::recovered);

    Breaker still_red;
    still_red.restore(false, "timeout", start - 6 * 24h, start);
    CHECK(still_red.failed(failure(), start, no_jitter) == Change::suspended);

    Breaker suspended;
    suspended.restore(true, "gone", start - 1h, start);
    CHECK(suspended.state() == State::suspended);
    CHECK_FALSE(suspended.may_probe(start + 24h));

    Breaker well;
    well.restore(false, "", std::nullopt, start);
    CHECK(well.state() == State::closed);
}
