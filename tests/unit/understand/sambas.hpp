#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/packs.hpp"

/// The published pack and a Friday evening, for tests of what is understood.
namespace jejak::understand {

inline const Pack& sambas() {
    return *tests::sambas();
}

inline ReadingContext villager(std::string sender = "+628400000001") {
    ReadingContext context;
    context.received_at = *from_rfc3339("2025-09-12T21:10:00+07:00");
    context.sender = std::move(sender);
    return context;
}

inline Reading understood(std::string_view text, std::string sender = "+628400000001") {
    return read(sambas(), text, villager(std::move(sender)));
}

/// A moment in West Kalimantan's time, or "-".
inline std::string local(const std::optional<WallTime>& at) {
    return at ? to_rfc3339(*at, std::chrono::hours(7)) : "-";
}

}  // namespace jejak::understand
