#include <algorithm>
#include <array>

#include "gateway/tool/smpp_words.hpp"

namespace jejak::tool {
namespace {

using Kind = ValueKind;

/// Ordered by number. source: SMPP 3.4 section 5.3.2, SMPP 5.0 section 4.8.4
constexpr std::array tags{
    TagWords{0x0005, "dest_addr_subunit", Kind::number, 1},
    TagWords{0x0006, "dest_network_type", Kind::number, 1},
    TagWords{0x0007, "dest_bearer_type", Kind::number, 1},
    TagWords{0x0008, "dest_telematics_id", Kind::number, 2},
    TagWords{0x000D, "source_addr_subunit", Kind::number, 1},
    TagWords{0x000E, "source_network_type", Kind::number, 1},
    TagWords{0x000F, "source_bearer_type", Kind::number, 1},
    TagWords{0x0010, "source_telematics_id"},
    TagWords{0x0017, "qos_time_to_live", Kind::number, 4},
    TagWords{0x0019, "payload_type", Kind::number, 1},
    TagWords{0x001D, "additional_status_info_text", Kind::text},
    TagWords{0x001E, "receipted_message_id", Kind::id},
    TagWords{0x0030, "ms_msg_wait_facilities", Kind::number, 1},
    TagWords{0x0201, "privacy_indicator", Kind::number, 1},
    TagWords{0x0202, "source_subaddress", Kind::octets},
    TagWords{0x0203, "dest_subaddress", Kind::octets},
    TagWords{0x0204, "user_message_reference", Kind::number, 2},
    TagWords{0x0205, "user_response_code", Kind::number, 1},
    TagWords{0x020A, "source_port", Kind::number, 2},
    TagWords{0x020B, "destination_port", Kind::number, 2},
    TagWords{0x020C, "sar_msg_ref_num", Kind::number, 2},
    TagWords{0x020D, "language_indicator", Kind::number, 1},
    TagWords{0x020E, "sar_total_segments", Kind::number, 1},
    TagWords{0x020F, "sar_segment_seqnum", Kind::number, 1},
    TagWords{0x0210, "sc_interface_version", Kind::number, 1},
    TagWords{0x0302, "callback_num_pres_ind", Kind::number, 1},
    TagWords{0x0303, "callback_num_atag", Kind::octets},
    TagWords{0x0304, "number_of_messages", Kind::number, 1},
    TagWords{0x0381, "callback_num", Kind::octets},
    TagWords{0x0420, "dpf_result", Kind::number, 1},
    TagWords{0x0421, "set_dpf", Kind::number, 1},
    TagWords{0x0422, "ms_availability_status", Kind::number, 1},
    TagWords{0x0423, "network_error_code", Kind::number, 3},
    TagWords{0x0424, "message_payload", Kind::text},
    TagWords{0x0425, "delivery_failure_reason", Kind::number, 1},
    TagWords{0x0426, "more_messages_to_send", Kind::number, 1},
    TagWords{0x0427, "message_state", Kind::number, 1},
    TagWords{0x0428, "congestion_state", Kind::number, 1},
    TagWords{0x0501, "ussd_service_op", Kind::number, 1},
    TagWords{0x0600, "broadcast_channel_indicator", Kind::number, 1},
    TagWords{0x0601, "broadcast_content_type", Kind::number, 3},
    TagWords{0x0602, "broadcast_content_type_info", Kind::text},
    TagWords{0x0603, "broadcast_message_class", Kind::number, 1},
    TagWords{0x0604, "broadcast_rep_num", Kind::number, 2},
    TagWords{0x0605, "broadcast_frequency_interval", Kind::number, 3},
    TagWords{0x0606, "broadcast_area_identifier", Kind::octets},
    TagWords{0x0607, "broadcast_error_status", Kind::number, 4},
    TagWords{0x0608, "broadcast_area_success", Kind::number, 1},
    TagWords{0x0609, "broadcast_end_time", Kind::id},
    TagWords{0x060A, "broadcast_service_group", Kind::octets},
    TagWords{0x060B, "billing_identification", Kind::octets},
    TagWords{0x060D, "source_network_id", Kind::id},
    TagWords{0x060E, "dest_network_id", Kind::id},
    TagWords{0x060F, "source_node_id", Kind::octets},
    TagWords{0x0610, "dest_node_id", Kind::octets},
    TagWords{0x0611, "dest_addr_np_resolution", Kind::number, 1},
    TagWords{0x0612, "dest_addr_np_information", Kind::octets},
    TagWords{0x0613, "dest_addr_np_country", Kind::number},
    TagWords{0x1201, "display_time", Kind::number, 1},
    TagWords{0x1203, "sms_signal", Kind::number, 2},
    TagWords{0x1204, "ms_validity", Kind::number},
    TagWords{0x130C, "alert_on_message_delivery", Kind::number},
    TagWords{0x1380, "its_reply_type", Kind::number, 1},
    TagWords{0x1383, "its_session_info", Kind::number, 2},
};

}  // namespace

const TagWords* find_tag(std::uint16_t tag) {
    const auto* found = std::lower_bound(tags.begin(), tags.end(), tag,
                                         [](const TagWords& one, std::uint16_t wanted) { return one.tag < wanted; });
    return found != tags.end() && found->tag == tag ? found : nullptr;
}

}  // namespace jejak::tool
