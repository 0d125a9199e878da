#include "gateway/net/address_range.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <charconv>
#include <span>
#include <string>

namespace jejak::net {
namespace {

namespace ip = boost::asio::ip;

ip::address unmapped(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

/// Whether two addresses of one family agree in their first `prefix` bits.
bool agree(std::span<const unsigned char> a, std::span<const unsigned char> b, unsigned prefix) {
    for (std::size_t octet = 0; octet < a.size() && prefix > 0; ++octet) {
        const unsigned bits = prefix < 8 ? prefix : 8;
        const unsigned mask = 0xFFU << (8 - bits) & 0xFFU;
        if (((static_cast<unsigned>(a[octet]) ^ b[octet]) & mask) != 0) return false;
        prefix -= bits;
    }
    return true;
}

bool agree(const ip::address& a, const ip::address& b, unsigned prefix) {
    if (a.is_v4() != b.is_v4()) return false;
    if (a.is_v4()) return agree(a.to_v4().to_bytes(), b.to_v4().to_bytes(), prefix);
    return agree(a.to_v6().to_bytes(), b.to_v6().to_bytes(), prefix);
}

/// No bit is set after the first `prefix`.
bool is_first(const ip::address& address, unsigned prefix) {
    const auto zero = [&](std::span<const unsigned char> octets) {
        for (std::size_t bit = prefix; bit < octets.size() * 8; ++bit) {
            if ((octets[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
        }
        return true;
    };
    return address.is_v4() ? zero(address.to_v4().to_bytes()) : zero(address.to_v6().to_bytes());
}

}  // namespace

bool AddressRange::contains(const ip::address& address) const {
    return agree(first, unmapped(address), prefix);
}

std::optional<AddressRange> parse_range(std::string_view text) {
    const auto slash = text.find('/');
    boost::system::error_code error;
    const auto written = ip::make_address(std::string(text.substr(0, slash)), error);
    if (error || (written.is_v6() && written.to_v6().scope_id() != 0)) return std::nullopt;
    const unsigned bits = written.is_v4() ? 32 : 128;
    unsigned prefix = bits;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        if (failed != std::errc{} || end != digits.data() + digits.size() || prefix > bits) return std::nullopt;
    }
    const bool one_inside = written.is_v6() && written.to_v6().is_v4_mapped() && prefix >= 96;
    const AddressRange range{unmapped(written), one_inside ? prefix - 96 : prefix};
    if (range.first.is_v4() != written.is_v4() && !one_inside) return std::nullopt;
    if (!is_first(range.first, range.prefix)) return std::nullopt;
    return range;
}

}  // namespace jejak::net
