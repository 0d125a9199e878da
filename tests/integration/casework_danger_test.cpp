// What people in danger, or not alone with the phone, are spared; and what those who might call them are told.
#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "gateway/admin.hpp"
#include "gateway/sink/alert_json.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using storage::Calls;
using tests::Village;

namespace {

const std::string maid = "+628400000009";
const std::string neighbour = "+628400000002";
const std::string question = "Balas 1 jika boleh ditelepon, 2 jika jangan.";
const std::string bland = "Pesan diterima. Terima kasih.";

std::string reply(const intake::Accepted& accepted) {
    return accepted.handled.reply ? accepted.handled.reply_text : "";
}

storage::ReplyPolicy policy(Village& village, const std::string& number = maid) {
    const auto key = village.vault.lookup("msisdn", number);
    return village.ask([&](storage::View& view) { return view.reply_policy(key); }).value_or(storage::ReplyPolicy{});
}

AdminReply person_reply(Village& village, boost::json::object arguments) {
    AdminReply answer;
    const AdminContext context{village.vault, {}, "62"};
    arguments["number"] = maid;
    auto apply = [&](storage::Unit& unit) {
        answer = run_admin(unit, context, {"person.reply", "cli:test", std::move(arguments)});
    };
    village.run(Village::ignore(village.access->commit(apply)));
    return answer;
}

/// The alerts that the task force was told of, in their order.
std::vector<v1::Alert> told(Village& village) {
    return village.ask([&](storage::View& view) {
        std::vector<v1::Alert> alerts;
        for (const auto& owed : view.deliveries_pending("satgas", 0, village.now.read(), 100)) {
            const auto event = view.event(owed.event).value();
            v1::Alert alert;
            if (event.type.starts_with("alert.") && alert.ParseFromString(event.body)) alerts.push_back(alert);
        }
        return alerts;
    });
}

}  // namespace

TEST_CASE("a phone that others read gets nothing, until a person lifts it or the mark is old", "[casework][mode]") {
    Village village;
    const auto* first = GENERATE("majikan saya baca hp ini tolong saya", "suami baca hp saya");
    CAPTURE(first);
    const bool called = std::string(first).find("tolong") != std::string::npos;
    CHECK(reply(village.say(maid, first)).empty());
    village.restart();  // it is a row
    for (const auto* text :
         {"lapor ada orang lewat jalan tikus", "STATUS", "BANTUAN", "MULAI", "apa kabar", "TOLONG"}) {
        CAPTURE(text);
        village.now += 1h;
        CHECK(reply(village.say(maid, text)).empty());
    }
    const auto shown = person_reply(village, {{"show", true}});
    CHECK(shown.status == 200);
    CHECK(shown.body.at("calls") == "no");
    CHECK(shown.body.at("read_by_others_until").is_string());
    if (called) {
        REQUIRE_FALSE(village.alerts().empty());
        CHECK(village.alerts()[0].calls == Calls::no);
    }
    SECTION("a person lifts it") {
        CHECK(person_reply(village, {{"phone_safe", true}}).body.at("read_by_others_until").is_null());
        village.now += 1h;
        CHECK_FALSE(reply(village.say(maid, "STATUS")).empty());
    }
    SECTION("clearing the mode is not that") {
        person_reply(village, {{"clear", true}});
        CHECK(reply(village.say(maid, "STATUS")).empty());
    }
    SECTION("it grows old") {
        village.now += casework::Spared::watched - 7h;
        CHECK(reply(village.say(maid, "STATUS")).empty());
        village.now += 1h;
        CHECK_FALSE(reply(village.say(maid, "STATUS")).empty());
    }
    SECTION("the agreed word is answered") {
        REQUIRE(person_reply(village, {{"safe_word", "melati"}, {"mode", "coded"}}).status == 200);
        CHECK(reply(village.say(maid, "halo")).empty());
        CHECK_FALSE(reply(village.say(maid, "halo melati")).empty());
    }
    CHECK(village.ledger().balances());
}

TEST_CASE("who wants no answer gets none for a day, or until MULAI, and may be called", "[casework][mode]") {
    Village village;
    CHECK(reply(village.say(maid, "tolong saya dikurung")).find(question) != std::string::npos);
    village.say(maid, "1");
    CHECK(reply(village.say(maid, GENERATE("jgn bls", "jangan balas sms ini"))).empty());
    CHECK(reply(village.say(maid, "lapor ada orang lewat jalan tikus")).empty());
    village.restart();
    village.now += 10h;
    CHECK(reply(village.say(maid, "STATUS")).empty());
    CHECK_FALSE(policy(village).watched_until);
    CHECK(casework::calls_of(policy(village), village.now.read()) == Calls::yes);
    CHECK(person_reply(village, {{"show", true}}).body.at("no_answer_until").is_string());
    SECTION("a day later") {
        village.now += casework::Spared::quiet - 10h;
        CHECK_FALSE(reply(village.say(maid, "STATUS")).empty());
    }
    SECTION("MULAI") {
        CHECK_FALSE(reply(village.say(maid, "MULAI")).empty());
        CHECK_FALSE(reply(village.say(maid, "STATUS")).empty());
    }
    SECTION("a person") {
        person_reply(village, {{"phone_safe", true}});
        CHECK_FALSE(reply(village.say(maid, "STATUS")).empty());
    }
}

