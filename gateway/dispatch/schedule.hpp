#pragma once
#include <chrono>
#include <optional>
#include <vector>

namespace jejak::dispatch {

/// When a failed attempt is followed by the next: soon at first, then rarely, for a week.
struct RetrySchedule {
    std::vector<std::chrono::milliseconds> delays{
        std::chrono::seconds(5), std::chrono::seconds(30), std::chrono::minutes(2),
        std::chrono::minutes(5), std::chrono::minutes(15), std::chrono::minutes(30),
        std::chrono::hours(1),   std::chrono::hours(2),    std::chrono::hours(4)};
    std::chrono::milliseconds then = std::chrono::hours(6);          ///< every one after `delays`
    std::chrono::milliseconds give_up = std::chrono::hours(7 * 24);  ///< from the first attempt, jitter aside
};

/// How long to wait after `failures` failed attempts, shifted by up to a fifth either way, so that a receiver coming
/// back after an outage is not met by everything at once.
///
/// failures  1 after the first attempt; 0 is the caller's bug
/// random    uniform in [0, 1); passed in so that tests choose it
/// returns   empty once the next attempt would come after `give_up`
/// source    Standard Webhooks 1.0.0, "spanning multiple days, with exponential backoff and jitter"; the numbers are
///           ours
std::optional<std::chrono::milliseconds> retry_delay(unsigned failures, double random, const RetrySchedule& schedule);

}  // namespace jejak::dispatch
