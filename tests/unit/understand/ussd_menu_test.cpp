#include <catch2/catch.hpp>

#include "gateway/understand/pack/data.hpp"
#include "gateway/understand/ussd/menu.hpp"
#include "protocol/ussd/paging.hpp"
#include "tests/unit/understand/sambas.hpp"

using namespace jejak;
using namespace jejak::understand;

namespace {

const std::string root =
    "Layanan Desa\n1 Lapor kejadian\n2 Minta tolong\n3 Kabar saya (aman/tiba)\n4 Cari keluarga\n5 Cek laporan\n"
    "6 Info & nomor resmi\n0 Keluar";

/// A handset: what it pressed, and what it shows.
struct Handset {
    explicit Handset(ReadingContext who = villager()) : context(std::move(who)), step(open_menu(sambas(), context)) {}

    Handset& press(const std::string& input) {
        step = understand::press(sambas(), step.state, input, context);
        CHECK(ussd::fits(step.screen));
        CHECK(parse_menu_state(to_json(step.state)) == step.state);
        return *this;
    }
    Handset& keys(std::initializer_list<std::string> inputs) {
        for (const auto& input : inputs) press(input);
        return *this;
    }
    Reading meaning() const { return reading_of(sambas(), step.state, context); }
    bool says() const { return says_something(sambas(), step.state); }
    bool shows(std::string_view text) const { return step.screen.find(text) != std::string::npos; }

    ReadingContext context;
    MenuStep step;
};

bool raises(const Reading& reading, AlertKind kind) {
    return std::find(reading.alerts.begin(), reading.alerts.end(), kind) != reading.alerts.end();
}

}  // namespace

TEST_CASE("the menu opens with the village's services") {
    Handset phone;
    CHECK(phone.step.screen == root);
    CHECK(phone.step.closing == Closing::none);
    CHECK_FALSE(phone.says());
}

TEST_CASE("a report is four screens: what, how many, where, when") {
    Handset phone;
    phone.press("1");
    CHECK(phone.step.screen ==
          "Apa yang dilihat?\n1 Lewat jalan tikus\n2 Kapal/speedboat gelap\n3 Calo/perekrut\n4 Ditampung/dikurung\n"
          "5 Disiksa/gaji ditahan\n6 Orang asing masuk\n7 Lainnya\n00 Tidak tahu\n0 Kembali");
    CHECK_FALSE(phone.step.said);
    phone.press("1");
    CHECK(phone.step.said);
    CHECK(phone.step.screen == "Berapa orang? Ketik angka.\n00 Tidak tahu\n0 Kembali");
    CHECK(raises(phone.meaning(), AlertKind::departure_now));  // enough is known already
    phone.press("5");
    CHECK(phone.shows("Di mana?"));
    phone.press("sebunga");
    CHECK(phone.step.screen == "Kapan?\n1 Sekarang\n2 Tadi malam\n3 Hari ini\n4 Sebelumnya\n00 Tidak tahu\n0 Kembali");
    phone.press("1");
    CHECK(phone.step.closing == Closing::thanks);
    CHECK(phone.step.screen == "Pesan diterima. Ref {ref}. Terima kasih.");

    const auto reading = phone.meaning();
    CHECK(reading.intent == Intent::report);
    CHECK(reading.category == Category::unofficial_land_route);
    CHECK(reading.people == 5u);
    CHECK(reading.place == "61.01.09.2002");
    CHECK(reading.place_name == "Sebunga");
    CHECK(reading.when.now);
    CHECK(reading.when.at == phone.context.received_at);
    CHECK(has(reading.flags, Flag::imminent));
    CHECK(raises(reading, AlertKind::departure_now));
    CHECK(phone.step.state.transcript ==
          "Lapor kejadian\nkejadian: Lewat jalan tikus\njumlah orang: 5\ndesa: sebunga\nwaktu: Sekarang");
}

