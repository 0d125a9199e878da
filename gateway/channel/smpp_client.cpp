#include "gateway/channel/smpp_client.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "gateway/channel/backoff.hpp"
#include "gateway/channel/smpp_inbound.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

using intake::Accepted;
using net::asio::ip::tcp;
using net::awaitable;
using net::stop_requested;
using net::use_tuple;
using net::within;
using smpp::CommandStatus;
using storage::ReplyState;

constexpr std::chrono::seconds throttle_first{1};
constexpr std::chrono::seconds throttle_longest{64};
constexpr std::chrono::seconds store_poll{1};

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

std::string_view why(smpp::Closed::Why reason) {
    using Why = smpp::Closed::Why;
    switch (reason) {
        case Why::unbound: return "unbound";
        case Why::peer_unbound: return "peer_unbound";
        case Why::framing_lost: return "framing_lost";
        case Why::not_smpp: return "not_smpp";
        case Why::link_silent: return "link_silent";
        case Why::bind_timeout: return "bind_timeout";
        case Why::bind_refused: return "bind_refused";
        case Why::closed_by_peer: return "closed_by_peer";
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
        : socket(std::move(connected)), session(std::move(options), steady_now()), wake(socket.get_executor()),
          room(socket.get_executor()) {
        wake.expires_at(SteadyTime::max());
        room.expires_at(SteadyTime::max());
    }

    tcp::socket socket;
    smpp::Session session;
    net::asio::steady_timer wake;   ///< there is something to write, or to look at
    net::asio::steady_timer room;   ///< an answer left: there may be room to read again
    bool was_bound = false;
    bool transmits = false;
    bool closed = false;            ///< the session said so
    bool abandoned = false;         ///< close without another octet
};

/// A reply between the queue and its last submit_sm_resp.
struct SmppClient::Submitting {
    OutgoingReply reply;
    std::vector<sms::OutboundSegment> parts;
    std::size_t next = 0;         ///< part to hand to the session
    std::size_t unanswered = 0;
    CommandStatus worst = CommandStatus::ok;
    bool silence = false;         ///< a part was never answered: the outcome is unknown
    std::string provider_id;
};

SmppClient::SmppClient(SmppChannelOptions options, intake::Intake& intake, StoreAccess& store, Telemetry& telemetry,
                       RouteOf route, Stored stored)
    : options_(std::move(options)),
      intake_(intake),
      store_(store),
      telemetry_(telemetry),
      route_(std::move(route)),
      stored_(std::move(stored)),
      random_(std::random_device{}()) {}

SmppClient::~SmppClient() = default;

bool SmppClient::bound() const { return link_ && link_->session.bound(); }

bool SmppClient::ready() const {
    return bound() && link_->transmits && outgoing_.size() < replies_queued_max && steady_now() >= throttled_until_;
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
        if (!store_.store().healthy()) {   // an SMSC keeps what we cannot: stay away until it can be kept
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
    // What never reached the wire is known unsent; what did and was not answered stays sent: a reply leaves at most once.
    for (const auto& [id, submitting] : replies_) {
        if (submitting.next == 0) give_back(id, std::nullopt);
    }
    outgoing_.clear();
    replies_.clear();
    settle_replies();
}

/// Octets in, events out. Stops reading while as many answers are owed as the window allows: TCP pushes back, nothing is
/// dropped.
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
        fill_window(*link);
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
        auto until = session.deadline();
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
    settle_replies();
}

void SmppClient::on_event(const LinkPtr& link, smpp::Bound& bound) {
    link->was_bound = true;
    link->transmits = bound.kind != smpp::BindKind::receiver;
    telemetry_.bind_state(options_.name, true);
    spdlog::info("event=bound channel={} peer_version={:#x}", options_.name, bound.peer_version.value_or(0x33));
}

void SmppClient::on_event(const LinkPtr&, smpp::BindRefused& refused) {
    spdlog::error("event=bind_refused channel={} status={}", options_.name, smpp::to_string(refused.status));
}

void SmppClient::on_event(const LinkPtr&, smpp::BindRequested&) {}   // an SMSC does not bind to its ESME

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
    }
    std::weak_ptr<Link> session_of = link;
    auto done = [this, session_of, command = arrived.command, sequence = arrived.sequence](Accepted accepted) {
        if (accepted.how == Accepted::How::stored) {
            const auto fate = accepted.duplicate ? Fate::duplicate : accepted.handled.fate;
            telemetry_.message(options_.name, to_string(fate));
        } else {
            telemetry_.message(options_.name, accepted.how == Accepted::How::busy ? "busy" : "storage_failed");
        }
        if (auto still = session_of.lock()) answer(still, command, sequence, accepted.how);
        if (accepted.how == Accepted::How::stored) stored_(accepted);
    };
    intake_.accept(options_.name, std::move(text), route_(), std::move(done));
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
    settle_replies();   // the submit response may have come in the same read: its id must be stored first
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
        const auto outcome = stored                                   ? Accepted::How::stored
                             : how == storage::Committed::queue_full ? Accepted::How::busy
                                                                     : Accepted::How::storage_failed;
        if (auto still = session_of.lock()) answer(still, command, sequence, outcome);
    };
    store_.submit(settle, {}, done);
}

