#include "simulators/submit_log.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "protocol/sms/user_data.hpp"

namespace jejak::sim {

void spell_address(const smpp::AddressView& address, std::string& out) {
    constexpr std::uint8_t international = 1;
    out.clear();
    if (address.ton == international && !address.digits.starts_with('+')) out += '+';
    out += address.digits;
}

void SubmitLog::add(const smpp::ShortMessage& message, std::string_view id, WallTime at) {
    if (keep_ == 0) return;
    const auto slot = static_cast<std::size_t>(count_ % keep_);
    if (slot == ring_.size()) ring_.emplace_back();
    Part& part = ring_[slot];
    part.number = ++count_;
    part.id = id;
    spell_address(message.source, part.from);
    spell_address(message.destination, part.to);
    part.validity = message.validity_period;
    part.data_coding = message.data_coding;
    part.registered_delivery = message.registered_delivery;
    part.udhi = message.udhi();
    const auto reference = message.tlvs.u16(smpp::Tag::sar_msg_ref_num);
    const auto total = message.tlvs.u8(smpp::Tag::sar_total_segments);
    const auto number = message.tlvs.u8(smpp::Tag::sar_segment_seqnum);
    part.sar.reset();
    if (reference && total && number)
        part.sar = sms::SegmentHeader{sms::Concatenation::sar, *reference, *total, *number};
    const auto octets = message.user_data();
    part.octets.assign(octets.begin(), octets.end());
    part.at = at;
}

std::vector<Submitted> SubmitLog::list(std::string_view to, std::uint64_t after) const {
    struct Joined {
        Submitted text;
        std::vector<std::tuple<unsigned, sms::Bytes, std::uint8_t>> bodies;  ///< number, octets, their coding
    };
    std::vector<Joined> all;
    std::map<std::tuple<std::string, std::string, unsigned, unsigned, unsigned>, std::size_t> open;

    const auto first = count_ > ring_.size() ? count_ - ring_.size() : 0;
    for (std::uint64_t number = first; number < count_; ++number) {
        const Part& part = ring_[static_cast<std::size_t>(number % keep_)];
        if (!to.empty() && part.to != to) continue;
        const auto zero = packed_ ? sms::DefaultAlphabet::gsm7_packed : sms::DefaultAlphabet::gsm7;
        auto read = sms::read_user_data(part.octets, part.udhi, part.data_coding, {.zero_means = zero}, part.sar);
        const auto& segment = read.segment;
        std::size_t index = all.size();
        if (segment) {
            const auto key = std::tuple(part.from, part.to, static_cast<unsigned>(segment->mechanism),
                                        unsigned{segment->reference}, unsigned{segment->total});
            const auto [place, fresh] = open.try_emplace(key, index);
            // A complete text's reference used again begins another text.
            if (!fresh && all[place->second].text.parts == segment->total) place->second = index;
            index = place->second;
        }
        if (index == all.size()) {
            all.push_back({.text = {.number = part.number,
                                    .id = part.id,
                                    .from = part.from,
                                    .to = part.to,
                                    .text = {},
                                    .data_coding = part.data_coding,
                                    .validity = part.validity,
                                    .registered_delivery = part.registered_delivery,
                                    .parts = 0,
                                    .total = segment ? segment->total : 1u,
                                    .at = part.at},
                           .bodies = {}});
        }
        Joined& joined = all[index];
        joined.text.number = part.number;
        ++joined.text.parts;
        if (segment) {
            joined.bodies.emplace_back(segment->part, std::move(read.octets), read.coding);
        } else {
            joined.text.text = std::move(read.text);
        }
    }

    std::vector<Submitted> texts;
    for (auto& joined : all) {
        if (joined.text.number <= after) continue;
        std::sort(joined.bodies.begin(), joined.bodies.end());
        sms::TextJoiner joiner;
        for (const auto& [part, body, coding] : joined.bodies) joiner.add(body, coding);
        if (!joined.bodies.empty()) joined.text.text = joiner.finish().utf8;
        texts.push_back(std::move(joined.text));
    }
    return texts;
}

}  // namespace jejak::sim
