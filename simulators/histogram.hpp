#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace jejak::sim {

/// Latencies in buckets of at most 3 % width, from 1 µs to over an hour, in fixed memory.
class Histogram {
public:
    void add(std::chrono::nanoseconds latency) {
        const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency.count() / 1'000));
        ++buckets_[index_of(us)];
        ++count_;
        max_us_ = std::max(max_us_, us);
    }

    std::uint64_t count() const { return count_; }
    double max_ms() const { return static_cast<double>(max_us_) / 1'000.0; }

    /// The upper edge of the bucket that holds that share of all values, in milliseconds; 0 when empty.
    double quantile_ms(double share) const {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen > wanted || (seen == count_ && count_ > 0)) {
                return static_cast<double>(std::min(upper_edge(i), max_us_)) / 1'000.0;
            }
        }
        return 0;
    }

private:
    // Values below 32 have a bucket each; above, each power of two is cut into 32.
    static constexpr unsigned fine_bits = 5;
    static constexpr std::uint64_t fine = 1u << fine_bits;
    static constexpr std::size_t octaves = 28;

    static std::size_t index_of(std::uint64_t us) {
        if (us < fine) return static_cast<std::size_t>(us);
        const auto shift = static_cast<unsigned>(std::bit_width(us)) - fine_bits - 1;
        const auto index = (shift + 1) * fine + ((us >> shift) - fine);
        return std::min<std::size_t>(static_cast<std::size_t>(index), octaves * fine - 1);
    }
    static std::uint64_t upper_edge(std::size_t index) {
        if (index < fine) return index;
        const auto shift = index / fine - 1;
        return ((fine + index % fine + 1) << shift) - 1;
    }

    std::array<std::uint64_t, octaves * fine> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_us_ = 0;
};

}  // namespace jejak::sim
