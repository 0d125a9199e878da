#pragma once
#include <algorithm>
#include <optional>
#include <vector>

#include "gateway/channel/reply_sender.hpp"
#include "gateway/channel/server/receipt_queue.hpp"
#include "gateway/channel/smpp_link.hpp"
#include "gateway/channel/ussd_link.hpp"
#include "gateway/config/config.hpp"

namespace jejak::channel {

/// A peer that may bind to us, with all its binds: replies, screens and receipts leave by whichever of them takes
/// deliveries and has room. Lives on the loop's thread, as long as the channel.
class SmppAccount {
public:
    /// `references` are those of the channel.
    SmppAccount(const SmppServerOptions& server, SmppAccountOptions options, StoreAccess& store, Telemetry& telemetry,
                std::shared_ptr<TextReferences> references = std::make_shared<TextReferences>())
        : server_(server),
          options_(std::move(options)),
          telemetry_(telemetry),
          replies_(server.channel, store, telemetry, std::move(references)),
          receipts_(server.channel, server.receipts_kept, [this](std::size_t count) { lost(count); }) {}
    SmppAccount(const SmppAccount&) = delete;
    SmppAccount& operator=(const SmppAccount&) = delete;

    const SmppAccountOptions& options() const { return options_; }
    const std::string& name() const { return options_.system_id; }

    /// From now on these are its rules; binds of before stay as they are (SmppPeer::heed_rules()).
    void become(const SmppAccountOptions& options);
    /// It is none of ours any more: nobody may bind, and nothing more leaves by it. become() undoes it.
    void retire();
    bool retired() const { return retired_; }
    /// Another number means that the secret became another.
    std::uint32_t secret() const { return secret_; }
    void serve_ussd(ussd::Desk& desk) { ussd_.emplace(server_.channel, desk, name()); }

    bool may_bind(smpp::BindKind kind) const;
    bool may_come_from(const net::asio::ip::address& address) const;
    bool has_place() const { return sessions_.size() < options_.sessions_max; }

    void bound(SmppLink& link, smpp::BindKind kind);
    /// Its replies that no other bind can carry go back to the store; of a retired account, those that have begun end.
    void gone(const SmppLink& link);
    std::size_t sessions() const { return sessions_.size(); }
    /// Some bind takes deliveries.
    bool reachable() const;

    /// A reply could leave at once.
    bool ready(SteadyTime now) const { return !retired_ && reachable() && replies_.has_room(now); }
    void submit(OutgoingReply reply);
    void submit(OutgoingReceipt receipt, SteadyTime now);
    /// A turn that one bind brought may have a screen that another carries.
    void screens_wait() {
        if (ussd_ && ussd_->waiting() > 0) wake_receivers();
    }

    /// What waits is handed to a bind that takes deliveries.
    void fill(const SmppLink& link, smpp::Session& session, SteadyTime now);
    /// When fill() of that bind has something to do again though nothing is answered.
    SteadyTime wake_at(const SmppLink& link, SteadyTime now) const;
    void ended(const smpp::RequestEnded& request, SteadyTime now);
    void answered_late(const smpp::AnsweredLate& answer, SteadyTime now);
    void settle() { replies_.settle(); }

    ReplySender& replies() { return replies_; }
    const ReceiptQueue& receipts() const { return receipts_; }
    /// Null when no bind could carry a screen.
    UssdLink* ussd() { return ussd_ && reachable() ? &*ussd_ : nullptr; }

private:
    struct Bind {
        SmppLink* link;
        bool takes_deliveries;
    };
    const Bind* find(const SmppLink& link) const;
    void wake_receivers();
    void tell(smpp::Session& session, SteadyTime now, std::size_t most);
    void lost(std::size_t receipts);

    const SmppServerOptions& server_;
    SmppAccountOptions options_;
    Telemetry& telemetry_;
    bool told_lost_ = false;  ///< one line for receipts between two binds
    bool retired_ = false;
    bool receipt_next_ = false;                           ///< replies had their turn while receipts waited
    SteadyTime receipts_held_until_ = SteadyTime::max();  ///< by the rate
    std::uint32_t secret_ = 0;
    ReplySender replies_;
    std::optional<UssdLink> ussd_;
    ReceiptQueue receipts_;
    std::vector<Bind> sessions_;
};

}  // namespace jejak::channel
