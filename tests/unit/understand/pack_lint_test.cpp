#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/pack/discreet.hpp"
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
        // events
        {"rules.toml", "\"transport\", ", "", "category transport is in no [[group]]: add it to one"},
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
              "reply received_plain has {ticket}, which is never filled in there; take it out"},
             {reply("{ id = \"Soal missing_person diterima\", en = \"Received\" }"),
              "names the category missing_person; say it blandly"},
             {reply("\"Diterima\""), "reply received_plain is not there in en; write it as { id = \"…\", en = \"…\" }"},
             {reply("{ en = \"Received\" }"), "reply received_plain is not there in id"},
             {reply("{ id = \"" + std::string(161, 'a') + "\", en = \"Received\" }"),
              "reply received_plain in id needs 161 septets; at most 160: shorten it by 1"},
             {"[reply]\nask = { id = \"Diterima. Ref {ref}.\", en = \"Received. Ref {ref}.\" }\n",
              "private.toml:2: reply ask in id has no {question}; put it in"},
             {"[reply]\nstop = { id = \"Halo {nama}.\", en = \"Hello {nama}.\" }\n[longest]\nnama = \"SITI\"\n",
              "private.toml:2: reply stop has {nama}, which is never filled in there; take it out"},
             {"[reply]\nrecieved_plain = { id = \"Diterima\", en = \"Received\" }\n",
              "private.toml:2: no reply is called \"recieved_plain\"; write received_plain"},
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

TEST_CASE("lint hears a dangerous word in whatever form and language it stands in a reply") {
    struct Row {
        std::string text, says;
    };
    for (const auto& row : std::vector<Row>{{"The police got it", "police"},
                                            {"Trafficked victims report", "trafficked"},
                                            {"Trafficked victims report", "victims"},
                                            {"Laporan perdagangan manusia", "perdagangan manusia"},
                                            {"Diteruskan ke kepolisian", "kepolisian"},
                                            {"Para korbannya aman", "korbannya"},
                                            {"Untuk KORBAN.", "korban"},
                                            {"Tim T.P.P.O membaca", "t p p o"},
                                            {"Kasus k0rban", "k0rban"},
                                            {"Para kesaksian", "kesaksian"},
                                            {"Satgasnya tahu", "satgasnya"},
                                            {"Calonya dikenal", "calonya"},
                                            {"Ia menyelundupkan", "menyelundupkan"},
                                            {"Jalantikus ramai", "jalantikus"},
                                            {"Immigration reads it", "immigration"},
                                            {"Pollice!", "pollice"},
                                            {"Pol!si tahu", "polisi"},
                                            {"Lewat jln t1kus", "t1kus"},
                                            {"Rescue is coming", "is coming"},
                                            {"Kami akan menyelamatkan Anda", "menyelamatkan"},
                                            {"Tentara datang", "tentara"},
                                            {"Petugas segera datang", "segera datang"},
                                            {"Laporan Anda diterima", "laporan anda"},
                                            {"Kasus Anda dicatat", "kasus anda"},
                                            {"Majikan Anda akan diperiksa", "akan diperiksa"},
                                            {"Interpol dan KBRI", "kbri"},
                                            {"Soal kejahatan", "kejahatan"}}) {
        CAPTURE(row.text);
        const auto said = forbidden_in(row.text, sambas().data().forbidden);
        CHECK(std::find(said.begin(), said.end(), row.says) != said.end());
    }
    for (const auto* promise :
         {"Petugas akan menghubungi Anda", "Anda akan dihubungi", "Akan dicocokkan dengan catatan",
          "Kami akan membantu", "Segera dibaca", "akan ditindaklanjuti", "An officer will contact you",
          "You will be called", "It is read soon", "It is compared with what is known"}) {
        CAPTURE(promise);
        CHECK_FALSE(forbidden_in(promise, sambas().data().forbidden).empty());
    }
    CHECK(forbidden_in("Anda tidak akan menerima SMS lagi. You will get no more SMS.", sambas().data().forbidden)
              .empty());
    SpoiltPack replies;
    replies.append("private.toml",
                   "[reply]\nreceived_plain = { id = \"Untuk KORBAN.\", en = \"The police got it\" }\n");
    CHECK_THAT(replies.faults(), Catch::Contains("says \"korban\", which endangers"));
    CHECK_THAT(replies.faults(), Catch::Contains("says \"police\", which endangers"));
    SpoiltPack question;
    question.replace("forms.toml", "How many people? Reply a number, or SKIP.", "How many victims for the police?");
    const auto faults = question.faults();
    CHECK_THAT(faults, Catch::Contains("the question of report.people in en says \"victims\""));
    CHECK_THAT(faults, Catch::Contains("the question of report.people in en says \"police\""));
}

