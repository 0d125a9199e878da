#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "gateway/net/http_server.hpp"

namespace jejak::sim {

/// How a simulated HTTP peer is told to fail: `POST /mode {"status":200|429|503…,"retry_after":0,"hang":false,
/// "fail_first":0}`, each key optional. Its own thread's only.
struct FailureMode {
    unsigned status = 200;          ///< from 300: what every request is refused with; below, all are taken
    unsigned default_status = 503;  ///< of the requests `fail_first` refuses when `status` names no failure
    std::int64_t retry_after = 0;   ///< seconds, with a failure; 0: no header
    std::uint64_t fail_first = 0;   ///< so many requests are refused, then all are taken
    bool hang = false;              ///< never answer

    /// Takes the keys that are given and answers with the mode as it is then; 400 and nothing changed for a bad one.
    net::Answer set(const std::string& body);
    /// Waits while it hangs; a request is let go after five minutes, when every sender has given up.
    net::awaitable<void> hold(net::asio::any_io_executor executor) const;
    /// What the next request meets: 0 when it is taken, else the status it is refused with.
    unsigned next();
};

}  // namespace jejak::sim
