// How fast messages leave: values without a socket or a clock.
#include <catch2/catch.hpp>
#include <random>

#include "gateway/channel/backoff.hpp"
#include "gateway/channel/send_rate.hpp"

using namespace jejak;
using namespace jejak::channel;
using namespace std::chrono_literals;

namespace {

const SteadyTime start = SteadyTime(1'000h);

/// Messages that leave within `span` when there are always more.
int sent_within(SendRate& rate, SteadyTime from, std::chrono::milliseconds span) {
    int sent = 0;
    for (auto now = from; now < from + span; now += 10ms) {
        while (rate.may_begin(1, now) && sent < 100'000) {
            rate.sent(now);
            ++sent;
        }
    }
    return sent;
}

}  // namespace

TEST_CASE("a configured rate is kept, with one second's worth at once", "[B18]") {
    SendRate rate(20);
    const int first = sent_within(rate, start, 1s);
    CHECK(first >= 38);
    CHECK(first <= 40);
    const int later = sent_within(rate, start + 1s, 5s);
    CHECK(later >= 98);
    CHECK(later <= 101);
}

TEST_CASE("a long text begins only when there is room for its parts, which are counted together", "[B18]") {
    SendRate rate(4);
    CHECK(rate.may_begin(3, start));
    for (int i = 0; i < 3; ++i) rate.sent(start);
    CHECK_FALSE(rate.may_begin(3, start));
    CHECK(rate.may_begin(1, start));
    CHECK(rate.next(3, start) == start + 500ms);
    CHECK(rate.may_begin(3, start + 500ms));
    SendRate slow(1);
    CHECK(slow.may_begin(9, start));  // more than a second's worth: it begins when the second is full
    slow.sent(start);
    CHECK_FALSE(slow.may_begin(1, start));
    CHECK(slow.next(1, start) == start + 1s);
}

TEST_CASE("B18: there is room for as many as may leave one by one, and for none during a pause", "[B18]") {
    SendRate rate(4);
    CHECK(rate.room(start) == 4);
    for (int i = 0; i < 4; ++i) rate.sent(start);
    CHECK(rate.room(start) == 0);
    CHECK(rate.next(1, start) == start + 250ms);
    CHECK(rate.room(start + 250ms) == 1);
    CHECK(rate.room(start + 1h) == 4);
    SendRate any(0);
    CHECK(any.room(start) > 1'000'000);
    any.congested(95, start);
    CHECK(any.room(start) == 0);
}

TEST_CASE("B18: back-off doubles from 1 s to 64 s with jitter, and what was under way together is one refusal",
          "[B18]") {
    const double random = GENERATE(0.0, 0.5, 0.999);
    SendRate rate(0);
    auto now = start;
    for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 64s}) {
        const auto wait = rate.throttled(now, random);
        CHECK(wait >= expected);
        CHECK(wait <= std::min<std::chrono::milliseconds>(64s, 1000ms * expected.count() * 3 / 2));
        CHECK(rate.throttled(now + 10ms, random) == wait - 10ms);
        CHECK_FALSE(rate.may_begin(1, now + wait - 1ms));
        CHECK(rate.next(1, now) == now + wait);
        now += wait;
        CHECK(rate.may_begin(1, now));
    }
    rate.accepted(now);
    CHECK(rate.throttled(now, 0) == 1s);
}

TEST_CASE("B18: the rate halves with each refusal and grows by steps while there is none", "[B18]") {
    SendRate rate(40);
    auto now = start;
    CHECK(sent_within(rate, now, 1s) > 70);
    now += 1s;
    now += rate.throttled(now, 0);
    CHECK(rate.per_second() == Approx(20));
    now += rate.throttled(now, 0);
    CHECK(rate.per_second() == Approx(10));
    rate.may_begin(1, now + 1s);
    CHECK(rate.per_second() == Approx(14));
    rate.may_begin(1, now + 2s);
    CHECK(rate.per_second() == Approx(18));
    rate.may_begin(1, now + 60s);
    CHECK(rate.per_second() == Approx(40));
}

