#include <algorithm>

#include "protocol/smpp/session.hpp"

/// What a session makes of responses: matched or counted, never answered.
namespace jejak::smpp {

std::optional<Event> Session::take_response(const Frame& frame, SteadyTime now) {
    const auto& header = frame.header;
    if (header.command_id == static_cast<std::uint32_t>(CommandId::generic_nack)) return take_nack(frame, now);
    const auto request = static_cast<CommandId>(header.command_id & ~response_bit);
    switch (request) {
        case CommandId::bind_receiver:
        case CommandId::bind_transmitter:
        case CommandId::bind_transceiver:
            if (options_.side == Side::esme && state_ == State::unbound && request == command_of(kind_) &&
                header.sequence_number == bind_sequence_) {
                return take_bind_resp(frame, now);
            }
            break;
        case CommandId::submit_sm:
        case CommandId::deliver_sm:
        case CommandId::data_sm:
        case CommandId::query_sm:
            return take_answer(request, frame, now);
        case CommandId::enquire_link:
            if (enquire_sequence_ != 0 && header.sequence_number == enquire_sequence_) {
                enquire_sequence_ = 0;
                hear_congestion(Tlvs(frame.body), now);
                return std::nullopt;
            }
            break;
        case CommandId::unbind:
            if (state_ == State::unbinding && header.sequence_number == unbind_sequence_) {
                end(Closed::Why::unbound);
                return std::nullopt;
            }
            break;
        default:
            break;
    }
    ++counts_.unsolicited_responses;
    return std::nullopt;
}

/// A peer that could not make sense of a request of ours: that request failed, whatever it was.
std::optional<Event> Session::take_nack(const Frame& frame, SteadyTime now) {
    const auto& header = frame.header;
    ++counts_.nacks_in;
    auto status = static_cast<CommandStatus>(header.command_status);
    if (status == CommandStatus::ok) status = CommandStatus::system_error;
    if (const auto token = window_.take(header.sequence_number)) {
        RequestEnded ended{RequestEnded::How::answered, *token, status, {}, {}};
        if (const Tlvs tlvs(frame.body); !tlvs.damaged()) ended.tlvs = tlvs;  // SMPP 5.0 lets it have some
        ended.congestion = hear_congestion(ended.tlvs, now);
        return ended;
    }
    if (options_.side == Side::esme && state_ == State::unbound && header.sequence_number == bind_sequence_) {
        end(Closed::Why::bind_refused);
        return BindRefused{status};
    }
    if (state_ == State::unbinding && header.sequence_number == unbind_sequence_) end(Closed::Why::unbound);
    return std::nullopt;
}

std::optional<Event> Session::take_bind_resp(const Frame& frame, SteadyTime now) {
    const auto status = static_cast<CommandStatus>(frame.header.command_status);
    if (status != CommandStatus::ok) {
        end(Closed::Why::bind_refused);
        return BindRefused{status};
    }
    if (const auto pdu = decode_bind_resp(frame.body)) {
        peer_system_id_ = pdu->system_id;
        peer_version_ = known_version(pdu->tlvs.u8(Tag::sc_interface_version));
        hear_congestion(pdu->tlvs, now);
    }
    state_ = State::bound;
    return announce_bound(now);
}

std::optional<Event> Session::take_answer(CommandId request, const Frame& frame, SteadyTime now) {
    const auto token = window_.take(request, frame.header.sequence_number);
    if (!token) {
        ++counts_.unsolicited_responses;
        return take_late(request, frame);
    }
    RequestEnded ended{
        RequestEnded::How::answered, *token, static_cast<CommandStatus>(frame.header.command_status), {}, {}};
    if (request == CommandId::query_sm) {
        if (const auto pdu = decode_query_sm_resp(frame.body)) {
            ended.query = *pdu;
            ended.message_id = pdu->message_id;
            ended.tlvs = pdu->tlvs;
        }
    } else if (const auto pdu = decode_message_resp(frame.body)) {
        ended.message_id = pdu->message_id;
        ended.tlvs = pdu->tlvs;
    }
    if (ended.status != CommandStatus::ok && ended.tlvs.count() == 0) {  // an error may come without a message_id
        if (const Tlvs alone(frame.body); !alone.damaged() && alone.count() > 0) {
            ended.message_id = {};
            ended.tlvs = alone;
        }
    }
    ended.congestion = hear_congestion(ended.tlvs, now);
    return ended;
}

/// Too late for the response timer, not for what it says (B15). A question is asked again meanwhile.
std::optional<Event> Session::take_late(CommandId request, const Frame& frame) {
    const auto token = window_.take_late(request, frame.header.sequence_number);
    if (!token || request == CommandId::query_sm) return std::nullopt;
    AnsweredLate late{*token, static_cast<CommandStatus>(frame.header.command_status), {}};
    if (const auto pdu = decode_message_resp(frame.body)) late.message_id = pdu->message_id;
    return late;
}

/// Values above 100 say nothing (B20).
std::optional<std::uint8_t> Session::hear_congestion(const Tlvs& tlvs, SteadyTime now) {
    const auto percent = tlvs.u8(Tag::congestion_state);
    if (!percent || *percent > 100) return std::nullopt;
    congestion_ = Congestion{*percent, now};
    return percent;
}

/// Versions before 3.4 know no TLVs and are told apart from it by nothing else; after 5.0 there is none.
std::optional<std::uint8_t> Session::known_version(std::optional<std::uint8_t> version) {
    if (!version || *version < 0x34) return std::nullopt;
    return std::min<std::uint8_t>(*version, 0x50);
}

}  // namespace jejak::smpp
