#pragma once
#include <stdexcept>

#include "gateway/understand/pack/pack.hpp"

namespace jejak::tests {

/// The village pack that ships, loaded once.
inline std::shared_ptr<const understand::Pack> sambas() {
    static const auto pack = [] {
        std::vector<understand::PackFault> faults;
        auto loaded = understand::Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/sambas", faults);
        if (!loaded) throw std::runtime_error(faults.front().file + ": " + faults.front().message);
        return loaded;
    }();
    return pack;
}

}  // namespace jejak::tests
