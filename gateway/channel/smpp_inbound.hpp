#pragma once
#include <optional>
#include <string>

#include "gateway/config/config.hpp"
#include "gateway/intake/receipts.hpp"
#include "protocol/smpp/pdu.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/sms/user_data.hpp"
#include "protocol/time.hpp"

namespace jejak::channel {

/// A deliver_sm or data_sm as intake takes it: the views are copied once, the text decoded, the part's place found in
/// the user data header or the SAR parameters.
sms::InboundText inbound_text(const smpp::ShortMessage& message, const sms::TextRules& rules,
                              std::string_view country_code);
inline sms::InboundText inbound_text(const smpp::ShortMessage& message, sms::DefaultAlphabet zero_means,
                                     std::string_view country_code) {
    return inbound_text(message, sms::TextRules{zero_means}, country_code);
}

/// A message whose body did not decode: kept as it came, for a person to read.
sms::InboundText undecodable(std::span<const std::byte> body);

/// The delivery receipt in a deliver_sm that says it is one, or in any but USSD where the dialect has unmarked ones;
/// empty when neither its text nor its parameters name a message: then it is a text. Receipts in 7-bit are read as
/// ASCII, which they are as a rule, and where that makes none by the channel's rules; packed septets the other way
/// round.
std::optional<sms::Receipt> receipt_in(const smpp::ShortMessage& message, const sms::ReceiptDialect& dialect = {},
                                       const sms::TextRules& rules = {});

/// A receipt with the numbers it names, as the desk takes it; not marked when only its text says what it
/// is, or only a pattern without words of its own.
intake::HeardReceipt heard_receipt(const smpp::ShortMessage& message, sms::Receipt receipt,
                                   const SmppChannelOptions& options);

}  // namespace jejak::channel
