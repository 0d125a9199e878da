#include "gateway/channel/server/arrivals.hpp"

#include <algorithm>

#include "gateway/channel/server/bind_guard.hpp"

namespace jejak::channel {

bool Arrivals::admits(const boost::asio::ip::address& address, SteadyTime now) {
    const auto name = subscriber_of(address);
    if (const auto known = places_.find(name); known != places_.end()) {
        order_.splice(order_.end(), order_, known->second);
    } else {
        if (order_.size() == addresses_max) {
            places_.erase(order_.front().first);
            order_.pop_front();
        }
        places_.emplace(name, order_.emplace(order_.end(), name, now));
    }
    const auto full_again = std::max(order_.back().second, now) + interval_;
    if (full_again - now > burst) return false;
    order_.back().second = full_again;
    return true;
}

}  // namespace jejak::channel
