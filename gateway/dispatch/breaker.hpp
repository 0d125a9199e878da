#pragma once
#include <optional>
#include <string>

#include "gateway/dispatch/schedule.hpp"
#include "protocol/time.hpp"

namespace jejak::dispatch {

struct BreakerLimits {
    std::chrono::milliseconds alarm_after = std::chrono::minutes(2);  ///< of red: a person must look
    std::chrono::milliseconds suspend_after =
        std::chrono::hours(5 * 24);  ///< of red, and a probe fails: a person must resume it
    std::chrono::milliseconds hurry_every = std::chrono::minutes(1);    ///< between probes for new deliveries
    std::chrono::milliseconds retry_after_max = std::chrono::hours(6);  ///< a longer Retry-After is cut to this
};

/// Whether an endpoint is worth sending to. A failing endpoint pauses as a whole: one delivery at a time probes it, on
/// the retry schedule, while the others wait without spending attempts. A pure value: it is told the time and draws no
/// lots.
class Breaker {
public:
    enum class State : std::uint8_t {
        closed,    ///< send
        open,      ///< wait, then send one
        suspended  ///< send nothing until somebody resumes it; its queue is kept
    };
    /// What an event changed, for the log and the store.
    enum class Change : std::uint8_t { none, opened, alarmed, recovered, suspended };

    struct Failure {
        std::string reason;  ///< one word
        std::optional<std::chrono::milliseconds> retry_after;
        bool probe = false;
    };

    explicit Breaker(RetrySchedule schedule = {}, BreakerLimits limits = {})
        : schedule_(std::move(schedule)), limits_(limits) {}

    /// As an earlier run of the process left it: red since then, to be probed now; or suspended.
    void restore(bool suspended, std::string reason, std::optional<WallTime> failing_since, WallTime now);

    /// `probe`: one that was under way when the breaker opened proves nothing about now.
    Change succeeded(bool probe);
    Change failed(Failure failure, WallTime now, double random);
    /// 410: the receiver does not want to be asked again.
    Change gone(WallTime now);
    /// Time has passed.
    Change look(WallTime now);
    void resume();
    /// Something new is owed: an endpoint that came back hours before its next probe is found at once, but not asked
    /// more often than `hurry_every`, nor before its own Retry-After.
    void hurry(WallTime now);

    State state() const { return state_; }
    /// Deliveries may be sent: any number when closed, one when open and due.
    bool may_probe(WallTime now) const { return state_ == State::open && now >= probe_at_; }
    /// The next moment at which may_probe() or look() says something new; far away when there is none.
    WallTime next_look() const;
    std::optional<WallTime> failing_since() const { return failing_since_; }
    const std::string& reason() const { return reason_; }

private:
    Change suspend(std::string reason, WallTime now);

    RetrySchedule schedule_;
    BreakerLimits limits_;
    State state_ = State::closed;
    std::optional<WallTime> failing_since_;
    WallTime probe_at_{};
    WallTime failed_at_{};   ///< the last probe, or what opened it
    WallTime not_before_{};  ///< by Retry-After
    unsigned failures_ = 0;
    bool alarmed_ = false;
    std::string reason_;
};

}  // namespace jejak::dispatch
