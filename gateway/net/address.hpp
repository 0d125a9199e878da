#pragma once
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <variant>

namespace jejak::net {

/// True for an address of the public Internet. Loopback, private, link-local, carrier-grade NAT, multicast,
/// documentation, benchmarking, IPv4-mapped, NAT64, 6to4, Teredo and every range nobody has assigned are not: an
/// endpoint's name must not lead us into our own network.
/// source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), RFC 4291
bool is_public(const boost::asio::ip::address& address);

/// 127.0.0.0/8, ::1, and the IPv4-mapped form of the first.
bool is_loopback(const boost::asio::ip::address& address);

struct UnixPath {
    std::string path;
    bool operator==(const UnixPath&) const = default;
};
using ListenAddress = std::variant<boost::asio::ip::tcp::endpoint, UnixPath>;

/// "127.0.0.1:8080", "[::1]:0" or "unix:PATH"; names are not looked up. The error says what would be right.
boost::system::result<ListenAddress, std::string> parse_listen(std::string_view text);

/// The same text back, with the port as it is.
std::string to_text(const ListenAddress& address);

}  // namespace jejak::net
