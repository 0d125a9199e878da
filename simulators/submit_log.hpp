#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/smpp/pdu.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/time.hpp"

namespace jejak::sim {

/// A text an ESME submitted, its parts joined.
struct Submitted {
    std::uint64_t number =
        0;                 ///< running count of its last part; pass the largest seen as `after` to ask for what is new
    std::string id;        ///< message_id of its first part
    std::string from, to;  ///< `+` before international numbers
    std::string text;      ///< UTF-8
    std::uint8_t data_coding = 0;
    std::string validity;  ///< validity_period as sent
    std::uint8_t registered_delivery = 0;
    unsigned parts = 1;  ///< that came
    unsigned total = 1;  ///< that its header announces
    WallTime at{};       ///< when its first part came
};

/// The last submit_sm of all sessions, in a ring that forgets the oldest. Adding costs a copy; joining is left to
/// list().
class SubmitLog {
public:
    /// `keep` is how many PDUs are remembered; `packed`: data_coding 0 is eight septets in seven octets.
    explicit SubmitLog(std::size_t keep, bool packed = false) : keep_(keep), packed_(packed) {}

    void add(const smpp::ShortMessage& message, std::string_view id, WallTime at);
    /// Texts to `to` (all when empty) with a part after number `after`, oldest first.
    std::vector<Submitted> list(std::string_view to = {}, std::uint64_t after = 0) const;

private:
    struct Part {
        std::uint64_t number = 0;
        std::string id, from, to, validity;
        std::uint8_t data_coding = 0, registered_delivery = 0;
        bool udhi = false;
        std::optional<sms::SegmentHeader> sar;
        sms::Bytes octets;
        WallTime at{};
    };

    std::size_t keep_;
    bool packed_;
    std::uint64_t count_ = 0;
    std::vector<Part> ring_;  ///< slot: (number - 1) % keep_
};

/// `+` and digits for an international address, the digits alone for others.
void spell_address(const smpp::AddressView& address, std::string& out);

}  // namespace jejak::sim
