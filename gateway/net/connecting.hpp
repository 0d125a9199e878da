#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/net/lookup.hpp"

namespace jejak::net {

/// Why there is no connection.
enum class ConnectFault : std::uint8_t {
    unresolved,       ///< the name has no address, or nobody can say
    lookup_timeout,   ///< no name server answered in time
    private_address,  ///< not connected to: see ConnectOptions::public_only
    refused,          ///< by the address that was tried last, as are those below
    connect_timeout,
    unreachable
};
/// `refused` and the like: one word for logs and metrics.
std::string_view to_string(ConnectFault fault);

struct ConnectOptions {
    std::chrono::milliseconds lookup_limit{15'000};  ///< longer than a system takes that asks two dead servers first
    std::chrono::milliseconds address_limit{5'000};  ///< for each address
    std::size_t addresses_max = 8;                   ///< of one name; the others are not tried
    /// A name that leads into our own network, be it by one of many addresses, is not connected to (SSRF).
    bool public_only = false;
    /// The address that did not do the last time: the one that follows it comes first, and itself last.
    std::optional<asio::ip::tcp::endpoint> behind;
};

/// One attempt to reach a host: looks it up, then tries its addresses one after another, each with a limit of its own,
/// so that one that is dead does not stand for the others. Lives on the loop's thread, as short as the attempt.
class Connecting {
public:
    Connecting(Lookup& lookup, std::string host, std::uint16_t port, ConnectOptions options = {});

    /// A connection to the next address that answers, which is one of those that were checked. Whoever finds nothing of
    /// use there asks again. Empty: there is none left, or a request to stop came.
    awaitable<std::optional<asio::ip::tcp::socket>> next();

    /// What failed last, or is under way and has not succeeded yet; empty while a connection stands.
    std::optional<ConnectFault> fault() const { return fault_; }
    const std::string& detail() const { return detail_; }  ///< of that, in the system's words; may be empty
    /// The address tried last; empty before the first.
    const std::optional<asio::ip::tcp::endpoint>& address() const { return address_; }
    std::chrono::microseconds took() const { return took_; }  ///< to connect to it

private:
    awaitable<void> look_up();

    Lookup& lookup_;
    std::string host_;
    std::uint16_t port_;
    ConnectOptions options_;
    std::vector<asio::ip::tcp::endpoint> addresses_;
    std::size_t tried_ = 0;
    bool looked_up_ = false;
    std::optional<ConnectFault> fault_;
    std::string detail_;
    std::optional<asio::ip::tcp::endpoint> address_;
    std::chrono::microseconds took_{};
};

}  // namespace jejak::net
