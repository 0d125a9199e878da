#pragma once
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>

namespace jejak::net {

/// The addresses that share their first `prefix` bits. An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) counts as the
/// IPv4 address it is: that is how an IPv6 socket names an IPv4 peer.
struct AddressRange {
    boost::asio::ip::address first;
    unsigned prefix = 0;  ///< bits

    bool contains(const boost::asio::ip::address& address) const;
    bool operator==(const AddressRange&) const = default;
};

/// "10.20.0.0/16", "2001:db8::/32", or one address without a prefix. Empty for anything else, and for a range whose
/// address has bits beyond its prefix: that is a slip of the pen. source: RFC 4632 section 3.1, RFC 4291 section 2.3
std::optional<AddressRange> parse_range(std::string_view text);

}  // namespace jejak::net
