#include "protocol/sms/gsm7.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/ensure.hpp"
#include "protocol/sms/gsm7_tables.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms::gsm7 {
namespace {

/// Septets whose character has the same code in ASCII: most of every text, copied as runs.
constexpr auto is_plain = [] {
    std::array<std::uint8_t, 256> plain{};
    for (std::size_t i = 0; i < default_table.size(); ++i) plain[i] = i != escape && default_table[i] == i ? 1 : 0;
    return plain;
}();

/// Where the run of plain septets from `pos` ends.
std::size_t plain_until(const unsigned char* octets, std::size_t pos, std::size_t size) {
    const auto four_plain = [octets](std::size_t at) {
        return (is_plain[octets[at]] & is_plain[octets[at + 1]] & is_plain[octets[at + 2]] &
                is_plain[octets[at + 3]]) != 0;
    };
    while (size - pos >= 4 && four_plain(pos)) pos += 4;
    while (pos < size && is_plain[octets[pos]] != 0) ++pos;
    return pos;
}

/// The septet, or escape and septet as 0x1Bxx, of every character below U+0100; `none` when it has none.
constexpr std::uint16_t none = 0xFFFF;
constexpr auto low_codes = [] {
    std::array<std::uint16_t, 256> codes{};
    codes.fill(none);
    for (std::size_t i = 0; i < default_table.size(); ++i) {
        if (i != escape && default_table[i] < codes.size()) codes[default_table[i]] = static_cast<std::uint16_t>(i);
    }
    for (std::size_t i = 0; i < default_extension.size(); ++i) {
        const auto character = default_extension[i];
        if (character != 0 && character < codes.size()) codes[character] = static_cast<std::uint16_t>(escape << 8 | i);
    }
    return codes;
}();

std::uint16_t code_of(char32_t code_point) {
    if (code_point < low_codes.size()) return low_codes[code_point];
    if (code_point == U'€') return escape << 8 | 0x65;
    for (std::uint16_t i = 0x10; i <= 0x1A; ++i) {  // the Greek capitals
        if (default_table[i] == code_point) return i;
    }
    return none;
}

/// What escape and `septet` show: the extension's character, or the basic one when there is none. A second escape is
/// reserved for a further table, and shown as a space until there is one.
char16_t extended(std::uint8_t septet, const Table& basic, const Table& extension) {
    return extension[septet] != 0 ? extension[septet] : basic[septet];
}

/// Every character of two tables with its septet, or escape and septet as 0x1Bxx, in order of characters. What is in
/// both has the shorter code.
class Codes {
public:
    explicit Codes(Shift shift) {
        const auto& basic = locking_table(shift.locking);
        const auto& extension = single_shift_table(shift.single);
        for (std::size_t septet = 0; septet < basic.size(); ++septet) {
            if (septet == escape) continue;
            if (basic[septet] != 0) entries_[size_++] = {basic[septet], static_cast<std::uint16_t>(septet)};
            const auto extended_code = static_cast<std::uint16_t>(escape << 8 | septet);
            if (extension[septet] != 0) entries_[size_++] = {extension[septet], extended_code};
        }
        std::sort(entries_.begin(), end());
    }

    std::uint16_t of(char32_t code_point) const {
        const auto found = std::lower_bound(entries_.begin(), end(), code_point,
                                            [](const Entry& entry, char32_t wanted) { return entry.first < wanted; });
        return found != end() && found->first == code_point ? found->second : none;
    }

private:
    using Entry = std::pair<char16_t, std::uint16_t>;
    std::array<Entry, 256>::const_iterator end() const { return entries_.begin() + static_cast<std::ptrdiff_t>(size_); }
    std::array<Entry, 256>::iterator end() { return entries_.begin() + static_cast<std::ptrdiff_t>(size_); }

    std::array<Entry, 256> entries_{};
    std::size_t size_ = 0;
};

/// `code_of` gives each character its code; empty when one has none.
template <class CodeOf>
std::optional<std::vector<std::byte>> encode_with(std::string_view utf8, const CodeOf& code_of) {
    std::vector<std::byte> out;
    out.reserve(utf8.size() + 8);
    for (std::size_t pos = 0; pos < utf8.size();) {
        const auto code = code_of(utf8::next(utf8, pos));
        if (code == none) return std::nullopt;
        if (code > 0xFF) out.push_back(std::byte{escape});
        out.push_back(static_cast<std::byte>(code & 0xFF));
    }
    return out;
}

}  // namespace

bool known(Shift shift) {
    return shift.locking <= language_last && shift.single <= language_last;
}

