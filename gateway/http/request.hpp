#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/api.hpp"
#include "storage/model.hpp"

/// What the handlers share: the path's parts, who asks, and JSON answers.
namespace jejak::http {

struct Asker {
    std::string name;
    Role role = Role::villager;
    std::vector<std::string> areas;
};

struct Request {
    net::Incoming incoming;
    std::string rest;  ///< what follows the route's fixed part: a channel's name, an alert's id
    Asker asker;       ///< set on routes that need a token
};

/// The token's owner: from the configuration, or from the store. Empty when there is none of that hash, or it was
/// revoked.
net::awaitable<std::optional<Asker>> authenticate(Services& services, const net::HttpRequest& request);

/// The HTTP channel of that name; null when there is none.
const HttpChannelOptions* find_channel(const Config& config, std::string_view name);

net::Answer json_answer(std::string body, unsigned status = 200);
/// 503 with Retry-After: the store cannot take or answer anything just now.
net::Answer unavailable(std::string_view detail);

// the handlers, by file
net::awaitable<net::Answer> receive_message(Services& services, Request request);  // inbound.cpp
net::awaitable<net::Answer> receive_ussd(Services& services, Request request);     // ussd.cpp
net::awaitable<net::Answer> list_alerts(Services& services, Request request);      // alerts.cpp
net::awaitable<net::Answer> show_alert(Services& services, Request request);
net::awaitable<net::Answer> acknowledge_alert(Services& services, Request request);
net::awaitable<net::Answer> show_ledger(Services& services, Request request);  // health.cpp
net::awaitable<net::Answer> show_health(Services& services, Request request);
net::awaitable<net::Answer> show_readiness(Services& services, Request request);
net::awaitable<net::Answer> show_metrics(Services& services, Request request);

}  // namespace jejak::http
