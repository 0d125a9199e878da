// Where a channel binds next, and when: values without a socket or a clock.
#include <catch2/catch.hpp>
#include <vector>

#include "gateway/channel/client/bind_attempts.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using channel::Backoff;
using channel::BindAttempts;

TEST_CASE("B25: a bind that was taken and dropped is an attempt that failed: ever rarer, and the next host",
          "[B25][smpp]") {
    const std::optional<SteadyTime::duration> stood =
        GENERATE(std::optional<SteadyTime::duration>(), 0ms, 1ms,
                 std::optional<SteadyTime::duration>(BindAttempts::held_after - 1ms));
    BindAttempts attempts(3);
    std::vector<std::size_t> hosts;
    Backoff::Duration last{0};
    for (int i = 0; i < 7; ++i) {
        hosts.push_back(attempts.host());
        const auto wait = attempts.ended(stood, 0.999);
        CHECK(wait >= last);
        CHECK(wait > std::min<Backoff::Duration>(Backoff::longest - 1s, last * 2));
        last = wait;
    }
    CHECK(hosts == std::vector<std::size_t>{0, 1, 2, 0, 1, 2, 0});
    CHECK(last > 55s);
}

TEST_CASE("B25: a bind that held begins anew, with the first host and without delay", "[B25][smpp]") {
    BindAttempts attempts(2);
    for (int i = 0; i < 5; ++i) attempts.ended(0ms, 0.999);
    REQUIRE(attempts.host() == 1);
    const bool ours = GENERATE(false, true);
    const auto wait =
        ours ? attempts.left(BindAttempts::held_after, 0.999) : attempts.ended(BindAttempts::held_after, 0.999);
    CHECK(wait <= 3s);
    CHECK(attempts.host() == 0);
    attempts.ended(std::nullopt, 0.999);  // it is gone
    CHECK(attempts.host() == 1);
}

TEST_CASE("B25: a short bind that we ended ourselves says nothing for its host, nor against it", "[B25][smpp]") {
    BindAttempts attempts(2);
    for (int i = 0; i < 3; ++i) attempts.ended(std::nullopt, 0.999);
    REQUIRE(attempts.host() == 1);
    CHECK(attempts.left(1s, 0.999) > 20s);
    CHECK(attempts.host() == 1);
}

TEST_CASE("B25: the only host is tried again and again", "[B25][smpp]") {
    BindAttempts attempts(1);
    for (int i = 0; i < 3; ++i) {
        CHECK(attempts.ended(1ms, 0.5) >= Backoff::first);
        CHECK(attempts.host() == 0);
    }
}
