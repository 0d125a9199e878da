#include "gateway/channel/send_rate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace jejak::channel {
namespace {

using Duration = SendRate::Duration;
using Seconds = std::chrono::duration<double>;

/// The next of an exponential row, and that with up to half of it on top.
Duration backed_off(Duration& backoff, Duration first, Duration longest, double random) {
    backoff = std::clamp(backoff * 2, first, longest);
    const auto jitter = std::chrono::round<Duration>(backoff * (random / 2));
    return std::min(longest, backoff + jitter);
}

}  // namespace

/// What a second lets through grows while nothing is refused: by a tenth of what there was, so that the way back to the
/// old rate takes ten seconds.
void SendRate::refill(SteadyTime now) {
    if (refilled_ == SteadyTime{}) refilled_ = now;
    const auto begin = std::max(refilled_, paused_until_);
    refilled_ = now;
    if (rate_ == 0 || now <= begin) return;
    const double seconds = Seconds(now - begin).count();
    tokens_ = std::min(capacity(), tokens_ + rate_ * seconds);
    if (most_ > 0 && rate_ >= most_) return;
    rate_ += step_ * seconds;
    if (most_ > 0) rate_ = std::min(rate_, most_);
    if (most_ == 0 && rate_ >= unlimited_from) rate_ = 0;
}

bool SendRate::may_begin(std::size_t messages, SteadyTime now) {
    if (paused(now)) return false;
    refill(now);
    return rate_ == 0 || tokens_ >= std::min(static_cast<double>(messages), capacity());
}

std::size_t SendRate::room(SteadyTime now) {
    if (paused(now)) return 0;
    refill(now);
    if (rate_ == 0) return SIZE_MAX;
    return tokens_ >= 1 ? static_cast<std::size_t>(tokens_) : 0;
}

void SendRate::sent(SteadyTime now) {
    if (now - second_ >= std::chrono::seconds(1)) {
        sent_before_ = now - second_ < std::chrono::seconds(2) ? sent_ : 0;
        sent_ = 0;
        second_ = now;
    }
    ++sent_;
    if (rate_ > 0) tokens_ = std::max(tokens_ - 1, -capacity());
}

SteadyTime SendRate::next(std::size_t messages, SteadyTime now) const {
    if (paused(now)) return paused_until_;
    const double missing = rate_ == 0 ? 0 : std::min(static_cast<double>(messages), capacity()) - tokens_;
    if (missing <= 0) return now;
    return now + std::chrono::ceil<Duration>(Seconds(missing / rate_));
}

/// Half of what was tried, and a tenth of it a second on the way back.
void SendRate::halve() {
    const double tried = rate_ > 0 ? rate_ : std::max({sent_, sent_before_, 1.0});
    step_ = std::max(most_ > 0 ? most_ / 10 : tried / 10, slowest);
    rate_ = std::max(tried / 2, slowest);
    tokens_ = 1;  // after the pause one goes ahead of the others
}

SendRate::Duration SendRate::throttled(SteadyTime now, double random) {
    if (paused(now)) return std::chrono::ceil<Duration>(paused_until_ - now);
    refill(now);
    halve();
    const auto wait = backed_off(backoff_, backoff_first, backoff_longest, random);
    paused_until_ = now + wait;
    return wait;
}

void SendRate::accepted(SteadyTime now) {
    if (!paused(now)) backoff_ = Duration(0);
}

void SendRate::congested(std::uint8_t percent, SteadyTime now) {
    if (percent < congested_from || percent > 100) return;
    if (!paused(now)) {
        refill(now);
        halve();
    }
    paused_until_ = std::max(paused_until_, now + congested_for);
}

Duration DestinationWaits::refused(const std::string& destination, SteadyTime now, double random) {
    if (!waits_.contains(destination) && waits_.size() >= destinations_max) make_room();
    auto& wait = waits_[destination];
    if (now < wait.until) return std::chrono::ceil<Duration>(wait.until - now);
    const auto length = backed_off(wait.backoff, backoff_first, backoff_longest, random);
    wait.until = now + length;
    return length;
}

void DestinationWaits::accepted(const std::string& destination) {
    const auto found = waits_.find(destination);
    if (found == waits_.end()) return;
    if (found->second.messages.empty()) {
        waits_.erase(found);
    } else {
        found->second.until = {};
        found->second.backoff = Duration(0);
    }
}

void DestinationWaits::keep(const std::string& destination, std::int64_t message) {
    const auto found = waits_.find(destination);
    if (found == waits_.end()) return;
    auto& messages = found->second.messages;
    if (std::find(messages.begin(), messages.end(), message) != messages.end()) return;
    if (messages.size() == kept_max) messages.erase(messages.begin());
    messages.push_back(message);
}

std::vector<std::int64_t> DestinationWaits::reachable(const std::string& destination) {
    const auto found = waits_.find(destination);
    if (found == waits_.end()) return {};
    auto messages = std::move(found->second.messages);
    waits_.erase(found);
    return messages;
}

SteadyTime DestinationWaits::until(const std::string& destination) const {
    const auto found = waits_.find(destination);
    return found == waits_.end() ? SteadyTime{} : found->second.until;
}

void DestinationWaits::make_room() {
    const auto oldest = std::min_element(waits_.begin(), waits_.end(),
                                         [](const auto& a, const auto& b) { return a.second.until < b.second.until; });
    if (oldest != waits_.end()) waits_.erase(oldest);
}

}  // namespace jejak::channel
