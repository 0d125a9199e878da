#pragma once
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

#include "protocol/time.hpp"

namespace jejak::channel {

/// How fast one address may connect: a bucket of tokens for each, what `burst` brings at first and `per_second` after
/// that. An address is what one subscriber holds (subscriber_of); those of this machine count like any other. Its
/// memory is bounded: the longest ago is forgotten first. Lives on the loop's thread.
class Arrivals {
public:
    static constexpr std::size_t addresses_max = 4'096;  ///< remembered
    static constexpr std::chrono::seconds burst{5};      ///< as many at once as come in this time

    explicit Arrivals(std::uint32_t per_second)
        : interval_(SteadyTime::duration(std::chrono::seconds(1)) / per_second) {}

    /// False: too many connections came from there lately, and this one does not count.
    bool admits(const boost::asio::ip::address& address, SteadyTime now);
    std::size_t remembered() const { return order_.size(); }

private:
    using Order = std::list<std::pair<std::string, SteadyTime>>;  ///< and when its bucket is full again

    SteadyTime::duration interval_;
    Order order_;  ///< the longest ago at the front
    std::unordered_map<std::string, Order::iterator> places_;
};

}  // namespace jejak::channel
