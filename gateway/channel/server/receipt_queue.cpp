#include "gateway/channel/server/receipt_queue.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "gateway/channel/wire_form.hpp"
#include "protocol/smpp/status.hpp"

namespace jejak::channel {
namespace {

/// source: SMPP 3.4 appendix B, table B-2
std::string_view state_name(sms::MessageState state) {
    using State = sms::MessageState;
    switch (state) {
        case State::enroute:
            return "ENROUTE";
        case State::delivered:
            return "DELIVRD";
        case State::expired:
            return "EXPIRED";
        case State::deleted:
            return "DELETED";
        case State::undeliverable:
            return "UNDELIV";
        case State::accepted:
            return "ACCEPTD";
        case State::rejected:
            return "REJECTD";
        case State::unknown:
            break;
    }
    return "UNKNOWN";
}

/// YYMMDDhhmm, UTC.
std::string short_date(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::minutes>(time - day));
    char text[16];
    std::snprintf(text, sizeof text, "%02u%02u%02u%02u%02u",
                  static_cast<unsigned>(static_cast<int>(date.year()) % 100) & 127, static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<unsigned>(clock.hours().count()) & 31,
                  static_cast<unsigned>(clock.minutes().count()) & 63);
    return text;
}

/// What the specification calls the type of a message an SMSC makes itself. source: section 5.2.12
constexpr std::uint8_t receipt_class = 0x04, intermediate_class = 0x20;

}  // namespace

std::string receipt_text(const OutgoingReceipt& receipt) {
    const bool delivered = receipt.state == sms::MessageState::delivered;
    std::string text = "id:" + receipt.message_id;
    text += delivered ? " sub:001 dlvrd:001" : " sub:001 dlvrd:000";
    text += " submit date:" + short_date(receipt.submitted) + " done date:" + short_date(receipt.done);
    text += " stat:";
    text += state_name(receipt.state);
    text += " err:000 text:";
    return text;
}

void ReceiptQueue::add(OutgoingReceipt receipt, SteadyTime now) {
    if (waiting_.size() == waiting_max) {
        waiting_.pop_front();
        lost_(1);
    }
    waiting_.push_back({std::move(receipt), now + kept_, now, 0});
}

void ReceiptQueue::drop_all() {
    if (!waiting_.empty()) lost_(waiting_.size());
    waiting_.clear();
}

std::size_t ReceiptQueue::fill(smpp::Session& session, SteadyTime now, std::size_t most) {
    std::size_t sent = 0;
    for (auto left = waiting_.size(); left > 0 && sent < most && session.may_send(); --left) {
        auto entry = std::move(waiting_.front());
        waiting_.pop_front();
        const bool late = entry.dropped_at <= now;
        if (!late && entry.not_before > now) {
            waiting_.push_back(std::move(entry));
        } else if (!late && send(session, std::move(entry), now)) {
            ++sent;
        } else {
            lost_(1);
        }
    }
    return sent;
}

SteadyTime ReceiptQueue::wake_at(SteadyTime now) const {
    auto first = SteadyTime::max();
    for (const auto& entry : waiting_) {
        if (entry.not_before > now) first = std::min(first, entry.not_before);
    }
    return first;
}

/// False: no PDU can carry it.
bool ReceiptQueue::send(smpp::Session& session, Entry entry, SteadyTime now) {
    const auto& receipt = entry.receipt;
    const auto text = receipt_text(receipt);
    std::vector<std::byte> parameters;
    const auto id = std::as_bytes(std::span(receipt.message_id.c_str(), receipt.message_id.size() + 1));
    smpp::append_tlv(smpp::Tag::receipted_message_id, id, parameters);
    smpp::append_tlv(smpp::Tag::message_state, static_cast<std::uint8_t>(receipt.state), parameters);
    smpp::ShortMessage message;
    message.source = receipt.from.view();
    message.destination = receipt.to.view();
    message.esm_class = receipt.intermediate ? intermediate_class : receipt_class;
    message.short_message = std::as_bytes(std::span(text));
    const auto command = wire_form(smpp::CommandId::deliver_sm, message, parameters);
    const auto token = token_bits | (++count_ & 0xFFFFFFFF);
    if (!session.send(command, message, token, now)) return false;
    ++entry.attempts;
    sent_.insert_or_assign(token, std::move(entry));
    return true;
}

/// The same receipt twice does no harm; none at all might.
void ReceiptQueue::ended(const smpp::RequestEnded& ended, SteadyTime now) {
    const auto found = sent_.find(ended.token);
    if (found == sent_.end()) return;
    auto entry = std::move(found->second);
    sent_.erase(found);
    const bool silence = ended.how == smpp::RequestEnded::How::unanswered;
    const auto kind = profile_.error_class(ended.status);
    if (!silence && kind == smpp::ErrorClass::none) return;
    if ((!silence && kind == smpp::ErrorClass::permanent) || entry.attempts >= attempts_max ||
        entry.dropped_at <= now || waiting_.size() == waiting_max) {
        return lost_(1);
    }
    if (!silence) entry.not_before = now + try_again_after * (1 << (entry.attempts - 1));
    waiting_.push_back(std::move(entry));
}

}  // namespace jejak::channel
