#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/error.hpp"
#include "storage/model.hpp"

namespace jejak::storage {

/// What a page of alerts may show: the audiences of the asker, and places under one of `areas` (empty: all). An alert
/// without a place is shown to every area: better one reader too many than none.
struct AlertFilter {
    std::vector<Audience> audiences;
    std::vector<std::string> areas;
};

/// Questions to the store, inside a unit of work or on a read-only connection. Methods throw storage::Error.
class View {
public:
    virtual ~View() = default;

    // people and workers
    virtual std::optional<Person> person(const LookupKey& number_key) = 0;
    virtual std::vector<Person> people() = 0;
    virtual std::optional<Worker> worker(std::uint32_t number) = 0;
    virtual std::optional<Worker> worker_of(
        const LookupKey& owner_key) = 0;  ///< the latest that agreed from this number
    virtual std::optional<Worker> worker_with_nik(const LookupKey& nik_key) = 0;
    virtual std::vector<TrailEvent> trail(Id worker) = 0;
    virtual bool opted_out(const LookupKey& number_key) = 0;                           ///< BERHENTI, and no MULAI since
    virtual std::optional<WallTime> opted_out_since(const LookupKey& number_key) = 0;  ///< the same, and when

    virtual std::optional<ReplyPolicy> reply_policy(const LookupKey& number_key) = 0;

    /// Which of person(), opted_out(), reply_policy() and dialogue_of() have anything for a number. One question in
    /// place of four: of most numbers, nothing is known.
    struct Acquaintance {
        bool person = false, opted_out = false, policy = false, dialogue = false;
    };
    virtual Acquaintance acquaintance(const LookupKey& number_key, WallTime now) = 0;

    // conversations
    /// The latest open one; of one way, or of both.
    virtual std::optional<Dialogue> dialogue_of(const LookupKey& person_key, WallTime now,
                                                std::optional<Dialogue::Way> way = std::nullopt) = 0;
    virtual std::optional<Dialogue> dialogue_of_session(const LookupKey& session_key) = 0;
    /// The longest expired first; of one way, or of both.
    virtual std::vector<Dialogue> dialogues_expired(WallTime now, std::size_t limit,
                                                    std::optional<Dialogue::Way> way = std::nullopt) = 0;

    // messages and reports
    virtual std::optional<Message> message(Id id) = 0;
    virtual std::optional<Report> report_of(Id message) = 0;
    virtual std::optional<Id> ticket(std::uint32_t number) = 0;  ///< the message it was issued for
    virtual std::optional<std::uint32_t> ticket_of(Id message) = 0;
    virtual std::optional<Id> message_of_provider(std::string_view channel, const LookupKey& provider_key) = 0;
    virtual std::optional<Id> uncertain(const LookupKey& fingerprint, WallTime now) = 0;
    /// Messages since `after` that repeat an earlier one, of the latest `limit` messages; the latest first.
    virtual std::vector<Repeat> repeats_after(Id after, std::size_t limit) = 0;
    /// Begun since then under this key, the latest first.
    virtual std::vector<Assembly> assemblies(const LookupKey& key, WallTime since, std::size_t limit) = 0;
    virtual std::optional<Assembly> assembly_by_id(Id id) = 0;
    virtual std::optional<Part> part(Id assembly, std::uint8_t number) = 0;
    virtual std::vector<Part> parts(Id assembly) = 0;                                   ///< by part number
    virtual std::vector<Assembly> assemblies_due(WallTime now, std::size_t limit) = 0;  ///< the longest due first
    /// Of one sender in a scope, and of everybody in it.
    struct Open {
        OpenTexts sender, scope;
    };
    virtual Open open_texts(std::string_view scope, const LookupKey& sender_key) = 0;

    // incidents and alerts
    virtual std::optional<Incident> incident(Id id) = 0;
    virtual std::optional<Incident> incident_numbered(std::uint32_t number) = 0;  ///< behind its reference
    virtual std::optional<Incident> incident_near(std::string_view group, std::string_view village, WallTime since) = 0;
    virtual std::optional<Alert> alert(Id id) = 0;
    virtual std::vector<Alert> alerts_of(Id incident) = 0;
    virtual std::vector<Alert> alerts(const AlertFilter& filter, Id after, std::size_t limit) = 0;
    virtual std::vector<Alert> alerts_unpublished(WallTime published_before, std::size_t limit) = 0;

