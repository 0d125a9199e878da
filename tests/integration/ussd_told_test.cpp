// What a menu's report raises and tells, and when: it waits for the answer to "when", and for no more than that.
#include <catch2/catch.hpp>

#include "tests/support/phones.hpp"
#include "tests/support/told.hpp"

using namespace jejak;
using tests::kinds;
using tests::mentions;
using tests::Phones;
using tests::told_alerts;
using tests::told_reports;

namespace {

const std::string ani = "+628400000001", budi = "+628400000002";
const std::string sebunga = "61.01.09.2002";
constexpr std::chrono::seconds longer_than_the_timeout(181);

/// Changes the row of the one session that is open.
void change_row(Phones& village, std::function<void(storage::Dialogue&)> change) {
    auto apply = [&](storage::Unit& unit) {
        auto row = unit.dialogue_of(village.vault.lookup("msisdn", ani), unit.now());
        if (!row) return;
        change(*row);
        unit.update(*row);
    };
    village.run(Phones::ignore(village.access->commit(apply)));
}

}  // namespace

TEST_CASE("a departure is raised once it is known when it was, as what it is", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5", "sebunga"});
    CHECK(village.alerts().empty());
    CHECK(told_reports(village).empty());
    CHECK(village.reports().size() == 1);  // on disk all the same
    struct Row {
        const char* key;
        AlertKind kind;
        bool dated;
    };
    const auto row = GENERATE(Row{"1", AlertKind::departure_now, true}, Row{"2", AlertKind::departure_past, true},
                              Row{"00", AlertKind::departure_now, false});
    CAPTURE(row.key);
    CHECK(village.press(ani, "s1", row.key).end);
    REQUIRE(kinds(village.alerts()) == std::vector{row.kind});
    CHECK(village.alerts()[0].people == 5u);
    CHECK(village.alerts()[0].place == sebunga);
    CHECK(village.reports()[0].onset.has_value() == row.dated);
    if (row.dated) CHECK(village.alerts()[0].onset == village.reports()[0].onset);
    REQUIRE(told_reports(village).size() == 1);
    CHECK(told_reports(village)[0].message.people() == 5);
    CHECK(told_reports(village)[0].message.place().code() == sebunga);
    REQUIRE(told_alerts(village).size() == 1);
    village.now += longer_than_the_timeout;
    village.sweep();
    CHECK(told_alerts(village).size() == 1);
    CHECK(told_reports(village).size() == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("however a session breaks off, its departure is raised", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    REQUIRE(village.alerts().empty());
    SECTION("the network says so") {
        village.hang_up(ani, "s1");
    }
    SECTION("silence") {
        village.now += longer_than_the_timeout;
        village.sweep();
    }
    SECTION("the process ends, and comes back the next minute") {
        village.restart();
        village.now += longer_than_the_timeout;
        village.sweep();
    }
    SECTION("its question goes on by SMS") {
        village.now += longer_than_the_timeout;
        village.sweep(true);
        CHECK(village.replies_to(village.messages()[0].id).size() == 1);
    }
    SECTION("dialled again, and begun anew") {
        village.dial(ani, "s2");
        CHECK(village.alerts().empty());
        village.press(ani, "s2", "2");
    }
    SECTION("dialled for something else") {
        village.dial(ani, "s2", "*384*6#");
    }
    SECTION("left by its keys") {
        for (const auto* key : {"0", "0", "0"}) village.press(ani, "s1", key);
        CHECK(village.alerts().empty());  // another choice may follow
        CHECK(village.press(ani, "s1", "0").end);
    }
    SECTION("its row cannot be read, and it goes on") {
        change_row(village, [](storage::Dialogue& one) { one.state = {}; });
        village.press(ani, "s1", "1");
    }
    SECTION("its row cannot be read, and nothing more comes") {
        change_row(village, [](storage::Dialogue& one) { one.state = {}; });
        village.now += longer_than_the_timeout;
        village.sweep();
    }
    SECTION("the menu is another now") {
        change_row(village, [](storage::Dialogue& one) { one.form = "another"; });
        village.press(ani, "s1", "2");
    }
    REQUIRE(kinds(village.alerts()) == std::vector{AlertKind::departure_now});
    CHECK(village.alerts()[0].people == 5u);
    CHECK(told_reports(village).size() == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("a session that broke off hours ago, while nobody served it, tells of what is past", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    village.now += std::chrono::hours(7);
    village.restart();
    village.sweep();
    CHECK(kinds(village.alerts()) == std::vector{AlertKind::departure_past});
}

TEST_CASE("who goes on after the line broke says when it was, and the alert follows", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    village.hang_up(ani, "s1");
    REQUIRE(kinds(village.alerts()) == std::vector{AlertKind::departure_now});
    village.dial(ani, "s2");
    for (const auto* key : {"1", "sebunga", "2"}) village.press(ani, "s2", key);
    REQUIRE(kinds(village.alerts()) == std::vector{AlertKind::departure_past});
    CHECK(village.alerts()[0].onset == village.reports()[0].onset);
    CHECK(told_reports(village).back().message.place().code() == sebunga);
    CHECK(told_reports(village).back().message.id() == told_reports(village).front().message.id());
}

TEST_CASE("another choice takes back what was not raised yet", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "0", "3"});
    CHECK(village.alerts().empty());
    for (const auto* key : {"00", "sebunga", "00"}) village.press(ani, "s1", key);
    CHECK(village.alerts().empty());
    REQUIRE(told_reports(village).size() == 1);
    CHECK(told_reports(village)[0].message.category() == "recruitment");
    CHECK(told_reports(village)[0].message.place().code() == sebunga);
}

TEST_CASE("a report that raises nothing is told of whole", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "3"});
    CHECK(told_reports(village).empty());
    SECTION("at its end") {
        for (const auto* key : {"2", "sebunga", "1"}) village.press(ani, "s1", key);
        REQUIRE(told_reports(village).size() == 1);
        CHECK(told_reports(village)[0].message.place().code() == sebunga);
    }
    SECTION("as far as it came") {
        village.now += longer_than_the_timeout;
        village.sweep();
        REQUIRE(told_reports(village).size() == 1);
        CHECK(told_reports(village)[0].message.place().code().empty());
    }
    CHECK(told_reports(village)[0].message.category() == "recruitment");
}

