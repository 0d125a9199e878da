#include "protocol/sms/east_asian.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "protocol/ascii.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms {
namespace {

/// One conversion of the C library to UTF-8; closed with the object.
class Converter {
public:
    explicit Converter(const char* from) : descriptor_(iconv_open("UTF-8", from)) {}
    ~Converter() {
        if (open()) iconv_close(descriptor_);
    }
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    bool open() const { return descriptor_ != none(); }

    /// Converts as far as it goes. Both views move behind what was read and written. 0, or errno.
    int run(std::string_view& in, std::span<char>& out) {
        auto* from = const_cast<char*>(in.data());  // iconv takes it so, and only reads
        auto* to = out.data();
        auto from_left = in.size();
        auto to_left = out.size();
        const auto result = iconv(descriptor_, &from, &from_left, &to, &to_left);
        const int error = result == static_cast<std::size_t>(-1) ? errno : 0;
        in = in.substr(in.size() - from_left);
        out = out.last(to_left);
        return error;
    }

private:
    static iconv_t none() { return reinterpret_cast<iconv_t>(-1); }  // NOLINT(performance-no-int-to-ptr)
    iconv_t descriptor_;
};

/// No octet of these sets becomes more than one character of three UTF-8 octets, and U+FFFD has three as well.
constexpr std::size_t growth = 3;

std::optional<EastAsianText> convert(std::string_view octets, const char* from) {
    Converter converter(from);
    if (!converter.open()) return std::nullopt;
    EastAsianText text;
    text.utf8.resize(octets.size() * growth);
    std::span<char> room(text.utf8);
    while (converter.run(octets, room) != 0 && !octets.empty()) {
        std::string replacement;
        utf8::append(replacement, utf8::replacement);
        if (room.size() < replacement.size()) break;
        std::copy(replacement.begin(), replacement.end(), room.begin());
        room = room.subspan(replacement.size());
        octets.remove_prefix(1);
        ++text.unread;
    }
    text.unread += octets.size();
    text.utf8.resize(text.utf8.size() - room.size());
    return text;
}

constexpr char esc = 0x1B;
constexpr const char* iso2022 = "ISO-2022-JP-2";

/// Pairs of 7-bit octets in the set that `designator` (without its escape) names.
std::optional<EastAsianText> convert_pairs(std::string_view octets, std::string_view designator) {
    std::string designated(1, esc);
    designated += designator;
    designated += octets;
    return convert(designated, iso2022);
}

bool only_pairs(std::string_view octets) {
    return octets.size() % 2 == 0 &&
           std::all_of(octets.begin(), octets.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
}

bool high_bits(std::string_view octets) {
    return std::any_of(octets.begin(), octets.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7F; });
}

std::optional<EastAsianText> better_of(std::optional<EastAsianText> first, std::optional<EastAsianText> second) {
    if (!first) return second;
    return second && second->unread < first->unread ? second : first;
}

std::optional<EastAsianText> decode_japanese(std::string_view octets, std::string_view designator) {
    if (only_pairs(octets)) return convert_pairs(octets, designator);
    if (!high_bits(octets)) return convert(octets, iso2022);
    return better_of(convert(octets, "EUC-JP"), convert(octets, "CP932"));
}

}  // namespace

std::optional<EastAsianText> decode_jis(std::span<const std::byte> octets) {
    return decode_japanese(as_text(octets), "$B");
}

std::optional<EastAsianText> decode_jis_x0212(std::span<const std::byte> octets) {
    return decode_japanese(as_text(octets), "$(D");
}

std::optional<EastAsianText> decode_iso2022_jp(std::span<const std::byte> octets) {
    return convert(as_text(octets), iso2022);
}

std::optional<EastAsianText> decode_korean(std::span<const std::byte> octets) {
    return convert(as_text(octets), "UHC");
}

}  // namespace jejak::sms
