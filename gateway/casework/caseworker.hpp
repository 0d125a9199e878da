#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/casework/decide.hpp"
#include "gateway/casework/publish.hpp"
#include "gateway/casework/quiet_hours.hpp"

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
    std::string account;  ///< of `channel`: only by it; empty: by any
    bool ready = false;   ///< a submit could leave at once
    std::chrono::milliseconds validity{std::chrono::minutes(10)};
    ReplyMode mode = ReplyMode::neutral;  ///< of the channel; a number's own goes before it
    std::string cover_text;               ///< for ReplyMode::cover; checked by the configuration
    QuietHours quiet_hours;               ///< of the channel
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
    Allowance allowance = Allowance::free;
    bool unclear_answered = false;
    bool repeated = false;
    bool said_lately = false;
    bool said_often = false;
    bool machine = false;
    bool answered = false;
    bool late = false;            ///< sent so long ago that no reply goes out
    bool may_ask = true;          ///< a question may go back, and be answered by SMS
    bool from_menu = false;       ///< the reading was put together from a menu: the text is not read again
    bool hearsay = false;         ///< perhaps not the sender's own words: a report at most, see handle()
    storage::Id last_report = 0;  ///< the sender's last message that was a report; 0: none known
    bool asks_when = false;       ///< of a menu: it will still ask when it was; see Handled::held
    bool held = false;            ///< of a menu: something of the report waited until now
    WallTime said_at{};           ///< when the text was sent, as far as the wire can be believed
    bool quarantined = false;     ///< could not be read at all: stored, answered like everything else
};

/// What the channel is to do once the unit is durable.
struct Handled {
    Fate fate = Fate::unclear;
    std::optional<storage::Reply> reply;  ///< as stored
    std::string reply_text;
    std::string reply_to;                ///< E.164
    std::vector<std::string> endpoints;  ///< that now have something to deliver
    Withheld withheld = Withheld::no;    ///< why there is no reply
    storage::Id report = 0;              ///< the message whose report is now the sender's last; 0: no change
    bool answers = false;                ///< it answers or corrects what was said before
    bool held = false;                   ///< an alert or the report's news waits for a menu to ask when it was
};

/// Looks up what a decision may know, decides, and carries it out, inside one unit of work. Used on the writer thread.
class Caseworker {
public:
    explicit Caseworker(const Publisher& publisher, std::chrono::milliseconds answers_within = answers_within_default)
        : publisher_(publisher), answers_within_(answers_within) {}

    /// Of hearsay only a report or a call for help stands, and only where it quotes nothing of ours: it changes neither
    /// how the number is answered nor anybody's trail.
    Handled handle(storage::Unit& unit, const Subject& subject) const;

    /// The sender said whether they may be called: kept, and told to whoever has an alert about them. Endpoints that
    /// now have something to deliver are added to `touched`.
    void keep_calls(storage::Unit& unit, const storage::LookupKey& sender_key, Calls calls,
                    const understand::Pack& pack, std::vector<std::string>& touched) const;

private:
    // caseworker.cpp: what a decision may know
    Known meet(storage::Unit& unit, const Subject& subject) const;
    std::optional<Conversation> conversation_with(storage::Unit& unit, const Subject& subject,
                                                  const Known& known) const;
    void look_up(storage::Unit& unit, const Subject& subject, const understand::Reading& reading, Known& known) const;
    void look_up_earlier(storage::Unit& unit, const Subject& subject, const understand::Reading& reading,
                         Known& known) const;
    void look_up_ticket(storage::Unit& unit, const Subject& subject, const understand::Reading& reading,
                        Known& known) const;

    // carry_out.cpp: what it wants done
    struct Settled {
        std::optional<storage::Incident> incident;
        std::vector<storage::Alert> left;       ///< alerts of the incident the report belonged to before
        std::optional<storage::Report> before;  ///< the report as it was until now
    };
    Settled settle_incident(storage::Unit& unit, const Decision& decision, const Known& known,
                            const std::optional<storage::Report>& earlier, std::chrono::minutes window) const;
    storage::Incident join(storage::Unit& unit, const IncidentScope& scope, const Known& known,
                           std::chrono::minutes window) const;
    void refresh(storage::Unit& unit, std::vector<storage::Alert>& alerts, const Decision& decision,
                 const Settled& settled, const understand::Pack& pack, Handled& handled) const;
    void settle_alerts(storage::Unit& unit, const Decision& decision, const Settled& settled,
                       const understand::Pack& pack, Handled& handled) const;
    void raise(storage::Unit& unit, const AlertDraft& draft, const Decision& decision,
               const storage::Incident& incident, const understand::Pack& pack, Handled& handled) const;
    void raise_duress(storage::Unit& unit, const Decision& decision, const Known& known, const Subject& subject,
                      Handled& handled) const;
    void acknowledge(storage::Unit& unit, const Known& known, storage::Id incident, const understand::Pack& pack,
                     Handled& handled) const;
    void store_worker(storage::Unit& unit, Decision& decision, const Subject& subject) const;
    void await_consent(storage::Unit& unit, const Decision& decision, const Subject& subject) const;
    void store_report(storage::Unit& unit, const Decision& decision, const Subject& subject,
                      const std::optional<storage::Incident>& incident, const std::optional<storage::Report>& earlier,
                      Handled& handled) const;
    void store_turn(storage::Unit& unit, const Decision& decision, const Known& known, const Subject& subject) const;
    void store_policy(storage::Unit& unit, const Decision& decision, const Known& known, const Subject& subject,
                      Handled& handled) const;
    void tell_calls(storage::Unit& unit, const storage::LookupKey& sender_key, Calls calls, storage::Id about,
                    const understand::Pack& pack, std::vector<std::string>& touched) const;
    void tell_calls(storage::Unit& unit, const storage::Incident& incident, Calls calls, const understand::Pack& pack,
                    std::vector<std::string>& touched) const;
    void store_reply(storage::Unit& unit, const Decision& decision, const Subject& subject, Handled& handled) const;

    const Publisher& publisher_;
    std::chrono::milliseconds answers_within_;
};

/// The stage of the ticket somebody typed: told only to the number that holds it.
TicketState ticket_stage(storage::Unit& unit, const Publisher& publisher, const storage::LookupKey& sender_key,
                         std::string_view reference);

}  // namespace jejak::casework