    // what is owed
    virtual std::optional<Event> event(Id id) = 0;
    virtual std::vector<Delivery> deliveries_pending(std::string_view endpoint, Id after, WallTime now,
                                                     std::size_t limit) = 0;
    /// Those that leave by `account` of the channel; "" stands for those that any may carry.
    virtual std::vector<Reply> replies_pending(std::string_view channel, std::string_view account, WallTime now,
                                               std::size_t limit) = 0;
    virtual bool replies_expired(WallTime now) = 0;  ///< some pending reply's time is over
    virtual std::optional<Reply> reply(Id id) = 0;
    virtual std::vector<ReplyPart> parts_of_reply(Id reply) = 0;  ///< by part number
    /// Replies decided since then that have this id (sms::canonical_id), or a part that has, the latest first.
    virtual std::vector<Reply> replies_with_id(std::string_view channel, std::string_view canonical_id, WallTime since,
                                               std::size_t limit) = 0;
    /// Submits that were never answered and may still be of use, the oldest first.
    virtual std::vector<Reply> replies_uncertain(std::string_view channel, WallTime now, std::size_t limit) = 0;
    virtual std::vector<Receipt> receipts_of(Id reply, std::size_t limit) = 0;             ///< oldest first
    virtual std::size_t count_receipts_of(Id reply, std::size_t limit) = 0;                ///< stops at `limit`
    virtual std::vector<Receipt> receipts_waiting_after(Id after, std::size_t limit) = 0;  ///< oldest first
    virtual std::vector<EndpointState> endpoint_states() = 0;
    struct EndpointCounts {
        std::string endpoint;
        std::uint64_t pending = 0, delivered = 0, dead = 0;
    };
    virtual std::vector<EndpointCounts> endpoint_counts() = 0;

    // administration
    virtual std::vector<Token> tokens() = 0;
    virtual Ledger ledger() = 0;                      ///< the running account
    virtual Ledger recount() = 0;                     ///< the same from the rows: slow
    virtual std::optional<Id> audit_broken_at() = 0;  ///< first entry whose chain does not fit

    // walking everything, oldest first, for exports
    virtual std::vector<Message> messages_after(Id after, std::size_t limit) = 0;
    virtual std::vector<Reply> replies_to(Id message) = 0;
    virtual std::vector<Report> reports_after(Id after, std::size_t limit) = 0;
    virtual std::vector<Report> reports_before(Id before, std::size_t limit) = 0;  ///< the latest first
    virtual std::vector<Id> reply_ids_after(Id after, std::size_t limit) = 0;
    virtual std::vector<Worker> workers_after(Id after, std::size_t limit) = 0;
};

/// One unit of work: everything done through it is committed together or not at all. Lives on the writer thread; ids
/// of rows the caller did not number are given here.
class Unit : public virtual View {
public:
    virtual Id next_id(Table table) = 0;  ///< ascending, from the unit's time
    virtual WallTime now() const = 0;     ///< the same through the whole unit

    virtual void add(const Message& message) = 0;
    virtual void set_fate(Id message, Fate fate) = 0;           ///< of it, and of every part of its assembly
    virtual void set_text(Id message, const Sealed& text) = 0;  ///< a USSD session's transcript as it grows
    virtual void set_remarks(Id message, sms::Remarks remarks) = 0;
    virtual std::uint32_t issue_ticket(Id message) = 0;  ///< a number for a reference; throws Exhausted at the end

    /// The process ended: whatever was taken since then may come again.
    virtual void mark_uncertain(WallTime since) = 0;
    /// A session ended: the same of what it was told lately.
    virtual void mark_uncertain(std::span<const Id> messages) = 0;
    virtual void forget_uncertain(Id message) = 0;  ///< it came again, and was linked

    virtual void add(const Assembly& assembly) = 0;
    /// What is complete or closed is open no more, and no longer due.
    virtual void set_state(Id assembly, Assembly::State state, std::optional<WallTime> due_at = std::nullopt) = 0;
    virtual void add(Id assembly, const Part& part) = 0;

