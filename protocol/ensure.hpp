#pragma once
#include <cstdio>
#include <cstdlib>

namespace jejak {

/// Stops the process if `holds` is false. A broken invariant is a bug, and a gateway that no longer understands its own
/// state must not acknowledge messages. Stays on in release builds.
inline void ensure(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%d: broken invariant\n", file, line);
    std::abort();
}

}  // namespace jejak
