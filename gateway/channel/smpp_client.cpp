#include "gateway/channel/smpp_client.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "gateway/channel/backoff.hpp"
#include "gateway/channel/smpp_inbound.hpp"

namespace jejak::channel {
namespace {

using intake::Accepted;
using net::awaitable;
using net::stop_requested;
using net::use_tuple;
using net::within;
using net::asio::ip::tcp;
using smpp::CommandStatus;
using storage::ReplyState;

constexpr std::chrono::seconds store_poll{1};

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

std::string_view why(smpp::Closed::Why reason) {
    using Why = smpp::Closed::Why;
    switch (reason) {
        case Why::unbound:
            return "unbound";
        case Why::peer_unbound:
            return "peer_unbound";
        case Why::framing_lost:
            return "framing_lost";
        case Why::not_smpp:
            return "not_smpp";
        case Why::link_silent:
            return "link_silent";
        case Why::bind_timeout:
            return "bind_timeout";
        case Why::bind_refused:
            return "bind_refused";
        case Why::closed_by_peer:
            return "closed_by_peer";
    }
    return "unknown";
}

awaitable<void> pause(std::chrono::milliseconds duration) {
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor, duration);
    co_await timer.async_wait(use_tuple);
}

awaitable<boost::system::error_code> connect_any(tcp::socket& socket, const std::string& host, std::uint16_t port) {
    tcp::resolver resolver(socket.get_executor());
    const auto [failed, addresses] = co_await resolver.async_resolve(host, std::to_string(port), use_tuple);
    if (failed) co_return failed;
    const auto [error, endpoint] = co_await net::asio::async_connect(socket, addresses, use_tuple);
    co_return error;
}

}  // namespace

/// A session and its socket. Completions of intake hold it weakly: they may come after it is gone.
struct SmppClient::Link {
    Link(tcp::socket connected, smpp::SessionOptions options)
        : socket(std::move(connected)),
          session(std::move(options), steady_now()),
          wake(socket.get_executor()),
          room(socket.get_executor()) {
        wake.expires_at(SteadyTime::max());
        room.expires_at(SteadyTime::max());
    }

    tcp::socket socket;
    smpp::Session session;
    net::asio::steady_timer wake;  ///< there is something to write, or to look at
    net::asio::steady_timer room;  ///< an answer left: there may be room to read again
    bool was_bound = false;
    bool transmits = false;
    bool closed = false;     ///< the session said so
    bool abandoned = false;  ///< close without another octet
};

SmppClient::SmppClient(SmppChannelOptions options, intake::Intake& intake, StoreAccess& store, Telemetry& telemetry,
                       RouteOf route, Stored stored)
    : options_(std::move(options)),
      intake_(intake),
      store_(store),
      telemetry_(telemetry),
      route_(std::move(route)),
      stored_(std::move(stored)),
      replies_(options_, store, telemetry),
      random_(std::random_device{}()) {}

SmppClient::~SmppClient() = default;

bool SmppClient::bound() const {
    return link_ && link_->session.bound();
}

bool SmppClient::ready() const {
    return bound() && link_->transmits && replies_.has_room(steady_now());
}

std::string_view SmppClient::status() const {
    if (bound()) return "bound";
    return store_failing_since_ ? "store_failing" : "connecting";
}

smpp::SessionOptions SmppClient::session_options() const {
    smpp::SessionOptions options;
    options.side = smpp::Side::esme;
    options.bind = options_.bind;
    options.system_id = options_.system_id;
    options.password = options_.password.reveal();
    options.system_type = options_.system_type;
    options.window_max = options_.window;
    options.timers.enquire_link = options_.enquire_link;
    options.timers.response = options_.response_limit;
    return options;
}

