#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "gateway/channel/reply_exit.hpp"
#include "gateway/channel/reply_outcomes.hpp"
#include "gateway/config/config.hpp"
#include "gateway/net/http_client.hpp"
#include "gateway/telemetry.hpp"

namespace jejak::channel {

/// Replies through a provider's send call. Each was written as sent before it came here, and one request is made for
/// it on a connection of its own, so that nothing can make it leave twice. What is known not to have been taken
/// becomes pending again; whatever may have been taken stays sent; what was refused is dropped.
class HttpSender : public ReplyExit {
public:
    static constexpr std::size_t queued_max = 1'000;
    static constexpr std::chrono::seconds wait_first{1};  ///< after a call that failed; doubles
    static constexpr std::chrono::seconds wait_longest{64};
    static constexpr std::chrono::seconds asked_longest{600};        ///< of a provider's Retry-After
    static constexpr std::chrono::milliseconds finish_limit{5'000};  ///< for calls under way when asked to stop
    static constexpr std::chrono::milliseconds abandon_limit{500};
    static constexpr std::chrono::seconds store_limit{2};  ///< for what became of the last ones to be stored

    /// A reply's public id, told to the provider.
    using PublicId = std::function<std::string(storage::Id)>;

    /// errors: throws std::invalid_argument when the URL cannot be used; a checked configuration has none such.
    HttpSender(const HttpChannelOptions& options, StoreAccess& store, Telemetry& telemetry, PublicId public_id);

    /// Until asked to stop: calls under way end, what waits becomes pending again.
    net::awaitable<void> run();

    const std::string& name() const override { return options_.name; }
    bool ready() const override;
    void submit(OutgoingReply reply) override;
    /// Why replies do not leave just now: "refused", "http_401"; empty when they do.
    const std::string& trouble() const { return trouble_; }

private:
    net::awaitable<void> work();
    net::awaitable<void> send(OutgoingReply reply);
    void pause(std::optional<std::chrono::seconds> asked);
    std::chrono::milliseconds pause_left() const;

    HttpChannelOptions options_;
    StoreAccess& store_;
    Telemetry& telemetry_;
    PublicId public_id_;
    net::HttpClient client_;
    ReplyOutcomes outcomes_;
    std::deque<OutgoingReply> queue_;
    net::asio::steady_timer changed_;  ///< cancelled when the queue has something, or all is over
    std::chrono::seconds wait_{0};
    SteadyTime paused_until_{};
    bool running_ = false;
    std::string trouble_;
};

}  // namespace jejak::channel
