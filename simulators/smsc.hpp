#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/net/http_server.hpp"
#include "protocol/smpp/session.hpp"
#include "simulators/delivery_queue.hpp"
#include "simulators/handset.hpp"
#include "simulators/histogram.hpp"
#include "simulators/smsc_receipt.hpp"
#include "simulators/smsc_scenario.hpp"
#include "simulators/smsc_text.hpp"
#include "simulators/submit_log.hpp"
#include "simulators/token_ledger.hpp"

namespace jejak::sim {

struct SmscOptions {
    std::string listen = "127.0.0.1:2775";  ///< SMPP; port 0 picks one
    std::string control = "127.0.0.1:0";    ///< HTTP; without authentication: keep it on loopback
    std::string system_id;                  ///< who may bind; empty: anyone
    std::string password;                   ///< empty: any
    std::string service_number = "9840";    ///< where texts go that name no destination
    std::size_t window = 10;                ///< deliver_sm awaiting an answer, per session
    std::size_t sessions_max = 16;
    LoadOptions load;
    std::string ledger;                            ///< path; empty: none
    bool ledger_sync = false;                      ///< O_DSYNC
    bool receipts = true;                          ///< send a receipt when registered_delivery asks
    std::chrono::milliseconds receipt_delay{0};    ///< between the submit_sm_resp and the receipt
    std::size_t keep = 10'000;                     ///< submitted PDUs remembered for GET /mt
    bool exit_when_done = false;                   ///< run() ends once all is acknowledged and the replies came
    std::uint64_t expect_replies = 0;              ///< submit_sm accepted before it is done
    std::chrono::milliseconds retry_delay{1'000};  ///< before what was refused for now is sent again
    unsigned refusals_max = 1'000;                 ///< then a message is given up
    smpp::TimerLimits timers;
    std::optional<Scenario> scenario;  ///< how it misbehaves, and what happens; empty: as it should, and nothing
};

struct SmscCounts {
    std::uint64_t sent = 0;                          ///< deliver_sm that left for the first time, without receipts
    std::uint64_t acked = 0;                         ///< answered ESME_ROK, without receipts
    std::uint64_t redelivered = 0;                   ///< deliver_sm sent again
    std::uint64_t given_up = 0;                      ///< refused for good
    std::map<std::uint32_t, std::uint64_t> refused;  ///< answers other than ESME_ROK, by status
    std::uint64_t submits = 0;                       ///< submit_sm accepted
    std::uint64_t throttled = 0;                     ///< submit_sm answered with the status of POST /throttle
    std::uint64_t receipts = 0;                      ///< receipts the ESME took
    std::uint64_t screens = 0;                       ///< USSD screens shown to a phone
    std::uint64_t binds = 0;
    std::uint64_t binds_refused = 0;
    std::uint64_t binds_ignored = 0;  ///< left without an answer
    std::uint64_t duplicated = 0;     ///< deliver_sm that a scenario sent a second time at once
    std::uint64_t unanswered = 0;     ///< submit_sm taken, and left without an answer
    std::uint64_t lost = 0;           ///< submit_sm neither taken nor answered
    std::uint64_t slowed = 0;         ///< times that began a pause an ESME should make: after a refusal,
    std::uint64_t congested = 0;      ///< and after a congestion_state
    std::uint64_t pauses = 0;         ///< of those, in which it showed that it had heard …
    std::uint64_t hurried = 0;        ///< … and submit_sm that came too soon after that
    std::uint64_t queries = 0;        ///< query_sm
    std::uint64_t alerts = 0;         ///< alert_notification sent
    std::uint64_t cuts = 0;           ///< lines that a scenario broke
};

/// A short message centre for people without a telecom contract: ESMEs bind to it, it delivers texts as an operator's
/// does (again when not acknowledged, later when refused, receipts when asked) and can be told to misbehave. One
/// thread.
class Smsc {
public:
    /// Binds both ports at once. errors: throws std::runtime_error with one line.
    Smsc(const net::asio::any_io_executor& executor, SmscOptions options);
    ~Smsc();
    Smsc(const Smsc&) = delete;
    Smsc& operator=(const Smsc&) = delete;

    std::string smpp_address() const;
    std::string control_address() const { return control_.address(); }

    /// Serves until asked to stop, or until done when `exit_when_done`; then unbinds its sessions. It must have ended
    /// before the object goes.
    net::awaitable<void> run();

    /// Queues a text, in parts if it is long. `settled` is called once, with ESME_ROK when every part was taken or
    /// with the status that ended one. False when the queue is full or the text does not fit 255 parts.
    bool deliver(const MoText& text, std::function<void(smpp::CommandStatus)> settled = {});
    void pause() { paused_ = true; }
    void resume();
    /// Closes every connection without a word, as a cut line does.
    void drop();
    /// Answers this share of submit_sm (0 to 1) with `status`; 0 accepts all again.
    void throttle(double share, smpp::CommandStatus status);

    const SmscCounts& counts() const { return counts_; }
    std::size_t sessions_bound() const;
    const SubmitLog& submitted() const { return submitted_; }
    /// All steps of the scenario came to pass, or one did not.
    bool scenario_over() const { return scenario_over_; }
    /// The step that did not: "line 7: …"; empty when none.
    const std::string& scenario_fault() const { return scenario_fault_; }
    /// All counts with rate and latency, as printed at the end.
    boost::json::object report() const;

private:
    struct Line;
    struct InFlight {
        Owed owed;
        SteadyTime sent{};
        bool used = false;
        bool shadow = false;  ///< a second copy: nobody waits for its answer
    };
    /// An answer that waits for its time.
    struct Answer {
        std::weak_ptr<Line> line;
        smpp::CommandId command = smpp::CommandId::submit_sm;
        std::uint32_t sequence = 0;
        smpp::CommandStatus status = smpp::CommandStatus::ok;
        std::string id;
        SteadyTime due;
    };
    struct Fate {
        std::uint8_t state = 0;  ///< message_state from `due` on
        SteadyTime due;
    };

