#pragma once
#include <memory>

#include "gateway/net/stream.hpp"
#include "protocol/smpp/session.hpp"

namespace jejak::channel {

class SmppLink;

/// What a link asks of whoever speaks over it. Called on the loop's thread.
class SmppLinkOwner {
public:
    virtual ~SmppLinkOwner() = default;
    /// Every event of the session, in order; views in it live until this returns. The last one is Closed.
    virtual void on_event(SmppLink& link, smpp::Event& event) = 0;
    /// There are no more events for now: what they gave rise to may go on together.
    virtual void events_told(SmppLink&) {}
    /// Whether it may be told of another request. While not, those that came wait in the session, and reading stops;
    /// it is asked again every `look_again`, and after answered().
    virtual bool takes_requests(SmppLink&, SteadyTime) { return true; }
    /// A request does wait for that.
    virtual void requests_wait(SmppLink&, SteadyTime) {}
    /// Hand requests to the session while it may send: called before it is asked for its octets.
    virtual void fill(SmppLink& link, SteadyTime now) = 0;
    /// When fill() has something to do again though nobody called wake().
    virtual SteadyTime wake_at(SteadyTime now) const = 0;
};

/// One connection with its session, and the loops that move octets between the two. What the octets mean is
/// smpp::Session's; what the messages mean is the owner's. Made with std::make_shared; whoever answers later (a
/// commit, a password check) holds it weakly, for it may be gone by then. Lives on the loop's thread.
///
/// Reading stops while `SessionOptions::owed_max` answers are owed, `output_max` octets wait, a bind is unanswered or
/// the owner takes no requests:
/// TCP pushes back, nothing is dropped. A peer that closes its own direction still gets its answers.
class SmppLink : public std::enable_shared_from_this<SmppLink> {
public:
    static constexpr std::chrono::seconds half_close_limit{5};  ///< for answers to a peer that sends no more
    static constexpr std::chrono::seconds usual_write_limit{30};
    static constexpr std::chrono::seconds stop_drain{3};        ///< for what is unanswered, before the unbind of a stop
    static constexpr std::chrono::seconds last_words_limit{3};  ///< for what is written when the session is over
    static constexpr std::chrono::milliseconds look_again{100};  ///< for an owner that takes no requests
    /// What one read brought is told of in turns: so many events, then the loop's others have theirs.
    static constexpr std::size_t events_a_turn = 32;
    /// Octets the kernel keeps for a peer that does not read, beside the `output_max` of the session.
    static constexpr int unread_max = 65'536;

    /// `owner` outlives run(). A peer that does not take what it is sent within `write_limit` is gone.
    SmppLink(net::Stream stream, smpp::SessionOptions options, SmppLinkOwner& owner,
             std::chrono::milliseconds write_limit = usual_write_limit);

    /// Until the session is over and all is written, or the peer is gone; then the connection is closed. A request to
    /// stop is Session::close(): what is owed is answered first.
    net::awaitable<void> run();

    smpp::Session& session() { return session_; }
    const smpp::Session& session() const { return session_; }
    net::Stream& stream() { return stream_; }
    /// Closed was told: nothing more comes.
    bool closed() const { return closed_; }
    /// After run(): every octet was handed to the connection. Else the peer lacks the last of what it was told.
    bool said_all() const { return !write_failed_ && session_.output().empty(); }

    /// The session has something to write, or fill() something to hand over: after Session::send() and close().
    void wake();
    /// The same, and there may be room to read again: after respond(), accept_bind() and refuse_bind().
    void answered();
    /// Closes without another octet: a message stays unanswered, so that its sender keeps it.
    void abandon();

private:
    net::awaitable<void> read_loop();
    net::awaitable<void> write_loop();
    net::awaitable<void> tell_all();
    net::awaitable<void> finish_half_closed();
    net::awaitable<void> write();
    void guard_write();
    void hurry();
    std::chrono::milliseconds write_limit() const;
    bool drain(SteadyTime now);
    void lose_peer();

    SmppLinkOwner& owner_;
    net::Stream stream_;
    smpp::Session session_;
    net::asio::steady_timer wake_;   ///< there is something to write, or to look at
    net::asio::steady_timer room_;   ///< there may be room to read again
    net::asio::steady_timer guard_;  ///< of writes
    std::chrono::milliseconds write_limit_;
    SteadyTime write_began_ = SteadyTime::max();
    bool guarded_ = false;    ///< guard_ runs
    bool hurried_ = false;    ///< writes have last_words_limit and no more
    bool waits_ = false;      ///< for room to read
    bool closed_ = false;     ///< the session said so
    bool abandoned_ = false;  ///< close without another octet
    bool write_failed_ = false;
};

}  // namespace jejak::channel
