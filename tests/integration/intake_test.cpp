#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>
#include <map>

#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::Village;

namespace {

const std::string villager = "+628400000001";
const std::string other = "+628400000002";

storage::Message row(Village& village, storage::Id id) {
    return *village.ask([&](storage::View& view) { return view.message(id); });
}

}  // namespace

TEST_CASE("every message has one fate and the account balances", "[intake]") {
    Village village;
    CHECK(village.say(villager, "LAPOR 5 org lewat jalan tikus dekat Aruk skrg").handled.fate == Fate::understood);
    CHECK(village.say(other, "halo apa kabar").handled.fate == Fate::unclear);
    CHECK(village.say(other, "").handled.fate == Fate::unclear);
    const auto ledger = village.ledger();
    CHECK(ledger.received == 3);
    CHECK(ledger.balances());
    CHECK(ledger == village.ask([](storage::View& view) { return view.recount(); }));
}

TEST_CASE("a text that cannot be decoded is stored as quarantined and answered like any other", "[intake]") {
    Village village;
    auto text = Village::message(villager, "");
    text.remarks = text.remarks | sms::Remark::undecodable;
    const auto accepted = village.hand_over(text);
    CHECK(accepted.how == intake::Accepted::How::stored);
    CHECK(accepted.handled.fate == Fate::quarantined);
    CHECK(accepted.handled.reply);
    CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::quarantined)] == 1);
}

TEST_CASE("A4: the same text twice in a healthy session is two messages", "[intake][duplicate]") {
    Village village;
    CHECK_FALSE(village.say(villager, "LAPOR calo di Sebunga").duplicate);
    CHECK_FALSE(village.say(villager, "LAPOR calo di Sebunga").duplicate);
    CHECK(village.ledger().received == 2);
}

TEST_CASE("A2: what came within a minute of a broken session is linked when it comes again, once",
          "[intake][duplicate]") {
    Village village;
    const auto first = village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg");
    village.now += 30s;
    village.intake->session_ended("operator");
    village.now += 5s;
    const auto second = village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg");
    CHECK(second.duplicate);
    CHECK_FALSE(second.handled.reply);
    CHECK(row(village, second.message).duplicate_of == first.message);
    CHECK(village.alerts().size() == 1);
    CHECK(village.alerts()[0].reporters == 1);
    CHECK_FALSE(village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg").duplicate);  // the person says it again
    CHECK(village.ledger().balances());
}

TEST_CASE("A2: the same after the process was killed and started again", "[intake][duplicate]") {
    Village village;
    village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg");
    village.restart();
    CHECK(village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg").duplicate);
    CHECK_FALSE(village.say(other, "LAPOR 5 org jalan tikus Aruk skrg").duplicate);
}

TEST_CASE("what came long before the session ended is not in doubt", "[intake][duplicate]") {
    Village village;
    village.say(villager, "LAPOR calo di Sebunga");
    village.now += 10min;
    village.intake->session_ended("operator");
    CHECK_FALSE(village.say(villager, "LAPOR calo di Sebunga").duplicate);
}

TEST_CASE("A5: the same message again while the first commits is linked", "[intake][duplicate]") {
    Village village;
    std::vector<intake::Accepted> results;
    casework::ReplyRoute route;
    for (int i = 0; i < 2; ++i) {
        village.intake->accept("operator", Village::message(villager, "LAPOR calo di Sebunga"), route,
                               [&](intake::Accepted accepted) { results.push_back(std::move(accepted)); });
    }
    while (results.size() < 2) {
        village.loop.restart();
        village.loop.run_one_for(1s);
    }
    CHECK_FALSE(results[0].duplicate);
    CHECK(results[1].duplicate);
}

TEST_CASE("a provider's id is taken once per channel", "[intake][duplicate]") {
    Village village;
    auto text = Village::message(villager, "LAPOR calo di Sebunga");
    text.fingerprint_input.clear();
    text.provider_id = "msg-1";
    CHECK_FALSE(village.hand_over(text, "android").duplicate);
    CHECK(village.hand_over(text, "android").duplicate);
    CHECK_FALSE(village.hand_over(text, "kannel").duplicate);
    text.provider_id.clear();
    CHECK_FALSE(village.hand_over(text, "android").duplicate);
}

TEST_CASE("C14: parts in every order make one report", "[intake][segments]") {
    const std::string parts[] = {"LAPOR 7 org jalan ", "kaki lewat jalan tikus ", "dekat Sebunga skrg"};
    std::vector<std::uint8_t> order{1, 2, 3};
    do {
        Village village;
        intake::Accepted last;
        for (const auto number : order)
            last = village.hand_over(Village::part(villager, parts[number - 1], 9, 3, number));
        CHECK(last.handled.fate == Fate::understood);
        REQUIRE(village.alerts().size() == 1);
        CHECK(village.alerts()[0].people == 7u);
        CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::understood)] == 3);
        CHECK(village.ledger().replies_owed == 1);
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("C13: two senders with one reference never mix", "[intake][segments]") {
    Village village;
    village.hand_over(Village::part(villager, "LAPOR 3 org jalan tikus ", 5, 2, 1));
    village.hand_over(Village::part(other, "LAPOR 9 org jalan tikus ", 5, 2, 1));
    village.hand_over(Village::part(other, "dekat Sebunga skrg", 5, 2, 2));
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 9u);
    CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::waiting_segments)] == 1);
}

