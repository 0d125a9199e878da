#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "gateway/sink/webhook.hpp"

using namespace jejak;
using namespace jejak::sink;
using How = SendOutcome::How;

namespace {

// 2025-09-12T14:10:37.250Z
const WallTime moment = from_ms(1'757'686'237'250);

void set(google::protobuf::Timestamp& field, WallTime time) {
    field.set_seconds(to_ms(time) / 1000);
    field.set_nanos(static_cast<std::int32_t>(to_ms(time) % 1000) * 1'000'000);
}

v1::Alert alert() {
    v1::Alert out;
    out.set_id("k2m4p6");
    out.set_sequence(7);
    out.set_kind("departure_now");
    out.set_status("acknowledged");
    out.set_urgency("Immediate");
    out.set_severity("Severe");
    out.set_certainty("Possible");
    out.set_category("unofficial_land_route");
    out.mutable_place()->set_code("61.01.09.2002");
    out.mutable_place()->set_name("Sebunga");
    out.set_people(3);
    out.set_reporters(2);
    set(*out.mutable_onset(), moment);
    set(*out.mutable_raised_at(), moment);
    set(*out.mutable_updated_at(), moment);
    out.set_incident("ABC234");
    out.set_worker("XYZ789");
    out.mutable_acknowledged()->set_by("satgas");
    out.mutable_acknowledged()->set_note("patrol sent");
    set(*out.mutable_acknowledged()->mutable_at(), moment);
    return out;
}

std::string district_names(std::string_view code) {
    return code == "61.01.09" ? "Sajingan Besar" : "";
}

Outgoing event(std::string type, const google::protobuf::Message& message) {
    return {"evt", std::move(type), moment, message.SerializeAsString(), false};
}

constexpr auto thin = EndpointOptions::Detail::thin;
constexpr auto in_case = EndpointOptions::Detail::case_;

}  // namespace

TEST_CASE("thin tells district and hour, keeps the incident, and leaves the worker out", "[sink]") {
    const auto body = render_webhook(event("alert.acknowledged", alert()), thin, district_names);
    REQUIRE(body);
    CHECK(boost::json::parse(*body) ==
          boost::json::parse(
              R"({"type":"alert.acknowledged","timestamp":"2025-09-12T14:00:00Z","data":{"id":"k2m4p6","sequence":7,)"
              R"("kind":"departure_now","status":"acknowledged","urgency":"Immediate","severity":"Severe",)"
              R"("certainty":"Possible","category":"unofficial_land_route",)"
              R"("place":{"code":"61.01.09","name":"Sajingan Besar"},)"
              R"("people":3,"reporters":2,"onset":"2025-09-12T14:00:00Z","raised_at":"2025-09-12T14:00:00Z",)"
              R"("updated_at":"2025-09-12T14:00:00Z","incident":"ABC234","worker":"",)"
              R"("acknowledged":{"by":"satgas","at":"2025-09-12T14:00:00Z","note":"patrol sent"}}})"));
}

TEST_CASE("case tells village, minute and worker code", "[sink]") {
    const auto body = render_webhook(event("alert.raised", alert()), in_case, district_names);
    REQUIRE(body);
    const auto root = boost::json::parse(*body).as_object();
    const auto& data = root.at("data").as_object();
    CHECK(root.at("timestamp") == "2025-09-12T14:10:00Z");
    CHECK(data.at("place").at("code") == "61.01.09.2002");
    CHECK(data.at("place").at("name") == "Sebunga");
    CHECK(data.at("onset") == "2025-09-12T14:10:00Z");
    CHECK(data.at("worker") == "XYZ789");
    CHECK(data.at("acknowledged").at("at") == "2025-09-12T14:10:00Z");
}

TEST_CASE("default values are printed, absent ones are not, and no number becomes a text", "[sink]") {
    const auto body = render_webhook(event("alert.raised", v1::Alert{}), thin, district_names);
    REQUIRE(body);
    const auto data = boost::json::parse(*body).at("data").as_object();
    CHECK(data.at("sequence") == 0);
    CHECK(data.at("reporters") == 0);
    CHECK(data.at("worker") == "");
    CHECK_FALSE(data.contains("people"));
    CHECK_FALSE(data.contains("acknowledged"));
}

