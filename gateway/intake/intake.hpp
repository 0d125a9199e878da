#pragma once
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/casework/caseworker.hpp"
#include "gateway/intake/assembler.hpp"
#include "gateway/intake/budget.hpp"
#include "gateway/intake/lanes.hpp"
#include "gateway/intake/receipts.hpp"
#include "gateway/intake/redeliveries.hpp"
#include "gateway/move_only_function.hpp"
#include "gateway/store_access.hpp"
#include "protocol/sms/inbound.hpp"
#include "storage/ids.hpp"

namespace jejak::intake {

/// What a channel learns of a message it handed over. Only `stored` may be acknowledged.
struct Accepted {
    enum class How : std::uint8_t {
        stored,         ///< durable, whatever its fate
        busy,           ///< the queue stayed full for `later_after`: ask the peer to come again
        storage_failed  ///< nothing is stored: ask the peer to come again
    };
    How how = How::stored;
    storage::Id message = 0;
    bool duplicate = false;
    casework::Handled handled;
};

/// What bounds replies, and how long an answer is waited for.
struct IntakeOptions {
    LaneLimits lanes;
    ReplyLimits replies;
    std::chrono::milliseconds answers_within = casework::answers_within_default;
    /// Channel → its group, for channels that are ways to one peer: a message that comes again by another of them is
    /// the same, and so is a part's text. A group's name is no channel's.
    std::map<std::string, std::string> groups;
    ReceiptDesk::Pairs receipt_pairs;
    SegmentQuotas segments;
};

/// Takes what channels hear, and answers when it is durable. Reads and seals on the network thread, decides and
/// writes in one unit on the writer thread. Everything accepted is a row with one fate; nothing is dropped.
class Intake {
public:
    using Done = MoveOnlyFunction<void(Accepted)>;
    using PackSource = std::function<std::shared_ptr<const understand::Pack>()>;
    using Clock = std::function<WallTime()>;

    static constexpr std::size_t read_at_once_max = 2'048;       ///< octets; longer texts are read beside the loop
    static constexpr std::chrono::seconds later_after{5};        ///< how long a full queue is waited for
    static constexpr std::chrono::seconds answers_in_doubt{60};  ///< before a session's end
    /// How far back from a session's end the rows may lie whose answers are in doubt.
    static constexpr std::chrono::seconds doubted_back = answers_in_doubt + later_after;

    Intake(StoreAccess& store, const storage::Vault& vault, const casework::Publisher& publisher, PackSource pack,
           IntakeOptions options, Clock clock = wall_now);

    /// `done` runs later on the loop's thread, exactly once.
    void accept(std::string channel, sms::InboundText text, casework::ReplyRoute route, Done done);
    net::awaitable<Accepted> accept(std::string channel, sms::InboundText text, casework::ReplyRoute route);

    /// A session ended without an orderly unbind: these answers, its last minute's, may not have arrived.
    void session_ended(const std::vector<storage::Id>& answered);
    /// A session that may be dead or well, unlike that above: should it be well, what it brings again is said again,
    /// and only by another session it is a repeat. `session_over()` forgets it.
    void session_doubted(const std::string& channel, std::uint32_t bind, const std::vector<storage::Id>& answered);
    void session_over(const std::string& channel, std::uint32_t bind);
    static constexpr std::size_t doubted_of_one_max = 4'096;  ///< remembered of such a session; the oldest give way
    /// While the store takes nothing. More answers in doubt than this, and all of the last minute's are.
    static constexpr std::size_t doubted_max = 100'000;
    /// What the process took in its last minute may come again; and how much each number has sent lately. Once,
    /// before any channel starts.
    net::awaitable<void> recover();
    /// Releases long texts whose missing part did not come in time, again with what came since, and closes them in the
    /// end. Returns endpoints that now have something to deliver.
    net::awaitable<std::vector<std::string>> release_overdue(
        std::function<casework::ReplyRoute(const std::string&)> route_of);

