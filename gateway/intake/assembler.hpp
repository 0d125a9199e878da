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
    bool complete = false;
};

/// What became of one part.
struct PartOutcome {
    enum class How : std::uint8_t {
        waiting,   ///< stored; others are still to come
        repeated,  ///< the same part with the same content was here already: linked to `first`
        joined     ///< the last one: `joined` is the whole text
    };
    How how = How::waiting;
    storage::Id first = 0;
    storage::Id assembly = 0;
    std::optional<Joined> joined;
};

/// Long texts as a view over stored parts: any order, any restart in between. Parts belong together when channel,
/// source, destination, mechanism, reference and total are equal; the same part number with other content begins a
/// new generation. Used on the writer thread, inside units.
class Assembler {
public:
    explicit Assembler(const storage::Vault& vault) : vault_(vault) {}

    /// Adds the part `message` (already stored) carries.
    PartOutcome add(storage::Unit& unit, storage::Id message, std::string_view channel,
                    const sms::InboundText& text) const;

    /// What is there of a text whose missing part did not come; the gaps are marked.
    Joined join(storage::View& view, const storage::Assembly& assembly) const;

private:
    storage::LookupKey key(std::string_view channel, const sms::InboundText& text) const;

    const storage::Vault& vault_;
};

/// How long a text waits for its missing part before people see what there is.
constexpr std::chrono::seconds partial_after{90};
/// A reference number used again after this long begins a new text.
constexpr std::chrono::minutes assembly_reuse_after{30};

}  // namespace jejak::intake
