#pragma once
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "storage/model.hpp"

namespace jejak::channel {

/// A reply on its way out: already written as sent, so it leaves at most once.
struct OutgoingReply {
    storage::Id id = 0;
    std::string to;    ///< E.164
    std::string text;  ///< UTF-8
    WallTime valid_until{};
    std::string account{};  ///< of the exit: it leaves by no other; empty: by any
};

/// A place by which replies leave: a bind to an SMSC, a provider's send call. Lives on the loop's thread.
class ReplyExit {
public:
    ReplyExit() = default;
    virtual ~ReplyExit() = default;
    ReplyExit(const ReplyExit&) = delete;
    ReplyExit& operator=(const ReplyExit&) = delete;

    /// The channel's name, as stored with its replies.
    virtual const std::string& name() const = 0;
    /// A reply could leave at once.
    virtual bool ready() const = 0;
    /// Whose replies could leave at once: accounts by name, and "" for what any of them may carry.
    virtual std::vector<std::string> ready_accounts() const {
        return ready() ? std::vector<std::string>{std::string()} : std::vector<std::string>();
    }
    /// Queues a reply written as sent. When it cannot leave after all it becomes pending again, known unsent.
    virtual void submit(OutgoingReply reply) = 0;
};

}  // namespace jejak::channel
