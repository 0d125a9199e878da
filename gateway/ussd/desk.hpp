#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/casework/caseworker.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/store_access.hpp"
#include "gateway/understand/ussd/menu.hpp"
#include "protocol/sms/msisdn.hpp"

namespace jejak::ussd {

struct Tools;

/// One thing a handset or its network said, whatever the wire.
struct Turn {
    enum class What : std::uint8_t {
        dialled,  ///< a session begins: `text` is what was dialled, "*384#"
        input,    ///< `text` is one more input
        whole,    ///< `text` is all inputs so far joined by `*`; "" when the session begins
        ended     ///< the network says that it is over
    } what = What::whole;
    std::string channel;
    std::string account;  ///< of the channel, by which it came; empty where there is only one
    std::string session;  ///< the network's id of it; unique among those of the phone that are open
    sms::Originator sender;
    std::string service_code;
    std::string text;
    std::chrono::milliseconds timeout{180'000};  ///< of the network: longer silence means it is over
    WallTime wire_since{};                       ///< what was taken before may come again: its answer may be lost
    // given by the desk
    storage::Id message = 0;                                ///< for a message of its own, should it begin one
    storage::ReplyMode mode = storage::ReplyMode::neutral;  ///< of the channel; a number's own goes before it
    std::string cover_text;                                 ///< of the channel, for ReplyMode::cover
};

/// What goes back. Only `shown` may be sent, and it is durable: the answer it follows is on disk.
struct Shown {
    enum class How : std::uint8_t {
        shown,
        unknown,  ///< an input to no session that is open: nothing was stored, and nothing is to be sent
        busy,     ///< the queue is full
        storage_failed
    } how = How::shown;
    std::string screen;
    bool end = false;
    std::optional<Fate> fate;            ///< set when this turn added the session's message
    std::vector<std::string> endpoints;  ///< that now have something to deliver
};

struct DeskOptions {
    std::chrono::milliseconds answers_within = casework::answers_within_default;  ///< to a question that went on by SMS
    std::function<WallTime()> clock = wall_now;
    /// How each channel words its replies; empty: neutrally. Called on the loop's thread.
    std::function<casework::ReplyRoute(const std::string& channel)> route_of;
};

/// Serves USSD sessions: one unit of work for each turn. The session's state is a row, so that it survives the process;
/// from the first answer on there is one message with its report, brought up to date with every answer. Lives on the
/// loop's thread; turns of one session may not overtake each other, which the store's queue sees to.
class Desk {
public:
    using Done = std::function<void(Shown)>;
    using PackSource = std::function<std::shared_ptr<const understand::Pack>()>;
    /// Where the open question of a broken session may go by SMS; empty: nowhere.
    using RouteOf = std::function<std::optional<casework::ReplyRoute>(const std::string& channel)>;

    /// How long a session that is over answers repeated requests.
    static constexpr std::chrono::minutes closed_kept{10};
    /// Inputs taken from one dialled string ("*384*1*1#").
    static constexpr std::size_t inputs_max = 10;
    static constexpr std::size_t expired_per_turn = 32;

    Desk(StoreAccess& store, const storage::Vault& vault, const casework::Publisher& publisher, intake::Intake& intake,
         PackSource pack, DeskOptions options = {});

    /// The pack has a menu.
    bool serves() const { return !pack_()->ussd().empty(); }

    /// `done` runs later on the loop's thread, exactly once.
    void take(Turn turn, Done done);
    net::awaitable<Shown> take(Turn turn);

    /// Closes sessions that ended without saying so; a few at a time. Their reports are filed already; an open question
    /// goes on by SMS only where that is safe. `route_of` is asked on the loop's thread. Returns the endpoints that now
    /// have something to deliver.
    net::awaitable<std::vector<std::string>> close_expired(RouteOf route_of);

private:
    Tools tools() const;

    StoreAccess& store_;
    const storage::Vault& vault_;
    const casework::Publisher& publisher_;
    casework::Caseworker caseworker_;
    intake::Intake& intake_;
    PackSource pack_;
    DeskOptions options_;
};

}  // namespace jejak::ussd