awaitable<void> SmppClient::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    Backoff backoff;
    std::uniform_real_distribution<double> uniform(0, 1);
    telemetry_.bind_state(options_.name, false);
    while (!co_await stop_requested()) {
        if (!store_.store().healthy()) {  // an SMSC keeps what we cannot: stay away until it can be kept
            co_await pause(store_poll);
            continue;
        }
        store_failing_since_.reset();
        if (auto socket = co_await connect()) {
            co_await run_session(std::move(*socket));
            if (link_ && link_->was_bound) backoff.reset();
            link_.reset();
            telemetry_.bind_state(options_.name, false);
        }
        if (co_await stop_requested()) break;
        co_await pause(backoff.next(uniform(random_)));
    }
}

awaitable<std::optional<tcp::socket>> SmppClient::connect() {
    tcp::socket socket(co_await net::asio::this_coro::executor);
    const auto error = co_await within(connect_limit, connect_any(socket, options_.host, options_.port));
    if (!error || *error) {
        spdlog::warn("event=connect_failed channel={} reason={}", options_.name, error ? error->message() : "timeout");
        co_return std::nullopt;
    }
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    co_return socket;
}

awaitable<void> SmppClient::run_session(tcp::socket socket) {
    using namespace net::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    auto link = std::make_shared<Link>(std::move(socket), session_options());
    link_ = link;
    co_await (read_loop(link) && write_loop(link));
    replies_.session_over();
    if (ussd_) ussd_->session_over();
}

/// Octets in, events out. Stops reading while as many answers are owed as the window allows: TCP pushes back, nothing
/// is dropped.
awaitable<void> SmppClient::read_loop(LinkPtr link) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    auto& session = link->session;
    bool closing = false;
    while (!link->closed) {
        if (!closing && co_await stop_requested()) {
            closing = true;
            session.close(steady_now());
            link->wake.cancel();
        }
        if (session.owed() >= options_.window) {
            co_await link->room.async_wait(use_tuple);
            continue;
        }
        const auto space = session.writable();
        const auto [error, size] =
            co_await link->socket.async_read_some(net::asio::buffer(space.data(), space.size()), use_tuple);
        if (error == net::asio::error::operation_aborted && !link->closed && link->socket.is_open()) continue;
        if (error) {
            if (error == net::asio::error::eof) co_await finish_half_closed(link);
            if (!link->closed) session.disconnected();
        } else {
            session.received(size, steady_now());
        }
        drain(link);
        link->wake.cancel();
        if (error) break;
    }
}

/// The peer sends no more, but may still read: what it handed over is answered before we close.
awaitable<void> SmppClient::finish_half_closed(LinkPtr link) {
    const auto until = steady_now() + half_close_limit;
    while (link->session.owed() > 0 && !link->closed && steady_now() < until) {
        link->room.expires_at(until);
        co_await link->room.async_wait(use_tuple);
    }
    link->room.expires_at(SteadyTime::max());
}

/// Writes what the session has to say, keeps its timers, and ends when it is over and all is written.
awaitable<void> SmppClient::write_loop(LinkPtr link) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    auto& session = link->session;
    std::vector<std::byte> writing;
    bool stopping = false;
    for (;;) {
        if (!stopping && co_await stop_requested()) {
            stopping = true;
            session.close(steady_now());
        }
        session.tick(steady_now());
        watch_store(*link);
        drain(link);
        if (ussd_) ussd_->fill(session, steady_now());
        replies_.fill(session, steady_now());
        const auto output = session.output();
        if (!output.empty() && !link->abandoned) {
            writing.assign(output.begin(), output.end());
            session.consumed(output.size());
            const auto buffer = net::asio::buffer(writing.data(), writing.size());
            // A write that is cut short leaves half a PDU on the wire: waits are cancelled, writes are not.
            auto whole = net::asio::bind_cancellation_slot(net::asio::cancellation_slot(), use_tuple);
            const auto [error, size] = co_await net::asio::async_write(link->socket, buffer, whole);
            if (error && !link->closed) {
                session.disconnected();
                drain(link);
            }
            continue;
        }
        if (link->closed || link->abandoned) break;
        auto until = std::min(session.deadline(), replies_.wake_at(steady_now()));
        if (store_failing_since_) until = std::min(until, steady_now() + store_poll);
        link->wake.expires_at(until);
        co_await link->wake.async_wait(use_tuple);
    }
    if (!link->closed) {
        session.disconnected();
        drain(link);
    }
    boost::system::error_code ignored;
    link->socket.shutdown(tcp::socket::shutdown_both, ignored);
    link->socket.close(ignored);
    link->room.cancel();
}

