#pragma once
#include <string>
#include <vector>

#include "gateway/casework/words.hpp"
#include "tests/support/village.hpp"

namespace jejak::tests {

/// What the task force was told of one kind, in its order: type and message.
template <class Message>
struct Told {
    std::string type;
    Message message;
};

template <class Message>
std::vector<Told<Message>> told(Village& village, const std::string& prefix) {
    return village.ask([&](storage::View& view) {
        std::vector<Told<Message>> all;
        for (const auto& owed : view.deliveries_pending("satgas", 0, village.now.read(), 100)) {
            const auto event = view.event(owed.event).value();
            Message message;
            if (event.type.starts_with(prefix) && message.ParseFromString(event.body))
                all.push_back({event.type, std::move(message)});
        }
        return all;
    });
}

inline std::vector<Told<v1::Alert>> told_alerts(Village& village) {
    return told<v1::Alert>(village, "alert.");
}
inline std::vector<Told<v1::Report>> told_reports(Village& village) {
    return told<v1::Report>(village, "report.");
}

/// A word of danger is agreed with the number.
inline void agree_on_duress(Village& village, const std::string& number, const std::string& word) {
    auto agree = [&](storage::Unit& unit) {
        storage::ReplyPolicy policy;
        policy.number_key = village.vault.lookup("msisdn", number);
        policy.duress_word = casework::word_key(village.vault, number, word);
        policy.changed_at = unit.now();
        unit.set(policy);
    };
    village.run(Village::ignore(village.access->commit(agree)));
}

}  // namespace jejak::tests
