#include "storage/reference.hpp"

#include <sodium.h>

#include <array>

#include "protocol/ascii.hpp"
#include "protocol/ensure.hpp"

namespace jejak::storage {

namespace {

constexpr std::string_view alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(alphabet.size() == 32);
constexpr std::size_t data_size = 5;
constexpr std::size_t reference_size = 6;
using Symbols = std::array<std::uint8_t, reference_size>;

/// Product in GF(32) = GF(2)[x] / (x^5 + x^2 + 1), where x generates every element but zero.
constexpr std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
    unsigned product = 0;
    for (unsigned bit = 0; bit < 5; ++bit) {
        if ((b >> bit) & 1u) product ^= static_cast<unsigned>(a) << bit;
    }
    for (unsigned bit = 9; bit > 4; --bit) {
        if ((product >> bit) & 1u) product ^= 0b100101u << (bit - 5);
    }
    return static_cast<std::uint8_t>(product);
}

/// A reference is right when the sum of weight × symbol is zero. A weight that is not zero shows every single wrong
/// symbol; weights that differ show every swap of two. The check symbol weighs 1, so that it is the sum of the others.
constexpr std::array<std::uint8_t, reference_size> weights{2, 4, 8, 16, 5, 1};

std::uint8_t weighted_sum(const Symbols& symbols) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < reference_size; ++i) sum ^= multiply(weights[i], symbols[i]);
    return static_cast<std::uint8_t>(sum);
}

std::optional<Symbols> symbols_of(std::string_view typed) {
    if (typed.size() != reference_size) return std::nullopt;
    Symbols symbols{};
    for (std::size_t i = 0; i < reference_size; ++i) {
        const char letter = to_upper(typed[i]);
        const std::size_t value = alphabet.find(letter);
        if (value == std::string_view::npos) return std::nullopt;
        symbols[i] = static_cast<std::uint8_t>(value);
    }
    return symbols;
}

// A Feistel network over 12 and 13 bits: whatever the round function gives, each round can be undone.
constexpr unsigned left_bits = 12;
constexpr unsigned right_bits = 13;
constexpr std::uint32_t left_mask = (1u << left_bits) - 1;
constexpr std::uint32_t right_mask = (1u << right_bits) - 1;
constexpr std::uint8_t rounds = 10;
static_assert(1u << (left_bits + right_bits) == reference_count_max);

/// SipHash-2-4 of the round's number and the other half.
std::uint32_t round_value(std::uint8_t round, std::uint32_t half, std::uint64_t key) {
    std::array<unsigned char, crypto_shorthash_KEYBYTES> wide_key{};
    for (unsigned i = 0; i < 8; ++i) wide_key[i] = wide_key[8 + i] = static_cast<unsigned char>(key >> (8 * i));
    const std::array<unsigned char, 3> input{round, static_cast<unsigned char>(half),
                                             static_cast<unsigned char>(half >> 8)};
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), input.data(), input.size(), wide_key.data());
    return static_cast<std::uint32_t>(hash[0]) | static_cast<std::uint32_t>(hash[1]) << 8;
}

std::uint32_t permute(std::uint32_t number, std::uint64_t key) {
    std::uint32_t left = number >> right_bits;
    std::uint32_t right = number & right_mask;
    for (std::uint8_t round = 0; round < rounds; ++round) {
        if (round % 2 == 0) {
            left ^= round_value(round, right, key) & left_mask;
        } else {
            right ^= round_value(round, left, key) & right_mask;
        }
    }
    return left << right_bits | right;
}

std::uint32_t unpermute(std::uint32_t permuted, std::uint64_t key) {
    std::uint32_t left = permuted >> right_bits;
    std::uint32_t right = permuted & right_mask;
    for (std::uint8_t round = rounds; round-- > 0;) {
        if (round % 2 == 0) {
            left ^= round_value(round, right, key) & left_mask;
        } else {
            right ^= round_value(round, left, key) & right_mask;
        }
    }
    return left << right_bits | right;
}

}  // namespace

std::string encode_reference(std::uint32_t number, std::uint64_t key) {
    ensure(number < reference_count_max);
    std::uint32_t permuted = permute(number, key);
    Symbols symbols{};
    for (std::size_t i = data_size; i-- > 0; permuted >>= 5) symbols[i] = static_cast<std::uint8_t>(permuted & 31);
    symbols[data_size] = weighted_sum(symbols);
    std::string typed;
    for (const std::uint8_t symbol : symbols) typed += alphabet[symbol];
    return typed;
}

std::optional<std::uint32_t> decode_reference(std::string_view typed, std::uint64_t key) {
    const auto symbols = symbols_of(typed);
    if (!symbols || weighted_sum(*symbols) != 0) return std::nullopt;
    std::uint32_t permuted = 0;
    for (std::size_t i = 0; i < data_size; ++i) permuted = permuted << 5 | (*symbols)[i];
    return unpermute(permuted, key);
}

bool looks_like_reference(std::string_view typed) {
    const auto symbols = symbols_of(typed);
    return symbols && weighted_sum(*symbols) == 0;
}

}  // namespace jejak::storage
