#include <catch2/catch.hpp>

#include "tests/support/phones.hpp"

using namespace jejak;
using tests::kinds;
using tests::mentions;
using tests::Phones;
using tests::ticket_in;

namespace {

const std::string ani = "+628400000001", budi = "+628400000002";
constexpr std::chrono::seconds a_while(20), longer_than_the_timeout(181);

}  // namespace

TEST_CASE("a report by USSD is one message and one report, complete at the last screen", "[ussd]") {
    Phones village;
    const auto shown = village.walk(ani, "s1", {"1", "1", "5", "sebunga", "1"});
    CHECK(shown.end);
    CHECK(ticket_in(shown.screen).size() == 6);
    CHECK(shown.screen == "Pesan diterima. Ref " + ticket_in(shown.screen) + ". Terima kasih.");

    const auto messages = village.messages();
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].fate == Fate::understood);
    CHECK(village.text_of(messages[0]) ==
          "Lapor kejadian\nkejadian: Lewat jalan tikus\njumlah orang: 5\ndesa: sebunga\nwaktu: Sekarang");
    const auto reports = village.reports();
    REQUIRE(reports.size() == 1);
    CHECK(reports[0].category == Category::unofficial_land_route);
    CHECK(reports[0].place == "61.01.09.2002");
    CHECK(reports[0].people == 5u);
    const auto alerts = village.alerts();
    REQUIRE(kinds(alerts) == std::vector<AlertKind>{AlertKind::departure_now});
    CHECK(alerts[0].place == "61.01.09.2002");
    CHECK(alerts[0].people == 5u);
    const auto ledger = village.ledger();
    CHECK(ledger.balances());
    CHECK(ledger.received == 1);
    CHECK(ledger.replies_owed == 0);
}

TEST_CASE("every answer is on disk before the next screen: an alarm does not wait for the end", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1"});
    CHECK(village.messages().empty());
    village.press(ani, "s1", "4");
    REQUIRE(village.messages().size() == 1);
    CHECK(village.messages()[0].fate == Fate::clarifying);
    CHECK(kinds(village.alerts()) == std::vector<AlertKind>{AlertKind::harbouring});
    village.press(ani, "s1", "5");
    CHECK(village.reports()[0].people == 5u);
    CHECK(village.text_of(village.messages()[0]) == "Lapor kejadian\nkejadian: Ditampung/dikurung\njumlah orang: 5");
    CHECK(village.ledger().balances());
}

TEST_CASE("a call for help is heard at the first digit", "[ussd]") {
    Phones village;
    const auto shown = village.walk(ani, "s1", {"2"});
    CHECK_FALSE(shown.end);
    CHECK(kinds(village.alerts()) == std::vector<AlertKind>{AlertKind::sos});
    SECTION("and where no calls are wanted, that is kept") {
        CHECK(village.press(ani, "s1", "2").end);
        const auto policy =
            village.ask([&](storage::View& view) { return view.reply_policy(village.vault.lookup("msisdn", ani)); });
        REQUIRE(policy);
        CHECK(policy->calls == storage::Calls::no);
        CHECK(kinds(village.alerts()) == std::vector<AlertKind>{AlertKind::sos});
    }
    SECTION("also behind the service code, with no screen between") {
        Phones other;
        const auto at_once = other.dial(budi, "s2", "*384*2#");
        CHECK(mentions(at_once.screen, "Boleh ditelepon?"));
        CHECK(kinds(other.alerts()) == std::vector<AlertKind>{AlertKind::sos});
    }
    SECTION("and when the session breaks, the next SMS may say whether they may be called; nobody asks for it") {
        village.say(ani, GENERATE("2", "jgn ditelp"));
        const auto policy =
            village.ask([&](storage::View& view) { return view.reply_policy(village.vault.lookup("msisdn", ani)); });
        REQUIRE(policy);
        CHECK(policy->calls == storage::Calls::no);
        CHECK(village.messages().back().fate == Fate::understood);
        CHECK(kinds(village.alerts()) == std::vector<AlertKind>{AlertKind::sos});
    }
    SECTION("and an answer in the menu is no question for the next SMS") {
        village.press(ani, "s1", "2");
        CHECK_FALSE(village.ask([&](storage::View& view) {
            return view.dialogue_of(village.vault.lookup("msisdn", ani), village.now.read(),
                                    storage::Dialogue::Way::sms);
        }));
    }
    SECTION("and nobody is written to when the session breaks") {
        village.now += longer_than_the_timeout;
        village.sweep(true);
        CHECK(village.messages()[0].fate == Fate::understood);
        CHECK(village.replies_to(village.messages()[0].id).empty());
    }
}

