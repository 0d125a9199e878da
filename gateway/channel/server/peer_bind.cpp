#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "gateway/channel/server/peer.hpp"
#include "protocol/time.hpp"

/// How a peer binds, and how it goes.
namespace jejak::channel {
namespace {

using net::awaitable;
using net::use_tuple;
using smpp::CommandStatus;

}  // namespace

std::string_view SmppPeer::word(Refusal why) {
    switch (why) {
        case Refusal::none:
            return "accepted";
        case Refusal::wrong_secret:
            return "wrong_secret";
        case Refusal::address:
            return "address_not_allowed";
        case Refusal::kind:
            return "kind_not_allowed";
        case Refusal::account_full:
            return "account_full";
        case Refusal::channel_full:
            return "channel_full";
        case Refusal::busy:
            return "busy";
        case Refusal::store:
            break;
    }
    return "store_failing";
}

/// Which of name, password and address was wrong is not told (B4).
CommandStatus SmppPeer::status_of(Refusal why) {
    switch (why) {
        case Refusal::account_full:
            return CommandStatus::already_bound;
        case Refusal::busy:
        case Refusal::store:
            return CommandStatus::system_error;
        default:
            return CommandStatus::bind_failed;
    }
}

void SmppPeer::happened(smpp::BindRequested& asked) {
    Asked copy{asked.kind, std::string(asked.pdu.system_id), SensitiveText(std::string(asked.pdu.password))};
    binds_.tasks.spawn("smpp_bind", judge(shared_from_this(), std::move(copy)));
}

awaitable<void> SmppPeer::judge(std::shared_ptr<SmppPeer> self, Asked asked) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    SmppAccount* account = nullptr;
    auto why = Refusal::none;
    for (auto rules = binds_.reloads + 1; why == Refusal::none && rules != binds_.reloads;) {
        rules = binds_.reloads;  // whoever was right by the old rules is judged again by the new ones
        account = binds_.account(asked.system_id);
        why = co_await verdict(asked, account);
        if (closed_ || co_await net::stop_requested()) co_return;
    }
    binds_.telemetry.bind(channel().name, word(why));
    why == Refusal::none ? accept(*account, asked.kind) : refuse(why);
    link_->answered();
    (void)self;
}

awaitable<SmppPeer::Refusal> SmppPeer::verdict(const Asked& asked, SmppAccount* account) {
    if (!binds_.store.store().healthy()) co_return Refusal::store;
    for (;;) {
        const auto now = steady_now();
        const auto due = binds_.guard.turn(from_, now);
        if (due <= now) break;
        co_await wait_until(due);
        if (closed_ || co_await net::stop_requested()) co_return Refusal::busy;
    }
    const auto judged = steady_now();
    // What is not judged by then is told so while there is somebody to tell.
    const auto right = co_await knows_secret(asked, account, bind_by_ - binds_.options.session_init / 4);
    if (!right) co_return Refusal::busy;
    const bool welcome = account != nullptr && account->may_come_from(from_);
    if (*right && welcome) {
        binds_.guard.accepted(from_);
        co_return place_for(*account, asked.kind);
    }
    co_await wait_until(binds_.guard.refused(from_, asked.system_id, account != nullptr, judged));
    co_return account != nullptr && !welcome ? Refusal::address : Refusal::wrong_secret;
}

/// Empty when it could not be checked in time. Where any account has a hash, every name pays for one: neither a name
/// that is none of ours nor a password that is kept as it is shows in how long it takes.
awaitable<std::optional<bool>> SmppPeer::knows_secret(const Asked& asked, const SmppAccount* account,
                                                      SteadyTime until) {
    const bool known = account != nullptr;
    const bool hashed = known && !account->options().password_hash.empty();
    const std::string hash = hashed ? account->options().password_hash : binds_.spare_hash;
    if (!hash.empty()) {
        const auto fits = co_await check_hash(asked, hash, until);
        if (!fits || hashed) co_return fits;
    }
    const auto& secret = known ? account->options().password.reveal() : asked.system_id;
    co_return same_secret(secret, asked.password.reveal()) && known;
}

/// One at a time of this address for this name; waits for room among all that are checked.
awaitable<std::optional<bool>> SmppPeer::check_hash(const Asked& asked, const std::string& hash, SteadyTime until) {
    std::unique_ptr<BindGuard::Check> check;
    for (;;) {
        if (check == nullptr) check = binds_.guard.check(from_, asked.system_id);
        if (check != nullptr) {
            const auto fits = co_await binds_.passwords.ask(hash, asked.password);
            if (fits) co_return fits;
        }
        const auto now = steady_now();
        if (now >= until) co_return std::nullopt;
        co_await wait_until(std::min(until, now + look_again));
        if (closed_ || co_await net::stop_requested()) co_return std::nullopt;
    }
}

