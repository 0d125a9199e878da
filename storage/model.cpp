#include "storage/model.hpp"

#include <numeric>

#include "storage/tally.hpp"

namespace jejak::storage {

bool Ledger::balances() const {
    const auto sum = [](const auto& parts) { return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}); };
    return received == sum(fates) && deliveries_owed == sum(deliveries) && replies_owed == sum(replies) &&
           alerts_acknowledged <= alerts_raised;
}

Ledger Tally::ledger() const {
    const auto at = [this](std::size_t kind) { return static_cast<std::uint64_t>(plain_.at(kind)); };
    Ledger ledger;
    ledger.received = at(received);
    for (std::size_t i = 0; i < ledger.fates.size(); ++i) ledger.fates[i] = at(fate + i);
    ledger.alerts_raised = at(alerts_raised);
    ledger.alerts_acknowledged = at(alerts_acknowledged);
    ledger.deliveries_owed = at(deliveries_owed);
    for (const auto& [endpoint, counts] : endpoints_) {
        for (std::size_t i = 0; i < counts.size(); ++i) ledger.deliveries[i] += static_cast<std::uint64_t>(counts[i]);
    }
    ledger.replies_owed = at(replies_owed);
    for (std::size_t i = 0; i < ledger.replies.size(); ++i) ledger.replies[i] = at(reply + i);
    return ledger;
}

}  // namespace jejak::storage
