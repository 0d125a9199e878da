#include <catch2/catch.hpp>

#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"
#include "tests/unit/gateway/casework_people.hpp"

using namespace jejak;
using casework::Allowance, casework::Conversation, casework::Decision, casework::Known, casework::Lane, casework::Turn;
using casework::Withheld;
using storage::Calls, storage::ReplyMode;
using tests::complete;
using tests::decided;
using tests::only;
using tests::open_about;
using tests::question;
using tests::registered;
using tests::reply;
using tests::report;
using tests::villager;
using understand::Fit;
using understand::Flag;
using understand::Reading;

TEST_CASE("what a report leaves open is asked for once, in its language, and the report waits as clarifying",
          "[casework][dialogue]") {
    struct Case {
        const char* name;
        Reading what;
        const char* reply;
        const char* question;
        Fate fate;
    };
    auto placeless = complete();
    placeless.place.clear();
    auto english = placeless;
    english.language = "en";
    auto uncounted = complete();
    uncounted.people.reset();
    auto timeless = complete();
    timeless.when = {};
    const Case cases[] = {
        {"everything is said", complete(), "received", "", Fate::understood},
        {"no place", placeless, "ask", "Di desa mana? Balas nama desa, atau LEWAT.", Fate::clarifying},
        {"no place, in English", english, "ask", "Which village? Reply its name, or SKIP.", Fate::clarifying},
        {"nobody counted", uncounted, "ask", "Berapa orang? Balas angka, atau LEWAT.", Fate::clarifying},
        {"no time", timeless, "ask", "Kapan? Balas jam/hari, atau LEWAT.", Fate::clarifying},
        {"unclear", only(Intent::unclear), "received", "", Fate::unclear},
        {"help", only(Intent::help), "help", "", Fate::understood},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.name) {
            const auto decision = decided(test.what, villager());
            CHECK(reply(decision) == test.reply);
            CHECK(question(decision) == test.question);
            CHECK(decision.fate == test.fate);
            CHECK(decision.turn.has_value() == (*test.question != '\0'));
        }
    }
}

TEST_CASE("no question goes to machines, floods, the silent, or over a channel that covers", "[casework][dialogue]") {
    struct Case {
        const char* name;
        void (*change)(Known&);
        const char* reply;
    };
    const Case cases[] = {
        {"somebody", [](Known&) {}, "ask"},
        {"a channel in flood", [](Known& k) { k.lane = Lane::flood; }, "received"},
        {"an official, throttled",
         [](Known& k) {
             k.lane = Lane::throttled;
             k.person.emplace().role = Role::village_official;
         },
         "received"},
        {"throttled", [](Known& k) { k.lane = Lane::throttled; }, "none"},
        {"opted out", [](Known& k) { k.opted_out = true; }, "none"},
        {"a machine", [](Known& k) { k.machine = true; }, "none"},
        {"a short code", [](Known& k) { k.sender_kind = sms::Originator::Kind::short_code; }, "none"},
        {"mode silent", [](Known& k) { k.mode = ReplyMode::silent; }, "none"},
        {"mode cover",
         [](Known& k) {
             k.mode = ReplyMode::cover;
             k.cover_text = "Cuaca cerah.";
         },
         ""},
        {"mode coded, no word", [](Known& k) { k.mode = ReplyMode::coded; }, "none"},
        {"asking is not possible", [](Known& k) { k.may_ask = false; }, "received"},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.name) {
            auto known = villager();
            test.change(known);
            const auto decision = decided(report(), known);
            CHECK(reply(decision) == test.reply);
            CHECK(decision.turn.has_value() == (std::string(test.reply) == "ask"));
            CHECK(decision.report);
            CHECK(decision.fate == (decision.turn ? Fate::clarifying : Fate::understood));
        }
    }
}

TEST_CASE("a command is answered again, but not to a program that makes use of our words", "[casework][reply]") {
    struct Case {
        const char* name;
        Intent intent;
        void (*change)(Known&);
        bool answered;
    };
    for (const auto& test :
         {Case{"STATUS, hours later", Intent::status, [](Known& k) { k.repeated = true; }, true},
          {"STATUS, minutes later", Intent::status, [](Known& k) { k.repeated = k.said_lately = true; }, false},
          {"STATUS, the fourth time today", Intent::status, [](Known& k) { k.said_often = true; }, false},
          {"STATUS of their own ticket, minutes later", Intent::status,
           [](Known& k) {
               k.said_lately = true;
               k.ticket = casework::TicketState::received;
           },
           true},
          {"SOS, minutes later", Intent::sos, [](Known& k) { k.repeated = k.said_lately = true; }, true},
          {"SOS, the fourth time today", Intent::sos, [](Known& k) { k.said_often = true; }, true},
          {"a worker who agreed", Intent::safe,
           [](Known& k) {
               k.said_lately = k.said_often = true;
               k.own_worker.emplace().owner_key = k.sender_key;
               k.own_worker->state = WorkerState::departed;
           },
           true},
          {"an official", Intent::status,
           [](Known& k) {
               k.said_lately = k.said_often = true;
               k.person.emplace().role = Role::village_official;
           },
           true},
          {"at night", Intent::status, [](Known& k) { k.night = true; }, false},
          {"SOS at night", Intent::sos, [](Known& k) { k.night = true; }, false}}) {
        DYNAMIC_SECTION(test.name) {
            auto known = villager();
            test.change(known);
            const auto decision = decided(only(test.intent), known);
            CHECK(decision.reply.has_value() == test.answered);
            if (!test.answered) CHECK(decision.withheld == (known.night ? Withheld::night : Withheld::repeated));
        }
    }
}