TEST_CASE("U3, U8: a session that dies is a partial report, whatever happened to the process", "[ussd][U3][U8]") {
    Phones village;
    village.walk(ani, "s1", {"1", "4", "3"});
    SECTION("by silence") {}
    SECTION("by the network's word") {
        village.hang_up(ani, "s1");
    }
    SECTION("by the end of the process") {
        village.restart();
    }
    CHECK(village.messages()[0].fate == Fate::clarifying);
    village.sweep();
    CHECK(village.messages()[0].fate == Fate::clarifying);  // the person may dial again
    village.now += longer_than_the_timeout;
    village.sweep();
    REQUIRE(village.messages().size() == 1);
    CHECK(village.messages()[0].fate == Fate::understood);
    CHECK(village.reports()[0].category == Category::harbouring);
    CHECK(village.reports()[0].people == 3u);
    CHECK(village.replies_to(village.messages()[0].id).empty());
    CHECK(village.ledger().balances());
    const auto late = village.press(ani, "s1", "1");
    CHECK(late.end);
    CHECK(late.screen == "Sesi sudah selesai. Silakan hubungi lagi. Terima kasih.");
    CHECK(village.messages().size() == 1);
    village.now += std::chrono::minutes(11);
    village.sweep();
    CHECK(village.press(ani, "s1", "1").how == ussd::Shown::How::unknown);
}

TEST_CASE("a session that said nothing leaves nothing", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "0", "6", "1"});
    village.dial(budi, "s2");
    village.hang_up(budi, "s2");
    CHECK(village.press(budi, "s2", "1").how == ussd::Shown::How::unknown);
    village.now += longer_than_the_timeout;
    village.sweep();
    CHECK(village.messages().empty());
    CHECK(village.press(ani, "s1", "1").how == ussd::Shown::How::unknown);
    CHECK(village.ledger().received == 0);
}

TEST_CASE("the process may die between any two screens, and the session goes on", "[ussd]") {
    Phones village;
    village.dial(ani, "s1");
    for (const auto* key : {"1", "1", "5", "sebunga"}) {
        CHECK_FALSE(village.press(ani, "s1", key).end);
        village.restart();
    }
    CHECK(ticket_in(village.press(ani, "s1", "2").screen).size() == 6);
    CHECK(village.messages().size() == 1);
    CHECK(village.reports().size() == 1);
    CHECK(village.reports()[0].place == "61.01.09.2002");
    CHECK(village.ledger().balances());
}

TEST_CASE("who dials again within the time goes on where they were, or begins anew", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    village.hang_up(ani, "s1");
    village.now += a_while;
    CHECK(village.dial(ani, "s2").screen == "Lanjutkan yang tadi?\n1 Ya\n2 Baru");
    SECTION("goes on") {
        CHECK(mentions(village.press(ani, "s2", "1").screen, "Di mana?"));
        village.press(ani, "s2", "sebunga");
        CHECK(village.press(ani, "s2", "1").end);
        CHECK(village.messages().size() == 1);
        CHECK(village.reports()[0].people == 5u);
        CHECK(village.reports()[0].place == "61.01.09.2002");
    }
    SECTION("begins anew: what was said stays a report") {
        CHECK(mentions(village.press(ani, "s2", "2").screen, "1 Lapor kejadian"));
        CHECK(village.messages()[0].fate == Fate::understood);
        for (const auto* key : {"1", "3", "1", "00", "3"}) village.press(ani, "s2", key);
        CHECK(village.messages().size() == 2);
        CHECK(village.reports().size() == 2);
    }
    SECTION("somebody else's phone knows nothing of it") {
        CHECK(mentions(village.dial(budi, "s3").screen, "1 Lapor kejadian"));
    }
    SECTION("too late: it is over") {
        village.now += longer_than_the_timeout;
        CHECK(mentions(village.dial(ani, "s4").screen, "1 Lapor kejadian"));
    }
    SECTION("a call for help behind the code waits for no question") {
        CHECK(mentions(village.dial(ani, "s5", "*384*2#").screen, "Boleh ditelepon?"));
        CHECK(village.messages().size() == 2);
        CHECK(village.messages()[0].fate == Fate::understood);
    }
    CHECK(village.ledger().balances());
}

