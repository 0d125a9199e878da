#include <catch2/catch.hpp>

#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"
#include "tests/unit/gateway/casework_people.hpp"

using namespace jejak;
using casework::Decision, casework::Known, casework::Withheld;
using storage::ReplyMode;
using understand::Flag;
using understand::Reading;

namespace {

Known villager(ReplyMode mode) {
    auto known = tests::villager();
    known.mode = mode;
    known.cover_text = "Harga cabai hari ini Rp40.000.";
    return known;
}

Decision decided(const char* text, ReplyMode mode) {
    const auto known = villager(mode);
    understand::ReadingContext context;
    context.received_at = known.now;
    context.sender = "+628400000001";
    return casework::decide(understand::read(*tests::sambas(), text, context), known, *tests::sambas());
}

}  // namespace

TEST_CASE("a text that wants no answer, or from a phone that others read, gets none and ends nothing",
          "[casework][mode]") {
    struct Case {
        const char* text;
        bool alarm;
    };
    for (const auto& [text, alarm] : {Case{"jangan sms saya, hp dicek majikan", true},
                                      {"tolong jangan sms saya hp dicek", false},
                                      {"jangan kirim sms lagi, majikan baca hp saya", true},
                                      {"jangan balas sms ini", false},
                                      {"jgn balas sms ini. saya dikurung majikan, hp diperiksa tiap malam", true}}) {
        for (const auto mode : {ReplyMode::neutral, ReplyMode::full, ReplyMode::cover}) {
            CAPTURE(text);
            const auto decision = decided(text, mode);
            CHECK_FALSE(decision.reply);
            CHECK(decision.withheld == Withheld::silent_mode);
            CHECK_FALSE(decision.opt_out);
            CHECK_FALSE(decision.turn);
            CHECK(decision.alerts.empty() != alarm);
            CHECK(decision.report.has_value() == alarm);
            if (alarm && decision.report) CHECK(understand::has(decision.report->flags, Flag::phone_monitored));
        }
    }
    for (const auto* text : {"jangan kirim sms lagi", "STOP"}) {  // who wants nothing more of us still says so
        CAPTURE(text);
        CHECK(decided(text, ReplyMode::neutral).opt_out == true);
        CHECK(decided(text, ReplyMode::neutral).reply.has_value());
    }
}

TEST_CASE("somebody wronged who may be called has called for help", "[casework][dialogue][sos]") {
    for (const bool allowed : {true, false}) {
        auto known = villager(ReplyMode::neutral);
        auto& open = known.conversation.emplace();
        open.row.id = 5;
        open.row.form = casework::gentle_form;
        open.row.slot = casework::gentle_field;
        open.row.message = 900;
        open.progress.reading.intent = allowed ? Intent::yes : Intent::no;
        open.progress.reading.category = Category::labour_exploitation;
        open.progress.reading.flags = static_cast<understand::Flags>(Flag::self_victim);
        open.told = Intent::report;
        open.fit = understand::Fit::answer;
        const auto decision = casework::decide(Reading{}, known, *tests::sambas());
        CHECK(decision.calls == (allowed ? storage::Calls::yes : storage::Calls::no));
        REQUIRE(decision.reply);
        CHECK(decision.reply->name == "received_plain");
        CHECK(decision.alerts.empty() != allowed);
    }
}

TEST_CASE("a phone that others read, and one that wants no answer, stay silent for every text", "[casework][mode]") {
    const auto withheld = [](Intent intent, bool watched, bool quiet, bool safe_word = false) {
        auto known = villager(ReplyMode::neutral);
        known.watched = watched;
        known.quiet = quiet;
        known.safe_word = safe_word;
        Reading reading;
        reading.intent = intent;
        return casework::decide(reading, known, *tests::sambas()).withheld;
    };
    for (const auto intent : {Intent::report, Intent::sos, Intent::unclear, Intent::status, Intent::help, Intent::stop,
                              Intent::safe, Intent::missing}) {
        CAPTURE(to_string(intent));
        CHECK(withheld(intent, true, false) == Withheld::silent_mode);
        CHECK(withheld(intent, false, true) == Withheld::silent_mode);
        CHECK(withheld(intent, true, true, true) == Withheld::no);
    }
    CHECK(withheld(Intent::start, true, false) == Withheld::silent_mode);  // whoever reads it can type that
    CHECK(withheld(Intent::start, false, true) == Withheld::no);
}

TEST_CASE("what a row says of calls: others reading is a no, and a yes ends with its call for help", "[casework]") {
    const auto now = tests::villager().now;
    const auto later = now + std::chrono::hours(1), before = now - std::chrono::hours(1);
    using storage::Calls;
    struct Case {
        Calls said;
        std::optional<WallTime> help, watched;
        Calls calls;
    };
    for (const auto& test : {Case{Calls::unknown, later, {}, Calls::unknown}, Case{Calls::yes, later, {}, Calls::yes},
                             Case{Calls::yes, before, {}, Calls::unknown}, Case{Calls::yes, {}, {}, Calls::unknown},
                             Case{Calls::no, before, {}, Calls::no}, Case{Calls::no, {}, {}, Calls::no},
                             Case{Calls::yes, later, later, Calls::no}, Case{Calls::yes, later, before, Calls::yes}}) {
        storage::ReplyPolicy policy;
        policy.calls = test.said;
        policy.help_until = test.help;
        policy.watched_until = test.watched;
        CHECK(casework::calls_of(policy, now) == test.calls);
    }
}