void SmppClient::on_event(const LinkPtr&, smpp::RequestEnded& ended) {
    const auto found = replies_.find(static_cast<storage::Id>(ended.token));
    if (found == replies_.end()) return;
    auto& submitting = found->second;
    --submitting.unanswered;
    if (ended.how == smpp::RequestEnded::How::unanswered) submitting.silence = true;
    if (ended.status != CommandStatus::ok) submitting.worst = ended.status;
    if (!ended.message_id.empty()) submitting.provider_id = ended.message_id;
    const bool refused = submitting.worst != CommandStatus::ok;
    if (refused) submitting.next = submitting.parts.size();   // the rest of a broken text helps nobody
    if (submitting.unanswered > 0 || submitting.next < submitting.parts.size()) return;

    storage::Reply outcome;
    outcome.id = submitting.reply.id;
    outcome.state = ReplyState::sent;
    outcome.provider_id = submitting.provider_id;
    const bool throttled = submitting.worst == CommandStatus::throttled ||
                           submitting.worst == CommandStatus::message_queue_full;
    if (throttled && submitting.parts.size() == 1) {   // known unsent: again, while it is still worth reading
        throttle_ = std::clamp(throttle_ * 2, throttle_first, throttle_longest);
        throttled_until_ = steady_now() + throttle_;
        outcome.state = ReplyState::pending;
        outcome.not_before = wall_now() + throttle_;
    } else if (refused) {
        outcome.state = ReplyState::dropped;
    } else {
        throttle_ = std::chrono::seconds(0);
    }
    telemetry_.reply(options_.name, throttled ? "throttled" : refused ? "rejected" : submitting.silence ? "unanswered" : "accepted");
    settled_.push_back(std::move(outcome));
    replies_.erase(found);
}

void SmppClient::on_event(const LinkPtr& link, smpp::Closed& closed) {
    link->closed = true;
    if (closed.why == smpp::Closed::Why::unbound) {
        spdlog::info("event=unbound channel={}", options_.name);
    } else {
        spdlog::warn("event=bind_lost channel={} reason={}", options_.name, why(closed.why));
        if (link->was_bound) intake_.session_ended(options_.name);
    }
    link->wake.cancel();
    link->room.cancel();
}

void SmppClient::submit(OutgoingReply reply) {
    if (!ready()) {
        give_back(reply.id, std::nullopt);
        settle_replies();
        return;
    }
    Submitting submitting;
    submitting.parts = sms::segment_text(reply.text, ++text_reference_);
    const auto id = reply.id;
    submitting.reply = std::move(reply);
    replies_.insert_or_assign(id, std::move(submitting));
    outgoing_.push_back(id);
    link_->wake.cancel();
}

void SmppClient::give_back(storage::Id reply, std::optional<WallTime> not_before) {
    storage::Reply outcome;
    outcome.id = reply;
    outcome.state = ReplyState::pending;
    outcome.not_before = not_before;
    settled_.push_back(std::move(outcome));
}

/// Hands queued replies to the session while its window has room.
void SmppClient::fill_window(Link& link) {
    while (!outgoing_.empty() && link.session.may_send()) {
        const auto found = replies_.find(outgoing_.front());
        if (found == replies_.end() || found->second.next == found->second.parts.size()) {
            if (found != replies_.end() && found->second.parts.empty()) drop(found->second.reply.id);
            outgoing_.pop_front();
            continue;
        }
        auto& submitting = found->second;
        const auto remaining = submitting.reply.valid_until - wall_now();
        if (remaining <= std::chrono::milliseconds(0) && submitting.next == 0) {
            drop(submitting.reply.id);
            outgoing_.pop_front();
            continue;
        }
        send_part(link, submitting, remaining);
    }
}

/// Too late to be read by the right eyes, or not to be encoded at all.
void SmppClient::drop(storage::Id reply) {
    storage::Reply outcome;
    outcome.id = reply;
    outcome.state = ReplyState::dropped;
    settled_.push_back(std::move(outcome));
    replies_.erase(reply);
}

void SmppClient::send_part(Link& link, Submitting& submitting, std::chrono::milliseconds remaining) {
    const auto& part = submitting.parts[submitting.next++];
    const std::string_view to = submitting.reply.to;
    const auto validity = relative_validity(remaining);
    smpp::ShortMessage message;
    message.source = {options_.source_ton, options_.source_npi, options_.service_number};
    message.destination = {options_.destination_ton, options_.destination_npi, to.substr(to.starts_with('+') ? 1 : 0)};
    message.esm_class = part.udhi ? 0x40 : 0;
    message.validity_period = validity;
    message.registered_delivery = options_.receipts ? 1 : 0;
    message.data_coding = part.data_coding;
    message.short_message = part.octets;
    ++submitting.unanswered;
    link.session.send(smpp::CommandId::submit_sm, message, static_cast<std::uint64_t>(submitting.reply.id), steady_now());
}

/// Outcomes ride with the next commit. A failing store gets them again: they are few, and the rows say "sent" meanwhile.
void SmppClient::settle_replies() {
    if (settled_.empty()) return;
    auto outcomes = std::make_shared<std::vector<storage::Reply>>(std::move(settled_));
    settled_.clear();
    auto apply = [outcomes](storage::Unit& unit) {
        for (const auto& outcome : *outcomes) unit.update(outcome);
    };
    store_.submit(apply, {}, [this, outcomes](storage::Committed how) {
        const bool lost = how == storage::Committed::queue_full || how == storage::Committed::storage_failed;
        if (lost && settled_.size() < replies_queued_max) {
            settled_.insert(settled_.end(), outcomes->begin(), outcomes->end());
        }
    });
}

}  // namespace jejak::channel
