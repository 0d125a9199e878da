#include "gateway/sink/webhook.hpp"

#include <stdexcept>

namespace jejak::sink {
namespace {

using How = SendOutcome::How;
using std::chrono::sys_seconds;

feed::WebhookKey signing_key(const EndpointOptions& endpoint) {
    auto key = feed::WebhookKey::parse(endpoint.secret.reveal());
    if (!key) throw std::invalid_argument("endpoint " + endpoint.name + ": the secret is no webhook secret");
    return *std::move(key);
}

net::HttpClientOptions client_options(const EndpointOptions& endpoint) {
    net::HttpClientOptions options;
    options.total_limit = endpoint.timeout;
    options.allow_private_address = endpoint.allow_private_address;
    options.idle_connections_max = endpoint.concurrency;
    return options;
}

/// The event's own time, as coarse as the rest of what is told.
WallTime told_time(const Outgoing& event, Detail detail) {
    if (event.type == "system.test") return event.at;
    if (detail == Detail::thin) return std::chrono::floor<std::chrono::hours>(event.at);
    return std::chrono::floor<std::chrono::minutes>(event.at);
}

bool about_the_endpoint(unsigned status) {
    switch (status) {
        case 401:
        case 403:
        case 404:
        case 408:
        case 429:
            return true;
        default:
            return status < 400 || status >= 500;
    }
}

}  // namespace

std::optional<std::string> render_webhook(const Outgoing& event, Detail detail, const PlaceName& place_name) {
    const auto data = event_json(event.type, event.body, detail, place_name);
    if (!data) return std::nullopt;
    auto body = R"({"type":")" + event.type + R"(","timestamp":")" + to_rfc3339(told_time(event, detail)) +
                R"(","data":)" + *data + "}";
    if (body.size() > webhook_body_max) return std::nullopt;
    return body;
}

SendOutcome outcome_of(const net::Sent& sent) {
    if (sent.how != net::Sent::How::answered) return {How::endpoint_down, std::nullopt, sent.reason};
    const auto reason = "http_" + std::to_string(sent.status);
    if (sent.status / 100 == 2) return {How::delivered, std::nullopt, reason};
    if (sent.status == 410) return {How::gone, std::nullopt, reason};
    return {about_the_endpoint(sent.status) ? How::endpoint_down : How::refused, sent.retry_after, reason};
}

WebhookSink::WebhookSink(net::asio::any_io_executor executor, const EndpointOptions& endpoint, PlaceName place_name)
    : client_(std::move(executor), endpoint.url, client_options(endpoint)),
      key_(signing_key(endpoint)),
      detail_(endpoint.detail),
      place_name_(std::move(place_name)) {}

net::awaitable<SendOutcome> WebhookSink::send(Outgoing event) {
    auto body = render_webhook(event, detail_, place_name_);
    if (!body) co_return SendOutcome{How::unsendable, std::nullopt, "unsendable"};
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    std::vector<std::pair<std::string, std::string>> headers{
        {"content-type", "application/json"},
        {"webhook-id", event.id},
        {"webhook-timestamp", std::to_string(now.time_since_epoch().count())},
        {"webhook-signature", key_.sign(event.id, now, *body)},
    };
    if (event.replayed) headers.emplace_back("webhook-replay", "true");
    const auto sent = co_await client_.post(std::move(headers), std::move(*body));
    co_return outcome_of(sent);
}

}  // namespace jejak::sink
