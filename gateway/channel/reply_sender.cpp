#include "gateway/channel/reply_sender.hpp"

#include <algorithm>

#include "gateway/channel/part_form.hpp"
#include "gateway/channel/reply_text.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

using smpp::CommandStatus;
using smpp::ErrorClass;
using std::chrono::milliseconds;

constexpr std::size_t queued_at_least = 8;  ///< however slow it goes
constexpr double queued_seconds = 2;        ///< of what the rate lets through
constexpr std::uint64_t token_mask = SubmitQueries::token_bits - 1;

}  // namespace

ReplySender::ReplySender(const SmppChannelOptions& options, StoreAccess& store, Telemetry& telemetry,
                         std::shared_ptr<TextReferences> references)
    : options_(options),
      telemetry_(telemetry),
      references_(std::move(references)),
      queries_(options),
      outcomes_(store),
      rate_(options.rate),
      random_(std::random_device{}()) {}

ReplySender::~ReplySender() = default;

bool ReplySender::has_room(SteadyTime now) const {
    if (texts_.size() >= queued_max || rate_.paused(now)) return false;
    const double most = rate_.per_second() * queued_seconds;
    return most == 0 || static_cast<double>(queue_.size()) < std::max<double>(queued_at_least, most);
}

SteadyTime ReplySender::wake_at(SteadyTime now) const {
    auto first = queries_.wake_at(now);
    if (questions_held_until_ > now) first = std::min(first, questions_held_until_);
    if (!queue_.empty() && blocked_until_ > now) first = std::min(first, blocked_until_);
    for (const auto id : resting_) {
        if (const auto found = texts_.find(id); found != texts_.end())
            first = std::min(first, found->second.not_before);
    }
    return first;
}

void ReplySender::add(OutgoingReply reply) {
    Text text;
    auto segments = sms::segment_text(reply.text, references_->next(), options_.long_text_rules());
    if (segments.size() > 1) references_->taken();
    for (auto& segment : segments) text.parts.push_back({Text::Part::State::waiting, false, std::move(segment)});
    const auto id = reply.id;
    text.reply = std::move(reply);
    texts_.insert_or_assign(id, std::move(text));
    queue_.push_back(id);
}

void ReplySender::give_back(storage::Id reply) {
    outcomes_.give_back(reply);
}

void ReplySender::settle() {
    outcomes_.settle();
}

void ReplySender::count_sent(std::size_t messages, SteadyTime now) {
    for (; messages > 0; --messages) rate_.sent(now);
}

/// Of a full queue only the one destination knows.
void ReplySender::ended_beside(const smpp::RequestEnded& request, SteadyTime now) {
    if (request.how == smpp::RequestEnded::How::unanswered) return;
    const auto kind = options_.error_class(request.status);
    if (kind == ErrorClass::none) rate_.accepted(now);
    if (kind == ErrorClass::throttle && request.status != CommandStatus::message_queue_full)
        rate_.throttled(now, random());
}

void ReplySender::recall(const std::vector<Doubtful>& uncertain) {
    for (const auto& [reply, known, text] : uncertain) {
        if (texts_.contains(reply.id)) continue;
        const std::size_t total =
            known.empty() ? sms::segment_text(text, 0, options_.long_text_rules()).size() : known.front().total;
        for (std::size_t part = 0; part < total; ++part) {
            const auto has_it = [part](const storage::ReplyPart& one) { return one.part == part + 1; };
            if (std::any_of(known.begin(), known.end(), has_it)) continue;
            queries_.recall({reply.id, part, reply.valid_until, total, 0, {}});
        }
    }
}

// ---- What leaves

void ReplySender::heed_congestion(const smpp::Session& session) {
    const auto congestion = session.congestion();
    if (!congestion || congestion->heard <= congestion_heard_) return;
    congestion_heard_ = congestion->heard;
    rate_.congested(congestion->percent, congestion->heard);
}

std::size_t ReplySender::room_beside(const smpp::Session& session, SteadyTime now) {
    heed_congestion(session);
    return rate_.room(now);
}

/// People come before questions. While replies wait for the rate, one question leaves between two turns of theirs, so
/// that neither starves.
std::size_t ReplySender::fill(smpp::Session& session, SteadyTime now) {
    heed_congestion(session);
    questions_held_until_ = SteadyTime::max();
    wake_resting(now);
    if (question_next_) ask(session, now, 1);
    const auto sent = send_parts(session, now);
    if (sent > 0) question_next_ = true;
    if (!held_back()) ask(session, now, SubmitQueries::waiting_max);
    return sent;
}

/// Questions are requests like any other to an SMSC that counts them: they wait, and count, as messages do.
void ReplySender::ask(smpp::Session& session, SteadyTime now, std::size_t most) {
    const auto asked = queries_.fill(session, now, std::min(most, rate_.room(now)));
    count_sent(asked, now);
    if (asked > 0) question_next_ = false;
    if (queries_.due(now) && rate_.room(now) == 0) questions_held_until_ = rate_.next(1, now);
}

