#include "gateway/net/connecting.hpp"

#include <algorithm>
#include <array>

#include "gateway/net/address.hpp"
#include "protocol/time.hpp"

namespace jejak::net {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

awaitable<error_code> connect_to(tcp::socket& socket, tcp::endpoint address) {
    const auto [error] = co_await socket.async_connect(address, use_tuple);
    co_return error;
}

ConnectFault fault_of(const error_code& error) {
    if (error == asio::error::connection_refused) return ConnectFault::refused;
    return error == asio::error::timed_out ? ConnectFault::connect_timeout : ConnectFault::unreachable;
}

}  // namespace

std::string_view to_string(ConnectFault fault) {
    static constexpr std::array<std::string_view, 6> words{"unresolved", "lookup_timeout",  "private_address",
                                                           "refused",    "connect_timeout", "unreachable"};
    return words.at(static_cast<std::size_t>(fault));
}

Connecting::Connecting(Lookup& lookup, std::string host, std::uint16_t port, ConnectOptions options)
    : lookup_(lookup), host_(std::move(host)), port_(port), options_(std::move(options)) {}

/// All addresses are judged before any is used, those that are not tried among them.
awaitable<void> Connecting::look_up() {
    looked_up_ = true;
    fault_ = ConnectFault::lookup_timeout;
    const auto answer = co_await within(options_.lookup_limit, lookup_.resolve(host_));
    const bool stop = co_await stop_requested();
    if (stop || !answer) co_return;
    detail_ = answer->fault;
    if (answer->addresses.empty()) {
        fault_ = ConnectFault::unresolved;
        co_return;
    }
    if (options_.public_only && !std::all_of(answer->addresses.begin(), answer->addresses.end(), is_public)) {
        fault_ = ConnectFault::private_address;
        co_return;
    }
    for (const auto& one : answer->addresses) {  // a hosts file may name one twice
        const tcp::endpoint address(one, port_);
        if (std::find(addresses_.begin(), addresses_.end(), address) == addresses_.end()) addresses_.push_back(address);
    }
    if (options_.behind) {
        const auto failed = std::find(addresses_.begin(), addresses_.end(), *options_.behind);
        if (failed != addresses_.end()) std::rotate(addresses_.begin(), failed + 1, addresses_.end());
    }
    if (addresses_.size() > options_.addresses_max) addresses_.resize(options_.addresses_max);
}

awaitable<std::optional<tcp::socket>> Connecting::next() {
    if (!looked_up_) co_await look_up();
    while (tried_ < addresses_.size()) {
        address_ = addresses_[tried_++];
        fault_ = ConnectFault::connect_timeout;
        detail_.clear();
        const auto began = steady_now();
        tcp::socket socket(co_await asio::this_coro::executor);
        const auto error = co_await within(options_.address_limit, connect_to(socket, *address_));
        const bool stop = co_await stop_requested();
        if (stop) break;
        if (!error) continue;
        if (*error) {
            fault_ = fault_of(*error);
            detail_ = error->message();
            continue;
        }
        fault_.reset();
        took_ = std::chrono::duration_cast<std::chrono::microseconds>(steady_now() - began);
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        co_return std::move(socket);
    }
    co_return std::nullopt;
}

}  // namespace jejak::net
