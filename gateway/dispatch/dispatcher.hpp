#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config/config.hpp"
#include "gateway/dispatch/lane.hpp"
#include "gateway/sink/alert_json.hpp"

namespace jejak::dispatch {

/// Sends what the outbox owes to the configured endpoints: a lane each, so that a slow or dead one holds up no other.
/// What is owed to an endpoint that left the configuration stays in the store. Use it only on the loop's thread.
class Dispatcher {
public:
    /// errors: throws std::invalid_argument when an endpoint's URL or secret cannot be used.
    Dispatcher(net::asio::any_io_executor executor, StoreAccess& store, const storage::Vault& vault,
               const std::vector<EndpointOptions>& endpoints, const sink::PlaceName& place_name, Telemetry& telemetry);

    /// Until asked to stop; attempts under way end first.
    net::awaitable<void> run();
    /// A unit added a delivery for this endpoint; unknown names are none of ours.
    void wake(std::string_view endpoint);
    /// The endpoint's suspension was lifted in the store.
    void resume(std::string_view endpoint);

    /// Endpoints that nothing gets through to, and why.
    std::vector<std::pair<std::string, std::string>> troubles() const;

private:
    Lane* lane(std::string_view endpoint);

    net::asio::any_io_executor executor_;
    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace jejak::dispatch
