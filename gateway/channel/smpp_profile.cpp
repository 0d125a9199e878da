#include "gateway/channel/smpp_profile.hpp"

#include <algorithm>
#include <array>

namespace jejak {
namespace {

using sms::DefaultAlphabet;
using Form = sms::LongTexts::Form;

/// The shipped profiles: here, and nowhere else.
constexpr std::array shipped{
    ShippedProfile{"standard", "SMPP 3.4 as it is written; USSD as most vendors have it", [](SmppProfile&) {}},
    ShippedProfile{"strict-3.3", "an SMSC of SMPP 3.3, which knows no optional parameters",
                   [](SmppProfile& p) { p.interface_version = 0x33; }},
    ShippedProfile{"smpp-5.0", "an SMSC of SMPP 5.0", [](SmppProfile& p) { p.interface_version = 0x50; }},
    ShippedProfile{"kannel", "Kannel's bearerbox or smppbox at the other end: its ids are its own in receipts too",
                   [](SmppProfile& p) { p.receipt_dialect.ids = sms::IdForm::same; }},
    ShippedProfile{"osmocom", "osmo-msc: drops binds of other versions than 3.4 and numbers that are not TON 1, NPI 1",
                   [](SmppProfile& p) {
                       p.destination_ton = p.destination_npi = 1;
                       p.interface_version = 0x34;
                   }},
    ShippedProfile{"packed-7bit", "data_coding 0 is eight septets in seven octets, as on the air",
                   [](SmppProfile& p) { p.default_alphabet = DefaultAlphabet::gsm7_packed; }},
    ShippedProfile{"latin1", "data_coding 0 is Latin-1",
                   [](SmppProfile& p) { p.default_alphabet = DefaultAlphabet::latin1; }},
    ShippedProfile{"sar", "long texts with sar_msg_ref_num and its companions; the SMSC writes the headers",
                   [](SmppProfile& p) { p.long_texts = Form::sar; }},
    ShippedProfile{"payload", "long texts whole in message_payload; the SMSC cuts them",
                   [](SmppProfile& p) { p.long_texts = Form::payload; }},
    ShippedProfile{"decimal-receipts", "message_id is hexadecimal in submit_sm_resp and decimal in receipts",
                   [](SmppProfile& p) { p.receipt_dialect.ids = sms::IdForm::decimal; }},
    ShippedProfile{"hex-receipts", "message_id is decimal in submit_sm_resp and hexadecimal in receipts",
                   [](SmppProfile& p) { p.receipt_dialect.ids = sms::IdForm::hexadecimal; }},
    ShippedProfile{"discards-on-error", "an SMSC that throws a text away when it is refused, whatever the status",
                   [](SmppProfile& p) {
                       p.on_queue_full.reset();
                       p.on_storage_failure.reset();
                   }},
    ShippedProfile{"nowsms",
                   "USSD as NowSMS and Comverse-like gateways have it: the standard's operations, and the "
                   "session in its_session_info",
                   [](SmppProfile& p) { p.tlvs_always = true; }},
    ShippedProfile{"tata", "USSD: every screen is 0x02, its_session_info says which is the last; 0x11 ends",
                   [](SmppProfile& p) {
                       p.tlvs_always = true;
                       p.ussd_profile.input = {0x12, 0x02};
                       p.ussd_profile.end = 0x11;
                       p.ussd_profile.last = 0x02;
                   }},
    ShippedProfile{"6d", "USSD: the last screen is 0x17, and 0x81 says that the phone gave up",
                   [](SmppProfile& p) {
                       p.tlvs_always = true;
                       p.ussd_profile.end = 0x81;
                       p.ussd_profile.last = 0x17;
                   }},
    ShippedProfile{"mica", "USSD: as 6d, with the session in user_message_reference, which says no end",
                   [](SmppProfile& p) {
                       p.tlvs_always = true;
                       p.ussd_profile.end = 0x81;
                       p.ussd_profile.last = 0x17;
                       p.ussd_profile.session = smpp::Tag::user_message_reference;
                       p.ussd_profile.end_bit = 0;
                       p.ussd_profile.number_mask = 0xFFFF;
                   }},
    ShippedProfile{"mica-pssr", "USSD: as mica, where 17 was meant in decimal: the last screen is 0x11",
                   [](SmppProfile& p) {
                       p.tlvs_always = true;
                       p.ussd_profile.end = 0x81;
                       p.ussd_profile.session = smpp::Tag::user_message_reference;
                       p.ussd_profile.end_bit = 0;
                       p.ussd_profile.number_mask = 0xFFFF;
                   }},
    ShippedProfile{"ussd-by-phone", "USSD: no session number at all, one session a phone",
                   [](SmppProfile& p) {
                       p.tlvs_always = true;
                       p.ussd_profile.session.reset();
                   }},
};

}  // namespace

smpp::ErrorClass SmppProfile::error_class(smpp::CommandStatus status) const {
    const auto own = error_classes.find(static_cast<std::uint32_t>(status));
    return own != error_classes.end() ? own->second : smpp::error_class(status);
}

std::span<const ShippedProfile> shipped_profiles() {
    return shipped;
}

std::optional<SmppProfile> shipped_profile(std::string_view name) {
    const auto found = std::find_if(shipped.begin(), shipped.end(), [&](const auto& one) { return one.name == name; });
    if (found == shipped.end()) return std::nullopt;
    SmppProfile profile;
    found->apply(profile);
    return profile;
}

}  // namespace jejak
