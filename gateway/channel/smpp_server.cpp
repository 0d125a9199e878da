#include "gateway/channel/smpp_server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

#include "gateway/channel/server/peer.hpp"
#include "gateway/net/address.hpp"
#include "protocol/time.hpp"

namespace jejak::channel {
namespace {

using boost::system::error_code;
using net::awaitable;
using net::stop_requested;
using net::use_tuple;
using net::asio::ip::tcp;

constexpr int backlog = 1'024;

tcp::acceptor open_acceptor(const net::asio::any_io_executor& executor, const SmppServerOptions& options) {
    const auto refuse = [&](const std::string& why) -> tcp::acceptor {
        throw std::runtime_error("channel \"" + options.channel.name + "\": cannot listen on " + options.listen + ": " +
                                 why);
    };
    const auto parsed = net::parse_listen(options.listen);
    const auto* const endpoint = parsed ? std::get_if<tcp::endpoint>(&*parsed) : nullptr;
    if (endpoint == nullptr) return refuse("no address and port");
    tcp::acceptor acceptor(executor);
    error_code error;
    acceptor.open(endpoint->protocol(), error);
    if (!error) acceptor.set_option(net::asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(*endpoint, error);
    if (!error) acceptor.listen(backlog, error);
    if (error) return refuse(error.message());
    return acceptor;
}

}  // namespace

SmppServer::SmppServer(SmppServerOptions options, const storage::Vault& vault, intake::Intake& intake,
                       StoreAccess& store, Telemetry& telemetry, SmppInbox::RouteOf route, SmppInbox::Stored stored)
    : options_(std::move(options)),
      binds_(options_, vault, intake, store, telemetry, std::move(route), std::move(stored)),
      unsent_(store),
      acceptor_(open_acceptor(store.executor(), options_)),
      pause_(store.executor()),
      address_(net::to_text(acceptor_.local_endpoint())) {
    if (options_.tls) tls_.emplace(name(), *options_.tls);
    telemetry.sessions(name(), 0);
}

void SmppServer::serve_ussd(ussd::Desk& desk) {
    binds_.serve_ussd(desk);
}

/// Accepts while it may; peers that are one too many are closed at once.
awaitable<void> SmppServer::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    spdlog::info("event=listening channel={} address={}", name(), address_);
    binds_.tasks.on_failure([this] {
        error_code ignored;
        acceptor_.cancel(ignored);
    });
    while (!co_await stop_requested()) {
        auto [error, socket] = co_await acceptor_.async_accept(use_tuple);
        if (binds_.tasks.failed()) break;
        if (co_await stop_requested()) break;
        if (!error) {
            if (admit(std::move(socket))) continue;
            pause_.expires_after(too_fast_pause);
            co_await pause_.async_wait(use_tuple);
            if (binds_.tasks.failed()) break;
        } else if (error != net::asio::error::connection_aborted) {
            accept_fault_ = error.message();
            accept_failed_at_ = steady_now();
            spdlog::warn("event=accept_failed channel={} reason=\"{}\"", name(), error.message());
            pause_.expires_after(accept_pause);
            co_await pause_.async_wait(use_tuple);
        }
    }
    error_code ignored;
    acceptor_.close(ignored);
    binds_.tasks.stop();
    if (!co_await binds_.tasks.join(stop_limit)) {
        spdlog::warn("event=channel_stop_late channel={} binds={}", name(), binds_.bound);
        binds_.abandon_all();
        co_await binds_.tasks.join(force_limit);
    }
    const auto until = steady_now() + store_limit;
    for (const auto& account : binds_.accounts) co_await account->replies().stored(until);
    co_await unsent_.stored(until);
    binds_.tasks.throw_if_failed();
}

/// False: it was turned away, because its address comes too fast.
bool SmppServer::admit(tcp::socket socket) {
    error_code gone;
    const auto from = socket.remote_endpoint(gone).address();
    if (gone) return true;
    if (!binds_.arrivals.admits(from, steady_now())) {
        turn_away(socket, from);
        return false;
    }
    socket.set_option(tcp::no_delay(true), gone);
    if (auto place = binds_.waiting.enter(from)) {
        binds_.tasks.spawn("smpp_peer", serve(std::move(socket), from, std::move(place)));
    } else {
        binds_.telemetry.bind(name(), "too_many_unbound");
    }
    return true;
}

/// More connections than an address may begin: reset, so that not even their ends are waited for.
void SmppServer::turn_away(tcp::socket& socket, const net::asio::ip::address& from) {
    error_code gone;
    socket.set_option(net::asio::socket_base::linger(true, 0), gone);
    binds_.telemetry.bind(name(), "too_fast");
    if (const auto untold = binds_.tells_of_stranger("too_fast")) {
        spdlog::warn("event=connections_too_fast channel={} from={} untold={}", name(), from.to_string(), *untold);
    }
}

awaitable<void> SmppServer::serve(tcp::socket socket, net::asio::ip::address from, Place place) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    const auto bind_by = steady_now() + options_.session_init;
    std::optional<net::Stream> stream;
    if (tls_) {
        stream = co_await secure(std::move(socket), from, place);
    } else {
        stream.emplace(std::move(socket));
    }
    if (!stream || !place || co_await stop_requested()) co_return;
    const auto peer =
        std::make_shared<SmppPeer>(binds_, std::move(*stream), std::move(from), std::move(place), bind_by);
    co_await peer->run();
}

