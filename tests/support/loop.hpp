#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "gateway/net/http_server.hpp"
#include "gateway/net/task_group.hpp"

namespace jejak::test {

/// The network loop on a thread of its own, for tests that look at it from outside.
class Loop {
public:
    Loop() : work_(net::asio::make_work_guard(context_)), thread_([this] { context_.run(); }) {}
    ~Loop() {
        work_.reset();
        context_.stop();
        thread_.join();
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    net::asio::any_io_executor executor() { return context_.get_executor(); }

    /// Runs `task` on the loop and hands back its result; throws when it takes longer than `limit`.
    template <class T>
    T run(net::awaitable<T> task, std::chrono::seconds limit = std::chrono::seconds(30)) {
        const auto result = std::make_shared<std::promise<T>>();
        auto done = [result](std::exception_ptr failure, T value) {
            failure ? result->set_exception(failure) : result->set_value(std::move(value));
        };
        net::asio::co_spawn(context_, std::move(task), std::move(done));
        return take(result->get_future(), limit);
    }

    /// Runs `action` on the loop's thread.
    template <class Action>
    auto call(Action action) {
        const auto task = std::make_shared<std::packaged_task<decltype(action())()>>(std::move(action));
        net::asio::post(context_, [task] { (*task)(); });
        return take(task->get_future(), std::chrono::seconds(30));
    }

private:
    template <class T>
    static T take(std::future<T> result, std::chrono::seconds limit) {
        if (result.wait_for(limit) != std::future_status::ready) throw std::runtime_error("not done in time");
        return result.get();
    }

    net::asio::io_context context_;
    net::asio::executor_work_guard<net::asio::io_context::executor_type> work_;
    std::thread thread_;
};

/// An HttpServer that runs until the test is over.
class RunningServer {
public:
    RunningServer(Loop& loop, net::HttpServerOptions options, net::Handler handler)
        : loop_(loop), server_(loop.executor(), std::move(options), std::move(handler)), group_(loop.executor()) {
        loop_.call([this] { group_.spawn("server", server_.run()); });
    }
    ~RunningServer() {
        try {
            stop(std::chrono::seconds(10));
        } catch (const std::exception&) {
            std::terminate();
        }
    }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    std::string address() const { return server_.address(); }
    std::uint16_t port() const {
        return static_cast<std::uint16_t>(std::stoul(address().substr(address().rfind(':') + 1)));
    }
    net::HttpServer::Counts counts() {
        return loop_.call([this] { return server_.counts(); });
    }
    void renew_tls(const net::TlsServerOptions& fresh) {
        loop_.call([&] { server_.renew_tls(fresh)(); });
    }
    void ask_to_stop() {
        loop_.call([this] { group_.stop(); });
    }
    bool stop(std::chrono::milliseconds limit) {
        ask_to_stop();
        return loop_.run(group_.join(limit));
    }

private:
    Loop& loop_;
    net::HttpServer server_;
    net::TaskGroup group_;
};

}  // namespace jejak::test
