#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/dispatch/lane.hpp"
#include "gateway/sink/webhook.hpp"
#include "tests/support/loop.hpp"
#include "tests/support/store_fixture.hpp"

/// Both ends of the outbox: a task force's desk that gets what is owed, and one endpoint's lane on a store of its own.
namespace jejak::test {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

constexpr const char* webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* endpoint_name = "satgas";

/// A task force's desk: answers as told, and remembers what it got.
class Desk {
public:
    struct Got {
        std::string id, body;
        bool authentic = false;
        bool replayed = false;
    };
    using Answering = std::function<net::Answer(std::size_t count, const Got& got)>;

    explicit Desk(Loop& loop) : loop_(loop) { open("127.0.0.1:0"); }

    /// From now on: `count` is 0 for the first request after this.
    void answer_with(Answering answering) {
        const std::lock_guard lock(mutex_);
        answering_ = std::move(answering);
        count_ = 0;
    }
    void answer_with(unsigned status, std::string retry_after = {}) {
        answer_with([=](std::size_t, const Got&) { return with_status(status, retry_after); });
    }
    static net::Answer with_status(unsigned status, const std::string& retry_after = {}) {
        net::Answer answer;
        answer.status = status;
        if (!retry_after.empty()) answer.headers = {{"Retry-After", retry_after}};
        return answer;
    }
    /// Holds every answer back until released.
    void hold() {
        loop_.call([this] { held_ = std::make_shared<net::asio::steady_timer>(loop_.executor(), SteadyTime::max()); });
    }
    void release() {
        loop_.call([this] { std::exchange(held_, nullptr)->cancel(); });
    }
    void close() { server_.reset(); }
    void open_again() { open(address_); }

    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return arrived_.wait_for(lock, 20s, [&] { return got_.size() >= count; });
    }
    std::vector<Got> got() {
        const std::lock_guard lock(mutex_);
        return got_;
    }
    std::size_t most_at_once() {
        const std::lock_guard lock(mutex_);
        return most_at_once_;
    }
    std::string url() const { return "http://" + address_ + "/alerts"; }

private:
    void open(const std::string& listen) {
        net::HttpServerOptions options;
        options.listen = listen;
        server_ = std::make_unique<RunningServer>(loop_, options,
                                                  [this](net::Incoming incoming) { return take(std::move(incoming)); });
        address_ = server_->address();
    }
    net::awaitable<net::Answer> take(net::Incoming incoming) {
        static const auto key = *feed::WebhookKey::parse(webhook_secret);
        const auto& http = incoming.http;
        const auto header = [&](const char* name) { return http.header(name).value_or(""); };
        Got got{std::string(header("webhook-id")), http.body, false, header("webhook-replay") == "true"};
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        got.authentic = key.verify(got.id, header("webhook-timestamp"), header("webhook-signature"), http.body, now);
        net::Answer answer;
        {
            const std::lock_guard lock(mutex_);
            got_.push_back(got);
            most_at_once_ = std::max(most_at_once_, ++at_once_);
            answer = answering_(count_++, got);
        }
        arrived_.notify_all();
        if (const auto held = held_) co_await held->async_wait(net::use_tuple);
        const std::lock_guard lock(mutex_);
        --at_once_;
        co_return answer;
    }

    Loop& loop_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    Answering answering_ = [](std::size_t, const Got&) { return with_status(204); };
    std::vector<Got> got_;
    std::size_t count_ = 0, at_once_ = 0, most_at_once_ = 0;
    std::shared_ptr<net::asio::steady_timer> held_;  ///< loop's thread
    std::string address_;
    std::unique_ptr<RunningServer> server_;
};

