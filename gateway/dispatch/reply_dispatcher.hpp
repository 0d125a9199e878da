#pragma once
#include <functional>
#include <string>
#include <vector>

#include "gateway/channel/reply_exit.hpp"
#include "gateway/store_access.hpp"

namespace jejak::dispatch {

/// Sends replies that could not leave in the unit that decided them: the channel was away, or the SMSC or the provider
/// asked for patience. Each is written as sent before it is handed over, so that it leaves at most once. Dropped is one
/// whose time is over, one that does not open, and one whose reader asked for silence since it was decided.
class ReplyDispatcher {
public:
    static constexpr std::chrono::seconds look_every{1};
    static constexpr std::size_t page = 64;
    static constexpr int pages_a_look = 16;  ///< of each account's backlog, while its exit has room

    ReplyDispatcher(StoreAccess& store, const storage::Vault& vault, std::vector<channel::ReplyExit*> exits)
        : store_(store), vault_(vault), exits_(std::move(exits)) {}

    /// Until asked to stop.
    net::awaitable<void> run();
    /// One turn of run(). errors: throws when the store cannot be read.
    net::awaitable<void> look();

private:
    /// False: nothing more of this account can leave now.
    net::awaitable<bool> send_pending(channel::ReplyExit& exit, std::string account);

    StoreAccess& store_;
    const storage::Vault& vault_;
    std::vector<channel::ReplyExit*> exits_;
};

}  // namespace jejak::dispatch
