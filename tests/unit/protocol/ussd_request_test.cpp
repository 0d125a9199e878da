#include <catch2/catch.hpp>

#include "protocol/ussd/request.hpp"

using namespace jejak::ussd;

TEST_CASE("a turn over HTTP is a form") {
    const auto request =
        read_request("sessionId=ATUid_1&serviceCode=*384%23&phoneNumber=%2B628400000001&networkCode=99999&text=1*5");
    REQUIRE(request.has_value());
    CHECK(request->session == "ATUid_1");
    CHECK(request->service_code == "*384#");
    CHECK(request->number == "+628400000001");
    CHECK(request->text == "1*5");
    CHECK_FALSE(request->ended);
}

TEST_CASE("a session begins with an empty text; a field that is missing is named") {
    const auto begins = read_request("sessionId=a&serviceCode=*384%23&phoneNumber=%2B628400000001&text=");
    REQUIRE(begins.has_value());
    CHECK(begins->text.empty());
    struct Row {
        std::string body, field;
    };
    const auto row = GENERATE(Row{"serviceCode=x&phoneNumber=y&text=", "sessionId"},
                              Row{"sessionId=&serviceCode=x&phoneNumber=y&text=", "sessionId"},
                              Row{"sessionId=a&phoneNumber=y&text=", "serviceCode"},
                              Row{"sessionId=a&serviceCode=x&text=", "phoneNumber"},
                              Row{"sessionId=a&serviceCode=x&phoneNumber=y", "text"}, Row{"", "sessionId"});
    const auto refused = read_request(row.body);
    REQUIRE(refused.has_error());
    CHECK(refused.error().status == 400);
    CHECK(refused.error().detail.find(row.field) != std::string::npos);
}

TEST_CASE("the notification of a session's end has a status and no text") {
    const auto notice = read_request("sessionId=a&status=Incomplete&phoneNumber=%2B628400000001&durationInMillis=900");
    REQUIRE(notice.has_value());
    CHECK(notice->ended);
    CHECK(read_request("status=Success").error().detail.find("sessionId") != std::string::npos);
}

TEST_CASE("a screen says whether more is asked") {
    CHECK(spell("Di mana?", false) == "CON Di mana?");
    CHECK(spell("Terima kasih.", true) == "END Terima kasih.");
}
