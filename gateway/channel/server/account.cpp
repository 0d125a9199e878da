#include "gateway/channel/server/account.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "gateway/channel/server/password_check.hpp"

namespace jejak::channel {

void SmppAccount::become(const SmppAccountOptions& options) {
    const bool same = !retired_ && options.password_hash == options_.password_hash &&
                      same_secret(options.password.reveal(), options_.password.reveal());
    if (!same) ++secret_;
    options_ = options;
    retired_ = false;
}

void SmppAccount::retire() {
    if (retired_) return;
    retired_ = true;
    ++secret_;
    receipts_.drop_all();
    if (!reachable()) replies_.give_up();
}

bool SmppAccount::may_bind(smpp::BindKind kind) const {
    switch (kind) {
        case smpp::BindKind::receiver:
            return options_.receiver;
        case smpp::BindKind::transmitter:
            return options_.transmitter;
        case smpp::BindKind::transceiver:
            break;
    }
    return options_.transceiver;
}

bool SmppAccount::may_come_from(const net::asio::ip::address& address) const {
    return options_.allow.empty() || std::any_of(options_.allow.begin(), options_.allow.end(),
                                                 [&](const auto& range) { return range.contains(address); });
}

const SmppAccount::Bind* SmppAccount::find(const SmppLink& link) const {
    const auto found =
        std::find_if(sessions_.begin(), sessions_.end(), [&](const Bind& bind) { return bind.link == &link; });
    return found == sessions_.end() ? nullptr : &*found;
}

bool SmppAccount::reachable() const {
    return std::any_of(sessions_.begin(), sessions_.end(), [](const Bind& bind) { return bind.takes_deliveries; });
}

void SmppAccount::bound(SmppLink& link, smpp::BindKind kind) {
    if (sessions_.empty() && ussd_) ussd_->session_began();
    told_lost_ = false;
    sessions_.push_back({&link, kind != smpp::BindKind::transmitter});
}

void SmppAccount::gone(const SmppLink& link) {
    const auto* const bind = find(link);
    if (bind == nullptr) return;
    const bool carried = bind->takes_deliveries;
    sessions_.erase(sessions_.begin() + (bind - sessions_.data()));
    if (carried && !reachable()) {
        retired_ ? replies_.give_up() : replies_.session_over();
        if (ussd_) ussd_->session_over();
    }
}

void SmppAccount::submit(OutgoingReply reply) {
    replies_.add(std::move(reply));
    wake_receivers();
}

void SmppAccount::submit(OutgoingReceipt receipt, SteadyTime now) {
    if (retired_) return;
    receipts_.add(std::move(receipt), now);
    wake_receivers();
}

/// Whichever has room first takes what waits; the others find nothing left.
void SmppAccount::wake_receivers() {
    for (const auto& bind : sessions_) {
        if (bind.takes_deliveries && bind.link->session().may_send()) bind.link->wake();
    }
}

/// Receipts count as replies do, so they leave no faster.
void SmppAccount::tell(smpp::Session& session, SteadyTime now, std::size_t most) {
    for (; most > 0 && receipts_.waiting() > 0 && session.may_send(); --most) {
        if (!replies_.may_send_beside(now)) {
            receipts_held_until_ = replies_.rate().next(1, now);
            return;
        }
        if (receipts_.fill(session, now, 1) == 0) return;
        replies_.count_sent(1, now);
        receipt_next_ = false;
    }
}

/// People who wait come first: a screen, a reply, then what is told of a message. While replies wait for the rate, one
/// receipt leaves between two turns of theirs, so that neither starves.
void SmppAccount::fill(const SmppLink& link, smpp::Session& session, SteadyTime now) {
    const auto* const bind = find(link);
    if (bind == nullptr || !bind->takes_deliveries) return;
    if (ussd_) replies_.count_sent(ussd_->fill(session, now, replies_.room_beside(session, now)), now);
    receipts_held_until_ = SteadyTime::max();
    if (receipt_next_) tell(session, now, 1);
    if (replies_.fill(session, now) > 0) receipt_next_ = receipts_.waiting() > 0;
    if (!replies_.held_back()) tell(session, now, receipts_.waiting());
}

/// A bind that takes no deliveries has nothing to wait for: what waits for one that does is no work of its own.
SteadyTime SmppAccount::wake_at(const SmppLink& link, SteadyTime now) const {
    const auto* const bind = find(link);
    if (bind == nullptr || !bind->takes_deliveries) return SteadyTime::max();
    auto first = replies_.wake_at(now);
    if (receipts_.waiting() > 0 && receipts_held_until_ > now) first = std::min(first, receipts_held_until_);
    if (receipts_.waiting() > 0) first = std::min(first, replies_.beside_at(receipts_.wake_at(now), now));
    if (ussd_ && ussd_->waiting() > 0) first = std::min(first, replies_.beside_at(ussd_->wake_at(now), now));
    return first;
}

void SmppAccount::ended(const smpp::RequestEnded& request, SteadyTime now) {
    const bool receipt = ReceiptQueue::is_receipt(request.token);
    if (!receipt && !UssdLink::is_screen(request.token)) return replies_.ended(request, now);
    replies_.ended_beside(request, now);
    if (receipt) return receipts_.ended(request, now);
    if (ussd_) ussd_->ended(request, now);
}

void SmppAccount::lost(std::size_t receipts) {
    telemetry_.receipts_lost(server_.channel.name, receipts);
    if (std::exchange(told_lost_, true)) return;
    spdlog::warn("event=receipts_lost channel={} account={}", server_.channel.name, name());
}

void SmppAccount::answered_late(const smpp::AnsweredLate& answer, SteadyTime now) {
    if (!ReceiptQueue::is_receipt(answer.token) && !UssdLink::is_screen(answer.token)) replies_.late(answer, now);
}

}  // namespace jejak::channel
