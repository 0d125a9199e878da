#include "protocol/smpp/session.hpp"

#include <algorithm>
#include <array>

#include "protocol/ensure.hpp"

namespace jejak::smpp {
namespace {

/// The first octets of a peer that speaks something else: printable (HTTP, SSH, …) or a TLS handshake record.
bool other_protocol(std::uint32_t command_length) {
    if (command_length >> 16 == 0x1603) return true;
    for (int shift = 0; shift < 32; shift += 8) {
        const auto octet = command_length >> shift & 0xFF;
        if (octet < 0x20 || octet > 0x7E) return false;
    }
    return true;
}

/// An ESME's enquire_link keeps its session alive: it does not end one for want of messages (B14).
TimerLimits limits_of(const SessionOptions& options) {
    auto limits = options.timers;
    if (options.side == Side::esme) limits.inactivity = std::chrono::milliseconds(0);
    return limits;
}

/// What a peer that has not bound may leave unread: it is owed a few headers at most.
constexpr std::size_t unbound_output_max = 4'096;

/// Whether this PDU is about the link only.
bool idle_talk(std::uint32_t command_id) {
    return (command_id & ~response_bit) == static_cast<std::uint32_t>(CommandId::enquire_link);
}

bool is_bind(std::uint32_t command_id) {
    const auto command = static_cast<CommandId>(command_id);
    return command == CommandId::bind_receiver || command == CommandId::bind_transmitter ||
           command == CommandId::bind_transceiver;
}

}  // namespace

std::string_view to_string(Closed::Why why) {
    constexpr std::array<std::string_view, 11> names{
        "unbound",      "peer_unbound",   "framing_lost",      "not_smpp", "link_silent", "bind_timeout",
        "bind_refused", "closed_by_peer", "unbind_unanswered", "inactive", "no_bind"};
    return names[static_cast<std::size_t>(why)];
}

Session::Session(SessionOptions options, SteadyTime now)
    : options_(std::move(options)),
      frames_(options_.unbound_pdu_size_max),
      window_(options_.window_max),
      timers_(limits_of(options_), now),
      kind_(options_.bind) {
    if (options_.side == Side::smsc) return;
    Bind bind;
    bind.system_id = options_.system_id;
    bind.password = options_.password;
    bind.system_type = options_.system_type;
    bind.interface_version = options_.interface_version;
    bind.addr_ton = options_.address_range_ton;
    bind.addr_npi = options_.address_range_npi;
    bind.address_range = options_.address_range;
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
    const bool stranger = options_.side == Side::smsc && state_ == State::unbound;
    const auto output_max = stranger ? std::min(unbound_output_max, options_.output_max) : options_.output_max;
    return state_ != State::judging && owed_ < options_.owed_max && !held_back_ && waiting < output_max;
}

/// The next PDU asks for something, and as much is owed as may be: it stays where it is, and so does what is behind it.
/// Who is only told to wait may still go.
bool Session::must_hold_back() const {
    const bool window_full = owed_ >= options_.owed_max;
    const bool told_to_wait = hold_ && state_ == State::bound;
    if ((!window_full && !told_to_wait) || disconnected_) return false;
    const auto next = frames_.head();
    if (!next || is_response(next->command_id) || idle_talk(next->command_id)) return false;
    return window_full || next->command_id != static_cast<std::uint32_t>(CommandId::unbind);
}

void Session::disconnected() {
    disconnected_ = true;
}

std::optional<Event> Session::poll(SteadyTime now) {
    if (announce_bound_) return announce_bound(now);
    if (state_ == State::closed) return farewell();
    if (const auto token = window_.expire(now)) {
        return RequestEnded{RequestEnded::How::unanswered, *token, CommandStatus::ok, {}, {}};
    }
    held_back_ = false;
    while (state_ != State::judging) {
        held_back_ = must_hold_back();
        if (held_back_) break;
        const auto next = frames_.next();
        if (!next) {
            lose_framing(next.error());
            return farewell();
        }
        if (!*next) break;
        timers_.pdu_whole();
        if (auto event = take(**next, now)) return event;
        if (state_ == State::closed) return farewell();
    }
    heed_reading(now);
    if (frames_.pending() > 0) timers_.pdu_begun(now);
    progress(now);
    if (state_ == State::closed) return farewell();
    return std::nullopt;
}

std::optional<Event> Session::take(const Frame& frame, SteadyTime now) {
    ++counts_.pdus_in;
    if (!idle_talk(frame.header.command_id)) timers_.active(now);
    if (talks_without_bind(frame.header)) {
        end(Closed::Why::no_bind);
        return std::nullopt;
    }
    if (is_response(frame.header.command_id)) return take_response(frame, now);
    return take_request(frame, now);
}

/// Whoever means to bind says little before it.
bool Session::talks_without_bind(const Header& header) {
    if (options_.side == Side::esme || state_ != State::unbound || is_bind(header.command_id)) return false;
    return ++unbound_pdus_ > options_.unbound_pdus_max;
}

// ---- What the owner says

bool Session::ours(CommandId command) const {
    if (options_.side == Side::esme) {
        return kind_ != BindKind::receiver && (command == CommandId::submit_sm || command == CommandId::data_sm);
    }
    return kind_ != BindKind::transmitter && (command == CommandId::deliver_sm || command == CommandId::data_sm);
}

bool Session::may_send() const {
    return state_ == State::bound && !disconnected_ && !window_.full() &&
           (ours(CommandId::submit_sm) || ours(CommandId::deliver_sm));
}

bool Session::send(CommandId command, const ShortMessage& message, std::uint64_t token, SteadyTime now) {
    ensure(may_send() && ours(command));
    if (!encodable(command, message)) return false;
    const auto sequence = window_.add(command, token, SessionTimers::after(now, options_.timers.response));
    auto said = message;
    const bool needed = command == CommandId::data_sm || message.tlvs.find(Tag::message_payload) ||
                        message.tlvs.find(Tag::ussd_service_op);
    if (!needed && !may_send_tlvs()) said.tlvs = Tlvs();
    encode_short_message(command, said, sequence, next_output());
    return true;
}

bool Session::query(const QuerySm& question, std::uint64_t token, SteadyTime now) {
    ensure(may_send() && options_.side == Side::esme);
    if (!encodable(question)) return false;
    const auto deadline = SessionTimers::after(now, options_.timers.response);
    encode_query_sm(question, window_.add(CommandId::query_sm, token, deadline), next_output());
    return true;
}

bool Session::may_alert() const {
    return options_.side == Side::smsc && state_ == State::bound && !disconnected_ && kind_ != BindKind::transmitter;
}

bool Session::alert(const AlertNotification& alert) {
    ensure(may_alert());
    if (!encodable(alert)) return false;
    auto said = alert;
    if (!may_send_tlvs()) said.tlvs = Tlvs();
    encode_alert_notification(said, window_.next_sequence(), next_output());
    return true;
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

void Session::close(SteadyTime now, std::optional<std::chrono::milliseconds> drain) {
    if (state_ == State::unbound || state_ == State::judging) return end(Closed::Why::unbound);
    if (state_ == State::bound) {
        state_ = State::draining;
        timers_.draining(now);
    }
    if (state_ == State::draining && drain) timers_.drain_within(*drain, now);
}

// ---- Time

SteadyTime Session::deadline() const {
    if (state_ == State::closed) return SteadyTime::max();
    return std::min(timers_.deadline(), window_.deadline());
}

void Session::tick(SteadyTime now) {
    heed_reading(now);
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
            case SessionTimers::Due::inactive:
                if (owed_ > 0 || window_.size() > 0) {
                    timers_.active(now);
                } else if (state_ == State::bound) {
                    inactive_ = true;
                    send_unbind(now);
                }
                break;
            case SessionTimers::Due::drained:
                send_unbind(now);
                break;
            case SessionTimers::Due::unbind_timeout:
                state_ == State::peer_unbinding ? answer_unbind() : end(Closed::Why::unbind_unanswered);
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
    if (state_ == State::unbinding) return end(Closed::Why::unbind_unanswered);
    end(state_ == State::peer_unbinding ? Closed::Why::peer_unbound : Closed::Why::closed_by_peer);
}

/// While we leave the peer's octets in the socket, its silence and its unfinished PDU are our own doing.
void Session::heed_reading(SteadyTime now) {
    if (state_ == State::closed) return;
    may_read() ? timers_.reading(now) : timers_.not_reading();
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
    why_ = inactive_ && why == Closed::Why::unbound ? Closed::Why::inactive : why;
    timers_.stop();
}

/// The last events: what became of our requests, then the end.
std::optional<Event> Session::farewell() {
    if (const auto token = window_.take_oldest()) {
        return RequestEnded{RequestEnded::How::unanswered, *token, CommandStatus::ok, {}, {}};
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
