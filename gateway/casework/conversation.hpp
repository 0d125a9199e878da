#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/dialogue/answer.hpp"
#include "gateway/understand/reading.hpp"
#include "storage/store.hpp"

/// A conversation by SMS: a question went out with a reply, and what comes back may answer it. It is one row, whose
/// sealed state is the Progress below.
namespace jejak::casework {

/// How far a conversation is: what is understood so far, as if it had been said at once.
struct Progress {
    understand::Reading reading;          ///< of the report and the answers to it
    std::vector<std::string> done;        ///< fields asked so far, answered, skipped or open
    std::vector<storage::Id> answers;     ///< the messages that answered; the report's own is in the row
    std::optional<std::uint32_t> worker;  ///< form "consent": the number of the worker who is asked
};

/// What is kept of a Progress: every slot of the reading that a decision, a question or an alert depends on.
std::string to_json(const Progress& progress);
/// Empty when it is none of ours.
std::optional<Progress> parse_progress(std::string_view json);

/// Sealed for the dialogue's row, and opened; empty when it is damaged or of another kind.
storage::Sealed seal(const storage::Vault& vault, storage::Id dialogue, const Progress& progress);
std::optional<Progress> open_progress(const storage::Vault& vault, const storage::Dialogue& dialogue);

/// A conversation that is open with the sender of a text, and how the text meets its question.
struct Conversation {
    storage::Dialogue row;
    Progress progress;              ///< with the answer in it when it is one
    Intent told = Intent::unclear;  ///< what the conversation is about, for an answer may be an intent: yes or no
    understand::Fit fit = understand::Fit::none;
    bool refuses = false;  ///< no answer, but it begins with "no": "jangan telpon, kami disekap"
};

/// The form of a conversation that waits for a worker's consent. source: decide_consent()
constexpr std::string_view consent_form = "consent";
/// The form and the field of the one question somebody in danger is asked.
constexpr std::string_view gentle_form = "sos";
constexpr std::string_view gentle_field = "call";

/// How long an answer is waited for when the configuration does not say.
constexpr std::chrono::hours answers_within_default{2};

/// Ends a conversation: its messages were as well understood as they will be.
void end_conversation(storage::Unit& unit, const storage::Vault& vault, const storage::Dialogue& row);

/// Ends the conversations by SMS whose time is over, a few at a time. Returns how many.
constexpr std::size_t conversations_per_unit = 64;
std::size_t end_expired_conversations(storage::Unit& unit, const storage::Vault& vault);

}  // namespace jejak::casework
