#include "protocol/ensure.hpp"
#include "protocol/smpp/session.hpp"

/// What a session makes of requests: each that has a response is answered once, here or by the owner's respond().
namespace jejak::smpp {
namespace {

std::optional<BindKind> bind_kind(CommandId command) {
    switch (command) {
        case CommandId::bind_receiver:
            return BindKind::receiver;
        case CommandId::bind_transmitter:
            return BindKind::transmitter;
        case CommandId::bind_transceiver:
            return BindKind::transceiver;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<Event> Session::take_request(const Frame& frame, SteadyTime now) {
    const auto& header = frame.header;
    const auto command = static_cast<CommandId>(header.command_id);
    switch (command) {
        case CommandId::enquire_link:
            put(response_of(command), CommandStatus::ok, header.sequence_number);
            return std::nullopt;
        case CommandId::unbind:
            take_unbind(header, now);
            return std::nullopt;
        case CommandId::bind_receiver:
        case CommandId::bind_transmitter:
        case CommandId::bind_transceiver:
            return take_bind(*bind_kind(command), frame);
        case CommandId::submit_sm:
        case CommandId::deliver_sm:
        case CommandId::data_sm:
            return take_message(command, frame);
        case CommandId::query_sm:
        case CommandId::replace_sm:
        case CommandId::cancel_sm:
        case CommandId::submit_multi:
            return take_operation(command, frame);
        case CommandId::alert_notification:
            return take_alert(frame);
        case CommandId::outbind:
            return take_outbind(frame);
        default:
            break;
    }
    ++counts_.unknown_commands;
    put(static_cast<std::uint32_t>(CommandId::generic_nack), CommandStatus::invalid_command_id, header.sequence_number);
    return std::nullopt;
}

std::optional<Event> Session::take_bind(BindKind kind, const Frame& frame) {
    const auto id = response_of(command_of(kind));
    const auto sequence = frame.header.sequence_number;
    if (state_ != State::unbound) {
        put(id, CommandStatus::already_bound, sequence);
        return std::nullopt;
    }
    if (options_.side == Side::esme) {
        put(id, CommandStatus::invalid_bind_status, sequence);
        return std::nullopt;
    }
    const auto pdu = decode_bind(frame.body);
    if (!pdu) {
        put(id, pdu.error(), sequence);
        end(Closed::Why::bind_refused);
        return std::nullopt;
    }
    state_ = State::judging;
    kind_ = kind;
    bind_sequence_ = sequence;
    peer_system_id_ = pdu->system_id;
    peer_version_ = known_version(pdu->interface_version);
    return BindRequested{kind, *pdu};
}

std::optional<Event> Session::take_message(CommandId command, const Frame& frame) {
    const auto sequence = frame.header.sequence_number;
    if (!theirs(command)) {
        put(response_of(command), CommandStatus::invalid_bind_status, sequence);
        return std::nullopt;
    }
    if (state_ != State::bound) {  // ending: an SMSC says so; an ESME stays silent, so that the SMSC keeps its message
        if (options_.side == Side::smsc) put(response_of(command), too_late(), sequence);
        return std::nullopt;
    }
    MessageArrived arrived{command, sequence, std::nullopt, CommandStatus::ok, frame.body};
    if (const auto pdu = decode_short_message(command, frame.body)) {
        const auto wrong = complaint(*pdu);
        if (wrong != CommandStatus::ok) return refuse(command, sequence, wrong);
        arrived.message = *pdu;
    } else {
        if (strict()) return refuse(command, sequence, pdu.error());
        arrived.malformed = pdu.error();
    }
    ++owed_;
    return arrived;
}

/// What a strict SMSC refuses a message for. Trailing octets alone are counted, not held against it, unless told so.
CommandStatus Session::complaint(const ShortMessage& message) {
    if (message.trailing) ++counts_.trailing;
    if (!strict()) return CommandStatus::ok;
    if (message.trailing && options_.refuse_trailing) return CommandStatus::invalid_tlv_stream;
    return complaint_about(message);
}

std::optional<Event> Session::refuse(CommandId command, std::uint32_t sequence, CommandStatus status) {
    ++counts_.refused;
    put(response_of(command), status, sequence);
    return std::nullopt;
}

/// What an SMSC refuses a submission with that came after an unbind, or while ours is about to leave. One that crossed
/// it is as good as any other: its sender shall keep it, and many drop what is refused for its bind.
CommandStatus Session::too_late() const {
    const bool ours = state_ == State::unbinding || state_ == State::draining;
    return ours ? CommandStatus::temporary_app_error : CommandStatus::invalid_bind_status;
}

/// What only an SMSC takes, from a bind that may send, and only if its owner offers it.
std::optional<Event> Session::take_operation(CommandId command, const Frame& frame) {
    const auto sequence = frame.header.sequence_number;
    const bool multi = command == CommandId::submit_multi;
    const bool ending = !bound() || (multi && state_ == State::draining);
    if (ending || options_.side == Side::esme || kind_ == BindKind::receiver) {
        const bool crossed = multi && kind_ != BindKind::receiver;
        put(response_of(command), crossed ? too_late() : CommandStatus::invalid_bind_status, sequence);
        return std::nullopt;
    }
    if (!options_.operations) {
        put(response_of(command), CommandStatus::invalid_command_id, sequence);
        return std::nullopt;
    }
    switch (command) {
        case CommandId::submit_multi: {
            const auto pdu = decode_submit_multi(frame.body);
            return owe<MultiArrived>(frame, pdu, pdu ? complaint(pdu->message) : pdu.error());
        }
        case CommandId::query_sm:
            return owe<QueryRequested>(frame, decode_query_sm(frame.body));
        case CommandId::cancel_sm:
            return owe<CancelRequested>(frame, decode_cancel_sm(frame.body));
        default: {
            const auto pdu = decode_replace_sm(frame.body);
            return owe<ReplaceRequested>(frame, pdu, pdu && strict() ? complaint_about(*pdu) : CommandStatus::ok);
        }
    }
}

template <class Requested, class Pdu>
std::optional<Event> Session::owe(const Frame& frame, const Decoded<Pdu>& pdu, CommandStatus wrong) {
    const auto sequence = frame.header.sequence_number;
    if (!pdu) wrong = pdu.error();
    if (wrong != CommandStatus::ok) return refuse(static_cast<CommandId>(frame.header.command_id), sequence, wrong);
    ++owed_;
    return Requested{sequence, *pdu};
}

std::optional<Event> Session::take_alert(const Frame& frame) {
    if (options_.side == Side::esme && bound()) {
        if (const auto pdu = decode_alert_notification(frame.body)) return AlertArrived{*pdu};
    }
    ++counts_.ignored_requests;
    return std::nullopt;
}

std::optional<Event> Session::take_outbind(const Frame& frame) {
    if (options_.side == Side::smsc && state_ == State::unbound) {
        if (const auto pdu = decode_outbind(frame.body)) return OutbindArrived{*pdu};
    }
    ++counts_.ignored_requests;
    return std::nullopt;
}

void Session::take_unbind(const Header& header, SteadyTime now) {
    if (state_ == State::bound || state_ == State::draining) {
        state_ = State::peer_unbinding;
        unbind_sequence_ = header.sequence_number;
        timers_.unbinding(now);
        return;  // answered by progress(), at once unless we owe answers
    }
    put(response_of(CommandId::unbind), CommandStatus::ok, header.sequence_number);
    // While ours is unanswered, only its response says that what was written before it was read.
    if (state_ == State::unbound) end(Closed::Why::peer_unbound);
}

/// An ESME takes a report on whatever bind it comes; an SMSC holds its peer to what it bound as.
bool Session::theirs(CommandId command) const {
    if (state_ == State::unbound) return false;
    if (options_.side == Side::esme) return command == CommandId::deliver_sm || command == CommandId::data_sm;
    return kind_ != BindKind::receiver && (command == CommandId::submit_sm || command == CommandId::data_sm);
}

bool Session::strict() const {
    return options_.side == Side::smsc && options_.strict;
}

/// One owed answer less; false when there is nobody to give it to.
bool Session::settle_owed() {
    if (owed_ == 0) return false;
    --owed_;
    return state_ != State::closed || why_ == Closed::Why::closed_by_peer;
}

void Session::respond(CommandId command, std::uint32_t sequence, CommandStatus status, std::string_view message_id) {
    if (command == CommandId::submit_multi && status == CommandStatus::ok) {
        return respond(sequence, SubmitMultiResp{message_id, {}, {}});
    }
    ensure(command != CommandId::query_sm || status != CommandStatus::ok);
    if (!settle_owed()) return;
    if (command == CommandId::submit_sm || command == CommandId::deliver_sm || command == CommandId::data_sm) {
        return encode_message_resp(command, status, message_id, sequence, next_output());
    }
    put(response_of(command), status, sequence);
}

void Session::respond(std::uint32_t sequence, const QuerySmResp& answer) {
    if (settle_owed()) encode_query_sm_resp(answer, sequence, next_output());
}

void Session::respond(std::uint32_t sequence, const SubmitMultiResp& answer) {
    if (settle_owed()) encode_submit_multi_resp(answer, sequence, next_output());
}

}  // namespace jejak::smpp
