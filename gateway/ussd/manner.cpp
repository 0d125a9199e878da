#include "gateway/ussd/manner.hpp"

#include "gateway/casework/decide.hpp"
#include "gateway/casework/words.hpp"
#include "gateway/understand/pack/data.hpp"
#include "protocol/ussd/paging.hpp"

namespace jejak::ussd {

using storage::ReplyMode;

Manner manner_of(storage::Unit& unit, const storage::Vault& vault, const Turn& turn, const storage::LookupKey& sender,
                 const understand::MenuState& menu) {
    Manner manner;
    manner.mode = turn.mode;
    manner.cover_text = turn.cover_text;
    if (turn.sender.kind != sms::Originator::Kind::msisdn) return manner;
    const auto policy = unit.reply_policy(sender);
    if (!policy) return manner;
    const auto now = unit.now();
    manner.mode = policy->mode.value_or(manner.mode);
    manner.unsafe = policy->watched_until > now || policy->quiet_until > now;
    manner.word =
        casework::find_agreed(vault, turn.sender.address, understand::typed_text(menu), policy->safe_word, {}).safe;
    manner.spared = policy->help_until > now || casework::calls_of(*policy, now) == storage::Calls::no;
    return manner;
}

bool hushed(const Manner& manner) {
    switch (manner.mode) {
        case ReplyMode::silent:
        case ReplyMode::cover:
            return true;
        case ReplyMode::coded:
            return !manner.word;
        default:
            return manner.unsafe && !manner.word;
    }
}

bool speaks_fully(const Manner& manner) {
    return !hushed(manner) && (manner.mode == ReplyMode::full || manner.mode == ReplyMode::coded);
}

std::string last_line(const understand::Pack& pack, const Manner& manner, std::string_view language) {
    const bool covered = manner.mode == ReplyMode::cover && !manner.cover_text.empty();
    return ussd::cut(covered ? std::string_view(manner.cover_text) : pack.say(pack.data().ussd.bye, language));
}

}  // namespace jejak::ussd
