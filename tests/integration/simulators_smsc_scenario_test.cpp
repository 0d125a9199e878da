// Every scenario that ships, played to the whole gateway: nothing is lost, nothing comes twice.
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "gateway/gateway.hpp"
#include "gateway/tool/tool.hpp"
#include "simulators/smsc.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

const fs::path scenarios = fs::path(JEJAK_SOURCE_DIR) / "simulators" / "scenarios";

Scenario load(const std::string& name) {
    std::ifstream file(scenarios / (name + ".toml"));
    std::ostringstream text;
    text << file.rdbuf();
    return parse_scenario(text.str());
}

/// A gateway of this process, with a store of its own, bound to an SMSC that plays a scenario.
class Night {
public:
    explicit Night(const std::string& name, const std::string& channel = "")
        : folder_(fs::temp_directory_path() / ("jejak-night-" + std::to_string(::getpid()) + "-" + name)),
          smsc_(loop_, smsc_options(name)) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        const auto address = smsc_.simulator.smpp_address();
        std::ofstream(folder_ / "jejak.toml")
            << "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \""
            << JEJAK_SOURCE_DIR "/deploy/packs/sambas\"\n[http]\nlisten = \"127.0.0.1:0\"\n[log]\nlevel = \"error\"\n"
            << "[limits]\nreplies_per_prefix_minute = 1000000\nreplies_per_day = 1000000\nflood_per_minute = 1000000\n"
            << "[[channel]]\nname = \"operator\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nport = "
            << address.substr(address.rfind(':') + 1)
            << "\nsystem_id = \"jejak\"\npassword = \"secret\"\nservice_number = \"9840\"\n"
            << channel;
        REQUIRE(tool({"keys", "init", (folder_ / "jejak.keys").string()}).first == 0);
    }
    ~Night() { fs::remove_all(folder_); }

    /// Until the scenario is over, every reply left and so many were confirmed; then the gateway is stopped in order.
    void play(std::int64_t confirmations = 0, std::chrono::seconds limit = 60s) {
        auto loaded = load_config(folder_ / "jejak.toml");
        INFO((loaded.faults.empty() ? "" : to_string(loaded.faults.front())));
        REQUIRE(loaded.config);
        Gateway gateway(loop_.get_executor(), std::move(*loaded.config), folder_ / "jejak.toml");
        std::optional<int> ended;
        net::asio::co_spawn(loop_, gateway.run([](const std::string&) {}),
                            [&](std::exception_ptr failure, int code) { ended = failure ? -1 : code; });
        const auto& smsc = smsc_.simulator;
        CHECK(wait([&] { return smsc.scenario_over(); }, limit));
        CHECK(smsc.scenario_fault().empty());
        const auto settled = [&] {
            const auto account = json::parse(tool({"ledger", "--config", config()}).second).at("replies");
            return account.at("pending").to_number<std::int64_t>() == 0 &&
                   account.at("confirmed").to_number<std::int64_t>() >= confirmations;
        };
        CHECK(wait(settled, limit));
        std::raise(SIGTERM);  // as an operator stops it
        CHECK(wait([&] { return ended.has_value(); }, 20s));
        ::alarm(0);  // the limit that it set for its own end
        CHECK(ended == 0);
        bool stopped = false;
        auto stop = [&]() -> net::awaitable<void> {
            co_await smsc_.stop();
            stopped = true;
        };
        net::asio::co_spawn(loop_, stop(), [](std::exception_ptr) {});
        CHECK(wait([&] { return stopped; }, 20s));
    }

    /// The account, which balances, of every message but the repeats that were linked to their first.
    json::value ledger() const {
        const auto [exit, out] = tool({"ledger", "--verify", "--config", config()});
        CHECK(exit == 0);
        return json::parse(out);
    }

    /// Each of `texts` was understood and got one reply: no more, no less. `parts` is what long ones took beyond one.
    void check_nothing_lost_or_twice(std::int64_t texts, std::int64_t parts = 0) const {
        const auto account = ledger();
        INFO(json::serialize(account));
        const auto& fates = account.at("fates");
        const auto repeats = fates.at("duplicate").to_number<std::int64_t>();
        CHECK(fates.at("understood").to_number<std::int64_t>() == texts + parts);
        CHECK(account.at("received").to_number<std::int64_t>() - repeats == texts + parts);
        std::set<std::string> people;
        const auto replies = smsc_.simulator.submitted().list();
        for (const auto& reply : replies) people.insert(reply.to);
        CHECK(people.size() == static_cast<std::size_t>(texts));
        CHECK(replies.size() == static_cast<std::size_t>(texts));
    }

    /// Replies whose receipt found them.
    std::int64_t confirmed() const { return ledger().at("replies").at("confirmed").to_number<std::int64_t>(); }

    const SmscCounts& counts() const { return smsc_.simulator.counts(); }
    const Smsc& smsc() const { return smsc_.simulator; }

