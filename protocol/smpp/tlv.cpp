#include "protocol/smpp/tlv.hpp"

#include <array>

#include "protocol/smpp/wire.hpp"

namespace jejak::smpp {
namespace {

constexpr std::size_t tlv_header_size = 4;

/// Octets the TLV at the front takes, header and value; 0 when none fits.
std::size_t size_of_first(std::span<const std::byte> octets) {
    if (octets.size() < tlv_header_size) return 0;
    const std::size_t size = tlv_header_size + load_u16(octets.data() + 2);
    return size <= octets.size() ? size : 0;
}

}  // namespace

Tlvs::Tlvs(std::span<const std::byte> octets) {
    std::size_t used = 0;
    while (used < octets.size()) {
        const auto size = count_ < count_max ? size_of_first(octets.subspan(used)) : 0;
        if (size == 0) {
            damaged_ = true;
            break;
        }
        used += size;
        ++count_;
    }
    raw_ = octets.first(used);
}

std::optional<std::span<const std::byte>> Tlvs::find(Tag tag) const {
    for (auto rest = raw_; !rest.empty();) {
        const auto size = size_of_first(rest);
        if (load_u16(rest.data()) == static_cast<std::uint16_t>(tag)) {
            return rest.subspan(tlv_header_size, size - tlv_header_size);
        }
        rest = rest.subspan(size);
    }
    return std::nullopt;
}

std::optional<std::uint8_t> Tlvs::u8(Tag tag) const {
    const auto value = find(tag);
    if (!value || value->size() != 1) return std::nullopt;
    return std::to_integer<std::uint8_t>(value->front());
}

std::optional<std::uint16_t> Tlvs::u16(Tag tag) const {
    const auto value = find(tag);
    if (!value || value->size() != 2) return std::nullopt;
    return load_u16(value->data());
}

void append_tlv(Tag tag, std::span<const std::byte> value, std::vector<std::byte>& out) {
    ensure(value.size() <= 0xFFFF);
    std::array<std::byte, tlv_header_size> header;
    store_u16(header.data(), static_cast<std::uint16_t>(tag));
    store_u16(header.data() + 2, static_cast<std::uint16_t>(value.size()));
    out.insert(out.end(), header.begin(), header.end());
    out.insert(out.end(), value.begin(), value.end());
}

void append_tlv(Tag tag, std::uint8_t value, std::vector<std::byte>& out) {
    append_tlv(tag, std::as_bytes(std::span(&value, 1)), out);
}

void append_tlv(Tag tag, std::uint16_t value, std::vector<std::byte>& out) {
    std::array<std::byte, 2> octets;
    store_u16(octets.data(), value);
    append_tlv(tag, octets, out);
}

}  // namespace jejak::smpp
