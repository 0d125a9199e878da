#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/smpp/types.hpp"
#include "protocol/ussd/signal.hpp"
#include "simulators/smsc_text.hpp"

/// A scenario is a TOML file: how an SMSC behaves, and what happens on it, step by step. What is not said is as an SMSC
/// of the specification does it. `jejak-sim smsc --scenario FILE` plays it; simulators/scenarios/ has some.
///
///     title = "Ids in hexadecimal, receipts in decimal"
///
///     [bind]
///     status = 0x0d                # refuses binds so; 0 takes them
///     refuse_first = 2             # only so many, then takes them
///     versions = [0x34]            # interface_versions it takes
///     other_version = "silent"     # the others: "silent" (no answer at all), or "refuse" (ESME_RSYSERR)
///     says_version = 0x34          # its sc_interface_version; or "nothing", "two octets"
///
///     [submit]
///     ids = "hex"                  # message_id: "hex", "decimal" (ten digits), "constant"
///     ton_npi = [1, 1]             # what destinations must have; others get ESME_RINVDSTTON or …NPI
///     packed = true                # data_coding 0 is eight septets in seven octets, both ways
///     answer_after = "200ms"
///     unanswered_every = 3         # each third submit_sm is taken, and never answered
///     lost_first = 2               # the first two are neither taken nor answered
///     query = "answers"            # query_sm: "answers", "by_reference" (also knows a message by its
///                                  # user_message_reference, in decimal), "fails" (ESME_RQUERYFAIL),
///                                  # "unknown" (ESME_RINVCMDID)
///     quiet_refused = "1s"         # how long a polite ESME sends nothing after ESME_RTHROTTLED, and
///     quiet_congested = "5s"       # after a congestion_state of 90 or more: what comes before that is counted as
///                                  # hurried, once an answer shows that the ESME has heard of it
///
///     [receipt]
///     form = "canonical"           # appendix B; "comma", "bare" (id and stat), "loud" (capitals, other order),
///                                  # "parameters" (no text), "payload" (the text in message_payload)
///     id = "decimal"               # as the receipt spells it: "same", "decimal", "hex", "upper", "no_zeros"
///     parameter_id = "same"        # in receipted_message_id; or "none": no parameters at all
///     states = ["EXPIRED", "DELIVRD"]   # one receipt each, in this order
///     times = 2                    # each so often
///     before_answer = true         # ahead of the submit_sm_resp
///     esm_class = 0                # of receipts, in place of 0x04
///     intermediate = "asked"       # all states but the last are intermediate notifications (esm_class 0x20), for who
///                                  # asked for them; "always": for everyone; "no": they are receipts
///     network_error = [3, 34]      # network_error_code of all but DELIVRD: the kind of network, and its code
///     after = "100ms"
///
///     [deliver]
///     twice = true                 # every deliver_sm two times, back to back
///
///     [ussd]
///     profile = "tata"             # how its phones' sessions are told: of jejak.toml, with the keys of a channel
///                                  # beside it; [[profile]] as there. What is not about USSD does nothing here
///
///     [[fault]]                    # of the line; may be repeated
///     connection = 1               # the first one; not said: every one
///     dribble = 1                  # octets at a time, a millisecond apart
///     after = 60                   # octets written, then:
///     then = "reset"               # "close", "reset" (RST), "half_open" (neither reads nor writes), "silence" (reads)
///     lasts = "300ms"              # half_open and silence, until a reset
///
///     [[step]]
///     deliver = "LAPOR {n} orang lewat"   # {n} counts; or hex = "…", data_coding = 8, esm_class = 0x40, tlvs = "…"
///                                         # esm_class = 0x04 beside a text: a person's words, marked as a receipt
///     from = "+628400000001"              # each `times` its own number when it holds {n}
///     times = 3
///     wait = false                 # go on before it is acknowledged
///     within = "10s"
///     [[step]]
///     throttle = 0x58              # answers submit_sm so
///     share = 1.0
///     submits = 20                 # so many, then takes them again
///     [[step]]
///     congestion = 95              # congestion_state in each submit_sm_resp from here on; 0: none
///     [[step]]
///     alert = "+628400000001"      # alert_notification: this number is there again
///     [[step]]
///     cut = "reset"                # every line, as `then` above
///     [[step]]
///     wait_for = "submits"         # "bound", "acked", "submits", "receipts", "throttled", "binds", "queries",
///                                  # "unanswered", "lost", "slowed", "congested" (pauses that began so)
///     count = 3                    # that many since the beginning
///     [[step]]
///     pause = "500ms"
namespace jejak::sim {

struct BindManners {
    smpp::CommandStatus status = smpp::CommandStatus::ok;
    unsigned refuse_first = 0;           ///< 0: every one, if `status` is no ESME_ROK
    std::vector<std::uint8_t> versions;  ///< empty: any
    bool other_version_silent = false;
    enum class Version : std::uint8_t { own, other, nothing, two_octets } says = Version::own;
    std::uint8_t version = 0x34;  ///< with Version::other
};

struct SubmitManners {
    enum class Ids : std::uint8_t { unique, hex, decimal, constant } ids = Ids::unique;
    struct TonNpi {
        std::uint8_t ton = 0, npi = 0;
    };
    std::optional<TonNpi> ton_npi;
    bool packed = false;
    std::chrono::milliseconds answer_after{0};
    unsigned unanswered_every = 0;  ///< 0: all are answered
    std::uint64_t lost_first = 0;
    enum class Query : std::uint8_t { answers, by_reference, fails, unknown } query = Query::answers;
    std::chrono::milliseconds quiet_refused{0}, quiet_congested{0};  ///< 0: nobody counts
};

struct ReceiptManners {
    enum class Form : std::uint8_t { canonical, comma, bare, loud, parameters, payload } form = Form::canonical;
    enum class Id : std::uint8_t { same, decimal, hex, upper, no_zeros, none };
    Id id = Id::same, parameter_id = Id::same;
    std::vector<std::string> states{"DELIVRD"};
    unsigned times = 1;
    bool before_answer = false;
    std::chrono::milliseconds after{0};
    std::uint8_t esm_class = 0x04;
    enum class Intermediate : std::uint8_t { no, asked, always } intermediate = Intermediate::no;
    struct NetworkError {
        std::uint8_t network = 0;
        std::uint16_t code = 0;
    };
    std::optional<NetworkError> network_error;
};

/// What may befall a connection.
enum class Cut : std::uint8_t { none, close, reset, half_open, silence };

struct LineFault {
    unsigned connection = 0;           ///< counted from 1; 0: every one
    std::size_t dribble = 0;           ///< octets a write; 0: as many as go
    std::optional<std::size_t> after;  ///< octets written, then `then`
    Cut then = Cut::none;
    std::chrono::milliseconds lasts{1'000};
};

struct Manners {
    BindManners bind;
    SubmitManners submit;
    ReceiptManners receipt;
    bool deliver_twice = false;
    ussd::SmppProfile ussd;
    std::vector<LineFault> faults;
};

struct DeliverStep {
    MoText text;
    unsigned times = 1;
    bool wait = true;
};
struct ThrottleStep {
    smpp::CommandStatus status = smpp::CommandStatus::throttled;
    double share = 1;
    std::uint64_t submits = 0;
};
struct CongestionStep {
    std::uint8_t percent = 0;
};
struct AlertStep {
    std::string number;
};
struct CutStep {
    Cut how = Cut::close;
    std::chrono::milliseconds lasts{1'000};
};
struct WaitStep {
    enum class What : std::uint8_t {
        bound,
        acked,
        submits,
        receipts,
        throttled,
        binds,
        queries,
        unanswered,
        lost,
        slowed,
        congested
    } what = What::bound;
    std::uint64_t count = 1;
};
struct RestStep {};  ///< as long as `within`

struct ScenarioStep {
    unsigned line = 0;  ///< in the file
    std::chrono::milliseconds within{10'000};
    std::variant<DeliverStep, ThrottleStep, CongestionStep, AlertStep, CutStep, WaitStep, RestStep> what;
};

struct Scenario {
    std::string title;
    Manners manners;
    std::vector<ScenarioStep> steps;
};

/// errors: throws std::invalid_argument, "line 7: …"
Scenario parse_scenario(std::string_view toml);

}  // namespace jejak::sim
