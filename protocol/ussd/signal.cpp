#include "protocol/ussd/signal.hpp"

namespace jejak::ussd {

using smpp::Tag;

std::optional<Signal> read_signal(const smpp::ShortMessage& message, const SmppProfile& profile) {
    const auto operation = message.tlvs.u8(Tag::ussd_service_op);
    if (!operation) return std::nullopt;
    Signal signal;
    if (profile.session) signal.info = message.tlvs.u16(*profile.session);
    const bool over = signal.info && (*signal.info & profile.end_bit) != 0;
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

std::string session_of(std::string_view number, const Signal& signal, const SmppProfile& profile) {
    std::string id(number);
    id += '/';
    if (signal.info) id += std::to_string(*signal.info & profile.number_mask);
    return id;
}

std::vector<std::byte> screen_parameters(std::optional<std::uint16_t> info, bool end, const SmppProfile& profile) {
    std::vector<std::byte> out;
    smpp::append_tlv(Tag::ussd_service_op, end ? profile.last : profile.ask, out);
    if (!info || !profile.session) return out;
    const auto number = static_cast<std::uint16_t>(*info & profile.number_mask);
    const auto end_bit = end ? profile.end_bit : std::uint16_t{0};
    smpp::append_tlv(*profile.session, static_cast<std::uint16_t>(number | end_bit), out);
    return out;
}

}  // namespace jejak::ussd
