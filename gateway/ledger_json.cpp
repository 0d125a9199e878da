#include "gateway/ledger_json.hpp"

namespace jejak {

boost::json::object ledger_json(const storage::Ledger& ledger) {
    boost::json::object fates;
    for (std::size_t i = 0; i < ledger.fates.size(); ++i) fates[to_string(static_cast<Fate>(i))] = ledger.fates[i];
    const auto& [pending, delivered, dead] = ledger.deliveries;
    const auto& [waiting, sent, confirmed, dropped] = ledger.replies;
    return {
        {"received", ledger.received},
        {"fates", std::move(fates)},
        {"alerts", {{"raised", ledger.alerts_raised}, {"acknowledged", ledger.alerts_acknowledged}}},
        {"deliveries",
         {{"owed", ledger.deliveries_owed}, {"delivered", delivered}, {"pending", pending}, {"dead", dead}}},
        {"replies",
         {{"owed", ledger.replies_owed},
          {"sent", sent},
          {"confirmed", confirmed},
          {"dropped", dropped},
          {"pending", waiting}}},
    };
}

}  // namespace jejak
