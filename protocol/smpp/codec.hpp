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
Decoded<Outbind> decode_outbind(std::span<const std::byte> body);
/// Lenient as a receiving ESME must be: an sm_length past the end, damaged TLVs or trailing octets are flagged, not
/// refused; only a mandatory field that cannot be delimited is an error.
Decoded<ShortMessage> decode_short_message(CommandId id, std::span<const std::byte> body);
Decoded<MessageResp> decode_message_resp(std::span<const std::byte> body);
/// As lenient in the message; a destination that cannot be delimited or is neither address nor list is an error, and so
/// is none at all (ESME_RINVNUMDESTS).
Decoded<SubmitMulti> decode_submit_multi(std::span<const std::byte> body);
Decoded<SubmitMultiResp> decode_submit_multi_resp(std::span<const std::byte> body);
Decoded<QuerySm> decode_query_sm(std::span<const std::byte> body);
Decoded<QuerySmResp> decode_query_sm_resp(std::span<const std::byte> body);
Decoded<CancelSm> decode_cancel_sm(std::span<const std::byte> body);
Decoded<ReplaceSm> decode_replace_sm(std::span<const std::byte> body);
Decoded<AlertNotification> decode_alert_notification(std::span<const std::byte> body);

/// What a message breaks of the specification that decoding lets pass; `ok` when nothing. An sm_length past the end is
/// ESME_RINVMSGLEN (M6), text twice ESME_ROPTPARNOTALLWD (M9), a parameter past the end ESME_RINVPARLEN (M11), a time
/// of bad form ESME_RINVSCHED or ESME_RINVEXPIRY (M21). Trailing octets are not among them: see `trailing` (F7).
/// Neither are parameters above the counted 512 (M15).
CommandStatus complaint_about(const ShortMessage& pdu);
CommandStatus complaint_about(const ReplaceSm& pdu);

/// Whether the fields fit the sizes that the PDU's layout has. What comes from a peer may not: a data_sm has addresses
/// of 64 octets where a deliver_sm has 20, and a response's message_id may be of any size.
bool encodable(CommandId id, const ShortMessage& pdu);
bool encodable(const QuerySm& pdu);
bool encodable(const AlertNotification& pdu);

/// Append one whole PDU to `out`. The caller's fields fit the specification's sizes; `ensure` checks. Ask encodable()
/// before where they are a peer's.
void encode_bind(BindKind kind, const Bind& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_outbind(const Outbind& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_bind_resp(BindKind kind, CommandStatus status, std::string_view system_id,
                      std::optional<std::uint8_t> sc_interface_version, std::uint32_t sequence,
                      std::vector<std::byte>& out);
void encode_short_message(CommandId id, const ShortMessage& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
/// deliver_sm_resp carries an empty message_id (section 4.6.2); an error of submit_sm_resp carries no body.
void encode_message_resp(CommandId request, CommandStatus status, std::string_view message_id, std::uint32_t sequence,
                         std::vector<std::byte>& out);
void encode_submit_multi(const SubmitMulti& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_submit_multi_resp(const SubmitMultiResp& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_query_sm(const QuerySm& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_query_sm_resp(const QuerySmResp& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_cancel_sm(const CancelSm& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_replace_sm(const ReplaceSm& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
void encode_alert_notification(const AlertNotification& pdu, std::uint32_t sequence, std::vector<std::byte>& out);
/// enquire_link, unbind, their responses, generic_nack, cancel_sm_resp, replace_sm_resp and any response that is an
/// error: a header and nothing else.
void encode_header_only(std::uint32_t command_id, CommandStatus status, std::uint32_t sequence,
                        std::vector<std::byte>& out);

}  // namespace jejak::smpp
