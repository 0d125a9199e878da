#include "gateway/net/address.hpp"

#include <sys/un.h>

#include <array>
#include <charconv>

namespace jejak::net {
namespace {

namespace ip = boost::asio::ip;

struct Range4 {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

constexpr std::array special4{
    Range4{v4(0, 0, 0, 0), 8},        // this network
    Range4{v4(10, 0, 0, 0), 8},       // private
    Range4{v4(100, 64, 0, 0), 10},    // carrier-grade NAT
    Range4{v4(127, 0, 0, 0), 8},      // loopback
    Range4{v4(169, 254, 0, 0), 16},   // link-local, cloud metadata
    Range4{v4(172, 16, 0, 0), 12},    // private
    Range4{v4(192, 0, 0, 0), 24},     // protocol assignments
    Range4{v4(192, 0, 2, 0), 24},     // documentation
    Range4{v4(192, 88, 99, 0), 24},   // 6to4 relays
    Range4{v4(192, 168, 0, 0), 16},   // private
    Range4{v4(198, 18, 0, 0), 15},    // benchmarking
    Range4{v4(198, 51, 100, 0), 24},  // documentation
    Range4{v4(203, 0, 113, 0), 24},   // documentation
    Range4{v4(224, 0, 0, 0), 4},      // multicast
    Range4{v4(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool is_public4(std::uint32_t address) {
    for (const auto& range : special4) {
        if ((address ^ range.first) >> (32 - range.bits) == 0) return false;
    }
    return true;
}

/// Only 2000::/3 is assigned for the public; some ranges within it are not meant for it either.
bool is_public6(const ip::address_v6::bytes_type& octets) {
    const auto pair = [&](std::size_t index) { return octets[2 * index] << 8 | octets[2 * index + 1]; };
    if ((octets[0] & 0xe0) != 0x20) return false;
    if (pair(0) == 0x2001 && pair(1) < 0x0200) return false;         // protocol assignments, Teredo, ORCHID
    if (pair(0) == 0x2001 && pair(1) == 0x0db8) return false;        // documentation
    if (pair(0) == 0x2002) return false;                             // 6to4: an IPv4 address inside
    if (pair(0) == 0x3fff && (pair(1) & 0xf000) == 0) return false;  // documentation
    return true;
}

boost::system::result<ListenAddress, std::string> parse_unix(std::string_view path) {
    if (path.empty()) return std::string("a path is missing after unix:");
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return std::string("the socket's path is longer than 107 octets");
    return ListenAddress(UnixPath{std::string(path)});
}

}  // namespace

bool is_public(const ip::address& address) {
    return address.is_v4() ? is_public4(address.to_v4().to_uint()) : is_public6(address.to_v6().to_bytes());
}

bool is_loopback(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
    }
    return address.is_loopback();
}

boost::system::result<ListenAddress, std::string> parse_listen(std::string_view text) {
    constexpr std::string_view unix_prefix = "unix:";
    if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
    const std::string shape = "not of the form 127.0.0.1:8080, [::1]:8080 or unix:PATH";
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return shape;
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(host), error);
    if (error || address.is_v6() != bracketed) return shape;
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failure != std::errc{} || end != digits.data() + digits.size()) return shape;
    return ListenAddress(ip::tcp::endpoint(address, port));
}

std::string to_text(const ListenAddress& address) {
    if (const auto* path = std::get_if<UnixPath>(&address)) return "unix:" + path->path;
    const auto& endpoint = std::get<ip::tcp::endpoint>(address);
    const auto host = endpoint.address().to_string();
    const auto port = std::to_string(endpoint.port());
    return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

}  // namespace jejak::net
