#include "gateway/dispatch/breaker.hpp"

#include <algorithm>

namespace jejak::dispatch {

using Change = Breaker::Change;

void Breaker::restore(bool suspended, std::string reason, std::optional<WallTime> failing_since, WallTime now) {
    if (!suspended && !failing_since) return;
    state_ = suspended ? State::suspended : State::open;
    reason_ = std::move(reason);
    failing_since_ = failing_since.value_or(now);
    probe_at_ = now;
    failures_ = 1;
    alarmed_ = true;   // it is in the store because somebody was told
}

Change Breaker::succeeded() {
    if (state_ != State::open) return Change::none;
    resume();
    return Change::recovered;
}

Change Breaker::failed(Failure failure, WallTime now, double random) {
    if (state_ == State::suspended) return Change::none;
    const bool opens = state_ == State::closed;
    if (opens || failure.probe) {
        ++failures_;
        // Suspension ends this long before the schedule does.
        const auto delay = retry_delay(failures_, random, schedule_).value_or(schedule_.then);
        probe_at_ = now + delay;
    }
    if (failure.retry_after) probe_at_ = std::max(probe_at_, now + std::min(*failure.retry_after, limits_.retry_after_max));
    reason_ = std::move(failure.reason);
    if (opens) {
        state_ = State::open;
        failing_since_ = now;
        return Change::opened;
    }
    return look(now);
}

Change Breaker::gone(WallTime now) {
    return state_ == State::suspended ? Change::none : suspend("gone", now);
}

Change Breaker::look(WallTime now) {
    if (state_ != State::open) return Change::none;
    if (now - *failing_since_ >= limits_.suspend_after) return suspend("failing: " + reason_, now);
    if (alarmed_ || now - *failing_since_ < limits_.alarm_after) return Change::none;
    alarmed_ = true;
    return Change::alarmed;
}

Change Breaker::suspend(std::string reason, WallTime now) {
    state_ = State::suspended;
    reason_ = std::move(reason);
    if (!failing_since_) failing_since_ = now;
    return Change::suspended;
}

void Breaker::resume() {
    state_ = State::closed;
    failing_since_.reset();
    failures_ = 0;
    alarmed_ = false;
    reason_.clear();
}

WallTime Breaker::next_look() const {
    if (state_ != State::open) return WallTime::max();
    const auto alarm_at = alarmed_ ? WallTime::max() : *failing_since_ + limits_.alarm_after;
    return std::min({probe_at_, alarm_at, *failing_since_ + limits_.suspend_after});
}

}  // namespace jejak::dispatch
