#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/channel/reply_exit.hpp"
#include "gateway/channel/reply_outcomes.hpp"
#include "gateway/channel/send_rate.hpp"
#include "gateway/channel/submit_queries.hpp"
#include "gateway/channel/text_references.hpp"
#include "gateway/config/config.hpp"
#include "gateway/store_access.hpp"
#include "gateway/telemetry.hpp"
#include "protocol/smpp/session.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {

/// The replies of one SMPP channel between the unit that decided them and their last submit_sm_resp: cuts them into
/// parts, hands them to whichever of the channel's sessions has room, as fast as the SMSC takes them, and stores what
/// became of them. Lives on the loop's thread.
///
/// What is known never to have left goes back to pending; what may have left stays sent: a reply leaves at most once. A
/// long text of which some parts left is finished part by part, over the next bind if need be; a part that was refused
/// for now goes again alone.
class ReplySender {
public:
    static constexpr std::size_t queued_max = 1'000;
    static constexpr unsigned tries_max = 3;          ///< of a message that is refused for now, or nobody knows why
    static constexpr std::size_t tries_kept = 4'096;  ///< messages whose tries are remembered
    static constexpr std::chrono::milliseconds try_again_after{5'000};  ///< doubled for the third try
    /// So many destinations in a row whose queue is full: it is the SMSC's own that is.
    static constexpr unsigned full_queues_max = 3;
    static constexpr std::size_t doubts_max = 1'000;  ///< submits that were given up whose answer may still come

    /// `references` are those of the channel, which other senders may share.
    ReplySender(const SmppChannelOptions& options, StoreAccess& store, Telemetry& telemetry,
                std::shared_ptr<TextReferences> references = std::make_shared<TextReferences>());
    ~ReplySender();

    /// Room in the queue, and the SMSC is not asking for patience.
    bool has_room(SteadyTime now) const;
    void add(OutgoingReply reply);
    /// It cannot leave now; it is known unsent.
    void give_back(storage::Id reply);
    /// Hands queued parts to the session while it may send and the rate lets them, and asks about what was never
    /// answered. How many parts.
    std::size_t fill(smpp::Session& session, SteadyTime now);
    /// A part or a question was answered, or never will be.
    void ended(const smpp::RequestEnded& request, SteadyTime now);
    /// A part that was given up was answered after all: that settles the doubt, and its receipts are known by its id.
    void late(const smpp::AnsweredLate& answer, SteadyTime now);
    /// When fill() has something to do again though nothing is answered.
    SteadyTime wake_at(SteadyTime now) const;
    /// There is no session any more that could carry replies. What has not begun goes back to the store.
    void session_over();
    /// There never will be one again. What has begun ends here: a text whose other parts did not leave is dropped.
    void give_up();
    /// Outcomes ride with the next commit.
    void settle();
    /// The same for the end: until they are stored, or `until` came.
    net::awaitable<void> stored(SteadyTime until) { return outcomes_.stored(until); }

    /// A reply of before the process began, of which nobody knows whether it left, and the parts that did.
    struct Doubtful {
        storage::Reply reply;
        std::vector<storage::ReplyPart> known;
        std::string text;  ///< UTF-8; how many parts there are follows from it where no part is known
    };
    /// Asks about them when there is a bind, about every part that is not known to have left.
    void recall(const std::vector<Doubtful>& uncertain);
    /// A destination whose queue was full, or who was away, is there again: what waits for it may leave at once.
    void reachable(const std::string& destination);
    /// How many messages beside the replies (screens, receipts) may leave by this session now, as far as the rate goes
    /// and the SMSC does not ask for patience. What is handed over before fill() goes ahead of the replies.
    std::size_t room_beside(const smpp::Session& session, SteadyTime now);
    /// What left beside the replies counts as sent, too.
    void count_sent(std::size_t messages, SteadyTime now);
    /// The same was answered: a refusal as too fast slows down everything.
    void ended_beside(const smpp::RequestEnded& request, SteadyTime now);
    /// When that may leave which waits beside the replies: `otherwise` if neither the rate nor a pause is in its way.
    SteadyTime beside_at(SteadyTime otherwise, SteadyTime now) const {
        const auto free = rate_.next(1, now);
        return free > now ? free : otherwise;
    }
    /// One message beside the replies may leave, as far as the rate goes.
    bool may_send_beside(SteadyTime now) { return rate_.may_begin(1, now); }
    /// A reply was left waiting by the last fill() because of the rate.
    bool held_back() const { return blocked_until_ != SteadyTime::max(); }
    const SendRate& rate() const { return rate_; }

private:
    struct Text;
    struct UnderWay {
        storage::Id reply = 0;
        std::size_t part = 0;
        std::size_t total = 1;
    };
    using Texts = std::unordered_map<storage::Id, Text>;

    void heed_congestion(const smpp::Session& session);
    void ask(smpp::Session& session, SteadyTime now, std::size_t most);
    std::size_t send_parts(smpp::Session& session, SteadyTime now);
    sms::OutboundSegment form_for(const smpp::Session& session, const Text& text, std::size_t index) const;
    void send_part(smpp::Session& session, Text& text, std::size_t index, SteadyTime now);
    bool may_leave(Text& text, SteadyTime now);
    void heard(Text& text, std::size_t part, const smpp::RequestEnded& request, SteadyTime now);
    void refused_for_now(Text& text, std::size_t part, std::chrono::milliseconds wait, SteadyTime now);
    std::chrono::milliseconds back_off(const Text& text, smpp::CommandStatus status, SteadyTime now);
    std::optional<std::chrono::milliseconds> next_try(storage::Id reply, std::size_t part);
    void forget_tries(storage::Id reply);
    void taken(Text& text, std::size_t part, std::string_view message_id);
    void never_answered(std::uint64_t token, const UnderWay& way);
    storage::ReplyPart row_of(const UnderWay& part, std::string_view message_id) const;
    void resolved(const SubmitQueries::Answer& answer, SteadyTime now);
    void conclude(storage::Id reply, SteadyTime now);
    void finish(Texts::iterator found, storage::ReplyState state);
    void put_off(Texts::iterator found, SteadyTime now);
    void put_back(Texts::iterator found, SteadyTime now);
    void wake_resting(SteadyTime now);
    void drop(storage::Id reply);
    double random() { return std::uniform_real_distribution<double>(0, 1)(random_); }

    const SmppChannelOptions& options_;
    Telemetry& telemetry_;
    std::shared_ptr<TextReferences> references_;
    Texts texts_;                                            ///< on their way out, until their last part is answered
    std::deque<storage::Id> queue_;                          ///< those of them with parts to hand to a session
    std::deque<storage::Id> resting_;                        ///< those that begun and wait for their time
    std::unordered_map<std::uint64_t, UnderWay> under_way_;  ///< by token
    std::unordered_map<std::uint64_t, UnderWay> doubts_;     ///< the same of those that were given up
    std::deque<std::uint64_t> doubts_order_;
    SubmitQueries queries_;
    ReplyOutcomes outcomes_;
    SendRate rate_;
    DestinationWaits destinations_;
    using Message = std::pair<storage::Id, std::size_t>;  ///< one part of a reply: each is tried for itself
    std::map<Message, unsigned> tries_;
    std::deque<Message> tries_order_;
    SteadyTime blocked_until_ = SteadyTime::max();         ///< of the queue, by the rate
    SteadyTime questions_held_until_ = SteadyTime::max();  ///< the same of what is asked
    bool question_next_ = false;                           ///< replies had their turn since the last question
    SteadyTime congestion_heard_{};
    unsigned full_queues_ = 0;
    std::uint64_t tokens_ = 0;
    std::minstd_rand random_;
};

}  // namespace jejak::channel
