#pragma once
#include "protocol/time.hpp"
#include "storage/vault.hpp"

namespace jejak::storage {

/// Makes ascending ids from time: 41 bits of milliseconds since 2024, 22 bits that count within one. A clock that
/// steps back does not: the last millisecond is used until time catches up. One source per table and thread.
class IdSource {
public:
    IdSource() = default;
    /// `last` is the highest id already in use, or 0.
    explicit IdSource(Id last) : last_(last) {}

    Id next(WallTime now) {
        const Id by_time = floor(now);
        last_ = by_time > last_ ? by_time : last_ + 1;
        return last_;
    }

    Id last() const { return last_; }

    /// An id of this table that was made elsewhere: those made here stay above it.
    void seen(Id id) {
        if (id > last_) last_ = id;
    }

    /// The smallest id of that moment: `id >= floor(t)` is "since t".
    static Id floor(WallTime time) { return (to_ms(time) - epoch_ms) << count_bits; }
    static WallTime time_of(Id id) { return from_ms((id >> count_bits) + epoch_ms); }

private:
    static constexpr std::int64_t epoch_ms = 1'704'067'200'000;  // 2024-01-01T00:00:00Z
    static constexpr int count_bits = 22;
    Id last_ = 0;
};

}  // namespace jejak::storage
