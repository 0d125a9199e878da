#pragma once
#include <stdexcept>
#include <vector>

#include "gateway/understand/pack/pack.hpp"

namespace jejak::tests {

/// The village pack that ships, loaded once.
inline std::shared_ptr<const understand::Pack> sambas() {
    static std::vector<understand::PackFault> faults;
    static const auto pack = understand::Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/sambas", faults);
    if (!pack) throw std::runtime_error(faults.front().file + ": " + faults.front().message);
    return pack;
}

/// The pack of the islands, which shares most of it, loaded once.
inline std::shared_ptr<const understand::Pack> batam() {
    static std::vector<understand::PackFault> faults;
    static const auto pack = understand::Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/batam", faults);
    if (!pack) throw std::runtime_error(faults.front().file + ": " + faults.front().message);
    return pack;
}

}  // namespace jejak::tests
