#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"

namespace jejak::intake {

/// How many automatic replies may leave. Exceeding any of these silences replies alone: everything is accepted.
struct ReplyLimits {
    std::uint32_t per_prefix_minute = 600;      ///< to numbers that differ in their last four digits only
    std::uint32_t per_day = 100'000;            ///< of the whole gateway
    std::vector<std::string> served_countries;  ///< country codes, as "62"; empty: all
    std::uint32_t flood_per_minute = 300;       ///< one source that brings no more is never in flood
};

/// Counts replies against what they may cost, and knows when a source (a channel, or an account of a listener) brings
/// far more than it usually does. In memory and bounded; after a restart the rows tell of the day before. Used on the
/// writer thread, inside units.
class ReplyBudget {
public:
    static constexpr std::size_t prefixes_max = 1u << 14;
    static constexpr std::size_t sources_max = 16'384;         ///< more than one configuration has
    static constexpr std::uint32_t flood_factor = 10;          ///< times what the source usually brings
    static constexpr std::uint32_t flood_replies_minute = 20;  ///< of a source in flood

    explicit ReplyBudget(ReplyLimits limits = {});

    /// Counts a message of this source; true: it is in flood. Its usual rate is the mean of about the last
    /// hour, and no minute counts for more than twice that: a flood takes hours to become usual. One that is not
    /// known for an hour yet has no usual rate.
    bool count(std::string_view source, WallTime now);

    /// What is left for a reply to `number` (E.164) over this source.
    casework::Allowance allowance(std::string_view number, std::string_view source, bool flooded, WallTime now) const;
    void spend(std::string_view number, std::string_view source, WallTime now);
    /// A reply of before the process began: it counts for the day.
    void spent(WallTime at);

private:
    struct Prefix {
        std::uint64_t tag = 0;
        std::uint32_t from = 0, replies = 0;
    };
    struct Source {
        std::int64_t minute = 0, since = 0;  ///< of Unix time
        std::uint32_t messages = 0, replies = 0;
        double usual = 0;  ///< messages a minute
    };
    const Prefix* find(std::string_view number) const;
    Prefix& place(std::string_view number);
    bool served(std::string_view number) const;
    std::uint32_t usual_at_least() const { return limits_.flood_per_minute / flood_factor; }

    static constexpr std::size_t ways = 4;
    ReplyLimits limits_;
    std::vector<Prefix> prefixes_;
    std::map<std::string, Source, std::less<>> sources_;
    std::uint32_t day_from_ = 0;  ///< seconds of Unix time
    std::uint32_t in_day_ = 0;
};

}  // namespace jejak::intake