TEST_CASE("reports and workers are coarsened like alerts, a test is not", "[sink]") {
    v1::Report report;
    report.set_id("r1");
    report.mutable_place()->set_code("61.01.09.2002");
    report.mutable_place()->set_name("PLBN Aruk");
    set(*report.mutable_received_at(), moment);
    CHECK(boost::json::parse(*event_json("report.received", report.SerializeAsString(), thin, district_names)) ==
          boost::json::parse(R"({"id":"r1","category":"","place":{"code":"61.01.09","name":"Sajingan Besar"},)"
                             R"("received_at":"2025-09-12T14:00:00Z","incident":"","intent":""})"));

    v1::Worker worker;
    worker.set_code("XYZ789");
    worker.set_state("departed");
    worker.mutable_village()->set_code("61.01.09.2002");
    set(*worker.mutable_at(), moment);
    CHECK(event_json("worker.departed", worker.SerializeAsString(), thin, district_names)->find("XYZ789") ==
          std::string::npos);
    CHECK(event_json("worker.departed", worker.SerializeAsString(), in_case, district_names)->find("XYZ789") !=
          std::string::npos);

    v1::Test test;
    test.set_endpoint("satgas");
    set(*test.mutable_at(), moment);
    CHECK(*event_json("system.test", test.SerializeAsString(), thin, district_names) ==
          R"({"endpoint":"satgas","at":"2025-09-12T14:10:37.250Z"})");
}

TEST_CASE("a code stops at its district", "[sink]") {
    CHECK(district_code("61.01.09.2002") == "61.01.09");
    CHECK(district_code("61.01.09") == "61.01.09");
    CHECK(district_code("61.01") == "61.01");
    CHECK(district_code("").empty());
    CHECK(district_code("61.01.09.2002.1") == "61.01.09");
}

TEST_CASE("equal input gives an equal body; what cannot be told gives none", "[sink]") {
    const auto one = event("alert.raised", alert());
    CHECK(render_webhook(one, thin, district_names) == render_webhook(one, thin, district_names));
    CHECK_FALSE(render_webhook(event("alert.raised", v1::Test{}), thin, district_names) == std::nullopt);
    auto damaged = one;
    damaged.body = "\xff\xff\xff";
    CHECK_FALSE(render_webhook(damaged, thin, district_names));
    auto unknown = one;
    unknown.type = "weather.changed";
    CHECK_FALSE(render_webhook(unknown, thin, district_names));
}

TEST_CASE("a body stays below 20 kB whatever a note holds", "[sink]") {
    auto noted = alert();
    std::string note;
    for (int i = 0; i < 9'999; ++i) note += "\xc3\xa9<";
    noted.mutable_acknowledged()->set_note(note);
    const auto body = render_webhook(event("alert.acknowledged", noted), in_case, district_names);
    REQUIRE(body);
    CHECK(body->size() < webhook_body_max);
    const auto told = boost::json::parse(*body).at("data").at("acknowledged").at("note").as_string();
    CHECK(told.size() <= 2'000);
    CHECK(told.size() > 1'990);
}

TEST_CASE("an answer is about the endpoint, or about this delivery", "[sink]") {
    struct Case {
        unsigned status;
        How how;
    };
    const Case cases[] = {
        {200, How::delivered},     {202, How::delivered},     {204, How::delivered},     {299, How::delivered},
        {301, How::endpoint_down}, {302, How::endpoint_down}, {304, How::endpoint_down}, {307, How::endpoint_down},
        {400, How::refused},       {401, How::endpoint_down}, {402, How::refused},       {403, How::endpoint_down},
        {404, How::endpoint_down}, {405, How::refused},       {408, How::endpoint_down}, {409, How::refused},
        {410, How::gone},          {413, How::refused},       {422, How::refused},       {429, How::endpoint_down},
        {500, How::endpoint_down}, {502, How::endpoint_down}, {503, How::endpoint_down}, {504, How::endpoint_down},
    };
    for (const auto& test : cases) {
        CAPTURE(test.status);
        net::Sent sent;
        sent.how = net::Sent::How::answered;
        sent.status = test.status;
        sent.retry_after = std::chrono::seconds(9);
        const auto outcome = outcome_of(sent);
        CHECK(outcome.how == test.how);
        CHECK(outcome.reason == "http_" + std::to_string(test.status));
        if (test.how == How::endpoint_down) CHECK(outcome.retry_after == std::chrono::seconds(9));
    }
    for (const auto how : {net::Sent::How::unreachable, net::Sent::How::timed_out, net::Sent::How::refused}) {
        net::Sent sent;
        sent.how = how;
        sent.reason = "why";
        CHECK(outcome_of(sent).how == How::endpoint_down);
        CHECK(outcome_of(sent).reason == "why");
    }
}
