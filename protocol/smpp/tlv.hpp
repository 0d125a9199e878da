#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace jejak::smpp {

/// Optional parameters Jejak reads or writes; all others are preserved untouched. source: section 5.3.2
enum class Tag : std::uint16_t {
    receipted_message_id = 0x001E,
    user_message_reference = 0x0204,
    sar_msg_ref_num = 0x020C,
    sar_total_segments = 0x020E,
    sar_segment_seqnum = 0x020F,
    sc_interface_version = 0x0210,
    network_error_code = 0x0423,
    message_payload = 0x0424,
    message_state = 0x0427,
    ussd_service_op = 0x0501,
    its_session_info = 0x1383
};

/// The optional parameters of one PDU: a view over the raw octets, walked on demand and bounded. The first of equal
/// tags wins; unknown ones stay in `raw()`.
class Tlvs {
public:
    static constexpr std::size_t count_max = 512;

    Tlvs() = default;
    /// Takes the octets after the mandatory fields. What does not parse as a TLV ends the list and sets `damaged()`.
    explicit Tlvs(std::span<const std::byte> octets);

    std::optional<std::span<const std::byte>> find(Tag tag) const;
    /// The value as a big-endian integer when it has exactly that many octets.
    std::optional<std::uint8_t> u8(Tag tag) const;
    std::optional<std::uint16_t> u16(Tag tag) const;
    std::span<const std::byte> raw() const { return raw_; }  ///< the well-formed part
    std::size_t count() const { return count_; }
    bool damaged() const { return damaged_; }

private:
    std::span<const std::byte> raw_;
    std::size_t count_ = 0;
    bool damaged_ = false;
};

/// Appends one optional parameter, to build what a Tlvs then views. `value` has at most 65,535 octets.
void append_tlv(Tag tag, std::span<const std::byte> value, std::vector<std::byte>& out);
void append_tlv(Tag tag, std::uint8_t value, std::vector<std::byte>& out);
void append_tlv(Tag tag, std::uint16_t value, std::vector<std::byte>& out);

}  // namespace jejak::smpp
