#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "gateway/channel/reply_exit.hpp"
#include "gateway/channel/reply_sender.hpp"
#include "gateway/channel/ussd_link.hpp"
#include "gateway/config.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/store_access.hpp"
#include "gateway/telemetry.hpp"
#include "protocol/smpp/session.hpp"
#include "protocol/sms/receipt.hpp"

namespace jejak::channel {

/// One bind to one SMSC, for as long as the gateway runs: connects, binds, takes what comes, answers when it is
/// durable, submits replies, reconnects. Lives on the loop's thread; the protocol's rules are smpp::Session's.
class SmppClient : public ReplyExit {
public:
    /// Called for every stored message: wakes endpoints, sends the reply that left the unit as sent.
    using Stored = std::function<void(const intake::Accepted&)>;
    using RouteOf = std::function<casework::ReplyRoute()>;

    static constexpr std::chrono::seconds connect_limit{10};
    static constexpr std::chrono::seconds unbind_after{10};  ///< of a failing store
    static constexpr std::chrono::seconds half_close_limit{5};

    SmppClient(SmppChannelOptions options, intake::Intake& intake, StoreAccess& store, Telemetry& telemetry,
               RouteOf route, Stored stored);
    ~SmppClient() override;

    /// Until asked to stop; then answers what is owed, unbinds and returns.
    net::awaitable<void> run();
    /// From now on USSD sessions go to `desk`. Before run().
    void serve_ussd(ussd::Desk& desk) { ussd_.emplace(options_, desk); }

    const std::string& name() const override { return options_.name; }
    /// A reply could leave at once: bound to transmit, not throttled, room in the queue.
    bool ready() const override;
    /// Queues a reply written as sent. When it cannot leave after all it becomes pending again, known unsent.
    void submit(OutgoingReply reply) override;
    bool bound() const;
    /// One word for readiness: "bound", "connecting", "store_failing".
    std::string_view status() const;

private:
    struct Link;
    using LinkPtr = std::shared_ptr<Link>;

    net::awaitable<std::optional<net::asio::ip::tcp::socket>> connect();
    net::awaitable<void> run_session(net::asio::ip::tcp::socket socket);
    net::awaitable<void> read_loop(LinkPtr link);
    net::awaitable<void> write_loop(LinkPtr link);
    net::awaitable<void> finish_half_closed(LinkPtr link);

    void drain(const LinkPtr& link);
    void on_event(const LinkPtr& link, smpp::Bound& bound);
    void on_event(const LinkPtr& link, smpp::BindRefused& refused);
    void on_event(const LinkPtr& link, smpp::BindRequested&);
    void on_event(const LinkPtr& link, smpp::MessageArrived& arrived);
    void on_event(const LinkPtr& link, smpp::RequestEnded& ended);
    void on_event(const LinkPtr& link, smpp::Closed& closed);

    void take_ussd(const LinkPtr& link, const smpp::MessageArrived& arrived, const ussd::Signal& signal,
                   sms::InboundText text);
    void take_text(const LinkPtr& link, smpp::CommandId command, std::uint32_t sequence, sms::InboundText text,
                   casework::ReplyRoute route);
    void take_receipt(const LinkPtr& link, const smpp::MessageArrived& arrived, const sms::Receipt& receipt);
    void answer(const LinkPtr& link, smpp::CommandId command, std::uint32_t sequence, intake::Accepted::How how);
    void watch_store(Link& link);
    smpp::SessionOptions session_options() const;

    SmppChannelOptions options_;
    intake::Intake& intake_;
    StoreAccess& store_;
    Telemetry& telemetry_;
    RouteOf route_;
    Stored stored_;
    LinkPtr link_;  ///< the session under way, if any
    ReplySender replies_;
    std::optional<UssdLink> ussd_;
    std::optional<SteadyTime> store_failing_since_;
    std::minstd_rand random_;
};

}  // namespace jejak::channel
