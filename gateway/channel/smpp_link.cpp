#include "gateway/channel/smpp_link.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "protocol/time.hpp"

namespace jejak::channel {
namespace {

using net::awaitable;
using net::stop_requested;
using net::use_tuple;

}  // namespace

SmppLink::SmppLink(net::Stream stream, smpp::SessionOptions options, SmppLinkOwner& owner,
                   std::chrono::milliseconds write_limit)
    : owner_(owner),
      stream_(std::move(stream)),
      session_(std::move(options), steady_now()),
      wake_(stream_.executor(), SteadyTime::max()),
      room_(stream_.executor(), SteadyTime::max()),
      guard_(stream_.executor()),
      write_limit_(write_limit) {
    stream_.limit_unread(unread_max);
}

void SmppLink::wake() {
    wake_.cancel();
}

void SmppLink::answered() {
    wake_.cancel();
    room_.cancel();
}

void SmppLink::abandon() {
    abandoned_ = true;
    stream_.close();  // a peer that takes nothing would hold a write that is under way
    answered();
}

awaitable<void> SmppLink::run() {
    using namespace net::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace)
    const auto self = shared_from_this();
    co_await (read_loop() && write_loop());
}

/// Octets in, events out.
awaitable<void> SmppLink::read_loop() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    while (!closed_ && !abandoned_) {
        if (!session_.may_read()) {
            waits_ = true;
            room_.expires_at(session_.holds_requests() ? steady_now() + look_again : SteadyTime::max());
            co_await room_.async_wait(use_tuple);
            waits_ = false;
            co_await tell_all();  // what lies behind a bind that was answered just now
            wake_.cancel();
            continue;
        }
        const auto space = session_.writable();
        const auto [error, size] = co_await stream_.read_some(net::asio::buffer(space.data(), space.size()));
        if (error) {
            error == net::asio::error::eof ? co_await finish_half_closed() : stream_.close();
            lose_peer();
        } else {
            session_.received(size, steady_now());
            co_await tell_all();
        }
        wake_.cancel();
        if (error) break;
    }
}

/// All that came, with others in between when it is much. Nothing is read meanwhile.
awaitable<void> SmppLink::tell_all() {
    while (!abandoned_) {
        const bool more = drain(steady_now());
        if (!more) break;
        co_await net::asio::post(stream_.executor(), use_tuple);
    }
}

/// The peer sends no more, but may still read: what it handed over is answered before we close.
awaitable<void> SmppLink::finish_half_closed() {
    const auto until = steady_now() + half_close_limit;
    while (session_.owed() > 0 && !closed_ && !abandoned_ && steady_now() < until) {
        room_.expires_at(until);
        co_await room_.async_wait(use_tuple);
    }
    room_.expires_at(SteadyTime::max());
}

/// Writes what the session has to say, keeps its timers, and ends when it is over and all is written. Answers to a
/// request to stop: a wait that is cancelled comes back here.
awaitable<void> SmppLink::write_loop() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    bool stopping = false;
    while (!abandoned_) {
        if (!stopping && co_await stop_requested()) {
            stopping = true;
            hurry();
            session_.close(steady_now(), stop_drain);
        }
        const auto now = steady_now();
        session_.tick(now);
        drain(now);
        owner_.fill(*this, now);
        const bool more = drain(now);  // the owner may have closed the session
        if (!session_.output().empty() && !abandoned_) {
            co_await write();
            continue;
        }
        if (closed_) break;
        if (more) {
            co_await net::asio::post(stream_.executor(), use_tuple);
            continue;
        }
        wake_.expires_at(std::min(session_.deadline(), owner_.wake_at(now)));
        co_await wake_.async_wait(use_tuple);
    }
    lose_peer();
    if (!abandoned_) co_await stream_.shutdown();
    stream_.close();
    guard_.cancel();
    room_.cancel();
}

/// The octets stay where they are in the session until they are on the wire.
awaitable<void> SmppLink::write() {
    const auto output = session_.output();
    write_began_ = steady_now();
    guard_write();
    auto stop = (co_await net::asio::this_coro::cancellation_state).slot();
    if (stop.is_connected()) stop.assign([this](net::asio::cancellation_type) { hurry(); });
    const auto [error, size] = co_await stream_.write(net::asio::buffer(output.data(), output.size()));
    stop.clear();
    write_began_ = SteadyTime::max();
    session_.consumed(error ? output.size() : size);
    if (error) {
        write_failed_ = true;
        lose_peer();
    }
    if (waits_) room_.cancel();
}

/// One timer for many writes: it looks whether the write under way has lasted too long, and when to look again.
void SmppLink::guard_write() {
    if (guarded_) return;
    guarded_ = true;
    guard_.expires_at(write_began_ + write_limit());
    guard_.async_wait([link = weak_from_this()](const boost::system::error_code& cancelled) {
        const auto self = link.lock();
        if (!self || cancelled) return;
        self->guarded_ = false;
        if (self->write_began_ == SteadyTime::max()) return;
        if (steady_now() - self->write_began_ >= self->write_limit()) return self->stream_.close();
        self->guard_write();
    });
}

/// The session is over, or shall be: its last words are not waited for as long as what it lives by.
void SmppLink::hurry() {
    hurried_ = true;
    guarded_ = false;
    if (write_began_ != SteadyTime::max()) guard_write();
}

std::chrono::milliseconds SmppLink::write_limit() const {
    return hurried_ ? std::min<std::chrono::milliseconds>(write_limit_, last_words_limit) : write_limit_;
}

/// True: there may be more to tell, in another turn.
bool SmppLink::drain(SteadyTime now) {
    for (std::size_t told = 0;; ++told) {
        if (told == events_a_turn && !closed_) {
            owner_.events_told(*this);
            return true;
        }
        session_.hold_requests(!owner_.takes_requests(*this, now));
        auto event = session_.poll(now);
        if (!event) break;
        const bool over = std::holds_alternative<smpp::Closed>(*event);
        if (over) closed_ = true;
        owner_.on_event(*this, *event);
        if (!over) continue;
        answered();
        hurry();
    }
    if (session_.holds_requests()) owner_.requests_wait(*this, now);
    owner_.events_told(*this);
    return false;
}

/// The connection is gone, or we leave it: the session tells what becomes of its requests, then that it is over.
void SmppLink::lose_peer() {
    if (closed_) return;
    session_.disconnected();
    while (drain(steady_now())) {
    }
}

}  // namespace jejak::channel
