#include "protocol/smpp/session.hpp"

#include <algorithm>

#include "protocol/ensure.hpp"

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

CommandId command_of(BindKind kind) {
    switch (kind) {
        case BindKind::receiver:
            return CommandId::bind_receiver;
        case BindKind::transmitter:
            return CommandId::bind_transmitter;
        case BindKind::transceiver:
            break;
    }
    return CommandId::bind_transceiver;
}

/// Versions before 3.4 know no TLVs and are told apart from it by nothing else; after 5.0 there is none.
std::optional<std::uint8_t> known_version(std::optional<std::uint8_t> version) {
    if (!version || *version < 0x34) return std::nullopt;
    return std::min<std::uint8_t>(*version, 0x50);
}

/// The first octets of a peer that speaks something else: printable (HTTP, SSH, …) or a TLS handshake record.
bool other_protocol(std::uint32_t command_length) {
    if (command_length >> 16 == 0x1603) return true;
    for (int shift = 0; shift < 32; shift += 8) {
        const auto octet = command_length >> shift & 0xFF;
        if (octet < 0x20 || octet > 0x7E) return false;
    }
    return true;
}

}  // namespace

Session::Session(SessionOptions options, SteadyTime now)
    : options_(std::move(options)),
      frames_(options_.unbound_pdu_size_max),
      window_(options_.window_max),
      timers_(options_.timers, now),
      kind_(options_.bind) {
    if (options_.side == Side::smsc) return;
    Bind bind;
    bind.system_id = options_.system_id;
    bind.password = options_.password;
    bind.system_type = options_.system_type;
    bind.interface_version = options_.interface_version;
    bind_sequence_ = window_.next_sequence();
    encode_bind(kind_, bind, bind_sequence_, next_output());
}

// ---- Octets in

std::span<std::byte> Session::writable() {
    return frames_.writable();
}

void Session::received(std::size_t size, SteadyTime now) {
    frames_.commit(size);
    if (size > 0) timers_.heard(now);
}

bool Session::may_read() const {
    const auto waiting = writing_.size() - written_ + gathering_.size();
    return state_ != State::judging && owed_ < options_.owed_max && waiting < options_.output_max;
}

void Session::disconnected() {
    disconnected_ = true;
}

std::optional<Event> Session::poll(SteadyTime now) {
    if (announce_bound_) return announce_bound(now);
    if (state_ == State::closed) return farewell();
    if (const auto token = window_.expire(now)) {
        return RequestEnded{RequestEnded::How::unanswered, *token, CommandStatus::ok, {}};
    }
    while (state_ != State::judging) {
        const auto next = frames_.next();
        if (!next) {
            lose_framing(next.error());
            return farewell();
        }
        if (!*next) {
            if (options_.side == Side::smsc && frames_.pending() > 0) timers_.pdu_begun(now);
            break;
        }
        timers_.pdu_whole();
        if (auto event = take(**next, now)) return event;
        if (state_ == State::closed) return farewell();
    }
    progress(now);
    if (state_ == State::closed) return farewell();
    return std::nullopt;
}

std::optional<Event> Session::take(const Frame& frame, SteadyTime now) {
    ++counts_.pdus_in;
    if (is_response(frame.header.command_id)) return take_response(frame, now);
    return take_request(frame, now);
}

// ---- Responses: matched or counted, never answered