    virtual void add(const Person& person) = 0;  ///< replaces the one with this number
    virtual bool remove_person(const LookupKey& number_key) = 0;
    virtual void set_opted_out(const LookupKey& number_key, bool out) = 0;
    virtual void set(const ReplyPolicy& policy) = 0;  ///< replaces the one of this number
    virtual void add(const Dialogue& dialogue) = 0;
    virtual void update(const Dialogue& dialogue) = 0;
    virtual void end_dialogue(Id dialogue) = 0;
    virtual std::uint32_t next_number(std::string_view kind) = 0;  ///< counter for "worker" and "incident" references
    virtual void add(const Worker& worker) = 0;
    virtual void update(const Worker& worker) = 0;
    virtual void add(const TrailEvent& event) = 0;

    virtual void add(const Report& report) = 0;
    virtual void update(const Report& report) = 0;
    virtual void add(const Incident& incident) = 0;
    virtual void update(const Incident& incident) = 0;
    virtual bool add_reporter(Id incident, const LookupKey& sender_key) = 0;  ///< true when this number is new to it
    virtual std::uint32_t add(Alert& alert) = 0;  ///< gives it the next sequence of its audience
    virtual void update(const Alert& alert) = 0;

    virtual void add(const Event& event) = 0;
    virtual void add(const Delivery& delivery) = 0;
    virtual void update(const Delivery& delivery) = 0;
    virtual std::uint64_t replay_dead(
        std::string_view endpoint) = 0;  ///< dead deliveries become pending, flagged replayed
    virtual void set(const EndpointState& state) = 0;

    virtual void add(const Reply& reply) = 0;
    virtual void update(const Reply& reply) = 0;  ///< state, not_before, provider_id, uncertain
    virtual void set(const ReplyPart& part) = 0;  ///< replaces that part of that reply
    /// The process ended: what was on its way out since then and has no answer may have left, or not.
    virtual void mark_replies_uncertain(WallTime since) = 0;
    virtual void add(const Receipt& receipt) = 0;
    virtual void set_match(Id receipt, Receipt::Match match, std::optional<Id> reply) = 0;
    virtual void keep_unmatched_receipts(std::size_t newest) = 0;  ///< forgets the others that belong to no reply
    virtual std::uint64_t drop_expired_replies(std::size_t limit) = 0;

    virtual void add(const Token& token) = 0;
    virtual bool revoke_token(std::string_view name) = 0;
    virtual void audit(AuditEntry entry) = 0;  ///< appends to the hash chain
};

/// How a unit ended.
enum class Committed : std::uint8_t {
    durable,         ///< on disk
    poisoned,        ///< it threw; only its `instead` is on disk
    storage_failed,  ///< rolled back: the store is full, read-only, busy or broken; it is probing
    queue_full       ///< not even queued: ask the peer to come again
};

struct Work {
    std::function<void(Unit&)> apply;
    /// Runs in place of an `apply` that threw something else than a storage error, so that a message that breaks our
    /// own code still ends as a row. May be empty: then nothing is stored.
    std::function<void(Unit&)> instead;
    /// Called on the writer thread after the batch: hand over and return.
    std::function<void(Committed)> done;
};

/// The store: units of work with group commit on one writer thread, questions on a small pool of read-only connections.
class Store {
public:
    virtual ~Store() = default;

    /// Thread-safe, never waits for the disk. False: the queue is full or the store is failing, and `done` was not
    /// kept; healthy() tells which.
    virtual bool submit(Work work) = 0;
    /// Runs `ask` on a reader thread, then `done` there, with what it threw if it threw.
    virtual void read(std::function<void(View&)> ask, std::function<void(std::exception_ptr)> done) = 0;

    virtual bool healthy() const = 0;
    virtual std::string trouble() const = 0;  ///< why not, for the operator: no path, number or text
    struct Counts {
        std::uint64_t batches = 0, units = 0, queued = 0, poisoned = 0, failures = 0;
        double last_commit_seconds = 0;
    };
    virtual Counts counts() const = 0;
    virtual Id last_message() const = 0;  ///< highest message id at opening
    /// Commits what is queued, checkpoints, closes. Nothing may be submitted afterwards.
    virtual void close() = 0;
};

}  // namespace jejak::storage
