#include "gateway/channel/client/outbind.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

#include "gateway/channel/server/password_check.hpp"
#include "gateway/net/address.hpp"

namespace jejak::channel {
namespace {

using boost::system::error_code;
using net::awaitable;
using net::stop_requested;
using net::use_tuple;
using net::asio::ip::tcp;

constexpr int outbind_backlog = 16;

tcp::acceptor open_acceptor(const net::asio::any_io_executor& executor, const SmppChannelOptions& options) {
    const auto parsed = net::parse_listen(options.outbind_listen);
    const auto* const endpoint = parsed ? std::get_if<tcp::endpoint>(&*parsed) : nullptr;
    error_code error = endpoint == nullptr ? net::asio::error::invalid_argument : error_code();
    tcp::acceptor acceptor(executor);
    if (!error) acceptor.open(endpoint->protocol(), error);
    if (!error) acceptor.set_option(net::asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(*endpoint, error);
    if (!error) acceptor.listen(outbind_backlog, error);
    if (error) {
        throw std::runtime_error("channel \"" + options.name + "\": cannot listen on " + options.outbind_listen + ": " +
                                 error.message());
    }
    return acceptor;
}

}  // namespace

OutbindListener::OutbindListener(const SmppChannelOptions& options, net::asio::any_io_executor executor,
                                 std::function<void()> heard)
    : options_(options),
      heard_(std::move(heard)),
      acceptor_(open_acceptor(executor, options)),
      pause_(executor),
      address_(net::to_text(acceptor_.local_endpoint())),
      tasks_(executor) {}

awaitable<void> OutbindListener::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    tasks_.on_failure([this] {
        error_code ignored;
        acceptor_.cancel(ignored);
    });
    while (!co_await stop_requested()) {
        auto [error, socket] = co_await acceptor_.async_accept(use_tuple);
        if (tasks_.failed()) break;
        if (co_await stop_requested()) break;
        if (!error) {
            admit(std::move(socket));
        } else if (error != net::asio::error::connection_aborted) {
            spdlog::warn("event=accept_failed channel={} reason=\"{}\"", options_.name, error.message());
            pause_.expires_after(accept_pause);
            co_await pause_.async_wait(use_tuple);
        }
    }
    error_code ignored;
    acceptor_.close(ignored);
    tasks_.stop();
    co_await tasks_.join(stop_limit);
    tasks_.throw_if_failed();
}

/// The socket of whoever is not allowed goes with this call.
void OutbindListener::admit(tcp::socket socket) {
    error_code gone;
    const auto from = socket.remote_endpoint(gone).address();
    if (gone) return;
    const auto& allowed = options_.outbind_allow;
    if (std::none_of(allowed.begin(), allowed.end(), [&](const auto& range) { return range.contains(from); })) {
        spdlog::warn("event=outbind_refused channel={} reason=address from={}", options_.name, from.to_string());
        return;
    }
    if (tasks_.size() >= connections_max) return;
    tasks_.spawn("smpp_outbind", serve(std::move(socket)));
}

awaitable<void> OutbindListener::serve(tcp::socket socket) {
    smpp::SessionOptions options;
    options.side = smpp::Side::smsc;
    options.system_id = options_.system_id;
    SmppLinkOwner& owner = *this;
    const auto link = std::make_shared<SmppLink>(net::Stream(std::move(socket)), std::move(options), owner);
    co_await link->run();
}

void OutbindListener::on_event(SmppLink& link, smpp::Event& event) {
    if (const auto* arrived = std::get_if<smpp::OutbindArrived>(&event)) {
        hear(arrived->pdu);
        link.session().close(std::chrono::steady_clock::now());
        link.wake();
    } else if (std::holds_alternative<smpp::BindRequested>(event)) {  // nobody binds to us here
        link.session().refuse_bind(smpp::CommandStatus::bind_failed);
        link.answered();
    } else if (const auto* closed = std::get_if<smpp::Closed>(&event)) {
        if (closed->why != smpp::Closed::Why::not_smpp) return;
        spdlog::warn(
            "event=outbind_refused channel={} reason=not_smpp hint=\"outbind_listen hears plain SMPP, no TLS\"",
            options_.name);
    }
}

void OutbindListener::hear(const smpp::Outbind& outbind) {
    const auto& password = options_.outbind_password.reveal();
    if (!password.empty() && !same_secret(outbind.password, password)) {
        spdlog::warn("event=outbind_refused channel={} reason=password", options_.name);
        return;
    }
    spdlog::info("event=outbind channel={}", options_.name);
    heard_();
}

}  // namespace jejak::channel