TEST_CASE("whoever may be in danger is asked one neutral thing without a code, and never again after refusing",
          "[casework][dialogue]") {
    const auto sos = only(Intent::sos);
    auto decision = decided(sos, villager());
    CHECK(reply(decision) == "ask_gently");
    CHECK_FALSE(decision.reply->ticket);
    CHECK(question(decision) == "Balas 1 jika boleh ditelepon, 2 jika jangan.");
    CHECK(decision.fate == Fate::understood);
    CHECK(decision.alerts.size() == 1);  // asking delays nothing
    REQUIRE(decision.turn);
    CHECK(decision.turn->slot == "call");

    auto victim = report();
    victim.flags = static_cast<understand::Flags>(Flag::self_victim);
    CHECK(reply(decided(victim, villager())) == "ask_gently");

    auto refused = villager();
    refused.calls = Calls::no;
    CHECK(reply(decided(sos, refused)) == "received_plain");
    CHECK(reply(decided(report(), refused)) == "received_plain");  // nor anything else

    auto asked = villager();
    asked.conversation = open_about(sos, "call", Fit::none, {"call"});
    decision = decided(sos, asked);
    CHECK(reply(decision) == "received_plain");
    CHECK_FALSE(decision.turn);  // the question stays open
    CHECK_FALSE(decided(report(), asked).turn);
    CHECK(decision.alerts.size() == 1);
}

TEST_CASE("1 and 2 get the same bland line; only what they allow differs", "[casework][dialogue]") {
    for (const bool allowed : {true, false}) {
        auto known = villager();
        known.conversation = open_about(only(allowed ? Intent::yes : Intent::no), "call", Fit::answer, {"call"});
        const auto decision = decided(only(Intent::unclear), known);
        CHECK(reply(decision) == "received_plain");
        CHECK(decision.calls == (allowed ? Calls::yes : Calls::no));
        CHECK(decision.alerts.empty());
        CHECK_FALSE(decision.report);
        CHECK(decision.fate == Fate::understood);
        REQUIRE(decision.turn);
        CHECK(decision.turn->what == Turn::What::end);
    }
}

