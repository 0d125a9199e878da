#include "gateway/dispatch/reply_dispatcher.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "storage/ids.hpp"

namespace jejak::dispatch {
namespace {

using storage::Column;
using storage::Reply;
using storage::ReplyMode;
using storage::ReplyState;
using storage::Table;

/// Its reader asked for silence since it was decided, or somebody did for them: what was safe to send then is not now.
/// What was decided after that, as the answer to BERHENTI or to an agreed word, was decided with it in mind.
bool silenced_since(storage::Unit& unit, const Reply& reply) {
    const auto decided = storage::IdSource::time_of(reply.id);
    if (const auto since = unit.opted_out_since(reply.to_key); since && decided < *since) return true;
    const auto policy = unit.reply_policy(reply.to_key);
    if (!policy) return false;
    if (policy->mode == ReplyMode::silent) return true;
    if (decided >= policy->changed_at) return false;
    const bool asked = policy->watched_until > unit.now() || policy->quiet_until > unit.now();
    return asked || policy->mode == ReplyMode::coded || policy->mode == ReplyMode::cover;
}

}  // namespace

net::awaitable<void> ReplyDispatcher::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    net::asio::steady_timer timer(co_await net::asio::this_coro::executor);
    while (!co_await net::stop_requested()) {
        try {
            if (store_.store().healthy()) co_await look();
        } catch (const std::exception&) {  // a reader that fails now is asked again in a second
            spdlog::warn("event=replies_unreadable");
        }
        timer.expires_after(look_every);
        co_await timer.async_wait(net::use_tuple);
    }
}

net::awaitable<void> ReplyDispatcher::look() {
    bool expired = false;
    auto any_expired = [&expired](storage::View& view) { expired = view.replies_expired(wall_now()); };
    co_await store_.read(any_expired);
    auto expire = [](storage::Unit& unit) { unit.drop_expired_replies(page * pages_a_look); };
    if (expired) co_await store_.commit(expire);
    for (auto* exit : exits_) {
        auto accounts = exit->ready_accounts();
        for (int round = 0; round < pages_a_look && !accounts.empty(); ++round) {  // a page of each, then the next
            std::vector<std::string> again;
            for (const auto& account : accounts) {
                const bool more = co_await send_pending(*exit, account);
                if (more) again.push_back(account);
            }
            accounts = std::move(again);
        }
    }
}

net::awaitable<bool> ReplyDispatcher::send_pending(channel::ReplyExit& exit, std::string account) {
    std::vector<Reply> pending;
    auto ask = [&](storage::View& view) { pending = view.replies_pending(exit.name(), account, wall_now(), page); };
    co_await store_.read(ask);
    const bool stop = co_await net::stop_requested();
    if (stop || pending.empty()) co_return false;
    std::vector<channel::OutgoingReply> opened(pending.size());
    for (std::size_t i = 0; i < pending.size(); ++i) {
        auto& reply = pending[i];
        reply.not_before.reset();
        const auto to = vault_.open(Table::reply, Column::number, reply.id, reply.to);
        const auto text = vault_.open(Table::reply, Column::text, reply.id, reply.text);
        reply.state = to && text ? ReplyState::sent : ReplyState::dropped;
        if (to && text) {
            opened[i] = {reply.id, to->reveal(), text->reveal(), reply.valid_until, reply.account};
        } else {
            spdlog::error("event=reply_unreadable channel={}", exit.name());
        }
    }
    auto take = [&pending](storage::Unit& unit) {
        for (auto& reply : pending) {
            if (silenced_since(unit, reply)) reply.state = ReplyState::dropped;
            unit.update(reply);
        }
    };
    const auto taken = co_await store_.commit(take);
    if (taken != storage::Committed::durable) co_return false;  // still pending: looked at again
    for (std::size_t i = 0; i < pending.size(); ++i) {
        if (pending[i].state == ReplyState::sent) exit.submit(std::move(opened[i]));
    }
    if (pending.size() < page) co_return false;
    const auto ready = exit.ready_accounts();
    co_return std::find(ready.begin(), ready.end(), account) != ready.end();
}

}  // namespace jejak::dispatch
