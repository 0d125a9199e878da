#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>

#include "gateway/channel/reply_exit.hpp"
#include "gateway/channel/reply_outcomes.hpp"
#include "gateway/channel/server/binds.hpp"
#include "gateway/net/tls.hpp"

namespace jejak::channel {

/// A listener to which modem boxes, gateways and other ESMEs bind: takes what they submit, answers when it is durable,
/// and hands replies, screens and receipts to whichever of an account's binds takes deliveries. Lives on the loop's
/// thread.
class SmppServer : public ReplyExit {
public:
    static constexpr std::chrono::seconds stop_limit{5};  ///< for sessions to answer what they owe and to unbind
    static constexpr std::chrono::milliseconds force_limit{500};
    static constexpr std::chrono::seconds store_limit{2};          ///< for what became of the last replies to be stored
    static constexpr std::chrono::milliseconds accept_pause{200};  ///< after running out of descriptors
    /// After a connection of an address that comes too fast: whoever comes again at once takes no more than this often.
    static constexpr std::chrono::milliseconds too_fast_pause{1};
    static constexpr std::chrono::seconds accept_trouble_for{2};  ///< an accept that failed is told of so long

    /// Listens at once. errors: throws std::runtime_error with one line for the operator.
    SmppServer(SmppServerOptions options, const storage::Vault& vault, intake::Intake& intake, StoreAccess& store,
               Telemetry& telemetry, SmppInbox::RouteOf route, SmppInbox::Stored stored);

    /// Until asked to stop; then no more connections are taken, what is owed is answered, and every peer is unbound.
    net::awaitable<void> run();
    /// From now on USSD sessions go to `desk`. Before run().
    void serve_ussd(ussd::Desk& desk);
    /// The store's queue holds so many messages. Before run().
    void pace_by(std::size_t queue_max) { binds_.pace.queue(queue_max); }
    /// As SmppClient's.
    net::TlsRenewal renew_tls(const std::optional<net::TlsServerOptions>& fresh);
    /// The accounts and `sessions_max` of `fresh`, a configuration of this channel that holds together. Binds that its
    /// rules do not allow are unbound in order; everything else of `fresh` waits for a restart.
    void reload_accounts(const SmppServerOptions& fresh);

    const std::string& name() const override { return options_.channel.name; }
    /// Some bind takes deliveries and has room.
    bool ready() const override;
    std::vector<std::string> ready_accounts() const override;
    /// To the account it names, or, naming none, to any. When no bind of it has room it becomes pending again.
    void submit(OutgoingReply reply) override;

    /// Why peers cannot come in, for readiness; empty when they can.
    std::string trouble() const;

    std::string address() const { return address_; }  ///< with the port that was taken
    std::size_t bound() const { return binds_.bound; }

private:
    using Place = std::shared_ptr<WaitingRoom::Place>;
    SmppAccount* carrier_of(const OutgoingReply& reply) const;
    bool admit(net::asio::ip::tcp::socket socket);
    void turn_away(net::asio::ip::tcp::socket& socket, const net::asio::ip::address& from);
    net::awaitable<void> serve(net::asio::ip::tcp::socket socket, net::asio::ip::address from, Place place);
    net::awaitable<std::optional<net::Stream>> secure(net::asio::ip::tcp::socket socket,
                                                      const net::asio::ip::address& from, Place& place);

    SmppServerOptions options_;
    SmppBinds binds_;
    std::optional<net::TlsServer> tls_;
    ReplyOutcomes unsent_;
    net::asio::ip::tcp::acceptor acceptor_;
    net::asio::steady_timer pause_;
    std::string accept_fault_;
    std::optional<SteadyTime> accept_failed_at_;
    std::string address_;
};

}  // namespace jejak::channel
