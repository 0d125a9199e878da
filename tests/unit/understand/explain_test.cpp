#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "gateway/understand/explain.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

boost::json::object explained(std::string_view text, std::string sender = "+628400000001") {
    return boost::json::parse(explain_json(sambas(), text, villager(std::move(sender)))).as_object();
}

}  // namespace

TEST_CASE("an explanation has every key, absent ones null or empty") {
    const auto object = explained("apa kabar");
    for (const auto key : {"category", "people", "people_max", "place", "place_name", "time", "destination", "vehicle",
                           "plate", "recruiter", "recruiter_phone", "ask", "since", "until", "reference"}) {
        CAPTURE(key);
        REQUIRE(object.contains(key));
        CHECK(object.at(key).is_null());
    }
    for (const auto key : {"flags", "indicators", "alerts"}) {
        CAPTURE(key);
        CHECK(object.at(key).as_array().empty());
    }
    CHECK(object.at("intent") == "unclear");
    CHECK(object.at("confidence").is_number());
    CHECK(object.at("reply") == "Pesan diterima. Terima kasih.");
    CHECK_FALSE(object.at("why").as_array().empty());
}

TEST_CASE("an explained report names what was understood") {
    const auto object =
        explained("LAPOR 6 org naik avanza KB 1234 XY lewat jalan tikus dkt aruk jam 3 pagi ke kuching");
    CHECK(object.at("intent") == "report");
    CHECK(object.at("category") == "unofficial_land_route");
    CHECK(object.at("people") == 6);
    CHECK(object.at("place") == "61.01.09.2002");
    CHECK(object.at("place_name") == "PLBN Aruk");
    CHECK(object.at("time") == "2025-09-12T03:00:00+07:00");
    CHECK(object.at("destination") == "Kuching");
    CHECK(object.at("vehicle") == "avanza");
    CHECK(object.at("plate") == "KB 1234 XY");
    CHECK(object.at("alerts") == boost::json::array{"departure_past"});
    CHECK(object.at("reply") == "Pesan diterima. Terima kasih.");
}

TEST_CASE("a number may be written as at home, and a sender who is none is never answered") {
    CHECK(explained("lapor jam 2 siang", "601000000001").at("time") == "2025-09-12T14:00:00+08:00");
    CHECK(explained("lapor", "BANK").at("reply").is_null());
    CHECK(explained("bantuan").at("reply").as_string().starts_with("Ketik: LAPOR"));
}

TEST_CASE("octets that are no UTF-8 leave the explanation valid") {
    const auto text = explain_json(sambas(), "daftar#\xFF\xFEnama#\xC3", villager());
    const auto object = boost::json::parse(text).as_object();
    CHECK(object.at("registration").as_object().at("name") == "\xEF\xBF\xBD\xEF\xBF\xBDnama");
}
