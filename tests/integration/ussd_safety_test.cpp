#include <catch2/catch.hpp>
#include <thread>

#include "gateway/casework/words.hpp"
#include "tests/support/phones.hpp"

using namespace jejak;
using tests::kinds;
using tests::mentions;
using tests::Phones;
using tests::ticket_in;

namespace {

const std::string ani = "+628400000001";
constexpr std::chrono::seconds a_while(20), longer_than_the_timeout(181);

}  // namespace

TEST_CASE("a report typed at the first screen is a report", "[ussd]") {
    Phones village;
    const auto shown = village.walk(ani, "s1", {"lapor 5 org lewat jalan tikus sebunga"});
    CHECK(shown.end);
    CHECK(ticket_in(shown.screen).size() == 6);
    REQUIRE(village.messages().size() == 1);
    CHECK(village.messages()[0].fate == Fate::understood);
    CHECK(village.text_of(village.messages()[0]) == "lapor 5 org lewat jalan tikus sebunga");
    REQUIRE(village.reports().size() == 1);
    CHECK(village.reports()[0].category == Category::unofficial_land_route);
    CHECK(village.reports()[0].people == 5u);
    CHECK(village.ledger().balances());
}

TEST_CASE("words that answer nothing are on disk before the next screen", "[ussd]") {
    Phones village;
    SECTION("at a number: part of the report") {
        village.walk(ani, "s1", {"1", "1", "anaknya dipukuli"});
        CHECK(mentions(village.text_of(village.messages()[0]), "anaknya dipukuli"));
        CHECK(understand::has(village.reports()[0].flags, understand::Flag::violence));
    }
    SECTION("at a menu, unreadable: for a person") {
        village.walk(ani, "s1", {"kucing merah"});
        REQUIRE(village.messages().size() == 1);
        CHECK(village.messages()[0].fate == Fate::clarifying);
        village.now += longer_than_the_timeout;
        village.sweep();
        CHECK(village.messages()[0].fate == Fate::unclear);
    }
    CHECK(village.messages().size() == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("what a slow typist sends to a session that is over is a message of its own, once", "[ussd]") {
    Phones village;
    const std::string words = "tolong kami dikurung";
    const std::string closed = "Sesi sudah selesai. Silakan hubungi lagi. Terima kasih.";
    SECTION("as an input") {
        village.walk(ani, "s1", {"1", "1", "5"});
        village.now += longer_than_the_timeout;
        village.sweep();
        CHECK(village.press(ani, "s1", words).screen == closed);
    }
    SECTION("as a whole") {
        for (const auto* text : {"", "1", "1*1", "1*1*5"}) village.ask_whole(ani, "s1", text);
        village.now += longer_than_the_timeout;
        village.sweep();
        CHECK(village.ask_whole(ani, "s1", "1*1*5*" + words).screen == closed);
        CHECK(village.ask_whole(ani, "s1", "1*1*5*" + words).screen == closed);
    }
    REQUIRE(village.messages().size() == 2);
    CHECK(village.text_of(village.messages()[1]) == words);
    CHECK(village.messages()[1].fate == Fate::understood);
    const auto raised = kinds(village.alerts());
    CHECK(std::count(raised.begin(), raised.end(), AlertKind::sos) == 1);
    CHECK(village.replies_to(village.messages()[1].id).empty());
    CHECK(village.ledger().balances());
}

TEST_CASE("the word agreed for duress is heard in a field whose meaning it does not change", "[ussd]") {
    Phones village;
    auto agree = [&](storage::Unit& unit) {
        storage::ReplyPolicy policy;
        policy.number_key = village.vault.lookup("msisdn", ani);
        policy.duress_word = casework::word_key(village.vault, ani, "hujan");
        policy.changed_at = unit.now();
        unit.set(policy);
    };
    village.run(Phones::ignore(village.access->commit(agree)));
    village.walk(ani, "s1", {"1", "1", "5", "gudang hujan"});
    const auto raised = kinds(village.alerts());
    CHECK(std::count(raised.begin(), raised.end(), AlertKind::duress) == 1);
}

TEST_CASE("who dials again sees nothing of a call for help or a victim's report", "[ussd]") {
    Phones village;
    SECTION("a call for help") {
        village.walk(ani, "s1", {"2"});
    }
    SECTION("of people kept") {
        village.walk(ani, "s1", {"1", "4", "3"});
    }
    SECTION("of somebody beaten") {
        village.walk(ani, "s1", {"1", "5", "3"});
    }
    village.now += a_while;
    const auto shown = village.dial(ani, "s2");
    CHECK(shown.screen.starts_with("Layanan Desa\n1 Lapor kejadian"));
    CHECK(village.messages()[0].fate == Fate::understood);
    CHECK(village.ledger().balances());
}

TEST_CASE("a broken report goes on by SMS only with who may be written to now", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    const auto key = village.vault.lookup("msisdn", ani);
    auto before = [&](auto apply) { village.run(Phones::ignore(village.access->commit(apply))); };
    SECTION("not to who wants no calls") {
        before([&](storage::Unit& unit) {
            storage::ReplyPolicy policy;
            policy.number_key = key;
            policy.calls = storage::Calls::no;
            policy.changed_at = unit.now();
            unit.set(policy);
        });
    }
    SECTION("not beside a conversation that is open") {
        before([&](storage::Unit& unit) {
            storage::Dialogue row;
            row.id = unit.next_id(storage::Table::dialogue);
            row.person_key = key;
            row.opened_at = unit.now();
            row.expires_at = unit.now() + std::chrono::hours(2);
            unit.add(row);
        });
    }
    SECTION("not to a worker who is in danger") {
        before([&](storage::Unit& unit) {
            storage::Worker worker;
            worker.id = unit.next_id(storage::Table::worker);
            worker.number = unit.next_number("worker");
            worker.state = WorkerState::danger;
            worker.owner_key = key;
            worker.registered_at = unit.now();
            unit.add(worker);
        });
    }
    village.now += longer_than_the_timeout;
    village.sweep(true);
    CHECK(village.replies_to(village.messages()[0].id).empty());
    CHECK(village.messages()[0].fate == Fate::understood);
    CHECK(village.ledger().balances());
}

TEST_CASE("a session that went on by SMS is over for its network", "[ussd]") {
    Phones village;
    for (const auto* text : {"", "1", "1*1", "1*1*5"}) village.ask_whole(ani, "s1", text);
    village.now += longer_than_the_timeout;
    village.sweep(true);
    CHECK(village.replies_to(village.messages()[0].id).size() == 1);
    const auto late = village.ask_whole(ani, "s1", "1*1*5*2");
    CHECK(late.end);
    CHECK(late.screen == "Sesi sudah selesai. Silakan hubungi lagi. Terima kasih.");
    CHECK(village.messages().size() == 1);
    CHECK(village.reports().size() == 1);
    village.say(ani, "sebunga");
    CHECK(village.reports()[0].place == "61.01.09.2002");
}

TEST_CASE("where a question may go by SMS is asked on the loop's thread", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    village.now += longer_than_the_timeout;
    std::vector<std::thread::id> asked;
    auto route_of = [&](const std::string& channel) -> std::optional<casework::ReplyRoute> {
        CHECK(channel == "menu");
        asked.push_back(std::this_thread::get_id());
        return std::nullopt;
    };
    village.run(Phones::ignore(village.desk->close_expired(route_of)));
    CHECK(asked == std::vector{std::this_thread::get_id()});
    CHECK(village.messages()[0].fate == Fate::understood);
}

namespace {

/// Changes the row of the one session that is open.
void spoil(Phones& village, std::function<void(storage::Dialogue&)> change) {
    auto apply = [&](storage::Unit& unit) {
        auto row = unit.dialogue_of(village.vault.lookup("msisdn", ani), unit.now());
        if (!row) return;
        change(*row);
        unit.update(*row);
    };
    village.run(Phones::ignore(village.access->commit(apply)));
}

}  // namespace

TEST_CASE("a session whose row cannot be read, or whose menu is another now, is settled and begins anew", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    SECTION("unreadable, found by its session") {
        spoil(village, [](storage::Dialogue& row) { row.state = {}; });
        village.press(ani, "s1", "1");
        CHECK(village.messages().size() == 1);
    }
    SECTION("unreadable, as a whole: what was said before is not said again") {
        spoil(village, [](storage::Dialogue& row) { row.state = {}; });
        CHECK(village.ask_whole(ani, "s1", "1*1*5*2").screen.starts_with("Layanan Desa\n"));
        CHECK(village.messages().size() == 1);
    }
    SECTION("unreadable, found by the sweep") {
        spoil(village, [](storage::Dialogue& row) { row.state = {}; });
        village.now += longer_than_the_timeout;
        village.sweep();
    }
    SECTION("the menu changed: a key means nothing") {
        spoil(village, [](storage::Dialogue& row) { row.form = "another"; });
        CHECK(village.press(ani, "s1", "2").screen.starts_with("Layanan Desa\n"));
        CHECK(village.messages().size() == 1);
        CHECK(mentions(village.press(ani, "s1", "1").screen, "Apa yang dilihat?"));
    }
    SECTION("the menu changed: words mean what they say") {
        spoil(village, [](storage::Dialogue& row) { row.form = "another"; });
        CHECK(village.press(ani, "s1", "tolong saya dikurung").end);
        CHECK(village.messages().size() == 2);
    }
    SECTION("the menu changed: as a whole, what was said before is not said again") {
        spoil(village, [](storage::Dialogue& row) { row.form = "another"; });
        CHECK(village.ask_whole(ani, "s1", "1*1*5*2").screen.starts_with("Layanan Desa\n"));
        CHECK(village.messages().size() == 1);
    }
    SECTION("the menu changed: dialled again") {
        spoil(village, [](storage::Dialogue& row) { row.form = "another"; });
        CHECK(village.dial(ani, "s2").screen.starts_with("Layanan Desa\n"));
    }
    CHECK(village.messages()[0].fate == Fate::understood);
    CHECK(village.ledger().balances());
}
