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
    BindKind bind = BindKind::transceiver;   ///< ESME: what to ask for
    std::string system_id;                   ///< ours, in the bind or in its response
    std::string password;                    ///< ESME only
    std::string system_type;                 ///< ESME only
    std::uint8_t interface_version = 0x34;
    std::size_t window_max = 10;             ///< our requests awaiting a response
    std::size_t pdu_size_max = 70'000;
    std::size_t unbound_pdu_size_max = 1'024;
    TimerLimits timers;
};

/// Our bind was accepted (ESME) or we accepted theirs (SMSC).
struct Bound {
    BindKind kind = BindKind::transceiver;
    std::string_view system_id;                       ///< the peer's
    std::optional<std::uint8_t> peer_version;         ///< empty: assume 3.3, send no TLVs
};
/// Our bind was refused; the session is over.
struct BindRefused { CommandStatus status; };
/// SMSC: a peer asks to bind; answer with accept_bind() or refuse_bind() before the next poll.
struct BindRequested { BindKind kind; Bind pdu; };
/// A deliver_sm or data_sm (ESME), or a submit_sm or data_sm (SMSC) came; owe it respond(). A body that does not decode
/// comes as `malformed` with the raw octets: a report may hide in it.
struct MessageArrived {
    CommandId command = CommandId::deliver_sm;
    std::uint32_t sequence = 0;
    std::optional<ShortMessage> message;   ///< empty: did not decode
    CommandStatus malformed = CommandStatus::ok;
    std::span<const std::byte> body;
};
/// A request of ours was answered, or never will be. `token` is what send() was given.
struct RequestEnded {
    enum class How : std::uint8_t {
        answered,      ///< `status` and `message_id` are the peer's
        unanswered,    ///< response timer ran out or the session ended after it was handed to the wire: outcome unknown
    };
    How how = How::answered;
    std::uint64_t token = 0;
    CommandStatus status = CommandStatus::ok;
    std::string_view message_id;
};
/// The session is over: flush output(), then close the socket.
struct Closed {
    enum class Why : std::uint8_t { unbound, peer_unbound, framing_lost, not_smpp, link_silent, bind_timeout, bind_refused, closed_by_peer };
    Why why = Why::unbound;
};
using Event = std::variant<Bound, BindRefused, BindRequested, MessageArrived, RequestEnded, Closed>;

/// One SMPP session as a value: octets and time go in, octets and events come out. Knows no socket, thread or store; the
/// owner moves bytes, calls tick() at deadline(), and answers every MessageArrived when its commit is durable.
///
/// Order of calls: construct, then any of received()/tick()/send()/respond()/close(); after each, poll() until empty and
/// write output(). Views in an event live until the next poll(), writable() or send().
class Session {
public:
    Session(SessionOptions options, SteadyTime now);  ///< an ESME's bind is in output() at once

    /// Where to read the peer's octets into, and how many came.
    std::span<std::byte> writable();
    void received(std::size_t size, SteadyTime now);
    /// The peer closed or the socket failed: every outstanding request ends unanswered, then Closed.
    void disconnected();

    std::optional<Event> poll(SteadyTime now);

    /// Octets to write; they stay until consumed().
    std::span<const std::byte> output() const;
    void consumed(std::size_t size);

    /// True when a request may leave now: bound with the right direction, room in the window, not closing.
    bool may_send() const;
    /// Sends submit_sm (ESME) or deliver_sm (SMSC). `may_send()` must hold. `token` comes back in RequestEnded.
    void send(CommandId command, const ShortMessage& message, std::uint64_t token, SteadyTime now);
    /// Answers a MessageArrived. Harmless after the session closed.
    void respond(CommandId command, std::uint32_t sequence, CommandStatus status, std::string_view message_id = {});

    void accept_bind(std::string_view our_system_id);   ///< SMSC, for the last BindRequested
    void refuse_bind(CommandStatus status);

    /// Orderly end: no new sends, waits for outstanding responses and owed answers, unbinds, then Closed.
    void close(SteadyTime now);

    /// When tick() wants to be called next.
    SteadyTime deadline() const;
    void tick(SteadyTime now);

    bool bound() const;
    std::size_t outstanding() const;  ///< our requests awaiting a response
    std::size_t owed() const;         ///< their messages awaiting ours

    /// What the session counted since it began; for metrics and the simulator's prints.
    struct Counts {
        std::uint64_t pdus_in = 0, pdus_out = 0, nacks_in = 0, unsolicited_responses = 0, unknown_commands = 0;
    };
    const Counts& counts() const;

private:
    // the implementation's own
};

}  // namespace jejak::smpp
