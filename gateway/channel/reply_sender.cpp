#include "gateway/channel/reply_sender.hpp"

#include <algorithm>

#include "protocol/smpp/time_format.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

using smpp::CommandStatus;
using smpp::ErrorClass;
using smpp::Tag;
using std::chrono::milliseconds;
using storage::ReplyState;

constexpr std::size_t queued_at_least = 8;  ///< however slow it goes
constexpr double queued_seconds = 2;        ///< of what the rate lets through
constexpr std::uint64_t token_mask = SubmitQueries::token_bits - 1;

/// The parameters of a part: its place where the SMSC writes the headers, its text where it cuts it, and what it is
/// asked about by.
std::vector<std::byte> parameters_of(const sms::OutboundSegment& part, std::optional<std::uint16_t> reference) {
    std::vector<std::byte> out;
    if (reference) smpp::append_tlv(Tag::user_message_reference, *reference, out);
    if (part.segment && part.segment->mechanism == sms::Concatenation::sar) {
        smpp::append_tlv(Tag::sar_msg_ref_num, part.segment->reference, out);
        smpp::append_tlv(Tag::sar_total_segments, part.segment->total, out);
        smpp::append_tlv(Tag::sar_segment_seqnum, part.segment->part, out);
    }
    if (part.payload) smpp::append_tlv(Tag::message_payload, std::span<const std::byte>(part.octets), out);
    return out;
}

}  // namespace

/// A reply between the queue and its last submit_sm_resp.
struct ReplySender::Text {
    struct Part {
        enum class State : std::uint8_t { waiting, under_way, accepted, uncertain } state = State::waiting;
        bool asked = false;  ///< about it, and not answered yet
        sms::OutboundSegment segment;
    };

    OutgoingReply reply;
    std::vector<Part> parts;
    std::string provider_id;
    SteadyTime not_before{};  ///< of what waits
    bool queued = true;
    bool refused = false;  ///< for good: the rest of a broken text helps nobody

    std::size_t count(Part::State state) const {
        return static_cast<std::size_t>(
            std::count_if(parts.begin(), parts.end(), [&](const Part& part) { return part.state == state; }));
    }
    std::size_t waiting() const { return count(Part::State::waiting); }
    std::size_t under_way() const { return count(Part::State::under_way); }
    bool asked() const {
        return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.asked; });
    }
    /// Some of it left, or may have.
    bool begun() const { return waiting() < parts.size(); }
    std::size_t next_waiting() const {
        const auto found = std::find_if(parts.begin(), parts.end(),
                                        [](const Part& part) { return part.state == Part::State::waiting; });
        return static_cast<std::size_t>(found - parts.begin());
    }
};

ReplySender::ReplySender(const SmppChannelOptions& options, StoreAccess& store, Telemetry& telemetry)
    : options_(options),
      telemetry_(telemetry),
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
    if (!queue_.empty() && blocked_until_ > now) first = std::min(first, blocked_until_);
    for (const auto id : resting_) {
        if (const auto found = texts_.find(id); found != texts_.end())
            first = std::min(first, found->second.not_before);
    }
    return first;
}

void ReplySender::add(OutgoingReply reply) {
    Text text;
    for (auto& segment : sms::segment_text(reply.text, ++text_reference_, options_.long_text_rules())) {
        text.parts.push_back({Text::Part::State::waiting, false, std::move(segment)});
    }
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

std::size_t ReplySender::fill(smpp::Session& session, SteadyTime now) {
    std::size_t sent = 0;
    if (const auto congestion = session.congestion(); congestion && congestion->heard > congestion_heard_) {
        congestion_heard_ = congestion->heard;
        rate_.congested(congestion->percent, congestion->heard);
    }
    blocked_until_ = SteadyTime::max();
    wake_resting(now);
    queries_.fill(session, now);
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
    outcomes_.give_back(found->first, std::chrono::ceil<milliseconds>(text.not_before - now));
    texts_.erase(found);
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
    const auto validity =
        smpp::format_relative_time(std::chrono::duration_cast<milliseconds>(text.reply.valid_until - wall_now()));
    const auto command = session.message_command();
    const bool submits = command == smpp::CommandId::submit_sm;
    std::optional<std::uint16_t> reference;
    if (submits && options_.query != SmppProfile::Query::none)
        reference = queries_.claim(text.reply.id, index, wall_now());
    const auto parameters = parameters_of(segment, reference);
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
    tries_.erase(reply);
}

// ---- What is answered

void ReplySender::ended(const smpp::RequestEnded& request, SteadyTime now) {
    if (SubmitQueries::is_query(request.token)) {
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
            if (const auto wait = next_try(text.reply.id)) {
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
    if (!known) ++full_queues_;
    return full_queues_ < full_queues_max ? wait : std::max(wait, rate_.throttled(now, random()));
}

/// How long until a message that was refused for now is tried again; empty after the last try.
std::optional<milliseconds> ReplySender::next_try(storage::Id reply) {
    auto [found, fresh] = tries_.try_emplace(reply, 0);
    if (fresh) {
        tries_order_.push_back(reply);
        if (tries_order_.size() > tries_kept) {
            tries_.erase(tries_order_.front());
            tries_order_.pop_front();
            found = tries_.try_emplace(reply, 0).first;
        }
    }
    const auto tries = ++found->second;
    if (tries >= tries_max) return std::nullopt;
    return try_again_after * (1 << (tries - 1));
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
    const bool again = doubtful && answer.what == What::unknown && options_.resend_unknown && next_try(id);
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
        outcomes_.give_back(reply, std::max(milliseconds(0), std::chrono::ceil<milliseconds>(text.not_before - now)));
        texts_.erase(found);
        return;
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
    tries_.erase(found->first);
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