/// A store that fails for long: leave the SMSC, which keeps messages better than a stream of refusals would.
void SmppClient::watch_store(Link& link) {
    if (store_.store().healthy()) {
        store_failing_since_.reset();
        return;
    }
    const auto now = steady_now();
    if (!store_failing_since_) store_failing_since_ = now;
    if (now - *store_failing_since_ >= unbind_after && link.session.bound()) {
        spdlog::warn("event=unbind_for_store channel={}", options_.name);
        link.session.close(now);
    }
}

void SmppClient::drain(const LinkPtr& link) {
    while (auto event = link->session.poll(steady_now())) {
        std::visit([&](auto& happened) { on_event(link, happened); }, *event);
    }
    replies_.settle();
}

void SmppClient::on_event(const LinkPtr& link, smpp::Bound& bound) {
    link->was_bound = true;
    link->transmits = bound.kind != smpp::BindKind::receiver;
    if (ussd_) ussd_->session_began();
    telemetry_.bind_state(options_.name, true);
    spdlog::info("event=bound channel={} peer_version={:#x}", options_.name, bound.peer_version.value_or(0x33));
}

void SmppClient::on_event(const LinkPtr&, smpp::BindRefused& refused) {
    spdlog::error("event=bind_refused channel={} status={}", options_.name, smpp::to_string(refused.status));
}

void SmppClient::on_event(const LinkPtr&, smpp::BindRequested&) {}  // an SMSC does not bind to its ESME

void SmppClient::on_event(const LinkPtr& link, smpp::MessageArrived& arrived) {
    sms::InboundText text;
    if (!arrived.message) {
        text = undecodable(arrived.body);
    } else {
        if (arrived.message->receipt()) {
            if (const auto receipt = receipt_in(*arrived.message)) {
                take_receipt(link, arrived, *receipt);
                return;
            }
        }
        text = inbound_text(*arrived.message, options_.default_alphabet, options_.country_code);
        const bool serves = ussd_ && ussd_->serves();
        if (const auto signal = serves ? ussd::read_signal(*arrived.message, UssdLink::profile) : std::nullopt) {
            take_ussd(link, arrived, *signal, std::move(text));
            return;
        }
        if (ussd::mentions_ussd(*arrived.message)) text.remarks = text.remarks | sms::Remark::stray_ussd;
    }
    take_text(link, arrived.command, arrived.sequence, std::move(text), route_());
}

void SmppClient::take_text(const LinkPtr& link, smpp::CommandId command, std::uint32_t sequence, sms::InboundText text,
                           casework::ReplyRoute route) {
    std::weak_ptr<Link> session_of = link;
    auto done = [this, session_of, command, sequence](Accepted accepted) {
        if (accepted.how == Accepted::How::stored) {
            const auto fate = accepted.duplicate ? Fate::duplicate : accepted.handled.fate;
            telemetry_.message(options_.name, to_string(fate));
        } else {
            telemetry_.message(options_.name, accepted.how == Accepted::How::busy ? "busy" : "storage_failed");
        }
        if (auto still = session_of.lock()) answer(still, command, sequence, accepted.how);
        if (accepted.how == Accepted::How::stored) stored_(accepted);
    };
    intake_.accept(options_.name, std::move(text), std::move(route), std::move(done));
}

