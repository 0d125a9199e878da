#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

TEST_CASE("a few misspelt words that call for help are a call") {
    for (const std::string_view text :
         {"toloong", "to long saya", "to long saya dikurung", "saye kene kurong", "ada yang ngejar saya",
          "please rescue", "rescue us", "saya butuh bantuan", "butuh bantuan cepat", "bantuan!!! cepat!!!",
          "tiba di kuching tapi langsung dikurung"}) {
        for (const auto& pack : {tests::sambas(), tests::batam()}) {
            CAPTURE(text, pack->name());
            CHECK(to_string(read(*pack, text, villager()).intent) == "sos");
        }
    }
}

TEST_CASE("what only sounds like a call is none") {
    for (const std::string_view text :
         {"bantuan", "BANTUAN", "butuh bantuan informasi cara daftar", "bantuan beras kapan cair pak",
          "ayam jago kamek kena kurong di belakang rumah", "saya lagi ngejar tugas kuliah, pusing"}) {
        for (const auto& pack : {tests::sambas(), tests::batam()}) {
            CAPTURE(text, pack->name());
            CHECK(to_string(read(*pack, text, villager()).intent) != "sos");
        }
    }
}

TEST_CASE("which town of Malaysia is named decides nothing of what a report is about") {
    for (const std::string_view town : {"kuching", "lundu", "jb", "mly", "miri", "serian", "sarawak"}) {
        for (const std::string_view way : {"sebunga", "aruk"}) {
            const auto text = "lapor 3 org mau ke " + std::string(town) + " lewat " + std::string(way);
            CAPTURE(text);
            const auto reading = understood(text);
            CHECK(to_string(reading.category) == "unofficial_land_route");
            REQUIRE(reading.alerts.size() == 1);
            CHECK(to_string(reading.alerts[0]) == "departure_now");
        }
    }
}
