#include "gateway/understand/raise.hpp"

#include <algorithm>

namespace jejak::understand {

bool is_past(const Pack::Data& data, const When& when, WallTime received_at) {
    if (!when.past) return false;
    const auto known = when.at ? when.at : when.since ? when.since : when.until;
    return known && received_at - *known >= data.recent;
}

bool fits(const RaiseRule& rule, const Reading& reading, bool past) {
    const auto holds = [](const auto& list, const auto& value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    };
    return holds(rule.intents, reading.intent) && !(rule.told && reading.guessed) &&
           (rule.categories == 0 || (rule.categories >> static_cast<unsigned>(reading.category) & 1) != 0) &&
           (rule.age == RaiseRule::Age::any || (rule.age == RaiseRule::Age::past) == past) &&
           (rule.routes.empty() || holds(rule.routes, reading.route)) && reading.indicators.size() >= rule.indicators &&
           (reading.flags & rule.flags) == rule.flags;
}

std::vector<AlertKind> alerts_raised(const Pack& pack, const Reading& reading, WallTime received_at) {
    const auto& data = pack.data();
    const bool past = is_past(data, reading.when, received_at);
    std::vector<AlertKind> kinds;
    for (const RaiseRule& rule : data.raises) {
        const bool there = std::find(kinds.begin(), kinds.end(), rule.alert) != kinds.end();
        if (!there && !rule.mentions && fits(rule, reading, past)) kinds.push_back(rule.alert);
    }
    return kinds;
}

}  // namespace jejak::understand
