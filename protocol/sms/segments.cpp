#include "protocol/sms/segments.hpp"

#include <algorithm>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"

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
        if (identifier == single_shift || identifier == locking_shift) data.national_shift = true;
        if (identifier != concatenated_8 && identifier != concatenated_16) continue;
        const auto segment = read_concatenation(identifier, value);
        if (segment && (!data.segment || (!in_range(*data.segment) && in_range(*segment)))) data.segment = segment;
    }
    return true;
}

constexpr std::size_t parts_max = 255;

/// How many units fit: one alone, or each of several beside their header of six octets in 140.
struct Room {
    std::size_t alone;
    std::size_t each;
    std::size_t unit;  ///< octets
    std::uint8_t data_coding;
};
constexpr Room gsm7_room{160, 153, 1, 0x00};
constexpr Room ucs2_room{70, 67, 2, 0x08};

/// True when the octets before `pos` end in the first half of a pair: an escape, or a high surrogate.
bool splits_pair(std::span<const std::byte> octets, std::size_t pos, const Room& room) {
    const auto before = octet(octets, pos - room.unit);
    // Escapes never follow each other in what we encode, so that one before a cut always begins a pair.
    return room.unit == 1 ? before == 0x1B : before >= 0xD8 && before <= 0xDB;
}

std::vector<OutboundSegment> cut(Bytes octets, const Room& room, std::uint8_t reference) {
    if (octets.size() <= room.alone * room.unit) {
        std::vector<OutboundSegment> whole(1);
        whole.front().octets = std::move(octets);
        whole.front().data_coding = room.data_coding;
        return whole;
    }
    std::vector<std::span<const std::byte>> texts;
    for (std::span<const std::byte> rest(octets); !rest.empty();) {
        if (texts.size() == parts_max) return {};
        auto size = std::min(rest.size(), room.each * room.unit);
        if (size < rest.size() && splits_pair(rest, size, room)) size -= room.unit;
        texts.push_back(rest.first(size));
        rest = rest.subspan(size);
    }
    std::vector<OutboundSegment> segments(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto& segment = segments[i];
        segment.data_coding = room.data_coding;
        segment.udhi = true;
        segment.octets = {std::byte{5},
                          std::byte{concatenated_8},
                          std::byte{3},
                          std::byte{reference},
                          static_cast<std::byte>(texts.size()),
                          static_cast<std::byte>(i + 1)};
        segment.octets.insert(segment.octets.end(), texts[i].begin(), texts[i].end());
    }
    return segments;
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

std::vector<OutboundSegment> segment_text(std::string_view utf8, std::uint8_t reference) {
    if (auto septets = gsm7::encode(utf8)) return cut(std::move(*septets), gsm7_room, reference);
    return cut(encode_ucs2(utf8), ucs2_room, reference);
}

}  // namespace jejak::sms
