#pragma once
#include <functional>
#include <memory>
#include <string>

#include "gateway/net/await.hpp"

namespace jejak::net {

/// Owns every long-lived coroutine. Nothing in the gateway is detached: what starts here is joined here. Use it only on
/// the loop's thread.
class TaskGroup {
public:
    explicit TaskGroup(asio::any_io_executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task`. An exception escaping it is a bug: it is logged under `name`, the whole group stops, and failed()
    /// says so. After stop() a new task is asked to end at once.
    void spawn(std::string name, awaitable<void> task);
    /// Asks every task to end. Each sees stop_requested() and finishes what it holds.
    void stop();
    /// Waits for every task to end; false if `limit` came first.
    awaitable<bool> join(std::chrono::milliseconds limit);

    bool failed() const;
    /// Called once, when the group fails: whoever owns it wakes, joins, and throws what failed, so that the process
    /// ends in order. Not called any more when the group is gone.
    void on_failure(std::function<void()> told);
    /// Throws the first exception that escaped a task, if any did.
    void throw_if_failed() const;
    std::size_t size() const;

private:
    struct State;
    std::shared_ptr<State> state_;  ///< shared with the tasks: one that outlives the group ends without touching it
};

}  // namespace jejak::net
