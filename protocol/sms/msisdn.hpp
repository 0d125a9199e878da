#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace jejak::sms {

/// Who a message claims to come from. Source numbers can be forged: this routes and looks up, it never authenticates.
struct Originator {
    enum class Kind : std::uint8_t {
        msisdn,        ///< E.164, `address` is `+` and 7 to 15 digits
        short_code,    ///< up to 6 digits: an operator's service, never answered
        alphanumeric,  ///< a name ("BANK"), never answered
        empty          ///< no source address: a report without a reply channel
    };
    Kind kind = Kind::empty;
    std::string address;  ///< normalised; for other kinds as the wire spelt it
    bool operator==(const Originator&) const = default;
};

/// SMPP type of number, 3.4 section 5.2.5. `unknown` is what HTTP channels pass.
enum class Ton : std::uint8_t {
    unknown = 0,
    international = 1,
    national = 2,
    network = 3,
    subscriber = 4,
    alphanumeric = 5
};

/// Normalises a source address to E.164 as a phone in `country_code` would write it: blanks, `-`, `.` and brackets go;
/// `00`, `008`, `009` and `+` are international prefixes, a leading `0` is the trunk prefix, `+6208` loses its stray
/// zero, and bare digits that begin with the country code are international. Other bare digits follow `ton`: unknown is
/// international too (aggregators leave the plus out), national gets the country code, a network's own is no number.
/// `008` and `009` are prefixes in Indonesia only. `country_code` is digits, not empty.
/// errors: none; what is no number is alphanumeric, short or empty.
Originator normalise(std::string_view raw, Ton ton = Ton::unknown, std::string_view country_code = "62");

}  // namespace jejak::sms
