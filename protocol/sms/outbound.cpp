#include <algorithm>
#include <utility>

#include "protocol/sms/segments.hpp"
#include "protocol/sms/utf8.hpp"

namespace jejak::sms {
namespace {

using Form = LongTexts::Form;

constexpr std::size_t parts_max = 255;
constexpr std::size_t user_data_max = 140;  ///< octets of one SMS. source: 3GPP TS 23.040 section 9.2.3.24
constexpr std::size_t payload_max = 65'535;

/// A text in one of the ways it could be sent, not yet cut.
struct Coded {
    Bytes octets;          ///< septets one an octet, or UCS-2
    std::size_t unit = 1;  ///< octets: 1 septets, 2 UCS-2
    gsm7::Shift shift;

    bool wide() const { return unit == 2; }
};

/// Octets of a part's header, its length octet included. With `sar` and `payload` it is the one the SMSC will write.
std::size_t header_size(Form form, gsm7::Shift shift, bool one_of_several) {
    std::size_t elements = (shift.locking != 0 ? 3u : 0u) + (shift.single != 0 ? 3u : 0u);
    if (one_of_several) elements += form == Form::udh16 ? 6 : 5;
    return elements == 0 ? 0 : elements + 1;
}

/// Units that fit beside that header.
std::size_t room(const Coded& text, Form form, bool one_of_several) {
    const auto octets = user_data_max - header_size(form, text.shift, one_of_several);
    return text.wide() ? octets / 2 : octets * 8 / 7;
}

/// True when the octets before `pos` end in the first half of a pair: an escape, or a high surrogate.
bool splits_pair(std::span<const std::byte> octets, std::size_t pos, std::size_t unit) {
    const auto before = std::to_integer<unsigned>(octets[pos - unit]);
    // Escapes never follow each other in what we encode, so that one before a cut always begins a pair.
    return unit == 1 ? before == 0x1B : before >= 0xD8 && before <= 0xDB;
}

/// The parts of a text; empty when they are too many.
std::vector<std::span<const std::byte>> cut(const Coded& text, Form form) {
    std::span<const std::byte> rest(text.octets);
    if (rest.size() <= room(text, form, false) * text.unit) return {rest};
    const auto each = room(text, form, true) * text.unit;
    std::vector<std::span<const std::byte>> parts;
    while (!rest.empty()) {
        if (parts.size() == parts_max) return {};
        auto size = std::min(rest.size(), each);
        if (size < rest.size() && splits_pair(rest, size, text.unit)) size -= text.unit;
        parts.push_back(rest.first(size));
        rest = rest.subspan(size);
    }
    return parts;
}

/// True when the connection's 7-bit alphabet has every character with an octet of its own. What is no septet there
/// travels as octets all the same, and the SMSC makes septets of it: so a text must fit GSM 7-bit as well.
bool carried(std::string_view utf8, DefaultAlphabet zero_means) {
    const bool septets = zero_means == DefaultAlphabet::gsm7 || zero_means == DefaultAlphabet::gsm7_packed;
    const char32_t above = zero_means == DefaultAlphabet::latin1 ? 0x100 : 0x80;
    if (septets) return true;
    for (std::size_t pos = 0; pos < utf8.size();) {
        if (utf8::next(utf8, pos) >= above) return false;
    }
    return true;
}

/// The cheapest of the ways `how` allows.
Coded choose(std::string_view utf8, const LongTexts& how) {
    if (auto septets = gsm7::encode(utf8); septets && carried(utf8, how.zero_means))
        return {std::move(*septets), 1, {}};
    Coded best{encode_ucs2(utf8), 2, {}};
    const bool septets = how.zero_means == DefaultAlphabet::gsm7 || how.zero_means == DefaultAlphabet::gsm7_packed;
    if (!septets || how.form == Form::sar || how.form == Form::payload) return best;
    const auto parts_of = [&how](const Coded& text) {
        const auto parts = cut(text, how.form).size();
        return parts == 0 ? parts_max + 1 : parts;
    };
    auto fewest = parts_of(best);
    for (const auto language : how.languages) {
        const auto id = static_cast<std::uint8_t>(language);
        const bool has_locking = language != gsm7::Language::spanish;
        for (const auto shift : {gsm7::Shift{0, id}, gsm7::Shift{id, 0}, gsm7::Shift{id, id}}) {
            if (id == 0 || fewest == 1 || (shift.locking != 0 && !has_locking)) continue;
            auto octets = gsm7::encode(utf8, shift);
            if (!octets) continue;
            Coded text{std::move(*octets), 1, shift};
            const auto parts = parts_of(text);
            if (parts >= fewest) continue;
            fewest = parts;
            best = std::move(text);
        }
    }
    return best;
}

/// The user data header of a part; empty when it needs none.
Bytes header_of(gsm7::Shift shift, const std::optional<SegmentHeader>& segment) {
    Bytes header(1);
    const auto put = [&header](std::initializer_list<unsigned> octets) {
        for (const auto octet : octets) header.push_back(static_cast<std::byte>(octet));
    };
    if (segment && segment->mechanism == Concatenation::udh8)
        put({0x00, 3, segment->reference & 0xFFu, segment->total, segment->part});
    if (segment && segment->mechanism == Concatenation::udh16)
        put({0x08, 4, segment->reference / 0x100u, segment->reference & 0xFFu, segment->total, segment->part});
    if (shift.locking != 0) put({0x25, 1, shift.locking});
    if (shift.single != 0) put({0x24, 1, shift.single});
    if (header.size() == 1) return {};
    header[0] = static_cast<std::byte>(header.size() - 1);
    return header;
}

void append(Bytes& out, std::span<const std::byte> octets) {
    out.insert(out.end(), octets.begin(), octets.end());
}

/// Septets as the operator takes them under data_coding 0.
void append_septets(Bytes& out, std::span<const std::byte> septets, DefaultAlphabet zero_means) {
    switch (zero_means) {
        case DefaultAlphabet::gsm7:
            append(out, septets);
            return;
        case DefaultAlphabet::gsm7_packed:
            append(out, gsm7::pack_uncounted(septets, gsm7::fill_bits(out.size())));
            return;
        case DefaultAlphabet::ascii:
        case DefaultAlphabet::latin1:
        case DefaultAlphabet::utf8:
            break;
    }
    const auto text = gsm7::decode(septets);
    for (std::size_t pos = 0; pos < text.size();) out.push_back(static_cast<std::byte>(utf8::next(text, pos)));
}

OutboundSegment build(const Coded& text, std::span<const std::byte> part, std::optional<SegmentHeader> segment,
                      DefaultAlphabet zero_means) {
    OutboundSegment built;
    built.octets = header_of(text.shift, segment);
    built.udhi = !built.octets.empty();
    built.data_coding = text.wide() ? 0x08 : 0x00;
    built.segment = segment;
    if (text.wide()) {
        append(built.octets, part);
    } else {
        append_septets(built.octets, part, zero_means);
    }
    return built;
}

Concatenation mechanism_of(Form form) {
    return form == Form::udh16 ? Concatenation::udh16 : form == Form::sar ? Concatenation::sar : Concatenation::udh8;
}

}  // namespace

std::vector<OutboundSegment> segment_text(std::string_view utf8, std::uint16_t reference, const LongTexts& how) {
    const auto text = choose(utf8, how);
    const auto parts = cut(text, how.form);
    std::vector<OutboundSegment> segments;
    if (how.form == Form::payload && parts.size() > 1) {
        segments.push_back(build(text, text.octets, std::nullopt, how.zero_means));
        segments.back().payload = true;
        if (segments.back().octets.size() > payload_max) segments.clear();
        return segments;
    }
    segments.reserve(parts.size());
    for (const auto& part : parts) {
        std::optional<SegmentHeader> segment;
        if (parts.size() > 1) {
            segment = {mechanism_of(how.form), reference, static_cast<std::uint8_t>(parts.size()),
                       static_cast<std::uint8_t>(segments.size() + 1)};
            if (segment->mechanism == Concatenation::udh8) segment->reference &= 0xFF;
        }
        segments.push_back(build(text, part, segment, how.zero_means));
    }
    return segments;
}

}  // namespace jejak::sms