TEST_CASE("each choice of a time means that time, in the sender's zone") {
    struct Row {
        std::string key, at, since, until;
        bool past;
        AlertKind alert;
    };
    const auto row = GENERATE(
        Row{"1", "2025-09-12T21:10:00+07:00", "-", "-", false, AlertKind::departure_now},
        Row{"2", "-", "2025-09-11T18:00:00+07:00", "2025-09-12T06:00:00+07:00", true, AlertKind::departure_past},
        Row{"3", "-", "2025-09-12T00:00:00+07:00", "2025-09-13T00:00:00+07:00", false, AlertKind::departure_now},
        Row{"4", "-", "-", "2025-09-11T18:00:00+07:00", true, AlertKind::departure_past});
    CAPTURE(row.key);
    Handset phone;
    phone.keys({"1", "1", "00", "00", row.key});
    REQUIRE(phone.step.closing == Closing::thanks);
    const auto reading = phone.meaning();
    CHECK(local(reading.when.at) == row.at);
    CHECK(local(reading.when.since) == row.since);
    CHECK(local(reading.when.until) == row.until);
    CHECK(reading.when.past == row.past);
    CHECK(raises(reading, row.alert));
}

TEST_CASE("a call for help says so at the first digit, and asks nothing but whether to call") {
    Handset phone;
    phone.press("2");
    CHECK(phone.step.said);
    CHECK(phone.says());
    CHECK(phone.step.screen == "Pesan diterima. Boleh ditelepon?\n1 Boleh\n2 Jangan\n00 Tidak tahu\n0 Keluar");
    const auto reading = phone.meaning();
    CHECK(reading.intent == Intent::sos);
    CHECK(has(reading.flags, Flag::self_victim));
    CHECK(raises(reading, AlertKind::sos));
    SECTION("an answer ends it") {
        phone.press("2");
        CHECK(phone.step.closing == Closing::thanks);
        REQUIRE(phone.step.state.answers.size() == 1);
        CHECK(phone.step.state.answers[0].value == "no");
    }
    SECTION("going back ends it, and takes nothing back") {
        phone.press("0");
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.meaning().intent == Intent::sos);
    }
}

TEST_CASE("a call for help typed into any screen is heard, and nothing more is asked") {
    for (const auto& before : {std::vector<std::string>{}, {"1"}, {"1", "1"}, {"1", "1", "3"}, {"4"}, {"5"}}) {
        Handset phone;
        for (const auto& key : before) phone.press(key);
        phone.press("tolong saya dikurung");
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.step.said);
        CHECK(phone.meaning().intent == Intent::sos);
        CHECK(raises(phone.meaning(), AlertKind::sos));
        CHECK(phone.step.state.transcript.ends_with("tolong saya dikurung"));
    }
}

TEST_CASE("a call for help typed into any screen says where, how many and that children are among them") {
    for (const auto& before :
         {std::vector<std::string>{}, {"kucing merah"}, {"STATUS W4K7MX"}, {"1"}, {"1", "1", "3"}, {"4"}, {"5"}}) {
        Handset phone;
        for (const auto& key : before) phone.press(key);
        phone.press("tolong kami 5 org, 2 anak, disekap di sebunga");
        const auto reading = phone.meaning();
        CAPTURE(before);
        CHECK(reading.intent == Intent::sos);
        CHECK(reading.people == 5u);
        CHECK(reading.children == 2u);
        CHECK(reading.place == "61.01.09.2002");
        CHECK(has(reading.flags, Flag::self_victim));
        CHECK(raises(reading, AlertKind::sos));
        CHECK(raises(reading, AlertKind::minor));
    }
}

TEST_CASE("what a call for help tells goes before the keys of the report it broke off") {
    Handset phone;
    phone.keys({"1", "1", "9", "tolong kami 4 org disekap di sebunga"});
    CHECK(phone.meaning().people == 4u);
    CHECK(phone.meaning().place == "61.01.09.2002");
    CHECK(phone.meaning().category == Category::harbouring);
}

TEST_CASE("a call for help is read where words fill all the room before it") {
    Handset phone;
    phone.step.state.words = std::string(menu_words_max, 'x');
    phone.press("tolong kami 5 org disekap di sebunga");
    CHECK(phone.meaning().people == 5u);
    CHECK(phone.meaning().place == "61.01.09.2002");
}