/// Or until the peer is gone.
awaitable<void> SmppPeer::wait_until(SteadyTime moment) {
    wait_.expires_at(moment);
    if (!closed_) co_await wait_.async_wait(use_tuple);
}

SmppPeer::Refusal SmppPeer::place_for(const SmppAccount& account, smpp::BindKind kind) const {
    if (!account.may_bind(kind)) return Refusal::kind;
    if (!account.has_place()) return Refusal::account_full;
    return binds_.bound < binds_.options.sessions_max ? Refusal::none : Refusal::channel_full;
}

void SmppPeer::accept(SmppAccount& account, smpp::BindKind kind) {
    for (const auto& [which, held] : binds_.peers) {
        if (kind == smpp::BindKind::receiver) break;  // it cannot send anything again
        const auto other = held.lock();
        if (other != nullptr && other->account_ == &account && !other->closed_) other->doubt_unconfirmed();
    }
    account_ = &account;
    kind_ = kind;
    secret_ = account.secret();
    number_ = binds_.begun++;
    ++binds_.bound;
    place_.reset();
    auto& session = link_->session();
    window_ = account.options().window;
    session.limit(window_, window_);
    session.accept_bind(channel().system_id);
    account.bound(*link_, kind);
}

bool SmppPeer::heed_rules() {
    if (account_ == nullptr || closed_) return false;
    if (secret_ == account_->secret() && account_->may_come_from(from_) && account_->may_bind(kind_)) return false;
    spdlog::info("event=unbind_for_account channel={} account={} from={}", channel().name, account_->name(),
                 from_.to_string());
    link_->session().close(steady_now());
    link_->wake();
    return true;
}

void SmppPeer::refuse(Refusal why) {
    spdlog::warn("event=bind_refused channel={} from={} reason={}", channel().name, from_.to_string(), word(why));
    link_->session().refuse_bind(status_of(why));
}

void SmppPeer::happened(smpp::Bound& bound) {
    binds_.telemetry.sessions(channel().name, binds_.bound);
    spdlog::info("event=bound channel={} account={} from={} peer_version={:#x}", channel().name, account_->name(),
                 from_.to_string(), bound.peer_version.value_or(0x33));
}

/// It wishes that we bind to it: that is for a channel that says where its SMSC is.
void SmppPeer::happened(smpp::OutbindArrived&) {
    if (std::exchange(told_outbind_, true)) return;
    spdlog::warn("event=outbind_ignored channel={} from={}", channel().name, from_.to_string());
}

/// Whoever speaks something else, or speaks and never binds, is told of to people, seldom enough for a flood of them.
void SmppPeer::tell_unbound(smpp::Closed::Why why) {
    using Why = smpp::Closed::Why;
    const auto from = from_.to_string();
    if (why != Why::not_smpp && why != Why::framing_lost && why != Why::no_bind) {
        spdlog::debug("event=connection_over channel={} from={} reason={}", channel().name, from, to_string(why));
        return;
    }
    binds_.telemetry.bind(channel().name, to_string(why));
    if (const auto untold = binds_.tells_of_stranger(to_string(why))) {
        spdlog::warn("event=connection_over channel={} from={} reason={} untold={}", channel().name, from,
                     to_string(why), *untold);
    }
}

void SmppPeer::happened(smpp::Closed& closed) {
    using Why = smpp::Closed::Why;
    closed_ = true;
    wait_.cancel();
    binds_.pace.called -= std::exchange(called_, 0);
    if (std::exchange(in_line_, false)) {
        std::erase_if(binds_.pace.waiting, [this](const auto& one) { return one.lock().get() == this; });
    }
    if (account_ == nullptr) return tell_unbound(closed.why);
    --binds_.bound;
    account_->gone(*link_);
    binds_.intake.session_over(channel().name, number_);
    binds_.telemetry.sessions(channel().name, binds_.bound);
    const bool orderly = closed.why == Why::unbound || closed.why == Why::peer_unbound || closed.why == Why::inactive;
    const bool answered = orderly && link_->session().owed() == 0;
    spdlog::log(answered ? spdlog::level::info : spdlog::level::warn, "event={} channel={} account={} reason={} {}",
                answered ? "unbound" : "bind_lost", channel().name, account_->name(), smpp::to_string(closed.why),
                OddPdus::words(link_->session().counts()));
    if (!answered) return doubt_answers();
    // Who answered our unbind has read what came before it; who unbinds may still miss the last answers: run() looks.
    if (closed.why != Why::peer_unbound) answers_.clear();
}

}  // namespace jejak::channel
