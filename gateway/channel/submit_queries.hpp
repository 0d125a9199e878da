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

    /// What a message carries so that it can be asked about: never 0.
    static std::uint16_t reference_of(storage::Id reply, std::size_t part);

    struct Question {
        storage::Id reply = 0;
        std::size_t part = 0;
        WallTime until{};       ///< later it does not matter any more
        std::size_t total = 1;  ///< parts of the reply
        unsigned tries = 0;
        SteadyTime not_before{};
    };
    /// False: it cannot be asked about, and its outcome stays unknown.
    bool add(Question question);
    /// Asks while the session may send.
    void fill(smpp::Session& session, SteadyTime now);
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
    const SmppChannelOptions& options_;
    std::deque<Question> waiting_;
    std::unordered_map<std::uint64_t, Question> asked_;  ///< by token
    std::uint64_t count_ = 0;
};

}  // namespace jejak::channel
