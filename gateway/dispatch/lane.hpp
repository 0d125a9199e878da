#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dispatch/breaker.hpp"
#include "gateway/net/task_group.hpp"
#include "gateway/sink/sink.hpp"
#include "gateway/store_access.hpp"
#include "gateway/telemetry.hpp"

namespace jejak::dispatch {

struct LaneOptions {
    std::string name;               ///< of the endpoint
    std::uint32_t concurrency = 4;  ///< attempts under way at once
    RetrySchedule schedule;
    BreakerLimits limits;
    std::chrono::milliseconds look_min{1'000};  ///< pause after nothing was owed; doubles up to look_max
    std::chrono::milliseconds look_max{30'000};
    std::chrono::milliseconds storage_pause{1'000};  ///< before the store is asked again after it failed
    std::function<double()> random;                  ///< uniform in [0, 1)
};

/// What one endpoint is owed, sent in order of id, a page at a time: memory stays the same however much is owed.
///
/// A delivery is marked after the endpoint's 2xx, many in one unit: a crash in between sends it again under the same
/// id. While the endpoint is down one delivery probes it and the others wait without a write. One that fails again and
/// again while others arrive is retried on its own and does not hold them up.
class Lane {
public:
    static constexpr std::size_t page_max = 64;

    Lane(StoreAccess& store, const storage::Vault& vault, Telemetry& telemetry, std::unique_ptr<sink::Sink> sink,
         LaneOptions options);

    /// Until asked to stop; attempts under way end first.
    net::awaitable<void> run();
    /// Something is owed that was not before.
    void wake();
    /// Somebody says that the endpoint is well again; the store knows already.
    void resume();

    const std::string& name() const { return options_.name; }
    /// Why nothing gets through, for readiness; empty when all is well.
    std::optional<std::string> trouble() const;

private:
    struct Owed {
        storage::Delivery delivery;
        sink::Outgoing event;
        bool known = false;  ///< the event is in the store
    };

    net::awaitable<void> restore();
    net::awaitable<std::vector<Owed>> read_page();
    net::awaitable<void> send_page(std::vector<Owed> page);
    net::awaitable<void> send_one(Owed owed, bool probe);
    net::awaitable<void> save();
    net::awaitable<void> pause(WallTime until);
    net::awaitable<void> pause_for(std::chrono::milliseconds time);

    bool may_send() const;
    void settle(storage::Delivery delivery, const sink::SendOutcome& outcome, bool probe);
    void retry_alone(storage::Delivery delivery, const sink::SendOutcome& outcome);
    void endpoint_answered(const storage::Delivery& delivery, bool probe);
    void endpoint_failed(const storage::Delivery& delivery, const sink::SendOutcome& outcome, bool probe);
    void note(Breaker::Change change);
    void keep_state();
    std::string event_id(const storage::Delivery& delivery) const;

    StoreAccess& store_;
    const storage::Vault& vault_;
    Telemetry& telemetry_;
    std::unique_ptr<sink::Sink> sink_;
    LaneOptions options_;
    Breaker breaker_;
    net::TaskGroup sends_;             ///< attempts and saves; never cancelled, each ends by its own limit
    net::asio::steady_timer changed_;  ///< cancelled when an attempt or a save ended
    net::asio::steady_timer pausing_;
    bool woken_ = false;
    bool stopping_ = false;

    std::size_t in_flight_ = 0;
    std::vector<storage::Delivery> unsaved_;  ///< at most page_max
    std::optional<storage::EndpointState> unsaved_state_;
    bool saving_ = false;
    bool state_kept_ = false;           ///< the store holds that the endpoint is failing
    storage::Id probed_ = 0;            ///< the delivery that probed last: the next probe is another one
    storage::Id opened_by_ = 0;         ///< the delivery whose failure opened the breaker last
    bool answered_since_ = false;       ///< others got through since then
    std::optional<WallTime> retry_at_;  ///< the first of the deliveries that are retried on their own
    std::chrono::milliseconds look_;
    bool read_failed_ = false;
};

}  // namespace jejak::dispatch