TEST_CASE("a call for help closes without a code that somebody might ask about") {
    const std::string plain = "Pesan diterima. Terima kasih.";
    for (const auto& keys : {std::vector<std::string>{"tolong saya dikurung"},
                             {"1", "1", "5", "tolong saya dikurung"},
                             {"3", "1", "tolong saya dikurung"},
                             {"2", "1"},
                             {"2", "0"}}) {
        Handset phone;
        for (const auto& key : keys) {
            if (phone.step.closing == Closing::none) phone.press(key);
        }
        CAPTURE(keys);
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.step.screen == plain);
    }
    Handset phone;
    phone.keys({"1", "1", "5", "00", "00"});
    CHECK(phone.shows("Ref {ref}"));
}

TEST_CASE("what fits nothing shows the same screen again, below a short line") {
    Handset phone;
    for (const auto& wrong : {"9", "77", "", "*", "1*1", "-1"}) {
        phone.press(wrong);
        CHECK(phone.step.screen == "Pilihan tidak ada.\n" + root);
        CHECK_FALSE(phone.says());
    }
    phone.keys({"1", "1", "kuning"});
    CHECK(phone.shows("Pilihan tidak ada.\nBerapa orang?"));
    phone.press("lima");
    CHECK(phone.meaning().people == 5u);
    phone.press("61");
    CHECK(phone.shows("Pilihan tidak ada.\nDi mana?"));
}

TEST_CASE("words that answer nothing are kept and read all the same") {
    SECTION("a report typed at a menu says it all") {
        for (const auto& before : {std::vector<std::string>{}, {"6"}}) {
            Handset phone;
            for (const auto& key : before) phone.press(key);
            phone.press("lapor 5 org lewat jalan tikus sebunga");
            CHECK(phone.step.said);
            CHECK(phone.step.closing == Closing::thanks);
            CHECK(phone.meaning().intent == Intent::report);
            CHECK(phone.meaning().category == Category::unofficial_land_route);
            CHECK(phone.meaning().people == 5u);
            CHECK(phone.meaning().place == "61.01.09.2002");
            CHECK(phone.step.state.transcript == "lapor 5 org lewat jalan tikus sebunga");
        }
    }
    SECTION("words nobody can read: the same screen, and they are kept") {
        Handset phone;
        phone.press("kucing merah");
        CHECK(phone.step.said);
        CHECK(phone.step.screen == "Pilihan tidak ada.\n" + root);
        CHECK(phone.says());
        CHECK(phone.meaning().intent == Intent::unclear);
        CHECK(phone.press("0").step.closing == Closing::thanks);
    }
    SECTION("at a field that asks for a number") {
        Handset phone;
        phone.keys({"1", "1", "anaknya dipukuli"});
        CHECK(phone.step.said);
        CHECK(phone.shows("Berapa orang?"));
        CHECK(phone.step.state.transcript.ends_with("\nanaknya dipukuli"));
        CHECK(has(phone.meaning().flags, Flag::violence));
        CHECK(phone.meaning().category == Category::unofficial_land_route);
        CHECK(phone.press("2").meaning().people == 2u);
    }
    SECTION("no command is carried out on the way: no reply could follow it") {
        for (const auto* command : {"BERHENTI", "HAPUS", "BANTUAN"}) {
            Handset phone;
            CHECK(phone.press(command).meaning().intent == Intent::unclear);
        }
    }
}

TEST_CASE("the last input is heard, and a call for help always") {
    Handset phone;
    phone.keys({"1", "1"});
    SECTION("after the last turn") {
        phone.step.state.turns = menu_turns_max;
        phone.press("anaknya dipukuli");
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.step.said);
        CHECK(phone.step.state.transcript.ends_with("anaknya dipukuli"));
    }
    SECTION("a call for help after it") {
        phone.step.state.turns = menu_turns_max;
        CHECK(phone.press("tolong saya dikurung").meaning().intent == Intent::sos);
    }
    SECTION("with a full transcript") {
        phone.step.state.transcript = std::string(menu_transcript_full, 'x');
        phone.press("tolong saya dikurung");
        CHECK(phone.meaning().intent == Intent::sos);
        CHECK(phone.step.state.transcript.ends_with("tolong saya dikurung"));
    }
    SECTION("what fills the transcript is kept, and ends the session") {
        phone.step.state.transcript = std::string(menu_transcript_full, 'x');
        phone.press("anaknya dipukuli");
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.step.said);
        CHECK(phone.step.state.transcript.ends_with("anaknya dipukuli"));
    }
}

