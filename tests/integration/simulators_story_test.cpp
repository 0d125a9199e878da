// The task force, aggregator and village simulators, on loopback.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "gateway/net/http_server.hpp"
#include "simulators/taskforce.hpp"
#include "simulators/village.hpp"
#include "tests/support/on_loop.hpp"

namespace jejak::sim {
namespace {

namespace json = boost::json;
using net::awaitable;
using test::ask;
using test::client_to;
using test::on_loop;
using test::Running;

const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string other_secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

test::Headers signed_headers(const std::string& id, const std::string& body, const std::string& with = secret) {
    const auto now = std::chrono::floor<std::chrono::seconds>(wall_now());
    return {{"Content-Type", "application/json"},
            {"webhook-id", id},
            {"webhook-timestamp", std::to_string(now.time_since_epoch().count())},
            {"webhook-signature", feed::WebhookKey::parse(with)->sign(id, now, body)}};
}

std::string event(const std::string& kind) {
    return R"({"type":"alert.raised","timestamp":"2025-09-12T21:10:00Z","data":{"id":"a1","kind":")" + kind +
           R"(","reporters":1,"place":{"code":"61.01.09","name":"Sajingan Besar"}}})";
}

TaskforceOptions taskforce_options(std::vector<std::string>* lines = nullptr) {
    TaskforceOptions options;
    options.listen = "127.0.0.1:0";
    options.secrets = {other_secret, secret};
    if (lines) options.print = [lines](const std::string& line) { lines->push_back(line); };
    return options;
}

TEST_CASE("the task force takes what is signed, denies what is not, and counts repeats") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        std::vector<std::string> lines;
        Running<Taskforce> taskforce(loop, taskforce_options(&lines));
        auto client = client_to(loop, taskforce.simulator.address());
        const auto body = event("sos");
        auto good = signed_headers("msg_1", body);
        auto forged = signed_headers("msg_2", body);
        forged[3].second = good[3].second;  // another message's signature
        auto stale = signed_headers("msg_3", body);
        stale[2].second = "1614265330";

        const auto first = co_await ask(client, "POST", "/alerts", body, good);
        const auto again = co_await ask(client, "POST", "/alerts", body, good);
        const auto bad = co_await ask(client, "POST", "/alerts", body, forged);
        const auto old = co_await ask(client, "POST", "/alerts", body, stale);
        const auto bare = co_await ask(client, "POST", "/alerts", body);
        CHECK(first.first == 200);
        CHECK(again.first == 200);
        CHECK(bad.first == 401);
        CHECK(old.first == 401);
        CHECK(bare.first == 401);

        const auto received = co_await ask(client, "GET", "/received");
        const auto& counts = received.second;
        CHECK(counts.at("requests").as_int64() == 5);
        CHECK(counts.at("accepted").as_int64() == 1);
        CHECK(counts.at("duplicates").as_int64() == 1);
        CHECK(counts.at("unverified").as_int64() == 3);
        const auto& events = counts.at("events").as_array();
        CHECK(events.size() == 5);
        CHECK(events.at(1).at("seen").as_int64() == 2);
        CHECK(events.at(0).at("data").at("kind").as_string() == "sos");
        CHECK(lines.size() == 5);
        CHECK(json::parse(lines.at(0)).at("verified").as_bool());
        CHECK_FALSE(json::parse(lines.at(2)).at("verified").as_bool());
        co_await taskforce.stop();
    });
}

TEST_CASE("the task force fails as its mode says, and takes events again when told") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        auto options = taskforce_options();
        options.fail_first = 2;
        options.fail_status = 429;
        Running<Taskforce> taskforce(loop, std::move(options));
        auto client = client_to(loop, taskforce.simulator.address());
        const auto body = event("sos");
        const auto headers = signed_headers("msg_1", body);
        const std::pair<std::string, unsigned> rows[] = {
            {"", 429}, {"", 429}, {"", 200}, {R"({"status":410})", 410}, {R"({"status":200})", 200}};
        for (const auto& [mode, expected] : rows) {
            if (!mode.empty()) co_await ask(client, "POST", "/mode", mode);
            const auto answer = co_await ask(client, "POST", "/alerts", body, headers);
            CHECK(answer.first == expected);
        }
        CHECK(taskforce.simulator.counts().refused == 3);
        const auto wrong = co_await ask(client, "POST", "/mode", R"({"status":"no"})");
        CHECK(wrong.first == 400);
        co_await taskforce.stop();
    });
}

TEST_CASE("a task force that hangs answers once it is told to go on") {
    on_loop([](net::asio::io_context& loop) -> awaitable<void> {
        auto options = taskforce_options();
        options.hang = true;
        Running<Taskforce> taskforce(loop, std::move(options));
        auto sender = client_to(loop, taskforce.simulator.address());
        auto teller = client_to(loop, taskforce.simulator.address());
        unsigned status = 0;
        net::TaskGroup sending(loop.get_executor());
        auto send = [&]() -> awaitable<void> {
            const auto body = event("sos");
            const auto answer = co_await ask(sender, "POST", "/alerts", body, signed_headers("msg_1", body));
            status = answer.first;
        };
        sending.spawn("sender", send());
        while (taskforce.simulator.counts().requests == 0) co_await ask(teller, "GET", "/received");
        CHECK(status == 0);
        co_await ask(teller, "POST", "/mode", R"({"hang":false})");
        const bool sent = co_await sending.join(test::limit);
        CHECK(sent);
        CHECK(status == 200);
        co_await taskforce.stop();
    });
}

