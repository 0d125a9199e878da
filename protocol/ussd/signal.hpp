#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/smpp/pdu.hpp"

/// USSD over SMPP: what a deliver_sm says about a session, and what a submit_sm must say. Operators differ, so the
/// numbers stand in one place.
namespace jejak::ussd {

/// Values of ussd_service_op and how its_session_info is read. source: SMPP 3.4 section 5.3.2.44; for
/// its_session_info section 5.3.2.43 and common use: the lowest bit ends the session, the rest is its number
struct SmppProfile {
    std::uint8_t begin = 1;              ///< PSSR indication: a phone dialled
    std::uint8_t input = 18;             ///< USSR confirm: an answer to our request
    std::uint8_t ask = 2;                ///< USSR request: a screen that asks for more
    std::uint8_t last = 17;              ///< PSSR response: the last screen
    std::uint16_t end_bit = 0x0001;      ///< of its_session_info
    std::uint16_t number_mask = 0xFFFE;  ///< of its_session_info
};

/// What a deliver_sm says of a USSD session.
struct Signal {
    enum class What : std::uint8_t { begin, input, end } what = What::begin;
    std::optional<std::uint16_t> info;  ///< its_session_info as it came
};

/// Empty when the message is no turn of a session by this profile: an ordinary text.
std::optional<Signal> read_signal(const smpp::ShortMessage& message, const SmppProfile& profile);
/// It was meant as USSD, whether or not read_signal() knows what to do with it.
bool mentions_ussd(const smpp::ShortMessage& message);

/// The id of the session among those of the channel: of the phone, for networks count per phone, and of its number.
std::string session_of(std::string_view number, const Signal& signal, const SmppProfile& profile);

/// The optional parameters of a submit_sm that shows a screen.
std::vector<std::byte> screen_parameters(std::optional<std::uint16_t> info, bool end, const SmppProfile& profile);

}  // namespace jejak::ussd
