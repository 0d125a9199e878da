#include <catch2/catch.hpp>

#include "tests/support/http_front.hpp"

using namespace jejak;
using tests::Phones;

namespace {

/// One channel that takes USSD and one that does not.
struct Aggregator : tests::HttpFront {
    Aggregator() {
        add_channel("menu", "json");
        add_channel("texts", "json").ussd.on = false;
    }

    net::Sent post(const std::string& target, const std::string& body, const std::string& bearer = {}) {
        test::Headers headers{{"Content-Type", "application/x-www-form-urlencoded"}};
        if (!bearer.empty()) headers.emplace_back("Authorization", "Bearer " + bearer);
        return request("POST", target, std::move(headers), body);
    }
    net::Sent turn(const std::string& text, const std::string& session = "s1") {
        return post("/v1/ussd/menu?key=k",
                    "sessionId=" + session + "&serviceCode=*384%23&phoneNumber=%2B628400000001&text=" + text);
    }
};

}  // namespace

TEST_CASE("a session over HTTP: CON while it goes on, END at its end", "[ussd][http]") {
    Aggregator network;
    auto answer = network.turn("");
    CHECK(answer.status == 200);
    CHECK(answer.body.starts_with("CON Layanan Desa\n"));
    for (const auto* text : {"1", "1*4", "1*4*5", "1*4*5*sebunga"}) {
        answer = network.turn(text);
        CHECK(answer.status == 200);
        CHECK(answer.body.starts_with("CON "));
    }
    CHECK(network.woken > 0);  // the alarm is on its way before the session ends
    answer = network.turn("1*4*5*sebunga*1");
    CHECK(answer.body.starts_with("END Pesan diterima. Ref "));
    CHECK(network.turn("1*4*5*sebunga*1").body == answer.body);
    CHECK(network.village.reports().size() == 1);
}

TEST_CASE("who may ask, and for what", "[ussd][http]") {
    Aggregator network;
    const std::string body = "sessionId=s1&serviceCode=*384%23&phoneNumber=%2B628400000001&text=";
    CHECK(network.post("/v1/ussd/menu", body, "k").status == 200);
    CHECK(network.post("/v1/ussd/menu", body).status == 401);
    CHECK(network.post("/v1/ussd/menu?key=wrong", body).status == 401);
    CHECK(network.post("/v1/ussd/nobody?key=k", body).status == 404);
    CHECK(network.post("/v1/ussd/texts?key=k", body).status == 404);
    const auto refused = network.post("/v1/ussd/menu?key=k", "sessionId=s1&serviceCode=x&text=");
    CHECK(refused.status == 400);
    CHECK(refused.body.find("phoneNumber") != std::string::npos);
    CHECK(network.village.messages().empty());
}

TEST_CASE("the notification of a session's end is taken", "[ussd][http]") {
    Aggregator network;
    network.turn("");
    network.turn("1");
    network.turn("1*4");
    const auto notice =
        network.post("/v1/ussd/menu?key=k", "sessionId=s1&phoneNumber=%2B628400000001&status=Incomplete&input=1*4");
    CHECK(notice.status == 200);
    CHECK(network.village.messages().size() == 1);
    CHECK(network.village.messages()[0].fate == Fate::clarifying);
}

TEST_CASE("a store that fails is told as such, and nothing is shown", "[ussd][http]") {
    Aggregator network;
    network.turn("");
    storage::set_max_page_count(*network.village.store, 1);
    unsigned status = 200;
    for (int i = 0; i < 100 && status == 200; ++i) status = network.turn("2", "s" + std::to_string(i)).status;
    CHECK(status == 503);
}