TEST_CASE("an answer changes the report it belongs to, and the next question follows until two were put",
          "[casework][dialogue]") {
    auto whole = report();
    whole.place = "61.01.09.2002";  // as just answered
    auto known = villager();
    SECTION("the first answer") {
        known.conversation = open_about(whole, "place", Fit::answer, {"place"});
        const auto decision = decided(only(Intent::unclear), known);
        CHECK(decision.about == storage::Id{900});
        REQUIRE(decision.report);
        CHECK(decision.report->place == "61.01.09.2002");
        REQUIRE(decision.incident);
        CHECK(decision.incident->village == "61.01.09.2002");
        REQUIRE_FALSE(decision.alerts.empty());
        CHECK(decision.alerts[0].kind == AlertKind::departure_now);
        CHECK(reply(decision) == "ask_next");
        CHECK(question(decision) == "Berapa orang? Balas angka, atau LEWAT.");
        CHECK(decision.fate == Fate::clarifying);
        REQUIRE(decision.turn);
        CHECK(decision.turn->what == Turn::What::go_on);
        CHECK(decision.turn->progress.done == std::vector<std::string>{"place", "people"});
        CHECK(decision.turn->progress.answers == std::vector<storage::Id>{1'000});
    }
    SECTION("the second answer ends it, whatever is still open") {
        whole.people = 3;
        known.conversation = open_about(whole, "people", Fit::answer, {"place", "people"});
        const auto decision = decided(only(Intent::unclear), known);
        CHECK(reply(decision) == "received_plain");
        CHECK(decision.fate == Fate::understood);
        CHECK(decision.turn->what == Turn::What::end);
        CHECK(decision.report->people == 3u);
    }
    SECTION("LEWAT goes on to the next question and changes nothing") {
        known.conversation = open_about(report(), "place", Fit::skip, {"place"});
        const auto decision = decided(only(Intent::skip), known);
        CHECK_FALSE(decision.report);
        CHECK(reply(decision) == "ask_next");
    }
    SECTION("a throttled number is asked nothing more") {
        known.conversation = open_about(whole, "place", Fit::answer, {"place"});
        known.lane = Lane::throttled;
        const auto decision = decided(only(Intent::unclear), known);
        CHECK(decision.report);
        CHECK(reply(decision) == "none");
        CHECK(decision.turn->what == Turn::What::end);
        CHECK(decision.fate == Fate::understood);
    }
    SECTION("another report interrupts, a command does not") {
        known.conversation = open_about(report(), "place", Fit::none, {"place"});
        auto decision = decided(complete(), known);
        REQUIRE(decision.turn);
        CHECK(decision.turn->what == Turn::What::end);
        CHECK_FALSE(decision.about);
        CHECK(decided(report(), known).turn->what == Turn::What::begin);
        CHECK_FALSE(decided(only(Intent::status), known).turn);
        CHECK_FALSE(decided(only(Intent::unclear), known).turn);
        CHECK(decided(only(Intent::stop), known).turn->what == Turn::What::end);
    }
}

TEST_CASE("a correction changes the sender's last report and takes no alert back", "[casework][correction]") {
    auto said = only(Intent::report);
    said.correction = true;
    said.people = 3;
    auto known = villager();
    CHECK_FALSE(decided(said, known).about);  // nothing to correct: a report of its own
    known.earlier.emplace();
    known.earlier->message = 900;
    known.earlier->category = Category::unofficial_land_route;
    known.earlier->place = "61.01.09.2002";
    known.earlier->people = 5;
    const auto decision = decided(said, known);
    CHECK(decision.about == storage::Id{900});
    CHECK(decision.corrects);
    CHECK(decision.report->people == 3u);
    CHECK(decision.report->place == "61.01.09.2002");
    CHECK(decision.report->category == Category::unofficial_land_route);
    CHECK(reply(decision) == "received_plain");
    CHECK(decision.fate == Fate::understood);
    CHECK_FALSE(decision.turn);
    auto sos = said;
    sos.intent = Intent::sos;
    CHECK_FALSE(decided(sos, known).about);  // a call for help corrects nothing
}

TEST_CASE("each mode says what it may and no more", "[casework][mode]") {
    struct Case {
        const char* name;
        ReplyMode mode;
        bool safe_word;
        Reading what;
        const char* reply;
        bool ticket;
    };
    const Case cases[] = {
        {"silent", ReplyMode::silent, false, complete(), "none", false},
        {"neutral", ReplyMode::neutral, false, complete(), "received", true},
        {"cover", ReplyMode::cover, false, complete(), "", false},
        {"cover, STATUS", ReplyMode::cover, false, only(Intent::status), "", false},
        {"cover, BERHENTI", ReplyMode::cover, false, only(Intent::stop), "", false},
        {"coded", ReplyMode::coded, false, complete(), "none", false},
        {"coded, with the word", ReplyMode::coded, true, complete(), "full_report", true},
        {"full, report", ReplyMode::full, false, complete(), "full_report", true},
        {"full, sos", ReplyMode::full, false, only(Intent::sos), "full_sos_ask", false},
        {"full, safe", ReplyMode::full, false, only(Intent::safe), "full_safe", false},
        {"full, departed", ReplyMode::full, false, only(Intent::departed), "full_departed", false},
        {"full, status", ReplyMode::full, false, only(Intent::status), "status_unknown", false},
        {"full, a question comes first", ReplyMode::full, false, report(), "ask", true},
        {"full, unclear", ReplyMode::full, false, only(Intent::unclear), "received", true},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.name) {
            auto known = villager();
            known.mode = test.mode;
            known.safe_word = test.safe_word;
            known.cover_text = "Cuaca besok cerah.";
            const auto decision = decided(test.what, known);
            CHECK(reply(decision) == test.reply);
            CHECK((decision.reply && decision.reply->ticket) == test.ticket);
        }
    }
    auto uncovered = villager();
    uncovered.mode = ReplyMode::cover;  // a person's mode over a channel without a cover text
    CHECK(decided(complete(), uncovered).withheld == Withheld::silent_mode);
}

TEST_CASE("budgets silence replies, but never to whoever is registered or calls for help", "[casework][budget]") {
    struct Case {
        const char* name;
        Allowance allowance;
        Intent intent;
        bool registered;
        Withheld withheld;
    };
    const Case cases[] = {
        {"free", Allowance::free, Intent::safe, false, Withheld::no},
        {"prefix", Allowance::prefix_spent, Intent::safe, false, Withheld::prefix_budget},
        {"day", Allowance::day_spent, Intent::safe, false, Withheld::day_budget},
        {"flood", Allowance::flood_spent, Intent::safe, false, Withheld::flood},
        {"prefix, sos", Allowance::prefix_spent, Intent::sos, false, Withheld::no},
        {"flood, sos", Allowance::flood_spent, Intent::sos, false, Withheld::no},
        {"day, registered", Allowance::day_spent, Intent::safe, true, Withheld::no},
        {"another country", Allowance::not_served, Intent::sos, true, Withheld::country},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.name) {
            auto known = test.registered ? registered(Role::agent) : villager();
            known.allowance = test.allowance;
            const auto decision = decided(only(test.intent), known);
            CHECK(decision.withheld == test.withheld);
            CHECK(decision.reply.has_value() == (test.withheld == Withheld::no));
            CHECK(decision.report.has_value() == (test.intent == Intent::sos));
        }
    }
}

