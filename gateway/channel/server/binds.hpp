#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/channel/server/account.hpp"
#include "gateway/channel/server/bind_guard.hpp"
#include "gateway/channel/server/password_check.hpp"
#include "gateway/channel/server/waiting_room.hpp"
#include "gateway/channel/smpp_inbox.hpp"
#include "gateway/net/task_group.hpp"
#include "storage/vault.hpp"

namespace jejak::channel {

class SmppPeer;

/// What the connections of one listener share: accounts, limits, back-off, and where messages go. Outlives them. Lives
/// on the loop's thread.
struct SmppBinds {
    static constexpr std::chrono::seconds unbind_after{10};  ///< of a failing store
    static constexpr std::chrono::milliseconds store_poll{1'000};

    SmppBinds(const SmppServerOptions& options, const storage::Vault& vault, intake::Intake& intake, StoreAccess& store,
              Telemetry& telemetry, SmppInbox::RouteOf route, SmppInbox::Stored stored);

    /// Null when the name is none of ours.
    SmppAccount* account(std::string_view system_id) const;
    /// Closes every connection without another octet.
    void abandon_all();
    /// The store has failed for so long that peers do better to keep what they have.
    bool should_unbind(SteadyTime now);

    const SmppServerOptions& options;
    const storage::Vault& vault;
    intake::Intake& intake;
    StoreAccess& store;
    Telemetry& telemetry;
    SmppInbox inbox;
    std::vector<std::unique_ptr<SmppAccount>> accounts;
    WaitingRoom waiting;
    std::map<const SmppPeer*, std::weak_ptr<SmppPeer>> peers;
    BindGuard guard;
    PasswordCheck passwords;
    std::string spare_hash;  ///< what an unknown name's password is checked against, so that it takes as long; or empty
    std::size_t bound = 0;
    std::uint32_t begun = 0;  ///< binds so far
    std::optional<SteadyTime> store_failing_since;
    net::TaskGroup tasks;
};

}  // namespace jejak::channel
