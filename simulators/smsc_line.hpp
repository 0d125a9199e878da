#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <utility>

#include "simulators/smsc.hpp"
#include "simulators/smsc_wire.hpp"

namespace jejak::sim {

/// One ESME's connection.
struct Smsc::Line {
    Line(net::asio::ip::tcp::socket connected, smpp::SessionOptions session_options, SteadyTime now)
        : socket(std::move(connected)), session(std::move(session_options), now) {}

    net::asio::ip::tcp::socket socket;
    smpp::Session session;
    std::optional<Wire> wire;  ///< with a scenario
    bool open = true;
    bool writing = false;  ///< waits until the socket takes more
    bool reading = false;
    bool over = false;  ///< the session ended: close once its output is written
    bool tlvs = true;   ///< the peer said 3.4 or later
    /// It was told that it is too fast: nothing should come until then, once it is sure to have heard of it.
    struct Quiet {
        SteadyTime said{}, until{};
        bool heard = false;
    } quiet;
    Cut ghost = Cut::none;   ///< half_open or silence: the session is over, and the peer does not know
    SteadyTime ghost_until;  ///< then it is reset
};

}  // namespace jejak::sim
