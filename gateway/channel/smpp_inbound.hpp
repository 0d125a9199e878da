#pragma once
#include <optional>
#include <string>

#include "protocol/smpp/pdu.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/text.hpp"
#include "protocol/time.hpp"

namespace jejak::channel {

/// A deliver_sm or data_sm as intake takes it: the views are copied once, the text decoded, the part's place found in
/// the user data header or the SAR parameters.
sms::InboundText inbound_text(const smpp::ShortMessage& message, sms::DefaultAlphabet zero_means,
                              std::string_view country_code);

/// A message whose body did not decode: kept as it came, for a person to read.
sms::InboundText undecodable(std::span<const std::byte> body);

/// The delivery receipt in a deliver_sm; empty when it says it is one but neither its text nor its parameters name a
/// message: then it is a person's text.
std::optional<sms::Receipt> receipt_in(const smpp::ShortMessage& message);

/// `000000001000000R`: from now on, rounded up to a second, at most 99 hours. source: SMPP 3.4 section 7.1.1
std::string relative_validity(std::chrono::milliseconds remaining);

}  // namespace jejak::channel