TEST_CASE("a broken report goes on by SMS, where the operator says so and nobody is endangered", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    village.now += longer_than_the_timeout;
    SECTION("the open question goes out once, and the next SMS answers it") {
        village.sweep(true);
        const auto message = village.messages()[0];
        CHECK(message.fate == Fate::clarifying);
        CHECK(village.replies_to(message.id) == std::vector<std::string>{"Di desa mana? Balas nama desa, atau LEWAT."});
        village.say(ani, "sebunga");
        CHECK(village.reports().size() == 1);
        CHECK(village.reports()[0].place == "61.01.09.2002");
        CHECK(village.reports()[0].people == 5u);
        CHECK(village.alerts()[0].place == "61.01.09.2002");
    }
    SECTION("not to whoever asked for no SMS") {
        auto apply = [&](storage::Unit& unit) { unit.set_opted_out(village.vault.lookup("msisdn", ani), true); };
        village.run(Phones::ignore(village.access->commit(apply)));
        village.sweep(true);
        CHECK(village.replies_to(village.messages()[0].id).empty());
        CHECK(village.messages()[0].fate == Fate::understood);
    }
    SECTION("not to a country that is not served") {
        village.options.replies.served_countries = {"60"};
        village.restart();
        village.sweep(true);
        CHECK(village.replies_to(village.messages()[0].id).empty());
    }
    SECTION("not to a number that wants silence") {
        auto apply = [&](storage::Unit& unit) {
            storage::ReplyPolicy policy;
            policy.number_key = village.vault.lookup("msisdn", ani);
            policy.mode = storage::ReplyMode::silent;
            policy.changed_at = unit.now();
            unit.set(policy);
        };
        village.run(Phones::ignore(village.access->commit(apply)));
        village.sweep(true);
        CHECK(village.replies_to(village.messages()[0].id).empty());
    }
    CHECK(village.ledger().balances());
}

TEST_CASE("reports of people kept or abused never go on by SMS", "[ussd]") {
    Phones village;
    const std::string category = GENERATE("4", "5");
    village.walk(ani, "s1", {"1", category, "5"});
    village.now += longer_than_the_timeout;
    village.sweep(true);
    CHECK(village.replies_to(village.messages()[0].id).empty());
    CHECK(village.messages()[0].fate == Fate::understood);
}

TEST_CASE("U6: the same call once more is no second session, the same request no second input", "[ussd][U6]") {
    Phones village;
    SECTION("as dialled") {
        const auto first = village.dial(ani, "s1");
        CHECK(village.dial(ani, "s1").screen == first.screen);
        const auto help = village.dial(budi, "s2", "*384*2#");
        CHECK(village.dial(budi, "s2", "*384*2#").screen == help.screen);
        CHECK(village.messages().size() == 1);
    }
    SECTION("as a whole") {
        const auto root = village.ask_whole(ani, "s1", "");
        CHECK(village.ask_whole(ani, "s1", "").screen == root.screen);
        village.ask_whole(ani, "s1", "1");
        const auto people = village.ask_whole(ani, "s1", "1*1");
        CHECK(mentions(people.screen, "Berapa orang?"));
        CHECK(village.ask_whole(ani, "s1", "1*1").screen == people.screen);
        village.ask_whole(ani, "s1", "1*1*5");
        village.ask_whole(ani, "s1", "1*1*5*sebunga");
        const auto last = village.ask_whole(ani, "s1", "1*1*5*sebunga*1");
        CHECK(last.end);
        const auto repeated = village.ask_whole(ani, "s1", "1*1*5*sebunga*1");
        CHECK(repeated.end);
        CHECK(repeated.screen == last.screen);
        CHECK(village.messages().size() == 1);
    }
}

TEST_CASE("a network may use its session number again", "[ussd]") {
    Phones village;
    CHECK(village.walk(ani, "7", {"1", "1", "5", "sebunga", "1"}).end);
    CHECK(mentions(village.dial(ani, "7").screen, "1 Lapor kejadian"));
    CHECK(village.press(ani, "7", "2").screen.starts_with("Pesan diterima."));
    CHECK(village.messages().size() == 2);
    SECTION("also while the one before was under way") {
        Phones other;
        other.walk(ani, "7", {"1", "1"});
        CHECK(mentions(other.dial(ani, "7").screen, "Lanjutkan yang tadi?"));
        CHECK(mentions(other.press(ani, "7", "1").screen, "Berapa orang?"));
    }
}

TEST_CASE("a star that was typed is no separator", "[ussd]") {
    Phones village;
    village.ask_whole(ani, "s1", "");
    village.ask_whole(ani, "s1", "1");
    village.ask_whole(ani, "s1", "1*1");
    village.ask_whole(ani, "s1", "1*1*5");
    const auto shown = village.ask_whole(ani, "s1", "1*1*5*gang 3*4 sebunga");
    CHECK(mentions(shown.screen, "Kapan?"));
    CHECK(mentions(village.text_of(village.messages()[0]), "desa: gang 3*4 sebunga"));
    CHECK(village.ask_whole(ani, "s1", "1*1*5*gang 3*4 sebunga*1").end);
}

