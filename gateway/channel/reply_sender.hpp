#pragma once
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/channel/reply_exit.hpp"
#include "gateway/channel/reply_outcomes.hpp"
#include "gateway/config.hpp"
#include "gateway/store_access.hpp"
#include "gateway/telemetry.hpp"
#include "protocol/smpp/session.hpp"

namespace jejak::channel {

/// The replies of one SMPP channel between the unit that decided them and their last submit_sm_resp: cuts them into
/// parts, hands them to the session while its window has room, and stores what became of them. Lives on the loop's
/// thread.
///
/// What is known never to have left goes back to pending; what may have left stays sent: a reply leaves at most once.
class ReplySender {
public:
    static constexpr std::size_t queued_max = 1'000;

    ReplySender(const SmppChannelOptions& options, StoreAccess& store, Telemetry& telemetry);
    ~ReplySender();

    /// Room in the queue, and the SMSC is not asking for patience.
    bool has_room(SteadyTime now) const;
    void add(OutgoingReply reply);
    /// It cannot leave now; it is known unsent.
    void give_back(storage::Id reply);
    /// Hands queued parts to the session while it may send.
    void fill(smpp::Session& session, SteadyTime now);
    /// A part was answered, or never will be.
    void ended(const smpp::RequestEnded& part, SteadyTime now);
    /// When fill() has something to do again after a throttle.
    SteadyTime wake_at(SteadyTime now) const;
    void session_over();
    /// Outcomes ride with the next commit.
    void settle();

private:
    struct Submitting;
    void send_part(smpp::Session& session, Submitting& submitting, std::chrono::milliseconds remaining, SteadyTime now);
    void drop(storage::Id reply);

    const SmppChannelOptions& options_;
    Telemetry& telemetry_;
    std::unordered_map<storage::Id, Submitting> replies_;  ///< on their way out, until their last part is answered
    std::deque<storage::Id> queue_;                        ///< those of them with parts to hand to the session
    ReplyOutcomes outcomes_;
    std::chrono::seconds throttle_{0};
    SteadyTime throttled_until_{};
    std::uint8_t text_reference_ = 0;
};

}  // namespace jejak::channel
