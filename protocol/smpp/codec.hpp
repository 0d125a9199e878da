#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <span>
#include <vector>

#include "protocol/smpp/pdu.hpp"

namespace jejak::smpp {

/// The error is the command_status to answer with: the session survives a bad body.
template <class Pdu>
using Decoded = boost::system::result<Pdu, CommandStatus>;

Header decode_header(std::span<const std::byte, header_size> octets);

/// Bodies: the octets after the header. No allocation; the views point into `body`.
Decoded<Bind> decode_bind(std::span<const std::byte> body);
Decoded<BindResp> decode_bind_resp(std::span<const std::byte> body);
/// Lenient as a receiving ESME must be: an sm_length past the end, damaged TLVs or trailing octets are flagged, not
/// refused; only a mandatory field that cannot be delimited is an error.
Decoded<ShortMessage> decode_short_message(CommandId id, std::span<const std::byte> body);
Decoded<MessageResp> decode_message_resp(std::span<const std::byte> body);

/// Append one whole PDU to `out`. The caller's fields fit the specification's sizes; `ensure` checks.
void encode_bind(BindKind kind, const Bind& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_bind_resp(BindKind kind, CommandStatus status, std::string_view system_id,
                      std::optional<std::uint8_t> sc_interface_version, std::uint32_t sequence,
                      std::vector<std::byte>& out);
void encode_short_message(CommandId id, const ShortMessage& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
/// deliver_sm_resp carries an empty message_id (section 4.6.2); an error of submit_sm_resp carries no body.
void encode_message_resp(CommandId request, CommandStatus status, std::string_view message_id, std::uint32_t sequence,
                         std::vector<std::byte>& out);
/// enquire_link, unbind, their responses, generic_nack: a header and nothing else.
void encode_header_only(std::uint32_t command_id, CommandStatus status, std::uint32_t sequence,
                        std::vector<std::byte>& out);

}  // namespace jejak::smpp
