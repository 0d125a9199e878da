#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/casework/conversation.hpp"
#include "gateway/understand/dialogue/values.hpp"
#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"
#include "protocol/sms/msisdn.hpp"
#include "storage/model.hpp"

/// What follows from a message. `decide` is pure: everything it may know stands in Known, everything it wants done
/// stands in Decision; caseworker.cpp looks the one up and carries the other out, inside one unit of work.
namespace jejak::casework {

using storage::Calls;
using storage::ReplyMode;

/// What somebody said of themselves and their phone, and how long it holds.
///
/// "Others read this phone": a reply endangers, whatever it says, and will tomorrow. Nothing is sent for `watched`
/// after it was said last, to no text and no command, for whoever reads the phone can type any; a person lifts it with
/// `jejak person reply --phone-safe`. Nor is the phone one to call. Only the word agreed for mode coded is answered.
/// "Do not answer": they cannot have an answer now, on a phone that may be theirs. Nothing is sent for `quiet`, or
/// until MULAI. It says nothing of calls.
/// A call for help, or word of what is done to them: for `help` after it they are asked nothing but whether they may
/// be called, get no code that somebody might ask about, and what they say of calls counts, asked or not. "Do not call"
/// has no end: they say themselves when it is over. "You may" is for that call for help alone.
///
/// Of village officials and desks none of it is kept: what they tell is of others.
struct Spared {
    static constexpr std::chrono::hours watched{30 * 24};
    static constexpr std::chrono::hours quiet{24};
    static constexpr std::chrono::hours help{72};
};
/// What a number's row says of calls at that time.
Calls calls_of(const storage::ReplyPolicy& policy, WallTime now);

/// How much of a sender's traffic is answered. Everything is accepted and stored in every lane.
enum class Lane : std::uint8_t {
    normal,
    throttled,  ///< the number sends too much
    flood       ///< the channel does: far more than it usually brings
};

/// What is left of the replies we may send. Whoever is registered with us, and whoever calls for help, is answered
/// all the same, except outside the countries served.
enum class Allowance : std::uint8_t {
    free,
    prefix_spent,  ///< this minute's, to numbers that differ in their last four digits only
    day_spent,     ///< the whole gateway's, of a day
    flood_spent,   ///< this minute's of a channel in flood
    not_served     ///< a number of another country
};

/// Why no reply is sent, for the operator's graphs. Names in to_string().
enum class Withheld : std::uint8_t {
    no,
    silent_channel,
    late,       ///< the text was sent hours ago
    no_phone,   ///< a name, a short code, nothing
    answered,   ///< the message had its reply already
    opted_out,  ///< BERHENTI
    throttled,
    repeated,  ///< the same text again, alike commands all day, or unclear texts one after the other
    machine,   ///< a program that answers by itself
    silent_mode,
    coded_mode,  ///< the agreed word was not said
    night,       ///< the channel's quiet hours
    flood,
    prefix_budget,
    day_budget,
    country
};
std::string_view to_string(Withheld why);

/// What the ticket in a STATUS message stands for, when it is the sender's own.
enum class TicketState : std::uint8_t { not_theirs, received, raised, acknowledged };

struct Known {
    WallTime now{};
    storage::Id message = 0;
    WallTime said_at{};  ///< when the text was sent: a modem may post it hours late
    sms::Originator::Kind sender_kind = sms::Originator::Kind::empty;
    storage::LookupKey sender_key{};
    std::optional<storage::Person> person;        ///< registered under the sender's number
    std::optional<storage::Worker> own_worker;    ///< agreed from the sender's number
    std::optional<storage::Worker> named_worker;  ///< whose code the text gives, or who is asked for consent
    bool other_phone = false;                     ///< that worker was registered with a phone, and it is not this one
    std::optional<storage::LookupKey> nik_key;    ///< of the NIK the text gives
    std::optional<storage::Worker> same_nik;      ///< already registered with the NIK the text gives
    TicketState ticket = TicketState::not_theirs;
    std::string ticket_reference;              ///< of STATUS without a code: the sender's last
    std::optional<storage::Report> earlier;    ///< what a correction corrects: the sender's last, of a day
    bool earlier_alerted = false;              ///< its event has alerts
    std::optional<understand::Values> values;  ///< the text holds nothing else, and may complete or correct that one
    std::optional<storage::Id> incident;       ///< whose reference a desk's word gives
    std::optional<Conversation> conversation;  ///< open with the sender, by SMS
    Lane lane = Lane::normal;
    Allowance allowance = Allowance::free;
    ReplyMode mode = ReplyMode::neutral;  ///< the number's, else the channel's
    std::string cover_text;               ///< the channel's, for ReplyMode::cover
    bool safe_word = false;               ///< the text holds the word agreed for ReplyMode::coded
    bool duress_word = false;             ///< the text holds the word that says it is written under duress
    Calls calls = Calls::unknown;         ///< calls_of() their row
    std::optional<Calls> said_calls;      ///< what this text says of them, though no question is open
    bool help = false;                    ///< they called for help within Spared::help
    bool watched = false;                 ///< others read their phone
    bool quiet = false;                   ///< they want no answer
    bool may_ask = true;                  ///< a question may go back
    bool opted_out = false;               ///< BERHENTI, and no MULAI since
    bool unclear_answered = false;        ///< an unclear text of theirs had a reply in the last 24 h
    bool repeated = false;                ///< this very text had one
    bool said_lately = false;             ///< it had one minutes ago
    bool said_often = false;              ///< it, or one like it but for its numbers, had several
    bool machine = false;                 ///< it looks written by a program, and had one
    bool answered = false;                ///< this very message had one: its missing part came late
    bool silent_channel = false;          ///< the channel gives no replies
    bool night = false;      ///< it is in its quiet hours, and the number has no mode that goes before them
    bool asks_when = false;  ///< a menu will still ask when it was
    bool late = false;       ///< so long after it was sent that a reply may reach the wrong hands
};

/// One alert to raise, or to update when the incident has one of this kind.
struct AlertDraft {
    AlertKind kind = AlertKind::sos;
    Audience audience = Audience::general;
    std::optional<std::uint32_t> worker;  ///< only workers who agreed to be known
    bool operator==(const AlertDraft&) const = default;
};

/// Which earlier reports tell of the same event. With a village: the same category group there. Without: only the
/// sender's own, for two people calling for help are two events, wherever they are.
struct IncidentScope {
    std::string group;
    std::string village;
};

struct ReplyDraft {
    std::string name;  ///< of a reply in the pack; empty: the channel's cover text
    std::vector<std::pair<std::string, std::string>> fields;
    bool ticket = false;       ///< fill {ref} with a new ticket
    bool worker_code = false;  ///< fill {code} with the worker's
};

/// What becomes of a conversation.
struct Turn {
    enum class What : std::uint8_t {
        begin,  ///< a question goes out with the reply; one that was open before ends
        go_on,  ///< the next question, or the same one while something else was said
        end
    } what = What::end;
    std::string form, slot;
    Progress progress;
};

struct Decision {
    Fate fate = Fate::unclear;
    std::optional<storage::Report> report;  ///< ids and incident are filled in by the caseworker
    std::optional<storage::Id> about;       ///< the message whose report that is, when it is another one
    bool corrects = false;                  ///< a later word of the same report: its numbers may become smaller
    bool believed = false;                  ///< from somebody who pledged to report: counts for two
    std::optional<IncidentScope> incident;
    std::vector<AlertDraft> alerts;
    bool alarm_only = false;           ///< the report is there for the word of danger's alarm, and is no one's last
    bool waits = false;                ///< a departure is not raised before it is known when it was
    std::optional<AlertDraft> duress;  ///< raised in an incident of the sender's own
    std::optional<storage::Worker> worker;  ///< number 0: a new one; else the changed row
    understand::Registration identity;      ///< what a new worker's sealed fields hold
    std::string consent_phone;              ///< E.164: the phone a bare YA may agree from
    std::optional<storage::TrailEvent> trail;
    std::string worker_event;  ///< "worker.departed", … or empty
    std::optional<bool> opt_out;
    std::optional<Calls> calls;
    bool help = false, watched = false, quiet = false;  ///< said now, and kept; see Spared
    std::optional<storage::Id> acknowledge;             ///< the incident whose alerts a desk takes
    std::optional<Turn> turn;
    std::optional<ReplyDraft> reply;
    Withheld withheld = Withheld::no;
    std::string language;  ///< the reply's
};

/// The rules. source: the words of each rule stand beside it in the files *_rules.cpp.
Decision decide(const understand::Reading& reading, const Known& known, const understand::Pack& pack);

}  // namespace jejak::casework