std::size_t ReplySender::send_parts(smpp::Session& session, SteadyTime now) {
    std::size_t sent = 0;
    blocked_until_ = SteadyTime::max();
    while (!queue_.empty() && session.may_send()) {
        const auto found = texts_.find(queue_.front());
        if (found == texts_.end() || found->second.waiting() == 0) {
            if (found != texts_.end()) found->second.queued = false;
            if (found != texts_.end() && found->second.parts.empty()) drop(found->first);  // not to be encoded at all
            queue_.pop_front();
            continue;
        }
        auto& text = found->second;
        if (!may_leave(text, now)) {  // too late, or not there just now: the others go on
            queue_.pop_front();
            text.queued = false;
            put_off(found, now);
            continue;
        }
        const auto messages = text.begun() ? 1 : text.parts.size();
        if (!rate_.may_begin(messages, now)) {
            blocked_until_ = rate_.next(messages, now);
            break;
        }
        send_part(session, text, text.next_waiting(), now);
        ++sent;
    }
    return sent;
}

/// It would still be read by the right eyes, and its destination takes messages.
bool ReplySender::may_leave(Text& text, SteadyTime now) {
    if (text.refused) return false;
    if (text.reply.valid_until <= wall_now()) {
        text.refused = true;
        return false;
    }
    text.not_before = std::max(text.not_before, destinations_.until(text.reply.to));
    return text.not_before <= now;
}

/// Out of the queue for now, or for good: known unsent it goes back to the store.
void ReplySender::put_off(Texts::iterator found, SteadyTime now) {
    auto& text = found->second;
    if (text.refused && !text.begun()) return drop(found->first);
    if (text.refused) return conclude(found->first, now);
    if (text.begun()) {
        resting_.push_back(found->first);
        return;
    }
    destinations_.keep(text.reply.to, found->first);
    put_back(found, now);
}

/// Nothing of it left: it waits in the store.
void ReplySender::put_back(Texts::iterator found, SteadyTime now) {
    const auto& text = found->second;
    outcomes_.give_back(found->first,
                        std::max(milliseconds(0), std::chrono::ceil<milliseconds>(text.not_before - now)));
    texts_.erase(found);
}

void ReplySender::reachable(const std::string& destination) {
    for (const auto reply : destinations_.reachable(destination)) {
        const auto begun = texts_.find(reply);
        if (begun == texts_.end()) {
            outcomes_.release(reply);
        } else {
            begun->second.not_before = {};
        }
    }
}

void ReplySender::wake_resting(SteadyTime now) {
    for (auto left = resting_.size(); left > 0; --left) {
        const auto id = resting_.front();
        resting_.pop_front();
        const auto found = texts_.find(id);
        if (found == texts_.end()) continue;
        if (found->second.not_before > now) {
            resting_.push_back(id);
        } else if (!found->second.queued) {
            found->second.queued = true;
            queue_.push_front(id);  // what began goes first
        }
    }
}

/// As it leaves by this session: SAR parameters that the peer does not know would leave parts as unrelated texts.
sms::OutboundSegment ReplySender::form_for(const smpp::Session& session, const Text& text, std::size_t index) const {
    const auto& segment = text.parts[index].segment;
    const bool sar = segment.segment && segment.segment->mechanism == sms::Concatenation::sar;
    if (!sar || session.may_send_tlvs()) return segment;
    auto rules = options_.long_text_rules();
    rules.form = sms::LongTexts::Form::udh8;
    rules.languages.clear();  // as with SAR: the cuts are the same
    auto parts = sms::segment_text(text.reply.text, segment.segment->reference, rules);
    if (parts.size() != text.parts.size()) return segment;
    return std::move(parts[index]);
}

void ReplySender::send_part(smpp::Session& session, Text& text, std::size_t index, SteadyTime now) {
    auto& part = text.parts[index];
    const auto segment = form_for(session, text, index);
    const std::string_view to = text.reply.to;
    const auto validity = validity_period(options_.validity, text.reply.valid_until, wall_now());
    const auto command = session.message_command();
    const bool submits = command == smpp::CommandId::submit_sm;
    std::optional<std::uint16_t> reference;
    if (submits && options_.query != SmppProfile::Query::none)
        reference = queries_.claim(text.reply.id, index, wall_now());
    const auto parameters = part_parameters(segment, reference);
    smpp::ShortMessage message;
    message.source = {options_.source_ton, options_.source_npi, options_.service_number};
    message.destination = {options_.destination_ton, options_.destination_npi, to.substr(to.starts_with('+') ? 1 : 0)};
    message.esm_class = segment.udhi ? 0x40 : 0;
    if (submits) {  // a deliver_sm has neither
        message.validity_period = validity;
        message.registered_delivery = options_.receipts ? 1 : 0;
    }
    message.data_coding = segment.data_coding;
    if (!segment.payload) message.short_message = segment.octets;
    message.tlvs = smpp::Tlvs(parameters);
    if (!smpp::encodable(command, message)) {  // nobody has such an address
        text.refused = true;
        text.queued = false;
        queue_.pop_front();
        return put_off(texts_.find(text.reply.id), now);
    }
    const auto token = ++tokens_ & token_mask;
    part.state = Text::Part::State::under_way;
    under_way_.insert_or_assign(token, UnderWay{text.reply.id, index, text.parts.size()});
    rate_.sent(now);
    session.send(command, message, token, now);
}

/// Too late to be read by the right eyes, or not to be encoded at all.
void ReplySender::drop(storage::Id reply) {
    outcomes_.drop(reply);
    texts_.erase(reply);
    forget_tries(reply);
}

}  // namespace jejak::channel
