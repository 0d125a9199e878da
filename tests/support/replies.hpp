#pragma once
#include <string>

#include "tests/support/village.hpp"

namespace jejak::tests {

/// Three parts in GSM 7-bit.
inline std::string three_parts() {
    std::string text;
    while (text.size() < 400) text += "Pesan " + std::to_string(text.size()) + " diterima. ";
    return text;
}

/// Writes a reply as sent, as the unit does that hands it to its channel; its row's id. `uncertain`: so the process
/// before this one left it.
inline storage::Id add_reply(Village& village, const std::string& channel, const std::string& text,
                             bool uncertain = false) {
    storage::Id id = 0;
    auto apply = [&](storage::Unit& unit) {
        using storage::Column, storage::Table;
        storage::Reply reply;
        reply.id = id = unit.next_id(Table::reply);
        reply.channel = channel;
        reply.to_key = village.vault.lookup("msisdn", "+628400000001");
        reply.to = village.vault.seal(Table::reply, Column::number, id, "+628400000001");
        reply.text = village.vault.seal(Table::reply, Column::text, id, text);
        reply.state = storage::ReplyState::sent;
        reply.valid_until = wall_now() + std::chrono::minutes(10);
        reply.uncertain = uncertain;
        unit.add(reply);
    };
    village.run(Village::ignore(village.access->commit(apply)));
    return id;
}

}  // namespace jejak::tests
