#include "gateway/channel/server/waiting_room.hpp"

#include <algorithm>

#include "gateway/channel/server/bind_guard.hpp"
#include "gateway/net/address.hpp"

namespace jejak::channel {

WaitingRoom::WaitingRoom() : state_(std::make_shared<State>()) {}

std::size_t WaitingRoom::size() const {
    return state_->order.size();
}

std::shared_ptr<WaitingRoom::Place> WaitingRoom::enter(const boost::asio::ip::address& address) {
    const auto name = net::is_loopback(address) ? std::string() : subscriber_of(address);
    const auto known = state_->of_address.find(name);
    if (known != state_->of_address.end() && known->second >= per_address_max) return nullptr;
    auto& order = state_->order;
    if (order.size() >= all_max) {
        const auto oldest =
            std::find_if(order.begin(), order.end(), [](const Place* one) { return one->close_ != nullptr; });
        if (oldest == order.end()) return nullptr;
        const auto close = std::exchange((*oldest)->close_, nullptr);  // it may take its place with it
        close();
        if (order.size() >= all_max) return nullptr;
    }
    return std::make_shared<Place>(state_, name);
}

WaitingRoom::Place::Place(std::shared_ptr<State> room, std::string address)
    : room_(std::move(room)), address_(std::move(address)) {
    if (!address_.empty()) ++room_->of_address[address_];
    in_order_ = room_->order.insert(room_->order.end(), this);
}

WaitingRoom::Place::~Place() {
    room_->order.erase(in_order_);
    if (address_.empty()) return;
    const auto count = room_->of_address.find(address_);
    if (--count->second == 0) room_->of_address.erase(count);
}

}  // namespace jejak::channel
