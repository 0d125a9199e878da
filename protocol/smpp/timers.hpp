#pragma once
#include <chrono>
#include <cstdint>

#include "protocol/time.hpp"

namespace jejak::smpp {

/// source: section 7.2. Zero switches a timer off.
struct TimerLimits {
    std::chrono::milliseconds session_init{10'000};    ///< connection to bind, or bind to its response
    std::chrono::milliseconds enquire_link{30'000};    ///< idle time before we ask
    std::chrono::milliseconds enquire_answer{10'000};  ///< how long we wait; two misses in a row end the session
    std::chrono::milliseconds response{30'000};        ///< a request of ours without response
    std::chrono::milliseconds incomplete{30'000};      ///< a PDU begun and not finished
    std::chrono::milliseconds inactivity{0};           ///< SMSC: a bound peer that exchanges nothing but enquire_link
    std::chrono::milliseconds drain{10'000};           ///< close(): outstanding work
    std::chrono::milliseconds unbind{5'000};           ///< close(): unbind_resp; a peer's unbind: our owed answers
};

/// The clocks of one session as a value: told what happened and when, it says what is due. Requests awaiting a response
/// keep their deadlines in the Window.
class SessionTimers {
public:
    enum class Due : std::uint8_t {
        nothing,
        bind_timeout,
        incomplete,
        enquire,
        link_silent,
        inactive,
        drained,
        unbind_timeout
    };

    /// The session begins unbound.
    SessionTimers(TimerLimits limits, SteadyTime now);

    void bound(SteadyTime now);
    /// The peer sent something: the link lives.
    void heard(SteadyTime now);
    /// The peer asked or answered something that is not about the link.
    void active(SteadyTime now);
    /// The peer's octets end inside a PDU.
    void pdu_begun(SteadyTime now);
    /// We do not read what the peer sends: nothing is asked of the link, nor held against it, until we read again. Both
    /// may be told again and again.
    void not_reading();
    void reading(SteadyTime now);
    void pdu_whole() { incomplete_ = SteadyTime::max(); }
    void draining(SteadyTime now);
    /// While draining: no longer than that from now on.
    void drain_within(std::chrono::milliseconds limit, SteadyTime now);
    void unbinding(SteadyTime now);
    /// The session is over: nothing is due any more.
    void stop();

    SteadyTime deadline() const;
    /// What is due at `now`; call until it says nothing.
    Due take(SteadyTime now);

    static SteadyTime after(SteadyTime now, std::chrono::milliseconds limit);
    const TimerLimits& limits() const { return limits_; }

private:
    TimerLimits limits_;
    Due phase_due_ = Due::bind_timeout;  ///< what the end of this phase means
    SteadyTime phase_;
    SteadyTime link_ = SteadyTime::max();  ///< when to ask, or until when the answer may come
    SteadyTime incomplete_ = SteadyTime::max();
    SteadyTime activity_ = SteadyTime::max();  ///< until when something must be exchanged
    int unanswered_enquiries_ = 0;
    bool watching_link_ = false;
    bool reading_ = true;
};

}  // namespace jejak::smpp
