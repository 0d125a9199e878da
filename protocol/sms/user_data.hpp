#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocol/sms/inbound.hpp"
#include "protocol/sms/text.hpp"

namespace jejak::sms {

/// How a connection's peer writes user data.
struct TextRules {
    DefaultAlphabet zero_means = DefaultAlphabet::gsm7;
    bool assume_udh = false;  ///< what begins like a concatenation header is one, even without the indicator
};

/// A user data field, read.
struct ReadUserData {
    std::string text;  ///< UTF-8; empty when `remarks` has binary
    Remarks remarks = 0;
    std::optional<SegmentHeader> segment;  ///< its place in a long text
    Bytes octets;             ///< of a part: what to join later (see TextJoiner), packed septets unpacked; else all
    std::uint8_t coding = 0;  ///< of a part: what `octets` are, whatever the connection's data_coding 0 meant
};

/// Reads a user data field: header, place, national tables, coding. `elsewhere` is the place that the PDU's parameters
/// name; the header's own comes first. Data for an application's port is binary, and no part of a text.
ReadUserData read_user_data(std::span<const std::byte> octets, bool udhi, std::uint8_t data_coding,
                            const TextRules& rules = {}, const std::optional<SegmentHeader>& elsewhere = {});

/// Puts the octets of a long text's parts together and reads them: those of one coding as one run, so that an escape, a
/// surrogate pair or a character of several octets that was cut between two parts is whole again.
class TextJoiner {
public:
    /// The next part that is there, as read_user_data() gave its octets.
    void add(std::span<const std::byte> octets, std::uint8_t coding);

    /// A part, or several, that is not.
    void gap();

    /// The text, and what was noticed about all of it. The joiner is as new.
    DecodedText finish();

private:
    struct Run {
        std::uint8_t coding = 0;
        gsm7::Shift shift;
        bool operator==(const Run&) const = default;
    };
    void flush();

    DecodedText joined_;
    Bytes octets_;
    Run run_;
};

}  // namespace jejak::sms
