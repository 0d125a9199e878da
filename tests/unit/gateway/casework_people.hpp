#pragma once
#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"

namespace jejak::tests {

/// Of a number that needs no name.
inline storage::LookupKey key(unsigned char fill) {
    storage::LookupKey out;
    out.fill(std::byte{fill});
    return out;
}

inline const storage::LookupKey villager_key = key(1);

/// Somebody of whom nothing is known, who says something on a Friday evening.
inline casework::Known villager() {
    casework::Known known;
    known.now = *from_rfc3339("2025-09-12T21:10:00+07:00");
    known.said_at = known.now;
    known.message = 1'000;
    known.sender_kind = sms::Originator::Kind::msisdn;
    known.sender_key = villager_key;
    return known;
}

inline casework::Known registered(Role role) {
    auto known = villager();
    known.person.emplace().id = 7;
    known.person->role = role;
    known.person->place = "61.01.09.2002";
    return known;
}

inline understand::Reading report(Category category = Category::unofficial_land_route) {
    understand::Reading out;
    out.intent = Intent::report;
    out.category = category;
    out.language = "id";
    return out;
}

inline understand::Reading complete() {
    auto out = report();
    out.place = "61.01.09.2002";
    out.people = 5;
    out.when.now = true;
    return out;
}

inline understand::Reading only(Intent intent) {
    understand::Reading out;
    out.intent = intent;
    return out;
}

inline casework::Decision decided(const understand::Reading& what, const casework::Known& known) {
    return casework::decide(what, known, *sambas());
}

inline std::string reply(const casework::Decision& decision) {
    return decision.reply ? decision.reply->name : "none";
}

inline std::string question(const casework::Decision& decision) {
    if (!decision.reply) return {};
    for (const auto& [key, value] : decision.reply->fields) {
        if (key == "question") return value;
    }
    return {};
}

/// A conversation about the report of message 900 whose open question is `slot`.
inline casework::Conversation open_about(understand::Reading so_far, const std::string& slot, understand::Fit fit,
                                         std::vector<std::string> done) {
    casework::Conversation open;
    open.row.id = 5;
    open.row.form = slot == "call" ? "sos" : "report";
    open.row.slot = slot;
    open.row.message = 900;
    open.row.asked = static_cast<std::uint8_t>(done.size());
    open.progress.reading = std::move(so_far);
    open.progress.done = std::move(done);
    open.fit = fit;
    return open;
}

}  // namespace jejak::tests
