// What a sender says later of a report they made: answers to a question that was not asked, corrections, additions.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::Village;

namespace {

const std::string villager = "+628400000001";
const std::string kaliau = "61.01.09.2001", sebunga = "61.01.09.2002";

std::string reply(const intake::Accepted& accepted) {
    return accepted.handled.reply ? accepted.handled.reply_text : "";
}

bool asks(const intake::Accepted& accepted) {
    return reply(accepted).find("LEWAT") != std::string::npos || reply(accepted).find("SKIP") != std::string::npos;
}

std::vector<storage::Report> reports(Village& village) {
    return village.ask([](storage::View& view) { return view.reports_after(0, 100); });
}

std::string open_slot(Village& village) {
    const auto key = village.vault.lookup("msisdn", villager);
    const auto row = village.ask([&](storage::View& view) { return view.dialogue_of(key, village.now.read()); });
    return row ? row->slot : "";
}

}  // namespace

TEST_CASE("what fills another slot than the one asked for is kept, and its question is not asked",
          "[casework][later]") {
    Village village;
    const auto first = village.say(villager, "lapor ada org naik mobil lewat jln tikus skrg");
    REQUIRE(open_slot(village) == "place");
    village.now += 1min;
    const auto second = village.say(villager, "5 orang");
    CHECK(reply(second) == "Pesan diterima. Terima kasih.");
    CHECK(second.handled.fate == Fate::understood);
    CHECK(open_slot(village) == "place");  // still open, and not asked again
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].people == 5u);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 5u);
    village.now += 1min;
    const auto third = village.say(villager, "sebunga");
    CHECK_FALSE(asks(third));  // all is told
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].message == first.message);
    CHECK(reports(village)[0].place == sebunga);
    CHECK(reports(village)[0].people == 5u);
    CHECK(village.alerts().size() == 1);
    // Each text stays as it was sent.
    CHECK(village.ask([&](storage::View& view) { return view.message(second.message).has_value(); }));
    CHECK(village.ledger().balances());
    CHECK(village.ledger_is_true());
}

TEST_CASE("several slots at once are kept, and no more than two questions are asked", "[casework][later]") {
    Village village;
    village.say(villager, "lapor ada org lewat jln tikus");
    CHECK_FALSE(asks(village.say(villager, "5 orang jam 2 mlm")));
    CHECK(open_slot(village) == "place");
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].people == 5u);
    CHECK(reports(village)[0].onset);
    CHECK_FALSE(asks(village.say(villager, "sebunga")));
    CHECK(open_slot(village).empty());
    CHECK(reports(village).size() == 1);
}

TEST_CASE("after the last question a gap is still filled, as long as an answer would be waited for",
          "[casework][later]") {
    Village village;
    village.say(villager, "lapor ada org lewat jln tikus");
    village.say(villager, "sebunga");
    CHECK_FALSE(asks(village.say(villager, "7")));
    REQUIRE(open_slot(village).empty());
    CHECK_FALSE(reports(village)[0].onset);
    SECTION("in time") {
        village.now += 30min;
        CHECK(village.say(villager, "td mlm").handled.fate == Fate::understood);
        REQUIRE(reports(village).size() == 1);
        CHECK(reports(village)[0].onset);
    }
    SECTION("too late") {
        village.now += 3h;
        village.say(villager, "td mlm");
        CHECK_FALSE(reports(village)[0].onset);
    }
}