TEST_CASE("people kept, strangers and a child wait for no answer", "[ussd][told]") {
    Phones village;
    const std::string key = GENERATE("4", "6");
    village.walk(ani, "s1", {"1", key});
    REQUIRE(village.alerts().size() == 1);
    CHECK(told_reports(village).size() == 1);
    for (const auto* next : {"3", "sebunga", "2"}) village.press(ani, "s1", next);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].onset == village.reports()[0].onset);  // as it was said last
    CHECK(told_reports(village).back().message.has_onset());
}

TEST_CASE("with the word of danger in a menu nobody is called, whatever its keys say", "[ussd][duress][told]") {
    Phones village;
    tests::agree_on_duress(village, ani, "hujan");
    SECTION("in the answer") {
        village.walk(ani, "s1", {"2", "ya hujan"});
    }
    SECTION("before it") {
        village.walk(ani, "s1", {"2", "hujan", "1"});
    }
    SECTION("after it, in another session") {
        village.walk(ani, "s1", {"2", "1"});
        village.walk(ani, "s2", {"1", "7", "hujan"});
        village.walk(ani, "s3", {"2", "1"});
    }
    const auto raised = kinds(village.alerts());
    CHECK(std::count(raised.begin(), raised.end(), AlertKind::duress) == 1);
    for (const auto& alert : village.alerts()) {
        if (alert.calls) CHECK(*alert.calls == storage::Calls::no);
    }
    const auto key = village.vault.lookup("msisdn", ani);
    const auto policy = village.ask([&](storage::View& view) { return view.reply_policy(key); });
    REQUIRE(policy);
    CHECK(policy->calls == storage::Calls::no);
}

TEST_CASE("what was put right by SMS stays when the session goes on, except what it is asked anew", "[ussd][told]") {
    Phones village;
    village.walk(ani, "s1", {"1", "1", "5"});
    village.hang_up(ani, "s1");
    village.say(ani, "bukan 5 tapi 3 orang");
    REQUIRE(village.reports().size() == 1);
    REQUIRE(village.reports()[0].people == 3u);
    std::uint32_t people = 3;
    SECTION("the other questions are answered") {
        village.dial(ani, "s2");
        for (const auto* key : {"1", "sebunga", "1"}) village.press(ani, "s2", key);
    }
    SECTION("words change nothing of it") {
        village.dial(ani, "s2");
        for (const auto* key : {"1", "sebunga", "anaknya dipukuli", "1"}) village.press(ani, "s2", key);
    }
    SECTION("back at the number: that is what is said now") {
        people = 7;
        village.dial(ani, "s2");
        for (const auto* key : {"1", "0", "7", "sebunga", "1"}) village.press(ani, "s2", key);
    }
    SECTION("the session goes on by SMS") {
        village.now += longer_than_the_timeout;
        village.sweep(true);
        village.say(ani, "sebunga");
    }
    REQUIRE(village.reports().size() == 1);
    CHECK(village.reports()[0].people == people);
    CHECK(village.reports()[0].place == sebunga);
    CHECK(village.reports()[0].category == Category::unofficial_land_route);
    CHECK(told_reports(village).back().message.people() == people);
}