/// One endpoint's lane on a store of its own, with a schedule of milliseconds.
class Outbox {
public:
    Outbox(Loop& loop, Desk& desk, std::uint32_t concurrency = 1) : loop_(loop) {
        storage::SqliteOptions options;
        options.file = folder_ / "jejak.db";
        store_ = storage::open_sqlite(options, storage::testing::test_vault());
        access_.emplace(loop.executor(), *store_);
        endpoint_.name = endpoint_name;
        endpoint_.url = desk.url();
        endpoint_.secret = SensitiveText(webhook_secret);
        endpoint_.allow_private_address = true;
        endpoint_.concurrency = concurrency;
        endpoint_.timeout = 5s;
        schedule_.delays = {20ms, 40ms};
        schedule_.then = 80ms;
        schedule_.give_up = 10min;
    }
    ~Outbox() {
        stop();
        store_->close();
    }
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    void start() {
        dispatch::LaneOptions options;
        options.name = endpoint_name;
        options.concurrency = endpoint_.concurrency;
        options.schedule = schedule_;
        options.limits = limits_;
        options.look_min = 10ms;
        options.look_max = 100ms;
        options.random = [] { return 0.5; };
        auto webhook = std::make_unique<sink::WebhookSink>(
            loop_.executor(), endpoint_, [](std::string_view) { return std::string("Sajingan Besar"); });
        loop_.call([&] {
            telemetry_ = std::make_unique<Telemetry>();
            lane_ = std::make_unique<dispatch::Lane>(*access_, storage::testing::test_vault(), *telemetry_,
                                                     std::move(webhook), std::move(options));
            group_ = std::make_unique<net::TaskGroup>(loop_.executor());
            group_->spawn("lane", lane_->run());
        });
    }
    void stop() {
        if (!lane_) return;
        loop_.call([&] { group_->stop(); });
        if (!loop_.run(group_->join(20s))) std::terminate();
        loop_.call([&] {
            lane_.reset();
            group_.reset();
        });
    }
    void wake() {
        loop_.call([&] { lane_->wake(); });
    }
    void resume() {
        loop_.call([&] { lane_->resume(); });
    }
    std::string trouble() {
        return loop_.call([&] { return lane_->trouble().value_or(""); });
    }

    /// Stores `count` events and owes them; their public ids in order.
    std::vector<std::string> owe(std::size_t count) {
        std::vector<storage::Id> events;
        const auto apply = [&](storage::Unit& unit) {
            events.clear();
            for (std::size_t i = 0; i < count; ++i) {
                v1::Alert alert;
                alert.set_id("alert" + std::to_string(i));
                alert.mutable_place()->set_code("61.01.09.2002");
                storage::Event event;
                event.id = unit.next_id(storage::Table::event);
                event.type = "alert.raised";
                event.at = unit.now();
                event.body = alert.SerializeAsString();
                unit.add(event);
                storage::Delivery delivery;
                delivery.id = unit.next_id(storage::Table::delivery);
                delivery.event = event.id;
                delivery.endpoint = endpoint_name;
                unit.add(delivery);
                events.push_back(event.id);
            }
        };
        REQUIRE(storage::testing::commit(*store_, apply) == storage::Committed::durable);
        std::vector<std::string> ids;
        for (const auto id : events) ids.push_back(storage::testing::test_vault().public_id(storage::Table::event, id));
        if (lane_) wake();
        return ids;
    }
    storage::View::EndpointCounts counts() {
        return storage::testing::ask(*store_, [](storage::View& view) {
            for (auto& counts : view.endpoint_counts()) {
                if (counts.endpoint == endpoint_name) return counts;
            }
            return storage::View::EndpointCounts{};
        });
    }
    bool wait_until_delivered(std::size_t count) {
        return storage::testing::eventually([&] { return counts().delivered == count; });
    }
    std::vector<storage::EndpointState> states() {
        return storage::testing::ask(*store_, [](storage::View& view) { return view.endpoint_states(); });
    }
    std::vector<storage::Delivery> pending() {
        return storage::testing::ask(*store_, [](storage::View& view) {
            return view.deliveries_pending(endpoint_name, 0, wall_now() + 24h * 365, 1000);
        });
    }
    std::uint64_t replay() {
        std::uint64_t count = 0;
        const auto apply = [&](storage::Unit& unit) { count = unit.replay_dead(endpoint_name); };
        REQUIRE(storage::testing::commit(*store_, apply) == storage::Committed::durable);
        wake();
        return count;
    }
    storage::Store& store() { return *store_; }

    dispatch::RetrySchedule schedule_;
    dispatch::BreakerLimits limits_;
    EndpointOptions endpoint_;

private:
    Loop& loop_;
    storage::testing::TempFolder folder_;
    std::unique_ptr<storage::Store> store_;
    std::optional<StoreAccess> access_;
    std::unique_ptr<Telemetry> telemetry_;
    std::unique_ptr<dispatch::Lane> lane_;
    std::unique_ptr<net::TaskGroup> group_;
};

}  // namespace jejak::test
