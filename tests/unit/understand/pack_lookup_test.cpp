#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

TEST_CASE("a place is found by its code, or the next larger area the pack has") {
    const auto name = [](std::string_view code) {
        const auto* place = sambas().place(code);
        return place == nullptr ? std::string("-") : place->name;
    };
    CHECK(name("61.01.09.2002") == "Sebunga");
    CHECK(name("61.01.09.2999") == "Sajingan Besar");
    CHECK(name("61.01.99.2001") == "Sambas");
    CHECK(name("61.99") == "Kalimantan Barat");
    CHECK(name("99.01") == "-");
    CHECK(name("") == "-");
    REQUIRE(sambas().district_of("61.01.09.2002") != nullptr);
    CHECK(sambas().district_of("61.01.09.2002")->name == "Sajingan Besar");
    CHECK(sambas().district_of("61.01") == nullptr);
    CHECK(sambas().district_of("99.99.99.9999") == nullptr);
}

TEST_CASE("a reply's fields are filled in, and those not given are left out") {
    CHECK(sambas().reply("received", {{"ref", "SB7K2Q"}}) == "Pesan diterima. Ref SB7K2Q. Terima kasih.");
    CHECK(sambas().reply("received_plain") == "Pesan diterima. Terima kasih.");
    CHECK(sambas().reply("received") == "Pesan diterima. Ref . Terima kasih.");
    CHECK(sambas().reply("received", {{"ref", "{ref}"}}) == "Pesan diterima. Ref {ref}. Terima kasih.");
}

TEST_CASE("rules: groups, CAP values, zones, windows") {
    CHECK(sambas().group_of(Category::unofficial_land_route) == "departure");
    CHECK(sambas().group_of(Category::unofficial_port) == "departure");
    CHECK(sambas().group_of(Category::recruitment) == "recruitment");
    CHECK(sambas().group_of(Category::none) == "other");
    CHECK(sambas().alert_rule(AlertKind::sos).urgency == "Immediate");
    CHECK(sambas().alert_rule(AlertKind::sos).severity == "Extreme");
    CHECK(sambas().alert_rule(AlertKind::departure_past).urgency == "Past");
    CHECK(sambas().alert_rule(AlertKind::departure_now).certainty == "Possible");
    CHECK(sambas().utc_offset_of("+601000000001") == std::chrono::hours(8));
    CHECK(sambas().utc_offset_of("+6580000001") == std::chrono::hours(8));
    CHECK(sambas().utc_offset_of("+628400000001") == std::chrono::hours(7));
    CHECK(sambas().utc_offset_of("") == std::chrono::hours(7));
    CHECK(sambas().incident_window() == std::chrono::hours(6));
    CHECK(sambas().update_interval() == std::chrono::seconds(60));
}

TEST_CASE("edits between words: insert, delete, change, swap of neighbours") {
    struct Row {
        std::string_view left, right;
        unsigned edits;
    };
    for (const auto& row : {Row{"lapor", "lapor", 0},
                            {"lapor", "lapr", 1},
                            {"lapor", "laporr", 1},
                            {"lapor", "lapir", 1},
                            {"lapor", "lpaor", 1},
                            {"lapor", "lpoar", 2},
                            {"", "", 0},
                            {"", "a", 1},
                            {"a", "abcdef", 3},
                            {"lapor", "tolong", 3}}) {
        CAPTURE(row.left, row.right);
        CHECK(edits_between(row.left, row.right) == row.edits);
        CHECK(edits_between(row.right, row.left) == row.edits);
    }
}
