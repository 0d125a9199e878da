#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sms/inbound.hpp"
#include "protocol/time.hpp"

namespace jejak::sim {

/// What the generated texts are about, as weights.
struct Mix {
    unsigned lapor = 90;  ///< reports that raise no alert
    unsigned aman = 9;    ///< check-ins
    unsigned alert = 1;   ///< calls for help: each raises an alert
};

/// Reads `lapor=90,aman=9,alert=1`; what is not named weighs nothing. Empty when it is no such list or all weigh
/// nothing.
std::optional<Mix> parse_mix(std::string_view text);

struct LoadOptions {
    std::uint64_t count = 0;            ///< messages to make; 0 none
    double rate = 0;                    ///< a second; 0 as fast as the window lets
    std::uint64_t numbers = 1'000'000;  ///< different senders, used in turn; at most numbers_max
    std::uint64_t first = 0;            ///< index of the first message, so that two runs can differ
    Mix mix{};
    bool tokens = false;           ///< end each text with its unique token
    std::uint64_t long_every = 0;  ///< of so many messages some are parts of one long text; 0: none. At least long_min
    static constexpr std::uint64_t long_min = 3;
};

/// A made-up village at work: message number i is always the same text from the same sender, so nothing needs keeping
/// until it is acknowledged. Senders are +62 840 1 000 000 and up, a range nobody has. A message is one deliver_sm: a
/// text, or with `long_every` = n a part of a long one. Of messages b·n to b·n+n-1 those at 0, n/3 and, when b is odd,
/// 2n/3 are the parts of one text from one sender, in turn by an 8-bit header, a 16-bit one and SAR parameters.
class Load {
public:
    static constexpr std::uint64_t numbers_max = 9'000'000;

    explicit Load(LoadOptions options);

    /// One message; views into `Load` and `Scratch`.
    struct Text {
        std::string_view from;              ///< digits, without +
        std::span<const std::byte> octets;  ///< GSM 7-bit, unpacked
        std::string_view utf8;              ///< the same text, without a header
        std::uint8_t esm_class = 0;
        std::span<const std::byte> tlvs{};  ///< encoded
    };
    struct Scratch {
        std::array<char, 16> from{};
        std::string text;
        sms::Bytes octets, tlvs;
    };
    Text render(std::uint64_t index, Scratch& scratch) const;
    /// What stands for message `index` in ledgers: `uji00000042`, also at the end of its text when `tokens` is set.
    static std::string token(std::uint64_t index);

    /// Index of the next message when one is due at `now`, which it then counts as taken. The schedule begins at the
    /// first call; what a stall held back for more than a second is not caught up.
    std::optional<std::uint64_t> take(SteadyTime now);
    bool exhausted() const { return taken_ == options_.count; }
    const LoadOptions& options() const { return options_; }

    /// Which part of which long text message `index` is, if it is one; and who sends it.
    struct Part {
        sms::SegmentHeader place;
        std::uint64_t first = 0;  ///< index of the first part, whose sender sends them all
    };
    std::optional<Part> part_of(std::uint64_t index) const;

private:
    const std::string& text_of(std::uint64_t index) const;
    static void put_place(const sms::SegmentHeader& place, Scratch& scratch, Text& text);

    LoadOptions options_;
    std::array<std::vector<std::string>, 3> texts_;  ///< lapor, aman, alert
    std::uint64_t stride_ = 1;
    std::uint64_t taken_ = 0;
    std::optional<SteadyTime> began_;
};

}  // namespace jejak::sim
