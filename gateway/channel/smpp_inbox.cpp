#include "gateway/channel/smpp_inbox.hpp"

#include <memory>

#include "gateway/channel/smpp_inbound.hpp"

namespace jejak::channel {

using How = intake::Accepted::How;
using intake::Accepted;
using storage::Committed;

std::optional<smpp::CommandStatus> SmppInbox::answer_to(How how) const {
    switch (how) {
        case How::busy:
            return state_->options.on_queue_full;
        case How::storage_failed:
            return state_->options.on_storage_failure;
        case How::stored:
            break;
    }
    return smpp::CommandStatus::ok;
}

void SmppInbox::take(const smpp::ShortMessage& message, const From& from, Done done) {
    const auto& options = state_->options;
    if (auto receipt = receipt_in(message, options.receipt_dialect, options.text_rules())) {
        return take_receipt(message, std::move(*receipt), from, std::move(done));
    }
    auto text = text_of(message, from);
    const bool serves = from.ussd != nullptr && from.ussd->serves();
    if (const auto signal = serves ? ussd::read_signal(message, from.ussd->profile()) : std::nullopt) {
        return take_ussd(*from.ussd, message, *signal, std::move(text), std::move(done));
    }
    if (ussd::mentions_ussd(message)) text.remarks = text.remarks | sms::Remark::stray_ussd;
    take_text(state_, std::move(text), route_for(from), std::move(done));
}

sms::InboundText SmppInbox::text_of(const smpp::ShortMessage& message, const From& from) const {
    auto text = inbound_text(message, state_->options.text_rules(), state_->options.country_code);
    text.bind = from.bind;
    text.account = from.peer;
    if (!from.peer.empty()) {  // two boxes that hear the same words hear them from two people
        text.fingerprint_input.push_back(std::byte{0});
        for (const char c : from.peer) text.fingerprint_input.push_back(static_cast<std::byte>(c));
    }
    return text;
}

void SmppInbox::take_undecodable(std::span<const std::byte> body, const From& from, Done done) {
    auto text = undecodable(body);
    text.bind = from.bind;
    text.account = from.peer;
    take_text(state_, std::move(text), route_for(from), std::move(done));
}

/// A reply that leaves by this channel goes to the peer that handed the message over, and to no other: whoever else
/// binds learns neither the number nor what is said to it.
casework::ReplyRoute SmppInbox::route_for(const From& from) const {
    auto route = state_->route();
    if (from.peer.empty() || route.channel != state_->options.name) return route;
    route.account = from.peer;
    route.ready = route.ready && from.ready;
    return route;
}

void SmppInbox::State::count(How how, std::optional<Fate> fate) const {
    if (how == How::busy) telemetry.message(options.name, "busy");
    if (how == How::storage_failed) telemetry.message(options.name, "storage_failed");
    if (how == How::stored && fate) telemetry.message(options.name, to_string(*fate));
}

void SmppInbox::take_text(const Shared& state, sms::InboundText text, casework::ReplyRoute route, Done done) {
    auto finish = [held = std::weak_ptr(state), done = std::move(done)](Accepted accepted) {
        const auto still = held.lock();
        if (!still) return;
        still->count(accepted.how, accepted.duplicate ? Fate::duplicate : accepted.handled.fate);
        done({accepted.how, accepted.message});
        if (accepted.how == How::stored) still->stored(accepted);
    };
    state->intake.accept(state->options.name, std::move(text), std::move(route), std::move(finish));
}

/// A turn of a USSD session: answered once it is on disk, and only then the next screen. An input to a session that
/// nobody knows is a text, for a person to read; no reply goes to it.
void SmppInbox::take_ussd(UssdLink& link, const smpp::ShortMessage& message, const ussd::Signal& signal,
                          sms::InboundText text, Done done) {
    const auto kept = std::make_shared<sms::InboundText>(text);
    auto finish = [held = std::weak_ptr(state_), kept, done = std::move(done)](const ussd::Shown& shown) {
        const auto still = held.lock();
        if (!still) return;
        using Turned = ussd::Shown::How;
        if (shown.how == Turned::unknown) {
            kept->remarks = kept->remarks | sms::Remark::stray_ussd;
            return take_text(still, std::move(*kept), {}, done);
        }
        Accepted accepted;
        accepted.how = shown.how == Turned::shown  ? How::stored
                       : shown.how == Turned::busy ? How::busy
                                                   : How::storage_failed;
        accepted.handled.endpoints = shown.endpoints;
        still->count(accepted.how, shown.fate);
        done({accepted.how, 0});
        if (accepted.how == How::stored) still->stored(accepted);
    };
    link.take(message, signal, text, std::move(finish));
}

/// A receipt is no message of a person: it settles its reply, or is kept as one that settles none. One that nothing
/// marks may be somebody's words all the same: where it names no reply of ours it is kept as a text.
void SmppInbox::take_receipt(const smpp::ShortMessage& message, sms::Receipt receipt, const From& from, Done done) {
    using Match = intake::ReceiptDesk::Match;
    auto heard = heard_receipt(message, std::move(receipt), state_->options);
    heard.account = from.peer;
    std::shared_ptr<sms::InboundText> text;
    if (!heard.marked) {
        text = std::make_shared<sms::InboundText>(text_of(message, from));
        text->remarks = text->remarks | sms::Remark::stray_receipt;
    }
    from.replies.settle();  // the response may have come in the same read: its id must be stored first
    auto finish = [held = std::weak_ptr(state_), text, done = std::move(done)](Committed how, Match match) {
        const auto still = held.lock();
        if (!still) return;
        const bool stored = how == Committed::durable || how == Committed::poisoned;
        const bool ours = how == Committed::durable && (match == Match::matched || match == Match::ambiguous);
        if (text && stored && !ours) return take_text(still, std::move(*text), {}, done);
        still->telemetry.message(still->options.name, "receipt");
        done({stored ? How::stored : how == Committed::queue_full ? How::busy : How::storage_failed, 0});
    };
    state_->intake.receipts().accept(heard, std::move(finish));
}

}  // namespace jejak::channel
