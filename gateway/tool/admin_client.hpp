#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "gateway/admin.hpp"

namespace jejak::tool {

/// What came back from the daemon's socket.
struct AdminAnswer {
    enum class How : std::uint8_t {
        answered,     ///< `status` and `body` are set
        not_running,  ///< nobody listens: the store is free
        failed        ///< somebody listens; whether the command was carried out is not known
    };
    How how = How::failed;
    unsigned status = 0;
    std::string body;
    std::string why;  ///< for `failed`: one line
};

/// Sends one command to the running daemon over its Unix socket and waits for the answer, all within `limit`. Blocks.
AdminAnswer call_daemon(const std::filesystem::path& socket, const AdminCommand& command,
                        std::chrono::milliseconds limit = std::chrono::seconds(20));

}  // namespace jejak::tool
