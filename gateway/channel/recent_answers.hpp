#pragma once
#include <cstddef>
#include <deque>
#include <vector>

#include "gateway/intake/intake.hpp"
#include "protocol/time.hpp"
#include "storage/ids.hpp"

namespace jejak::channel {

/// What one session was lately told "taken" of. Should its connection break, the peer may never have read those answers
/// and may bring the same messages again. Lives on the loop's thread.
class RecentAnswers {
public:
    static constexpr auto span = intake::Intake::doubted_back;
    /// The newest: twice the widest window. A peer that keeps a window has no more unread; one that sends more without
    /// reading may be counted twice. A flood's whole minute would have the store write for seconds.
    static constexpr std::size_t kept_max = 2'048;

    void add(storage::Id message, SteadyTime now);
    bool empty() const { return answers_.empty(); }
    void clear() { answers_.clear(); }
    /// Those of the last `span`, newest first.
    std::vector<storage::Id> in_doubt(SteadyTime now) const;
    /// Of those, the ones that the peer, last heard at `heard`, shows no sign of having read: what was answered since,
    /// and as many of the newest as it may send without waiting (`window`). Never more than `kept_max`.
    std::vector<storage::Id> unconfirmed(SteadyTime now, SteadyTime heard, std::size_t window) const;

private:
    struct Answer {
        SteadyTime at;
        storage::Id message;
    };
    std::deque<Answer> answers_;
};

}  // namespace jejak::channel
