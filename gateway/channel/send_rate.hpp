#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/time.hpp"

namespace jejak::channel {

/// How fast an SMSC takes messages, as far as we know: what the operator allows, halved whenever it says that we are
/// too fast, and growing again while it does not. Beside that, exponential back-off: after a refusal nothing leaves for
/// 1 s, after the next one for 2 s, to 64 s, with jitter. A value: told what happened and when. Messages are counted as
/// the SMSC counts them: a text of three parts is three.
class SendRate {
public:
    using Duration = std::chrono::milliseconds;
    static constexpr Duration backoff_first{1'000};
    static constexpr Duration backoff_longest{64'000};
    static constexpr Duration congested_for{5'000};     ///< after hearing so, until it is tried again
    static constexpr std::uint8_t congested_from = 90;  ///< per cent. source: SMPP 5.0 section 4.8.4.18
    static constexpr double slowest = 0.2;              ///< messages a second
    static constexpr double unlimited_from = 10'000;    ///< without an operator's limit

    /// `most` messages a second; 0: as many as go.
    explicit SendRate(std::uint32_t most) : most_(most), rate_(most), tokens_(capacity()) {}

    /// A text of so many messages may begin: there is room for all of them, or for a second's worth.
    bool may_begin(std::size_t messages, SteadyTime now);
    /// How many messages of their own, not of one text, may leave now.
    std::size_t room(SteadyTime now);
    /// One message left.
    void sent(SteadyTime now);
    /// When something may leave again: `now` if it may. Ask after may_begin() said no to so many.
    SteadyTime next(std::size_t messages, SteadyTime now) const;

    /// Too fast. Refusals of what was under way together are one. Returns how long to wait. `random` is uniform in
    /// [0, 1).
    Duration throttled(SteadyTime now, double random);
    void accepted(SteadyTime now);
    /// congestion_state of a response, in per cent.
    void congested(std::uint8_t percent, SteadyTime now);

    bool paused(SteadyTime now) const { return now < paused_until_; }
    SteadyTime paused_until() const { return paused_until_; }
    /// Messages a second just now; 0: as many as go.
    double per_second() const { return rate_; }

private:
    double capacity() const { return rate_ > 1 ? rate_ : 1; }
    void refill(SteadyTime now);
    void halve();

    double most_;
    double rate_;      ///< 0: as many as go
    double step_ = 1;  ///< messages a second that a second adds
    double tokens_;
    SteadyTime refilled_{};
    SteadyTime paused_until_{};
    Duration backoff_{0};
    SteadyTime second_{};                ///< when the count below began
    double sent_ = 0, sent_before_ = 0;  ///< in this second, in the last one
};

/// Destinations whose queue at the SMSC is full: each waits by itself, longer than for a throttle, and the others go
/// on. Knows which messages wait for each of them elsewhere. Bounded: what was refused longest ago is forgotten first.
class DestinationWaits {
public:
    using Duration = SendRate::Duration;
    static constexpr Duration backoff_first{4'000};
    static constexpr Duration backoff_longest{256'000};
    static constexpr std::size_t destinations_max = 1'024;
    static constexpr std::size_t kept_max = 32;  ///< messages of one destination, the latest; others wait their time

    Duration refused(const std::string& destination, SteadyTime now, double random);
    /// It took one: what comes next need not wait. What was refused before waits its time.
    void accepted(const std::string& destination);
    /// The message with this id waits until then, if the destination does.
    void keep(const std::string& destination, std::int64_t message);
    /// It is there again: the ids of those that wait for it, or did.
    std::vector<std::int64_t> reachable(const std::string& destination);
    /// Until when nothing is sent there; in the past when it may be.
    SteadyTime until(const std::string& destination) const;
    std::size_t size() const { return waits_.size(); }

private:
    struct Wait {
        SteadyTime until{};
        Duration backoff{0};
        std::vector<std::int64_t> messages{};
    };
    void make_room();
    std::unordered_map<std::string, Wait> waits_;
};

}  // namespace jejak::channel
