#include <catch2/catch.hpp>

#include "protocol/smpp/timers.hpp"

using namespace jejak::smpp;
using jejak::SteadyTime;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using Due = SessionTimers::Due;

namespace {
const SteadyTime start{};
}

TEST_CASE("B12: without a bind the session's beginning runs out after 10 s", "[B12]") {
    SessionTimers timers({}, start);
    CHECK(timers.deadline() == start + 10s);
    CHECK(timers.take(start + 9'999ms) == Due::nothing);
    CHECK(timers.take(start + 10s) == Due::bind_timeout);
    CHECK(timers.take(start + 11s) == Due::nothing);
}

TEST_CASE("B13: an idle link is asked twice and then given up", "[B13]") {
    SessionTimers timers({}, start);
    timers.bound(start);
    CHECK(timers.take(start + 29'999ms) == Due::nothing);
    CHECK(timers.take(start + 30s) == Due::enquire);
    CHECK(timers.take(start + 30s) == Due::nothing);
    CHECK(timers.deadline() == start + 40s);
    CHECK(timers.take(start + 40s) == Due::enquire);
    CHECK(timers.take(start + 50s) == Due::link_silent);
    CHECK(timers.take(start + 500s) == Due::nothing);
}

TEST_CASE("B13: anything heard begins the idle time anew and forgets the misses", "[B13]") {
    SessionTimers timers({}, start);
    timers.bound(start);
    timers.heard(start + 20s);
    CHECK(timers.deadline() == start + 50s);
    CHECK(timers.take(start + 50s) == Due::enquire);
    CHECK(timers.take(start + 60s) == Due::enquire);
    timers.heard(start + 61s);
    CHECK(timers.take(start + 91s) == Due::enquire);
    CHECK(timers.take(start + 101s) == Due::enquire);
    CHECK(timers.take(start + 111s) == Due::link_silent);
}

TEST_CASE("F3: a PDU begun and not finished runs out from its first octet", "[F3]") {
    SessionTimers timers({}, start);
    timers.bound(start);
    timers.pdu_begun(start + 1s);
    timers.pdu_begun(start + 25s);
    timers.heard(start + 25s);
    CHECK(timers.take(start + 30'999ms) == Due::nothing);
    CHECK(timers.take(start + 31s) == Due::incomplete);

    timers.pdu_begun(start + 40s);
    timers.pdu_whole();
    CHECK(timers.deadline() == start + 55s);
}

TEST_CASE("B22: draining ends after 10 s, unbinding after 5 s, and an ended session wants nothing", "[B22]") {
    SessionTimers timers({}, start);
    timers.bound(start);
    timers.draining(start + 1s);
    CHECK(timers.take(start + 11s) == Due::drained);
    timers.unbinding(start + 11s);
    CHECK(timers.deadline() == start + 16s);
    CHECK(timers.take(start + 16s) == Due::unbind_timeout);
    timers.unbinding(start + 16s);
    timers.stop();
    CHECK(timers.deadline() == SteadyTime::max());
    CHECK(timers.take(SteadyTime::max() - 1s) == Due::nothing);
}

TEST_CASE("F3, B13: while we do not read, neither the link nor a PDU begun is held against the peer", "[F3][B13]") {
    SessionTimers timers({}, start);
    timers.bound(start);
    timers.pdu_begun(start + 1s);
    CHECK(timers.take(start + 30s) == Due::enquire);
    timers.not_reading();
    timers.heard(start + 30s);  // a read that was under way
    timers.pdu_begun(start + 30s);
    CHECK(timers.deadline() == SteadyTime::max());
    CHECK(timers.take(start + 500s) == Due::nothing);
    timers.reading(start + 500s);
    timers.reading(start + 510s);
    timers.pdu_begun(start + 505s);
    CHECK(timers.deadline() == start + 530s);
    CHECK(timers.take(start + 530s) == Due::enquire);
    CHECK(timers.take(start + 535s) == Due::incomplete);
    CHECK(timers.take(start + 540s) == Due::enquire);
    CHECK(timers.take(start + 550s) == Due::link_silent);
}

TEST_CASE("a limit of zero switches its timer off") {
    TimerLimits limits;
    limits.session_init = limits.enquire_link = limits.incomplete = limits.drain = limits.unbind = 0ms;
    SessionTimers timers(limits, start);
    CHECK(timers.deadline() == SteadyTime::max());
    timers.bound(start);
    timers.pdu_begun(start);
    CHECK(timers.deadline() == SteadyTime::max());
    timers.draining(start);
    CHECK(timers.deadline() == SteadyTime::max());
    timers.unbinding(start);
    CHECK(timers.deadline() == SteadyTime::max());
}
