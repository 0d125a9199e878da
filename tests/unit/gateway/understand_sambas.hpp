#pragma once
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack.hpp"
#include "gateway/understand/reading.hpp"

/// The published pack and a Friday evening, for tests of what is understood.
namespace jejak::understand {

inline const Pack& sambas() {
    static const auto pack = [] {
        std::vector<PackFault> faults;
        auto loaded = Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/sambas", faults);
        for (const auto& fault : faults) UNSCOPED_INFO(fault.file << ':' << fault.line << ' ' << fault.message);
        REQUIRE(loaded != nullptr);
        return loaded;
    }();
    return *pack;
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
inline std::string local(const std::optional<WallTime>& at) { return at ? to_rfc3339(*at, std::chrono::hours(7)) : "-"; }

}  // namespace jejak::understand
