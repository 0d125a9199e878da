#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/casework/caseworker.hpp"
#include "gateway/ussd/desk.hpp"
#include "gateway/ussd/record.hpp"

namespace jejak::ussd {

/// What a turn may use. Lives as long as the unit that carries it out.
struct Tools {
    const storage::Vault& vault;
    const casework::Publisher& publisher;
    const casework::Caseworker& caseworker;
    intake::Intake& intake;
    std::shared_ptr<const understand::Pack> pack;
    std::chrono::milliseconds answers_within{};
};

/// One turn of one session, inside one unit of work: finds the session, takes the inputs, files what they say, and
/// keeps where it is. Used on the writer thread.
Shown carry_out(storage::Unit& unit, const Tools& tools, const Turn& turn);

/// Where an open question may go by SMS, for each channel that was looked at; empty: nowhere.
using Routes = std::map<std::string, std::optional<casework::ReplyRoute>>;

/// Closes the sessions whose time is over. One of a channel that `routes` does not name waits for the next time.
/// Endpoints that now have something to deliver are added to `touched`. Used on the writer thread.
void close_expired(storage::Unit& unit, const Tools& tools, const Routes& routes, std::vector<std::string>& touched);

/// Nothing more comes of the report of `message`: what waited for the answer to "when" goes out as far as the report
/// goes. Does no harm where nothing waited.
void release(storage::Unit& unit, const Tools& tools, storage::Id message, std::vector<std::string>& touched);

/// What a text changed of the report since the menu filed it stays, except what the menu answers anew. Changes nothing
/// where nothing else touched the report.
/// before  what the menu said of it until this input
/// filed   filed_as() what it said when it filed it
void keep_corrections(understand::Reading& reading, const understand::Reading& before, const storage::Report& report,
                      std::string_view filed, const understand::Pack& pack, WallTime now);

/// A call for help whose session may break off before it is said whether they may be called: their next SMS may say
/// so. Nothing is sent for it. `wanted` false: it is said, or not to be asked any more.
void let_answer_by_sms(storage::Unit& unit, const Tools& tools, const storage::Dialogue& session,
                       const understand::Reading& reading, bool wanted);

/// Whose report must not come back to the phone, by SMS or when it dials again: whoever finds it would ask why.
bool about_a_victim(const understand::Reading& reading);
/// What a session's message is when nothing more comes: words that nobody could read are for a person.
Fate final_fate(const understand::Pack& pack, const understand::MenuState& menu);
/// The row's session stands where it stood: the pack's menu may have changed meanwhile, and its keys with it.
bool stands(const understand::Pack& pack, const storage::Dialogue& row, const Record& record);

/// The lookup key of a session.
storage::LookupKey session_key(const storage::Vault& vault, const Turn& turn);

}  // namespace jejak::ussd
