#include <cstdint>

#include "protocol/ensure.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/sms/utf8.hpp"

using jejak::ensure;
namespace gsm7 = jejak::sms::gsm7;
namespace sms = jejak::sms;
namespace utf8 = jejak::sms::utf8;

namespace {

/// Whatever tables a header names: the text is UTF-8, and if nothing was replaced, written again it is the same.
void check_tables(std::span<const std::byte> octets, gsm7::Shift shift) {
    bool replaced = false;
    const auto text = gsm7::decode(octets, shift, &replaced);
    ensure(utf8::valid(text));
    if (replaced) return;
    const auto encoded = gsm7::encode(text, shift);
    ensure(encoded && encoded->size() <= octets.size() && gsm7::decode(*encoded, shift) == text);
    if (shift == gsm7::Shift{}) ensure(encoded->size() == gsm7::septets(text));
}

void check_packing(std::span<const std::byte> octets, unsigned fill_bits) {
    const auto septets = gsm7::unpack(octets, octets.size() * 2, fill_bits);
    ensure(gsm7::unpack(gsm7::pack(septets, fill_bits), septets.size(), fill_bits) == septets);
    const auto uncounted = gsm7::unpack_uncounted(octets, fill_bits);
    ensure(uncounted.size() <= septets.size() && uncounted.size() + 1 >= septets.size());
    const auto again = gsm7::unpack_uncounted(gsm7::pack_uncounted(uncounted, fill_bits), fill_bits);
    ensure(uncounted.empty() || (again.size() <= uncounted.size() && again.size() + 1 >= uncounted.size()));
}

/// UCS-2 in either order, and as data_coding 8 with its guesses.
void check_ucs2(std::span<const std::byte> octets) {
    bool replaced = false;
    const auto text = sms::decode_ucs2(octets, &replaced);
    ensure(utf8::valid(text));
    ensure(utf8::valid(sms::decode_ucs2(octets, nullptr, sms::ByteOrder::little_endian)));
    const auto read = sms::decode_text(octets, 0x08);
    ensure(utf8::valid(read.utf8));
    ensure(sms::has(read.remarks, sms::Remark::guessed) || read.utf8 == text);
}

}  // namespace

/// Input: fill bits, locking and single shift table, then octets that are read as septets, as packed septets, as UCS-2
/// and as UTF-8.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const unsigned fill_bits = data[0] % 7;
    const gsm7::Shift shift{static_cast<std::uint8_t>(data[1] >> 4), static_cast<std::uint8_t>(data[1] & 0xF)};
    const std::span octets(reinterpret_cast<const std::byte*>(data) + 2, size - 2);

    check_tables(octets, {});
    check_tables(octets, shift);
    check_packing(octets, fill_bits);
    check_ucs2(octets);

    const std::string_view characters(reinterpret_cast<const char*>(octets.data()), octets.size());
    if (const auto encoded = gsm7::encode(characters)) ensure(gsm7::decode(*encoded) == characters);
    if (const auto encoded = gsm7::encode(characters, shift)) ensure(gsm7::decode(*encoded, shift) == characters);
    const auto wide = sms::decode_ucs2(sms::encode_ucs2(characters));
    ensure(utf8::valid(wide));
    const bool marked = characters.starts_with("\uFEFF") || characters.starts_with("\uFFFE");
    ensure(!utf8::valid(characters) || marked || wide == characters);
    return 0;
}
