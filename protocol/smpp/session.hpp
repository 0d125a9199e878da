#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "protocol/smpp/codec.hpp"
#include "protocol/smpp/frame.hpp"
#include "protocol/smpp/timers.hpp"
#include "protocol/smpp/window.hpp"
#include "protocol/time.hpp"

namespace jejak::smpp {

/// Which side we are: an ESME binds, an SMSC answers binds.
enum class Side : std::uint8_t { esme, smsc };

struct SessionOptions {
    Side side = Side::esme;
    BindKind bind = BindKind::transceiver;  ///< ESME: what to ask for
    std::string system_id;                  ///< ours, in the bind or in its response
    std::string password;                   ///< ESME only
    std::string system_type;                ///< ESME only
    std::string address_range;              ///< ESME only: which numbers' messages it takes, for the SMSC to read
    std::uint8_t address_range_ton = 0, address_range_npi = 0;
    std::uint8_t interface_version = 0x34;
    std::size_t window_max = 10;  ///< our requests awaiting a response
    std::size_t pdu_size_max = 70'000;
    std::size_t unbound_pdu_size_max = 1'024;
    std::size_t unbound_pdus_max = 16;  ///< SMSC: what may come before the bind; then the session ends
    std::size_t owed_max = 1'000;       ///< their messages awaiting our answer; no more are taken, nor read
    std::size_t output_max = 262'144;   ///< octets the peer has not taken, before we stop reading
    bool operations = false;            ///< SMSC: submit_multi, query_sm, cancel_sm, replace_sm arrive; else refused
    bool strict = false;                ///< SMSC: a body that breaks the specification is answered with its status (M1)
    bool refuse_trailing = false;       ///< strict: octets after the last field break it too (F7)
    bool tlvs_always = false;           ///< send TLVs even to a peer that did not say it knows them (B6)
    TimerLimits timers;
};

/// Our bind was accepted (ESME) or we accepted theirs (SMSC).
struct Bound {
    BindKind kind = BindKind::transceiver;
    std::string_view system_id;                ///< the peer's
    std::optional<std::uint8_t> peer_version;  ///< 0x34 to 0x50; empty: assume 3.3, send no TLVs
};
/// Our bind was refused; the session is over.
struct BindRefused {
    CommandStatus status;
};
/// SMSC: a peer asks to bind; answer with accept_bind() or refuse_bind() before the next poll.
struct BindRequested {
    BindKind kind;
    Bind pdu;
};
/// A deliver_sm or data_sm (ESME), or a submit_sm or data_sm (SMSC) came; owe it respond(). A body that does not decode
/// comes as `malformed` with the raw octets: a report may hide in it.
struct MessageArrived {
    CommandId command = CommandId::deliver_sm;
    std::uint32_t sequence = 0;
    std::optional<ShortMessage> message;  ///< empty: did not decode
    CommandStatus malformed = CommandStatus::ok;
    std::span<const std::byte> body;
};
/// SMSC with `operations`: what an ESME asks about messages; each is owed its respond…(). What does not decode was
/// refused already. A `strict` one refused damaged messages too.
struct MultiArrived {
    std::uint32_t sequence = 0;
    SubmitMulti pdu;
};
struct QueryRequested {
    std::uint32_t sequence = 0;
    QuerySm pdu;
};
struct CancelRequested {
    std::uint32_t sequence = 0;
    CancelSm pdu;
};
struct ReplaceRequested {
    std::uint32_t sequence = 0;
    ReplaceSm pdu;
};
/// ESME: a subscriber is there again. There is nothing to answer.
struct AlertArrived {
    AlertNotification pdu;
};
/// SMSC's side, before a bind: the peer is an SMSC itself and wishes that we bind to it. There is nothing to answer,
/// and nothing here says where it may be found: bind to a configured address or not at all (B24). The session stays
/// unbound.
struct OutbindArrived {
    Outbind pdu;
};
/// A request of ours was answered, or never will be. `token` is what send() or query() was given.
struct RequestEnded {
    enum class How : std::uint8_t {
        answered,    ///< `status` and `message_id` are the peer's
        unanswered,  ///< response timer ran out or the session ended after it was handed to the wire: outcome unknown
    };
    How how = How::answered;
    std::uint64_t token = 0;
    CommandStatus status = CommandStatus::ok;
    std::string_view message_id;
    Tlvs tlvs;                                        ///< of the response
    std::optional<std::uint8_t> congestion = {};      ///< congestion_state in it: per cent, 0 to 100
    std::optional<QuerySmResp> query = std::nullopt;  ///< the answer to a query(), if it decodes
};
/// The answer to a message that RequestEnded called unanswered came after all, in the same session.
struct AnsweredLate {
    std::uint64_t token = 0;
    CommandStatus status = CommandStatus::ok;
    std::string_view message_id;
};
/// The session is over: flush output(), then close the socket.
struct Closed {
    enum class Why : std::uint8_t {
        unbound,
        peer_unbound,
        framing_lost,
        not_smpp,
        link_silent,
        bind_timeout,
        bind_refused,
        closed_by_peer,
        unbind_unanswered,  ///< our unbind had no answer: what was written before it may not have been read
        inactive,           ///< SMSC: we unbound a peer that exchanged nothing for TimerLimits::inactivity
        no_bind             ///< SMSC: more than SessionOptions::unbound_pdus_max came, and none of it was a bind
    };
    Why why = Why::unbound;
};
/// `peer_unbound` and the like.
std::string_view to_string(Closed::Why why);

using Event =
    std::variant<Bound, BindRefused, BindRequested, MessageArrived, RequestEnded, Closed, MultiArrived, QueryRequested,
                 CancelRequested, ReplaceRequested, AlertArrived, OutbindArrived, AnsweredLate>;

/// How full the peer says it is: the last congestion_state any of its responses carried. source: SMPP 5.0 section
/// 4.8.4.18
struct Congestion {
    std::uint8_t percent = 0;
    SteadyTime heard;
};

/// One SMPP session as a value: octets and time go in, octets and events come out. Knows no socket, thread or store;
/// the owner moves bytes, calls tick() at deadline(), and answers every MessageArrived when its commit is durable.
///
/// Order of calls: construct, then any of received()/tick()/send()/respond()/close(); after each, poll() until empty
/// and write output(). Views in an event live until the next poll(), writable() or send(). A read into writable() and a
/// write of output() may stay under way meanwhile: only writable() and consumed() move those octets.
///
/// What is lenient here follows from one rule: a report must not be lost. An ESME takes a message it can read in part,
/// and one it cannot read as raw octets; one that comes after its unbind stays unanswered, so that the SMSC keeps it.
class Session {
public:
    /// An ESME's bind is in output() at once. The texts of `options` fit their fields (section 4.1).
    Session(SessionOptions options, SteadyTime now);

