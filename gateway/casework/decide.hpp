#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/understand/pack/pack.hpp"
#include "gateway/understand/reading.hpp"
#include "protocol/sms/msisdn.hpp"
#include "storage/model.hpp"

/// What follows from a message. `decide` is pure: everything it may know stands in Known, everything it wants done
/// stands in Decision; caseworker.cpp looks the one up and carries the other out, inside one unit of work.
namespace jejak::casework {

/// How much of a sender's traffic is answered. Everything is accepted and stored in every lane.
enum class Lane : std::uint8_t { normal, throttled };

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
    std::optional<storage::Worker> named_worker;  ///< whose code the text gives
    std::optional<storage::LookupKey> nik_key;    ///< of the NIK the text gives
    std::optional<storage::Worker> same_nik;      ///< already registered with the NIK the text gives
    TicketState ticket = TicketState::not_theirs;
    Lane lane = Lane::normal;
    bool opted_out = false;         ///< BERHENTI, and no MULAI since
    bool unclear_answered = false;  ///< an unclear text of theirs had a reply in the last 24 h
    bool answered = false;          ///< this very message had one: its missing part came late
    bool silent_channel = false;    ///< the channel gives no replies
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
    std::string name;  ///< of a reply in the pack
    std::vector<std::pair<std::string, std::string>> fields;
    bool ticket = false;       ///< fill {ref} with a new ticket
    bool worker_code = false;  ///< fill {code} with the worker's
};

struct Decision {
    Fate fate = Fate::unclear;
    std::optional<storage::Report> report;  ///< ids and incident are filled in by the caseworker
    std::optional<IncidentScope> incident;
    std::vector<AlertDraft> alerts;
    std::optional<storage::Worker> worker;  ///< number 0: a new one; else the changed row
    understand::Registration identity;      ///< what a new worker's sealed fields hold
    std::optional<storage::TrailEvent> trail;
    std::string worker_event;  ///< "worker.departed", … or empty
    std::optional<bool> opt_out;
    std::optional<ReplyDraft> reply;
};

/// The rules. source: the words of each rule stand beside it in decide.cpp.
Decision decide(const understand::Reading& reading, const Known& known, const understand::Pack& pack);

}  // namespace jejak::casework
