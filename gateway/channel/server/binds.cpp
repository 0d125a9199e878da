#include "gateway/channel/server/binds.hpp"

#include <algorithm>

#include "gateway/channel/server/peer.hpp"

namespace jejak::channel {
namespace {

/// Half of session_init at most: a refused peer still hears of it.
BindGuard::Limits guard_limits(const SmppServerOptions& options) {
    BindGuard::Limits limits;
    limits.longest = std::min(limits.longest, options.session_init / 2);
    limits.first = std::min(limits.first, limits.longest);
    return limits;
}

}  // namespace

SmppBinds::SmppBinds(const SmppServerOptions& settings, const storage::Vault& keys, intake::Intake& into,
                     StoreAccess& access, Telemetry& counters, SmppInbox::RouteOf route, SmppInbox::Stored stored)
    : options(settings),
      vault(keys),
      intake(into),
      store(access),
      telemetry(counters),
      inbox(settings.channel, into, counters, std::move(route), std::move(stored)),
      guard(guard_limits(settings)),
      passwords(access.executor()),
      tasks(access.executor()) {
    for (std::size_t place = 0; place < options.accounts.size(); ++place) {
        accounts.push_back(std::make_unique<SmppAccount>(options, place, store, telemetry));
        if (spare_hash.empty()) spare_hash = options.accounts[place].password_hash;
    }
}

SmppAccount* SmppBinds::account(std::string_view system_id) const {
    const auto found =
        std::find_if(accounts.begin(), accounts.end(), [&](const auto& one) { return one->name() == system_id; });
    return found == accounts.end() ? nullptr : found->get();
}

void SmppBinds::abandon_all() {
    const auto all = peers;  // each leaves while we go through them
    for (const auto& [which, held] : all) {
        if (const auto peer = held.lock()) peer->abandon();
    }
}

bool SmppBinds::should_unbind(SteadyTime now) {
    if (store.store().healthy()) {
        store_failing_since.reset();
        return false;
    }
    if (!store_failing_since) store_failing_since = now;
    return now - *store_failing_since >= unbind_after;
}

}  // namespace jejak::channel