/// A turn of a USSD session: answered once it is on disk, and only then the next screen. An input to a session that
/// nobody knows is a text, for a person to read; no reply goes to it.
void SmppClient::take_ussd(const LinkPtr& link, const smpp::MessageArrived& arrived, const ussd::Signal& signal,
                           sms::InboundText text) {
    const auto kept = std::make_shared<sms::InboundText>(text);
    std::weak_ptr<Link> session_of = link;
    auto done = [this, session_of, kept, command = arrived.command,
                 sequence = arrived.sequence](const ussd::Shown& shown) {
        using How = ussd::Shown::How;
        auto still = session_of.lock();
        if (shown.how == How::unknown) {
            kept->remarks = kept->remarks | sms::Remark::stray_ussd;
            take_text(still, command, sequence, std::move(*kept), {});
            return;
        }
        const auto how = shown.how == How::shown  ? Accepted::How::stored
                         : shown.how == How::busy ? Accepted::How::busy
                                                  : Accepted::How::storage_failed;
        if (how != Accepted::How::stored)
            telemetry_.message(options_.name, how == Accepted::How::busy ? "busy" : "storage_failed");
        if (shown.fate) telemetry_.message(options_.name, to_string(*shown.fate));
        if (still) answer(still, command, sequence, how);
        Accepted accepted;
        accepted.how = how;
        accepted.handled.endpoints = shown.endpoints;
        if (how == Accepted::How::stored) stored_(accepted);
    };
    ussd_->take(*arrived.message, signal, text, done);
}

void SmppClient::answer(const LinkPtr& link, smpp::CommandId command, std::uint32_t sequence, Accepted::How how) {
    std::optional<CommandStatus> status = CommandStatus::ok;
    if (how == Accepted::How::busy) status = options_.on_queue_full;
    if (how == Accepted::How::storage_failed) status = options_.on_storage_failure;
    if (status) {
        link->session.respond(command, sequence, *status);
    } else {
        link->abandoned = true;
    }
    link->wake.cancel();
    link->room.cancel();
}

/// A receipt is no message of a person: it settles its reply, or is counted and acknowledged.
void SmppClient::take_receipt(const LinkPtr& link, const smpp::MessageArrived& arrived, const sms::Receipt& receipt) {
    telemetry_.message(options_.name, "receipt");
    replies_.settle();  // the submit response may have come in the same read: its id must be stored first
    using State = sms::MessageState;
    const bool delivered = receipt.state == State::delivered;
    const bool failed = receipt.state == State::expired || receipt.state == State::deleted ||
                        receipt.state == State::undeliverable || receipt.state == State::rejected;
    auto settle = [channel = options_.name, id = receipt.message_id, delivered, failed](storage::Unit& unit) {
        auto reply = unit.reply_by_provider_id(channel, id);
        if (!reply || reply->state != ReplyState::sent || !(delivered || failed)) return;
        reply->state = delivered ? ReplyState::confirmed : ReplyState::dropped;
        unit.update(*reply);
    };
    std::weak_ptr<Link> session_of = link;
    auto done = [this, session_of, command = arrived.command, sequence = arrived.sequence](storage::Committed how) {
        const bool stored = how == storage::Committed::durable || how == storage::Committed::poisoned;
        const auto outcome = stored                                  ? Accepted::How::stored
                             : how == storage::Committed::queue_full ? Accepted::How::busy
                                                                     : Accepted::How::storage_failed;
        if (auto still = session_of.lock()) answer(still, command, sequence, outcome);
    };
    store_.submit(settle, {}, done);
}

void SmppClient::on_event(const LinkPtr& link, smpp::Closed& closed) {
    link->closed = true;
    if (closed.why == smpp::Closed::Why::unbound && link->session.owed() == 0) {
        spdlog::info("event=unbound channel={}", options_.name);
    } else {
        spdlog::warn("event=bind_lost channel={} reason={}", options_.name, why(closed.why));
        if (link->was_bound) intake_.session_ended(options_.name);
    }
    link->wake.cancel();
    link->room.cancel();
}

void SmppClient::on_event(const LinkPtr&, smpp::RequestEnded& ended) {
    if (UssdLink::is_screen(ended.token)) return;  // whoever did not see it presses again, or the session runs out
    replies_.ended(ended, steady_now());
}

void SmppClient::submit(OutgoingReply reply) {
    if (!ready()) {
        replies_.give_back(reply.id);
        replies_.settle();
        return;
    }
    replies_.add(std::move(reply));
    link_->wake.cancel();
}

}  // namespace jejak::channel
