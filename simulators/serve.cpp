#include "simulators/serve.hpp"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>

#include "gateway/net/task_group.hpp"

namespace jejak::sim {

int serve(net::asio::io_context& loop, std::string name, net::awaitable<void> task) {
    net::TaskGroup group(loop.get_executor());
    net::asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code error, int) {
        if (error) return;
        signals.clear();  // the next one does what signals do
        group.stop();
    });
    group.spawn(std::move(name), [](net::awaitable<void> work, net::asio::signal_set& waiting) -> net::awaitable<void> {
        try {
            co_await std::move(work);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "jejak-sim: %s\n", error.what());
            waiting.cancel();
            throw;
        }
        waiting.cancel();
    }(std::move(task), signals));
    loop.run();
    constexpr int software_error = 70;  // EX_SOFTWARE of sysexits.h
    return group.failed() ? software_error : 0;
}

void print_line(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

}  // namespace jejak::sim
