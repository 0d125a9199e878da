#include "gateway/channel/part_form.hpp"

#include <chrono>
#include <span>

#include "protocol/smpp/time_format.hpp"
#include "protocol/smpp/tlv.hpp"

namespace jejak::channel {

using smpp::Tag;

std::vector<std::byte> part_parameters(const sms::OutboundSegment& part, std::optional<std::uint16_t> reference) {
    std::vector<std::byte> out;
    if (reference) smpp::append_tlv(Tag::user_message_reference, *reference, out);
    if (part.segment && part.segment->mechanism == sms::Concatenation::sar) {
        smpp::append_tlv(Tag::sar_msg_ref_num, part.segment->reference, out);
        smpp::append_tlv(Tag::sar_total_segments, part.segment->total, out);
        smpp::append_tlv(Tag::sar_segment_seqnum, part.segment->part, out);
    }
    if (part.payload) smpp::append_tlv(Tag::message_payload, std::span<const std::byte>(part.octets), out);
    return out;
}

/// An SMSC on another clock than ours takes a moment for an earlier or a later one: a distance is what we prefer.
std::string validity_period(SmppProfile::Validity form, WallTime until, WallTime now) {
    using Validity = SmppProfile::Validity;
    switch (form) {
        case Validity::relative:
            return smpp::format_relative_time(std::chrono::duration_cast<std::chrono::milliseconds>(until - now));
        case Validity::absolute:
            return smpp::format_absolute_time(until);
        case Validity::none:
            break;
    }
    return {};
}

}  // namespace jejak::channel
