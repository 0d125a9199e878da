#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"
#include "storage/vault.hpp"

namespace jejak::intake {

/// From where on a number's texts are stored but no longer answered.
struct LaneLimits {
    std::uint16_t per_minute = 5;
    std::uint16_t per_day = 30;
};

/// What a number's text is beside what it sent and heard lately.
struct Recurrence {
    bool unclear_answered = false;  ///< were it unclear, it would not be answered again
    bool repeated = false;          ///< the last text of theirs that was answered, once more
    bool echo = false;              ///< the last thing we told them
    bool answered_lately = false;   ///< they had a reply within 24 h
    bool said_lately = false;       ///< the last text of theirs that was answered, within `again_after`
    bool said_often = false;        ///< alike ones, whatever their numbers, had `alike_replies_max` replies today
};

/// How much each number has sent lately, and what of it was answered: decides replies, never acceptance; and which of
/// its messages was its last report. A bounded cache over the stored messages: it is filled from them at start, and
/// when it is full the numbers silent longest make room, which at worst costs one reply too many or a STATUS without a
/// code its answer. Used on the writer thread, inside units.
class SenderLanes {
public:
    static constexpr std::uint16_t unclear_replies_max = 3;
    static constexpr std::uint16_t alike_replies_max = 3;  ///< in 24 h
    /// As long as a reply may be under way: whoever says the same again by then is a program, or has not waited for it.
    static constexpr std::chrono::minutes again_after{10};
    static constexpr std::size_t senders_max = 1u << 18;  ///< 16 MiB

    explicit SenderLanes(LaneLimits limits = {});

    /// Counts one message and says which lane it is in.
    casework::Lane count(const storage::LookupKey& sender, WallTime now);
    /// An unclear text is not answered again within 24 h when it is the same text once more, as an auto-responder sends
    /// it, whatever its numbers, nor after `unclear_replies_max` different ones. Of any other text the same is not
    /// answered twice in a row; a command may be, but not at once, and alike ones not all day.
    Recurrence recurrence(const storage::LookupKey& sender, std::string_view text, WallTime now) const;
    void note_answer(const storage::LookupKey& sender, std::string_view text, std::string_view reply, bool unclear,
                     WallTime now);

    storage::Id last_report(const storage::LookupKey& sender) const;  ///< the message; 0: none known
    void note_report(const storage::LookupKey& sender, storage::Id message);

private:
    struct Entry {
        std::uint64_t tag = 0;
        storage::Id last_report = 0;
        std::uint32_t minute_from = 0, day_from = 0, unclear_at = 0, answered_at = 0;  ///< seconds of Unix time
        std::uint32_t unclear_text = 0, answered_text = 0, reply = 0;                  ///< hashes of the last ones
        std::uint32_t alike_at = 0, alike_text = 0;
        std::uint16_t in_minute = 0, in_day = 0, unclear_answers = 0, alike_answers = 0;
    };
    Entry* find(const storage::LookupKey& sender);
    const Entry* find(const storage::LookupKey& sender) const;
    Entry& place(const storage::LookupKey& sender);

    static constexpr std::size_t ways = 4;
    LaneLimits limits_;
    std::vector<Entry> entries_;
};

}  // namespace jejak::intake