TEST_CASE("a report of its own, a call for help and small talk are what they are", "[casework][later]") {
    Village village;
    village.say(villager, "lapor ada org lewat jln tikus di sebunga");
    REQUIRE(open_slot(village) == "people");
    const auto last = [&] { return reports(village).back(); };
    SECTION("another place") {
        village.say(villager, "4 org di kaliau jam 8");
        REQUIRE(reports(village)[0].place == sebunga);
        CHECK(reports(village)[0].people != 4u);
    }
    SECTION("where they came from") {
        village.say(villager, "4 org dari kaliau td mlm");
        REQUIRE(reports(village).size() == 1);
        CHECK(reports(village)[0].place == sebunga);
        CHECK(reports(village)[0].people == 4u);
        CHECK(reports(village)[0].onset);
    }
    SECTION("a report by its keyword") {
        village.say(villager, "lapor 4 wna bangladesh di rumah kosong di kaliau skrg jam 8 malam");
        REQUIRE(reports(village).size() == 2);
        CHECK(last().place == kaliau);
    }
    SECTION("a call for help") {
        village.say(villager, "tolong saya dikurung");
        REQUIRE(reports(village).size() == 2);
        CHECK(last().intent == Intent::sos);
    }
    SECTION("small talk") {
        const auto talk = village.say(villager, "besok ada rapat desa jam 9 ya pak");
        CHECK(talk.handled.fate == Fate::unclear);
        CHECK(reports(village).size() == 1);
        CHECK_FALSE(reports(village)[0].onset);
    }
}

TEST_CASE("a word for a mistake puts the last report right within a day", "[casework][later]") {
    struct Row {
        const char* text;
        std::uint32_t people;
        std::string place;
        bool minor = false;
    };
    for (const auto& row :
         {Row{"not 5 but 3", 3, sebunga}, Row{"sorry 3 people", 3, sebunga}, Row{"salah, 3 orang", 3, sebunga},
          Row{"eh 3 org", 3, sebunga}, Row{"salah tempat, di kaliau", 5, kaliau}, Row{"ternyata 3 orang", 3, sebunga},
          Row{"lupa bilang ada 2 anak", 5, sebunga, true}, Row{"tambahan: plat KB 1234 XY", 5, sebunga},
          Row{"bukan 5 tapi 3", 3, sebunga}}) {
        CAPTURE(row.text);
        Village village;
        village.say(villager, "lapor 5 org lewat jln tikus di sebunga skrg");
        village.now += 5h;
        const auto later = village.say(villager, row.text);
        CHECK(later.handled.fate == Fate::understood);
        CHECK_FALSE(asks(later));
        REQUIRE(reports(village).size() == 1);
        CHECK(reports(village)[0].people == row.people);
        CHECK(reports(village)[0].place == row.place);
        CHECK(has(reports(village)[0].flags, understand::Flag::minor_involved) == row.minor);
        CHECK(village.alerts(Audience::child_protection).size() == (row.minor ? 1U : 0U));
    }
}

TEST_CASE("nothing of their own to correct, or something else to tell: read as ever", "[casework][later]") {
    Village village;
    SECTION("no report before") {
        for (const auto* text : {"salah, 3 orang", "eh 3 org", "salah saya apa pak"}) {
            CAPTURE(text);
            CHECK(village.say(villager, text).handled.fate == Fate::unclear);
        }
        CHECK(reports(village).empty());
    }
    SECTION("a question of guilt") {
        village.say(villager, "lapor 5 org lewat jln tikus di sebunga skrg");
        CHECK(village.say(villager, "salah saya apa pak").handled.fate == Fate::unclear);
        CHECK(reports(village)[0].people == 5u);
    }
    SECTION("another report") {
        village.say(villager, "lapor 5 org lewat jln tikus di sebunga skrg");
        village.say(villager, "ternyata dia calo di Sebunga bawa 5 orang");
        CHECK(reports(village).size() == 2);
    }
    SECTION("a day later") {
        village.say(villager, "lapor 5 org lewat jln tikus di sebunga skrg");
        village.now += 25h;
        village.say(villager, "salah, 3 orang");
        CHECK(reports(village)[0].people == 5u);
    }
}

