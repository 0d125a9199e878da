#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/sms/inbound.hpp"
#include "protocol/sms/receipt.hpp"
#include "protocol/time.hpp"
#include "protocol/vocabulary.hpp"
#include "storage/vault.hpp"

/// What is kept. Everything that identifies a person is sealed or a lookup key; the rest is codes, counts and times.
namespace jejak::storage {

/// One inbound SMS. Every one is a row, whatever its fate: nothing is dropped.
struct Message {
    Id id = 0;
    std::string channel;
    LookupKey sender_key{};        ///< of the normalised originator; of "" when there is none
    std::uint8_t sender_kind = 0;  ///< sms::Originator::Kind
    Sealed sender;
    Sealed destination;
    Sealed text;  ///< UTF-8 as decoded
    Sealed raw;   ///< octets of an undecodable or binary message; else empty
    WallTime received_at{};
    Fate fate = Fate::unclear;
    sms::Remarks remarks = 0;
    std::optional<LookupKey> fingerprint;   ///< SMPP: what a redelivery repeats
    std::optional<LookupKey> provider_key;  ///< HTTP: of the provider's id
    std::optional<Id> duplicate_of;
    std::optional<Id> assembly;  ///< the long text it is a part of
    std::string account;         ///< of the channel, by which it came; empty where there is only one
};

/// A message that was linked to an earlier one.
struct Repeat {
    Id message = 0;
    Id first = 0;
};

/// A long text under way: its parts are messages. `lead` is the message that stands for the whole.
struct Assembly {
    Id id = 0;
    LookupKey key{};  ///< scope, source, destination, mechanism, reference; several totals and generations may share it
    Id lead = 0;
    std::uint8_t total = 0;
    WallTime first_at{};
    enum class State : std::uint8_t { waiting, released_partial, complete, closed } state = State::waiting;
    std::string scope;               ///< the channel, or the group it is in: what its quota is counted by
    LookupKey sender_key{};          ///< as of its messages
    std::uint32_t parts = 0;         ///< kept by the store
    std::uint64_t octets = 0;        ///< of its parts, sealed; kept by the store
    std::optional<WallTime> due_at;  ///< when it is to be looked at again

