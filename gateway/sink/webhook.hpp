#pragma once
#include "gateway/net/http_client.hpp"
#include "gateway/sink/alert_json.hpp"
#include "gateway/sink/sink.hpp"
#include "protocol/feed/webhook.hpp"

namespace jejak::sink {

constexpr std::size_t webhook_body_max = 20'000;  ///< octets. source: Standard Webhooks 1.0.0, "Payload size"

/// `{"type","timestamp","data"}` as this endpoint may see it; empty when the stored octets are no such message, or the
/// result would be too large. The same for equal input, so that a retry repeats itself.
std::optional<std::string> render_webhook(const Outgoing& event, Detail detail, const PlaceName& place_name);

/// What an answer means. 2xx is delivery; 410 is farewell; redirects, 401, 403, 404, 408, 429, 5xx and silence are
/// about the endpoint; any other 4xx is about this delivery alone.
SendOutcome outcome_of(const net::Sent& sent);

/// Posts events to one URL, signed anew at every attempt. source: Standard Webhooks 1.0.0
class WebhookSink : public Sink {
public:
    /// errors: throws std::invalid_argument when the URL or the secret cannot be used.
    WebhookSink(net::asio::any_io_executor executor, const EndpointOptions& endpoint, PlaceName place_name);

    net::awaitable<SendOutcome> send(Outgoing event) override;

private:
    net::HttpClient client_;
    feed::WebhookKey key_;
    Detail detail_;
    PlaceName place_name_;
};

}  // namespace jejak::sink
