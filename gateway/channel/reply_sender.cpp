#include "gateway/channel/reply_sender.hpp"

#include <algorithm>

#include "gateway/channel/smpp_inbound.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

using smpp::CommandStatus;
using storage::ReplyState;

constexpr std::chrono::seconds throttle_first{1};
constexpr std::chrono::seconds throttle_longest{64};

}  // namespace

/// A reply between the queue and its last submit_sm_resp.
struct ReplySender::Submitting {
    OutgoingReply reply;
    std::vector<sms::OutboundSegment> parts;
    std::size_t next = 0;  ///< part to hand to the session
    std::size_t unanswered = 0;
    CommandStatus worst = CommandStatus::ok;
    bool silence = false;  ///< a part was never answered: the outcome is unknown
    std::string provider_id;
};

ReplySender::ReplySender(const SmppChannelOptions& options, StoreAccess& store, Telemetry& telemetry)
    : options_(options), telemetry_(telemetry), outcomes_(store) {}

ReplySender::~ReplySender() = default;

bool ReplySender::has_room(SteadyTime now) const {
    return queue_.size() < queued_max && now >= throttled_until_;
}

SteadyTime ReplySender::wake_at(SteadyTime now) const {
    return !queue_.empty() && now < throttled_until_ ? throttled_until_ : SteadyTime::max();
}

void ReplySender::add(OutgoingReply reply) {
    Submitting submitting;
    submitting.parts = sms::segment_text(reply.text, ++text_reference_);
    const auto id = reply.id;
    submitting.reply = std::move(reply);
    replies_.insert_or_assign(id, std::move(submitting));
    queue_.push_back(id);
}

void ReplySender::give_back(storage::Id reply) {
    outcomes_.give_back(reply);
}

void ReplySender::ended(const smpp::RequestEnded& ended, SteadyTime now) {
    const auto found = replies_.find(static_cast<storage::Id>(ended.token));
    if (found == replies_.end()) return;
    auto& submitting = found->second;
    --submitting.unanswered;
    if (ended.how == smpp::RequestEnded::How::unanswered) submitting.silence = true;
    if (ended.status != CommandStatus::ok) submitting.worst = ended.status;
    if (!ended.message_id.empty()) submitting.provider_id = ended.message_id;
    const bool refused = submitting.worst != CommandStatus::ok;
    if (refused) submitting.next = submitting.parts.size();  // the rest of a broken text helps nobody
    if (submitting.unanswered > 0 || submitting.next < submitting.parts.size()) return;

    storage::Reply outcome;
    outcome.id = submitting.reply.id;
    outcome.state = ReplyState::sent;
    outcome.provider_id = submitting.provider_id;
    const bool throttled =
        submitting.worst == CommandStatus::throttled || submitting.worst == CommandStatus::message_queue_full;
    if (throttled && submitting.parts.size() == 1) {  // known unsent: again, while it is still worth reading
        if (now >= throttled_until_) {                // a window full of refusals is one refusal
            throttle_ = std::clamp(throttle_ * 2, throttle_first, throttle_longest);
            throttled_until_ = now + throttle_;
        }
        outcome.state = ReplyState::pending;
        outcome.not_before = wall_now() + throttle_;
    } else if (refused) {
        outcome.state = ReplyState::dropped;
    } else {
        throttle_ = std::chrono::seconds(0);
    }
    telemetry_.reply(options_.name, throttled            ? "throttled"
                                    : refused            ? "rejected"
                                    : submitting.silence ? "unanswered"
                                                         : "accepted");
    outcomes_.add(std::move(outcome));
    replies_.erase(found);
}

void ReplySender::session_over() {
    for (const auto& [id, submitting] : replies_) {
        if (submitting.next == 0) give_back(id);
    }
    queue_.clear();
    replies_.clear();
    settle();
}

/// Hands queued replies to the session while its window has room.
void ReplySender::fill(smpp::Session& session, SteadyTime now) {
    while (!queue_.empty() && session.may_send() && now >= throttled_until_) {
        const auto found = replies_.find(queue_.front());
        if (found == replies_.end() || found->second.next == found->second.parts.size()) {
            if (found != replies_.end() && found->second.parts.empty()) drop(found->second.reply.id);
            queue_.pop_front();
            continue;
        }
        auto& submitting = found->second;
        const auto remaining = submitting.reply.valid_until - wall_now();
        if (remaining <= std::chrono::milliseconds(0) && submitting.next == 0) {
            drop(submitting.reply.id);
            queue_.pop_front();
            continue;
        }
        send_part(session, submitting, remaining, now);
    }
}

/// Too late to be read by the right eyes, or not to be encoded at all.
void ReplySender::drop(storage::Id reply) {
    outcomes_.drop(reply);
    replies_.erase(reply);
}

void ReplySender::send_part(smpp::Session& session, Submitting& submitting, std::chrono::milliseconds remaining,
                            SteadyTime now) {
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
    session.send(smpp::CommandId::submit_sm, message, static_cast<std::uint64_t>(submitting.reply.id), now);
}

void ReplySender::settle() {
    outcomes_.settle();
}

}  // namespace jejak::channel
