#include "gateway/intake/budget.hpp"

#include <algorithm>
#include <cmath>

#include "gateway/intake/counting_span.hpp"

namespace jejak::intake {
namespace {

constexpr std::size_t digits_apart = 4;
constexpr std::int64_t known_after = 60;  ///< minutes
constexpr double weight = 1.0 / 60;       ///< of one minute in the mean of about an hour

std::string_view prefix_of(std::string_view number) {
    return number.substr(0, number.size() - std::min(number.size(), digits_apart));
}

std::uint64_t tag_of(std::string_view number) {
    const std::uint64_t tag = std::hash<std::string_view>{}(prefix_of(number));
    return tag == 0 ? 1 : tag;  // 0 marks a free entry
}

}  // namespace

ReplyBudget::ReplyBudget(ReplyLimits limits) : limits_(std::move(limits)), prefixes_(prefixes_max) {}

bool ReplyBudget::count(std::string_view name, WallTime now) {
    auto found = sources_.find(name);
    if (found == sources_.end()) {
        if (sources_.size() >= sources_max) return false;
        found = sources_.emplace(name, Source{}).first;
    }
    auto& source = found->second;
    const std::int64_t current = CountingSpan::seconds_of(now) / CountingSpan::minute;
    if (source.minute == 0) source.minute = source.since = current;
    if (current > source.minute) {
        const double most = 2 * std::max(source.usual, static_cast<double>(usual_at_least()));
        source.usual += weight * (std::min(static_cast<double>(source.messages), most) - source.usual);
        source.usual *= std::pow(1 - weight, static_cast<double>(current - source.minute - 1));
        source.minute = current;
        source.messages = 0;
        source.replies = 0;
    }
    if (source.messages < UINT32_MAX) ++source.messages;
    const double most = std::max(static_cast<double>(limits_.flood_per_minute), flood_factor * source.usual);
    return source.messages > most && current - source.since >= known_after;
}

bool ReplyBudget::served(std::string_view number) const {
    const auto& codes = limits_.served_countries;
    return codes.empty() || std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
               return number.starts_with('+') && number.substr(1).starts_with(code);
           });
}

const ReplyBudget::Prefix* ReplyBudget::find(std::string_view number) const {
    const auto tag = tag_of(number);
    const auto set = (tag % (prefixes_max / ways)) * ways;
    for (std::size_t way = 0; way < ways; ++way) {
        if (prefixes_[set + way].tag == tag) return &prefixes_[set + way];
    }
    return nullptr;
}

ReplyBudget::Prefix& ReplyBudget::place(std::string_view number) {
    if (const auto* found = find(number)) return const_cast<Prefix&>(*found);
    const auto tag = tag_of(number);
    const auto set = prefixes_.begin() + static_cast<std::ptrdiff_t>((tag % (prefixes_max / ways)) * ways);
    auto& oldest = *std::min_element(set, set + ways, [](const auto& a, const auto& b) { return a.from < b.from; });
    oldest = Prefix{tag, 0, 0};
    return oldest;
}

casework::Allowance ReplyBudget::allowance(std::string_view number, std::string_view source, bool flooded,
                                           WallTime now) const {
    using casework::Allowance;
    if (!served(number)) return Allowance::not_served;
    const auto at = CountingSpan::seconds_of(now);
    if (flooded) {
        const auto found = sources_.find(source);
        if (found != sources_.end() && found->second.replies >= flood_replies_minute) return Allowance::flood_spent;
    }
    const auto* prefix = find(number);
    if (prefix != nullptr && CountingSpan::holds(prefix->from, CountingSpan::minute, at) &&
        prefix->replies >= limits_.per_prefix_minute) {
        return Allowance::prefix_spent;
    }
    if (CountingSpan::holds(day_from_, CountingSpan::day, at) && in_day_ >= limits_.per_day)
        return Allowance::day_spent;
    return Allowance::free;
}

void ReplyBudget::spend(std::string_view number, std::string_view source, WallTime now) {
    const auto at = CountingSpan::seconds_of(now);
    auto& prefix = place(number);
    if (!CountingSpan::holds(prefix.from, CountingSpan::minute, at)) {
        prefix.from = at;
        prefix.replies = 0;
    }
    if (prefix.replies < UINT32_MAX) ++prefix.replies;
    spent(now);
    if (const auto found = sources_.find(source); found != sources_.end()) ++found->second.replies;
}

void ReplyBudget::spent(WallTime at) {
    const auto seconds = CountingSpan::seconds_of(at);
    if (!CountingSpan::holds(day_from_, CountingSpan::day, seconds)) {
        day_from_ = seconds;
        in_day_ = 0;
    }
    if (in_day_ < UINT32_MAX) ++in_day_;
}

}  // namespace jejak::intake