TEST_CASE("zero goes back one screen, and from the first one out") {
    Handset phone;
    phone.keys({"1", "2", "4"});
    REQUIRE(phone.shows("Di mana?"));
    phone.press("0");
    CHECK(phone.shows("Berapa orang?"));
    CHECK(phone.step.state.answers.size() == 1);
    phone.press("0");
    CHECK(phone.shows("Apa yang dilihat?"));
    CHECK_FALSE(phone.says());
    phone.press("0");
    CHECK(phone.step.screen == root);
    phone.press("0");
    CHECK(phone.step.closing == Closing::bye);
    CHECK(phone.step.screen == "Terima kasih.");
}

TEST_CASE("places: the nearest villages first, else as the pack orders them; a name may be typed instead") {
    const auto names = [](std::string_view village) {
        std::vector<std::string> all;
        for (const auto* place : villages_near(sambas(), village)) all.push_back(place->name);
        return all;
    };
    CHECK(names("61.01.09.2002").front() == "Sebunga");
    const auto unknown = names("");
    CHECK(std::vector(unknown.begin(), unknown.begin() + 3) ==
          std::vector<std::string>{"Kaliau'", "Sebunga", "Santaban"});
    CHECK(unknown.size() == names("61.01.09.2002").size());

    auto context = villager();
    context.place = "61.01.09.2002";
    Handset near(context);
    near.keys({"1", "1", "2"});
    CHECK(near.shows("\n1 Sebunga\n"));
    near.press("1");
    CHECK(near.meaning().place == "61.01.09.2002");

    Handset typed;
    typed.keys({"1", "1", "2", "rumah kosong dekat sekolah"});
    CHECK(typed.shows("Kapan?"));
    CHECK(typed.meaning().place.empty());
    CHECK(typed.step.state.transcript.ends_with("desa: rumah kosong dekat sekolah"));
}

TEST_CASE("a list too long for a screen has pages: 98 goes on, 0 goes back") {
    Handset phone;
    phone.keys({"1", "1", "2"});
    const auto first = phone.step.screen;
    REQUIRE(phone.shows("98 Lanjut"));
    phone.press("98");
    CHECK(phone.step.screen != first);
    CHECK(phone.shows("Di mana?"));
    phone.press("0");
    CHECK(phone.step.screen == first);
    phone.press("10");  // of a page that was not shown yet
    CHECK(phone.shows("Pilihan tidak ada.\nDi mana?"));
    phone.press("98");
    phone.press("1");  // a key of the first page is good on every one
    CHECK(phone.shows("Kapan?"));
    CHECK(phone.meaning().place == villages_near(sambas(), "").front()->code);
}

TEST_CASE("the other services") {
    SECTION("I am safe: said by choosing it") {
        Handset phone;
        phone.keys({"3", "1"});
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.step.screen == "Pesan diterima. Terima kasih.");
        CHECK(phone.meaning().intent == Intent::safe);
    }
    SECTION("I have arrived, and where") {
        Handset phone;
        phone.keys({"3", "2", "kuching"});
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.meaning().intent == Intent::arrived);
        CHECK(phone.meaning().destination == "Kuching");
    }
    SECTION("somebody is missing") {
        Handset phone;
        phone.keys({"4", "Siti Misal", "00", "00"});
        CHECK(phone.step.closing == Closing::thanks);
        CHECK(phone.meaning().intent == Intent::missing);
        CHECK(phone.meaning().category == Category::missing_person);
        CHECK(phone.meaning().subject == "Siti Misal");
    }
    SECTION("a report's stage is told by whoever holds the tickets") {
        Handset phone;
        phone.keys({"5", "sb7k2q"});
        CHECK(phone.step.closing == Closing::status);
        CHECK(phone.meaning().intent == Intent::status);
        CHECK(phone.meaning().reference == "SB7K2Q");
    }
    SECTION("information says nothing of who asks") {
        Handset phone;
        phone.keys({"6", "1"});
        CHECK(phone.shows("08001000"));
        CHECK_FALSE(phone.says());
        phone.keys({"0", "0", "0"});
        CHECK(phone.step.closing == Closing::bye);
    }
    SECTION("another language, from the root on") {
        Handset phone;
        phone.keys({"6", "2"});
        CHECK(phone.step.screen.starts_with("Layanan Desa\n1 Report something"));
        CHECK(phone.step.screen.ends_with("0 Exit"));
        phone.press("1");
        CHECK(phone.step.screen.starts_with("What did you see?"));
        phone.keys({"1", "5", "sebunga", "1"});
        CHECK(phone.step.screen == "Message received. Ref {ref}. Thank you.");
        CHECK(phone.meaning().language == "en");
        CHECK(phone.step.state.transcript.starts_with("Lapor kejadian\n"));
    }
}