TEST_CASE("what a desk says of other people's phones silences nobody", "[casework][mode]") {
    Village village;
    village.register_official(maid);
    village.say(maid, "suami baca hp saya");
    CHECK_FALSE(policy(village).watched_until);
    CHECK_FALSE(reply(village.say(maid, "STATUS")).empty());
}

TEST_CASE("who called for help is asked nothing more, and given no code", "[casework][dialogue][sos]") {
    Village village;
    CHECK(reply(village.say(maid, "tolong saya dikurung")).find(question) != std::string::npos);
    const auto* answer = GENERATE("1", "2", "");
    CAPTURE(answer);
    if (*answer != '\0') CHECK(reply(village.say(maid, answer)) == bland);
    for (const auto* text : {"ada 3 orang lagi di sini", "lapor ada mobil datang bawa orang",
                             "majikan ambil paspor mereka", "tolong", "lapor 5 org lewat jln tikus skrg"}) {
        CAPTURE(text);
        village.now += 1min;
        const auto said = reply(village.say(maid, text));
        CHECK(said == bland);
    }
    village.now += 3h;  // the question is no longer waited for
    village.restart();
    CHECK(reply(village.say(maid, "lapor ada mobil bawa orang lagi")) == bland);
    const bool again = reply(village.say(maid, "tolong kami disekap")).find(question) != std::string::npos;
    CHECK(again == (*answer == '\0'));  // only where nothing was said of it
    village.now += casework::Spared::help;
    CHECK(reply(village.say(neighbour, "lapor ada mobil bawa orang")).find("Ref ") != std::string::npos);
    CHECK((reply(village.say(maid, "lapor ada mobil bawa orang")) == bland) == (*answer == '2'));
}

TEST_CASE("what is said of calls counts for three days, asked or not", "[casework][dialogue][sos]") {
    Village village;
    village.say(maid, "tolong saya dikurung");
    const auto calls = [&] { return casework::calls_of(policy(village), village.now.read()); };
    SECTION("a yes is taken back") {
        village.say(maid, "1");
        CHECK(calls() == Calls::yes);
        village.now += 5h;
        const auto* text = GENERATE("2", "jangan telpon saya", "jangan telpon, majikan marah", "jgn telp dulu",
                                    "sms saja", "please dont call me", "jgn ditelpon pak");
        CAPTURE(text);
        village.say(maid, text);
        CHECK(calls() == Calls::no);
    }
    SECTION("a no is lifted") {
        village.say(maid, "2");
        CHECK(calls() == Calls::no);
        village.now += 5h;
        const auto* text = GENERATE("1", "sekarang boleh telpon", "boleh ditelpon", "boleh ditelepon pak");
        CAPTURE(text);
        village.say(maid, text);
        CHECK(calls() == Calls::yes);
    }
    SECTION("a word that may answer anything is no yes, nor are words of other calls") {
        village.now += 5h;
        for (const auto* text : {"ya", "bisa telpon polisi?", "ok pak", "boleh saya tanya", "jangan lupa saya pak"}) {
            CAPTURE(text);
            village.say(maid, text);
            CHECK(calls() == Calls::unknown);
        }
    }
    SECTION("a yes is for its call, a no for good") {
        const auto* answer = GENERATE("1", "2");
        village.say(maid, answer);
        village.now += casework::Spared::help;
        CHECK(calls() == (*answer == '2' ? Calls::no : Calls::unknown));
        village.say(maid, "1");
        CHECK(calls() == (*answer == '2' ? Calls::no : Calls::unknown));
        village.say(maid, "tolong saya dikurung lagi");
        CHECK(calls() == (*answer == '2' ? Calls::no : Calls::unknown));
    }
}

TEST_CASE("a call for help that says not to call is not asked, and kept", "[casework][dialogue][sos]") {
    Village village;
    const auto* text = GENERATE("tolong saya dikurung, jangan telpon ya", "tolong saya dipukul majikan jgn ditelpon");
    CAPTURE(text);
    CHECK(reply(village.say(maid, text)).find(question) == std::string::npos);
    CHECK(policy(village).calls == Calls::no);
    REQUIRE_FALSE(village.alerts().empty());
    CHECK(village.alerts()[0].calls == Calls::no);
}

