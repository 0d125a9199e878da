#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sms/inbound.hpp"
#include "storage/store.hpp"

namespace jejak::intake {

using sms::utf8_coding;

/// A text put together from stored parts.
struct Joined {
    storage::Assembly assembly;
    std::string text;
    std::size_t parts = 0;  ///< that are there: all of `assembly.total`, or fewer
};

/// What became of one part.
struct PartOutcome {
    enum class How : std::uint8_t {
        waiting,   ///< stored; others are still to come
        repeated,  ///< the same part with the same content was here already: linked to `first`
        joined,    ///< the last one: `joined` is the whole text
        alone      ///< over a quota: nothing is kept of its place, it is a text of its own
    };
    How how = How::waiting;
    storage::Id first = 0;
    storage::Id assembly = 0;
    bool total_differs = false;  ///< the reference is in use by an open text of another total
    std::optional<Joined> joined;
};

/// How long a text waits for its missing part before people see what there is.
constexpr std::chrono::seconds partial_after{90};
/// After its first release, how long one that came late waits for more of them before people see it.
constexpr std::chrono::seconds partial_again_after{5};
/// From its first part on, how long a text takes parts. A reference number used again later begins a new text.
constexpr std::chrono::minutes assembly_closes_after{30};

/// What may be open at once. It is counted in rows; a part that finds no room is a text of its own, flagged.
struct SegmentQuotas {
    std::uint32_t sender_texts = 16;
    std::uint32_t sender_parts = 510;      ///< two texts of 255
    std::uint32_t scope_parts = 20'000;    ///< of a channel, or of a group of channels
    std::uint32_t crowded_parts = 10'000;  ///< from here on,
    std::uint32_t crowded_sender_parts =
        8;                               ///< a sender may have so many: whoever floods does not crowd out the others
    std::uint64_t text_octets = 65'536;  ///< of one text as stored: no 255 parts of 140 octets are more
};

/// Long texts as a view over stored parts: any order, any restart in between. Parts belong together when scope, source,
/// destination, mechanism, reference and total are equal; the same part number with other content begins a new
/// generation. What such a text has in common with the one before, sent again with it, is in both. Used on the writer
/// thread, inside units.
class Assembler {
public:
    explicit Assembler(const storage::Vault& vault, SegmentQuotas quotas = {}) : vault_(vault), quotas_(quotas) {}

    /// Adds the part that `message` carries. `scope` is the channel, or the group it is in.
    PartOutcome add(storage::Unit& unit, storage::Id message, const std::string& scope,
                    const storage::LookupKey& sender_key, const sms::InboundText& text) const;

    /// What is there of a text; gaps are marked.
    Joined join(storage::View& view, const storage::Assembly& assembly) const;

private:
    /// What is known under a part's key.
    struct Found {
        std::optional<storage::Id> repeated;        ///< the message that has the same part already
        std::optional<storage::Assembly> assembly;  ///< the one it goes to
        std::optional<storage::Assembly> previous;  ///< the latest of its total, if the part is none of that one's
        bool total_differs = false;
    };
    storage::LookupKey key(std::string_view scope, const sms::InboundText& text) const;
    Found find(storage::Unit& unit, const storage::LookupKey& key, const storage::Part& part, std::uint8_t total) const;
    std::vector<storage::Part> repeated_before(storage::Unit& unit, const storage::Assembly& previous,
                                               std::uint8_t number) const;
    bool has_room(storage::Unit& unit, const storage::Assembly& assembly, std::size_t fresh) const;

    const storage::Vault& vault_;
    SegmentQuotas quotas_;
};

}  // namespace jejak::intake
