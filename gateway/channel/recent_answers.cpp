#include "gateway/channel/recent_answers.hpp"

namespace jejak::channel {

void RecentAnswers::add(storage::Id message, SteadyTime now) {
    while (!answers_.empty() && now - answers_.front().at > span) answers_.pop_front();
    if (answers_.size() == kept_max) answers_.pop_front();
    answers_.push_back({now, message});
}

std::vector<storage::Id> RecentAnswers::in_doubt(SteadyTime now) const {
    return unconfirmed(now, SteadyTime::min(), kept_max);
}

std::vector<storage::Id> RecentAnswers::unconfirmed(SteadyTime now, SteadyTime heard, std::size_t window) const {
    std::vector<storage::Id> found;
    for (auto answer = answers_.rbegin(); answer != answers_.rend() && now - answer->at <= span; ++answer) {
        if (found.size() >= window && answer->at < heard) break;
        found.push_back(answer->message);
    }
    return found;
}

}  // namespace jejak::channel
