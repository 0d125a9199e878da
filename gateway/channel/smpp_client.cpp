#include "gateway/channel/smpp_client.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "protocol/time.hpp"

namespace jejak::channel {
namespace {

using net::awaitable;
using net::stop_requested;
using net::use_tuple;
using smpp::BindKind;

}  // namespace

SmppClient::SmppClient(SmppChannelOptions options, const storage::Vault& vault, intake::Intake& intake,
                       StoreAccess& store, Telemetry& telemetry, RouteOf route, Stored stored)
    : vault_(vault),
      binds_(std::move(options), intake, store, telemetry, std::move(route), std::move(stored)),
      tasks_(store.executor()),
      over_(store.executor(), SteadyTime::max()) {
    const auto& channel = binds_.options;
    for (std::uint32_t i = 0; i < std::max(1U, channel.binds); ++i) {
        const auto add = [this](BindKind kind) { binds_.all.push_back(std::make_unique<SmppConnector>(binds_, kind)); };
        if (channel.separate_binds) {
            add(BindKind::receiver);
            add(BindKind::transmitter);
        } else {
            add(channel.bind);
        }
    }
    if (channel.outbind_listen.empty()) return;
    outbind_.emplace(channel, store.executor(), [this] {
        for (const auto& one : binds_.all) one->hurry();
    });
}

SmppClient::~SmppClient() = default;

void SmppClient::serve_ussd(ussd::Desk& desk) {
    binds_.ussd.emplace(binds_.options, desk);
}

net::TlsRenewal SmppClient::renew_tls(const std::optional<net::TlsClientOptions>& fresh) {
    return binds_.tls && fresh ? binds_.tls->renewal(*fresh) : [] {};
}

bool SmppClient::ready() const {
    return binds_.transmits() && binds_.replies.has_room(steady_now());
}

std::string_view SmppClient::status() const {
    if (bound()) return "bound";
    const auto& all = binds_.all;
    if (std::any_of(all.begin(), all.end(), [](const auto& one) { return one->tls_failed(); })) return "tls_failed";
    if (binds_.store_failing_since) return "store_failing";
    return binds_.count_bound() > 0 ? "partly_bound" : "connecting";
}

std::uint64_t SmppClient::attempts() const {
    std::uint64_t all = 0;
    for (const auto& one : binds_.all) all += one->attempts();
    return all;
}

awaitable<void> SmppClient::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    binds_.changed();
    tasks_.on_failure([this] { over_.cancel(); });
    for (const auto& one : binds_.all) tasks_.spawn("bind:" + name(), one->run());
    if (outbind_) tasks_.spawn("outbind:" + name(), outbind_->run());
    tasks_.spawn("recall:" + name(), recall());
    while (!tasks_.failed()) {
        if (co_await stop_requested()) break;
        co_await over_.async_wait(use_tuple);
    }
    tasks_.stop();
    const bool joined = co_await tasks_.join(stop_limit);
    if (!joined) {
        spdlog::warn("event=channel_stop_late channel={} binds={}", name(), binds_.count_bound());
        for (const auto& one : binds_.all) one->abandon();
        co_await tasks_.join(force_limit);
    }
    co_await binds_.replies.stored(steady_now() + store_limit);
    tasks_.throw_if_failed();
}

/// Of a process that ended: replies that were on their way, and nobody knows how far.
awaitable<void> SmppClient::recall() {
    if (binds_.options.query == SmppProfile::Query::none) co_return;
    std::vector<ReplySender::Doubtful> uncertain;
    auto ask = [&](storage::View& view) {
        for (auto& reply : view.replies_uncertain(name(), wall_now(), recalled_max)) {
            auto known = view.parts_of_reply(reply.id);
            const auto text = vault_.open(storage::Table::reply, storage::Column::text, reply.id, reply.text);
            if (text) {
                uncertain.push_back({std::move(reply), std::move(known), text->reveal()});
            } else {
                spdlog::error("event=reply_unreadable channel={}", name());  // of a key that is gone: it stays in doubt
            }
        }
    };
    try {
        co_await binds_.store.read(ask);
    } catch (const std::exception&) {
        spdlog::warn("event=replies_unreadable channel={}", name());
    }
    binds_.replies.recall(uncertain);
    binds_.wake_transmitters();
}

void SmppClient::submit(OutgoingReply reply) {
    if (!ready()) {
        binds_.replies.give_back(reply.id);
        binds_.replies.settle();
        return;
    }
    binds_.replies.add(std::move(reply));
    binds_.wake_transmitters();
}

}  // namespace jejak::channel
