#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

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

    /// short_message, or message_payload when that is the only one.
    std::span<const std::byte> user_data() const;
    bool udhi() const { return (esm_class & 0x40) != 0; }
    /// esm_class says delivery receipt, delivery acknowledgement or intermediate notification. source: section 5.2.12
    bool receipt() const;
};

/// submit_sm_resp, deliver_sm_resp, data_sm_resp: a message_id that peers leave out, leave empty or do not terminate.
struct MessageResp {
    std::string_view message_id;
    Tlvs tlvs;
};

}  // namespace jejak::smpp