    void accept();
    smpp::SessionOptions session_options() const;
    void wait_readable(const std::shared_ptr<Line>& line);
    void on_readable(const std::shared_ptr<Line>& line);
    void handle_events(const std::shared_ptr<Line>& line, SteadyTime now);

    // smsc_answers.cpp: what an ESME is told
    void on_bind(Line& line, const smpp::BindRequested& request);
    void on_message(const std::shared_ptr<Line>& line, const smpp::MessageArrived& arrived, SteadyTime now);
    void on_multi(const std::shared_ptr<Line>& line, const smpp::MultiArrived& arrived, SteadyTime now);
    void on_query(Line& line, const smpp::QueryRequested& asked, SteadyTime now);
    std::optional<smpp::CommandStatus> refusal(const smpp::ShortMessage& message);
    std::string take(const smpp::ShortMessage& message, SteadyTime now);
    void answer(const std::shared_ptr<Line>& line, Answer answer, SteadyTime now);
    void give_answers(SteadyTime now);
    void tell(Line& line, const Answer& told, SteadyTime now);
    void note_heard(Line& line, SteadyTime sent, SteadyTime now);
    void queue_receipts(const smpp::ShortMessage& submit, const MessageId& id, SteadyTime now);

    void on_ended(Line& line, const smpp::RequestEnded& ended, SteadyTime now);

    /// Sends what is owed to whoever has room, then writes every line's output.
    void pump(SteadyTime now);
    bool has_room(const Line& line) const;
    void send(Line& line, Owed owed, SteadyTime now);
    std::size_t take_slot(InFlight slot);
    void flush(const std::shared_ptr<Line>& line);
    void flush_wire(const std::shared_ptr<Line>& line);
    /// Writes some; false when the line takes no more for now, or is gone.
    bool write(const std::shared_ptr<Line>& line, std::span<const std::byte> octets, std::size_t& size);
    void hang_up(Line& line);
    void tick(SteadyTime now);
    bool hasty() const;
    bool done() const;
    net::awaitable<void> close_lines();

    // smsc_play.cpp: scenarios
    const Manners& manners() const;
    net::awaitable<void> play();
    net::awaitable<bool> until(std::function<bool()> happened, SteadyTime limit);
    net::awaitable<bool> take_step(const DeliverStep& step, SteadyTime limit);
    net::awaitable<bool> take_step(const ThrottleStep& step, SteadyTime limit);
    net::awaitable<bool> take_step(const CongestionStep& step, SteadyTime limit);
    net::awaitable<bool> take_step(const AlertStep& step, SteadyTime limit);
    net::awaitable<bool> take_step(const CutStep& step, SteadyTime limit);
    net::awaitable<bool> take_step(const WaitStep& step, SteadyTime limit);
    net::awaitable<bool> take_step(const RestStep& step, SteadyTime limit);
    std::uint64_t counted(WaitStep::What what) const;
    /// The line ends as `how` says.
    void befall(const std::shared_ptr<Line>& line, Cut how, std::chrono::milliseconds lasts);

    net::awaitable<net::Answer> control(net::Incoming request);
    net::awaitable<net::Answer> post_mo(std::string body);
    net::awaitable<net::Answer> post_ussd(std::string body);  ///< smsc_ussd.cpp

    net::asio::any_io_executor executor_;
    SmscOptions options_;
    net::asio::ip::tcp::acceptor acceptor_;
    net::HttpServer control_;
    std::vector<std::shared_ptr<Line>> lines_;

    DeliveryQueue queue_;
    std::vector<InFlight> in_flight_;  ///< the token of a request is its place here
    std::vector<std::size_t> free_;
    std::size_t messages_in_flight_ = 0;
    std::deque<Answer> answers_;                   ///< by due; a session's `owed_max` bounds its share
    std::unordered_map<std::string, Fate> fates_;  ///< of submitted messages, for query_sm; at most SmscOptions::keep
    std::deque<std::string> fates_order_;
    std::unordered_map<std::string, std::string> references_;  ///< user_message_reference → message_id: 65,536 at most

    Handsets handsets_;
    SubmitLog submitted_;
    TokenLedger ledger_;
    SmscCounts counts_;
    Histogram latency_;
    std::optional<SteadyTime> first_sent_, last_acked_;
    std::uint64_t texts_ = 0;    ///< handed in; numbers references and tokens
    std::uint64_t id_base_ = 0;  ///< so that ids of two runs differ
    unsigned connections_ = 0;   ///< since the beginning
    std::uint8_t congestion_ = 0;
    std::uint64_t throttle_left_ = 0;  ///< submit_sm until the throttle ends by itself; 0: it does not
    bool scenario_over_ = false;
    std::size_t steps_done_ = 0;
    std::string scenario_fault_;
    bool paused_ = false;
    bool stopping_ = false;
    double throttle_share_ = 0, throttle_owed_ = 0;
    smpp::CommandStatus throttle_status_ = smpp::CommandStatus::throttled;
    Load::Scratch scratch_;
};

}  // namespace jejak::sim