TEST_CASE("what broke off is gone on with, or begun anew") {
    Handset phone;
    phone.keys({"1", "1", "5"});
    const auto screen = phone.step.screen;
    phone.step = resume_menu(sambas(), phone.step.state);
    CHECK(phone.step.screen == "Lanjutkan yang tadi?\n1 Ya\n2 Baru");
    SECTION("gone on with") {
        phone.press("1");
        CHECK(phone.step.screen == screen);
        CHECK(phone.meaning().people == 5u);
        CHECK_FALSE(phone.step.afresh);
    }
    SECTION("begun anew") {
        phone.press("2");
        CHECK(phone.step.screen == root);
        CHECK(phone.step.afresh);
        CHECK_FALSE(phone.says());
    }
    SECTION("neither") {
        phone.press("0");
        CHECK(phone.shows("Lanjutkan yang tadi?"));
        CHECK(phone.step.state.resuming);
    }
}

TEST_CASE("a session ends after a bounded number of inputs") {
    Handset phone;
    std::size_t inputs = 0;
    while (phone.step.closing == Closing::none && inputs < 1000) {
        phone.press("9");
        ++inputs;
    }
    CHECK(inputs == menu_turns_max + 1);
}

TEST_CASE("a state from a menu that has changed since stands at the root") {
    MenuState state;
    state.path = {99, 4};
    state.field = "gone";
    CHECK(screen_of(sambas(), state, villager()).find("1 Lapor kejadian") != std::string::npos);
    CHECK(press(sambas(), state, "1", villager()).closing == Closing::none);
    state.path = {0};
    state.field = "gone";
    CHECK_FALSE(screen_of(sambas(), state, villager()).empty());
    CHECK(press(sambas(), state, "1", villager()).closing == Closing::none);
    CHECK_FALSE(parse_menu_state("[]"));
    CHECK_FALSE(parse_menu_state("{"));
    CHECK(parse_menu_state("{}") == MenuState{});
}

TEST_CASE("anything may be typed: every screen fits, every state survives") {
    const std::vector<std::string> inputs{"1",
                                          "2",
                                          "3",
                                          "4",
                                          "5",
                                          "6",
                                          "7",
                                          "0",
                                          "00",
                                          "98",
                                          "",
                                          "#",
                                          "**",
                                          "lima",
                                          "sebunga",
                                          "td mlm",
                                          std::string(500, 'x'),
                                          "\xff\xfe",
                                          "Ünïcödé ș",
                                          "besok\x01"};
    std::uint32_t random = 7;
    for (int session = 0; session < 200; ++session) {
        Handset phone;
        for (int turn = 0; turn < 80 && phone.step.closing == Closing::none; ++turn) {
            random = random * 1664525 + 1013904223;
            phone.press(inputs[(random >> 8) % inputs.size()]);
            CHECK(phone.step.state.transcript.size() <= menu_transcript_max);
            phone.meaning();
        }
        CHECK(phone.step.closing != Closing::none);
    }
}

TEST_CASE("every screen of the published menu fits one USSD string in every language") {
    for (const auto& language : sambas().languages()) {
        std::vector<MenuState> open{{}};
        open.front().language = language;
        while (!open.empty()) {
            const auto state = open.back();
            open.pop_back();
            CHECK(ussd::fits(screen_of(sambas(), state, villager())));
            if (state.path.size() >= menu_depth_max) continue;
            for (std::size_t key = 1; key <= menu_items_max; ++key) {
                auto step = press(sambas(), state, std::to_string(key), villager());
                if (step.closing == Closing::none && step.state.path.size() > state.path.size())
                    open.push_back(step.state);
            }
        }
    }
}
