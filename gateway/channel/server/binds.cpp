#include "gateway/channel/server/binds.hpp"

#include <algorithm>

#include "gateway/channel/server/peer.hpp"
#include "protocol/time.hpp"

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

SmppBinds::SmppBinds(SmppServerOptions& settings, const storage::Vault& keys, intake::Intake& into, StoreAccess& access,
                     Telemetry& counters, SmppInbox::RouteOf route, SmppInbox::Stored stored)
    : options(settings),
      vault(keys),
      intake(into),
      store(access),
      telemetry(counters),
      inbox(settings.channel, into, counters, std::move(route), std::move(stored)),
      arrivals(settings.connect_rate),
      guard(guard_limits(settings)),
      passwords(access.executor()),
      tasks(access.executor()) {
    for (const auto& one : options.accounts) add(one);
    choose_spare_hash();
}

SmppAccount* SmppBinds::account(std::string_view system_id) const {
    auto* const found = known(system_id);
    return found == nullptr || found->retired() ? nullptr : found;
}

void SmppBinds::add(const SmppAccountOptions& account) {
    accounts.push_back(std::make_unique<SmppAccount>(options, account, store, telemetry, references));
    if (desk_ != nullptr) accounts.back()->serve_ussd(*desk_);
}

void SmppBinds::serve_ussd(ussd::Desk& desk) {
    desk_ = &desk;
    for (const auto& one : accounts) one->serve_ussd(desk);
}

/// Any hash does: what is checked against it is refused.
void SmppBinds::choose_spare_hash() {
    const auto& all = options.accounts;
    const auto hashed =
        std::find_if(all.begin(), all.end(), [](const auto& one) { return !one.password_hash.empty(); });
    spare_hash = hashed == all.end() ? std::string() : hashed->password_hash;
}

std::optional<SmppBinds::Reloaded> SmppBinds::reload(const SmppServerOptions& server) {
    const auto fresh =
        static_cast<std::size_t>(std::count_if(server.accounts.begin(), server.accounts.end(),
                                               [this](const auto& one) { return known(one.system_id) == nullptr; }));
    if (accounts.size() + fresh > accounts_known_max) return std::nullopt;
    Reloaded result;
    const auto named = [&](const std::string& name) {
        return std::any_of(server.accounts.begin(), server.accounts.end(),
                           [&](const auto& one) { return one.system_id == name; });
    };
    for (const auto& one : accounts) {
        if (one->retired() || named(one->name())) continue;
        one->retire();
        ++result.removed;
    }
    for (const auto& one : server.accounts) {
        auto* const account = known(one.system_id);
        if (account == nullptr || account->retired()) ++result.added;
        if (account == nullptr) {
            add(one);
        } else {
            if (!account->retired() && account->options() != one) ++result.changed;
            account->become(one);
        }
    }
    options.accounts = server.accounts;
    options.sessions_max = server.sessions_max;
    choose_spare_hash();
    ++reloads;
    for (const auto& [which, held] : peers) {
        if (const auto peer = held.lock(); peer != nullptr && peer->heed_rules()) ++result.unbinding;
    }
    return result;
}

SmppAccount* SmppBinds::known(std::string_view system_id) const {
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

void SmppBinds::let_read() {
    if (pace.waiting.empty() || pace.full(intake.in_flight())) return;
    for (auto room = pace.room(intake.in_flight()); room > 0 && !pace.waiting.empty();) {
        const auto peer = pace.waiting.front().lock();
        pace.waiting.pop_front();
        if (peer != nullptr) room -= std::min(room, peer->go_on());
    }
}

std::optional<std::uint64_t> SmppBinds::tells_of_stranger(std::string_view reason) {
    const auto known = strangers_told_.find(reason);
    auto& seldom = known == strangers_told_.end() ? strangers_told_[std::string(reason)] : known->second;
    return seldom.turn(steady_now());
}

bool SmppBinds::should_unbind(SteadyTime now) {
    if (store.store().healthy()) {
        store_failing_since.reset();
        return false;
    }
    if (!store_failing_since) store_failing_since = now;
    return now - *store_failing_since >= options.channel.unbind_after;
}

}  // namespace jejak::channel
