#include "gateway/intake/lanes.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "gateway/intake/counting_span.hpp"

namespace jejak::intake {
namespace {

constexpr auto again_seconds = static_cast<std::uint32_t>(std::chrono::seconds(SenderLanes::again_after).count());

std::uint64_t tag_of(const storage::LookupKey& sender) {
    std::uint64_t tag = 0;
    std::memcpy(&tag, sender.data(), sizeof tag);
    return tag == 0 ? 1 : tag;  // 0 marks a free entry
}

/// Letters and digits alone count: an auto-responder is known again whatever the punctuation.
std::uint32_t hash_of(std::string_view text, bool digits = true) {
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet < 0x80 && std::isalnum(octet) == 0) continue;
        if (!digits && std::isdigit(octet) != 0) continue;
        hash = (hash ^ static_cast<unsigned>(octet < 0x80 ? std::tolower(octet) : octet)) * 16777619u;
    }
    return hash;
}

/// "Ticket 1001" is "ticket 1000" once more. A text that is all digits keeps them.
std::uint32_t alike_hash_of(std::string_view text) {
    const bool worded = std::any_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet >= 0x80 || std::isalpha(octet) != 0;
    });
    return hash_of(text, !worded);
}

}  // namespace

SenderLanes::SenderLanes(LaneLimits limits) : limits_(limits), entries_(senders_max) {}

const SenderLanes::Entry* SenderLanes::find(const storage::LookupKey& sender) const {
    const auto tag = tag_of(sender);
    const auto set = (tag % (senders_max / ways)) * ways;
    for (std::size_t way = 0; way < ways; ++way) {
        if (entries_[set + way].tag == tag) return &entries_[set + way];
    }
    return nullptr;
}

SenderLanes::Entry* SenderLanes::find(const storage::LookupKey& sender) {
    return const_cast<Entry*>(std::as_const(*this).find(sender));
}

SenderLanes::Entry& SenderLanes::place(const storage::LookupKey& sender) {
    if (auto* entry = find(sender)) return *entry;
    const auto tag = tag_of(sender);
    const auto set = entries_.begin() + static_cast<std::ptrdiff_t>((tag % (senders_max / ways)) * ways);
    const auto older = [](const Entry& a, const Entry& b) {
        return std::max(a.minute_from, a.answered_at) < std::max(b.minute_from, b.answered_at);
    };
    auto& entry = *std::min_element(set, set + ways, older);
    entry = Entry{};
    entry.tag = tag;
    return entry;
}

casework::Lane SenderLanes::count(const storage::LookupKey& sender, WallTime now) {
    auto& entry = place(sender);
    const auto at = CountingSpan::seconds_of(now);
    if (!CountingSpan::holds(entry.minute_from, CountingSpan::minute, at)) {
        entry.minute_from = at;
        entry.in_minute = 0;
    }
    if (!CountingSpan::holds(entry.day_from, CountingSpan::day, at)) {
        entry.day_from = at;
        entry.in_day = 0;
    }
    if (entry.in_minute < UINT16_MAX) ++entry.in_minute;
    if (entry.in_day < UINT16_MAX) ++entry.in_day;
    const bool over = entry.in_minute > limits_.per_minute || entry.in_day > limits_.per_day;
    return over ? casework::Lane::throttled : casework::Lane::normal;
}

Recurrence SenderLanes::recurrence(const storage::LookupKey& sender, std::string_view text, WallTime now) const {
    Recurrence found;
    const auto* entry = find(sender);
    if (entry == nullptr) return found;
    const auto at = CountingSpan::seconds_of(now);
    found.answered_lately = CountingSpan::holds(entry->answered_at, CountingSpan::day, at);
    const bool unclear_lately = CountingSpan::holds(entry->unclear_at, CountingSpan::day, at);
    if (!found.answered_lately && !unclear_lately) return found;
    const auto hash = hash_of(text), alike = alike_hash_of(text);
    found.unclear_answered =
        unclear_lately && (entry->unclear_text == alike || entry->unclear_answers >= unclear_replies_max);
    found.repeated = found.answered_lately && entry->answered_text == hash;
    found.said_lately = found.repeated && CountingSpan::holds(entry->answered_at, again_seconds, at);
    found.said_often = CountingSpan::holds(entry->alike_at, CountingSpan::day, at) && entry->alike_text == alike &&
                       entry->alike_answers >= alike_replies_max;
    found.echo = found.answered_lately && entry->reply == hash && entry->reply != 0;
    return found;
}

void SenderLanes::note_answer(const storage::LookupKey& sender, std::string_view text, std::string_view reply,
                              bool unclear, WallTime now) {
    auto& entry = place(sender);
    const auto hash = hash_of(text);
    const auto at = CountingSpan::seconds_of(now);
    const auto alike = alike_hash_of(text);
    entry.answered_at = at;
    entry.answered_text = hash;
    entry.reply = reply.empty() ? 0 : hash_of(reply);
    if (entry.alike_text != alike || !CountingSpan::holds(entry.alike_at, CountingSpan::day, at)) {
        entry.alike_at = at;
        entry.alike_text = alike;
        entry.alike_answers = 0;
    }
    if (entry.alike_answers < UINT16_MAX) ++entry.alike_answers;
    if (!unclear) return;
    if (!CountingSpan::holds(entry.unclear_at, CountingSpan::day, at)) {
        entry.unclear_at = at;
        entry.unclear_answers = 0;
    }
    entry.unclear_text = alike;
    if (entry.unclear_answers < UINT16_MAX) ++entry.unclear_answers;
}

storage::Id SenderLanes::last_report(const storage::LookupKey& sender) const {
    const auto* entry = find(sender);
    return entry == nullptr ? 0 : entry->last_report;
}

void SenderLanes::note_report(const storage::LookupKey& sender, storage::Id message) {
    place(sender).last_report = message;
}

}  // namespace jejak::intake
