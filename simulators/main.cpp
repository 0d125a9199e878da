// jejak-sim: the peers of a gateway, for people without a telecom contract.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "simulators/aggregator.hpp"
#include "simulators/provider.hpp"
#include "simulators/serve.hpp"
#include "simulators/smsc.hpp"
#include "simulators/taskforce.hpp"
#include "simulators/ussd_command.hpp"
#include "simulators/village.hpp"

namespace jejak::sim {
namespace {

constexpr int usage_error = 64;  // EX_USAGE of sysexits.h

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The non-empty lines of a file, at most this many.
std::vector<std::string> read_lines(const std::string& path) {
    constexpr std::size_t lines_max = DeliveryQueue::parcels_max / 2;
    std::istringstream file(read_file(path));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        if (lines.size() == lines_max) throw std::runtime_error(path + ": more than 50,000 lines");
        lines.push_back(std::move(line));
    }
    return lines;
}

/// `max`, or messages a second. Zero stands for max.
double parse_rate(const std::string& text) {
    double rate = 0;
    if (text == "max") return rate;
    const auto* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, rate);
    if (error != std::errc{} || end != last || !(rate > 0)) {
        throw std::runtime_error("--rate: a number of messages a second above 0, or max");
    }
    return rate;
}

struct LoadArguments {
    std::string rate = "max", mix = "lapor=90,aman=9,alert=1";
    std::uint64_t count = 0, numbers = 1'000'000, first = 0;

    void add_to(CLI::App& app) {
        app.add_option("--count", count, "make this many texts")->group("Load");
        app.add_option("--rate", rate, "texts a second, or max: as fast as the window lets")->group("Load");
        app.add_option("--numbers", numbers, "different senders, +62 840 1000000 and up, used in turn")->group("Load");
        app.add_option("--mix", mix, "what the texts are about: reports, check-ins, calls for help")->group("Load");
        app.add_option("--first", first, "index of the first text, so that two runs can differ")->group("Load");
    }

    LoadOptions options() const {
        const auto parsed = parse_mix(mix);
        if (!parsed) throw std::runtime_error("--mix: weights such as lapor=90,aman=9,alert=1");
        if (numbers == 0 || numbers > Load::numbers_max) throw std::runtime_error("--numbers: 1 to 9000000");
        return {.count = count, .rate = parse_rate(rate), .numbers = numbers, .first = first, .mix = *parsed};
    }
};

struct SmscCommand {
    SmscOptions options;
    LoadArguments load;
    std::string script, scenario;
    bool tokens = false;
    std::string receipts = "delivered";
    std::uint64_t long_every = 0;
    unsigned retry_ms = 1'000, receipt_ms = 0;