TEST_CASE("a second call for help is heard, and the refusal it begins with is kept", "[casework][dialogue][sos]") {
    auto known = villager();
    known.conversation = open_about(only(Intent::sos), "call", Fit::none, {"call"});
    const auto again = decided(only(Intent::sos), known);
    REQUIRE(again.report);
    REQUIRE(again.alerts.size() == 1);
    CHECK(again.alerts[0].kind == AlertKind::sos);
    CHECK_FALSE(again.calls);
    known.conversation->refuses = true;
    CHECK(decided(only(Intent::sos), known).calls == Calls::no);
}

TEST_CASE("who asks, who pledged and whose word it is decide what is said back", "[casework][reply]") {
    SECTION("an offer that is asked about") {
        auto asked = report(Category::broker_fraud);
        asked.question = true;
        const auto decision = decided(asked, villager());
        CHECK(reply(decision) == "info_free");
        CHECK(decision.reply->ticket);
        CHECK_FALSE(decision.turn);
    }
    SECTION("CEK") {
        CHECK(reply(decided(only(Intent::check), villager())) == "check_unknown");
    }
    SECTION("an agent who tells of something under way") {
        auto now = complete();
        now.alerts = {AlertKind::departure_now};
        const auto decision = decided(now, registered(Role::agent));
        CHECK(reply(decision) == "keep_away");
        CHECK(decision.believed);
        now.place.clear();
        CHECK(reply(decided(now, registered(Role::agent))) == "ask_keep_away");
        CHECK(reply(decided(complete(), registered(Role::agent))) == "received");
        CHECK_FALSE(decided(complete(), villager()).believed);
    }
    SECTION("TERIMA is a desk's word") {
        auto known = registered(Role::task_force);
        known.incident = 12;
        CHECK(decided(only(Intent::accept), known).acknowledge == storage::Id{12});
        CHECK(decided(only(Intent::accept), known).fate == Fate::understood);
        known.person->role = Role::village_official;
        CHECK_FALSE(decided(only(Intent::accept), known).acknowledge);
        known.person.reset();
        CHECK_FALSE(decided(only(Intent::accept), known).acknowledge);
        CHECK(decided(only(Intent::accept), known).fate == Fate::unclear);
    }
    SECTION("HILANG") {
        const auto decision = decided(only(Intent::missing), villager());
        CHECK(decision.report->category == Category::missing_person);
        CHECK(decision.alerts[0].kind == AlertKind::lost_contact);
        CHECK(decision.incident->village.empty());
        CHECK(reply(decision) == "ask");
    }
    SECTION("REKOM is a village office's word") {
        const auto decision = decided(only(Intent::recommendation), registered(Role::village_head));
        CHECK(decision.alerts[0].kind == AlertKind::private_route_letter);
        CHECK(decision.report->place == "61.01.09.2002");
        CHECK_FALSE(decided(only(Intent::recommendation), villager()).report);
    }
}

TEST_CASE("a bare YA or TIDAK answers the phone that was named for a worker", "[casework][registry]") {
    auto known = villager();
    known.named_worker.emplace().id = 40;
    known.named_worker->state = WorkerState::proposed;
    CHECK_FALSE(decided(only(Intent::yes), known).worker);  // nothing is asked
    known.conversation = open_about({}, "consent", Fit::answer, {});
    known.conversation->row.form = std::string(casework::consent_form);
    auto decision = decided(only(Intent::yes), known);
    CHECK(decision.worker->state == WorkerState::registered);
    CHECK(decision.worker->owner_key == known.sender_key);
    CHECK(decision.worker_event == "worker.registered");
    decision = decided(only(Intent::no), known);
    CHECK(decision.worker->state == WorkerState::cancelled);
    CHECK(decision.worker_event.empty());
    CHECK(decision.turn->what == Turn::What::end);
}