TEST_CASE("an aggregator spells a text as its dialect wants it") {
    const AggregatorText text{.from = "+628400000001", .to = "9840", .text = "LAPOR a+b & c%", .id = "m 1"};
    SECTION("json") {
        const auto call = call_of({HttpDialect::json, "http://127.0.0.1:8080/v1/in/app", "K"}, text, "");
        CHECK(call.method == "POST");
        CHECK(call.target == "/v1/in/app");
        CHECK(call.body == R"({"from":"+628400000001","to":"9840","text":"LAPOR a+b & c%","id":"m 1"})");
        CHECK(call.headers.at(1).second == "Bearer K");
    }
    SECTION("kannel") {
        const auto call = call_of({HttpDialect::kannel, "http://127.0.0.1:8080/v1/in/k", "K&"}, text, "T");
        CHECK(call.method == "GET");
        CHECK(call.target ==
              "/v1/in/k?from=%2B628400000001&to=9840&text=LAPOR%20a%2Bb%20%26%20c%25&id=m%201&time=T&smsc=jejak-sim"
              "&coding=0&charset=UTF-8&key=K%26");
    }
    CHECK_THROWS_AS(call_of({HttpDialect::json, "nowhere", ""}, text, ""), std::invalid_argument);
    CHECK(reply_in(HttpDialect::json, R"({"message":"m","reply":null,"duplicate":false})").empty());
    CHECK(reply_in(HttpDialect::json, R"({"message":"m","reply":"Terima kasih."})") == "Terima kasih.");
    CHECK(reply_in(HttpDialect::kannel, "Terima kasih.") == "Terima kasih.");
    CHECK(reply_in(HttpDialect::twilio, "<Response><Message>a&#38;b &#8364;</Message></Response>") == "a&b €");
    CHECK(reply_in(HttpDialect::twilio, "<Response/>").empty());
    CHECK(reply_in(HttpDialect::vonage, "").empty());
}

TEST_CASE("a pattern keeps what its names stood for and wants the same later") {
    struct Row {
        const char *pattern, *text;
        bool whole, fits;
        Kept kept;
    };
    const Row rows[] = {
        {"Pesan diterima. Ref {ticket}.", "Pesan diterima. Ref SB7K2Q.", true, true, {{"ticket", "SB7K2Q"}}},
        {"Ref {ticket}", "Pesan diterima. Ref SB7K2Q. Terima kasih.", false, true, {{"ticket", "SB7K2Q"}}},
        {"Ref {ticket}", "Pesan diterima. Ref SB7K2Q.", true, false, {}},
        {"{old}.", "AAAAAA.", true, true, {}},
        {"{old}.", "BBBBBB.", true, false, {}},
        {"{_} {_}", "satu dua", true, true, {}},
        {"{a}-{a}", "x-x", true, true, {{"a", "x"}}},
        {"{a}-{a}", "x-y", true, false, {}},
        {"{\"a\":1}", "{\"a\":1}", true, true, {}},
        {"", "", true, true, {}},
        {"", "apa", true, false, {}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.pattern, row.text);
        Kept kept{{"old", "AAAAAA"}};
        auto expected = row.kept;
        expected.emplace("old", "AAAAAA");
        CHECK(matches(row.pattern, row.text, row.whole, kept) == row.fits);
        CHECK(kept == expected);
    }
    CHECK(fill_in("SETUJU {old}", {{"old", "AAAAAA"}}) == "SETUJU AAAAAA");
    CHECK_FALSE(fill_in("SETUJU {code}", {}));
}

const std::string head =
    "title = \"t\"\n[persons.ani]\nname = \"Ani\"\nnumber = \"+628400000001\"\nchannel = \"smpp\"\n";

TEST_CASE("a story with a mistake is refused with its line") {
    const std::pair<std::string, std::string> rows[] = {
        {"title = 1", "line 1: title must be a text"},
        {head + "[[step]]\nfrom = \"budi\"\ntext = \"x\"", "line 7: nobody is called budi"},
        {head + "[[step]]\nfrom = \"ani\"\ntext = \"x\"\nreplies = \"y\"", "line 9: unknown key replies"},
        {head + "[[step]]\nfrom = \"ani\"\ntext = \"x\"\nreply = true",
         "line 9: reply is a pattern, or false when none may come"},
        {head + "[[step]]\nevent = \"alert.raised\"\nwithin = \"soon\"",
         "line 8: a duration such as \"500ms\", \"10s\" or \"2m\""},
        {head + "[[step]]\nnote = \"n\"", "line 6: a step has text, dial, ussd, hang_up, event, get, post or pause"},
        {head + "[[step]]\nget = \"/\"\nstatus = 7", "line 8: status is an HTTP status"},
        {head + "[persons.b]\nname = \"B\"\nnumber = \"1\"\nchannel = \"fax\"",
         "line 9: channel is smpp, json or kannel, or another dialect"},
    };
    for (const auto& [text, expected] : rows) {
        CAPTURE(text);
        CHECK_THROWS_WITH(parse_story(text), expected);
    }
}