TEST_CASE("an apology before another event takes nothing back", "[casework][later]") {
    for (const auto* text : {"maaf, rombongan 12 wanita ke malaysia lewat kaliau skrg naik truk",
                             "maaf pak, ada 3 wanita lewat sebunga ke malaysia skrg"}) {
        CAPTURE(text);
        Village village;
        village.say(villager, "lapor 7 org lewat jln tikus di sebunga skrg");
        village.now += 1h;
        village.say(villager, text);
        REQUIRE(reports(village).size() == 2);
        CHECK(reports(village)[0].people == 7u);
        CHECK(reports(village)[0].place == sebunga);
        REQUIRE_FALSE(village.alerts().empty());
        CHECK(village.alerts()[0].people == 7u);
    }
}

TEST_CASE("who tells of more makes nobody fewer", "[casework][later]") {
    for (const auto* text : {"tambahan 3 orang lagi", "lupa bilang 2 orang lagi", "additional 3 people"}) {
        CAPTURE(text);
        Village village;
        village.say(villager, "lapor 7 org lewat jln tikus di sebunga skrg");
        village.now += 1h;
        village.say(villager, text);
        CHECK(reports(village)[0].people == 7u);
        CHECK(village.alerts()[0].people == 7u);
    }
}

TEST_CASE("what raises an alert by itself raises it after a report of something else, too", "[casework][later]") {
    Village village;
    village.say(villager, "lapor ada agen mau rekrut orang kampung");
    for (int i = 0; i < 2; ++i) village.say(villager, "LEWAT");
    village.say(villager, "ada lagi 3 tkw di kaliau sudah 3 hari");
    const auto alerts = village.alerts();
    CHECK(std::any_of(alerts.begin(), alerts.end(), [](const storage::Alert& alert) {
        return alert.kind == AlertKind::harbouring && alert.place == kaliau && alert.people == 3u;
    }));
}

TEST_CASE("a call for help keeps its place beside what is told of others", "[casework][later]") {
    Village village;
    village.say(villager, "tolong saya dikurung majikan");
    village.say(villager, "1");
    for (const auto* text : {"ada lagi 3 tkw di kaliau sudah 3 hari", "maaf pak ada 4 org di kaliau jam 8 malam",
                             "salah tempat, di kaliau"})
        village.say(villager, text);
    for (const auto& alert : village.alerts()) {
        if (alert.kind != AlertKind::sos) continue;
        CHECK(alert.place.empty());
        CHECK_FALSE(alert.people);
    }
    REQUIRE_FALSE(reports(village).empty());
    CHECK(reports(village)[0].intent == Intent::sos);
    CHECK(reports(village)[0].place.empty());
}

TEST_CASE("what was a guess is one after it was completed", "[casework][later]") {
    Village village;
    village.say(villager, "maaf pak, ada 4 orang di kaliau jam 8 malam");
    for (int i = 0; i < 2; ++i) village.say(villager, "LEWAT");
    REQUIRE(village.alerts().empty());
    village.say(villager, "naik avanza");
    CHECK(village.alerts().empty());
}

TEST_CASE("a number of children counts where none was known", "[casework][later]") {
    Village village;
    village.say(villager, "lapor ada org lewat jln tikus di sebunga");
    for (int i = 0; i < 2; ++i) village.say(villager, "LEWAT");
    village.say(villager, "lupa bilang ada 2 anak");
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].people == 2u);
}

TEST_CASE("a conversation goes on in its own language", "[casework][later][language]") {
    Village village;
    SECTION("an Indonesian one") {
        village.say(villager, "lapor ada org lewat jln tikus");
        CHECK(reply(village.say(villager, "ok")).find("Pesan") != std::string::npos);
        CHECK(reply(village.say(villager, "near sebunga")).find("Berapa") != std::string::npos);
        CHECK(reply(village.say(villager, "stop")).find("Message") == std::string::npos);
    }
    SECTION("an English one") {
        CHECK(reply(village.say(villager, "report some people are crossing by the jungle path now"))
                  .find("Which village") != std::string::npos);
        CHECK(reply(village.say(villager, "sebunga")).find("How many") != std::string::npos);
    }
}