    /// Where to read the peer's octets into, and how many came. Ask only after poll() said there is no more.
    std::span<std::byte> writable();
    void received(std::size_t size, SteadyTime now);
    /// False while as many answers are owed as may be, too much output waits or a bind is unanswered: leave the peer's
    /// octets in the socket, and poll again when that has changed: requests that came with the last read may wait here.
    bool may_read() const;
    /// The peer closed or the socket failed: what had come is still told, every outstanding request ends unanswered,
    /// then Closed. Answers given afterwards still go to output(), for a peer that only closed its own direction.
    void disconnected();

    std::optional<Event> poll(SteadyTime now);
    /// While `on`, a bound peer's requests, and what is behind them, wait for a later poll(): the owner has no room.
    void hold_requests(bool on) { hold_ = on; }
    /// One does wait for that.
    bool holds_requests() const { return hold_ && held_back_; }

    /// Octets to write; they stay where they are until consumed(). There may be more after those.
    std::span<const std::byte> output() const;
    void consumed(std::size_t size);

    /// What our messages leave as: submit_sm (ESME), deliver_sm (SMSC).
    CommandId message_command() const {
        return options_.side == Side::esme ? CommandId::submit_sm : CommandId::deliver_sm;
    }
    /// SMSC, before accept_bind(): how many requests may be unanswered on this peer's session, ours and theirs.
    void limit(std::size_t window_max, std::size_t owed_max) {
        window_ = Window(window_max);
        options_.owed_max = owed_max;
    }
    /// True when a request may leave now: bound with the right direction, room in the window, not closing.
    bool may_send() const;
    /// False: TLVs are left out of what is sent, unless they are its text, or make it a screen of USSD: whoever takes
    /// part in that knows them (B5, B6).
    bool may_send_tlvs() const { return options_.tlvs_always || peer_version_.has_value(); }
    /// Sends submit_sm or data_sm (ESME), deliver_sm or data_sm (SMSC). `may_send()` must hold. `token` comes back in
    /// RequestEnded. False: not encodable(), nothing was sent and nothing will come back.
    bool send(CommandId command, const ShortMessage& message, std::uint64_t token, SteadyTime now);
    /// ESME: asks what became of a message; RequestEnded::query is the answer. `may_send()` must hold. False as above.
    bool query(const QuerySm& question, std::uint64_t token, SteadyTime now);
    /// SMSC: tells a receiver or transceiver that a subscriber is there again. `may_alert()` must hold.
    /// False as above.
    bool may_alert() const;
    bool alert(const AlertNotification& alert);

    /// Answers a MessageArrived, a cancel_sm or replace_sm, or any request with an error. Harmless after the session
    /// closed, as are the others.
    void respond(CommandId command, std::uint32_t sequence, CommandStatus status, std::string_view message_id = {});
    /// Answers a query_sm, a submit_multi with ESME_ROK. `answer.failed` are the destinations that were not accepted.
    void respond(std::uint32_t sequence, const QuerySmResp& answer);
    void respond(std::uint32_t sequence, const SubmitMultiResp& answer);

    /// SMSC: the answer to the last BindRequested. Harmless after the session closed.
    void accept_bind(std::string_view our_system_id);
    void refuse_bind(CommandStatus status);

