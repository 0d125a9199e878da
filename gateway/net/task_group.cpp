#include "gateway/net/task_group.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/core/demangle.hpp>
#include <boost/system/system_error.hpp>
#include <list>

namespace jejak::net {
namespace {

/// Asio's own way of saying that a task was cancelled while it waited.
bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

/// The type alone: what() of a stray exception may hold a number or a text.
std::string type_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return boost::core::demangle(typeid(error).name());
    } catch (...) {
        return "unknown";
    }
}

}  // namespace

struct TaskGroup::State {
    explicit State(asio::any_io_executor executor_) : executor(std::move(executor_)), idle(executor) {}

    void stop() {
        stopping = true;
        for (auto task = tasks.begin(); task != tasks.end();) {
            (task++)->emit(asio::cancellation_type::terminal);
        }
    }

    asio::any_io_executor executor;
    asio::steady_timer idle;  ///< cancelled when the last task ends
    std::list<asio::cancellation_signal> tasks;
    bool stopping = false;
    std::exception_ptr failure;  ///< the first
    std::function<void()> told;
};

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}
TaskGroup::~TaskGroup() {
    state_->told = {};
}

void TaskGroup::spawn(std::string name, awaitable<void> task) {
    const auto self = state_->tasks.emplace(state_->tasks.end());
    auto finished = [state = state_, self, name = std::move(name)](std::exception_ptr failure) {
        state->tasks.erase(self);
        if (failure && !(state->stopping && is_cancellation(failure))) {
            spdlog::error("event=task_failed task={} exception={}", name, type_of(failure));
            const bool first = state->failure == nullptr;
            if (first) state->failure = failure;
            state->stop();
            if (first && state->told) state->told();
        }
        if (state->tasks.empty()) state->idle.cancel();
    };
    asio::co_spawn(state_->executor, std::move(task), asio::bind_cancellation_slot(self->slot(), std::move(finished)));
    if (state_->stopping) self->emit(asio::cancellation_type::terminal);
}

void TaskGroup::stop() {
    state_->stop();
}
bool TaskGroup::failed() const {
    return state_->failure != nullptr;
}
void TaskGroup::on_failure(std::function<void()> told) {
    state_->told = std::move(told);
}
void TaskGroup::throw_if_failed() const {
    if (state_->failure) std::rethrow_exception(state_->failure);
}
std::size_t TaskGroup::size() const {
    return state_->tasks.size();
}

awaitable<bool> TaskGroup::join(std::chrono::milliseconds limit) {
    const auto state = state_;
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!state->tasks.empty() && std::chrono::steady_clock::now() < until) {
        state->idle.expires_at(until);
        co_await state->idle.async_wait(use_tuple);
    }
    co_return state->tasks.empty();
}

}  // namespace jejak::net
