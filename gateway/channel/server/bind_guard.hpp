#pragma once
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "protocol/time.hpp"

namespace jejak::channel {

/// What one subscriber holds: an IPv4 address, also inside IPv6, or the 64 bits in front of an IPv6 address.
std::string subscriber_of(const boost::asio::ip::address& address);

/// How long a bind waits before it is judged, by what its address did lately, and a refusal before it is told, by what
/// was tried at its name as well, from anywhere: passwords cannot be tried fast. A peer with the right password gets in
/// all the same, at once unless its own address was refused: a stranger who knows a system_id cannot keep its box out.
/// A name that is none of ours is treated like one that is. Its memory is bounded: the longest ago is forgotten first.
/// Lives on the loop's thread.
class BindGuard {
public:
    static constexpr std::size_t addresses_max = 4'096;  ///< remembered; of IPv6 the first 64 bits
    static constexpr std::size_t accounts_max = 1'024;
    static constexpr std::size_t strangers_max = 4'096;  ///< names that are none of ours
    static constexpr std::chrono::minutes forgotten_after{10};

    struct Limits {
        std::chrono::milliseconds first{1'000};
        std::chrono::milliseconds longest{8'000};
    };

    explicit BindGuard(Limits limits) : limits_(limits) {}
    BindGuard(const BindGuard&) = delete;
    BindGuard& operator=(const BindGuard&) = delete;

    /// When a bind from there may be judged: `now`, or the moment to ask again. Told `now`, it is this bind's turn, and
    /// others behind it wait.
    SteadyTime turn(const boost::asio::ip::address& address, SteadyTime now);
    /// A bind whose judgement began at `judged` was refused; it is to be told so at this moment, not before. The time
    /// the judgement took does not show in it. `name` is as the peer gave it.
    SteadyTime refused(const boost::asio::ip::address& address, const std::string& name, bool ours, SteadyTime judged);
    void accepted(const boost::asio::ip::address& address);

    /// Held while a password is checked; outlived by the guard.
    class Check;
    /// Null: one of this address for this name is under way.
    std::unique_ptr<Check> check(const boost::asio::ip::address& address, const std::string& name);

    std::size_t remembered() const { return addresses_.size() + accounts_.size() + strangers_.size(); }

private:
    struct Record {
        std::uint32_t refusals = 0;
        SteadyTime last{};        ///< of the refusals
        SteadyTime not_before{};  ///< of the next bind
    };
    /// Records by name, the longest untouched at the front.
    class Memory {
    public:
        explicit Memory(std::size_t size_max) : size_max_(size_max) {}
        Record* find(const std::string& name);
        Record& touch(const std::string& name);
        void forget(const std::string& name);
        std::size_t size() const { return order_.size(); }

    private:
        using Order = std::list<std::pair<std::string, Record>>;
        std::size_t size_max_;
        Order order_;
        std::unordered_map<std::string, Order::iterator> places_;
    };

    std::chrono::milliseconds delay(std::uint32_t refusals) const;
    SteadyTime blame(Record& record, SteadyTime now) const;

    Limits limits_;
    Memory addresses_{addresses_max};
    Memory accounts_{accounts_max};
    Memory strangers_{strangers_max};
    std::set<std::string> checking_;  ///< pairs of name and address; those who wait to bind bound it
};

class BindGuard::Check {
public:
    Check(BindGuard& guard, std::string pair) : guard_(guard), pair_(std::move(pair)) {}
    ~Check();
    Check(const Check&) = delete;
    Check& operator=(const Check&) = delete;

private:
    BindGuard& guard_;
    std::string pair_;
};

}  // namespace jejak::channel
