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
            return options_.on_queue_full;
        case How::storage_failed:
            return options_.on_storage_failure;
        case How::stored:
            break;
    }
    return smpp::CommandStatus::ok;
}

void SmppInbox::take(const smpp::ShortMessage& message, const From& from, Done done) {
    if (auto receipt = receipt_in(message, options_.receipt_dialect)) {
        return take_receipt(heard_receipt(message, std::move(*receipt), options_), from.replies, std::move(done));
    }
    auto text = inbound_text(message, options_.text_rules(), options_.country_code);
    text.bind = from.bind;
    text.account = from.peer;
    if (!from.peer.empty()) {  // two boxes that hear the same words hear them from two people
        text.fingerprint_input.push_back(std::byte{0});
        for (const char c : from.peer) text.fingerprint_input.push_back(static_cast<std::byte>(c));
    }
    const bool serves = from.ussd != nullptr && from.ussd->serves();
    if (const auto signal = serves ? ussd::read_signal(message, from.ussd->profile()) : std::nullopt) {
        return take_ussd(*from.ussd, message, *signal, std::move(text), std::move(done));
    }
    if (ussd::mentions_ussd(message)) text.remarks = text.remarks | sms::Remark::stray_ussd;
    take_text(std::move(text), route_for(from), std::move(done));
}

void SmppInbox::take_undecodable(std::span<const std::byte> body, const From& from, Done done) {
    auto text = undecodable(body);
    text.bind = from.bind;
    text.account = from.peer;
    take_text(std::move(text), route_for(from), std::move(done));
}

/// A reply that leaves by this channel goes to the peer that handed the message over, and to no other: whoever else
/// binds learns neither the number nor what is said to it.
casework::ReplyRoute SmppInbox::route_for(const From& from) const {
    auto route = route_();
    if (from.peer.empty() || route.channel != options_.name) return route;
    route.account = from.peer;
    route.ready = route.ready && from.ready;
    return route;
}

void SmppInbox::count(How how, std::optional<Fate> fate) {
    if (how == How::busy) telemetry_.message(options_.name, "busy");
    if (how == How::storage_failed) telemetry_.message(options_.name, "storage_failed");
    if (how == How::stored && fate) telemetry_.message(options_.name, to_string(*fate));
}

void SmppInbox::take_text(sms::InboundText text, casework::ReplyRoute route, Done done) {
    auto finish = [this, done = std::move(done)](Accepted accepted) {
        count(accepted.how, accepted.duplicate ? Fate::duplicate : accepted.handled.fate);
        done({accepted.how, accepted.message});
        if (accepted.how == How::stored) stored_(accepted);
    };
    intake_.accept(options_.name, std::move(text), std::move(route), std::move(finish));
}

/// A turn of a USSD session: answered once it is on disk, and only then the next screen. An input to a session that
/// nobody knows is a text, for a person to read; no reply goes to it.
void SmppInbox::take_ussd(UssdLink& link, const smpp::ShortMessage& message, const ussd::Signal& signal,
                          sms::InboundText text, Done done) {
    const auto kept = std::make_shared<sms::InboundText>(text);
    auto finish = [this, kept, done = std::move(done)](const ussd::Shown& shown) {
        using Turned = ussd::Shown::How;
        if (shown.how == Turned::unknown) {
            kept->remarks = kept->remarks | sms::Remark::stray_ussd;
            return take_text(std::move(*kept), {}, done);
        }
        Accepted accepted;
        accepted.how = shown.how == Turned::shown  ? How::stored
                       : shown.how == Turned::busy ? How::busy
                                                   : How::storage_failed;
        accepted.handled.endpoints = shown.endpoints;
        count(accepted.how, shown.fate);
        done({accepted.how, 0});
        if (accepted.how == How::stored) stored_(accepted);
    };
    link.take(message, signal, text, std::move(finish));
}

void SmppInbox::session_lost(const ussd::Shown& shown) {
    if (shown.how != ussd::Shown::How::shown) return;
    Accepted accepted;
    accepted.handled.endpoints = shown.endpoints;
    stored_(accepted);
}

/// A receipt is no message of a person: it settles its reply, or is kept as one that settles none.
void SmppInbox::take_receipt(const intake::HeardReceipt& receipt, ReplySender& replies, Done done) {
    telemetry_.message(options_.name, "receipt");
    replies.settle();  // the response may have come in the same read: its id must be stored first
    auto finish = [done = std::move(done)](Committed how, intake::ReceiptDesk::Match) {
        const bool stored = how == Committed::durable || how == Committed::poisoned;
        done({stored ? How::stored : how == Committed::queue_full ? How::busy : How::storage_failed, 0});
    };
    intake_.receipts().accept(receipt, std::move(finish));
}

}  // namespace jejak::channel