    /// A report that did not come by SMS, for the sender's next STATUS. Used on the writer thread, inside the unit that
    /// stores it.
    void note_report(const storage::LookupKey& sender, storage::Id message) { lanes_.note_report(sender, message); }

    /// Whether an SMS that no text asked for may leave to this number; counted as a reply when it may. On the writer
    /// thread, inside the unit that writes it.
    bool may_write_to(const std::string& number, const std::string& channel, WallTime now);

    /// For a message that did not come by SMS: one source gives all their ids. On the loop's thread.
    storage::Id next_message_id() { return ids_.next(clock_()); }

    std::size_t in_flight() const { return in_flight_count_; }

    /// Where channels hand over delivery receipts.
    ReceiptDesk& receipts() { return receipts_; }

private:
    struct Job;
    void submit(std::shared_ptr<Job> job);
    bool mark_doubts();
    void doubt(const std::vector<storage::Id>& messages);
    void doubt_all_since(WallTime since);
    struct Overdue;
    void release(const std::shared_ptr<Overdue>& page,
                 const std::function<casework::ReplyRoute(const std::string&)>& route_of);
    casework::Handled release_partial(storage::Unit& unit, storage::Id assembly, const casework::ReplyRoute& route,
                                      std::shared_ptr<const understand::Pack> pack);
    casework::Handled read_partial(storage::Unit& unit, const storage::Assembly& assembly,
                                   const casework::ReplyRoute& route, std::shared_ptr<const understand::Pack> pack);
    const std::string& scope_of(const std::string& channel) const;
    void find_earlier(Job& job, WallTime now);
    void read_apart(std::shared_ptr<Job> job);
    void finish(const std::shared_ptr<Job>& job, storage::Committed how);
    void store(storage::Unit& unit, Job& job);
    std::optional<storage::Id> first_of(storage::Unit& unit, const Job& job) const;
    void weigh(casework::Subject& subject, const std::string& source, WallTime now);
    void note(const casework::Subject& subject, const std::string& source, const casework::Handled& handled,
              WallTime now);
    void recall(storage::View& view);
    void recall_reports(storage::View& view);
    void store_repeat(storage::Unit& unit, Job& job, storage::Message& row, storage::Id first);
    void store_part(storage::Unit& unit, Job& job, storage::Message& row);
    void store_alone(storage::Unit& unit, Job& job, storage::Message& row);
    void join(storage::Unit& unit, Job& job, const Joined& joined);
    void act(storage::Unit& unit, Job& job, storage::Id message, bool answered,
             std::optional<std::string> text = std::nullopt);

    /// The first of equal messages that are not on disk yet.
    struct InFlight {
        storage::Id first = 0;
        std::string way;
    };

    StoreAccess& store_;
    const storage::Vault& vault_;
    casework::Caseworker caseworker_;
    Assembler assembler_;
    ReceiptDesk receipts_;
    PackSource pack_;
    Clock clock_;
    SenderLanes lanes_;
    ReplyBudget budget_;
    std::map<std::string, std::string> groups_;
    storage::IdSource ids_;
    std::unordered_map<storage::LookupKey, InFlight, KeyHash> in_flight_;  ///< by fingerprint
    Redeliveries redeliveries_;
    std::size_t in_flight_count_ = 0;
    /// Answers that may not have arrived. The store must have it before anything that comes again: every submit goes
    /// behind it.
    struct Doubts {
        std::vector<storage::Id> messages;
        std::optional<WallTime> all_since;  ///< those of whatever was taken since then, too
    };
    std::shared_ptr<Doubts> doubts_ = std::make_shared<Doubts>();  ///< of the loop until it is queued
    /// By session: what it brought that is in doubt though it may be well. Jobs share it with the writer's thread.
    std::unordered_map<std::string, std::shared_ptr<const std::vector<storage::Id>>> brought_;
    net::asio::thread_pool reader_{1};  ///< of long texts; as many wait as peers' windows let come
};

}  // namespace jejak::intake
