#include "storage/model.hpp"

#include <array>
#include <numeric>

#include "storage/tally.hpp"

namespace jejak::storage {

namespace {
/// In the order of ReplyMode.
constexpr std::array<std::string_view, 5> reply_modes{"silent", "neutral", "cover", "coded", "full"};
/// In the order of Calls.
constexpr std::array<std::string_view, 3> calls_names{"unknown", "no", "yes"};
}  // namespace

std::string_view to_string(ReplyMode mode) {
    return reply_modes.at(static_cast<std::size_t>(mode));
}

std::optional<ReplyMode> parse_reply_mode(std::string_view name) {
    for (std::size_t i = 0; i < reply_modes.size(); ++i) {
        if (reply_modes[i] == name) return static_cast<ReplyMode>(i);
    }
    return std::nullopt;
}

std::string_view to_string(Calls calls) {
    return calls_names.at(static_cast<std::size_t>(calls));
}

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
