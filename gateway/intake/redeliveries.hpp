#pragma once
#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "protocol/time.hpp"
#include "storage/vault.hpp"

namespace jejak::intake {

/// Hashes a keyed lookup, which is random already.
struct KeyHash {
    std::size_t operator()(const storage::LookupKey& key) const {
        std::size_t hash = 0;
        std::memcpy(&hash, key.data(), sizeof hash);
        return hash;
    }
};

/// Messages that came again lately, and by which sessions. A peer that is bound more than once may send one again on
/// each of its sessions; by a session that has brought it already, the person says it again. Lives on the loop's
/// thread.
class Redeliveries {
public:
    static constexpr std::size_t kept_max = 4'096;  ///< the oldest gives way
    static constexpr std::size_t ways_max = 16;     ///< sessions remembered of one message
    static constexpr std::chrono::seconds kept_for{60};

    /// `fingerprint` came again by `way` and was linked to `first`, which came by `first_way` if that is known.
    void note(const storage::LookupKey& fingerprint, storage::Id first, const std::string& way,
              const std::string& first_way, WallTime now) {
        auto& entry = place(fingerprint, first, now);
        add(entry, way);
        if (!first_way.empty()) add(entry, first_way);
    }

    /// The message that this one repeats once more, if `way` has not brought it yet.
    std::optional<storage::Id> first_of(const storage::LookupKey& fingerprint, const std::string& way,
                                        WallTime now) const {
        const auto found = entries_.find(fingerprint);
        if (found == entries_.end() || now - found->second.at > kept_for) return std::nullopt;
        const auto& ways = found->second.ways;
        const bool known = ways.size() >= ways_max || std::find(ways.begin(), ways.end(), way) != ways.end();
        return known ? std::nullopt : std::optional(found->second.first);
    }

    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        storage::Id first = 0;
        WallTime at{};
        std::vector<std::string> ways;
    };

    static void add(Entry& entry, const std::string& way) {
        const bool known = std::find(entry.ways.begin(), entry.ways.end(), way) != entry.ways.end();
        if (!known && entry.ways.size() < ways_max) entry.ways.push_back(way);
    }

    Entry& place(const storage::LookupKey& fingerprint, storage::Id first, WallTime now) {
        const auto [found, fresh] = entries_.try_emplace(fingerprint);
        auto& entry = found->second;
        if (!fresh && now - entry.at <= kept_for) return entry;
        if (fresh) order_.push_back(fingerprint);
        entry = {first, now, {}};
        if (order_.size() > kept_max) {  // never the one just placed: it is the last
            entries_.erase(order_.front());
            order_.pop_front();
        }
        return entry;
    }

    std::unordered_map<storage::LookupKey, Entry, KeyHash> entries_;
    std::deque<storage::LookupKey> order_;  ///< as first placed
};

}  // namespace jejak::intake