TEST_CASE("every story that ships parses") {
    for (const auto* name : {"border-night.toml"}) {
        std::ifstream file(std::string(JEJAK_SOURCE_DIR "/simulators/stories/") + name);
        std::ostringstream text;
        text << file.rdbuf();
        const auto story = parse_story(text.str());
        CHECK(story.steps.size() > 10);
        CHECK(story.persons.size() > 3);
    }
}

/// A gateway that answers every text with one line and tells the task force about it.
struct FakeGateway {
    net::asio::io_context& loop;
    std::string taskforce;
    std::vector<std::string> texts;

    awaitable<net::Answer> answer(net::Incoming request) {
        net::Answer answer;
        answer.content_type = "application/json";
        if (request.http.method == "GET") {
            answer.body = R"({"received":)" + std::to_string(texts.size()) + "}";
            co_return answer;
        }
        texts.emplace_back(json::parse(request.http.body).at("text").as_string());
        auto client = client_to(loop, taskforce);
        const auto body = event("departure_now");
        const auto told =
            co_await ask(client, "POST", "/", body, signed_headers("msg_" + std::to_string(texts.size()), body));
        CHECK(told.first == 200);
        answer.body = R"({"message":"m","reply":"Pesan diterima. Ref SB7K2Q.","duplicate":false})";
        co_return answer;
    }
};

TEST_CASE("a village says whether its story came true, and at which step it did not") {
    const std::string story =
        "title = \"t\"\n[persons.ani]\nname = \"Ani\"\nnumber = \"+628400000001\"\nchannel = \"json\"\nvia = \"app\"\n"
        "[[step]]\nfrom = \"ani\"\ntext = \"LAPOR\"\nreply = \"Pesan diterima. Ref {ticket}.\"\n"
        "[[step]]\nevent = \"alert.raised\"\nwith = { kind = \"departure_now\", reporters = 1, \"place.code\" = "
        "\"61.01.09\" }\n"
        "[[step]]\nfrom = \"ani\"\ntext = \"STATUS {ticket}\"\n"
        "[[step]]\nget = \"/v1/ledger\"\nwith = { received = 2 }\n";
    const auto row = GENERATE(table<std::string, bool, std::string>({
        {"", true, "the story came true"},
        {"[[step]]\nevent = \"alert.raised\"\nwith = { kind = \"sos\" }\nwithin = \"10ms\"", false,
         "no alert.raised as expected came within 10 ms; one came, but kind is departure_now, not sos (line 20)"},
        {"[[step]]\nfrom = \"ani\"\ntext = \"x\"\nreply = false", false, "a reply came where none may come (line 20)"},
        {"[[step]]\nget = \"/v1/ledger\"\nwith = { received = 9 }\nwithin = \"10ms\"", false,
         "received is 2, not 9 (line 20)"},
        {"[[step]]\nfrom = \"ani\"\ntext = \"{code}\"", false,
         "the text needs something no earlier step kept: {code} (line 20)"},
    }));
    const std::string& ending = std::get<0>(row);
    const bool well = std::get<1>(row);
    const std::string& last_line = std::get<2>(row);
    on_loop([&](net::asio::io_context& loop) -> awaitable<void> {
        Running<Taskforce> taskforce(loop, taskforce_options());
        FakeGateway gateway{loop, taskforce.simulator.address(), {}};
        net::HttpServerOptions server_options;
        server_options.listen = "127.0.0.1:0";
        net::HttpServer server(loop.get_executor(), server_options,
                               [&](net::Incoming request) { return gateway.answer(std::move(request)); });
        net::TaskGroup group(loop.get_executor());
        group.spawn("gateway", server.run());

        std::vector<std::string> lines;
        VillageOptions options;
        options.gateway = "http://" + server.address();
        options.taskforce = "http://" + taskforce.simulator.address();
        options.keys["app"] = "K";
        options.print = [&](const std::string& line) { lines.push_back(line); };
        Village village(loop.get_executor(), parse_story(story + ending), options);
        co_await village.run();
        CHECK(village.ended_well() == well);
        CHECK_THAT(lines.back(), Catch::Matchers::Contains(last_line));
        CHECK(gateway.texts.at(0) == "LAPOR");
        CHECK(gateway.texts.at(1) == "STATUS SB7K2Q");
        group.stop();
        co_await group.join(test::limit);
        co_await taskforce.stop();
    });
}

}  // namespace
}  // namespace jejak::sim
