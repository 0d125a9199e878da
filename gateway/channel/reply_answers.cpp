// What is answered to the parts of replies, and what becomes of a reply then: the other half of ReplySender.
#include <algorithm>

#include "gateway/channel/reply_sender.hpp"
#include "gateway/channel/reply_text.hpp"

namespace jejak::channel {

using smpp::CommandStatus;
using smpp::ErrorClass;
using std::chrono::milliseconds;
using storage::ReplyState;

void ReplySender::ended(const smpp::RequestEnded& request, SteadyTime now) {
    if (SubmitQueries::is_query(request.token)) {
        ended_beside(request, now);
        if (const auto answer = queries_.ended(request, now)) resolved(*answer, now);
        return;
    }
    const auto way = under_way_.find(request.token);
    if (way == under_way_.end()) return;
    const auto part = way->second;
    under_way_.erase(way);
    const auto found = texts_.find(part.reply);
    if (found == texts_.end()) return;
    if (request.how == smpp::RequestEnded::How::unanswered) {
        never_answered(request.token, part);
    } else {
        heard(found->second, part.part, request, now);
    }
    conclude(part.reply, now);
}

/// A refusal for now leaves the doubt: what nobody waits for any more is not tried again.
void ReplySender::late(const smpp::AnsweredLate& answer, SteadyTime now) {
    const auto doubt = doubts_.find(answer.token);
    if (doubt == doubts_.end()) return;
    const auto way = doubt->second;
    doubts_.erase(doubt);
    const auto kind = options_.error_class(answer.status);
    const bool accepted = kind == ErrorClass::none;
    if (!accepted && kind != ErrorClass::permanent) return;
    telemetry_.reply(options_.name, "answered_late");
    const auto found = texts_.find(way.reply);
    if (found == texts_.end()) return outcomes_.late(row_of(way, answer.message_id), accepted);
    if (found->second.parts[way.part].state != Text::Part::State::uncertain) return;  // it left again since
    if (accepted) {
        taken(found->second, way.part, answer.message_id);
    } else {
        found->second.refused = true;
    }
    conclude(way.reply, now);
}

storage::ReplyPart ReplySender::row_of(const UnderWay& part, std::string_view message_id) const {
    storage::ReplyPart row;
    row.reply = part.reply;
    row.part = static_cast<std::uint8_t>(part.part + 1);
    row.total = static_cast<std::uint8_t>(part.total);
    row.channel = options_.name;
    row.provider_id = message_id;
    return row;
}

void ReplySender::heard(Text& text, std::size_t part, const smpp::RequestEnded& request, SteadyTime now) {
    switch (options_.error_class(request.status)) {
        case ErrorClass::none:
            taken(text, part, request.message_id);
            rate_.accepted(now);
            destinations_.accepted(text.reply.to);
            full_queues_ = 0;
            return;
        case ErrorClass::throttle:
            telemetry_.reply(options_.name, "throttled");
            return refused_for_now(text, part, back_off(text, request.status, now), now);
        case ErrorClass::temporary:
        case ErrorClass::unknown:
            if (const auto wait = next_try(text.reply.id, part)) {
                telemetry_.reply(options_.name, "deferred");
                return refused_for_now(text, part, *wait, now);
            }
            break;
        case ErrorClass::permanent:
            break;
    }
    text.parts[part].state = Text::Part::State::waiting;  // it is not there, and will not be
    text.refused = true;
}

void ReplySender::refused_for_now(Text& text, std::size_t part, milliseconds wait, SteadyTime now) {
    text.parts[part].state = Text::Part::State::waiting;
    text.not_before = std::max(text.not_before, now + wait);
}

/// A full queue is one destination's, unless it is that of many.
milliseconds ReplySender::back_off(const Text& text, CommandStatus status, SteadyTime now) {
    if (status != CommandStatus::message_queue_full) return rate_.throttled(now, random());
    const bool known = destinations_.until(text.reply.to) > now;
    const auto wait = destinations_.refused(text.reply.to, now, random());
    destinations_.keep(text.reply.to, text.reply.id);
    if (!known) ++full_queues_;
    return full_queues_ < full_queues_max ? wait : std::max(wait, rate_.throttled(now, random()));
}

/// How long until a message that was refused for now is tried again; empty after the last try. A hiccup that refuses
/// all parts of a text at once is one try of each.
std::optional<milliseconds> ReplySender::next_try(storage::Id reply, std::size_t part) {
    const Message message{reply, part};
    auto [found, fresh] = tries_.try_emplace(message, 0);
    if (fresh) {
        tries_order_.push_back(message);
        if (tries_order_.size() > tries_kept) {
            tries_.erase(tries_order_.front());
            tries_order_.pop_front();
            found = tries_.try_emplace(message, 0).first;
        }
    }
    const auto tries = ++found->second;
    if (tries >= tries_max) return std::nullopt;
    return try_again_after * (1 << (tries - 1));
}

void ReplySender::forget_tries(storage::Id reply) {
    tries_.erase(tries_.lower_bound({reply, 0}), tries_.lower_bound({reply + 1, 0}));
}

/// The SMSC has it, by this id. Of several parts each has its own, and receipts may come before the last one left.
void ReplySender::taken(Text& text, std::size_t part, std::string_view message_id) {
    text.parts[part].state = Text::Part::State::accepted;
    if (!message_id.empty()) text.provider_id = message_id;
    if (text.parts.size() > 1) outcomes_.add(row_of({text.reply.id, part, text.parts.size()}, message_id));
}

/// It may have left, or not: asked about if it can be, and never sent again without knowing.
void ReplySender::never_answered(std::uint64_t token, const UnderWay& way) {
    auto& text = texts_.find(way.reply)->second;
    auto& part = text.parts[way.part];
    part.state = Text::Part::State::uncertain;
    part.asked = queries_.add({way.reply, way.part, text.reply.valid_until, way.total, 0, {}});
    if (doubts_order_.size() == doubts_max) {
        doubts_.erase(doubts_order_.front());
        doubts_order_.pop_front();
    }
    doubts_order_.push_back(token);
    doubts_.insert_or_assign(token, way);
}

void ReplySender::resolved(const SubmitQueries::Answer& answer, SteadyTime now) {
    using What = SubmitQueries::Answer::What;
    const auto id = answer.question.reply;
    telemetry_.reply(options_.name, "asked");
    const auto found = texts_.find(id);
    if (found == texts_.end()) {  // of before the process began: its text is the store's
        const auto row = row_of({id, answer.question.part, answer.question.total}, answer.message_id);
        if (answer.what == What::taken || answer.what == What::failed) outcomes_.late(row, answer.what == What::taken);
        return;
    }
    auto& text = found->second;
    auto& part = text.parts[answer.question.part];
    part.asked = false;
    const bool doubtful = part.state == Text::Part::State::uncertain;  // its own answer may have come meanwhile
    if (answer.what == What::taken && doubtful) taken(text, answer.question.part, answer.message_id);
    if (answer.what == What::failed) text.refused = true;
    const bool again =
        doubtful && answer.what == What::unknown && options_.resend_unknown && next_try(id, answer.question.part);
    if (again) refused_for_now(text, answer.question.part, milliseconds(0), now);
    conclude(id, now);
}

/// What is known of a text now that none of its parts is under way.
void ReplySender::conclude(storage::Id reply, SteadyTime now) {
    const auto found = texts_.find(reply);
    if (found == texts_.end() || found->second.under_way() > 0) return;
    auto& text = found->second;
    if (text.refused) {
        telemetry_.reply(options_.name, "rejected");
        return finish(found, ReplyState::dropped);
    }
    if (text.waiting() > 0) {
        if (text.queued && text.not_before <= now) return;  // it goes on as it is
        if (text.begun()) {
            if (std::find(resting_.begin(), resting_.end(), reply) == resting_.end()) resting_.push_back(reply);
            return;
        }
        return put_back(found, now);
    }
    if (text.asked()) return;
    const bool uncertain = text.count(Text::Part::State::uncertain) > 0;
    telemetry_.reply(options_.name, uncertain ? "unanswered" : "accepted");
    finish(found, ReplyState::sent);
}

void ReplySender::finish(Texts::iterator found, ReplyState state) {
    const auto& text = found->second;
    storage::Reply outcome;
    outcome.id = found->first;
    outcome.state = state;
    outcome.provider_id = text.provider_id;
    outcome.uncertain = state == ReplyState::sent && text.count(Text::Part::State::uncertain) > 0;
    text.parts.size() > 1 ? outcomes_.add_parted(std::move(outcome)) : outcomes_.add(std::move(outcome));
    forget_tries(found->first);
    texts_.erase(found);
}

void ReplySender::session_over() {
    queue_.clear();
    for (auto at = texts_.begin(); at != texts_.end();) {
        auto& text = at->second;
        text.queued = false;
        if (!text.begun()) {
            give_back(at->first);
            at = texts_.erase(at);
            continue;
        }
        const bool rests = std::find(resting_.begin(), resting_.end(), at->first) != resting_.end();
        if (text.waiting() > 0 && !rests) resting_.push_back(at->first);  // its other parts go with the next bind
        ++at;
    }
    settle();
}

/// All that is left has begun, and none of it is under way: its sessions told what became of that.
void ReplySender::give_up() {
    session_over();
    resting_.clear();
    while (!texts_.empty()) {
        const auto found = texts_.begin();
        const bool whole = found->second.waiting() == 0;
        telemetry_.reply(options_.name, whole ? "unanswered" : "rejected");
        finish(found, whole ? ReplyState::sent : ReplyState::dropped);
    }
    settle();
}

}  // namespace jejak::channel
