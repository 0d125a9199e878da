#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "gateway/channel/reply_sender.hpp"
#include "gateway/channel/ussd_link.hpp"
#include "gateway/config/config.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/telemetry.hpp"
#include "protocol/smpp/pdu.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/sms/receipt.hpp"

namespace jejak::channel {

/// What becomes of the messages that come over an SMPP channel: a report goes to intake, a turn of a USSD session to
/// the desk, a receipt settles its reply. Each is told of once, when it is durable. Lives on the loop's thread, as
/// long as the channel; a commit that ends later finds it gone, and tells nobody.
class SmppInbox {
public:
    /// Called for every stored message, after it was answered: wakes endpoints, sends the reply that left the unit as
    /// sent.
    using Stored = std::function<void(const intake::Accepted&)>;
    using RouteOf = std::function<casework::ReplyRoute()>;

    /// What a message came to.
    struct Taken {
        intake::Accepted::How how = intake::Accepted::How::stored;  ///< only `stored` may be acknowledged
        storage::Id message = 0;  ///< its row; 0 when it has none of its own: a receipt, a turn of a session
    };
    /// Runs later, once, unless this is gone by then.
    using Done = std::function<void(const Taken&)>;

    SmppInbox(const SmppChannelOptions& options, intake::Intake& intake, Telemetry& telemetry, RouteOf route,
              Stored stored)
        : state_(std::make_shared<State>(State{options, intake, telemetry, std::move(route), std::move(stored)})) {}

    /// Who hands a message over: `peer` is empty where the channel has only one; a repeat comes from the same peer.
    /// `ussd` carries its screens; null: it has none, and what comes as USSD is a text.
    struct From {
        std::string_view peer;
        std::uint32_t bind;  ///< which of the channel's sessions
        ReplySender& replies;
        UssdLink* ussd = nullptr;
        bool ready = true;  ///< a reply could leave by this peer at once
    };
    void take(const smpp::ShortMessage& message, const From& from, Done done);
    /// A message whose body did not decode, as it came: kept for a person to read.
    void take_undecodable(std::span<const std::byte> body, const From& from, Done done);

    /// What a message is answered with that came to this; empty: not at all, the connection is closed.
    std::optional<smpp::CommandStatus> answer_to(intake::Accepted::How how) const;

private:
    /// What completions hold, weakly.
    struct State {
        const SmppChannelOptions& options;
        intake::Intake& intake;
        Telemetry& telemetry;
        RouteOf route;
        Stored stored;

        void count(intake::Accepted::How how, std::optional<Fate> fate) const;
    };
    using Shared = std::shared_ptr<const State>;

    casework::ReplyRoute route_for(const From& from) const;
    sms::InboundText text_of(const smpp::ShortMessage& message, const From& from) const;
    void take_receipt(const smpp::ShortMessage& message, sms::Receipt receipt, const From& from, Done done);
    void take_ussd(UssdLink& link, const smpp::ShortMessage& message, const ussd::Signal& signal, sms::InboundText text,
                   Done done);
    static void take_text(const Shared& state, sms::InboundText text, casework::ReplyRoute route, Done done);

    Shared state_;
};

}  // namespace jejak::channel
