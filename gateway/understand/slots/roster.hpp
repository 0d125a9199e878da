#pragma once
#include <cstdint>
#include <optional>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// People named one by one without a number: "aku sama adek ku", "istri dan anak saya dibawa", "aq 12 thn adek 8 thn".
struct Roster {
    std::uint32_t people = 0, children = 0;  ///< children: those whose age is told
    std::size_t first = 0, last = 0;
};

/// The first roster of two or more; the sender counts only in what is told of themselves (`intent`).
std::optional<Roster> find_roster(const Subject& subject, Intent intent);

}  // namespace jejak::understand
