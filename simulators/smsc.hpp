#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/net/http_server.hpp"
#include "protocol/smpp/session.hpp"
#include "simulators/delivery_queue.hpp"
#include "simulators/handset.hpp"
#include "simulators/histogram.hpp"
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
};

/// A text from a phone, as POST /mo and script lines spell it.
struct MoText {
    std::string from, to, text;
    std::string token;  ///< for the ledger; made up when empty
    /// In place of `text`: user data octets as they are, for what phones should not send.
    std::optional<sms::Bytes> octets;
    std::uint8_t data_coding = 0;
    std::uint8_t esm_class = 0;
    sms::Bytes tlvs{};           ///< encoded optional parameters of its last part
    std::string service_type{};  ///< at most 5 octets
};

/// Reads `{"from","to"?,"text"}`, or with `"hex"`, `"data_coding"`, `"esm_class"` in place of `text`; and `"tlvs"` in
/// hexadecimal, `"service_type"`.
/// errors: throws std::invalid_argument naming the field.
MoText parse_mo(std::string_view json);

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
    /// All counts with rate and latency, as printed at the end.
    boost::json::object report() const;

private:
    struct Line;
    struct InFlight {
        Owed owed;
        SteadyTime sent{};
        bool used = false;
    };

    void accept();
    void wait_readable(const std::shared_ptr<Line>& line);
    void on_readable(const std::shared_ptr<Line>& line);
    void handle_events(Line& line, SteadyTime now);
    void on_bind(Line& line, const smpp::BindRequested& request);
    void on_message(Line& line, const smpp::MessageArrived& arrived);
    void on_ended(const smpp::RequestEnded& ended, SteadyTime now);
    void queue_receipt(const smpp::ShortMessage& submit, std::string_view id);

    /// Sends what is owed to whoever has room, then writes every line's output.
    void pump(SteadyTime now);
    void send(Line& line, Owed owed, SteadyTime now);
    void flush(const std::shared_ptr<Line>& line);
    void hang_up(Line& line);
    void tick(SteadyTime now);
    bool done() const;
    net::awaitable<void> close_lines();

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

    Handsets handsets_;
    SubmitLog submitted_;
    TokenLedger ledger_;
    SmscCounts counts_;
    Histogram latency_;
    std::optional<SteadyTime> first_sent_, last_acked_;
    std::uint64_t texts_ = 0;    ///< handed in; numbers references and tokens
    std::uint64_t id_base_ = 0;  ///< so that ids of two runs differ
    bool paused_ = false;
    bool stopping_ = false;
    double throttle_share_ = 0, throttle_owed_ = 0;
    smpp::CommandStatus throttle_status_ = smpp::CommandStatus::throttled;
    Load::Scratch scratch_;
};

}  // namespace jejak::sim
