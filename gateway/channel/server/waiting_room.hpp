#pragma once
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace jejak::channel {

/// The connections to a listener that have not bound: few of one address, and not many in all. Who means it binds at
/// once, so when the room is full the oldest gives way, and one flood cannot keep the others out. An address is what
/// one subscriber holds (subscriber_of); connections of this machine count only in all. Lives on the loop's thread.
class WaitingRoom {
public:
    static constexpr std::size_t all_max = 256;
    static constexpr std::size_t per_address_max = 32;

    /// One connection's place, until it is dropped.
    class Place;

    WaitingRoom();

    /// Null: it is one too many.
    std::shared_ptr<Place> enter(const boost::asio::ip::address& address);
    std::size_t size() const;

private:
    struct State;
    std::shared_ptr<State> state_;  ///< shared with the places
};

class WaitingRoom::Place {
public:
    Place(std::shared_ptr<State> room, std::string address);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// How the connection ends when it must; before this is said it cannot give way.
    void gives_way_by(std::function<void()> close) { close_ = std::move(close); }

private:
    friend class WaitingRoom;
    std::shared_ptr<State> room_;
    std::string address_;  ///< empty: not counted by address
    std::function<void()> close_;
    std::list<Place*>::iterator in_order_;
};

struct WaitingRoom::State {
    std::list<Place*> order;  ///< as they came
    std::map<std::string, std::size_t> of_address;
};

}  // namespace jejak::channel
