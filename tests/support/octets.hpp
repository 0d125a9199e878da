#pragma once
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Octets for tests. Everything lives in heap blocks of exactly its size, so that the address sanitizer sees a read
/// of one octet too many.
namespace jejak::tests {

using Octets = std::vector<std::byte>;

/// "48 454c50" to octets; blanks are ignored.
inline Octets from_hex(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::vector<unsigned> nibbles;
    for (const char c : text) {
        if (c == ' ') continue;
        const auto at = digits.find(c);
        if (at == std::string_view::npos) throw std::invalid_argument("no hexadecimal digit");
        nibbles.push_back(static_cast<unsigned>(at));
    }
    Octets octets(nibbles.size() / 2);
    for (std::size_t i = 0; i < octets.size(); ++i) {
        octets[i] = static_cast<std::byte>(nibbles[2 * i] << 4 | nibbles[2 * i + 1]);
    }
    return octets;
}

inline std::string to_hex(std::span<const std::byte> octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto octet : octets) {
        text += digits[std::to_integer<unsigned>(octet) >> 4];
        text += digits[std::to_integer<unsigned>(octet) & 0xF];
    }
    return text;
}

inline Octets octets_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span<const char>(text.data(), text.size()));
    return {bytes.begin(), bytes.end()};
}

/// Characters without a terminator behind them.
class ExactText {
public:
    explicit ExactText(std::string_view text) : characters_(text.begin(), text.end()) {}
    operator std::string_view() const { return {characters_.data(), characters_.size()}; }

private:
    std::vector<char> characters_;
};

}  // namespace jejak::tests
