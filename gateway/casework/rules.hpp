#pragma once
#include <string>
#include <string_view>

#include "gateway/casework/decide.hpp"

/// What the files of rules share. Every rule is a pure function that adds to a Decision.
namespace jejak::casework {

using understand::Flag;
using understand::Pack;
using understand::Reading;

// who speaks
bool official(const Known& known);  ///< of a village
bool at_desk(const Known& known);   ///< of a task force, immigration, protection, …
bool agreed(const storage::Worker&
                worker);  ///< consent came from the worker's own phone: only then may anything be told of them
/// The number of the sender's own record, when they agreed to one.
std::optional<std::uint32_t> own_number(const Known& known);

// what a report and an alert are made of
storage::Report report_from(const Reading& reading, const Known& known);
/// The other way round: what is left of a reading in its report's row.
Reading reading_of(const storage::Report& report, WallTime now);
bool is_no_case(Category category);  ///< not_a_case, spam
void add_alert(Decision& decision, AlertKind kind, std::optional<std::uint32_t> worker = std::nullopt);
bool raises(const Decision& decision, AlertKind kind);
bool is_departure(AlertKind kind);  ///< departure_now, departure_past
IncidentScope scope_of(std::string_view group, const std::string& village, const Known& known);
/// An event of the sender alone, wherever it is.
IncidentScope own_scope(std::string_view group, const Known& known);
std::string hex(const storage::LookupKey& key);
/// The group of own_scope() for somebody whose number is known.
std::string own_group(std::string_view group, const storage::LookupKey& sender_key);

// report_rules.cpp
void decide_report(Decision& decision, const Reading& reading, const Known& known, const Pack& pack);
void decide_missing(Decision& decision, const Reading& reading, const Known& known);
void decide_letter(Decision& decision, const Reading& reading, const Known& known);
void decide_check(Decision& decision);
void decide_desk_word(Decision& decision, const Reading& reading, const Known& known);
void under_duress(Decision& decision, const Reading& reading, const Known& known);
/// The departure rules of worker_rules.cpp raise these as well.
void raise_route_mismatch(Decision& decision, const Reading& reading, const Known& known,
                          std::optional<std::uint32_t> worker);
bool unofficial_route(const Reading& reading);

// alert_rules.cpp
bool covers(AlertKind existing, AlertKind wanted);
bool tells(const storage::Alert& alert, AlertKind wanted);
void count_people(storage::Alert& alert, const storage::Report& report, const std::optional<std::uint32_t>& before);
void settle_time(storage::Alert& alert, const Decision& decision, const std::optional<storage::Report>& before,
                 const Pack& pack);
bool tells_anew(const storage::Report& report, const storage::Report& before);
Audience audience_for(const Decision& decision);

// worker_rules.cpp
/// BERANGKAT, TIBA, AMAN, PULANG, and where somebody is.
void decide_step(Decision& decision, const Reading& reading, const Known& known);
void decide_registration(Decision& decision, const Reading& reading, const Known& known, const Pack& pack);
void decide_consent(Decision& decision, const Reading& reading, const Known& known);

// danger_rules.cpp
/// What this text says of its sender and the phone in their hand.
void note_danger(Decision& decision, const Reading& reading, const Known& known);
/// Whoever may be in danger: asked nothing but the gentle question, and given no code.
bool spared(const Decision& decision, const Known& known);
bool asked_gently(const Known& known);  ///< that question is open

// reply_rules.cpp
void decide_status(Decision& decision, const Reading& reading, const Known& known);
/// The pack's reply that tells a stage.
std::string_view status_reply(TicketState stage);
/// What somebody who may be told more hears in place of the neutral line: what happens next, and whom to call. Still
/// no word of what it is about.
struct Guidance {
    Intent intent;
    std::string_view reply;  ///< of the pack
    bool ticket;             ///< it holds {ref}
};
std::optional<Guidance> guidance_for(Intent intent);  ///< empty: the neutral line says it all
/// The reply, the question in it, and whether anything is sent at all: last, when all else is decided.
void settle_reply(Decision& decision, const Reading& reading, const Known& known, const Pack& pack);

}  // namespace jejak::casework
