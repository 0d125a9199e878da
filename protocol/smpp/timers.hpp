#pragma once
#include <chrono>

#include "protocol/time.hpp"

namespace jejak::smpp {

/// source: section 7.2. Zero switches a timer off.
struct TimerLimits {
    std::chrono::milliseconds session_init{10'000};      ///< connection to bind, or bind to its response
    std::chrono::milliseconds enquire_link{30'000};      ///< idle time before we ask
    std::chrono::milliseconds enquire_answer{10'000};    ///< how long we wait; two misses in a row end the session
    std::chrono::milliseconds response{30'000};          ///< a request of ours without response
    std::chrono::milliseconds drain{10'000};             ///< close(): outstanding work
    std::chrono::milliseconds unbind{5'000};             ///< close(): unbind_resp
};

}  // namespace jejak::smpp
