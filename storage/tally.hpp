#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "storage/model.hpp"

namespace jejak::storage {

/// What changes in the ledger: kept in memory through a unit and a batch, written once per batch in its transaction.
/// Also the whole account, as read back.
class Tally {
public:
    /// Numbers are stored: new ones go to the end of their decade.
    enum Kind : std::uint8_t {
        received = 0,
        fate = 10,  ///< + Fate
        alerts_raised = 20,
        alerts_acknowledged = 21,
        deliveries_owed = 30,
        delivery = 31,  ///< + DeliveryState, by endpoint
        replies_owed = 40,
        reply = 41,  ///< + ReplyState
        kinds = 50
    };

    void count(Kind kind, std::int64_t by = 1) { plain_[kind] += by; }
    void count(Fate which, std::int64_t by = 1) { plain_[fate + static_cast<std::size_t>(which)] += by; }
    void count(ReplyState state, std::int64_t by = 1) { plain_[reply + static_cast<std::size_t>(state)] += by; }
    void count(DeliveryState state, std::string_view endpoint, std::int64_t by = 1) {
        auto found = endpoints_.find(endpoint);
        if (found == endpoints_.end()) found = endpoints_.emplace(std::string(endpoint), Deliveries{}).first;
        found->second[static_cast<std::size_t>(state)] += by;
    }
    /// One stored line; unknown kinds are ignored.
    void count_line(int kind, std::string_view endpoint, std::int64_t by) {
        if (kind >= delivery && kind < delivery + 3)
            return count(static_cast<DeliveryState>(kind - delivery), endpoint, by);
        if (kind >= 0 && kind < kinds) plain_[static_cast<std::size_t>(kind)] += by;
    }

    void add(const Tally& other) {
        for (std::size_t kind = 0; kind < kinds; ++kind) plain_[kind] += other.plain_[kind];
        for (const auto& [endpoint, counts] : other.endpoints_) {
            for (std::size_t state = 0; state < counts.size(); ++state) {
                if (counts[state] != 0) count(static_cast<DeliveryState>(state), endpoint, counts[state]);
            }
        }
    }
    void clear() {
        plain_ = {};
        if (!endpoints_.empty()) endpoints_.clear();
    }

    /// Calls `visit(kind, endpoint, by)` for every count that is not zero.
    template <class Visit>
    void each(Visit visit) const {
        for (std::size_t kind = 0; kind < kinds; ++kind) {
            if (plain_[kind] != 0) visit(static_cast<int>(kind), std::string_view(), plain_[kind]);
        }
        for (const auto& [endpoint, counts] : endpoints_) {
            for (std::size_t state = 0; state < counts.size(); ++state) {
                if (counts[state] != 0)
                    visit(static_cast<int>(delivery + state), std::string_view(endpoint), counts[state]);
            }
        }
    }

    using Deliveries = std::array<std::int64_t, 3>;  ///< by DeliveryState
    const std::map<std::string, Deliveries, std::less<>>& endpoints() const { return endpoints_; }
    Ledger ledger() const;

private:
    std::array<std::int64_t, kinds> plain_{};
    std::map<std::string, Deliveries, std::less<>> endpoints_;
};

}  // namespace jejak::storage
