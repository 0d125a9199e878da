#pragma once
#include <array>
#include <cstdint>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

/// What a text is about, weighed by the pack's cues: decisive 9 points, strong 6, a cue 2, a hint 1.
struct Weighed {
    static constexpr unsigned needed = 2;  ///< points of a category that holds
    static constexpr unsigned clear = 6;   ///< points that need nothing else to bear them out
    Category best = Category::none;
    Category second = Category::none;  ///< of another group, when it holds as clearly
    unsigned points = 0;               ///< of the best
    unsigned others = 0;               ///< of all other cases together
    unsigned spam = 0, everyday = 0;   ///< points of the two that are no cases
    const Hit* because = nullptr;      ///< the phrase that spoke loudest for the best
    const Hit* second_because = nullptr;
};
Weighed weigh_categories(const Subject& subject);

}  // namespace jejak::understand
