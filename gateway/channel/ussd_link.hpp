#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/config/config.hpp"
#include "gateway/ussd/desk.hpp"
#include "protocol/smpp/session.hpp"
#include "protocol/sms/inbound.hpp"
#include "protocol/sms/segments.hpp"
#include "protocol/ussd/signal.hpp"

namespace jejak::channel {

/// A screen in the alphabet that the operator reads under data_coding 0, else in UCS-2; always in one piece. Screens
/// are cut for septets: one that has more than UCS-2 holds loses the characters which that alphabet lacks, and no line.
sms::OutboundSegment coded_screen(const std::string& screen, sms::DefaultAlphabet zero_means);

/// The USSD sessions of one SMPP channel: turns go to the desk, screens wait here until the session may send them.
/// Lives on the loop's thread.
class UssdLink {
public:
    static constexpr std::size_t screens_max = 1'000;  ///< waiting; the oldest gives way
    /// Tokens of screens in the session: apart from those of replies, which are ids of rows.
    static constexpr std::uint64_t token_bit = std::uint64_t{1} << 63;
    static constexpr std::uint64_t token_mask = 0xFFFFFFFF;  ///< what a screen's own number has of it
    static constexpr unsigned tries_max = 3;                 ///< of a screen that is refused for now
    static constexpr std::chrono::milliseconds try_again_after{1'000};

    /// `account` is whose sessions these are, where a channel has several; else empty.
    UssdLink(const SmppChannelOptions& options, ussd::Desk& desk, std::string account = {})
        : options_(options), desk_(desk), account_(std::move(account)) {}

    /// The channel serves USSD, and the pack has a menu.
    bool serves() const { return options_.ussd.on && desk_.serves(); }

    /// A turn of a session. `done` runs later, exactly once; the screen is queued by then when there is one.
    using Done = std::function<void(const ussd::Shown&)>;
    void take(const smpp::ShortMessage& message, const ussd::Signal& signal, const sms::InboundText& text, Done done);

    /// Hands waiting screens to the session while it may send, `most` of them; how many.
    std::size_t fill(smpp::Session& session, SteadyTime now, std::size_t most = screens_max);
    /// When fill() has something to do again though nothing is answered.
    SteadyTime wake_at(SteadyTime now) const;
    /// A screen was answered, or never will be. One that is refused for good had nobody in front of it: its session is
    /// over. Whoever did not see an unanswered one presses again, or the session runs out.
    void ended(const smpp::RequestEnded& screen, SteadyTime now);
    /// A bind begins: inputs taken before it may come again.
    void session_began() { wire_since_ = wall_now(); }
    /// The bind is gone, and with it who waited for a screen.
    void session_over() {
        screens_.clear();
        under_way_.clear();
        ++generation_;
    }
    /// Screens that wait for the session.
    std::size_t waiting() const { return screens_.size(); }
    static bool is_screen(std::uint64_t token) { return (token & token_bit) != 0; }

    const ussd::SmppProfile& profile() const { return options_.ussd_profile; }

private:
    /// An address of the turn, for the way back.
    struct Address {
        std::uint8_t ton = 0, npi = 0;
        std::string digits;
    };
    struct Screen {
        Address from, to;
        std::string text;
        std::vector<std::byte> parameters;
        SteadyTime dropped_at{};  ///< nobody looks at it any more
        SteadyTime not_before{};
        unsigned tries = 0;
        bool last = false;
        ussd::Turn over;  ///< what the desk is told if nobody is there
    };
    void send(smpp::Session& session, Screen screen, SteadyTime now);
    void put_off(Screen screen, SteadyTime now);
    void give_up(Screen screen);

    const SmppChannelOptions& options_;
    ussd::Desk& desk_;
    std::string account_;
    std::deque<Screen> screens_;
    std::unordered_map<std::uint64_t, Screen> under_way_;  ///< by token; the sessions' windows bound it
    WallTime wire_since_{};
    std::uint64_t sent_ = 0;
    std::uint64_t generation_ = 0;  ///< of the session: a screen of one that is over is not for the next
};

}  // namespace jejak::channel
