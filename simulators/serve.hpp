#pragma once
#include <boost/asio/io_context.hpp>
#include <string>

#include "gateway/net/await.hpp"

namespace jejak::sim {

/// Runs `task` on `loop`, on this thread, until it ends or SIGINT or SIGTERM asks it to. A second signal kills.
/// Returns the process's exit code: 0, or 70 when an exception escaped `task`.
int serve(net::asio::io_context& loop, std::string name, net::awaitable<void> task);

/// Prints one line to stdout at once: others read it through a pipe.
void print_line(const std::string& line);

}  // namespace jejak::sim