TEST_CASE("C15, C16: a repeated part is linked, a different one with its number begins a new text",
          "[intake][segments]") {
    Village village;
    village.hand_over(Village::part(villager, "LAPOR 3 org jalan tikus ", 5, 2, 1));
    CHECK(village.hand_over(Village::part(villager, "LAPOR 3 org jalan tikus ", 5, 2, 1)).duplicate);
    CHECK_FALSE(village.hand_over(Village::part(villager, "LAPOR 8 org jalan tikus ", 5, 2, 1)).duplicate);
    village.hand_over(Village::part(villager, "dekat Sebunga skrg", 5, 2, 2));
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 8u);
    CHECK(village.ledger().received == 4);
    CHECK(village.ledger().balances());
}

TEST_CASE("C18: impossible places are texts of their own", "[intake][segments]") {
    Village village;
    for (const auto& [total, part] : std::vector<std::pair<int, int>>{{2, 0}, {2, 3}, {0, 0}, {1, 1}}) {
        const auto text = Village::part(villager, "LAPOR calo di Sebunga", 5, static_cast<std::uint8_t>(total),
                                        static_cast<std::uint8_t>(part));
        CHECK(village.hand_over(text).handled.fate == Fate::understood);
    }
}

TEST_CASE("C19: a lost part cannot hide a call for help", "[intake][segments]") {
    Village village;
    village.hand_over(Village::part(villager, "TOLONG saya dikurung di ", 5, 2, 1));
    const auto silent = [](const std::string&) { return casework::ReplyRoute{}; };
    village.now += 89s;
    village.run(Village::ignore(village.intake->release_overdue(silent)));
    CHECK(village.alerts().empty());
    village.now += 2s;
    village.run(Village::ignore(village.intake->release_overdue(silent)));
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].kind == AlertKind::sos);
    CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::understood)] == 1);

    SECTION("its late part completes the same report") {
        village.now += 60s;
        village.hand_over(Village::part(villager, "rumah kosong Sebunga", 5, 2, 2));
        CHECK(village.alerts().size() == 1);
        CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::understood)] == 2);
        const auto reports = village.ask([](storage::View& view) { return view.reports_after(0, 10); });
        REQUIRE(reports.size() == 1);
        CHECK(reports[0].place == "61.01.09.2002");
    }
}

TEST_CASE("C20: a restart between parts loses nothing", "[intake][segments]") {
    Village village;
    village.hand_over(Village::part(villager, "LAPOR 7 org jalan tikus ", 5, 2, 1));
    village.restart();
    village.hand_over(Village::part(villager, "dekat Sebunga skrg", 5, 2, 2));
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 7u);
}

TEST_CASE("C21: a character cut between two parts is whole again", "[intake][segments]") {
    Village village;
    auto first = Village::part(villager, "", 5, 2, 1);
    auto second = Village::part(villager, "", 5, 2, 2);
    const auto bytes = [](std::initializer_list<int> values) {
        sms::Bytes out;
        for (const int value : values) out.push_back(static_cast<std::byte>(value));
        return out;
    };
    first.data_coding = second.data_coding = 8;
    first.raw = bytes({0x00, 'A', 0xD8, 0x3C});
    second.raw = bytes({0xDD, 0x98, 0x00, 'B'});
    const auto lead = village.hand_over(first).message;
    village.hand_over(second);
    const auto message = row(village, lead);
    const intake::Assembler assembler(village.vault);
    const auto text = village.ask(
        [&](storage::View& view) { return assembler.join(view, *view.assembly_by_id(*message.assembly)).text; });
    CHECK(text ==
          "A\xF0\x9F\x86\x98"
          "B");
}

TEST_CASE("an auto-responder gets one reply a day", "[intake][reply]") {
    Village village;
    CHECK(village.say(villager, "Saya sedang rapat, nanti saya balas").handled.reply);
    for (int i = 0; i < 4; ++i) {
        village.now += 5min;
        CHECK_FALSE(village.say(villager, "saya sedang rapat, nanti saya balas!").handled.reply);
    }
    village.restart();
    CHECK_FALSE(village.say(villager, "Saya sedang rapat, nanti saya balas").handled.reply);
    village.now += 25h;
    CHECK(village.say(villager, "Saya sedang rapat").handled.reply);
}

TEST_CASE("a flood from one number is stored to the last message and answered to the fifth", "[intake][reply]") {
    Village village;
    int answered = 0;
    for (int i = 0; i < 20; ++i)
        answered += village.say(villager, "LAPOR calo di Sebunga " + std::to_string(i)).handled.reply ? 1 : 0;
    CHECK(answered == 5);
    CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::understood)] == 20);
}

TEST_CASE("what a modem posts hours late is read as of then, and not answered", "[intake][reply]") {
    Village village;
    auto text = Village::message(villager, "LAPOR 5 org lewat jalan tikus dekat Aruk skrg");
    text.sent_at = village.now.read() - 20h;
    const auto late = village.hand_over(text, "android");
    CHECK_FALSE(late.handled.reply);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].kind == AlertKind::departure_past);
    CHECK(village.alerts()[0].onset == village.now.read() - 20h);
}

TEST_CASE("one provider id from two senders is two messages", "[intake][duplicate]") {
    Village village;
    auto text = Village::message(villager, "LAPOR calo di Sebunga");
    text.provider_id = "1";
    auto call = Village::message(other, "TOLONG");
    call.provider_id = "1";
    village.hand_over(text, "android");
    CHECK_FALSE(village.hand_over(call, "android").duplicate);
    CHECK(village.alerts().size() == 1);
}
