#pragma once
#include <functional>
#include <string>
#include <vector>

#include "gateway/channel/smpp_client.hpp"
#include "gateway/store_access.hpp"

namespace jejak::dispatch {

/// Sends replies that could not leave in the unit that decided them: the channel was away, or the SMSC asked for
/// patience. Each is written as sent before it is handed over, so that it leaves at most once; one whose time is over
/// is dropped.
class ReplyDispatcher {
public:
    static constexpr std::chrono::seconds look_every{1};
    static constexpr std::size_t page = 64;

    ReplyDispatcher(StoreAccess& store, const storage::Vault& vault, std::vector<channel::SmppClient*> clients)
        : store_(store), vault_(vault), clients_(std::move(clients)) {}

    /// Until asked to stop.
    net::awaitable<void> run();

private:
    net::awaitable<void> look();
    net::awaitable<void> send_pending(channel::SmppClient& client);

    StoreAccess& store_;
    const storage::Vault& vault_;
    std::vector<channel::SmppClient*> clients_;
};

}  // namespace jejak::dispatch
