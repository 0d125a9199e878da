#pragma once
#include <stdexcept>

namespace jejak::storage {

/// The database refused. What it means for the batch depends on the kind; see CommitQueue.
struct Error : std::runtime_error {
    enum class Kind {
        full,
        read_only,
        busy,   ///< roll back, pause, probe
        io,     ///< close, re-open, check, resume or stop
        misuse  ///< our own mistake: poisons the unit alone
    };
    Error(Kind kind_, const char* what) : std::runtime_error(what), kind(kind_) {}
    Kind kind;
};

/// A counter of references has come to its end.
struct Exhausted : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace jejak::storage
