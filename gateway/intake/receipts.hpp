#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store_access.hpp"
#include "protocol/sms/msisdn.hpp"
#include "protocol/sms/receipt.hpp"
#include "storage/store.hpp"

namespace jejak::intake {

/// A delivery receipt as a channel heard it.
struct HeardReceipt {
    std::string channel;
    sms::Receipt receipt;
    sms::IdForm ids = sms::IdForm::any;
    sms::Originator source;       ///< whom our message went to, says the specification
    sms::Originator destination;  ///< not every SMSC swaps the two
    std::string account{};        ///< of the channel, by which it came; empty: it has only one
    bool marked = true;           ///< its PDU says what it is; else only its text does
};

/// Delivery receipts: each is kept, and settles the reply it is about. It is looked for among the ids that this
/// channel's submits were given lately, or those of its pair, in the spellings its form allows, to the number the
/// receipt names if it names one; a receipt that fits more than one reply settles none. One that comes before its
/// submit_sm_resp waits for it; not one by an account: it settles replies that left by this account, whose answers came
/// before it, and no others. One that nothing marks is kept only where its id is of a reply of ours: else, when it was
/// looked for a little longer, nothing of it is, and its channel takes it as a text. The first failure and any later
/// delivery change the reply; what else comes is history. A reply in several parts has receipts of each: it is
/// delivered when all of it is, and failed while a part is. Lives on the loop's thread.
class ReceiptDesk {
public:
    using Match = storage::Receipt::Match;
    using Done = std::function<void(storage::Committed, Match)>;
    using Clock = std::function<WallTime()>;
    /// Channel → its pair: the channel by which its replies leave, where both are the two directions of one ESME.
    using Pairs = std::map<std::string, std::string, std::less<>>;

    static constexpr std::chrono::seconds held_for{60};    ///< for a submit_sm_resp that is still on its way
    static constexpr std::chrono::hours ids_kept_for{72};  ///< an id older than this may have been given again
    /// One that nothing marks is looked for so often, and its sender waits meanwhile: the answer that names its id may
    /// be on its way to the store, or to us.
    static constexpr unsigned unmarked_looks = 4;
    static constexpr std::chrono::milliseconds unmarked_again{100};
    static constexpr std::size_t history_max = 32;        ///< receipts kept of one message of a reply
    static constexpr std::size_t unmatched_max = 10'000;  ///< kept of those that wait or match nothing; older ones go
    static constexpr std::size_t same_id_max = 64;        ///< replies looked at under one id, the latest

    ReceiptDesk(StoreAccess& store, const storage::Vault& vault, Clock clock, Pairs pairs = {})
        : store_(store),
          vault_(vault),
          clock_(std::move(clock)),
          pairs_(std::make_shared<const Pairs>(std::move(pairs))) {}

    /// `done` runs later on the loop's thread, exactly once; the receipt may be answered when it is durable.
    void accept(const HeardReceipt& heard, Done done);

    /// Looks again at receipts that wait, and gives up on those that waited long enough. To be called every second or
    /// so; asks the store only while some wait.
    net::awaitable<void> match_waiting();

    /// The same once more before the store is closed, behind every answer that was handed to it. Never throws.
    net::awaitable<void> match_at_end();

private:
    storage::Receipt row_of(const HeardReceipt& heard) const;
    void take(const HeardReceipt& heard, Done done);
    void look(const HeardReceipt& heard, unsigned looks, const Done& done);
    net::awaitable<bool> match_pages();

    StoreAccess& store_;
    const storage::Vault& vault_;
    Clock clock_;
    const std::shared_ptr<const Pairs> pairs_;  ///< units hold it on the writer's thread
    bool may_wait_ = true;                      ///< some may be waiting in the store: so it is at the start
    std::size_t unplaced_ = 0;                  ///< matched nothing, since the last look at how many those are
    static constexpr std::size_t unplaced_max = 1'000;
};

/// What the receipts of its parts say of a whole reply: delivered when all parts are, else the first part's failure,
/// else enroute; unknown without any.
sms::MessageState state_of(std::span<const storage::ReplyPart> parts);
/// A reply of which `before` was known, now that `now` is: of one that stays as it is, `state`.
storage::ReplyState settled(storage::ReplyState state, sms::MessageState before, sms::MessageState now);

/// The reply a receipt is about; empty with the reason why not.
struct ReceiptMatch {
    storage::Receipt::Match match = storage::Receipt::Match::waiting;
    std::optional<storage::Reply> reply;
};
/// `account`: by which the receipt came; empty: its channel has only one. A channel with accounts has no pair, and what
/// left by an account of the pair is settled by that account.
ReceiptMatch find_reply(storage::View& view, const storage::Receipt& receipt, const ReceiptDesk::Pairs& pairs,
                        std::string_view account = {});

}  // namespace jejak::intake
