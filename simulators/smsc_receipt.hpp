#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulators/delivery_queue.hpp"
#include "simulators/smsc_scenario.hpp"

namespace jejak::sim {

/// A message_id: its number, and what the submit_sm_resp said. A receipt may spell the number otherwise.
struct MessageId {
    std::uint64_t number = 0;
    std::string spelt;
};
MessageId spell_id(std::uint64_t number, SubmitManners::Ids ids);
std::string spell_id(const MessageId& id, ReceiptManners::Id form);

/// The receipts of one message in the order they leave, without their addresses: those of the outcomes that
/// `registered_delivery` asks for. `when` is `YYMMDDhhmm`. `packed`: eight septets in seven octets, else ASCII. Pure.
/// source: SMPP 3.4 appendix B; for the other forms what operators send
std::vector<Parcel> write_receipts(const MessageId& id, const ReceiptManners& manners, const std::string& when,
                                   std::uint8_t registered_delivery = 1, bool packed = false);

/// message_state of a receipt's word; 7 (UNKNOWN) for one that is none. source: SMPP 3.4 section 5.2.28
std::uint8_t message_state_of(std::string_view word);

}  // namespace jejak::sim
