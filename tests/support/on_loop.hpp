#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/net/http_client.hpp"
#include "gateway/net/task_group.hpp"

/// Tests written as one coroutine, on a loop of the test's own thread.
namespace jejak::test {

constexpr std::chrono::seconds limit(20);

/// Runs `body` on a loop of this thread; fails the test when it throws or takes longer than `limit`.
inline void on_loop(std::function<net::awaitable<void>(net::asio::io_context&)> body) {
    net::asio::io_context loop(1);
    bool ended = false;
    std::exception_ptr failure;
    net::asio::co_spawn(loop, body(loop), [&](std::exception_ptr error) {
        failure = error;
        ended = true;
    });
    loop.run_for(limit);
    if (failure) std::rethrow_exception(failure);
    REQUIRE(ended);
}

/// Turns `loop` on this thread until `condition` holds; false when it did not within `time`. It is asked once a turn:
/// what held a moment ago may hold no longer when it is asked again.
template <class Condition>
bool wait_until(net::asio::io_context& loop, const Condition& condition, std::chrono::milliseconds time = limit) {
    const auto late = std::chrono::steady_clock::now() + time;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= late) return false;
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
}

/// A simulator that serves while the test looks on; `stop()` before it goes.
template <class Simulator>
struct Running {
    template <class Options>
    Running(net::asio::io_context& loop, Options options)
        : simulator(loop.get_executor(), std::move(options)), group(loop.get_executor()) {
        group.spawn("simulator", simulator.run());
    }
    net::awaitable<void> stop() {
        group.stop();
        const bool ended = co_await group.join(limit);
        CHECK(ended);
        CHECK_FALSE(group.failed());
    }
    Simulator simulator;
    net::TaskGroup group;
};

inline net::HttpClient client_to(net::asio::io_context& loop, const std::string& address) {
    net::HttpClientOptions options;
    options.allow_private_address = true;
    options.answer_max = 1024 * 1024;
    return {loop.get_executor(), "http://" + address, options};
}

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request; the answer's status and body as JSON.
inline net::awaitable<std::pair<unsigned, boost::json::value>> ask(net::HttpClient& client, std::string method,
                                                                   std::string target, std::string body = {},
                                                                   Headers headers = {}) {
    auto sent = co_await client.request(std::move(method), std::move(target), std::move(headers), std::move(body));
    boost::system::error_code error;
    auto value = boost::json::parse(sent.body, error);
    if (error) value = nullptr;
    co_return std::pair(sent.status, std::move(value));
}

}  // namespace jejak::test
