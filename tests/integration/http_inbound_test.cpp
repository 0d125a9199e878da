// Several messages in one request, and a store that fails beneath them.
#include <catch2/catch.hpp>

#include "gateway/token.hpp"
#include "tests/support/http_front.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::Phones;

namespace {

/// Channels of a dialect that sends many messages at once, and of such that send one.
struct Aggregator : tests::HttpFront {
    Aggregator() {
        for (const std::string name : {"infobip", "json", "twilio"}) add_channel(name, name);
    }

    net::Sent ask(const std::string& method, const std::string& target, const std::string& body = {}) {
        return request(method, target, {{"Content-Type", "application/json"}}, body);
    }
    net::Sent batch(int count) {
        std::string results;
        for (int i = 0; i < count; ++i) {
            results += (i == 0 ? "" : ",") + std::string(R"({"messageId":")") + std::to_string(i) +
                       R"(","from":"62840)" + std::to_string(1'000'000 + i) + R"(","to":"9840","text":"LAPOR calo )" +
                       std::string(100, 'x') + "\"}";
        }
        return ask("POST", "/v1/in/infobip?key=k", R"({"results":[)" + results + "]}");
    }
};

}  // namespace

TEST_CASE("all messages of a request are stored before its answer, and are repeats the second time", "[http]") {
    Aggregator provider;
    CHECK(provider.batch(100).status == 200);
    CHECK(provider.stored == 100);
    CHECK(provider.batch(100).status == 200);
    const auto ledger = provider.village.ledger();
    CHECK(ledger.received == 200);
    CHECK(ledger.fates[static_cast<std::size_t>(Fate::duplicate)] == 100);
    CHECK(provider.batch(0).status == 200);
}

TEST_CASE("while one message of a request cannot be stored, none is acknowledged; sent again, each is there once",
          "[http]") {
    Aggregator provider;
    storage::set_max_page_count(*provider.village.store, 1);  // not a page more than there is
    const auto refused = provider.batch(100);
    CHECK(refused.status == 503);
    CHECK(refused.retry_after);
    CHECK_FALSE(provider.village.store->healthy());
    storage::set_max_page_count(*provider.village.store, 0);
    const auto until = std::chrono::steady_clock::now() + 20s;
    unsigned status = 503;
    while (status == 503 && std::chrono::steady_clock::now() < until) status = provider.batch(100).status;
    CHECK(status == 200);
    const auto ledger = provider.village.ledger();
    const auto repeats = ledger.fates[static_cast<std::size_t>(Fate::duplicate)];
    CHECK(ledger.received - repeats == 100);
    CHECK(ledger == provider.village.ask([](storage::View& view) { return view.recount(); }));
}

TEST_CASE("a dialect says which methods it takes", "[http]") {
    Aggregator provider;
    const auto get = provider.ask("GET", "/v1/in/json?key=k");
    CHECK(get.status == 405);
    const auto allow =
        std::find(get.headers.begin(), get.headers.end(), std::pair<std::string, std::string>("allow", "POST"));
    CHECK(allow != get.headers.end());
    CHECK(provider.ask("GET", "/v1/in/twilio").status == 401);
    CHECK(provider.ask("GET", "/v1/in/nobody").status == 404);
    CHECK(provider.stored == 0);
}

TEST_CASE("a token is presented behind its scheme, in whatever case", "[http]") {
    struct Row {
        std::string authorization;
        unsigned status;
    };
    const auto row = GENERATE(values<Row>({
        {"Bearer kunci-uji", 200},
        {"bearer kunci-uji", 200},
        {"BEARER  kunci-uji", 200},
        {"Bearer kunci-lain", 401},
        {"Bearer kunci-uj", 401},
        {"Bearer ", 401},
        {"Bearerkunci-uji", 401},
        {"Basic kunci-uji", 401},
        {"kunci-uji", 401},
        {"", 401},
    }));
    CAPTURE(row.authorization);
    Aggregator front;
    TokenOptions token;
    token.name = "satgas";
    token.hash = token_hash("kunci-uji");
    front.config.tokens.push_back(token);
    CHECK(front.request("GET", "/v1/ledger", {{"Authorization", row.authorization}}, "").status == row.status);
}