TEST_CASE("ordinary words that only look like forbidden ones are none, and a pack cannot shrink what is forbidden") {
    const std::vector<std::string> none;
    for (const auto* text :
         {"Calon anggota diterima", "Transaksi berhasil. Politik sore ini", "Local news, human error",
          "Terima kasih, pesan diterima", "Utamakan keselamatan. Hubungi kami di info@kantor.id!", "Sementara itu",
          "A B C 110 129", "Grape harvest", "", "Kode SB7K2Q"}) {
        CAPTURE(text);
        CHECK(forbidden_in(text, none).empty());
    }
    CHECK(forbidden_in("Info polisi", none) == std::vector<std::string>{"polisi"});
    CHECK(forbidden_in("Info awan2 dan awannya", {"awan"}) == std::vector<std::string>{"awan2", "awannya"});
    CHECK(forbidden_in("Tpo hari ini", none).empty());

    SpoiltPack bare;
    bare.replace("replies.toml", "\"human\", ", "");
    bare.append("private.toml", "[reply]\nreceived_plain = { id = \"Korban\", en = \"Received\" }\n");
    CHECK_THAT(bare.faults(), Catch::Contains("says \"korban\""));
}

TEST_CASE("lint tells of one spelling for two places, of a word doubled, and of a field that one language lacks") {
    SpoiltPack shared;
    shared.append("private.toml",
                  "[[place]]\ncode = \"61.01.09.2900\"\nname = \"Zabrakan\"\nlatitude = 1.6\nlongitude = 109.6\n"
                  "spellings = [\"kaliau\"]\n");
    CHECK_THAT(shared.faults(),
               Catch::Contains("private.toml:1: place 61.01.09.2900 Zabrakan is spelt \"kaliau\", and so is "
                               "61.01.09.2001 Kaliau' (places.toml:") &&
                   Catch::Contains("only one of them would be understood"));

    SpoiltPack declared;
    declared.append("private.toml",
                    "[[place]]\ncode = \"61.01.09.2900\"\nname = \"Zabrakan\"\nlatitude = 1.6\nlongitude = 109.6\n"
                    "ambiguous_name = true\nspellings = [\"kaliau\"]\n");
    CHECK_THAT(declared.faults(), !Catch::Contains("is spelt \"kaliau\""));

    SpoiltPack same;
    same.append("private.toml", "[same]\naruk = [\"sebunga\"]\n");
    CHECK_THAT(same.faults(), Catch::Contains("private.toml:2: ") && Catch::Contains("are made one word") &&
                                  Catch::Contains("PLBN Aruk") && Catch::Contains("take it out of [same]"));

    SpoiltPack doubled;
    doubled.append("private.toml", "[class]\neveryday = [\"sawahan\",\n\"ladangan\", \"sawahan\"]\n");
    CHECK_THAT(doubled.faults(), Catch::Contains("private.toml:3: \"sawahan\" stands twice in this list of everyday"));

    SpoiltPack field;
    field.append("private.toml", "[reply]\nreceived = { id = \"Diterima. Ref {ref}.\", en = \"Received.\" }\n");
    CHECK_THAT(field.faults(),
               Catch::Contains("private.toml:2: reply received in en has no {ref}, which it has in id"));
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

TEST_CASE("lint wants every question to say how it is skipped, and no screen to promise a value nobody fills in") {
    SpoiltPack silent;
    silent.replace("forms.toml", "Kapan? Balas jam/hari, atau LEWAT.", "Kapan? Balas jam/hari.");
    CHECK_THAT(silent.faults(), Catch::Contains("../indonesian/forms.toml:") &&
                                    Catch::Contains("the question of report.time in id does not say how to skip it; "
                                                    "add LEWAT or another word of it"));
    SpoiltPack screen;
    screen.replace("ussd.toml", "bye = { id = \"Terima kasih.\", en = \"Thank you.\" }",
                   "bye = { id = \"Ref {ref}\", en = \"Ref {ref}\" }");
    CHECK_THAT(screen.faults(), Catch::Contains("[ussd] bye has {ref}, which is never filled in there; take it out"));
}

TEST_CASE("lint keeps everyday words from becoming commands") {
    SpoiltPack pack;
    pack.append("private.toml",
                "[[intent]]\nname = \"report\"\naliases = [\"gimana\",\n\"statos\"]\n"
                "[class]\neveryday = [\"gimana\"]\n");
    const auto faults = pack.faults();
    CHECK_THAT(faults,
               Catch::Contains("private.toml:3: \"gimana\", an alias of LAPOR (../indonesian/words.toml:") &&
                   Catch::Contains("makes a command of any text that begins with it, and is in [class] everyday "
                                   "(private.toml:6)"));
    CHECK_THAT(faults, Catch::Contains("private.toml:4: \"statos\", an alias of LAPOR (../indonesian/words.toml:") &&
                           Catch::Contains("is a typo away from STATUS (../indonesian/words.toml:"));
}

TEST_CASE("a folder that packs share is told apart from one that is a pack") {
    std::vector<PackFault> faults;
    CHECK(Pack::load(JEJAK_SOURCE_DIR "/deploy/packs/indonesian", faults) == nullptr);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].message.starts_with("has no [pack] with name, version and languages"));
}

TEST_CASE("a pack without examples proves nothing") {
    SpoiltPack pack;
    pack.remove("examples.toml");
    CHECK_THAT(pack.faults(), Catch::Contains("needs at least 40"));
}
