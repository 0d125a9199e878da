#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "gateway/net/task_group.hpp"

using namespace jejak::net;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

namespace {

/// Waits until asked to stop, then finishes what it holds.
awaitable<void> wait_for_stop(int& ended) {
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    while (!co_await stop_requested()) co_await timer.async_wait(use_tuple);
    ++ended;
}

awaitable<void> wait_without_asking() {
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

awaitable<void> deaf(asio::steady_timer& until) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await until.async_wait(use_tuple);
}

awaitable<void> broken() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    throw std::runtime_error("a bug");
}

awaitable<void> stop_and_join(TaskGroup& group, std::chrono::milliseconds limit, bool& joined) {
    group.stop();
    joined = co_await group.join(limit);
}

awaitable<void> join_only(TaskGroup& group, bool& joined) {
    joined = co_await group.join(5s);
}

template <class Task>
void run(asio::io_context& loop, Task task) {
    asio::co_spawn(loop, std::move(task), [](std::exception_ptr failure) { REQUIRE_FALSE(failure); });
    loop.run();
    loop.restart();
}

}  // namespace

TEST_CASE("stopping a group ends every task in it", "[net][task_group]") {
    asio::io_context loop;
    TaskGroup group(loop.get_executor());
    int ended = 0;
    for (int i = 0; i < 100; ++i) group.spawn("waiting", wait_for_stop(ended));
    group.spawn("cancelled", wait_without_asking());
    loop.poll();
    CHECK(group.size() == 101);
    bool joined = false;
    run(loop, stop_and_join(group, 5s, joined));
    CHECK(joined);
    CHECK(ended == 100);
    CHECK_FALSE(group.failed());
}

TEST_CASE("a task that does not end is not waited for longer than the limit", "[net][task_group]") {
    asio::io_context loop;
    TaskGroup group(loop.get_executor());
    asio::steady_timer until(loop, 300ms);
    group.spawn("deaf", deaf(until));
    loop.poll();
    bool joined = true;
    run(loop, stop_and_join(group, 20ms, joined));
    CHECK_FALSE(joined);
    CHECK(group.size() == 0);
}

TEST_CASE("an exception that escapes a task stops the group and is remembered", "[net][task_group]") {
    asio::io_context loop;
    TaskGroup group(loop.get_executor());
    int ended = 0;
    group.spawn("waiting", wait_for_stop(ended));
    group.spawn("broken", broken());
    bool joined = false;
    run(loop, join_only(group, joined));
    CHECK(joined);
    CHECK(ended == 1);
    CHECK(group.failed());
}

TEST_CASE("a task started after the stop is asked to end at once", "[net][task_group]") {
    asio::io_context loop;
    TaskGroup group(loop.get_executor());
    group.stop();
    int ended = 0;
    group.spawn("late", wait_for_stop(ended));
    bool joined = false;
    run(loop, join_only(group, joined));
    CHECK(joined);
    CHECK_FALSE(group.failed());
}

TEST_CASE("a group may go before its tasks do", "[net][task_group]") {
    asio::io_context loop;
    asio::steady_timer until(loop, 20ms);
    {
        TaskGroup group(loop.get_executor());
        group.spawn("outlives", deaf(until));
        loop.poll();
    }
    CHECK(loop.run() > 0);
}

TEST_CASE("whoever owns a group is told once when it fails, and can throw what failed", "[net][task_group]") {
    asio::io_context loop;
    TaskGroup group(loop.get_executor());
    int told = 0;
    group.on_failure([&] { ++told; });
    CHECK_NOTHROW(group.throw_if_failed());
    group.spawn("broken", broken());
    group.spawn("broken too", broken());
    bool joined = false;
    run(loop, join_only(group, joined));
    CHECK(joined);
    CHECK(told == 1);
    CHECK_THROWS_AS(group.throw_if_failed(), std::runtime_error);
}

TEST_CASE("a group that is gone tells nobody of a failure", "[net][task_group]") {
    asio::io_context loop;
    int told = 0;
    {
        TaskGroup group(loop.get_executor());
        group.on_failure([&] { ++told; });
        group.spawn("broken", broken());
    }
    loop.run();
    CHECK(told == 0);
}
