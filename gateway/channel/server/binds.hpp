#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/channel/server/account.hpp"
#include "gateway/channel/server/arrivals.hpp"
#include "gateway/channel/server/bind_guard.hpp"
#include "gateway/channel/server/password_check.hpp"
#include "gateway/channel/server/reading_pace.hpp"
#include "gateway/channel/server/seldom.hpp"
#include "gateway/channel/server/waiting_room.hpp"
#include "gateway/channel/smpp_inbox.hpp"
#include "gateway/net/task_group.hpp"
#include "storage/vault.hpp"

namespace jejak::channel {

class SmppPeer;

/// What the connections of one listener share: accounts, limits, back-off, and where messages go. Outlives them. Lives
/// on the loop's thread.
struct SmppBinds {
    static constexpr std::chrono::milliseconds store_poll{1'000};
    static constexpr std::size_t queue_usual = 4'096;          ///< of the store
    static constexpr std::size_t accounts_known_max = 10'000;  ///< since the process began, those that went included

    SmppBinds(SmppServerOptions& options, const storage::Vault& vault, intake::Intake& intake, StoreAccess& store,
              Telemetry& telemetry, SmppInbox::RouteOf route, SmppInbox::Stored stored);

    /// Null when the name is none of ours.
    SmppAccount* account(std::string_view system_id) const;

    /// What a reload made of the accounts.
    struct Reloaded {
        std::size_t added = 0, changed = 0, removed = 0;
        std::size_t unbinding = 0;  ///< binds that the new rules do not allow
    };
    /// `server`'s accounts and limit of binds in place of those of before. A bind whose account went, whose password is
    /// another or that may not come from there any more is unbound; the others stay as they are, with the window they
    /// began with. Empty, and nothing changed: there would be more names than accounts_known_max.
    std::optional<Reloaded> reload(const SmppServerOptions& server);
    /// From now on USSD sessions of all accounts, those of a later reload as well, go to `desk`.
    void serve_ussd(ussd::Desk& desk);
    /// Closes every connection without another octet.
    void abandon_all();
    /// Peers whose messages wait for room in the store's queue go on, when there is some.
    void let_read();
    /// The store has failed for so long that peers do better to keep what they have.
    bool should_unbind(SteadyTime now);
    /// Whether a connection that did not come to a bind is told of in the log now, by `reason`, one of a few words; and
    /// how many were not since the last one.
    std::optional<std::uint64_t> tells_of_stranger(std::string_view reason);

    SmppServerOptions& options;
    const storage::Vault& vault;
    intake::Intake& intake;
    StoreAccess& store;
    Telemetry& telemetry;
    SmppInbox inbox;
    /// Of long texts, whichever account carries them: phones know only the channel's number.
    const std::shared_ptr<TextReferences> references = std::make_shared<TextReferences>();
    std::vector<std::unique_ptr<SmppAccount>> accounts;  ///< none ever leaves: what is under way may still name it
    std::uint32_t reloads = 0;                           ///< a bind is judged by rules of one time
    Arrivals arrivals;
    WaitingRoom waiting;
    std::map<const SmppPeer*, std::weak_ptr<SmppPeer>> peers;
    ReadingPace pace{queue_usual};
    BindGuard guard;
    PasswordCheck passwords;
    std::string spare_hash;  ///< what an unknown name's password is checked against, so that it takes as long; or empty
    std::size_t bound = 0;
    std::uint32_t begun = 0;  ///< binds so far
    std::optional<SteadyTime> store_failing_since;
    net::TaskGroup tasks;

private:
    SmppAccount* known(std::string_view system_id) const;
    void add(const SmppAccountOptions& account);
    void choose_spare_hash();

    ussd::Desk* desk_ = nullptr;
    std::map<std::string, Seldom, std::less<>> strangers_told_;
};

}  // namespace jejak::channel
