#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/config/config.hpp"
#include "protocol/smpp/session.hpp"
#include "protocol/time.hpp"
#include "storage/model.hpp"

namespace jejak::channel {

/// Questions about submits that were never answered, for an SMSC that knows a message by the user_message_reference it
/// came with (SmppProfile::Query::reference): query_sm names it in decimal. Without that profile nothing is asked: a
/// submit_sm that has no response has no message_id either. Lives on the loop's thread.
class SubmitQueries {
public:
    static constexpr std::size_t waiting_max = 1'000;
    static constexpr unsigned tries_max = 3;
    static constexpr std::chrono::milliseconds try_again_after{10'000};
    /// Tokens of questions in a session: apart from those of messages, screens and receipts.
    static constexpr std::uint64_t token_bits = std::uint64_t{1} << 62;
    static bool is_query(std::uint64_t token) { return token >> 62 == 1; }

    explicit SubmitQueries(const SmppChannelOptions& options) : options_(options) {}

    /// What a message carries so that it can be asked about: never 0. It follows from the reply and the part alone, so
    /// that a later process knows it too; of 65,535 two messages may have the same one.
    static std::uint16_t reference_of(storage::Id reply, std::size_t part);
    /// For how long a reference is one message's: longer than a reply is of any use, and than it is asked about.
    static constexpr std::chrono::minutes claimed_for{30};
    /// The reference of a message that is about to leave, which is its own from now on. Empty: another message that
    /// left lately has it, so that an answer might be about that one. It leaves without, and is not asked about.
    std::optional<std::uint16_t> claim(storage::Id reply, std::size_t part, WallTime now);

    struct Question {
        storage::Id reply = 0;
        std::size_t part = 0;
        WallTime until{};       ///< later it does not matter any more
        std::size_t total = 1;  ///< parts of the reply
        unsigned tries = 0;
        SteadyTime not_before{};
    };
    /// About a message that left with its reference. False: it cannot be asked about, and its outcome stays unknown.
    bool add(Question question);
    /// About one of before the process began.
    bool recall(Question question);
    /// Asks `most` questions while the session may send; how many.
    std::size_t fill(smpp::Session& session, SteadyTime now, std::size_t most);
    /// Some question waits for nothing but room.
    bool due(SteadyTime now) const;
    SteadyTime wake_at(SteadyTime now) const;

    struct Answer {
        enum class What : std::uint8_t {
            taken,    ///< the SMSC has it, or had it
            failed,   ///< it took it, and it will not arrive
            unknown,  ///< the SMSC does not know it
            silence   ///< nothing came of asking
        } what = What::silence;
        Question question;
        std::string message_id;
    };
    /// Empty: it will be asked again.
    std::optional<Answer> ended(const smpp::RequestEnded& request, SteadyTime now);

private:
    struct Claim {
        storage::Id reply = 0;
        std::size_t part = 0;
        WallTime until{};
    };

    const SmppChannelOptions& options_;
    std::unordered_map<std::uint16_t, Claim> claims_;  ///< by reference: 65,535 at most
    std::deque<Question> waiting_;
    std::unordered_map<std::uint64_t, Question> asked_;  ///< by token
    std::uint64_t count_ = 0;
};

}  // namespace jejak::channel
