#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

void Subject::explain(Reading& reading, std::string_view slot, std::string_view value, std::size_t first,
                      std::size_t last) const {
    if (!context.explain) return;
    reading.why.push_back(std::string(slot) + " " + std::string(value) + ": \"" + typed(first, last) + "\"");
}

bool Subject::preceded_by(std::size_t at, WordClass one, std::size_t window) const {
    for (std::size_t n = 1; n <= window && at >= from + n; ++n) {
        if (is(at - n, one)) return true;
    }
    return false;
}

}  // namespace jejak::understand