    /// Orderly end: no new sends, waits for outstanding responses and owed answers, unbinds, then Closed. Messages that
    /// come meanwhile stay with their sender, as those that cross the unbind do. It waits TimerLimits::drain; called
    /// with less, also later, no longer than that.
    void close(SteadyTime now, std::optional<std::chrono::milliseconds> drain = std::nullopt);

    /// When tick() wants to be called next.
    SteadyTime deadline() const;
    void tick(SteadyTime now);

    bool bound() const;
    std::size_t outstanding() const { return window_.size(); }  ///< our requests awaiting a response
    std::size_t owed() const { return owed_; }                  ///< their messages and operations awaiting ours
    std::optional<Congestion> congestion() const { return congestion_; }

    /// What the session counted since it began; for metrics and the simulator's prints.
    struct Counts {
        std::uint64_t pdus_in = 0, pdus_out = 0, nacks_in = 0, unsolicited_responses = 0, unknown_commands = 0;
        std::uint64_t ignored_requests = 0;  ///< those that have no response and came at no time or on no side for them
        std::uint64_t refused = 0;           ///< bodies answered with what they break
        std::uint64_t trailing = 0;          ///< messages with octets after the last field that are no TLV
        bool operator==(const Counts&) const = default;
    };
    const Counts& counts() const { return counts_; }

private:
    enum class State : std::uint8_t {
        unbound,  ///< ESME: our bind is unanswered; SMSC: none came
        judging,  ///< SMSC: a BindRequested waits for its answer
        bound,
        draining,        ///< close() was called: bound, but we send nothing new
        unbinding,       ///< our unbind is unanswered
        peer_unbinding,  ///< theirs is, because we owe answers
        closed
    };

    std::optional<Event> take(const Frame& frame, SteadyTime now);
    std::optional<Event> take_response(const Frame& frame, SteadyTime now);
    std::optional<Event> take_nack(const Frame& frame, SteadyTime now);
    std::optional<Event> take_bind_resp(const Frame& frame, SteadyTime now);
    std::optional<Event> take_answer(CommandId request, const Frame& frame, SteadyTime now);
    std::optional<Event> take_late(CommandId request, const Frame& frame);
    std::optional<Event> take_request(const Frame& frame, SteadyTime now);
    std::optional<Event> take_bind(BindKind kind, const Frame& frame);
    std::optional<Event> take_message(CommandId command, const Frame& frame);
    std::optional<Event> take_operation(CommandId command, const Frame& frame);
    std::optional<Event> take_alert(const Frame& frame);
    std::optional<Event> take_outbind(const Frame& frame);
    std::optional<Event> announce_bound(SteadyTime now);
    std::optional<Event> farewell();

    static std::optional<std::uint8_t> known_version(std::optional<std::uint8_t> version);
    std::optional<std::uint8_t> hear_congestion(const Tlvs& tlvs, SteadyTime now);
    template <class Requested, class Pdu>
    std::optional<Event> owe(const Frame& frame, const Decoded<Pdu>& pdu, CommandStatus wrong = CommandStatus::ok);
    std::optional<Event> refuse(CommandId command, std::uint32_t sequence, CommandStatus status);
    CommandStatus complaint(const ShortMessage& message);
    CommandStatus too_late() const;
    bool strict() const;
    bool settle_owed();
    bool must_hold_back() const;
    bool talks_without_bind(const Header& header);
    void take_unbind(const Header& header, SteadyTime now);
    void lose_framing(const FrameError& error);
    void progress(SteadyTime now);
    void heed_reading(SteadyTime now);
    void send_unbind(SteadyTime now);
    void answer_unbind();
    void put(std::uint32_t command_id, CommandStatus status, std::uint32_t sequence);
    void end(Closed::Why why);
    bool ours(CommandId command) const;
    bool theirs(CommandId command) const;
    std::vector<std::byte>& next_output();

    SessionOptions options_;
    FrameBuffer frames_;
    Window window_;
    SessionTimers timers_;
    Counts counts_;
    State state_ = State::unbound;
    Closed::Why why_ = Closed::Why::unbound;
    bool disconnected_ = false;
    bool announce_bound_ = false;  ///< accept_bind() was called, Bound is still to be told
    bool said_closed_ = false;
    bool inactive_ = false;  ///< our unbind is for want of activity

    BindKind kind_;
    std::string peer_system_id_;
    std::optional<std::uint8_t> peer_version_;
    std::uint32_t bind_sequence_ = 0;     ///< of the bind under way, ours or theirs
    std::uint32_t enquire_sequence_ = 0;  ///< of our last enquire_link; 0 when it was answered
    std::uint32_t unbind_sequence_ = 0;   ///< of the unbind under way, ours or theirs
    std::size_t unbound_pdus_ = 0;        ///< SMSC: that came before the bind
    std::size_t owed_ = 0;
    bool hold_ = false;
    bool held_back_ = false;  ///< poll() left a request where it was
    std::optional<Congestion> congestion_;

    /// Two buffers take turns: PDUs are encoded into one while the owner writes the other.
    mutable std::vector<std::byte> writing_;
    mutable std::vector<std::byte> gathering_;
    mutable std::size_t written_ = 0;
};

}  // namespace jejak::smpp
