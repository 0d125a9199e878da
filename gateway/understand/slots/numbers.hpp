#pragma once
#include <optional>

#include "gateway/understand/slots/slots.hpp"

namespace jejak::understand {

constexpr std::uint32_t people_most = 5000;  ///< beyond it a number is no count of people

/// A number as said, and its last token.
struct Said {
    std::uint64_t value = 0;
    std::size_t last = 0;
    bool digits = false;  ///< typed in digits, not in words
};

/// "23", "dua puluh tiga", "dua belas", "2 lusin", "10an" at token `at`.
std::optional<Said> number_at(const Subject& subject, std::size_t at);

/// The last token of "20an" or "20ish", some twenty, when the number at token `at` is written so.
std::optional<std::size_t> rounded_by(const Subject& subject, std::size_t at);

/// How many, from one number to another: "5", "5-6", "5 sampai 6", "antara 5 dan 10" (at its 5).
struct Count {
    std::uint32_t least = 0, most = 0;
    std::size_t last = 0;
};
std::optional<Count> count_at(const Subject& subject, std::size_t at);

}  // namespace jejak::understand
