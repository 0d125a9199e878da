#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/casework/publish.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/net/http_server.hpp"
#include "gateway/telemetry.hpp"
#include "gateway/ussd/desk.hpp"

namespace jejak::http {

/// Everything the HTTP routes need, built once by the composition root and passed down.
struct Services {
    const Config& config;
    StoreAccess& store;
    intake::Intake& intake;
    const casework::Publisher& publisher;
    Telemetry& telemetry;
    std::function<std::shared_ptr<const understand::Pack>()> pack;
    /// Where replies to a channel's messages leave.
    std::function<casework::ReplyRoute(const std::string& channel)> reply_route;
    /// A message is stored: send its reply, wake its endpoints.
    std::function<void(const intake::Accepted&)> stored;
    /// Endpoints that now have something to deliver.
    std::function<void(const std::vector<std::string>&)> wake;
    /// Why the gateway is not ready: a name and a reason each; empty when it is.
    std::function<std::vector<std::pair<std::string, std::string>>()> not_ready;
    ussd::Desk& ussd;
};

/// Answers one request: finds the route, checks who asks, calls the handler. The routes stand in one table in api.cpp.
net::awaitable<net::Answer> serve(Services& services, net::Incoming incoming);

}  // namespace jejak::http