    CLI::App* add_to(CLI::App& app) {
        auto* cmd = app.add_subcommand("smsc", "a short message centre that your ESME binds to");
        cmd->add_option("--listen", options.listen, "SMPP address; port 0 picks one")->capture_default_str();
        cmd->add_option("--control", options.control, "HTTP control address; port 0 picks one")->capture_default_str();
        cmd->add_option("--system-id", options.system_id, "who may bind (default: anyone)");
        cmd->add_option("--password", options.password, "with this password (default: any)");
        cmd->add_option("--service-number", options.service_number, "destination of texts that name none")
            ->capture_default_str();
        cmd->add_option("--window", options.window, "deliver_sm awaiting an answer, per session")
            ->check(CLI::Range(1, 10'000))
            ->capture_default_str();
        cmd->add_option("--script", script, "deliver these: one JSON object {\"from\",\"to\",\"text\"} per line");
        cmd->add_option("--scenario", scenario, "how it misbehaves, and what happens: a TOML file");
        cmd->add_option("--receipts", receipts, "delivered: when registered_delivery asks; or none")
            ->check(CLI::IsMember({"delivered", "none"}))
            ->capture_default_str();
        cmd->add_option("--receipt-delay", receipt_ms, "ms from the submit_sm_resp to its receipt")
            ->capture_default_str();
        cmd->add_option("--retry-delay", retry_ms, "ms until what was refused for now is sent again")
            ->capture_default_str();
        cmd->add_option("--keep", options.keep, "submitted PDUs remembered for GET /mt")->capture_default_str();
        cmd->add_option("--ledger", options.ledger,
                        "append `S token` before a text is first sent, `A token` once acknowledged");
        cmd->add_flag("--ledger-sync", options.ledger_sync, "write the ledger through to the disk (O_DSYNC)");
        cmd->add_flag("--tokens", tokens, "end each generated text with its token (implied by --ledger)");
        cmd->add_flag("--exit-when-done", options.exit_when_done, "end once everything is acknowledged …");
        cmd->add_option("--expect-replies", options.expect_replies, "… and so many submit_sm came");
        load.add_to(*cmd);
        cmd->add_option("--long-every", long_every, "of so many texts two or three are parts of a long one (0: none)")
            ->check(CLI::NonNegativeNumber)
            ->group("Load");
        cmd->footer(R"(Prints `ready smpp=ADDRESS control=ADDRESS`, and at the end its counts as one JSON object.

What was not acknowledged when a session ended is sent again first thing in the next one, the same octets in the same
order. Answers 0x08, 0x14, 0x58 and 0x64 mean later; any other refusal ends a message.

Control port (HTTP, no authentication):
  POST /mo {"from","to"?,"text","token"?}   deliver a text, in parts if it is long; answers {"status":0}
       once acknowledged; or {"from","hex","data_coding"?,"esm_class"?} for raw user data, "tlvs" (hex) and
       "service_type" beside either
  POST /ussd {"from","dial":"*384#"}        a phone dials; answers {"screen","end"}; then {"from","input":"1"},
       or {"from","hang_up":true}
  GET  /mt[?to=%2B62…&after=N]              what was submitted, parts joined
  GET  /counts                              counts, rate, latency
  POST /drop                                cut every connection
  POST /pause, /resume                      stop and start delivering
  POST /throttle {"share":0.5,"status":88}  answer that share of submit_sm with that status; share 0 ends it

With --scenario the status is 1 when a step did not come to pass in its time. A scenario file:
  title = "Ids in hexadecimal, receipts in decimal"
  [bind]          status, refuse_first, versions, other_version, says_version
  [submit]        ids, ton_npi, packed, answer_after, unanswered_every, lost_first, query, quiet_refused,
                  quiet_congested
  [receipt]       form, id, parameter_id, states, times, before_answer, after, esm_class, intermediate, network_error
  [deliver]       twice
  [[fault]]       connection, dribble, after, then, lasts
  [[step]]        deliver, throttle, congestion, alert, cut, wait_for or pause, with within
simulators/smsc_scenario.hpp says what each is; simulators/scenarios/ has some to begin with.

Examples: jejak-sim smsc --rate max --count 100000 --window 100 --exit-when-done
          jejak-sim smsc --scenario simulators/scenarios/broken-lines.toml --exit-when-done)");
        return cmd;
    }

    int run() {
        options.load = load.options();
        options.load.tokens = tokens || !options.ledger.empty();
        if (long_every != 0 && long_every < LoadOptions::long_min) throw std::runtime_error("--long-every: 0, or 3 up");
        options.load.long_every = long_every;
        options.receipts = receipts == "delivered";
        options.receipt_delay = std::chrono::milliseconds(receipt_ms);
        options.retry_delay = std::chrono::milliseconds(retry_ms);
        if (!scenario.empty()) {
            try {
                options.scenario = parse_scenario(read_file(scenario));
            } catch (const std::invalid_argument& wrong) {
                throw std::runtime_error(scenario + ": " + wrong.what());
            }
        }
        net::asio::io_context loop(1);
        Smsc smsc(loop.get_executor(), options);
        if (!script.empty()) {
            std::size_t number = 0;
            for (const auto& line : read_lines(script)) {
                ++number;
                try {
                    if (!smsc.deliver(parse_mo(line))) throw std::invalid_argument("does not fit");
                } catch (const std::invalid_argument& wrong) {
                    throw std::runtime_error(script + ": text " + std::to_string(number) + ": " + wrong.what());
                }
            }
        }
        print_line("ready smpp=" + smsc.smpp_address() + " control=" + smsc.control_address());
        const int code = serve(loop, "smsc", smsc.run());
        print_line(boost::json::serialize(smsc.report()));
        if (smsc.scenario_fault().empty()) return code;
        std::cerr << "jejak-sim: " << scenario << ": " << smsc.scenario_fault() << "\n";
        return code != 0 ? code : 1;
    }
};

struct TaskforceCommand {
    TaskforceOptions options;

    CLI::App* add_to(CLI::App& app) {
        auto* cmd = app.add_subcommand("taskforce", "a task force's endpoint: takes and verifies signed webhooks");
        cmd->add_option("--listen", options.listen, "HTTP address; port 0 picks one")->capture_default_str();
        cmd->add_option("--secret", options.secrets, "whsec_… or whpk_…; may be repeated")->required();
        cmd->add_option("--fail", options.fail_status, "answer every event with this status")
            ->check(CLI::Range(300, 599));
        cmd->add_option("--fail-first", options.fail_first,
                        "refuse so many events (with --fail, or 500), then take them");
        cmd->add_flag("--hang", options.hang, "never answer");
        cmd->add_option("--keep", options.keep, "events remembered for GET /received")->capture_default_str();
        cmd->footer(R"(Prints `ready http=ADDRESS`, then one JSON object per event:
{"id","type","verified","status","seen","data"}; `seen` counts how often that webhook-id has come.

POST to any path is an event: 200 when its Standard Webhooks signature holds, 401 when not. Control:
  GET  /received[?after=N]   counts and events
  POST /mode {"status":500,"hang":false,"fail_first":0}   status 200 takes events again)");
        return cmd;
    }

    int run() {
        net::asio::io_context loop(1);
        options.print = print_line;
        Taskforce taskforce(loop.get_executor(), options);
        print_line("ready http=" + taskforce.address());
        return serve(loop, "taskforce", taskforce.run());
    }
};

struct AggregatorCommand {
    AggregatorOptions options;
    LoadArguments load;
    ProviderOptions provider;
    AggregatorText one;
    std::string dialect = "json", jsonl;
    bool serves = false;

    CLI::App* add_to(CLI::App& app) {
        auto* cmd =
            app.add_subcommand("aggregator", "an SMS aggregator: posts texts to an HTTP channel, or takes send calls");
        auto* url = cmd->add_option("--url", options.channel.url, "http://127.0.0.1:8080/v1/in/NAME");
        auto* listen = cmd->add_option("--listen", provider.listen, "take send calls here; port 0 picks one");
        listen->each([this](const std::string&) { serves = true; })->excludes(url);
        cmd->add_option("--dialect", dialect, "how texts are spelt and signed")
            ->check(CLI::IsMember(dialect_names()))
            ->capture_default_str();
        cmd->add_option("--key", options.channel.key, "the channel's key");
        cmd->add_option("--from", one.from, "sender of one text");
        cmd->add_option("--to", one.to, "service number")->default_str("9840");
        cmd->add_option("--text", one.text, "the text");
        cmd->add_option("--id", one.id, "the provider's message id");
        cmd->add_option("--jsonl", jsonl, "post these: one JSON object {\"from\",\"to\"?,\"text\",\"id\"?} per line");
        cmd->add_option("--window", options.window, "requests at a time")
            ->check(CLI::Range(1, 1'000))
            ->capture_default_str();
        cmd->add_flag("--retry", options.retry, "try again with the same id after 429, 502, 503, 504 or no answer");
        load.add_to(*cmd);
        cmd->footer(
            R"(One text or a --jsonl file: prints each answer as one JSON object. A load (--count): prints the counts.
Ends with 0 when every text was answered 2xx, else 1. Each dialect signs with --key as its provider does; for twilio and
httpsms --url is what is signed.

With --listen: prints `ready http=ADDRESS`, then each text that a send call brings, as one JSON object. Paths as twilio,
vonage, infobip, africastalking, android and httpsms have them, or any other with `to` and `text`. Control:
  GET  /sent[?after=N]   counts and texts
  POST /mode {"status":429,"retry_after":2,"fail_first":1,"hang":false}   status 200 takes texts again

Example: jejak-sim aggregator --url http://127.0.0.1:8080/v1/in/app --key K --from +628400000001 --text AMAN)");
        return cmd;
    }

    AggregatorText parse_text(const std::string& line) const {
        boost::system::error_code error;
        const auto value = boost::json::parse(line, error);
        if (error || !value.is_object()) throw std::runtime_error(jsonl + ": not a JSON object: " + line);
        const auto field = [&](std::string_view name) {
            const auto* found = value.get_object().if_contains(name);
            if (found && !found->is_string()) throw std::runtime_error(jsonl + ": a field that must be text: " + line);
            return found ? std::string(found->get_string()) : std::string();
        };
        auto to = field("to");
        return {.from = field("from"),
                .to = to.empty() ? options.service_number : to,
                .text = field("text"),
                .id = field("id")};
    }

    int serve_calls() {
        net::asio::io_context loop(1);
        provider.print = print_line;
        Provider sends(loop.get_executor(), provider);
        print_line("ready http=" + sends.address());
        return serve(loop, "aggregator", sends.run());
    }

    int run() {
        if (serves) return serve_calls();
        if (options.channel.url.empty()) throw std::runtime_error("--url or --listen is needed");
        options.channel.dialect = *parse_dialect(dialect);
        options.load = load.options();
        if (!one.to.empty()) options.service_number = one.to;
        one.to = options.service_number;
        if (!jsonl.empty()) {
            for (const auto& line : read_lines(jsonl)) options.texts.push_back(parse_text(line));
        } else if (options.load.count == 0) {
            if (one.from.empty()) throw std::runtime_error("--from and --text, --jsonl or --count is needed");
            options.texts.push_back(one);
        }
        const bool listed = !options.texts.empty();
        if (listed) options.print = print_line;
        net::asio::io_context loop(1);
        Aggregator aggregator(loop.get_executor(), options);
        const int code = serve(loop, "aggregator", aggregator.run());
        if (!listed) print_line(aggregator.report());
        return code != 0 ? code : aggregator.counts().failed == 0 ? 0 : 1;
    }
};

struct VillageCommand {
    VillageOptions options;
    std::string story;
    std::vector<std::string> keys;

    CLI::App* add_to(CLI::App& app) {
        auto* cmd = app.add_subcommand("village", "a village that lives through a story and says whether it came true");
        cmd->add_option("story", story, "a story file (TOML)")->required();
        cmd->add_option("--smsc", options.smsc, "control address of `jejak-sim smsc`");
        cmd->add_option("--gateway", options.gateway, "HTTP address of the gateway");
        cmd->add_option("--taskforce", options.taskforce, "address of `jejak-sim taskforce`");
        cmd->add_option("--provider", options.provider, "address of `jejak-sim aggregator --listen`");
        cmd->add_option("--token", options.token, "API token for the story's get and post steps");
        cmd->add_option("--key", keys, "NAME=KEY of an HTTP channel; may be repeated");
        cmd->footer(R"(Prints one line per step and ends with 0 only if every step came true.

A story file:
  title = "Border night"
  [persons.ani]
  name = "Bu Ani"
  number = "+628400000001"
  channel = "smpp"             # or "json", "kannel", "twilio", … with via = "CHANNEL"
  [[step]]
  from = "ani"
  text = "LAPOR 5 orang lewat jalan tikus dekat sebunga skrg"
  reply = "Pesan diterima. Ref {ticket}. Terima kasih."   # or reply_contains = "…", or reply = false
  [[step]]
  from = "ani"
  dial = "*384#"               # walks a USSD menu; then ussd = "1" presses a key, hang_up = true breaks it off
  screen_contains = "1 Lapor"  # or screen = "…" for the whole; ends = true when the session is over with it
  [[step]]
  event = "alert.raised"       # reaches the task force, signed
  with = { kind = "departure_now", reporters = 1, "place.code" = "61.01.09" }
  keep = { alert = "id" }      # {alert} from here on
  within = "10s"
  [[step]]
  get = "/v1/alerts/{alert}"   # or post = "…", body = "…"
  with = { status = "raised" }
  [[step]]
  pause = "500ms"
In patterns {name} stands for letters and digits, and later for what it stood for first; {_} keeps nothing, {next_week}
is the date in seven days.)");
        return cmd;
    }

    static std::string as_url(const std::string& address) {
        if (address.empty() || address.find("://") != std::string::npos) return address;
        return "http://" + address;
    }

    int run() {
        for (auto* address : {&options.smsc, &options.gateway, &options.taskforce, &options.provider})
            *address = as_url(*address);
        for (const auto& key : keys) {
            const auto equals = key.find('=');
            if (equals == std::string::npos) throw std::runtime_error("--key NAME=KEY");
            options.keys[key.substr(0, equals)] = key.substr(equals + 1);
        }
        options.colours = ::isatty(STDOUT_FILENO) == 1;
        options.print = print_line;
        net::asio::io_context loop(1);
        try {
            Village village(loop.get_executor(), parse_story(read_file(story)), options);
            const int code = serve(loop, "village", village.run());
            return code != 0 ? code : village.ended_well() ? 0 : 1;
        } catch (const std::invalid_argument& wrong) {
            throw std::runtime_error(story + ": " + wrong.what());
        }
    }
};

int run(int argc, char** argv) {
    CLI::App app(
        "The peers of a gateway, for people without a telecom contract: an SMSC, an aggregator, a task force, a "
        "village.");
    app.set_version_flag("--version", "jejak-sim " JEJAK_VERSION);
    app.require_subcommand(1);
    SmscCommand smsc;
    TaskforceCommand taskforce;
    AggregatorCommand aggregator;
    VillageCommand village;
    UssdCommand ussd;
    const auto* smsc_app = smsc.add_to(app);
    const auto* taskforce_app = taskforce.add_to(app);
    const auto* aggregator_app = aggregator.add_to(app);
    village.add_to(app);
    const auto* ussd_app = ussd.add_to(app);
    CLI11_PARSE(app, argc, argv);
    try {
        if (smsc_app->parsed()) return smsc.run();
        if (taskforce_app->parsed()) return taskforce.run();
        if (aggregator_app->parsed()) return aggregator.run();
        if (ussd_app->parsed()) return ussd.run();
        return village.run();
    } catch (const std::exception& error) {
        std::cerr << "jejak-sim: " << error.what() << "\n";
        return usage_error;
    }
}

}  // namespace
}  // namespace jejak::sim

int main(int argc, char** argv) {
    return jejak::sim::run(argc, argv);
}
