#include <algorithm>
#include <charconv>

#include "gateway/config/reader.hpp"
#include "gateway/net/address.hpp"
#include "protocol/smpp/field_sizes.hpp"

namespace jejak {
namespace {

constexpr std::size_t hosts_max = 16;
constexpr std::int64_t binds_max = 32;
constexpr std::int64_t rate_max = 100'000;

bool is_host(std::string_view text) {
    return !text.empty() && text.find_first_of(" /\t[]") == std::string_view::npos;
}

/// "smsc.example:2775", "192.0.2.7:2776", "[2001:db8::7]:2775", or a name alone with the usual port.
std::optional<SmppHost> parse_host(std::string_view text, std::uint16_t usual_port) {
    SmppHost host;
    host.port = usual_port;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host.name = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else if (const auto colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
        host.name = text.substr(0, colon);
        port = text.substr(colon);
    } else {
        host.name = text;
    }
    if (!is_host(host.name)) return std::nullopt;
    if (port.empty()) return host;
    const auto* const end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data() + 1, end, host.port);
    const bool right = port.front() == ':' && error == std::errc{} && stop == end && host.port != 0;
    return right ? std::optional(host) : std::nullopt;
}

/// `host` and `port`, `hosts`, or both: then `host` comes first.
void read_hosts(TableReader& table, SmppChannelOptions& channel) {
    table.integer("port", channel.port, 1, 65'535);
    std::vector<std::string> written;
    table.texts("hosts", written);
    if (table.has("host") || !table.has("hosts")) {
        if (auto host = table.required_text("host", "127.0.0.1")) {
            if (host->find_first_of(" /\t") != std::string::npos || host->find("://") != std::string::npos) {
                table.fault("host", "host is a name or an address without port or path, such as \"127.0.0.1\"");
            }
            channel.host = std::move(*host);
        }
    } else {
        table.any("host");  // known here
        if (written.empty()) table.fault("hosts", "hosts is empty; for example [\"smsc1.example:2775\"]");
    }
    if (written.size() > hosts_max) {
        table.fault("hosts", "hosts names more than " + std::to_string(hosts_max) + " places");
        return;
    }
    const auto usual_port = channel.port;
    for (const auto& one : written) {
        const auto host = parse_host(one, usual_port);
        if (!host) {
            table.fault("hosts", "hosts names \"" + one +
                                     "\", which is no place: \"smsc1.example:2775\", \"192.0.2.7:2775\", "
                                     "\"[2001:db8::7]:2775\"");
            continue;
        }
        if (channel.host.empty()) {
            channel.host = host->name;
            channel.port = host->port;
        } else {
            channel.other_hosts.push_back(*host);
        }
    }
}

void read_binds(TableReader& table, SmppChannelOptions& channel) {
    using smpp::BindKind;
    struct Kind {
        BindKind bind = BindKind::transceiver;
        bool separate = false;
    };
    Kind kind{channel.bind, channel.separate_binds};
    table.choice<Kind>("bind", kind,
                       {{"transceiver", {BindKind::transceiver, false}},
                        {"receiver", {BindKind::receiver, false}},
                        {"transmitter", {BindKind::transmitter, false}},
                        {"receiver+transmitter", {BindKind::transceiver, true}}});
    channel.bind = kind.bind;
    channel.separate_binds = kind.separate;
    table.integer("binds", channel.binds, 1, binds_max);
}

void read_outbind(TableReader& table, SmppChannelOptions& channel) {
    if (auto listen = table.text("outbind_listen")) {
        const auto parsed = net::parse_listen(*listen);
        if (!parsed || !std::holds_alternative<boost::asio::ip::tcp::endpoint>(*parsed)) {
            table.fault("outbind_listen",
                        "outbind_listen must be an address and a port from 0 to 65535, such as \"192.0.2.1:2777\"");
        }
        channel.outbind_listen = std::move(*listen);
    }
    std::vector<std::string> written;
    table.texts("outbind_allow", written);
    for (const auto& one : written) {
        if (const auto range = net::parse_range(one)) {
            channel.outbind_allow.push_back(*range);
        } else {
            table.fault("outbind_allow", "outbind_allow names \"" + one +
                                             "\", which is no address or range, such as \"192.0.2.7\" or "
                                             "\"10.20.0.0/16\"");
        }
    }
    if (table.has("outbind_password") || table.has("outbind_password_file")) {
        channel.outbind_password = table.secret("outbind_password");
        if (channel.outbind_password.reveal().size() > smpp::long_password_max) {
            table.fault("outbind_password", "outbind_password is longer than the " +
                                                std::to_string(smpp::long_password_max) + " octets that are read");
        }
        if (!table.has("outbind_listen")) {
            table.fault("outbind_password",
                        "outbind_password is used only with outbind_listen; add that, or leave it out");
        }
    }
    if (table.has("outbind_listen") && written.empty()) {
        table.fault("outbind_listen",
                    "outbind_listen needs outbind_allow = [\"192.0.2.7\"]: the addresses of the SMSC, and no others");
    }
    if (!table.has("outbind_listen") && table.has("outbind_allow")) {
        table.fault("outbind_allow", "outbind_allow is used only with outbind_listen; add that, or leave it out");
    }
}

}  // namespace

void read_smpp_links(TableReader& table, SmppChannelOptions& channel) {
    read_hosts(table, channel);
    read_binds(table, channel);
    table.integer("rate", channel.rate, 1, rate_max);
    read_outbind(table, channel);
}

}  // namespace jejak
