#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "protocol/smpp/packed_list.hpp"
#include "protocol/smpp/tlv.hpp"
#include "protocol/smpp/types.hpp"

/// PDU bodies. Decoded ones are views into the frame: valid until it is consumed. To encode, fill the same structs.
namespace jejak::smpp {

/// bind_receiver, bind_transmitter, bind_transceiver. source: section 4.1
struct Bind {
    std::string_view system_id;    ///< at most 15 octets
    std::string_view password;     ///< at most 8 octets by the specification; peers take more
    std::string_view system_type;  ///< at most 12 octets
    std::uint8_t interface_version = 0x34;
    std::uint8_t addr_ton = 0;
    std::uint8_t addr_npi = 0;
    std::string_view address_range;
};

/// An SMSC's wish that an ESME bind to it. source: section 4.1.7
struct Outbind {
    std::string_view system_id;
    std::string_view password;
};

struct BindResp {
    std::string_view system_id;
    Tlvs tlvs;  ///< sc_interface_version
};

/// deliver_sm, submit_sm and data_sm share one shape; data_sm has no short_message of its own. source: sections 4.4,
/// 4.6, 4.7. A decoded one may have remarks: a receiving ESME keeps what it can read of a broken message.
struct ShortMessage {
    std::string_view service_type;
    AddressView source;
    AddressView destination;
    std::uint8_t esm_class = 0;
    std::uint8_t protocol_id = 0;
    std::uint8_t priority_flag = 0;
    std::string_view schedule_delivery_time;
    std::string_view validity_period;
    std::uint8_t registered_delivery = 0;
    std::uint8_t replace_if_present_flag = 0;
    std::uint8_t data_coding = 0;
    std::uint8_t sm_default_msg_id = 0;
    std::span<const std::byte> short_message;  ///< 0..255 octets
    Tlvs tlvs;
    bool truncated = false;  ///< sm_length promised more than the PDU held
    bool trailing = false;   ///< octets after the last field that are no TLV

    /// short_message, or message_payload when that is the only one: what came of it, if it was cut short.
    std::span<const std::byte> user_data() const;
    bool udhi() const { return (esm_class & 0x40) != 0; }
    /// esm_class says delivery receipt, delivery acknowledgement or intermediate notification. source: section 5.2.12
    bool receipt() const;
};

/// What registered_delivery asks the SMSC to report of the outcome. source: section 5.2.17; 3 is SMPP 5.0's.
enum class ReceiptWish : std::uint8_t { none = 0, always = 1, on_failure = 2, on_success = 3 };
constexpr ReceiptWish receipt_wish(std::uint8_t registered_delivery) {
    return static_cast<ReceiptWish>(registered_delivery & 0x03);
}
/// It asks for intermediate notifications too (esm_class 0x20).
constexpr bool wants_intermediate(std::uint8_t registered_delivery) {
    return (registered_delivery & 0x10) != 0;
}

/// submit_sm_resp, deliver_sm_resp, data_sm_resp: a message_id that peers leave out, leave empty or do not terminate.
struct MessageResp {
    std::string_view message_id;
    Tlvs tlvs;
};

/// One destination of a submit_multi: an address, or the name of a distribution list. source: section 4.5.1
struct MultiDestination {
    std::uint8_t flag = 1;  ///< 1: address, 2: list
    AddressView address;
    std::string_view list;  ///< at most 20 octets
    bool is_list() const { return flag == 2; }
};
/// A destination of a submit_multi that was not accepted, and why. source: section 4.5.2
struct FailedDestination {
    AddressView address;
    CommandStatus status = CommandStatus::ok;
};
/// Take the item at the front; the octets are those of a PackedList.
void take_item(std::span<const std::byte>& rest, MultiDestination& item);
void take_item(std::span<const std::byte>& rest, FailedDestination& item);
/// Append one item, to build what a PackedList then views.
void append_item(const MultiDestination& item, std::vector<std::byte>& out);
void append_item(const FailedDestination& item, std::vector<std::byte>& out);

/// source: section 4.5.1
struct SubmitMulti {
    ShortMessage message;  ///< its destination is not used
    PackedList<MultiDestination> destinations;
};
/// source: section 4.5.2
struct SubmitMultiResp {
    std::string_view message_id;
    PackedList<FailedDestination> failed;
    Tlvs tlvs;
};

/// source: section 4.8.1
struct QuerySm {
    std::string_view message_id;
    AddressView source;
};
/// source: section 4.8.2; message_state as in section 5.2.28
struct QuerySmResp {
    std::string_view message_id;
    std::string_view final_date;  ///< empty while the message has no final state
    std::uint8_t message_state = 0;
    std::uint8_t error_code = 0;
    Tlvs tlvs;
};

/// One message, or, with an empty message_id, every undelivered one of that service_type and addresses. source: section
/// 4.9.1
struct CancelSm {
    std::string_view service_type;
    std::string_view message_id;
    AddressView source;
    AddressView destination;
};

/// source: section 4.10.1
struct ReplaceSm {
    std::string_view message_id;
    AddressView source;
    std::string_view schedule_delivery_time;
    std::string_view validity_period;
    std::uint8_t registered_delivery = 0;
    std::uint8_t sm_default_msg_id = 0;
    std::span<const std::byte> short_message;
    Tlvs tlvs;               ///< SMPP 5.0: message_payload
    bool truncated = false;  ///< sm_length promised more than the PDU held

    /// short_message, or message_payload when that is the only one: what came of it, if it was cut short.
    std::span<const std::byte> user_data() const;
};

/// A subscriber whom an earlier message did not reach is there again. Has no response. source: section 4.12.1
struct AlertNotification {
    AddressView source;  ///< the subscriber
    AddressView esme;    ///< who had asked to be told
    Tlvs tlvs;           ///< ms_availability_status
};

}  // namespace jejak::smpp
