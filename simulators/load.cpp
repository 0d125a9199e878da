#include "simulators/load.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <numeric>

#include "protocol/ensure.hpp"
#include "protocol/smpp/tlv.hpp"
#include "protocol/sms/gsm7.hpp"

namespace jejak::sim {
namespace {

constexpr std::string_view token_prefix = "uji";
constexpr std::size_t token_digits = 8;
constexpr unsigned weight_max = 10'000;

/// Reports of what was seen in a village, about things that raise no alert by themselves.
std::vector<std::string> report_texts() {
    constexpr std::string_view places[] = {"sebunga", "kaliau", "santaban", "sanatab", "sungai bening"};
    constexpr std::string_view sights[] = {
        "ada calo janji kerja restoran gaji 8 juta", "calo datang ajak kerja kebun di malaysia",
        "agen tawarkan kerja di kuching ongkos gratis", "sponsor cari orang utk kerja pabrik gaji tinggi"};
    constexpr std::string_view times[] = {"tadi pagi", "tadi siang", "kemarin"};
    std::vector<std::string> texts;
    for (const auto place : places) {
        for (const auto sight : sights) {
            for (const auto time : times) {
                texts.push_back("LAPOR " + std::string(sight) + " di " + std::string(place) + " " + std::string(time));
            }
        }
    }
    return texts;
}

/// Writes `value` into the last `digits` characters before `end`, zero-padded.
void put_digits(char* end, std::uint64_t value, std::size_t digits) {
    for (std::size_t i = 0; i < digits; ++i) {
        *--end = static_cast<char>('0' + value % 10);
        value /= 10;
    }
}

}  // namespace

std::optional<Mix> parse_mix(std::string_view text) {
    Mix mix{0, 0, 0};
    while (!text.empty()) {
        const auto item = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        const auto equals = item.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto name = item.substr(0, equals);
        unsigned* const weight = name == "lapor"   ? &mix.lapor
                                 : name == "aman"  ? &mix.aman
                                 : name == "alert" ? &mix.alert
                                                   : nullptr;
        if (!weight) return std::nullopt;
        const auto* const last = item.data() + item.size();
        const auto [end, error] = std::from_chars(item.data() + equals + 1, last, *weight);
        if (error != std::errc{} || end != last || *weight > weight_max) return std::nullopt;
    }
    if (mix.lapor + mix.aman + mix.alert == 0) return std::nullopt;
    return mix;
}

Load::Load(LoadOptions options) : options_(options) {
    options_.numbers = std::clamp<std::uint64_t>(options_.numbers, 1, numbers_max);
    texts_[0] = report_texts();
    texts_[1] = {"AMAN", "aman", "Aman"};
    texts_[2] = {"TOLONG saya dikurung majikan di kuching paspor diambil", "tolong sy tdk digaji 4 bulan di kuching",
                 "TOLONG kami di lundu tidak boleh pulang"};
    for (auto& kind : texts_) {
        for (auto& text : kind) {
            if (options_.tokens) text += " " + token(0);
            // In the basic alphabet these characters are the same octets in UTF-8 and in GSM 7-bit.
            const auto septets = sms::gsm7::encode(text);
            ensure(septets && septets->size() == text.size() && text.size() <= 160);
        }
    }
    // A stride prime to the count visits every sender once a round, in no visible order.
    constexpr std::uint64_t prime = 1'299'709;
    stride_ = std::gcd(prime, options_.numbers) == 1 ? prime : 1;
}

const std::string& Load::text_of(std::uint64_t index) const {
    const auto& mix = options_.mix;
    const std::uint64_t total = mix.lapor + mix.aman + mix.alert;
    constexpr std::uint64_t prime = 7'919;
    const auto slot = index * prime % total;
    const auto kind = slot < mix.lapor ? 0u : slot < mix.lapor + mix.aman ? 1u : 2u;
    const auto& texts = texts_[kind];
    return texts[(index + index / total) % texts.size()];
}

std::optional<Load::Part> Load::part_of(std::uint64_t index) const {
    if (options_.long_every == 0) return std::nullopt;
    constexpr sms::Concatenation mechanisms[] = {sms::Concatenation::udh8, sms::Concatenation::udh16,
                                                 sms::Concatenation::sar};
    const auto block = index / options_.long_every, at = index % options_.long_every;
    const auto apart = options_.long_every / LoadOptions::long_min;
    const auto total = static_cast<std::uint8_t>(2 + block % 2);
    if (at % apart != 0 || at / apart >= total) return std::nullopt;
    Part part;
    part.place.mechanism = mechanisms[block % std::size(mechanisms)];
    // Few of them, so that many senders have one at the same time.
    part.place.reference = static_cast<std::uint16_t>(block % 4);
    part.place.total = total;
    part.place.part = static_cast<std::uint8_t>(at / apart + 1);
    part.first = index - at;
    return part;
}

/// What says that `scratch.text` is a part: a user data header before it, or parameters behind it.
void Load::put_place(const sms::SegmentHeader& place, Scratch& scratch, Text& text) {
    constexpr std::uint8_t udhi = 0x40;
    scratch.tlvs.clear();
    if (place.mechanism == sms::Concatenation::sar) {
        smpp::append_tlv(smpp::Tag::sar_msg_ref_num, place.reference, scratch.tlvs);
        smpp::append_tlv(smpp::Tag::sar_total_segments, place.total, scratch.tlvs);
        smpp::append_tlv(smpp::Tag::sar_segment_seqnum, place.part, scratch.tlvs);
        text.tlvs = scratch.tlvs;
        return;
    }
    // source: 3GPP TS 23.040 sections 9.2.3.24.1 and 9.2.3.24.8
    scratch.octets.clear();
    const auto header = [&](auto... octets) { (scratch.octets.push_back(static_cast<std::byte>(octets)), ...); };
    if (place.mechanism == sms::Concatenation::udh16) {
        header(6, 8, 4, place.reference >> 8, place.reference & 0xFF, place.total, place.part);
    } else {
        header(5, 0, 3, place.reference & 0xFF, place.total, place.part);
    }
    const auto octets = std::as_bytes(std::span(scratch.text));
    scratch.octets.insert(scratch.octets.end(), octets.begin(), octets.end());
    text.octets = scratch.octets;
    text.esm_class = udhi;
}

Load::Text Load::render(std::uint64_t index, Scratch& scratch) const {
    constexpr std::string_view area = "62840";
    constexpr std::uint64_t lowest = 1'000'000;
    constexpr std::size_t digits = 7;
    const auto part = part_of(index);
    const auto sender = part ? part->first : index;
    std::copy(area.begin(), area.end(), scratch.from.begin());
    put_digits(scratch.from.data() + area.size() + digits,
               lowest + sender % options_.numbers * stride_ % options_.numbers, digits);

    scratch.text = part ? texts_[0][index % texts_[0].size()] : text_of(index);
    if (options_.tokens) put_digits(scratch.text.data() + scratch.text.size(), index, token_digits);
    Text text{.from = {scratch.from.data(), area.size() + digits},
              .octets = std::as_bytes(std::span(scratch.text)),
              .utf8 = scratch.text};
    if (part) put_place(part->place, scratch, text);
    return text;
}

std::string Load::token(std::uint64_t index) {
    std::string text = std::string(token_prefix) + std::string(token_digits, '0');
    put_digits(text.data() + text.size(), index, token_digits);
    return text;
}

std::optional<std::uint64_t> Load::take(SteadyTime now) {
    if (exhausted()) return std::nullopt;
    if (options_.rate > 0) {
        if (!began_) began_ = now;
        const std::chrono::duration<double> elapsed = now - *began_;
        const auto due = elapsed.count() * options_.rate;
        const auto behind = due - static_cast<double>(taken_);
        if (behind < 0) return std::nullopt;
        if (behind > options_.rate + 1) {  // more than a second late: the schedule moves
            const std::chrono::duration<double> late((behind - options_.rate) / options_.rate);
            *began_ += std::chrono::duration_cast<SteadyTime::duration>(late);
        }
    }
    return options_.first + taken_++;
}

}  // namespace jejak::sim