TEST_CASE("whoever has the alert is told whether its sender may be called", "[casework][sos]") {
    Village village;
    village.say(maid, "tolong saya dikurung");
    REQUIRE(told(village).size() == 1);
    CHECK(told(village)[0].calls() == "unknown");
    village.now += 2min;
    SECTION("yes") {
        village.say(maid, "1");
        REQUIRE(told(village).size() == 2);
        CHECK(told(village)[1].calls() == "yes");
        CHECK(told(village)[1].status() == "updated");
        CHECK(sink::alert_json(told(village)[1]).find(R"("calls":"yes")") != std::string::npos);
        village.say(maid, "jangan telpon");  // it waits for nothing
        REQUIRE(told(village).size() == 3);
        CHECK(told(village)[2].calls() == "no");
    }
    SECTION("no") {
        village.say(maid, "2");
        REQUIRE(told(village).size() == 2);
        CHECK(told(village)[1].calls() == "no");
        village.now += casework::Spared::help + 1h;  // another day, another call
        village.say(maid, "tolong saya dikurung lagi");
        CHECK(told(village).back().calls() == "no");
    }
    SECTION("of what somebody saw, nothing is told") {
        village.say(neighbour, "lapor 5 org lewat jln tikus di sebunga skrg");
        REQUIRE(told(village).size() == 2);
        CHECK_FALSE(told(village)[1].has_calls());
        CHECK(sink::alert_json(told(village)[1]).find("calls") == std::string::npos);
    }
    CHECK(village.ledger().balances());
}

TEST_CASE("one who sends too much is heard and asked once when it is a call for help", "[casework][sos]") {
    Village village;
    std::string said;
    for (int i = 0; i < 9; ++i)
        said = reply(village.say(maid, "halo " + std::string(static_cast<std::size_t>(i + 1), 'x')));
    CHECK(said.empty());
    CHECK(reply(village.say(maid, "tolong saya dikurung sekarang")).find(question) != std::string::npos);
    CHECK(reply(village.say(maid, "tolong tolong kami dikurung")).empty());
    CHECK(reply(village.say(maid, "halo")).empty());
}

TEST_CASE("who tells what is done to themselves is told of before they call, and nobody reads that from the reply",
          "[casework][alert]") {
    Village village;
    const auto first =
        reply(village.say(maid, "saya kerja 18 jam tidak ada libur badan sakit semua, gaji dipotong utang agen"));
    CHECK(first == "Pesan diterima. " + question);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].kind == AlertKind::harbouring);
    CHECK(village.alerts()[0].severity == "Severe");
    CHECK(village.alerts()[0].calls == Calls::unknown);
    SECTION("that they may not be called is told at once, and it stays no call for help") {
        CHECK(reply(village.say(maid, "2")) == bland);
        REQUIRE(village.alerts().size() == 1);
        CHECK(village.alerts()[0].calls == Calls::no);
        CHECK(told(village).back().calls() == "no");
    }
    SECTION("so it is when they say it later, unasked") {
        village.now += 3h;
        village.say(maid, "jangan telpon saya");
        CHECK(village.alerts()[0].calls == Calls::no);
    }
    SECTION("who wants to be called is called: it is a call for help now") {
        village.say(maid, "1");
        const auto alerts = village.alerts();
        REQUIRE(alerts.size() == 2);
        CHECK(std::count_if(alerts.begin(), alerts.end(), [](const auto& one) {
                  return one.kind == AlertKind::sos && one.calls == Calls::yes;
              }) == 1);
        // Of the event, where others may tell as well, no yes is said; and a no takes it back wherever it stood.
        village.say(maid, "jangan telpon saya, bos pegang hp");
        for (const auto& one : village.alerts()) CHECK(one.calls != Calls::yes);
        CHECK(std::any_of(alerts.begin(), alerts.end(), [](const auto& one) { return one.kind == AlertKind::sos; }));
    }
}

TEST_CASE("nobody's word about calls stands for another who tells of the same event", "[casework][alert]") {
    const std::string labour =
        "saya kerja 18 jam di sebunga tidak ada libur badan sakit semua, gaji dipotong utang agen";
    Village village;
    village.say(maid, labour);
    village.say(maid, "LEWAT");
    village.say(neighbour, "tolong saya dipukul");
    village.say(neighbour, "2");
    village.say(neighbour, labour);
    const auto alerts = village.alerts();
    const auto shared =
        std::find_if(alerts.begin(), alerts.end(), [](const auto& one) { return one.kind == AlertKind::harbouring; });
    REQUIRE(shared != alerts.end());
    CHECK(shared->reporters == 2);
    CHECK(shared->calls == Calls::no);
}

TEST_CASE("that they may not be called is told of what they told before their last report, too", "[casework][alert]") {
    Village village;
    village.say(maid, "saya kerja 18 jam di sebunga tidak ada libur badan sakit semua, gaji dipotong utang agen");
    village.say(maid, "tolong saya dikurung");
    village.say(maid, "2");
    for (const auto& one : village.alerts()) CHECK(one.calls != Calls::yes);
}