    /// Parts may still come: it counts against the quotas.
    bool open() const { return state == State::waiting || state == State::released_partial; }
};

/// Long texts that are open, and the parts of them that came.
struct OpenTexts {
    std::uint32_t texts = 0;
    std::uint32_t parts = 0;
    bool operator==(const OpenTexts&) const = default;
};

struct Part {
    Id message = 0;
    std::uint8_t part = 0;
    std::uint8_t data_coding = 0;
    LookupKey content{};  ///< of the octets: an identical part is a repeat, a different one a new generation
    Sealed octets;        ///< user data after the UDH, sealed as Table::segment, Column::raw, row = message
};

struct Person {
    Id id = 0;
    LookupKey number_key{};
    Sealed number;
    Role role = Role::villager;
    std::string place;  ///< Kemendagri code
    WallTime added_at{};
};

struct Report {
    Id id = 0;
    Id message = 0;  ///< the message that stands for the whole text
    LookupKey sender_key{};
    Intent intent = Intent::report;
    Category category = Category::none;
    std::string place;  ///< Kemendagri code, or empty
    std::optional<std::uint32_t> people;
    std::optional<std::uint32_t> people_max;
    std::optional<WallTime> onset;
    std::uint32_t flags = 0;  ///< understand::Flag bits
    std::optional<Id> incident;
    WallTime received_at{};
};

struct Worker {
    Id id = 0;
    std::uint32_t number = 0;  ///< its code is a reference of kind "worker"
    WorkerState state = WorkerState::proposed;
    Sealed name;
    Sealed nik;
    Sealed phone;  ///< as the official gave it; nothing is sent to it
    Sealed job;
    std::optional<LookupKey> nik_key;
    std::optional<LookupKey> owner_key;  ///< the number that said SETUJU
    Sealed owner;
    std::string sex;          ///< "f", "m" or empty
    std::string village;      ///< Kemendagri code
    std::string destination;  ///< pack place name or ISO 3166 code, or empty; never as typed
    std::string exit_point;   ///< Kemendagri code or pack place name, or empty; never as typed
    std::optional<WallTime> planned_at;
    Id registered_by = 0;  ///< person
    WallTime registered_at{};
    std::optional<WallTime> consent_at;
};

/// A conversation under way with one person. By SMS there is one a person; a USSD session has one of its own, which the
/// person's next SMS goes on with when the session broke.
struct Dialogue {
    Id id = 0;
    LookupKey person_key{};  ///< lookup key of the number
    enum class Way : std::uint8_t { sms, ussd } way = Way::sms;
    std::optional<LookupKey> session_key;  ///< USSD: of the channel and the network's session id
    std::string channel;
    std::string form;        ///< the pack's form it fills in; empty: a USSD menu, no form chosen yet
    std::string slot;        ///< the field whose answer is waited for; empty: none
    std::uint8_t asked = 0;  ///< questions put so far
    Id message = 0;          ///< the message whose report it is about; 0: nothing reported yet
    Sealed state;            ///< answers so far, and where in the menu; Table::dialogue, Column::state
    WallTime opened_at{};
    WallTime expires_at{};
};

/// How one number is to be answered. Without a row: as the channel says.
enum class ReplyMode : std::uint8_t {
    silent,   ///< never
    neutral,  ///< one bland line, or one gentle question
    cover,    ///< a bland text the operator chose
    coded,    ///< nothing, until a text carries the agreed word; then as full
    full      ///< guidance in words
};
std::string_view to_string(ReplyMode mode);
std::optional<ReplyMode> parse_reply_mode(std::string_view name);

/// Whether somebody in danger may be called.
enum class Calls : std::uint8_t {
    unknown,  ///< they were not asked, or did not say
    no,       ///< they asked not to be, or others hold or read their phone
    yes
};
std::string_view to_string(Calls calls);

/// Times say until when what was said holds; empty: it was not said, or somebody lifted it. What each means, and how
/// long it holds, stands beside casework::Spared.
struct ReplyPolicy {
    LookupKey number_key{};
    std::optional<ReplyMode> mode;
    std::optional<LookupKey> safe_word;    ///< keyed hash of the folded word: never in clear
    std::optional<LookupKey> duress_word;  ///< in a check-in: an alarm nobody near the phone notices
    Calls calls = Calls::unknown;          ///< as they said; a yes holds for the call for help it was said of
    WallTime changed_at{};
    std::optional<WallTime> help_until;     ///< they called for help
    std::optional<WallTime> watched_until;  ///< others read this phone
    std::optional<WallTime> quiet_until;    ///< they want no answer
};

/// One thing known of one worker, in order: the trail.
struct TrailEvent {
    Id id = 0;
    Id worker = 0;
    Id message = 0;
    Intent kind = Intent::departed;
    std::string place;     ///< code or name, as understood
    bool claimed = false;  ///< from a number that is not the worker's own: a person confirms
    WallTime at{};
};

struct Incident {
    Id id = 0;
    std::uint32_t number = 0;  ///< its reference is of kind "incident"
    std::string group;         ///< category group
    std::string village;       ///< Kemendagri code, or empty
    WallTime first_at{};
    WallTime last_at{};
    std::uint32_t reports = 0;
    std::uint32_t reporters = 0;  ///< different numbers; exact up to reporters_counted_max
};
constexpr std::uint32_t reporters_counted_max = 1'000;

struct Alert {
    Id id = 0;
    Id incident = 0;
    Audience audience = Audience::general;
    std::uint32_t sequence = 0;  ///< given by Unit::add
    AlertKind kind = AlertKind::sos;
    AlertStatus status = AlertStatus::raised;
    std::string urgency, severity, certainty;
    Category category = Category::none;
    std::string place;  ///< village code or empty; names come from the pack
    std::optional<std::uint32_t> people;
    std::optional<std::uint32_t> people_max;
    std::uint32_t reporters = 1;
    std::optional<std::uint32_t> worker;  ///< worker number
    WallTime onset{};
    WallTime raised_at{};
    WallTime updated_at{};
    WallTime published_at{};   ///< last event; updates wait a minute from here
    bool unpublished = false;  ///< changed since published_at
    std::string acknowledged_by;
    std::optional<WallTime> acknowledged_at;
    std::string acknowledged_note;
    std::optional<Calls> calls;  ///< of an alert about its sender, whom somebody may want to call; else empty
};

/// Something endpoints are told. `body` is the serialised jejak.v1 message in full detail; what an endpoint may see
/// of it is decided when it is sent. Its public id is the webhook-id.
struct Event {
    Id id = 0;
    std::string type;  ///< "alert.raised", …
    WallTime at{};
    std::string body;
};

enum class DeliveryState : std::uint8_t { pending, delivered, dead };
struct Delivery {
    Id id = 0;
    Id event = 0;
    std::string endpoint;
    DeliveryState state = DeliveryState::pending;
    std::uint32_t attempts = 0;  ///< refusals of this one delivery; an endpoint that is away spends none
    std::optional<WallTime> not_before;
    bool replayed = false;
};

enum class ReplyState : std::uint8_t { pending, sent, confirmed, dropped };
struct Reply {
    Id id = 0;
    Id message = 0;       ///< what it answers
    std::string channel;  ///< where it leaves
    LookupKey to_key{};
    ReplyState state = ReplyState::pending;
    Sealed text;  ///< Table::reply, Column::text
    Sealed to;    ///< Table::reply, Column::number
    WallTime valid_until{};
    std::optional<WallTime> not_before;  ///< after a throttle
    std::string provider_id;             ///< from submit_sm_resp; the last one, when it left in several parts
    std::string account;                 ///< of the channel: it leaves by no other; empty: by any
    bool uncertain = false;              ///< its submit was never answered: it may have left, or not
};

/// One part of a reply that left as several messages: each has an id and receipts of its own. A row stands for a part
/// that the SMSC took; a reply in one message has none.
struct ReplyPart {
    Id reply = 0;
    std::uint8_t part = 0;  ///< from 1
    std::uint8_t total = 0;
    std::string channel;                                   ///< of the reply
    std::string provider_id;                               ///< empty: it was taken, and given none
    sms::MessageState state = sms::MessageState::unknown;  ///< what its receipts said so far
};

/// A delivery receipt as it came. All that came for a reply are kept: they are its history.
struct Receipt {
    Id id = 0;
    std::string channel;
    std::string message_id;  ///< as the receipt spelt it
    sms::IdForm ids = sms::IdForm::any;
    std::optional<LookupKey> source_key, destination_key;  ///< of its addresses, where they are numbers
    sms::MessageState state = sms::MessageState::unknown;
    std::string error;
    WallTime received_at{};
    enum class Match : std::uint8_t {
        waiting,    ///< no reply of ours has this id yet: its submit_sm_resp may still be on the way
        matched,    ///< `reply` is what it is about
        unmatched,  ///< no reply of ours
        ambiguous   ///< of more than one: said of none
    } match = Match::waiting;
    std::optional<Id> reply;
};

struct AuditEntry {
    Id id = 0;
    WallTime at{};
    std::string actor;    ///< "cli:root", "token:satgas", "daemon"
    std::string action;   ///< "export", "person.add", "alert.acknowledge", …
    std::string object;   ///< a public id or a name; no number, no text
    std::string details;  ///< "reason=…"; sealed by the store
};

struct Token {
    std::string name;
    Role role = Role::task_force;
    std::string hash;  ///< SHA-256 of the token, hex
    std::vector<std::string> areas;
    WallTime added_at{};
    bool revoked = false;
};

struct EndpointState {
    std::string name;
    bool suspended = false;
    std::string reason;
    std::optional<WallTime> failing_since;
};

/// The accounting: every message has exactly one fate, and what is owed is the sum of what became of it.
struct Ledger {
    std::uint64_t received = 0;
    std::array<std::uint64_t, 6> fates{};  ///< by Fate
    std::uint64_t alerts_raised = 0, alerts_acknowledged = 0;
    std::uint64_t deliveries_owed = 0;
    std::array<std::uint64_t, 3> deliveries{};  ///< by DeliveryState
    std::uint64_t replies_owed = 0;
    std::array<std::uint64_t, 4> replies{};  ///< by ReplyState
    bool operator==(const Ledger&) const = default;
    /// received and owed equal the sums of their parts.
    bool balances() const;
};

}  // namespace jejak::storage
