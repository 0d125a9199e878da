#include "simulators/handset.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "protocol/sms/gsm7.hpp"
#include "protocol/sms/text.hpp"
#include "simulators/submit_log.hpp"

namespace jejak::sim {
namespace {

/// "*384*2#" is dialled to the service "*384#".
std::string service_of(std::string_view dialled) {
    const auto star = dialled.find('*', 1);
    if (star == std::string_view::npos) return std::string(dialled);
    return std::string(dialled.substr(0, star)) + '#';
}

/// The bits of `count`, lowest first, where `mask` has some.
std::uint32_t spread(std::uint32_t count, std::uint32_t mask) {
    std::uint32_t out = 0;
    for (std::uint32_t bit = 1; bit != 0; bit <<= 1) {
        if ((mask & bit) == 0) continue;
        if ((count & 1) != 0) out |= bit;
        count >>= 1;
    }
    return out;
}

}  // namespace

/// The session's number where the vendor has it; what else there is room for counts the dialogue up with every turn.
std::vector<std::byte> Handsets::name_of(const Phone& phone) const {
    using smpp::Tag;
    if (!profile_.session) return {};
    const bool known = profile_.session == Tag::its_session_info || profile_.session == Tag::user_message_reference;
    const std::size_t size = known ? sizeof(std::uint16_t) : sizeof(std::uint32_t);
    const auto mask = ussd::mask_of(profile_, size);
    const auto value = spread(phone.session, mask) | spread(phone.turns, ~mask & ~profile_.end_bit);
    std::vector<std::byte> octets(size);
    for (std::size_t at = 0; at < size; ++at) octets[at] = static_cast<std::byte>(value >> (8 * (size - 1 - at)));
    return octets;
}

sms::Bytes Handsets::parameters_of(HandsetAct::What what, const Phone& phone) const {
    const bool over = what == HandsetAct::What::hang_up;
    const auto& going_on = what == HandsetAct::What::dial ? profile_.begin : profile_.input;
    const auto& operation = over && !profile_.end.empty() ? profile_.end : going_on;
    sms::Bytes out;
    smpp::append_tlv(smpp::Tag::ussd_service_op, operation.first(), out);
    if (profile_.session)
        smpp::append_tlv(*profile_.session, over ? ussd::with_end(phone.named, profile_) : phone.named, out);
    return out;
}

std::optional<Parcel> Handsets::act(const HandsetAct& act, Shown shown) {
    const bool dials = act.what == HandsetAct::What::dial;
    if (dials && phones_.size() >= phones_max && !phones_.contains(act.from)) return std::nullopt;
    auto& phone = phones_[act.from];
    if (!dials && !phone.open) {
        phones_.erase(act.from);
        return std::nullopt;
    }
    if (dials) {
        phone.session = ++sessions_;
        phone.turns = 0;
        phone.service_code = service_of(act.text);
    }
    phone.named = name_of(phone);
    ++phone.turns;
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
    parcel.tlvs = parameters_of(act.what, phone);
    return parcel;
}

bool Handsets::take(const smpp::ShortMessage& message) {
    const auto operation = message.tlvs.u8(smpp::Tag::ussd_service_op);
    if (!operation || (*operation != profile_.ask && *operation != profile_.last)) return false;
    std::string to;
    spell_address(message.destination, to);
    const auto found = phones_.find(to);
    if (found == phones_.end()) return false;
    auto& phone = found->second;
    const auto named = profile_.session ? message.tlvs.find(*profile_.session) : std::nullopt;
    const auto is = [&](const std::vector<std::byte>& octets) {
        return octets.empty() ? !named
                              : named && std::equal(named->begin(), named->end(), octets.begin(), octets.end());
    };
    const bool over = has_end_bit() && is(ussd::with_end(phone.named, profile_));
    const bool end = profile_.last != profile_.ask ? *operation == profile_.last : over;
    if (!over && !is(phone.named)) return false;
    if (has_end_bit() && over != end) return false;
    HandsetScreen screen;
    screen.text = sms::decode_text(message.user_data(), message.data_coding).utf8;
    screen.end = end;
    screen.operation = *operation;
    screen.data_coding = message.data_coding;
    if (end) phone.open = false;
    if (const auto shown = std::exchange(phone.shown, {})) shown(screen);
    return true;
}

bool Handsets::leave(const std::string& from) {
    const auto found = phones_.find(from);
    const bool there = found != phones_.end() && found->second.open;
    if (found != phones_.end()) phones_.erase(found);
    return there;
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