std::string decode(std::span<const std::byte> septets, bool* replaced) {
    const auto* const octets = reinterpret_cast<const unsigned char*>(septets.data());
    std::string out;
    out.reserve(septets.size() + 16);
    for (std::size_t pos = 0; pos < septets.size();) {
        const auto end = plain_until(octets, pos, septets.size());
        out.append(reinterpret_cast<const char*>(octets) + pos, end - pos);
        if (end == septets.size()) break;
        const auto octet = octets[end];
        pos = end + 1;
        if (octet > 0x7F) {
            if (replaced) *replaced = true;
            utf8::append(out, utf8::replacement);
        } else if (octet == escape && pos < septets.size() && octets[pos] <= 0x7F) {
            utf8::append(out, extended(octets[pos++], default_table, default_extension));
        } else {
            utf8::append(out, default_table[octet]);
        }
    }
    return out;
}

std::string decode(std::span<const std::byte> septets, Shift shift, bool* replaced) {
    if (shift == Shift{}) return decode(septets, replaced);
    const auto& basic = locking_table(shift.locking);
    const auto& extension = single_shift_table(shift.single);
    std::string out;
    out.reserve(septets.size() * 3);
    for (std::size_t pos = 0; pos < septets.size(); ++pos) {
        auto octet = std::to_integer<std::uint8_t>(septets[pos]);
        const bool escaped = octet == escape && pos + 1 < septets.size() && septets[pos + 1] <= std::byte{0x7F};
        if (escaped) octet = std::to_integer<std::uint8_t>(septets[++pos]);
        char16_t character = 0;
        if (octet <= 0x7F) character = escaped ? extended(octet, basic, extension) : basic[octet];
        if (character == 0 && replaced) *replaced = true;
        utf8::append(out, character != 0 ? character : utf8::replacement);
    }
    return out;
}

std::optional<std::vector<std::byte>> encode(std::string_view utf8) {
    return encode_with(utf8, code_of);
}

std::optional<std::vector<std::byte>> encode(std::string_view utf8, Shift shift) {
    if (shift == Shift{}) return encode(utf8);
    const Codes codes(shift);
    return encode_with(utf8, [&codes](char32_t code_point) { return codes.of(code_point); });
}

std::optional<std::size_t> septets(std::string_view utf8) {
    std::size_t count = 0;
    for (std::size_t pos = 0; pos < utf8.size();) {
        const auto code = code_of(utf8::next(utf8, pos));
        if (code == none) return std::nullopt;
        count += code > 0xFF ? 2 : 1;
    }
    return count;
}

std::vector<std::byte> pack(std::span<const std::byte> septets, unsigned fill_bits) {
    ensure(fill_bits < 7);
    std::vector<std::byte> packed((septets.size() * 7 + fill_bits + 7) / 8);
    std::size_t bit = fill_bits;
    for (const auto septet : septets) {
        const auto shifted = (std::to_integer<unsigned>(septet) & 0x7F) << (bit % 8);
        packed[bit / 8] |= static_cast<std::byte>(shifted & 0xFF);
        if (shifted > 0xFF) packed[bit / 8 + 1] |= static_cast<std::byte>(shifted >> 8);
        bit += 7;
    }
    return packed;
}

std::vector<std::byte> unpack(std::span<const std::byte> packed, std::size_t septet_count, unsigned fill_bits) {
    ensure(fill_bits < 7);
    const auto bits = packed.size() * 8;
    const auto held = bits < fill_bits ? 0 : (bits - fill_bits) / 7;
    std::vector<std::byte> septets;
    septets.reserve(std::min(septet_count, held));
    for (std::size_t bit = fill_bits; septets.size() < std::min(septet_count, held); bit += 7) {
        unsigned window = std::to_integer<unsigned>(packed[bit / 8]);
        if (bit / 8 + 1 < packed.size()) window |= std::to_integer<unsigned>(packed[bit / 8 + 1]) << 8;
        septets.push_back(static_cast<std::byte>((window >> (bit % 8)) & 0x7F));
    }
    return septets;
}

std::vector<std::byte> pack_uncounted(std::span<const std::byte> septets, unsigned fill_bits) {
    auto packed = pack(septets, fill_bits);
    const bool seven_left = packed.size() * 8 - fill_bits - septets.size() * 7 == 7;
    if (seven_left && !septets.empty()) packed.back() |= std::byte{'\r' << 1};
    return packed;
}

std::vector<std::byte> unpack_uncounted(std::span<const std::byte> packed, unsigned fill_bits) {
    const auto bits = packed.size() * 8;
    auto septets = unpack(packed, bits, fill_bits);
    const bool to_the_end = septets.size() > 1 && (bits - fill_bits) % 7 == 0;
    if (to_the_end && (septets.back() == std::byte{'\r'} || septets.back() == std::byte{0})) septets.pop_back();
    return septets;
}

}  // namespace jejak::sms::gsm7
