#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/casework/decide.hpp"
#include "gateway/casework/publish.hpp"

namespace jejak::casework {

/// Where a reply to a message would leave.
struct ReplyRoute {
    enum class How : std::uint8_t {
        silent,   ///< the channel gives none
        inline_,  ///< with the answer to the HTTP request: sent at commit
        channel   ///< a submit_sm through `channel`
    };
    How how = How::silent;
    std::string channel;
    bool ready = false;  ///< a submit could leave at once
    std::chrono::milliseconds validity{std::chrono::minutes(10)};
};

/// One text whose meaning is to be acted on: a message of its own, or a long one that stands for its parts.
struct Subject {
    storage::Id message = 0;
    sms::Originator sender;
    storage::LookupKey sender_key{};
    std::string text;
    understand::Reading reading;  ///< as read on the network thread, sender unknown
    std::shared_ptr<const understand::Pack> pack;
    ReplyRoute route;
    Lane lane = Lane::normal;
    bool unclear_answered = false;
    bool answered = false;
    WallTime said_at{};        ///< when the text was sent, as far as the wire can be believed
    bool quarantined = false;  ///< could not be read at all: stored, answered like everything else
};

/// What the channel is to do once the unit is durable.
struct Handled {
    Fate fate = Fate::unclear;
    std::optional<storage::Reply> reply;  ///< as stored
    std::string reply_text;
    std::string reply_to;                ///< E.164
    std::vector<std::string> endpoints;  ///< that now have something to deliver
};

/// Looks up what a decision may know, decides, and carries it out, inside one unit of work. Used on the writer thread.
class Caseworker {
public:
    explicit Caseworker(const Publisher& publisher) : publisher_(publisher) {}

    Handled handle(storage::Unit& unit, const Subject& subject) const;

private:
    Known look_up(storage::Unit& unit, const Subject& subject, const understand::Reading& reading) const;
    TicketState ticket_state(storage::Unit& unit, const Subject& subject, std::string_view reference) const;
    std::optional<storage::Incident> join_incident(storage::Unit& unit, const Decision& decision, const Known& known,
                                                   const std::optional<storage::Report>& earlier,
                                                   std::chrono::minutes window) const;
    void settle_alerts(storage::Unit& unit, const Decision& decision, const storage::Incident& incident,
                       const understand::Pack& pack, Handled& handled) const;
    void store_worker(storage::Unit& unit, Decision& decision, const Subject& subject) const;
    void store_report(storage::Unit& unit, const Decision& decision, const Subject& subject,
                      const std::optional<storage::Incident>& incident, const std::optional<storage::Report>& earlier,
                      Handled& handled) const;
    void store_reply(storage::Unit& unit, const Decision& decision, const Subject& subject, Handled& handled) const;

    const Publisher& publisher_;
};

}  // namespace jejak::casework
