#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace jejak::smpp {

/// Optional parameters Jejak reads or writes; all others are preserved untouched. source: section 5.3.2
enum class Tag : std::uint16_t {
    payload_type = 0x0019,
    additional_status_info_text = 0x001D,
    receipted_message_id = 0x001E,
    ms_msg_wait_facilities = 0x0030,
    user_message_reference = 0x0204,
    user_response_code = 0x0205,
    source_port = 0x020A,
    destination_port = 0x020B,
    sar_msg_ref_num = 0x020C,
    language_indicator = 0x020D,
    sar_total_segments = 0x020E,
    sar_segment_seqnum = 0x020F,
    sc_interface_version = 0x0210,
    dpf_result = 0x0420,
    set_dpf = 0x0421,
    ms_availability_status = 0x0422,
    network_error_code = 0x0423,
    message_payload = 0x0424,
    delivery_failure_reason = 0x0425,
    more_messages_to_send = 0x0426,
    message_state = 0x0427,
    congestion_state = 0x0428,  ///< SMPP 5.0 section 4.8.4.18: 0 to 100 per cent
    ussd_service_op = 0x0501,
    its_reply_type = 0x1380,
    its_session_info = 0x1383
};
/// `message_payload`; `0x1400` for one without a name here.
std::string to_string(Tag tag);

/// One optional parameter: its value is a view into the PDU.
struct Tlv {
    Tag tag{};
    std::span<const std::byte> value;
};

/// The optional parameters of one PDU: a view over the raw octets, walked on demand and bounded. The first of equal
/// tags wins; unknown ones stay in `raw()`. Behind the counted ones only a text and its place are looked for:
/// message_payload and sar_….
class Tlvs {
public:
    static constexpr std::size_t count_max = 512;

    Tlvs() = default;
    /// Takes the octets after the mandatory fields. What does not parse as a TLV, or comes after the 512th, ends the
    /// list and sets `damaged()`.
    explicit Tlvs(std::span<const std::byte> octets);

    std::optional<std::span<const std::byte>> find(Tag tag) const;
    /// The value as a big-endian integer when it has exactly that many octets.
    std::optional<std::uint8_t> u8(Tag tag) const;
    std::optional<std::uint16_t> u16(Tag tag) const;
    std::span<const std::byte> raw() const { return raw_; }  ///< the well-formed part, 512 at most
    std::size_t count() const { return count_; }
    bool damaged() const { return !tail_.empty(); }
    std::span<const std::byte> tail() const { return tail_; }  ///< all that comes after `raw()`
    std::span<const std::byte> cut() const { return cut_; }    ///< the end of the tail, from where it is no TLV on
    /// A message_payload that promises more octets than came: those that did.
    std::optional<std::span<const std::byte>> cut_payload() const;

    /// All of them, in the order they came.
    class Iterator {
    public:
        explicit Iterator(std::span<const std::byte> rest) : rest_(rest) {}
        Tlv operator*() const;
        Iterator& operator++();
        bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

    private:
        std::span<const std::byte> rest_;
    };
    Iterator begin() const { return Iterator(raw_); }
    Iterator end() const { return Iterator({}); }

private:
    std::span<const std::byte> raw_;
    std::span<const std::byte> tail_;
    std::span<const std::byte> cut_;
    std::size_t count_ = 0;
};

/// Appends one optional parameter, to build what a Tlvs then views. `value` has at most 65,535 octets.
void append_tlv(Tag tag, std::span<const std::byte> value, std::vector<std::byte>& out);
void append_tlv(Tag tag, std::uint8_t value, std::vector<std::byte>& out);
void append_tlv(Tag tag, std::uint16_t value, std::vector<std::byte>& out);

}  // namespace jejak::smpp