private:
    static SmscOptions smsc_options(const std::string& name) {
        SmscOptions options;
        options.listen = "127.0.0.1:0";
        options.system_id = "jejak";
        options.password = "secret";
        options.retry_delay = 50ms;
        options.scenario = load(name);
        return options;
    }
    static std::pair<int, std::string> tool(const std::vector<std::string>& arguments) {
        std::istringstream in;
        std::ostringstream out, err;
        const int exit = tool::run(arguments, {in, out, err});
        INFO(err.str());
        CHECK(err.str().empty());
        return {exit, out.str()};
    }
    std::string config() const { return (folder_ / "jejak.toml").string(); }
    bool wait(const std::function<bool()>& happened, std::chrono::seconds limit) {
        return test::wait_until(loop_, happened, limit);
    }

    fs::path folder_;
    net::asio::io_context loop_{1};
    test::Running<Smsc> smsc_;
};

}  // namespace

TEST_CASE("a plain operator: each text is a report, each reply is confirmed by its receipt", "[scenario][D1]") {
    Night night("plain-operator");
    night.play(6);
    night.check_nothing_lost_or_twice(6, 1);
    CHECK(night.counts().alerts == 1);
    CHECK(night.confirmed() == 6);
}

TEST_CASE("ids in hexadecimal, receipts in decimal", "[scenario][D3]") {
    Night night("hex-and-decimal-ids");
    night.play(5);
    night.check_nothing_lost_or_twice(5);
    CHECK(night.counts().receipts == 5);
    CHECK(night.confirmed() == 5);
}

TEST_CASE("receipts before their submit_sm_resp, twice, and the last word first", "[scenario][D6][D7]") {
    Night night("early-and-reversed-receipts");
    night.play(3);
    night.check_nothing_lost_or_twice(3);
    CHECK(night.counts().receipts == 12);
    CHECK(night.confirmed() == 3);
}

TEST_CASE("receipts with commas, and those without a text", "[scenario][D4][D8]") {
    const auto name = GENERATE(as<std::string>(), "comma-receipts", "parameter-receipts");
    Night night(name);
    night.play(3);
    night.check_nothing_lost_or_twice(3);
    CHECK(night.counts().receipts == 3);
    CHECK(night.confirmed() == 3);
}

TEST_CASE("B18, B20: a throttle storm delays replies, loses none and doubles none, and pauses are kept",
          "[scenario][B18][B19][B20]") {
    Night night("throttle-storm", "window = 200\n");
    night.play(0, 600s);
    constexpr std::int64_t people = 102;
    night.check_nothing_lost_or_twice(people);
    const auto replies = night.ledger().at("replies");
    CHECK(replies.at("owed").to_number<std::int64_t>() == people);
    CHECK(replies.at("dropped").to_number<std::int64_t>() == 0);
    const auto& counts = night.counts();
    CHECK(counts.throttled == 61);
    CHECK(counts.submits == people);
    // Told to slow down, it sent nothing for as long as it should.
    CHECK(counts.slowed >= 2);
    CHECK(counts.congested >= 2);
    CHECK(counts.pauses >= 2);
    CHECK(counts.hurried == 0);
}

TEST_CASE("an SMSC with one id for all, strict in TON and NPI, silent about other versions", "[scenario][B5]") {
    Night night("osmo-like");
    night.play(4);
    night.check_nothing_lost_or_twice(4);
    CHECK(night.counts().binds_ignored == 0);
    CHECK(night.confirmed() == 4);  // one id, and no two replies to one number
}

TEST_CASE("an SMSC that refuses the first bind and says nothing of its version", "[scenario][B4][B6]") {
    Night night("old-and-moody");
    night.play();
    night.check_nothing_lost_or_twice(3);
    CHECK(night.counts().binds_refused == 1);
    CHECK(night.counts().receipts == 3);
}

TEST_CASE("packed septets both ways, in one part and in two", "[scenario][C3]") {
    Night night("packed-seven-bit", "default_alphabet = \"gsm7-packed\"\n");
    night.play(4);
    night.check_nothing_lost_or_twice(4, 1);
    CHECK(night.confirmed() == 4);  // by what their text says: there are no parameters
    for (const auto& reply : night.smsc().submitted().list()) CHECK_THAT(reply.text, Catch::Contains("Ref "));
}

