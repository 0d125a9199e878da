#pragma once
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "gateway/channel/odd_pdus.hpp"
#include "gateway/channel/recent_answers.hpp"
#include "gateway/channel/server/binds.hpp"
#include "gateway/channel/smpp_link.hpp"

namespace jejak::channel {

/// One connection to our listener: judges its bind, takes its messages, answers when they are durable. Made with
/// std::make_shared; a message that is on its way to the disk keeps it. Lives on the loop's thread.
class SmppPeer : public SmppLinkOwner, public std::enable_shared_from_this<SmppPeer> {
public:
    /// For a bind that waits for room to have its password checked.
    static constexpr std::chrono::milliseconds look_again{50};

    /// `place` is held until it is bound, or gone; at `bind_by` it is gone if it has not bound.
    SmppPeer(SmppBinds& binds, net::Stream stream, net::asio::ip::address from,
             std::shared_ptr<WaitingRoom::Place> place, SteadyTime bind_by);

    /// Until the session is over and the connection closed.
    net::awaitable<void> run();
    /// Closes without another octet.
    void abandon();
    /// The accounts were read anew. True: its own does not allow this bind any more, and it unbinds in order.
    bool heed_rules();
    /// There is room in the store's queue. How much of it this peer may take.
    std::size_t go_on();

private:
    /// Why a bind is refused; words for logs and metrics.
    enum class Refusal : std::uint8_t { none, wrong_secret, address, kind, account_full, channel_full, busy, store };
    struct Asked {
        smpp::BindKind kind;
        std::string system_id;
        SensitiveText password;
    };

    void on_event(SmppLink& link, smpp::Event& event) override;
    void events_told(SmppLink& link) override;
    void fill(SmppLink& link, SteadyTime now) override;
    bool takes_requests(SmppLink& link, SteadyTime now) override;
    void requests_wait(SmppLink& link, SteadyTime now) override;
    SteadyTime wake_at(SteadyTime now) const override;

    static std::string_view word(Refusal why);
    static smpp::CommandStatus status_of(Refusal why);

    void happened(smpp::Bound& bound);
    void happened(smpp::BindRequested& asked);
    void happened(smpp::MessageArrived& arrived);
    void happened(smpp::MultiArrived& arrived);
    void happened(smpp::QueryRequested& asked);
    void happened(smpp::CancelRequested& asked);
    void happened(smpp::ReplaceRequested& asked);
    void happened(smpp::RequestEnded& ended);
    void happened(smpp::AnsweredLate& answer);
    void happened(smpp::OutbindArrived& outbind);
    void happened(smpp::Closed& closed);
    template <class Other>
    void happened(Other&) {}  // what only an ESME hears

    net::awaitable<void> judge(std::shared_ptr<SmppPeer> self, Asked asked);
    net::awaitable<Refusal> verdict(const Asked& asked, SmppAccount* account);
    net::awaitable<std::optional<bool>> knows_secret(const Asked& asked, const SmppAccount* account, SteadyTime until);
    net::awaitable<std::optional<bool>> check_hash(const Asked& asked, const std::string& hash, SteadyTime until);
    net::awaitable<void> wait_until(SteadyTime moment);
    Refusal place_for(const SmppAccount& account, smpp::BindKind kind) const;
    void accept(SmppAccount& account, smpp::BindKind kind);
    void refuse(Refusal why);
    void tell_unbound(smpp::Closed::Why why);

    /// A message of this peer between its coming and its answer.
    struct Owed {
        smpp::CommandId command = smpp::CommandId::submit_sm;
        std::uint32_t sequence = 0;
        std::uint8_t registered_delivery = 0;
        WireAddress source, destination;
        std::vector<std::byte> failed;  ///< submit_multi: destinations that are none of ours
        std::size_t failed_count = 0;
        WallTime came{};
    };
    void take(const smpp::ShortMessage& message, Owed owed);
    void answer(const Owed& owed, const SmppInbox::Taken& taken);
    void respond(const Owed& owed, const std::string& message_id);
    void tell_receipts(const Owed& owed, const std::string& message_id);
    void remember(storage::Id message);
    void doubt_unconfirmed();
    void doubt_answers();
    net::awaitable<void> look_up(std::shared_ptr<SmppPeer> self, std::uint32_t sequence, std::string message_id,
                                 storage::Id message, storage::LookupKey sender);
    storage::LookupKey key_of(const smpp::AddressView& address) const;
    const SmppChannelOptions& channel() const { return binds_.options.channel; }

    SmppBinds& binds_;
    net::asio::ip::address from_;
    std::shared_ptr<WaitingRoom::Place> place_;
    SteadyTime bind_by_;
    std::shared_ptr<SmppLink> link_;
    SmppAccount* account_ = nullptr;  ///< once bound
    smpp::BindKind kind_ = smpp::BindKind::transceiver;
    std::size_t window_ = 0;                 ///< as it was when it bound
    std::uint32_t secret_ = 0;               ///< of the account, as it was when it bound
    std::uint32_t number_ = 0;               ///< of the bind, among those since the process began
    net::asio::steady_timer wait_;           ///< of a bind for its turn, or for its refusal
    std::optional<SteadyTime> waits_since_;  ///< its messages, for room in the store's queue
    bool in_line_ = false;                   ///< of those who wait
    std::size_t called_ = 0;                 ///< what it may take, told by go_on() and not begun yet
    bool closed_ = false;
    bool told_outbind_ = false;       ///< one line a connection
    bool unbinds_for_store_ = false;  ///< begun; it drains
    OddPdus odd_;
    RecentAnswers answers_;
    SteadyTime heard_{};  ///< when the peer last asked or answered something
};

}  // namespace jejak::channel
