#include "gateway/channel/client/connector.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "gateway/channel/backoff.hpp"
#include "gateway/net/address.hpp"
#include "protocol/time.hpp"

namespace jejak::channel {
namespace {

using net::awaitable;
using net::stop_requested;
using net::use_tuple;
using smpp::BindKind;

}  // namespace

// ---- What the binds share

SmppConnectors::SmppConnectors(SmppChannelOptions settings, intake::Intake& takes, StoreAccess& access,
                               Telemetry& counts, SmppInbox::RouteOf route, SmppInbox::Stored stored)
    : options(std::move(settings)),
      intake(takes),
      store(access),
      telemetry(counts),
      inbox(options, intake, telemetry, std::move(route), std::move(stored)),
      replies(options, store, telemetry),
      lookup(access.executor()),
      engine(std::random_device{}()) {
    if (options.tls) tls.emplace(options.name, *options.tls);
}

bool SmppConnectors::transmits() const {
    return std::any_of(all.begin(), all.end(),
                       [](const auto& one) { return one->bound() && one->kind() != BindKind::receiver; });
}

bool SmppConnectors::bound() const {
    const auto has = [this](BindKind unwanted) {
        const auto wanted = [unwanted](const auto& one) { return one->kind() != unwanted; };
        return std::none_of(all.begin(), all.end(), wanted) ||
               std::any_of(all.begin(), all.end(), [&](const auto& one) { return wanted(one) && one->bound(); });
    };
    return has(BindKind::transmitter) && has(BindKind::receiver);
}

std::size_t SmppConnectors::count_bound() const {
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const auto& one) { return one->bound(); }));
}

void SmppConnectors::wake_transmitters() {
    for (const auto& one : all) {
        if (one->kind() != BindKind::receiver) one->wake();
    }
}

void SmppConnectors::changed() {
    telemetry.bind_state(options.name, bound());
    telemetry.sessions(options.name, count_bound());
    wake_transmitters();
}

bool SmppConnectors::should_unbind(SteadyTime now) {
    if (store.store().healthy()) {
        store_failing_since.reset();
        return false;
    }
    if (!store_failing_since) store_failing_since = now;
    return now - *store_failing_since >= options.unbind_after;
}

// ---- One bind

SmppConnector::SmppConnector(SmppConnectors& binds, BindKind kind)
    : binds_(binds),
      kind_(kind),
      tries_(binds.options.other_hosts.size() + 1),
      failed_(binds.options.other_hosts.size() + 1),
      pause_(binds.store.executor()) {}

void SmppConnector::wake() {
    if (link_) link_->wake();
}

void SmppConnector::abandon() {
    if (link_) link_->abandon();
}

smpp::SessionOptions SmppConnector::session_options() const {
    const auto& channel = binds_.options;
    smpp::SessionOptions options;
    options.side = smpp::Side::esme;
    options.bind = kind_;
    options.system_id = channel.system_id;
    options.password = channel.password.reveal();
    options.system_type = channel.system_type;
    options.interface_version = channel.interface_version;
    options.address_range = channel.address_range;
    options.address_range_ton = channel.address_range_ton;
    options.address_range_npi = channel.address_range_npi;
    options.window_max = channel.window;
    options.owed_max = channel.window;
    // A USSD turn is nothing without them, nor is a part whose place they tell, or a message that is asked about.
    options.tlvs_always = channel.tlvs_always || channel.ussd.on || channel.long_texts == sms::LongTexts::Form::sar ||
                          channel.query != SmppProfile::Query::none;
    options.timers.enquire_link = channel.enquire_link;
    options.timers.response = channel.response_limit;
    return options;
}

SmppHost SmppConnector::host() const {
    const auto& channel = binds_.options;
    if (tries_.host() == 0) return {channel.host, channel.port};
    return channel.other_hosts.at(tries_.host() - 1);
}

awaitable<void> SmppConnector::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    while (!co_await stop_requested()) {
        if (!binds_.store.store().healthy()) {  // an SMSC keeps what we cannot: stay away until it can be kept
            co_await pause(SmppConnectors::store_poll);
            continue;
        }
        binds_.store_failing_since.reset();
        co_await attempt();
        if (co_await stop_requested()) break;
        const auto wait = wait_after_attempt();
        co_await pause(wait);
    }
}

awaitable<void> SmppConnector::attempt() {
    bound_at_.reset();
    stood_.reset();
    left_ = false;
    if (hurried_ > 0) --hurried_;
    address_.reset();
    attempted_ = steady_now();
    ++attempts_;
    const auto where = host();
    auto stream = co_await connect(where);
    const bool stop = co_await stop_requested();  // it may come with the connection: the session would not hear of it
    if (stop || !stream) co_return;
    co_await run_session(std::move(*stream));
}

