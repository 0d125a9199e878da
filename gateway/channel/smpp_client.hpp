#pragma once
#include <memory>
#include <optional>
#include <string>

#include "gateway/channel/client/connector.hpp"
#include "gateway/channel/client/outbind.hpp"
#include "gateway/channel/reply_exit.hpp"
#include "gateway/net/task_group.hpp"
#include "storage/vault.hpp"

namespace jejak::channel {

/// A channel where we are the ESME: its binds to one SMSC, one or several, of one kind or a receiver and a transmitter
/// each; replies and screens leave by whichever has room. Lives on the loop's thread.
class SmppClient : public ReplyExit {
public:
    /// Called for every stored message: wakes endpoints, sends the reply that left the unit as sent.
    using Stored = SmppInbox::Stored;
    using RouteOf = SmppInbox::RouteOf;

    static constexpr std::size_t recalled_max = 64;       ///< replies of before the process began that are asked about
    static constexpr std::chrono::seconds stop_limit{5};  ///< for binds to answer what they owe and to unbind
    static constexpr std::chrono::milliseconds force_limit{500};
    static constexpr std::chrono::seconds store_limit{2};  ///< for what became of the last replies to be stored

    /// Listens for outbinds at once, if it shall. errors: throws std::runtime_error with one line for the operator.
    SmppClient(SmppChannelOptions options, const storage::Vault& vault, intake::Intake& intake, StoreAccess& store,
               Telemetry& telemetry, RouteOf route, Stored stored);
    ~SmppClient() override;

    /// Until asked to stop; then every bind answers what is owed and unbinds.
    net::awaitable<void> run();
    /// From now on USSD sessions go to `desk`. Before run().
    void serve_ussd(ussd::Desk& desk);

    /// The files of TLS may be others now: read at once, of use when it is called. A channel stays plain, or in TLS,
    /// until a restart. errors: throws TlsFileError.
    net::TlsRenewal renew_tls(const std::optional<net::TlsClientOptions>& fresh);

    const std::string& name() const override { return binds_.options.name; }
    /// A reply could leave at once: bound to transmit, not throttled, room in the queue.
    bool ready() const override;
    /// Queues a reply written as sent. When it cannot leave after all it becomes pending again, known unsent.
    void submit(OutgoingReply reply) override;
    /// Every direction that the channel is for has a bind.
    bool bound() const { return binds_.bound(); }
    std::size_t binds() const { return binds_.count_bound(); }  ///< just now
    /// One word for readiness: "bound", "partly_bound", "connecting", "store_failing", "tls_failed".
    std::string_view status() const;
    /// Where outbinds are heard, with the port that was taken; empty: nowhere.
    std::string outbind_address() const { return outbind_ ? outbind_->address() : std::string(); }
    std::uint64_t attempts() const;  ///< to connect, of all binds

private:
    net::awaitable<void> recall();

    const storage::Vault& vault_;
    SmppConnectors binds_;
    std::optional<OutbindListener> outbind_;
    net::TaskGroup tasks_;
    net::asio::steady_timer over_;  ///< cancelled when a task ended by a mistake of ours
};

}  // namespace jejak::channel