TEST_CASE("two people at once have a session each", "[ussd]") {
    Phones village;
    village.walk(ani, "a", {"1", "1"});
    village.walk(budi, "b", {"1", "6"});
    village.press(ani, "a", "5");
    village.press(budi, "b", "3");
    CHECK(village.press(ani, "a", "sebunga").screen == village.press(budi, "b", "sebunga").screen);
    village.press(ani, "a", "1");
    village.press(budi, "b", "1");
    const auto reports = village.reports();
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].category == Category::unofficial_land_route);
    CHECK(reports[1].category == Category::foreign_entry);
}

TEST_CASE("two witnesses, one by menu and one by SMS, tell of one event", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5", "sebunga", "1"});
    village.now += a_while;
    village.say(budi, "LAPOR 5 orang naik mobil lewat jalan tikus sebunga skrg");
    const auto alerts = village.alerts();
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].reporters == 2);
    CHECK(alerts[0].certainty == "Likely");
}

TEST_CASE("the stage of a report is told to the number that made it, and to no other", "[ussd]") {
    Phones village;
    const auto ticket = ticket_in(village.walk(ani, "s1", {"1", "1", "5", "sebunga", "1"}).screen);
    CHECK(village.walk(ani, "s2", {"5", ticket}).screen == "Kode " + ticket + ": sudah diteruskan. Terima kasih.");
    CHECK(village.walk(budi, "s3", {"5", ticket}).screen == "Kode tidak dikenal. Periksa lagi kodenya. Terima kasih.");
    CHECK(village.walk(budi, "s4", {"5", "XXXXXX"}).screen ==
          "Kode tidak dikenal. Periksa lagi kodenya. Terima kasih.");
    CHECK(village.ledger().replies_owed == 0);
    CHECK(village.ledger().received == 4);
}

TEST_CASE("the places offered begin near the sender's village", "[ussd]") {
    Phones village;
    village.register_official(ani);
    CHECK(mentions(village.walk(ani, "s1", {"1", "1", "5"}).screen, "\n1 Sebunga\n"));
    village.press(ani, "s1", "1");
    CHECK(village.press(ani, "s1", "1").end);
    CHECK(village.reports()[0].place == "61.01.09.2002");
}

TEST_CASE("an input to no session is nothing of ours", "[ussd]") {
    Phones village;
    CHECK(village.press(ani, "nobody's", "1").how == ussd::Shown::How::unknown);
    CHECK(village.hang_up(ani, "nobody's").how == ussd::Shown::How::shown);
    CHECK(village.messages().empty());
}

TEST_CASE("a caller without a number may report too; nobody else resumes it", "[ussd]") {
    Phones village;
    village.walk("", "s1", {"1", "1", "5"});
    CHECK(village.messages().size() == 1);
    CHECK(mentions(village.dial("", "s2").screen, "1 Lapor kejadian"));
    CHECK(village.ledger().balances());
}

TEST_CASE("an input that came before the bind was lost may come again, and counts once", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1"});
    const auto before = village.press(ani, "s1", "1").screen;
    const auto again = [&] {
        ussd::Turn turn;
        turn.what = ussd::Turn::What::input;
        turn.channel = "menu";
        turn.session = "s1";
        turn.sender = sms::normalise(ani);
        turn.text = "1";
        turn.wire_since = village.now.read() + std::chrono::seconds(1);
        ussd::Shown shown;
        auto task = [&]() -> net::awaitable<void> { shown = co_await village.desk->take(turn); };
        village.run(task());
        return shown.screen;
    };
    CHECK(mentions(before, "Di mana?"));
    CHECK(again() == before);
    CHECK(mentions(again(), "Kapan?"));  // once more: it was pressed
}

TEST_CASE("a session's id of one phone means nothing from another", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "4"});
    CHECK(village.press(budi, "s1", "5").how == ussd::Shown::How::unknown);
    CHECK(mentions(village.ask_whole(budi, "s1", "").screen, "1 Lapor kejadian"));
    CHECK(village.messages().size() == 1);
}

TEST_CASE("a call for help in the middle of a report is an alarm of its own", "[ussd]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    const auto shown = village.press(ani, "s1", "tolong saya dikurung");
    CHECK(shown.end);
    CHECK(shown.screen == "Pesan diterima. Terima kasih.");  // no code that somebody might ask about
    const auto raised = kinds(village.alerts());
    CHECK(std::count(raised.begin(), raised.end(), AlertKind::sos) == 1);
    CHECK(village.messages().size() == 1);
    CHECK(village.ledger().balances());
}
