#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/smpp/pdu.hpp"

/// USSD over SMPP: what a deliver_sm says about a session, and what a submit_sm must say. Operators differ, so the
/// numbers stand in one place.
namespace jejak::ussd {

/// A few values of ussd_service_op that mean the same.
class Operations {
public:
    static constexpr std::size_t count_max = 4;

    constexpr Operations() = default;
    constexpr Operations(std::uint8_t one) : values_{one}, count_(1) {}  // NOLINT(google-explicit-constructor)
    constexpr Operations(std::initializer_list<std::uint8_t> values) {
        for (const auto value : values) add(value);
    }
    /// What is beyond `count_max` is not kept.
    constexpr void add(std::uint8_t value) {
        if (count_ < count_max) values_[count_++] = value;
    }
    constexpr bool contains(std::uint8_t value) const {
        for (std::size_t i = 0; i < count_; ++i) {
            if (values_[i] == value) return true;
        }
        return false;
    }
    /// The usual one, 0 when there is none.
    constexpr std::uint8_t first() const { return values_[0]; }
    constexpr bool empty() const { return count_ == 0; }
    bool operator==(const Operations&) const = default;

private:
    std::array<std::uint8_t, count_max> values_{};
    std::size_t count_ = 0;
};

/// Octets of the parameter that names a session; what is longer names none.
constexpr std::size_t session_octets_max = 16;

/// Values of ussd_service_op, and which parameter names the session. Its octets go back as they came, whatever a vendor
/// means by them; masks are numbers whose lowest bit is that of the last octet. source: SMPP 3.4 section 5.3.2.44; for
/// its_session_info section 5.3.2.43: octet 1 numbers the session, octet 2 the dialogue in it; its lowest bit ends it
struct SmppProfile {
    Operations begin = 1;    ///< PSSR indication: a phone dialled
    Operations input = 18;   ///< USSR confirm: an answer to our request
    Operations end;          ///< the network or the phone gave up; vendors have their own
    std::uint8_t ask = 2;    ///< USSR request: a screen that asks for more
    std::uint8_t last = 17;  ///< PSSR response: the last screen
    std::optional<smpp::Tag> session = smpp::Tag::its_session_info;  ///< empty: one session a phone
    std::uint32_t end_bit = 0x0001;                                  ///< of the session's parameter; 0: it says no end
    std::optional<std::uint32_t> session_mask;                       ///< empty: as mask_of() says
    bool operator==(const SmppProfile&) const = default;
};

/// What a deliver_sm says of a USSD session.
struct Signal {
    enum class What : std::uint8_t { begin, input, end } what = What::begin;
    std::vector<std::byte> session;  ///< the session's parameter as it came; empty: none, or none that can be
};

/// Empty when the message is no turn of a session by this profile: an ordinary text.
std::optional<Signal> read_signal(const smpp::ShortMessage& message, const SmppProfile& profile);
/// It was meant as USSD, whether or not read_signal() knows what to do with it.
bool mentions_ussd(const smpp::ShortMessage& message);

/// What of the session's parameter is the same in every turn of a session. Octets before the last four always are, the
/// end bit never is. If the profile does not say: octet 1 of an its_session_info of two octets, else all.
std::uint32_t mask_of(const SmppProfile& profile, std::size_t octets);
/// The id of the session among those of the channel: of the phone, for networks count per phone, and of its number.
std::string session_of(std::string_view number, const Signal& signal, const SmppProfile& profile);

/// The session's parameter with the end bit set; and whether it is.
std::vector<std::byte> with_end(std::span<const std::byte> session, const SmppProfile& profile);
bool says_end(std::span<const std::byte> session, const SmppProfile& profile);

/// The optional parameters of a submit_sm that shows a screen: `session` is what the turn came with.
std::vector<std::byte> screen_parameters(std::span<const std::byte> session, bool end, const SmppProfile& profile);

}  // namespace jejak::ussd