std::optional<Event> Session::take_response(const Frame& frame, SteadyTime now) {
    const auto& header = frame.header;
    if (header.command_id == static_cast<std::uint32_t>(CommandId::generic_nack)) return take_nack(header);
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
            return take_answer(request, frame);
        case CommandId::enquire_link:
            if (enquire_sequence_ != 0 && header.sequence_number == enquire_sequence_) {
                enquire_sequence_ = 0;
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
std::optional<Event> Session::take_nack(const Header& header) {
    ++counts_.nacks_in;
    auto status = static_cast<CommandStatus>(header.command_status);
    if (status == CommandStatus::ok) status = CommandStatus::system_error;
    if (const auto token = window_.take(header.sequence_number)) {
        return RequestEnded{RequestEnded::How::answered, *token, status, {}};
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
    }
    state_ = State::bound;
    return announce_bound(now);
}

std::optional<Event> Session::take_answer(CommandId request, const Frame& frame) {
    const auto token = window_.take(request, frame.header.sequence_number);
    if (!token) {
        ++counts_.unsolicited_responses;
        return std::nullopt;
    }
    RequestEnded ended{
        RequestEnded::How::answered, *token, static_cast<CommandStatus>(frame.header.command_status), {}};
    if (const auto pdu = decode_message_resp(frame.body)) ended.message_id = pdu->message_id;
    return ended;
}

// ---- Requests: each is answered once, by us here or by the owner's respond()

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
            // No ESME takes these; an SMSC of ours does not offer them.
            put(response_of(command),
                bound() && options_.side == Side::smsc ? CommandStatus::invalid_command_id
                                                       : CommandStatus::invalid_bind_status,
                header.sequence_number);
            return std::nullopt;
        case CommandId::alert_notification:
        case CommandId::outbind:
            ++counts_.ignored_requests;
            return std::nullopt;
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
    if (!bound()) {  // ending: an SMSC says so; an ESME stays silent, so that the SMSC keeps its message
        if (options_.side == Side::smsc) put(response_of(command), CommandStatus::invalid_bind_status, sequence);
        return std::nullopt;
    }
    MessageArrived arrived{command, sequence, std::nullopt, CommandStatus::ok, frame.body};
    if (const auto pdu = decode_short_message(command, frame.body)) {
        arrived.message = *pdu;
    } else {
        arrived.malformed = pdu.error();
    }
    ++owed_;
    return arrived;
}

void Session::take_unbind(const Header& header, SteadyTime now) {
    if (state_ == State::bound || state_ == State::draining) {
        state_ = State::peer_unbinding;
        unbind_sequence_ = header.sequence_number;
        timers_.unbinding(now);
        return;  // answered by progress(), at once unless we owe answers
    }
    put(response_of(CommandId::unbind), CommandStatus::ok, header.sequence_number);
    if (state_ == State::unbinding) end(Closed::Why::unbound);
    if (state_ == State::unbound) end(Closed::Why::peer_unbound);
}

// ---- What the owner says

bool Session::ours(CommandId command) const {
    if (options_.side == Side::esme) {
        return kind_ != BindKind::receiver && (command == CommandId::submit_sm || command == CommandId::data_sm);
    }
    return kind_ != BindKind::transmitter && (command == CommandId::deliver_sm || command == CommandId::data_sm);
}

/// An ESME takes a report on whatever bind it comes; an SMSC holds its peer to what it bound as.
bool Session::theirs(CommandId command) const {
    if (state_ == State::unbound) return false;
    if (options_.side == Side::esme) return command == CommandId::deliver_sm || command == CommandId::data_sm;
    return kind_ != BindKind::receiver && (command == CommandId::submit_sm || command == CommandId::data_sm);
}

bool Session::may_send() const {
    return state_ == State::bound && !disconnected_ && !window_.full() &&
           (ours(CommandId::submit_sm) || ours(CommandId::deliver_sm));
}

void Session::send(CommandId command, const ShortMessage& message, std::uint64_t token, SteadyTime now) {
    ensure(may_send() && ours(command));
    const auto sequence = window_.add(command, token, SessionTimers::after(now, options_.timers.response));
    encode_short_message(command, message, sequence, next_output());
}

void Session::respond(CommandId command, std::uint32_t sequence, CommandStatus status, std::string_view message_id) {
    if (owed_ == 0) return;
    --owed_;
    if (state_ == State::closed && why_ != Closed::Why::closed_by_peer) return;
    encode_message_resp(command, status, message_id, sequence, next_output());
}

void Session::accept_bind(std::string_view our_system_id) {
    if (state_ == State::closed) return;
    ensure(state_ == State::judging);
    const auto version = peer_version_ ? std::optional(options_.interface_version) : std::nullopt;
    encode_bind_resp(kind_, CommandStatus::ok, our_system_id, version, bind_sequence_, next_output());
    state_ = State::bound;
    announce_bound_ = true;
}

void Session::refuse_bind(CommandStatus status) {
    if (state_ == State::closed) return;
    ensure(state_ == State::judging && status != CommandStatus::ok);
    put(response_of(command_of(kind_)), status, bind_sequence_);
    end(Closed::Why::bind_refused);
}

void Session::close(SteadyTime now) {
    if (state_ == State::unbound || state_ == State::judging) return end(Closed::Why::unbound);
    if (state_ != State::bound) return;
    state_ = State::draining;
    timers_.draining(now);
}

// ---- Time

SteadyTime Session::deadline() const {
    if (state_ == State::closed) return SteadyTime::max();
    return std::min(timers_.deadline(), window_.deadline());
}

void Session::tick(SteadyTime now) {
    for (;;) {
        switch (timers_.take(now)) {
            case SessionTimers::Due::nothing:
                return;
            case SessionTimers::Due::bind_timeout:
                end(Closed::Why::bind_timeout);
                break;
            case SessionTimers::Due::incomplete:
            case SessionTimers::Due::link_silent:
                end(Closed::Why::link_silent);
                break;
            case SessionTimers::Due::enquire:
                enquire_sequence_ = window_.next_sequence();
                put(static_cast<std::uint32_t>(CommandId::enquire_link), CommandStatus::ok, enquire_sequence_);
                break;
            case SessionTimers::Due::drained:
                send_unbind(now);
                break;
            case SessionTimers::Due::unbind_timeout:
                state_ == State::peer_unbinding ? answer_unbind() : end(Closed::Why::unbound);
                break;
        }
    }
}

// ---- Changes of state

std::optional<Event> Session::announce_bound(SteadyTime now) {
    announce_bound_ = false;
    frames_.limit(options_.pdu_size_max);
    if (state_ == State::bound) timers_.bound(now);
    return Bound{kind_, peer_system_id_, peer_version_};
}

/// What had to wait for the last frame: a lost peer, or an ending whose work is done.
void Session::progress(SteadyTime now) {
    if (state_ == State::draining && window_.size() == 0 && owed_ == 0) send_unbind(now);
    if (state_ == State::peer_unbinding && owed_ == 0) answer_unbind();
    if (!disconnected_) return;
    if (state_ == State::unbinding) return end(Closed::Why::unbound);
    end(state_ == State::peer_unbinding ? Closed::Why::peer_unbound : Closed::Why::closed_by_peer);
}

void Session::answer_unbind() {
    put(response_of(CommandId::unbind), CommandStatus::ok, unbind_sequence_);
    end(Closed::Why::peer_unbound);
}

void Session::send_unbind(SteadyTime now) {
    state_ = State::unbinding;
    unbind_sequence_ = window_.next_sequence();
    put(static_cast<std::uint32_t>(CommandId::unbind), CommandStatus::ok, unbind_sequence_);
    timers_.unbinding(now);
}

void Session::lose_framing(const FrameError& error) {
    if (counts_.pdus_in == 0 && other_protocol(error.command_length)) return end(Closed::Why::not_smpp);
    put(static_cast<std::uint32_t>(CommandId::generic_nack), CommandStatus::invalid_command_length, error.sequence);
    end(Closed::Why::framing_lost);
}

void Session::end(Closed::Why why) {
    if (state_ == State::closed) return;
    state_ = State::closed;
    why_ = why;
    timers_.stop();
}

/// The last events: what became of our requests, then the end.
std::optional<Event> Session::farewell() {
    if (const auto token = window_.take_oldest()) {
        return RequestEnded{RequestEnded::How::unanswered, *token, CommandStatus::ok, {}};
    }
    if (said_closed_) return std::nullopt;
    said_closed_ = true;
    return Closed{why_};
}

bool Session::bound() const {
    return state_ == State::bound || state_ == State::draining;
}

// ---- Octets out

std::vector<std::byte>& Session::next_output() {
    ++counts_.pdus_out;
    return gathering_;
}

void Session::put(std::uint32_t command_id, CommandStatus status, std::uint32_t sequence) {
    encode_header_only(command_id, status, sequence, next_output());
}

std::span<const std::byte> Session::output() const {
    if (written_ == writing_.size()) {
        writing_.clear();
        written_ = 0;
        std::swap(writing_, gathering_);
    }
    return std::span(writing_).subspan(written_);
}

void Session::consumed(std::size_t size) {
    ensure(size <= writing_.size() - written_);
    written_ += size;
}

}  // namespace jejak::smpp
