#include "gateway/channel/reply_outcomes.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "gateway/intake/receipts.hpp"

namespace jejak::channel {
namespace {

/// Back in front of what came meanwhile; beyond kept_max the rows stay as they are.
template <class Row>
void keep(std::vector<Row>& next, const std::vector<Row>& lost) {
    if (next.size() < ReplyOutcomes::kept_max) next.insert(next.begin(), lost.begin(), lost.end());
}

}  // namespace

using storage::ReplyState;

void ReplyOutcomes::give_back(storage::Id reply, std::optional<std::chrono::milliseconds> wait) {
    storage::Reply outcome;
    outcome.id = reply;
    outcome.state = ReplyState::pending;
    if (wait) outcome.not_before = wall_now() + *wait;
    add(std::move(outcome));
}

void ReplyOutcomes::drop(storage::Id reply) {
    storage::Reply outcome;
    outcome.id = reply;
    outcome.state = ReplyState::dropped;
    add(std::move(outcome));
}

void ReplyOutcomes::sent(storage::Id reply, std::string provider_id) {
    storage::Reply outcome;
    outcome.id = reply;
    outcome.state = ReplyState::sent;
    outcome.provider_id = std::move(provider_id);
    add(std::move(outcome));
}

void ReplyOutcomes::settle() {
    if (under_way_ || idle()) return;
    under_way_ = true;
    again_.cancel();
    auto batch = std::make_shared<const Batch>(std::exchange(next_, {}));
    auto apply = [batch](storage::Unit& unit) { write(unit, *batch); };
    store_.submit(apply, {}, [this, batch, here = std::weak_ptr(here_)](storage::Committed how) {
        if (!here.expired()) ended(*batch, how);
    });
}

/// A store that is full or failing is not asked again at once.
void ReplyOutcomes::ended(const Batch& batch, storage::Committed how) {
    under_way_ = false;
    if (how == storage::Committed::queue_full || how == storage::Committed::storage_failed) {
        keep(next_.parts, batch.parts);
        keep(next_.settled, batch.settled);
        keep(next_.late, batch.late);
        keep(next_.released, batch.released);
        try_again();
    } else {
        wait_ = wait_.zero();
        settle();
    }
    if (idle()) idle_.cancel();
}

void ReplyOutcomes::try_again() {
    wait_ = std::clamp(wait_ * 2, try_again_first, try_again_longest);
    again_.expires_after(wait_);
    again_.async_wait([this, here = std::weak_ptr(here_)](const boost::system::error_code& cancelled) {
        if (!cancelled && !here.expired()) settle();
    });
}

net::awaitable<void> ReplyOutcomes::stored(SteadyTime until) {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    wait_ = wait_.zero();  // the end is near: as often as at first
    settle();
    while (!idle() && steady_now() < until) {
        idle_.expires_at(until);
        co_await idle_.async_wait(net::use_tuple);
    }
}

void ReplyOutcomes::write(storage::Unit& unit, const Batch& batch) {
    for (const auto& part : batch.parts) unit.set(part);
    for (const auto& outcome : batch.settled) write(unit, outcome);
    for (const auto& late : batch.late) write(unit, late);
    for (const auto reply : batch.released) release(unit, reply);
}

void ReplyOutcomes::write(storage::Unit& unit, const Outcome& outcome) {
    if (!outcome.parted || outcome.reply.state != ReplyState::sent) return unit.update(outcome.reply);
    auto reply = outcome.reply;
    const auto parts = unit.parts_of_reply(reply.id);
    reply.state = intake::settled(reply.state, sms::MessageState::unknown, intake::state_of(parts));
    reply.uncertain = reply.uncertain && reply.state == ReplyState::sent;
    unit.update(reply);
}

/// By now it may be on its way again, or over.
void ReplyOutcomes::release(storage::Unit& unit, storage::Id reply) {
    auto row = unit.reply(reply);
    if (!row || row->state != ReplyState::pending || !row->not_before) return;
    row->not_before.reset();
    unit.update(*row);
}

/// The doubt is over when all parts were taken. An id that is known already stays.
void ReplyOutcomes::write(storage::Unit& unit, const Late& late) {
    const auto& part = late.part;
    auto reply = unit.reply(part.reply);
    if (!reply || !reply->uncertain || reply->state != ReplyState::sent) return;
    reply->uncertain = false;
    if (!late.taken) {
        reply->state = ReplyState::dropped;
        return unit.update(*reply);
    }
    if (!part.provider_id.empty()) reply->provider_id = part.provider_id;
    if (part.total > 1) {
        const auto known = unit.parts_of_reply(part.reply);
        const auto same = [&](const storage::ReplyPart& one) { return one.part == part.part; };
        if (!part.provider_id.empty() || std::none_of(known.begin(), known.end(), same)) unit.set(part);
        reply->uncertain = unit.parts_of_reply(part.reply).size() < part.total;
    }
    unit.update(*reply);
}

}  // namespace jejak::channel
