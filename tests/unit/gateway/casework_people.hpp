#pragma once
#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"

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

}  // namespace jejak::tests
