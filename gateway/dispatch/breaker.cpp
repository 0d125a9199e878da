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
    alarmed_ = true;  // it is in the store because somebody was told
}

Change Breaker::succeeded(bool probe) {
    if (state_ != State::open || !probe) return Change::none;
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
        failed_at_ = now;
    }
    if (failure.retry_after) not_before_ = now + std::min(*failure.retry_after, limits_.retry_after_max);
    probe_at_ = std::max(probe_at_, not_before_);
    reason_ = std::move(failure.reason);
    if (opens) {
        state_ = State::open;
        failing_since_ = now;
        return Change::opened;
    }
    if (failure.probe && now - *failing_since_ >= limits_.suspend_after) return suspend("failing: " + reason_, now);
    return look(now);
}

Change Breaker::gone(WallTime now) {
    return state_ == State::suspended ? Change::none : suspend("gone", now);
}

Change Breaker::look(WallTime now) {
    if (state_ != State::open) return Change::none;
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
    not_before_ = {};
    reason_.clear();
}

void Breaker::hurry(WallTime now) {
    if (state_ != State::open) return;
    probe_at_ = std::min(probe_at_, std::max({now, failed_at_ + limits_.hurry_every, not_before_}));
}

WallTime Breaker::next_look() const {
    if (state_ != State::open) return WallTime::max();
    const auto alarm_at = alarmed_ ? WallTime::max() : *failing_since_ + limits_.alarm_after;
    return std::min(probe_at_, alarm_at);
}

}  // namespace jejak::dispatch