TEST_CASE("dribbled octets, cuts, resets, half-open and silent lines", "[scenario][F1][A1][A2]") {
    Night night("broken-lines");
    night.play(0, 300s);
    const auto& counts = night.counts();
    CHECK(counts.cuts == 4);
    CHECK(counts.redelivered > 0);
    CHECK(counts.given_up == 0);
    CHECK(counts.acked == 9);
    const auto account = night.ledger();
    INFO(json::serialize(account));
    CHECK(account.at("fates").at("understood").to_number<int>() == 9);
    CHECK(account.at("received").to_number<int>() - account.at("fates").at("duplicate").to_number<int>() == 9);
    // A reply whose line broke may have left or not: it is not sent again blindly, so there is at most one each.
    std::multiset<std::string> people;
    for (const auto& reply : night.smsc().submitted().list()) people.insert(reply.to);
    for (const auto& one : people) CHECK(people.count(one) == 1);
}

TEST_CASE("every text twice, back to back, is one report and one reply", "[scenario][A5]") {
    Night night("every-text-twice");
    night.play();
    night.check_nothing_lost_or_twice(6);
    CHECK(night.counts().duplicated == 6);
    CHECK(night.ledger().at("fates").at("duplicate").to_number<int>() == 6);
}

TEST_CASE("slow answers, and none for each third: no reply is sent again", "[scenario][B15]") {
    Night night("slow-answers", "response_limit = \"2s\"\n");
    night.play();
    night.check_nothing_lost_or_twice(6);
    CHECK(night.counts().unanswered == 2);
}

TEST_CASE("B15: what was taken and never answered is found by query_sm, and not sent again", "[scenario][B15]") {
    Night night("unanswered-and-asked", "query_sm = \"reference\"\n");
    night.play(3);
    night.check_nothing_lost_or_twice(3);
    CHECK(night.counts().submits == 3);
    CHECK(night.counts().queries == 3);
    CHECK(night.confirmed() == 3);  // query_sm_resp told the ids that the receipts name
}

TEST_CASE("B15: what query_sm says was never taken is sent again only where a profile says so", "[scenario][B15]") {
    SECTION("sent again, once") {
        Night night("lost-and-asked", "query_sm = \"reference\"\nresend_unknown = true\n");
        night.play(2);
        night.check_nothing_lost_or_twice(2);
        CHECK(night.counts().submits == 2);
        CHECK(night.confirmed() == 2);
    }
    SECTION("left as it is") {
        Night night("lost-and-asked", "query_sm = \"reference\"\n");
        night.play();
        CHECK(night.counts().lost == 2);
        CHECK(night.counts().submits == 0);
        CHECK(night.ledger().at("fates").at("understood").to_number<std::int64_t>() == 2);
        CHECK(night.confirmed() == 0);
    }
}

TEST_CASE("D10: receipts that nothing marks are receipts where the profile says so", "[scenario][D10]") {
    Night night("unmarked-receipts", "receipts_unmarked = true\n");
    night.play(3);
    night.check_nothing_lost_or_twice(3);
    CHECK(night.counts().receipts == 3);
    CHECK(night.confirmed() == 3);
}

TEST_CASE("D9: intermediate notifications settle nothing, and texts marked as receipts are kept without an answer",
          "[scenario][D7][D9]") {
    Night night("odd-receipts");
    night.play(3);
    const auto fates = night.ledger().at("fates");
    CHECK(fates.at("understood").to_number<int>() == 4);
    CHECK(fates.at("unclear").to_number<int>() == 1);
    CHECK(night.smsc().submitted().list().size() == 3);
    CHECK(night.counts().receipts == 6);
    CHECK(night.confirmed() == 3);
}

TEST_CASE("each scenario that ships is played above, and reads without a fault", "[scenario]") {
    std::set<std::string> names;
    for (const auto& one : fs::directory_iterator(scenarios)) {
        names.insert(one.path().stem().string());
        INFO(one.path());
        CHECK_NOTHROW(load(one.path().stem().string()));
    }
    CHECK(names == std::set<std::string>{"broken-lines", "comma-receipts", "early-and-reversed-receipts",
                                         "every-text-twice", "hex-and-decimal-ids", "lost-and-asked", "odd-receipts",
                                         "old-and-moody", "osmo-like", "packed-seven-bit", "parameter-receipts",
                                         "plain-operator", "slow-answers", "throttle-storm", "unanswered-and-asked",
                                         "unmarked-receipts"});
}

}  // namespace jejak::sim
