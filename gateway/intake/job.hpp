#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/intake/intake.hpp"
#include "protocol/ascii.hpp"

namespace jejak::intake {

/// One message between the network thread and the writer thread. Only one of them holds it at a time.
struct Intake::Job {
    std::string channel;
    std::string scope;  ///< the source; with the group in place of its channel, if it is in one
    std::string way;    ///< the session it came by
    std::shared_ptr<const std::vector<storage::Id>> brought;  ///< by that session, and in doubt; sorted; or null
    sms::InboundText text;
    Done done;
    SteadyTime since;
    storage::Message row;                       ///< as it came; of a text that is no part, also as it is stored
    casework::Subject subject;                  ///< filled up and acted on in place: a unit runs once
    std::optional<storage::Id> repeated_first;  ///< it repeats this message, which is stored or about to be
    std::string first_way;                      ///< by which that one came, if it is still on its way
    std::optional<storage::Id> duplicate_of;    ///< what it was linked to, as something sent again
    Accepted accepted;
};

/// Who brings messages and answers for them: a channel, and of a listener the account. What one of them does, floods or
/// leaves incomplete, is nothing to the others.
inline std::string source_of(const std::string& channel, const std::string& account) {
    return account.empty() ? channel : channel + '/' + account;
}

/// How a session of a channel is called.
inline std::string way_of(const std::string& channel, std::uint32_t bind) {
    return channel + '#' + std::to_string(bind);
}

/// Reads `subject`'s text into its reading. Our own mistake in reading must not cost the report: it is stored as
/// quarantined, and a person reads it.
void read_into(casework::Subject& subject, WallTime received_at);

/// What whoever looks at a message is told of how it was taken.
inline sms::Remarks remarks_of(const casework::Subject& subject, const casework::Handled& handled) {
    using sms::Remark;
    sms::Remarks remarks{};
    if (subject.lane == casework::Lane::throttled) remarks = remarks | Remark::throttled;
    if (subject.lane == casework::Lane::flood) remarks = remarks | Remark::flood;
    return handled.answers ? remarks | Remark::answer : remarks;
}

/// True when the text may not be what its sender wrote: the octets are kept beside it. A part's are kept anyway.
bool keeps_raw(const sms::InboundText& text);

}  // namespace jejak::intake
