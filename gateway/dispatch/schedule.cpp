#include "gateway/dispatch/schedule.hpp"

#include "protocol/ensure.hpp"

namespace jejak::dispatch {

using std::chrono::milliseconds;

std::optional<milliseconds> retry_delay(unsigned failures, double random, const RetrySchedule& schedule) {
    ensure(failures > 0);
    milliseconds elapsed{0};
    milliseconds delay{0};
    for (unsigned i = 0; i < failures; ++i) {
        delay = i < schedule.delays.size() ? schedule.delays[i] : schedule.then;
        elapsed += delay;
        if (elapsed > schedule.give_up) return std::nullopt;
    }
    return std::chrono::round<milliseconds>(delay * (0.8 + 0.4 * random));
}

}  // namespace jejak::dispatch
