#include "protocol/ussd/signal.hpp"

namespace jejak::ussd {

using smpp::Tag;

namespace {

constexpr std::size_t mask_octets = sizeof(std::uint32_t);

/// What `mask` has for octet `at` of `size`; `before` for octets that it does not reach.
std::byte mask_at(std::uint32_t mask, std::size_t at, std::size_t size, std::byte before) {
    const std::size_t behind = size - 1 - at;
    return behind < mask_octets ? static_cast<std::byte>(mask >> (8 * behind)) : before;
}

}  // namespace

std::optional<Signal> read_signal(const smpp::ShortMessage& message, const SmppProfile& profile) {
    const auto operation = message.tlvs.u8(Tag::ussd_service_op);
    if (!operation) return std::nullopt;
    Signal signal;
    const auto session = profile.session ? message.tlvs.find(*profile.session) : std::nullopt;
    if (session && session->size() <= session_octets_max) signal.session.assign(session->begin(), session->end());
    const bool over = says_end(signal.session, profile);
    if (profile.begin.contains(*operation)) {
        signal.what = over ? Signal::What::end : Signal::What::begin;
    } else if (profile.input.contains(*operation)) {
        signal.what = over ? Signal::What::end : Signal::What::input;
    } else if (profile.end.contains(*operation)) {
        signal.what = Signal::What::end;
    } else {
        return std::nullopt;
    }
    return signal;
}

bool mentions_ussd(const smpp::ShortMessage& message) {
    return message.tlvs.find(Tag::ussd_service_op).has_value() || message.service_type == "USSD";
}

std::uint32_t mask_of(const SmppProfile& profile, std::size_t octets) {
    constexpr std::uint32_t first_of_two = 0xFF00, all = 0xFFFFFFFF;
    const bool standard = profile.session == Tag::its_session_info && octets == 2;
    return profile.session_mask.value_or(standard ? first_of_two : all) & ~profile.end_bit;
}

std::string session_of(std::string_view number, const Signal& signal, const SmppProfile& profile) {
    std::string id(number);
    id += '/';
    const auto size = signal.session.size();
    const auto mask = mask_of(profile, size);
    for (std::size_t at = 0; at < size; ++at)
        id += static_cast<char>(signal.session[at] & mask_at(mask, at, size, std::byte{0xFF}));
    return id;
}

std::vector<std::byte> with_end(std::span<const std::byte> session, const SmppProfile& profile) {
    std::vector<std::byte> octets(session.begin(), session.end());
    for (std::size_t at = 0; at < octets.size(); ++at)
        octets[at] |= mask_at(profile.end_bit, at, octets.size(), std::byte{0});
    return octets;
}

bool says_end(std::span<const std::byte> session, const SmppProfile& profile) {
    for (std::size_t at = 0; at < session.size(); ++at) {
        if ((session[at] & mask_at(profile.end_bit, at, session.size(), std::byte{0})) != std::byte{0}) return true;
    }
    return false;
}

std::vector<std::byte> screen_parameters(std::span<const std::byte> session, bool end, const SmppProfile& profile) {
    std::vector<std::byte> out;
    smpp::append_tlv(Tag::ussd_service_op, end ? profile.last : profile.ask, out);
    if (session.empty() || !profile.session) return out;
    if (end) {
        smpp::append_tlv(*profile.session, with_end(session, profile), out);
    } else {
        smpp::append_tlv(*profile.session, session, out);
    }
    return out;
}

}  // namespace jejak::ussd