Backoff::Duration SmppConnector::wait_after_attempt() {
    const auto random = binds_.random();
    if (stood_ && *stood_ < BindAttempts::held_after)
        spdlog::warn("event=bind_short channel={} stood_ms={} by={}", name(),
                     std::chrono::duration_cast<std::chrono::milliseconds>(*stood_).count(), left_ ? "us" : "peer");
    const bool held = stood_ && *stood_ >= BindAttempts::held_after;
    if (held) failed_.at(tries_.host()).reset();
    if (!held && !left_ && address_) failed_.at(tries_.host()) = address_;
    const auto wait = left_ && stood_ ? tries_.left(*stood_, random) : tries_.ended(stood_, random);
    return hurried_ > 0 ? std::min(wait, until_hurried()) : wait;
}

awaitable<void> SmppConnector::pause(std::chrono::milliseconds duration) {
    paused_until_ = steady_now() + duration;
    while (steady_now() < paused_until_) {
        const bool stop = co_await stop_requested();  // g++ 12 traps here on resuming when this is the condition itself
        if (stop) break;
        pause_.expires_at(paused_until_);
        co_await pause_.async_wait(use_tuple);
    }
}

void SmppConnector::hurry() {
    if (bound()) return;
    hurried_ = failed_.size();
    paused_until_ = std::min(paused_until_, steady_now() + until_hurried());
    pause_.cancel();
}

Backoff::Duration SmppConnector::until_hurried() const {
    return std::max(Backoff::Duration(0),
                    std::chrono::ceil<Backoff::Duration>(attempted_ + Backoff::first - steady_now()));
}

awaitable<std::optional<net::Stream>> SmppConnector::connect(const SmppHost& host) {
    net::ConnectOptions how;
    how.behind = failed_.at(tries_.host());
    net::Connecting connecting(binds_.lookup, host.name, host.port, how);
    auto socket = co_await connecting.next();
    address_ = connecting.address();
    const bool stop = co_await stop_requested();
    if (stop) co_return std::nullopt;
    if (!socket) {
        tell(connecting, host);
        co_return std::nullopt;
    }
    if (!binds_.tls) co_return net::Stream(std::move(*socket));
    auto secured = co_await binds_.tls->connect(std::move(*socket), host.name);
    const bool stopped = co_await stop_requested();
    if (secured.fault && !stopped) tell(*secured.fault);
    co_return std::move(secured.stream);
}

void SmppConnector::tell(const net::Connecting& failed, const SmppHost& host) {
    const auto reason = net::to_string(failed.fault().value_or(net::ConnectFault::unreachable));
    binds_.telemetry.connect_failed(name(), reason);
    spdlog::warn("event=connect_failed channel={} host={} port={} reason={} address={} detail=\"{}\"", name(),
                 host.name, host.port, reason, failed.address() ? net::to_text(*failed.address()) : "none",
                 failed.detail());
}

void SmppConnector::tell(const net::TlsFault& fault) {
    tls_failed_ = true;
    binds_.telemetry.connect_failed(name(), "tls");
    spdlog::error("event=tls_failed channel={} reason={} hint=\"{}\"", name(), fault.reason, fault.hint);
}

awaitable<void> SmppConnector::run_session(net::Stream stream) {
    transmits_ = false;
    unbinds_for_store_ = false;
    odd_ = {};
    number_ = binds_.sessions_begun++;
    SmppLinkOwner& owner = *this;
    link_ = std::make_shared<SmppLink>(std::move(stream), session_options(), owner);
    co_await link_->run();
    if (const auto fault = net::tls_fault(link_->stream())) tell(*fault);
    link_.reset();
    if (!binds_.transmits()) {
        binds_.replies.session_over();
        if (binds_.ussd) binds_.ussd->session_over();
    }
    binds_.changed();
}

// ---- What happens in its session

void SmppConnector::on_event(SmppLink& link, smpp::Event& event) {
    std::visit([&](auto& what) { happened(link, what); }, event);
}

void SmppConnector::events_told(SmppLink& link) {
    odd_.tell(link.session().counts(), name(), binds_.telemetry);
    binds_.replies.settle();
}

void SmppConnector::fill(SmppLink& link, SteadyTime now) {
    if (binds_.should_unbind(now) && link.session().bound() && !std::exchange(unbinds_for_store_, true)) {
        spdlog::warn("event=unbind_for_store channel={}", name());
        link.session().close(now);
    }
    if (!transmits_) return;
    fill_screens(link.session(), now);
    binds_.replies.fill(link.session(), now);
}

/// Whoever looks at a phone waits for seconds at most: before replies, yet no faster than the SMSC takes messages.
void SmppConnector::fill_screens(smpp::Session& session, SteadyTime now) {
    if (!binds_.ussd || binds_.ussd->waiting() == 0) return;
    const auto room = binds_.replies.room_beside(session, now);
    binds_.replies.count_sent(binds_.ussd->fill(session, now, room), now);
}

