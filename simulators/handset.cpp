#include "simulators/handset.hpp"

#include <boost/json.hpp>
#include <stdexcept>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/ussd/signal.hpp"
#include "simulators/submit_log.hpp"

namespace jejak::sim {
namespace {

constexpr ussd::SmppProfile profile;

/// "*384*2#" is dialled to the service "*384#".
std::string service_of(std::string_view dialled) {
    const auto star = dialled.find('*', 1);
    if (star == std::string_view::npos) return std::string(dialled);
    return std::string(dialled.substr(0, star)) + '#';
}

sms::Bytes parameters_of(HandsetAct::What what, std::uint16_t info) {
    const bool over = what == HandsetAct::What::hang_up;
    sms::Bytes out;
    const auto& operation = what == HandsetAct::What::dial ? profile.begin : profile.input;
    smpp::append_tlv(smpp::Tag::ussd_service_op, operation.first(), out);
    smpp::append_tlv(smpp::Tag::its_session_info, static_cast<std::uint16_t>(over ? info | profile.end_bit : info),
                     out);
    return out;
}

}  // namespace

std::optional<Parcel> Handsets::act(const HandsetAct& act, Shown shown) {
    const bool dials = act.what == HandsetAct::What::dial;
    if (dials && phones_.size() >= phones_max && !phones_.contains(act.from)) return std::nullopt;
    auto& phone = phones_[act.from];
    if (!dials && !phone.open) {
        phones_.erase(act.from);
        return std::nullopt;
    }
    if (dials) {
        phone.info = static_cast<std::uint16_t>(++sessions_ << 8);
        phone.service_code = service_of(act.text);
    }
    phone.open = act.what != HandsetAct::What::hang_up;
    phone.shown = std::move(shown);
    Parcel parcel;
    parcel.from = act.from;
    parcel.to = phone.service_code;
    parcel.service_type = "USSD";
    const auto septets = sms::gsm7::encode(act.text);
    constexpr std::uint8_t ucs2 = 8;
    parcel.octets = septets ? *septets : sms::encode_ucs2(act.text);
    parcel.data_coding = septets ? 0 : ucs2;
    parcel.tlvs = parameters_of(act.what, phone.info);
    return parcel;
}

bool Handsets::take(const smpp::ShortMessage& message) {
    const auto operation = message.tlvs.u8(smpp::Tag::ussd_service_op);
    if (!operation) return false;
    std::string to;
    spell_address(message.destination, to);
    const auto found = phones_.find(to);
    const auto info = message.tlvs.u16(smpp::Tag::its_session_info);
    if (found == phones_.end() || !info || (*info & profile.number_mask) != found->second.info) return false;
    auto& phone = found->second;
    HandsetScreen screen;
    screen.text = sms::decode_text(message.user_data(), message.data_coding).utf8;
    screen.end = *operation == profile.last;
    screen.operation = *operation;
    screen.data_coding = message.data_coding;
    if (screen.end) phone.open = false;
    if (const auto shown = std::exchange(phone.shown, {})) shown(screen);
    return true;
}

HandsetAct parse_act(std::string_view text) {
    boost::system::error_code error;
    const auto value = boost::json::parse(text, error);
    if (error || !value.is_object()) throw std::invalid_argument("not a JSON object");
    const auto& object = value.get_object();
    const auto field = [&](std::string_view name) -> std::optional<std::string> {
        const auto* found = object.if_contains(name);
        if (found == nullptr) return std::nullopt;
        if (!found->is_string()) throw std::invalid_argument(std::string(name) + ": not a string");
        return std::string(found->get_string());
    };
    constexpr std::size_t text_max = 182, address_max = 20;
    HandsetAct act;
    act.from = field("from").value_or("");
    if (act.from.empty() || act.from.size() > address_max) throw std::invalid_argument("from: a phone's number");
    if (auto dialled = field("dial")) {
        act.text = std::move(*dialled);
        if (service_of(act.text).size() > address_max) throw std::invalid_argument("dial: more than 20 characters");
    } else if (auto pressed = field("input")) {
        act.what = HandsetAct::What::input;
        act.text = std::move(*pressed);
    } else if (object.contains("hang_up")) {
        act.what = HandsetAct::What::hang_up;
    } else {
        throw std::invalid_argument("dial, input or hang_up: missing");
    }
    if (act.text.size() > text_max) throw std::invalid_argument("more than 182 characters");
    return act;
}

}  // namespace jejak::sim
