// What the SMSC simulator tells its ESMEs: binds, message ids, states, receipts.
#include <algorithm>
#include <charconv>
#include <ctime>

#include "protocol/smpp/time_format.hpp"
#include "simulators/smsc_line.hpp"

namespace jejak::sim {

using smpp::CommandId;
using smpp::CommandStatus;

namespace {

std::string now_as_receipts_have_it() {
    char when[16];
    const std::time_t seconds = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::strftime(when, sizeof when, "%y%m%d%H%M", &utc);
    return when;
}

bool wants_receipt(const smpp::ShortMessage& message) {
    return smpp::receipt_wish(message.registered_delivery) != smpp::ReceiptWish::none ||
           smpp::wants_intermediate(message.registered_delivery);
}

}  // namespace

void Smsc::on_bind(Line& line, const smpp::BindRequested& request) {
    const auto& bind = manners().bind;
    const auto version = request.pdu.interface_version;
    const bool takes =
        bind.versions.empty() || std::find(bind.versions.begin(), bind.versions.end(), version) != bind.versions.end();
    if (!takes && bind.other_version_silent) {
        ++counts_.binds_ignored;
        return;
    }
    auto refused = CommandStatus::ok;
    const bool known = (options_.system_id.empty() || request.pdu.system_id == options_.system_id) &&
                       (options_.password.empty() || request.pdu.password == options_.password);
    if (stopping_ || !known) refused = CommandStatus::bind_failed;
    if (!takes) refused = CommandStatus::system_error;
    if (bind.refuse_first == 0 || counts_.binds_refused < bind.refuse_first) {
        if (bind.status != CommandStatus::ok) refused = bind.status;
    }
    if (refused != CommandStatus::ok) {
        ++counts_.binds_refused;
        line.session.refuse_bind(refused);
        return;
    }
    constexpr std::uint8_t first_with_tlvs = 0x34;
    line.tlvs = version >= first_with_tlvs;
    ++counts_.binds;
    line.session.accept_bind("jejak-sim");
    if (line.wire) line.wire->congestion(congestion_);
}

/// Why a message is not taken; empty when it is.
std::optional<CommandStatus> Smsc::refusal(const smpp::ShortMessage& message) {
    throttle_owed_ += throttle_share_;
    if (throttle_owed_ >= 1) {
        throttle_owed_ -= 1;
        ++counts_.throttled;
        if (throttle_left_ > 0 && --throttle_left_ == 0) throttle_share_ = 0;
        return throttle_status_;
    }
    if (const auto& wanted = manners().submit.ton_npi) {
        constexpr auto invalid_ton = static_cast<CommandStatus>(0x50), invalid_npi = static_cast<CommandStatus>(0x51);
        if (message.destination.ton != wanted->ton) return invalid_ton;
        if (message.destination.npi != wanted->npi) return invalid_npi;
    }
    return std::nullopt;
}

void Smsc::on_message(const std::shared_ptr<Line>& line, const smpp::MessageArrived& arrived, SteadyTime now) {
    Answer told{.line = line, .command = arrived.command, .sequence = arrived.sequence, .id = {}, .due = now};
    if (line->quiet.heard && now < line->quiet.until) ++counts_.hurried;
    if (!arrived.message) {
        told.status = arrived.malformed;
        return answer(line, std::move(told), now);
    }
    const auto& message = *arrived.message;
    if (const auto refused = refusal(message)) {
        told.status = *refused;
        return answer(line, std::move(told), now);
    }
    if (counts_.lost < manners().submit.lost_first) {
        ++counts_.lost;
        line->wire->drop_answer(arrived.command, arrived.sequence);
        return answer(line, std::move(told), now);
    }
    if (handsets_.take(message)) {
        ++counts_.screens;
        told.id = "ussd";
        return answer(line, std::move(told), now);
    }
    const bool receipt = options_.receipts && wants_receipt(message);
    if (receipt && !queue_.room_for_receipt()) {
        told.status = CommandStatus::message_queue_full;
        return answer(line, std::move(told), now);
    }
    told.id = take(message, now);
    const auto every = manners().submit.unanswered_every;
    if (every > 0 && counts_.submits % every == 0) {
        ++counts_.unanswered;
        line->wire->drop_answer(arrived.command, arrived.sequence);
    }
    answer(line, std::move(told), now);
}

/// Keeps a submitted message, decides its fate and queues its receipts. Returns its message_id.
std::string Smsc::take(const smpp::ShortMessage& message, SteadyTime now) {
    ++counts_.submits;
    constexpr std::uint64_t small_base = 1'000'000'000;  // ten decimal digits hold it and a million messages
    const bool own = manners().submit.ids == SubmitManners::Ids::unique;
    const auto base = own ? id_base_ : (id_base_ >> 28) % 8 * small_base / 10 + 436'000'000;
    const auto id = spell_id(base + counts_.submits, manners().submit.ids);
    submitted_.add(message, id.spelt, wall_now());
    const auto final_state = message_state_of(manners().receipt.states.back());
    const auto due = now + std::max(manners().receipt.after, options_.receipt_delay);
    if (fates_.insert_or_assign(id.spelt, Fate{final_state, due}).second) fates_order_.push_back(id.spelt);
    if (const auto reference = message.tlvs.u16(smpp::Tag::user_message_reference))
        references_[std::to_string(*reference)] = id.spelt;
    if (fates_order_.size() > options_.keep) {
        fates_.erase(fates_order_.front());
        fates_order_.pop_front();
    }
    if (options_.receipts && wants_receipt(message)) queue_receipts(message, id, now);
    return id.spelt;
}

/// To each address as if it came alone; lists are not kept here.
void Smsc::on_multi(const std::shared_ptr<Line>& line, const smpp::MultiArrived& arrived, SteadyTime now) {
    if (const auto refused = refusal(arrived.pdu.message)) {
        line->session.respond(CommandId::submit_multi, arrived.sequence, *refused);
        return;
    }
    std::string first;
    std::vector<std::byte> failures;
    std::size_t failed = 0;
    for (const auto& destination : arrived.pdu.destinations) {
        auto message = arrived.pdu.message;
        message.destination = destination.address;
        const bool taken = !destination.is_list() && queue_.room_for_receipt();
        if (taken) {
            const auto id = take(message, now);
            if (first.empty()) first = id;
            continue;
        }
        ++failed;
        const auto why = destination.is_list() ? CommandStatus::invalid_list_name : CommandStatus::message_queue_full;
        smpp::append_item(
            smpp::FailedDestination{
                {.ton = 0, .npi = 0, .digits = destination.is_list() ? destination.list : destination.address.digits},
                why},
            failures);
    }
    smpp::SubmitMultiResp resp;
    resp.message_id = first;
    resp.failed = {failures, failed};
    line->session.respond(arrived.sequence, resp);
}

void Smsc::on_query(Line& line, const smpp::QueryRequested& asked, SteadyTime now) {
    ++counts_.queries;
    auto found = fates_.find(std::string(asked.pdu.message_id));
    if (found == fates_.end() && manners().submit.query == SubmitManners::Query::by_reference) {
        const auto reference = references_.find(std::string(asked.pdu.message_id));
        if (reference != references_.end()) found = fates_.find(reference->second);
    }
    if (manners().submit.query == SubmitManners::Query::fails || found == fates_.end()) {
        line.session.respond(CommandId::query_sm, asked.sequence, CommandStatus::query_failed);
        return;
    }
    constexpr std::uint8_t en_route = 1;
    const bool settled = found->second.due <= now;
    const auto final_date = settled ? smpp::format_absolute_time(wall_now()) : std::string();
    smpp::QuerySmResp resp;
    resp.message_id = found->first;
    resp.final_date = final_date;
    resp.message_state = settled ? found->second.state : en_route;
    line.session.respond(asked.sequence, resp);
}

/// Now, or when the scenario says; receipts that come before their answer leave with the next pump().
void Smsc::answer(const std::shared_ptr<Line>& line, Answer told, SteadyTime now) {
    const auto wait = manners().submit.answer_after;
    if (wait.count() == 0 && !manners().receipt.before_answer) {
        tell(*line, told, now);
        return;
    }
    told.due = now + wait;
    answers_.push_back(std::move(told));
}

void Smsc::give_answers(SteadyTime now) {
    while (!answers_.empty() && answers_.front().due <= now) {
        const auto told = std::move(answers_.front());
        answers_.pop_front();
        if (const auto line = told.line.lock(); line && line->open) tell(*line, told, now);
    }
}

void Smsc::tell(Line& line, const Answer& told, SteadyTime now) {
    constexpr std::uint8_t busy = 90;  // per cent. source: SMPP 5.0 section 4.8.4.18
    line.session.respond(told.command, told.sequence, told.status, told.id);
    const bool refused = told.status == CommandStatus::throttled;
    if (now < line.quiet.until || !(refused || congestion_ >= busy)) return;
    const auto quiet = refused ? manners().submit.quiet_refused : manners().submit.quiet_congested;
    if (quiet.count() == 0) return;
    line.quiet = {.said = now, .until = now + quiet};
    ++(refused ? counts_.slowed : counts_.congested);
}

/// An answer to what left behind a refusal: the ESME has read that too.
void Smsc::note_heard(Line& line, SteadyTime sent, SteadyTime now) {
    if (line.quiet.heard || now >= line.quiet.until || sent < line.quiet.said) return;
    line.quiet.heard = true;
    ++counts_.pauses;
}

void Smsc::queue_receipts(const smpp::ShortMessage& submit, const MessageId& id, SteadyTime now) {
    const auto delay = std::max(manners().receipt.after, options_.receipt_delay);
    for (auto& receipt : write_receipts(id, manners().receipt, now_as_receipts_have_it(), submit.registered_delivery,
                                        manners().submit.packed)) {
        spell_address(submit.destination, receipt.from);
        spell_address(submit.source, receipt.to);
        // Without a delay it leaves together with the response, the hardest case for an ESME.
        queue_.add(std::move(receipt), delay.count() == 0 ? SteadyTime{} : now + delay);
    }
}

}  // namespace jejak::sim
