#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gateway/channel/client/bind_attempts.hpp"
#include "gateway/channel/odd_pdus.hpp"
#include "gateway/channel/recent_answers.hpp"
#include "gateway/channel/reply_sender.hpp"
#include "gateway/channel/smpp_inbox.hpp"
#include "gateway/channel/smpp_link.hpp"
#include "gateway/channel/ussd_link.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/net/connecting.hpp"
#include "gateway/net/tls.hpp"
#include "gateway/store_access.hpp"
#include "gateway/telemetry.hpp"
#include "protocol/smpp/session.hpp"

namespace jejak::channel {

class SmppConnector;

/// What the binds of one channel share: where its messages go, and what waits to leave. Outlives them. Lives on the
/// loop's thread.
struct SmppConnectors {
    static constexpr std::chrono::seconds store_poll{1};

    SmppConnectors(SmppChannelOptions options, intake::Intake& intake, StoreAccess& store, Telemetry& telemetry,
                   SmppInbox::RouteOf route, SmppInbox::Stored stored);

    /// Some bind that should transmit does.
    bool transmits() const;
    /// Every direction that the channel is for has a bind.
    bool bound() const;
    std::size_t count_bound() const;
    /// Whichever has room first takes what waits; the others find nothing left.
    void wake_transmitters();
    /// A bind came or went.
    void changed();
    /// The store has failed for so long that the SMSC does better to keep what it has.
    bool should_unbind(SteadyTime now);
    double random() { return std::uniform_real_distribution<double>(0, 1)(engine); }

    SmppChannelOptions options;
    intake::Intake& intake;
    StoreAccess& store;
    Telemetry& telemetry;
    SmppInbox inbox;
    ReplySender replies;
    std::optional<UssdLink> ussd;
    net::Lookup lookup;
    std::optional<net::TlsClient> tls;
    std::vector<std::unique_ptr<SmppConnector>> all;
    std::optional<SteadyTime> store_failing_since;
    std::uint32_t sessions_begun = 0;
    std::minstd_rand engine;
};

/// One bind to one SMSC, for as long as the channel runs: connects, binds, takes what comes, answers when it is
/// durable, carries what leaves, and connects again, to the next host when one does not answer or does not keep us
/// (BindAttempts), and there, when its name has several addresses, to the one behind that which failed. There is never
/// more than one attempt under way. Lives on the loop's thread; the protocol's rules are smpp::Session's.
class SmppConnector : private SmppLinkOwner {
public:
    SmppConnector(SmppConnectors& binds, smpp::BindKind kind);

    /// Until asked to stop; then answers what is owed, unbinds and returns.
    net::awaitable<void> run();
    /// The SMSC asked for us, from whichever of its hosts: each is tried once without waiting for its time, only for
    /// Backoff::first since the attempt before.
    void hurry();

    smpp::BindKind kind() const { return kind_; }
    bool bound() const { return link_ && link_->session().bound(); }
    bool tls_failed() const { return tls_failed_; }  ///< since the last bind
    void wake();
    /// Closes the connection without another octet.
    void abandon();
    std::uint64_t attempts() const { return attempts_; }  ///< to connect

private:
    net::awaitable<void> attempt();
    Backoff::Duration wait_after_attempt();
    Backoff::Duration until_hurried() const;
    net::awaitable<void> pause(std::chrono::milliseconds duration);
    net::awaitable<std::optional<net::Stream>> connect(const SmppHost& host);
    net::awaitable<void> run_session(net::Stream stream);
    void tell(const net::Connecting& failed, const SmppHost& host);
    void tell(const net::TlsFault& fault);
    smpp::SessionOptions session_options() const;
    SmppHost host() const;
    SteadyTime::duration silence(smpp::Closed::Why why) const;

    void on_event(SmppLink& link, smpp::Event& event) override;
    void events_told(SmppLink& link) override;
    void fill(SmppLink& link, SteadyTime now) override;
    void fill_screens(smpp::Session& session, SteadyTime now);
    SteadyTime wake_at(SteadyTime now) const override;

    void happened(SmppLink& link, smpp::Bound& bound);
    void happened(SmppLink& link, smpp::BindRefused& refused);
    void happened(SmppLink& link, smpp::MessageArrived& arrived);
    void happened(SmppLink& link, smpp::RequestEnded& ended);
    void happened(SmppLink& link, smpp::AnsweredLate& answer);
    void happened(SmppLink& link, smpp::AlertArrived& alert);
    void happened(SmppLink& link, smpp::Closed& closed);
    /// The rest is between an SMSC and its ESMEs.
    template <class Other>
    void happened(SmppLink&, Other&) {}

    /// Which message of which session waits for its answer. The session may be gone when it comes.
    struct Owed {
        std::weak_ptr<SmppLink> link;
        smpp::CommandId command = smpp::CommandId::deliver_sm;
        std::uint32_t sequence = 0;
    };
    void answer(const Owed& owed, const SmppInbox::Taken& taken);
    void remember(storage::Id message, bool gone);
    void doubt_answers();
    const std::string& name() const { return binds_.options.name; }

    SmppConnectors& binds_;
    const smpp::BindKind kind_;
    std::shared_ptr<SmppLink> link_;             ///< the session under way, if any
    std::uint32_t number_ = 0;                   ///< of that session, among those of the channel
    std::optional<SteadyTime> bound_at_;         ///< in that session
    std::optional<SteadyTime::duration> stood_;  ///< that bind, when it is over
    bool left_ = false;                          ///< it was ours to end it
    bool transmits_ = false;
    bool unbinds_for_store_ = false;
    bool tls_failed_ = false;
    BindAttempts tries_;
    std::optional<net::asio::ip::tcp::endpoint> address_;  ///< of the latest attempt, if it came so far
    /// By host, the address where the last attempt failed.
    std::vector<std::optional<net::asio::ip::tcp::endpoint>> failed_;
    std::size_t hurried_ = 0;  ///< attempts to come that need not wait for their time
    std::uint64_t attempts_ = 0;
    SteadyTime attempted_{};
    SteadyTime paused_until_{};
    net::asio::steady_timer pause_;
    RecentAnswers answers_;
    OddPdus odd_;  ///< of that session
};

}  // namespace jejak::channel