TEST_CASE("B18: without a configured rate, half of what was sent in a second is the first guess", "[B18]") {
    SendRate rate(0);
    for (int i = 0; i < 50; ++i) rate.sent(start + std::chrono::milliseconds(i * 20));
    auto now = start + 1s;
    now += rate.throttled(now, 0);
    CHECK(rate.per_second() == Approx(25));
    const int sent = sent_within(rate, now, 1s);
    CHECK(sent >= 20);
    CHECK(sent <= 35);
    rate.may_begin(1, now + 1h);
    CHECK(rate.per_second() == 0);  // nothing was refused for long: as many as go
}

TEST_CASE("B18: the rate never falls so low that nothing leaves", "[B18]") {
    SendRate rate(1);
    auto now = start;
    for (int i = 0; i < 50; ++i) now += rate.throttled(now, 0.5);
    CHECK(rate.per_second() >= SendRate::slowest);
    CHECK(rate.may_begin(1, now));
}

TEST_CASE("B20: congestion of 90 per cent pauses, less does not, and more than 100 says nothing", "[B20]") {
    struct Case {
        std::uint8_t percent;
        bool pauses;
    };
    for (const auto& one : {Case{0, false}, Case{89, false}, Case{90, true}, Case{100, true}, Case{101, false}}) {
        INFO(static_cast<int>(one.percent));
        SendRate rate(0);
        rate.congested(one.percent, start);
        CHECK(rate.paused(start) == one.pauses);
        CHECK(rate.may_begin(1, start) != one.pauses);
        CHECK(rate.may_begin(1, start + SendRate::congested_for));
    }
}

TEST_CASE("B19: a destination whose queue is full waits by itself, longer than for a throttle", "[B19]") {
    DestinationWaits waits;
    CHECK(waits.refused("628400000001", start, 0) == 4s);
    CHECK(waits.until("628400000001") == start + 4s);
    CHECK(waits.until("628400000002") < start);
    CHECK(waits.refused("628400000001", start + 1s, 0) == 3s);
    auto now = start + 4s;
    for (const auto expected : {8s, 16s, 32s, 64s, 128s, 256s, 256s}) {
        const auto wait = waits.refused("628400000001", now, 0.999);
        CHECK(wait >= expected);
        CHECK(wait <= 256s);
        now += wait;
    }
    waits.accepted("628400000001");
    CHECK(waits.until("628400000001") < start);
    for (int i = 0; i < 5'000; ++i) waits.refused(std::to_string(i), start + std::chrono::milliseconds(i), 0);
    CHECK(waits.size() == DestinationWaits::destinations_max);
    CHECK(waits.until("4999") > start);
}

TEST_CASE("M25: a destination that is there again names what waits for it, once", "[B19][M25]") {
    using Messages = std::vector<std::int64_t>;
    DestinationWaits waits;
    waits.keep("628400000001", 6);  // nobody waits for it
    CHECK(waits.reachable("628400000001").empty());
    waits.refused("628400000001", start, 0);
    waits.refused("628400000002", start, 0);
    for (const std::int64_t message : {7, 8, 7}) waits.keep("628400000001", message);
    waits.accepted("628400000001");  // something else got through: these still wait
    CHECK(waits.until("628400000001") < start);
    CHECK(waits.reachable("628400000001") == Messages{7, 8});
    CHECK(waits.reachable("628400000001").empty());
    for (std::int64_t message = 0; message < 100; ++message) waits.keep("628400000002", message);
    const auto latest = waits.reachable("628400000002");
    CHECK(latest.size() == DestinationWaits::kept_max);
    CHECK(latest.back() == 99);
}

TEST_CASE("B25: attempts to bind are 1 s to 60 s apart, at random between the first and three times the last",
          "[B25]") {
    Backoff backoff;
    std::minstd_rand engine(7);
    std::uniform_real_distribution<double> uniform(0, 1);
    auto last = Backoff::first;
    std::chrono::milliseconds longest{0};
    for (int i = 0; i < 1'000; ++i) {
        const auto wait = backoff.next(uniform(engine));
        CHECK(wait >= Backoff::first);
        CHECK(wait <= std::min(Backoff::longest, last * 3));
        longest = std::max(longest, wait);
        last = wait;
    }
    CHECK(longest > 50s);
    backoff.reset();
    CHECK(backoff.next(0.999) <= 3s);
}
