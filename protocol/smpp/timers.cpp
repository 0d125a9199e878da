#include "protocol/smpp/timers.hpp"

#include <algorithm>

namespace jejak::smpp {

SteadyTime SessionTimers::after(SteadyTime now, std::chrono::milliseconds limit) {
    return limit.count() == 0 ? SteadyTime::max() : now + limit;
}

SessionTimers::SessionTimers(TimerLimits limits, SteadyTime now)
    : limits_(limits), phase_(after(now, limits.session_init)) {}

void SessionTimers::bound(SteadyTime now) {
    phase_ = SteadyTime::max();
    watching_link_ = true;
    heard(now);
    active(now);
}

void SessionTimers::active(SteadyTime now) {
    if (watching_link_) activity_ = after(now, limits_.inactivity);
}

void SessionTimers::heard(SteadyTime now) {
    if (!watching_link_) return;
    unanswered_enquiries_ = 0;
    if (reading_) link_ = after(now, limits_.enquire_link);
}

void SessionTimers::pdu_begun(SteadyTime now) {
    if (reading_ && incomplete_ == SteadyTime::max()) incomplete_ = after(now, limits_.incomplete);
}

void SessionTimers::not_reading() {
    reading_ = false;
    link_ = incomplete_ = SteadyTime::max();
}

void SessionTimers::reading(SteadyTime now) {
    if (reading_) return;
    reading_ = true;
    heard(now);
}

void SessionTimers::draining(SteadyTime now) {
    phase_due_ = Due::drained;
    phase_ = after(now, limits_.drain);
}

void SessionTimers::drain_within(std::chrono::milliseconds limit, SteadyTime now) {
    phase_ = std::min(phase_, now + limit);
}

void SessionTimers::unbinding(SteadyTime now) {
    phase_due_ = Due::unbind_timeout;
    phase_ = after(now, limits_.unbind);
    watching_link_ = false;
    link_ = activity_ = SteadyTime::max();
}

void SessionTimers::stop() {
    phase_ = link_ = incomplete_ = activity_ = SteadyTime::max();
    watching_link_ = false;
}

SteadyTime SessionTimers::deadline() const {
    return std::min({phase_, link_, incomplete_, activity_});
}

SessionTimers::Due SessionTimers::take(SteadyTime now) {
    if (phase_ <= now) {
        phase_ = SteadyTime::max();
        return phase_due_;
    }
    if (incomplete_ <= now) {
        incomplete_ = SteadyTime::max();
        return Due::incomplete;
    }
    if (activity_ <= now) {
        activity_ = SteadyTime::max();
        return Due::inactive;
    }
    if (link_ > now) return Due::nothing;
    if (unanswered_enquiries_ == 2) {
        link_ = SteadyTime::max();
        return Due::link_silent;
    }
    ++unanswered_enquiries_;
    link_ = after(now, limits_.enquire_answer);
    return Due::enquire;
}

}  // namespace jejak::smpp
