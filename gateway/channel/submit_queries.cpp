#include "gateway/channel/submit_queries.hpp"

#include <algorithm>

namespace jejak::channel {
namespace {

using What = SubmitQueries::Answer::What;
using smpp::CommandStatus;

/// What a message_state says of a message nobody answered for. source: SMPP 3.4 section 5.2.28
What what_of(std::uint8_t message_state) {
    using State = sms::MessageState;
    const auto state = static_cast<State>(message_state);
    if (state == State::enroute || state == State::delivered || state == State::accepted) return What::taken;
    return sms::failed(state) ? What::failed : What::silence;
}

What what_of(const smpp::RequestEnded& request) {
    if (request.status == CommandStatus::ok)
        return request.query ? what_of(request.query->message_state) : What::silence;
    const bool unknown =
        request.status == CommandStatus::query_failed || request.status == CommandStatus::invalid_message_id;
    return unknown ? What::unknown : What::silence;
}

}  // namespace

/// The bits of an id that tell replies apart are those of its time: each is spread over all of the reference.
std::uint16_t SubmitQueries::reference_of(storage::Id reply, std::size_t part) {
    constexpr std::uint64_t odd = 0x9E37'79B9'7F4A'7C15;  // 2^64 by the golden ratio
    constexpr std::uint64_t references = 0xFFFF;
    constexpr std::uint64_t parts = 256;
    auto mixed = static_cast<std::uint64_t>(reply) * parts + part;
    for (int round = 0; round < 3; ++round) {
        mixed *= odd;
        mixed ^= mixed >> 32;
    }
    return static_cast<std::uint16_t>(1 + mixed % references);
}

std::optional<std::uint16_t> SubmitQueries::claim(storage::Id reply, std::size_t part, WallTime now) {
    const auto reference = reference_of(reply, part);
    auto& claim = claims_[reference];
    const bool own = claim.reply == reply && claim.part == part;
    if (!own && claim.until > now) return std::nullopt;
    claim = {reply, part, now + claimed_for};
    return reference;
}

bool SubmitQueries::add(Question question) {
    if (options_.query == SmppProfile::Query::none || waiting_.size() + asked_.size() >= waiting_max) return false;
    const auto claim = claims_.find(reference_of(question.reply, question.part));
    if (claim == claims_.end() || claim->second.reply != question.reply || claim->second.part != question.part)
        return false;
    waiting_.push_back(question);
    return true;
}

bool SubmitQueries::recall(Question question) {
    return claim(question.reply, question.part, wall_now()) && add(question);
}

std::size_t SubmitQueries::fill(smpp::Session& session, SteadyTime now, std::size_t most) {
    if (session.message_command() != smpp::CommandId::submit_sm) return 0;
    std::size_t count = 0;
    for (auto left = waiting_.size(); left > 0 && count < most && session.may_send(); --left) {
        const auto question = waiting_.front();
        waiting_.pop_front();
        if (question.not_before > now) {
            waiting_.push_back(question);
            continue;
        }
        const auto token = token_bits | (++count_ & (token_bits - 1));
        const auto reference = std::to_string(reference_of(question.reply, question.part));
        session.query({reference, {options_.source_ton, options_.source_npi, options_.service_number}}, token, now);
        asked_.emplace(token, question);
        ++count;
    }
    return count;
}

bool SubmitQueries::due(SteadyTime now) const {
    return std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& one) { return one.not_before <= now; });
}

SteadyTime SubmitQueries::wake_at(SteadyTime now) const {
    auto first = SteadyTime::max();
    for (const auto& question : waiting_) {
        if (question.not_before > now) first = std::min(first, question.not_before);
    }
    return first;
}

std::optional<SubmitQueries::Answer> SubmitQueries::ended(const smpp::RequestEnded& request, SteadyTime now) {
    const auto found = asked_.find(request.token);
    if (found == asked_.end()) return std::nullopt;
    auto question = found->second;
    asked_.erase(found);
    const bool answered = request.how == smpp::RequestEnded::How::answered;
    const auto status = options_.error_class(request.status);
    const bool later = !answered || status == smpp::ErrorClass::temporary || status == smpp::ErrorClass::throttle;
    if (later && ++question.tries < tries_max && question.until > wall_now()) {
        question.not_before = now + try_again_after;
        waiting_.push_back(question);
        return std::nullopt;
    }
    Answer answer{later ? What::silence : what_of(request), question, {}};
    const auto reference = std::to_string(reference_of(question.reply, question.part));
    if (answer.what == What::taken && request.message_id != reference) answer.message_id = request.message_id;
    return answer;
}

}  // namespace jejak::channel
