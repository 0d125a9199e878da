#include "gateway/channel/reply_outcomes.hpp"

#include <memory>

namespace jejak::channel {

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
    if (settled_.empty()) return;
    auto outcomes = std::make_shared<std::vector<storage::Reply>>(std::move(settled_));
    settled_.clear();
    auto apply = [outcomes](storage::Unit& unit) {
        for (const auto& outcome : *outcomes) unit.update(outcome);
    };
    store_.submit(apply, {}, [this, outcomes](storage::Committed how) {
        const bool lost = how == storage::Committed::queue_full || how == storage::Committed::storage_failed;
        if (lost && settled_.size() < kept_max) settled_.insert(settled_.end(), outcomes->begin(), outcomes->end());
    });
}

}  // namespace jejak::channel
