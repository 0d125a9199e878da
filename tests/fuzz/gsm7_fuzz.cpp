#include <cstdint>

#include "protocol/ensure.hpp"
#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/sms/utf8.hpp"

using jejak::ensure;
namespace gsm7 = jejak::sms::gsm7;
namespace utf8 = jejak::sms::utf8;

/// Input: fill bits, then octets that are read as septets, as packed septets and as UTF-8.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const unsigned fill_bits = data[0] % 7;
    const std::span octets(reinterpret_cast<const std::byte*>(data) + 1, size - 1);

    bool replaced = false;
    const auto text = gsm7::decode(octets, &replaced);
    ensure(utf8::valid(text));
    if (!replaced) {
        const auto encoded = gsm7::encode(text);
        ensure(encoded && encoded->size() == gsm7::septets(text) && gsm7::decode(*encoded) == text);
    }

    const auto septets = gsm7::unpack(octets, octets.size() * 2, fill_bits);
    ensure(gsm7::unpack(gsm7::pack(septets, fill_bits), septets.size(), fill_bits) == septets);

    const std::string_view characters(reinterpret_cast<const char*>(octets.data()), octets.size());
    if (const auto encoded = gsm7::encode(characters)) ensure(gsm7::decode(*encoded) == characters);
    const auto wide = jejak::sms::decode_ucs2(jejak::sms::encode_ucs2(characters));
    ensure(utf8::valid(wide));
    const bool marked = characters.starts_with("\uFEFF") || characters.starts_with("\uFFFE");
    ensure(!utf8::valid(characters) || marked || wide == characters);
    return 0;
}
