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
    std::uint8_t interface_version = 0x34;
    std::size_t window_max = 10;  ///< our requests awaiting a response
    std::size_t pdu_size_max = 70'000;
    std::size_t unbound_pdu_size_max = 1'024;
    std::size_t owed_max = 1'000;      ///< their messages awaiting our answer, before we stop reading
    std::size_t output_max = 262'144;  ///< octets the peer has not taken, before we stop reading
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
/// A request of ours was answered, or never will be. `token` is what send() was given.
struct RequestEnded {
    enum class How : std::uint8_t {
        answered,    ///< `status` and `message_id` are the peer's
        unanswered,  ///< response timer ran out or the session ended after it was handed to the wire: outcome unknown
    };
    How how = How::answered;
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
        closed_by_peer
    };
    Why why = Why::unbound;
};
using Event = std::variant<Bound, BindRefused, BindRequested, MessageArrived, RequestEnded, Closed>;

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
    /// False while too many answers are owed, too much output waits or a bind is unanswered: leave the peer's octets in
    /// the socket.
    bool may_read() const;
    /// The peer closed or the socket failed: what had come is still told, every outstanding request ends unanswered,
    /// then Closed. Answers given afterwards still go to output(), for a peer that only closed its own direction.
    void disconnected();

    std::optional<Event> poll(SteadyTime now);

    /// Octets to write; they stay where they are until consumed(). There may be more after those.
    std::span<const std::byte> output() const;
    void consumed(std::size_t size);

    /// True when a request may leave now: bound with the right direction, room in the window, not closing.
    bool may_send() const;
    /// Sends submit_sm or data_sm (ESME), deliver_sm or data_sm (SMSC). `may_send()` must hold. `token` comes back in
    /// RequestEnded.
    void send(CommandId command, const ShortMessage& message, std::uint64_t token, SteadyTime now);
    /// Answers a MessageArrived. Harmless after the session closed.
    void respond(CommandId command, std::uint32_t sequence, CommandStatus status, std::string_view message_id = {});

    /// SMSC: the answer to the last BindRequested. Harmless after the session closed.
    void accept_bind(std::string_view our_system_id);
    void refuse_bind(CommandStatus status);

    /// Orderly end: no new sends, waits for outstanding responses and owed answers, unbinds, then Closed.
    void close(SteadyTime now);

    /// When tick() wants to be called next.
    SteadyTime deadline() const;
    void tick(SteadyTime now);

    bool bound() const;
    std::size_t outstanding() const { return window_.size(); }  ///< our requests awaiting a response
    std::size_t owed() const { return owed_; }                  ///< their messages awaiting ours

    /// What the session counted since it began; for metrics and the simulator's prints.
    struct Counts {
        std::uint64_t pdus_in = 0, pdus_out = 0, nacks_in = 0, unsolicited_responses = 0, unknown_commands = 0;
        std::uint64_t ignored_requests = 0;  ///< those that have no response: alert_notification, outbind
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
    std::optional<Event> take_nack(const Header& header);
    std::optional<Event> take_bind_resp(const Frame& frame, SteadyTime now);
    std::optional<Event> take_answer(CommandId request, const Frame& frame);
    std::optional<Event> take_request(const Frame& frame, SteadyTime now);
    std::optional<Event> take_bind(BindKind kind, const Frame& frame);
    std::optional<Event> take_message(CommandId command, const Frame& frame);
    std::optional<Event> announce_bound(SteadyTime now);
    std::optional<Event> farewell();

    void take_unbind(const Header& header, SteadyTime now);
    void lose_framing(const FrameError& error);
    void progress(SteadyTime now);
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

    BindKind kind_;
    std::string peer_system_id_;
    std::optional<std::uint8_t> peer_version_;
    std::uint32_t bind_sequence_ = 0;     ///< of the bind under way, ours or theirs
    std::uint32_t enquire_sequence_ = 0;  ///< of our last enquire_link; 0 when it was answered
    std::uint32_t unbind_sequence_ = 0;   ///< of the unbind under way, ours or theirs
    std::size_t owed_ = 0;

    /// Two buffers take turns: PDUs are encoded into one while the owner writes the other.
    mutable std::vector<std::byte> writing_;
    mutable std::vector<std::byte> gathering_;
    mutable std::size_t written_ = 0;
};

}  // namespace jejak::smpp
