#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>
#include <map>

#include "tests/support/on_loop.hpp"
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

TEST_CASE("a text that cannot be decoded is stored as quarantined and answered like any other", "[intake][M1]") {
    Village village;
    auto text = Village::message(villager, "");
    text.remarks = text.remarks | sms::Remark::undecodable;
    const auto accepted = village.hand_over(text);
    CHECK(accepted.how == intake::Accepted::How::stored);
    CHECK(accepted.handled.fate == Fate::quarantined);
    CHECK(accepted.handled.reply);
    CHECK(village.ledger().fates[static_cast<std::size_t>(Fate::quarantined)] == 1);
}

TEST_CASE("a text that takes long to read is read beside the loop, and short ones do not wait for it", "[intake]") {
    Village village;
    std::vector<std::string> stored;
    const auto hand_over = [&](const std::string& name, const std::string& text) {
        village.intake->accept("operator", Village::message(villager, text), {},
                               [&stored, name](const intake::Accepted& accepted) {
                                   CHECK(accepted.handled.fate == Fate::understood);
                                   stored.push_back(name);
                               });
    };
    hand_over("long", "TOLONG saya dikurung " + std::string(60'000, '.'));
    hand_over("short", "LAPOR calo di Sebunga");
    CHECK(test::wait_until(village.loop, [&] { return stored.size() == 2; }));
    CHECK(village.alerts().size() == 1);
}

TEST_CASE("A4: the same text twice in a healthy session is two messages", "[intake][duplicate][A4]") {
    Village village;
    CHECK_FALSE(village.say(villager, "LAPOR calo di Sebunga").duplicate);
    CHECK_FALSE(village.say(villager, "LAPOR calo di Sebunga").duplicate);
    CHECK(village.ledger().received == 2);
}

TEST_CASE("A2: what came within a minute of a broken session is linked when it comes again, once",
          "[intake][duplicate][A2]") {
    Village village;
    const auto first = village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg");
    village.now += 30s;
    village.intake->session_ended({first.message});
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

namespace {

/// A store whose queue has no room for the next so many units.
class Crowded : public storage::Store {
public:
    explicit Crowded(std::unique_ptr<storage::Store> inner) : inner_(std::move(inner)) {}
    bool submit(storage::Work work) override {
        if (refuses == 0) return inner_->submit(std::move(work));
        --refuses;
        return false;
    }
    void read(std::function<void(storage::View&)> ask, std::function<void(std::exception_ptr)> done) override {
        inner_->read(std::move(ask), std::move(done));
    }
    bool healthy() const override { return inner_->healthy(); }
    std::string trouble() const override { return inner_->trouble(); }
    Counts counts() const override { return inner_->counts(); }
    storage::Id last_message() const override { return inner_->last_message(); }
    void close() override { inner_->close(); }

    int refuses = 0;

private:
    std::unique_ptr<storage::Store> inner_;
};

}  // namespace

TEST_CASE("A2: while the queue has no room for the doubt, nothing that may come again goes ahead of it",
          "[intake][duplicate][A2]") {
    Village village;
    village.intake.reset();
    village.access.reset();
    auto crowded = std::make_unique<Crowded>(std::move(village.store));
    auto& queue = *crowded;
    village.store = std::move(crowded);
    village.access = std::make_unique<StoreAccess>(village.loop.get_executor(), *village.store);
    village.intake = std::make_unique<intake::Intake>(
        *village.access, village.vault, village.publisher, [] { return tests::sambas(); }, village.options,
        [&] { return village.now.read(); });
    const std::vector<std::string> texts{"LAPOR calo di Sebunga", "LAPOR calo di Aruk", "LAPOR calo di Kaliau"};
    std::vector<storage::Id> answered;
    for (const auto& text : texts) answered.push_back(village.say(villager, text).message);
    queue.refuses = 2;  // the mark of the session's end, and that of the first text
    village.intake->session_ended(answered);
    std::vector<intake::Accepted> results;
    for (const auto& text : texts) {
        village.intake->accept("operator", Village::message(villager, text), {},
                               [&](intake::Accepted accepted) { results.push_back(std::move(accepted)); });
    }
    REQUIRE(test::wait_until(village.loop, [&] { return results.size() == texts.size(); }));
    for (const auto& result : results) CHECK(result.duplicate);
    CHECK(village.ledger().balances());
}

TEST_CASE("A2: the same after the process was killed and started again", "[intake][duplicate][A2]") {
    Village village;
    village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg");
    village.restart();
    CHECK(village.say(villager, "LAPOR 5 org jalan tikus Aruk skrg").duplicate);
    CHECK_FALSE(village.say(other, "LAPOR 5 org jalan tikus Aruk skrg").duplicate);
}

TEST_CASE("A3: what came long before the process ended is not in doubt", "[intake][duplicate][A3]") {
    Village village;
    village.say(villager, "LAPOR calo di Sebunga");
    village.now += 10min;
    village.say(other, "LAPOR calo di Aruk");
    village.restart();
    CHECK_FALSE(village.say(villager, "LAPOR calo di Sebunga").duplicate);
    CHECK(village.say(other, "LAPOR calo di Aruk").duplicate);
}

TEST_CASE("A5: the same message again while the first commits is linked", "[intake][duplicate][A5]") {
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

namespace {

/// The same words of the same person, heard on one of several ways to one peer.
sms::InboundText heard_by(std::uint32_t bind) {
    auto text = Village::message(villager, "LAPOR 5 org jalan tikus Aruk skrg");
    text.bind = bind;
    return text;
}

}  // namespace

TEST_CASE("A1: what was not stored before the process was killed is one report when it comes again",
          "[intake][duplicate][A1]") {
    Village village;
    auto text = Village::message(villager, "LAPOR 5 org jalan tikus Aruk skrg" + std::string(30'000, '.'));
    storage::set_max_page_count(*village.store, 1);
    CHECK(village.hand_over(text).how == intake::Accepted::How::storage_failed);  // the peer hears no ROK
    village.restart();
    CHECK_FALSE(village.hand_over(text).duplicate);
    const auto alerts = village.alerts();
    REQUIRE(alerts.size() == 1);
    CHECK(alerts[0].reporters == 1);
    CHECK(village.ledger().received == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("A8: a message sent again on two binds, or two channels of a group, is one visible report",
          "[intake][duplicate][A8]") {
    Village village;
    village.options.groups = {{"operator", "group/op"}, {"operator-b", "group/op"}};
    village.restart();
    const auto first = village.hand_over(heard_by(0));
    village.intake->session_ended({first.message});
    const bool other_channel = GENERATE(true, false);
    const std::string elsewhere = other_channel ? "operator-b" : "operator";
    const auto again = village.hand_over(heard_by(1));
    CHECK(again.duplicate);
    village.now += 2s;
    CHECK(village.hand_over(heard_by(2), elsewhere).duplicate);
    CHECK(village.hand_over(heard_by(3), elsewhere).duplicate);
    CHECK(row(village, again.message).duplicate_of == first.message);
    CHECK(village.alerts().size() == 1);
    CHECK(village.alerts()[0].reporters == 1);
    CHECK(village.ledger().balances());
    SECTION("by a bind that brought it already the person says it again") {
        CHECK_FALSE(village.hand_over(heard_by(1)).duplicate);
        CHECK_FALSE(village.hand_over(heard_by(2), elsewhere).duplicate);
    }
    SECTION("later it is another message, whatever the bind") {
        village.now += 61s;
        CHECK_FALSE(village.hand_over(heard_by(4)).duplicate);
    }
    SECTION("it is known again after a restart") {
        village.restart();
        CHECK(village.hand_over(heard_by(1)).duplicate);
    }
}

TEST_CASE("A8: one being stored and the same on another channel of the group are one", "[intake][duplicate][A8]") {
    Village village;
    village.options.groups = {{"operator", "group/op"}, {"operator-b", "group/op"}};
    village.restart();
    std::vector<intake::Accepted> results;
    for (const auto* channel : {"operator", "operator-b", "elsewhere"}) {
        village.intake->accept(channel, heard_by(0), {},
                               [&](intake::Accepted accepted) { results.push_back(std::move(accepted)); });
    }
    while (results.size() < 3) {
        village.loop.restart();
        village.loop.run_one_for(1s);
    }
    CHECK_FALSE(results[0].duplicate);
    CHECK(results[1].duplicate);
    CHECK_FALSE(results[2].duplicate);  // not of the group: another peer, another message
    village.now += 1s;
    CHECK(village.hand_over(heard_by(1)).duplicate);        // sent again a third time, by another bind
    CHECK_FALSE(village.hand_over(heard_by(0)).duplicate);  // the person says it again
}

TEST_CASE("A8: redeliveries remembered are bounded, the oldest gives way", "[intake][duplicate][A8]") {
    intake::Redeliveries lately;
    const auto vault = storage::Vault::for_tests();
    const auto key = [&](std::size_t i) { return vault.lookup("fingerprint", std::to_string(i)); };
    const WallTime now{};
    for (std::size_t i = 0; i < 2 * intake::Redeliveries::kept_max; ++i) {
        lately.note(key(i), static_cast<storage::Id>(i + 1), "a#0", "", now);
        CHECK(lately.size() <= intake::Redeliveries::kept_max);
        CHECK(lately.first_of(key(i), "a#1", now) == static_cast<storage::Id>(i + 1));
    }
    CHECK_FALSE(lately.first_of(key(0), "a#1", now));
    for (std::size_t way = 0; way < 2 * intake::Redeliveries::ways_max; ++way)
        lately.note(key(9'000'000), 1, "a#" + std::to_string(way), "", now);
    CHECK_FALSE(lately.first_of(key(9'000'000), "b#0", now));  // more sessions than any peer has: counted as new texts
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

TEST_CASE("a program that makes use of a command word is answered once; a person may ask again", "[intake][reply]") {
    Village village;
    const auto answered = [&](const std::string& text) {
        return village.say(villager, text).handled.reply.has_value();
    };
    SECTION("the same words in answer to ours") {
        CHECK(answered("STATUS tiket 1001: diterima"));
        for (int i = 0; i < 4; ++i) {
            village.now += 20s;
            CHECK_FALSE(answered("Status tiket #1001 diterima."));
        }
    }
    SECTION("counted up") {
        int replies = 0;
        for (int i = 0; i < 20; ++i) {
            village.now += 1min;
            replies += answered("STATUS tiket " + std::to_string(1001 + i) + ": diterima") ? 1 : 0;
        }
        CHECK(replies == 3);
    }
    SECTION("twice a day") {
        CHECK(answered("STATUS"));
        village.now += 6h;
        CHECK(answered("STATUS"));
        CHECK(answered("BERHENTI"));
        CHECK(answered("MULAI"));
    }
}

TEST_CASE("STATUS without a code is of the last report, months and a restart later", "[intake][status]") {
    Village village;
    village.say(villager, "LAPOR 5 org lewat jalan tikus dekat Aruk skrg");
    village.say(other, "LAPOR calo di Sebunga");
    village.now += 14 * 30 * 24h;
    village.restart();
    CHECK(village.say(villager, "STATUS").handled.reply_text.find("sudah diteruskan") != std::string::npos);
    CHECK(village.say(other, "STATUS").handled.reply_text.find("sudah diterima") != std::string::npos);
}

TEST_CASE("the day's replies and an account's flood are known after a restart", "[intake][reply]") {
    Village village;
    SECTION("the day's replies") {
        village.options.replies.per_day = 2;
        village.restart();
        for (const auto* who : {"+628400000001", "+628411110001"}) CHECK(village.say(who, "halo").handled.reply);
        village.restart();
        CHECK(village.say("+628422220001", "halo").handled.withheld == casework::Withheld::day_budget);
        village.now += 25h;
        CHECK(village.say("+628422220001", "halo").handled.reply);
    }
    SECTION("a listener's account") {
        village.options.replies.flood_per_minute = 20;
        village.restart();
        const auto say = [&](int number) {
            auto text = Village::message("+6284" + std::to_string(10'000'000 + number), "halo");
            text.account = "box1";
            return village.hand_over(text, "boxes").message;
        };
        say(0);
        village.now += 61min;
        village.restart();
        storage::Id last = 0;
        for (int i = 1; i <= 21; ++i) last = say(i);
        CHECK(has(row(village, last).remarks, sms::Remark::flood));
    }
}

TEST_CASE("what came in a throttled lane says so", "[intake][reply]") {
    Village village;
    std::vector<storage::Id> all;
    for (int i = 0; i < 6; ++i) all.push_back(village.say(villager, "LAPOR calo di Sebunga").message);
    CHECK(row(village, all[4]).remarks == 0);
    CHECK(has(row(village, all[5]).remarks, sms::Remark::throttled));
    village.hand_over(Village::part(villager, "LAPOR calo di ", 7, 2, 1));
    village.hand_over(Village::part(villager, "Aruk", 7, 2, 2));
    const auto lead = village.ask([](storage::View& view) { return view.messages_after(0, 100); }).at(6);
    CHECK(has(lead.remarks, sms::Remark::throttled));
}

TEST_CASE("what answers a question says so", "[intake]") {
    Village village;
    village.say(villager, "LAPOR calo");
    const auto answer = village.say(villager, "sebunga");
    CHECK(row(village, answer.message).remarks == static_cast<sms::Remarks>(sms::Remark::answer));
}
