#include <catch2/catch.hpp>

#include "tests/unit/gateway/casework_people.hpp"

using namespace jejak;
using casework::Known;
using tests::complete;
using tests::decided;
using tests::only;
using tests::open_about;
using tests::question;
using tests::reply;
using tests::report;
using tests::villager;
using understand::Fit;
using understand::Flag;
using understand::Reading;

TEST_CASE("the word of danger raises an alarm and changes nothing else that is heard", "[casework][duress]") {
    auto known = villager();
    known.own_worker.emplace().id = 40;
    known.own_worker->number = 4;
    known.own_worker->state = WorkerState::danger;
    known.own_worker->owner_key = known.sender_key;
    known.own_worker->consent_at = known.now;
    const auto calm = decided(only(Intent::safe), known);
    known.duress_word = true;
    const auto decision = decided(only(Intent::safe), known);
    CHECK(reply(decision) == reply(calm));
    CHECK(decision.fate == calm.fate);
    REQUIRE(decision.alerts.size() == 1);
    CHECK(decision.alerts[0].kind == AlertKind::duress);
    CHECK(decision.alerts[0].worker == 4u);
    CHECK_FALSE(decision.worker);
    CHECK(decision.worker_event.empty());
    REQUIRE(decision.trail);
    CHECK(decision.trail->claimed);

    const auto seen = decided(complete(), known);  // what others may see stays where it is
    CHECK(seen.incident->village == "61.01.09.2002");
    REQUIRE(seen.duress);
    CHECK(seen.duress->kind == AlertKind::duress);
}

TEST_CASE("no reply, and no question, tells that the word of danger was heard", "[casework][duress]") {
    const auto same = [](const Reading& what, const Known& known) {
        const auto calm = decided(what, known);
        auto watched = known;
        watched.duress_word = true;
        const auto decision = decided(what, watched);
        CHECK(reply(decision) == reply(calm));
        CHECK(question(decision) == question(calm));
        CHECK(decision.withheld == calm.withheld);
        CHECK(decision.language == calm.language);
        REQUIRE(decision.turn.has_value() == calm.turn.has_value());
        if (calm.turn) CHECK(decision.turn->what == calm.turn->what);
        REQUIRE(decision.report);
        CHECK(understand::has(decision.report->flags, Flag::duress));
        CHECK(decision.fate != Fate::unclear);
    };
    auto answered_before = villager();
    answered_before.unclear_answered = true;
    auto asked = villager();
    asked.conversation = open_about(report(), "place", Fit::none, {"place"});
    auto answers = villager();
    answers.conversation = open_about(report(), "place", Fit::answer, {"place"});
    for (const auto intent : {Intent::arrived, Intent::unclear, Intent::safe, Intent::status, Intent::report}) {
        CAPTURE(to_string(intent));
        for (const auto& known : {villager(), answered_before, asked, answers}) same(only(intent), known);
    }
}
