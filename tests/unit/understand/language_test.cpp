#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

TEST_CASE("one borrowed word makes no text foreign") {
    for (const std::string_view text :
         {"lapor 1 bus penuh", "lapor travel gelap", "lapor hotel di sambas", "lapor boat isi 5 org", "stop",
          "lapor agent bawa 3 org", "saya di office", "ok", "no", "DAFTAR#A", "to long saya"}) {
        CAPTURE(text);
        CHECK(understood(text).language == "id");
    }
}

TEST_CASE("a text most of whose words are foreign is in that language") {
    for (const std::string_view text :
         {"report 6 people hiding in house", "help me i am locked in a house", "they keep our passports",
          "report a bus with many people near the border", "please help us, boss took the passports",
          "just landed in miri, agency picked us up, arrived safe, all documents ok"}) {
        CAPTURE(text);
        CHECK(understood(text).language == "en");
    }
}