SteadyTime SmppConnector::wake_at(SteadyTime now) const {
    auto first = binds_.store_failing_since ? now + SmppConnectors::store_poll : SteadyTime::max();
    if (!transmits_) return first;
    if (binds_.ussd && binds_.ussd->waiting() > 0)
        first = std::min(first, binds_.replies.beside_at(binds_.ussd->wake_at(now), now));
    return std::min(first, binds_.replies.wake_at(now));
}

void SmppConnector::happened(SmppLink&, smpp::Bound& bound) {
    hurried_ = 0;  // an outbind asked for this bind
    bound_at_ = steady_now();
    tls_failed_ = false;
    transmits_ = bound.kind != BindKind::receiver;
    if (binds_.ussd) binds_.ussd->session_began();
    spdlog::info("event=bound channel={} peer_version={:#x} address={}", name(), bound.peer_version.value_or(0x33),
                 address_ ? net::to_text(*address_) : "none");
    binds_.changed();
}

void SmppConnector::happened(SmppLink&, smpp::BindRefused& refused) {
    spdlog::error("event=bind_refused channel={} status={}", name(), smpp::to_string(refused.status));
}

void SmppConnector::happened(SmppLink& link, smpp::MessageArrived& arrived) {
    const Owed owed{link.weak_from_this(), arrived.command, arrived.sequence};
    const SmppInbox::From from{"", number_, binds_.replies, binds_.ussd ? &*binds_.ussd : nullptr};
    auto done = [this, owed](const SmppInbox::Taken& taken) { answer(owed, taken); };
    if (arrived.message) return binds_.inbox.take(*arrived.message, from, std::move(done));
    binds_.inbox.take_undecodable(arrived.body, from, std::move(done));
}

void SmppConnector::answer(const Owed& owed, const SmppInbox::Taken& taken) {
    const auto link = owed.link.lock();
    const bool stored = taken.how == intake::Accepted::How::stored && taken.message != 0;
    if (stored) remember(taken.message, link == nullptr || link->closed());
    if (binds_.ussd && binds_.ussd->waiting() > 0) binds_.wake_transmitters();  // this one may only receive
    if (!link) return;
    const auto status = binds_.inbox.answer_to(taken.how);
    if (!status) return link->abandon();
    link->session().respond(owed.command, owed.sequence, *status);
    link->answered();
}

void SmppConnector::happened(SmppLink&, smpp::RequestEnded& ended) {
    const auto now = steady_now();
    if (!UssdLink::is_screen(ended.token)) return binds_.replies.ended(ended, now);
    binds_.replies.ended_beside(ended, now);
    if (binds_.ussd) binds_.ussd->ended(ended, now);
}

/// Of a screen it is of no use any more.
void SmppConnector::happened(SmppLink&, smpp::AnsweredLate& answer) {
    if (!UssdLink::is_screen(answer.token)) binds_.replies.late(answer, steady_now());
}

/// Whoever was away is there again (M25).
void SmppConnector::happened(SmppLink&, smpp::AlertArrived& alert) {
    const auto& source = alert.pdu.source;
    const auto who = sms::normalise(source.digits, static_cast<sms::Ton>(source.ton), binds_.options.country_code);
    binds_.replies.reachable(who.address);
    binds_.wake_transmitters();  // this one may only receive
    binds_.telemetry.message(name(), "alert");
}

void SmppConnector::happened(SmppLink& link, smpp::Closed& closed) {
    using Why = smpp::Closed::Why;
    const auto odd = OddPdus::words(link.session().counts());
    if (closed.why == Why::unbound && link.session().owed() == 0) {
        spdlog::info("event=unbound channel={} {}", name(), odd);
    } else {
        spdlog::warn("event=bind_lost channel={} reason={} {}", name(), to_string(closed.why), odd);
        if (bound_at_) doubt_answers();
    }
    if (bound_at_) stood_ = std::max(SteadyTime::duration(0), steady_now() - *bound_at_ - silence(closed.why));
    left_ = closed.why == Why::unbound || closed.why == Why::unbind_unanswered;
    answers_.clear();
}

/// How long the SMSC was not heard any more when its link was given up.
SteadyTime::duration SmppConnector::silence(smpp::Closed::Why why) const {
    if (why != smpp::Closed::Why::link_silent) return SteadyTime::duration(0);
    return binds_.options.enquire_link + 2 * smpp::TimerLimits().enquire_answer;
}

// ---- Answers whose arrival is in doubt

/// The SMSC may never have read this answer, should the connection break within a minute.
void SmppConnector::remember(storage::Id message, bool gone) {
    if (gone) return binds_.intake.session_ended({message});
    answers_.add(message, steady_now());
}

/// What the other binds brought is not in doubt: whoever says it again there means it.
void SmppConnector::doubt_answers() {
    binds_.intake.session_ended(answers_.in_doubt(steady_now()));
}

}  // namespace jejak::channel
