#include <catch2/catch.hpp>

#include "tests/unit/understand/sambas.hpp"
#include "tests/unit/understand/spoilt_pack.hpp"

using namespace jejak;
using namespace jejak::understand;

TEST_CASE("lint finds what is dangerous or untrue, and says where and what would be right") {
    struct Row {
        std::string file, what, by, fault;
    };
    const std::string many_x(140, 'X');
    const std::vector<Row> rows = {
        // what people hear
        {"replies.toml", "ref = \"SB7K2Q\"", "ref = \"" + many_x + "\"", "septets; at most 160: shorten it by"},
        // what is understood
        {"examples.toml", "intent = \"report\"", "intent = \"sos\"", "is understood as \"report\", stated is \"sos\""},
        {"examples.toml", "people = 4", "people = 5", "is understood as \"4\", stated is \"5\""},
        {"examples.toml", "flags = [\"imminent\"]", "flags = [\"female\"]",
         "are understood as [imminent], stated are [female]"},
        // keywords
        {"words.toml", "keyword = \"MULAI\"", "keyword = \"LAPOK\"", "are a typo apart"},
        {"words.toml", "keyword = \"STATUS\"", "keyword = \"MULAH\"", "keywords MULAI and MULAH are a typo apart"},
        // places
        {"places.toml", "code = \"61.01.09.2004\"", "code = \"61.01.99.2004\"",
         "lies in the district 61.01.99, which the pack does not have; add a [[place]] with code = \"61.01.99\""},
        {"places.toml", "latitude = 1.514", "latitude = -1.514", "look at latitude and longitude, and at their signs"},
        {"places.toml", "spellings = [\"aruk\"", "spellings = [\"jalan tikus aruk\", \"aruk\"",
         "tells of an informal path: only administrative places and official gates"},
        // forms
        {"forms.toml", "asked = true", "asked = true\nchoice = [{ value = \"yesterday\", label = \"Kemarin\" }]",
         "a choice of report.place is not there in en; write it as { id = \"…\", en = \"…\" }"},
        {"forms.toml", "asked = true", "asked = true\nchoice = [{ value = \"99.99\", label = \"X\" }]",
         "choice \"99.99\" of report.place cannot be filled in; it is no code of a [[place]] of the pack"},
    };
    for (const auto& row : rows) {
        SpoiltPack pack;
        pack.replace(row.file, row.what, row.by);
        CAPTURE(row.what, row.by);
        const auto faults = pack.faults();
        CHECK_THAT(faults, Catch::Contains(row.fault));
        CHECK_THAT(faults, Catch::Contains(row.file + ':'));
    }
}

TEST_CASE("lint reads every line that people read") {
    struct Row {
        std::string toml, fault;
    };
    const auto reply = [](const std::string& text) { return "[reply]\nreceived_plain = " + text + "\n"; };
    for (const auto& row : std::vector<Row>{
             {reply("{ id = \"Laporan trafficking diterima\", en = \"Received\" }"),
              "private.toml:2: reply received_plain in id says \"trafficking\", which endangers whoever receives it"},
             {reply("{ id = \"Diterima\", en = \"KORBAN! ok\" }"), "reply received_plain in en says \"korban\""},
             {reply("{ id = \"“Diterima”\", en = \"Received\" }"), "outside the GSM alphabet"},
             {reply("{ id = \"Diterima {ticket}\", en = \"Received\" }"),
              "has {ticket}, which [longest] does not know; add its longest value there"},
             {reply("{ id = \"Soal missing_person diterima\", en = \"Received\" }"),
              "names the category missing_person; say it blandly"},
             {reply("\"Diterima\""), "reply received_plain is not there in en; write it as { id = \"…\", en = \"…\" }"},
             {reply("{ en = \"Received\" }"), "reply received_plain is not there in id"},
             {reply("{ id = \"" + std::string(161, 'a') + "\", en = \"Received\" }"),
              "reply received_plain in id needs 161 septets; at most 160: shorten it by 1"},
             {"[[form]]\nname = \"walk\"\nintent = \"position\"\n"
              "field = [{ name = \"place\", type = \"place\", asked = true }]\n",
              "private.toml:4: field walk.place is asked and has no question"},
             {"[[form]]\nname = \"safe\"\nintent = \"safe\"\nfield = [{ name = \"code\", type = \"text\", question = { "
              "id = "
              "\"Lewat jalan tikus mana?\", en = \"Which?\" } }]\n",
              "the question of safe.code in id says \"jalan tikus\""},
         }) {
        SpoiltPack pack;
        pack.append("private.toml", row.toml);
        CAPTURE(row.toml);
        CHECK_THAT(pack.faults(), Catch::Contains(row.fault));
    }
}

TEST_CASE("lint walks the USSD menu") {
    const auto menu = [](const std::string& items, const std::string& more = "") {
        std::string text = "[ussd]\nscreen = { id = \"Layanan\", en = \"Service\" }\n";
        for (const auto key : {"back", "exit", "more", "skip", "again", "resume", "thanks_plain", "bye", "closed"})
            text += std::string(key) + " = { id = \"Ya\", en = \"Yes\" }\n";
        if (more.empty()) text += "thanks = { id = \"Terima kasih\", en = \"Thanks\" }\n";
        return text + more + items;
    };
    struct Row {
        std::string toml, fault;
    };
    const std::string report = "label = { id = \"Lapor\", en = \"Report\" }\nform = \"report\"\n";
    for (const auto& row : std::vector<Row>{
             {menu("[[ussd.item]]\n" + report + "fields = [\"what\", \"people\", \"place\", \"time\", \"what\"]\n"),
              "private.toml:1: a report by 1 takes 5 screens; at most 4"},
             {menu("[[ussd.item]]\nlabel = { id = \"" + std::string(170, 'L') +
                   "\", en = \"R\" }\nform = \"report\"\n"),
              "is cut: shorten"},
             {menu("[[ussd.item]]\n" + report, "thanks = { id = \"Korban dicatat\", en = \"Thanks\" }\n"),
              "[ussd] thanks in id says \"korban\""},
             {menu("[[ussd.item]]\nlabel = \"Lapor\"\nform = \"report\"\n"),
              "the label of the menu item 1 is not there in en"},
             {menu("[[ussd.item]]\nlabel = { id = \"A\", en = \"B\" }\nform = \"reprot\"\n"),
              "there is no form \"reprot\""},
         }) {
        SpoiltPack pack;
        pack.append("private.toml", row.toml);
        CAPTURE(row.toml);
        CHECK_THAT(pack.faults(), Catch::Contains(row.fault));
    }
}

TEST_CASE("lint keeps everyday words from becoming commands") {
    SpoiltPack pack;
    pack.append("private.toml",
                "[[intent]]\nname = \"report\"\naliases = [\"gimana\", \"statos\"]\n"
                "[class]\neveryday = [\"gimana\"]\n");
    const auto faults = pack.faults();
    CHECK_THAT(faults, Catch::Contains("\"gimana\" makes a command of any text that begins with it"));
    CHECK_THAT(faults, Catch::Contains("\"statos\", an alias of LAPOR, is a typo away from STATUS"));
}

TEST_CASE("a pack without examples proves nothing") {
    SpoiltPack pack;
    pack.remove("examples.toml");
    CHECK_THAT(pack.faults(), Catch::Contains("needs at least 40"));
}
