#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>

namespace jejak::net {

namespace asio = boost::asio;
template <class T>
using awaitable = asio::awaitable<T>;

/// Every I/O call completes with a tuple (error_code, ...): a failed read is a value, not a throw.
constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

/// Awaits `operation`, cancelling it after `limit`; empty if the limit came first.
template <class T>
awaitable<std::optional<T>> within(std::chrono::milliseconds limit, awaitable<T> operation) {
    using namespace asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    auto first = co_await (std::move(operation) || timer.async_wait(use_tuple));
    if (first.index() == 1) co_return std::nullopt;
    co_return std::get<0>(std::move(first));
}

/// True once our TaskGroup asked this coroutine to end. Ask after every co_await in a loop: operations started after
/// the request are not cancelled.
inline awaitable<bool> stop_requested() {
    const auto state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace jejak::net
