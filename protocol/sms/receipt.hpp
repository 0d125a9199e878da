#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jejak::sms {

/// The state of a submitted message. source: SMPP 3.4 section 5.2.28
enum class MessageState : std::uint8_t {
    unknown = 0,
    enroute = 1,
    delivered = 2,
    expired = 3,
    deleted = 4,
    undeliverable = 5,
    accepted = 6,
    rejected = 8
};

struct Receipt {
    std::string message_id;
    MessageState state = MessageState::unknown;
    std::string error;  ///< the network's code, as spelt ("000", "21b")
};

/// Reads a receipt's text (`id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`, keys in any order and
/// case, any of them but id and stat absent). Empty when the text is no receipt: then it is a person's message.
/// source: SMPP 3.4 appendix B
std::optional<Receipt> parse_receipt(std::string_view text);

}  // namespace jejak::sms
