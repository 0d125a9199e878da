#include "gateway/dispatch/dispatcher.hpp"

#include <memory>
#include <random>

#include "gateway/sink/webhook.hpp"

namespace jejak::dispatch {
namespace {

constexpr std::chrono::seconds stop_patience{40};  ///< longer than any endpoint's timeout

std::function<double()> make_random() {
    const auto source = std::make_shared<std::mt19937_64>(std::random_device{}());
    return [source] { return std::uniform_real_distribution<double>(0, 1)(*source); };
}

LaneOptions lane_options(const EndpointOptions& endpoint) {
    LaneOptions options;
    options.name = endpoint.name;
    options.concurrency = endpoint.concurrency;
    options.random = make_random();
    return options;
}

}  // namespace

Dispatcher::Dispatcher(net::asio::any_io_executor executor, StoreAccess& store, const storage::Vault& vault,
                       const std::vector<EndpointOptions>& endpoints, const sink::PlaceName& place_name,
                       Telemetry& telemetry)
    : executor_(std::move(executor)) {
    for (const auto& endpoint : endpoints) {
        auto webhook = std::make_unique<sink::WebhookSink>(executor_, endpoint, place_name);
        lanes_.push_back(std::make_unique<Lane>(store, vault, telemetry, std::move(webhook), lane_options(endpoint)));
    }
}

net::awaitable<void> Dispatcher::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    net::asio::steady_timer stop(executor_, SteadyTime::max());
    net::TaskGroup group(executor_);
    group.on_failure([&stop] { stop.cancel(); });
    for (const auto& each : lanes_) group.spawn("lane:" + each->name(), each->run());
    while (!co_await net::stop_requested()) {
        if (group.failed()) break;
        co_await stop.async_wait(net::use_tuple);
    }
    group.stop();
    co_await group.join(stop_patience);
    group.throw_if_failed();
}

Lane* Dispatcher::lane(std::string_view endpoint) {
    for (const auto& each : lanes_) {
        if (each->name() == endpoint) return each.get();
    }
    return nullptr;
}

void Dispatcher::wake(std::string_view endpoint) {
    if (auto* found = lane(endpoint)) found->wake();
}

void Dispatcher::resume(std::string_view endpoint) {
    if (auto* found = lane(endpoint)) found->resume();
}

std::vector<std::pair<std::string, std::string>> Dispatcher::troubles() const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& each : lanes_) {
        if (auto trouble = each->trouble()) found.emplace_back(each->name(), std::move(*trouble));
    }
    return found;
}

}  // namespace jejak::dispatch
