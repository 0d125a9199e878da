#include "protocol/sms/segments.hpp"

namespace jejak::sms {
namespace {

// source: 3GPP TS 23.040 section 9.2.3.24
enum Element : unsigned {
    concatenated_8 = 0x00,
    port_8 = 0x04,
    port_16 = 0x05,
    concatenated_16 = 0x08,
    single_shift = 0x24,
    locking_shift = 0x25
};

unsigned octet(std::span<const std::byte> octets, std::size_t pos) {
    return std::to_integer<unsigned>(octets[pos]);
}

/// A concatenation element's value; empty when its length is not the one its identifier has.
std::optional<SegmentHeader> read_concatenation(unsigned identifier, std::span<const std::byte> value) {
    const bool wide = identifier == concatenated_16;
    if (value.size() != (wide ? 4u : 3u)) return std::nullopt;
    const unsigned reference = wide ? octet(value, 0) << 8 | octet(value, 1) : octet(value, 0);
    return SegmentHeader{wide ? Concatenation::udh16 : Concatenation::udh8, static_cast<std::uint16_t>(reference),
                         static_cast<std::uint8_t>(octet(value, value.size() - 2)),
                         static_cast<std::uint8_t>(octet(value, value.size() - 1))};
}

/// Walks the elements between the header's length and the text; false when one overran them.
bool read_elements(std::span<const std::byte> elements, UserData& data) {
    while (!elements.empty()) {
        if (elements.size() < 2 || octet(elements, 1) > elements.size() - 2) return false;
        const auto identifier = octet(elements, 0);
        const auto value = elements.subspan(2, octet(elements, 1));
        elements = elements.subspan(2 + value.size());
        if (identifier == port_8 || identifier == port_16) data.port_addressed = true;
        if (identifier == single_shift && value.size() == 1)
            data.shift.single = std::to_integer<std::uint8_t>(value[0]);
        if (identifier == locking_shift && value.size() == 1)
            data.shift.locking = std::to_integer<std::uint8_t>(value[0]);
        if (identifier != concatenated_8 && identifier != concatenated_16) continue;
        const auto segment = read_concatenation(identifier, value);
        if (segment && (!data.segment || (!in_range(*data.segment) && in_range(*segment)))) data.segment = segment;
    }
    return true;
}

}  // namespace

bool in_range(const SegmentHeader& segment) {
    return segment.part >= 1 && segment.part <= segment.total;
}

UserData split_user_data(std::span<const std::byte> octets, bool udhi) {
    UserData data;
    data.body = octets;
    if (!udhi) return data;
    if (octets.empty() || octet(octets, 0) > octets.size() - 1) {
        data.valid = false;
        return data;
    }
    const auto length = octet(octets, 0);
    data.body = octets.subspan(1 + length);
    data.valid = read_elements(octets.subspan(1, length), data);
    return data;
}

bool begins_like_header(std::span<const std::byte> octets) {
    constexpr unsigned narrow = 5, wide = 6;
    if (octets.size() < 2 || (octet(octets, 0) != narrow && octet(octets, 0) != wide)) return false;
    const unsigned element = octet(octets, 0) == wide ? concatenated_16 : concatenated_8;
    if (octets.size() <= octet(octets, 0) + 1u || octet(octets, 1) != element) return false;
    const auto data = split_user_data(octets, true);
    return data.valid && data.segment && in_range(*data.segment) && data.segment->total > 1;
}

}  // namespace jejak::sms