/// A handshake gives way like any other connection that has not bound: then `place` is empty.
awaitable<std::optional<net::Stream>> SmppServer::secure(tcp::socket socket, const net::asio::ip::address& from,
                                                         Place& place) {
    using namespace net::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    net::asio::steady_timer given_way(socket.get_executor(), SteadyTime::max());
    place->gives_way_by([&place, &given_way] {
        place.reset();
        given_way.cancel();
    });
    auto first = co_await (tls_->accept(std::move(socket), options_.session_init) || given_way.async_wait(use_tuple));
    if (first.index() == 1 || !place) co_return std::nullopt;
    place->gives_way_by({});
    auto secured = std::get<0>(std::move(first));
    if (!secured.stream) {
        binds_.telemetry.bind(name(), "tls_failed");
        const auto reason = secured.fault ? secured.fault->reason : std::string_view("unknown");
        if (const auto untold = binds_.tells_of_stranger(reason)) {
            spdlog::warn("event=tls_failed channel={} from={} reason={} untold={}", name(), from.to_string(), reason,
                         *untold);
        }
    }
    co_return std::move(secured.stream);
}

net::TlsRenewal SmppServer::renew_tls(const std::optional<net::TlsServerOptions>& fresh) {
    return tls_ && fresh ? tls_->renewal(*fresh) : [] {};
}

void SmppServer::reload_accounts(const SmppServerOptions& fresh) {
    if (fresh.listen != binds_.options.listen) {
        // Which passwords are strong enough was judged for an address that is not in use yet.
        spdlog::error("event=accounts_reload_refused channel={} reason=\"listen is another; restart first\"", name());
        return;
    }
    const auto done = binds_.reload(fresh);
    if (!done) {
        spdlog::error("event=accounts_reload_refused channel={} reason=\"more than {} names since the start\"", name(),
                      SmppBinds::accounts_known_max);
        return;
    }
    spdlog::info("event=accounts_reloaded channel={} accounts={} added={} changed={} removed={} unbinding={}", name(),
                 fresh.accounts.size(), done->added, done->changed, done->removed, done->unbinding);
}

/// Out of descriptors, every attempt fails again while somebody knocks; nobody knocking is no trouble.
std::string SmppServer::trouble() const {
    if (!acceptor_.is_open()) return "not listening";
    const bool lately = accept_failed_at_ && steady_now() < *accept_failed_at_ + accept_trouble_for;
    return lately ? "accept_failed: " + accept_fault_ : std::string();
}

bool SmppServer::ready() const {
    const auto now = steady_now();
    return std::any_of(binds_.accounts.begin(), binds_.accounts.end(),
                       [now](const auto& account) { return account->ready(now); });
}

std::vector<std::string> SmppServer::ready_accounts() const {
    std::vector<std::string> names;
    const auto now = steady_now();
    for (const auto& account : binds_.accounts) {
        if (account->ready(now)) names.push_back(account->name());
    }
    if (!names.empty()) names.emplace_back();
    return names;
}

SmppAccount* SmppServer::carrier_of(const OutgoingReply& reply) const {
    const auto now = steady_now();
    const auto found = std::find_if(binds_.accounts.begin(), binds_.accounts.end(), [&](const auto& account) {
        return (reply.account.empty() || account->name() == reply.account) && account->ready(now);
    });
    return found == binds_.accounts.end() ? nullptr : found->get();
}

void SmppServer::submit(OutgoingReply reply) {
    if (auto* const account = carrier_of(reply)) return account->submit(std::move(reply));
    unsent_.give_back(reply.id);
    unsent_.settle();
}

}  // namespace jejak::channel
