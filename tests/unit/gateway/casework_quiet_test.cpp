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
        CHECK(decision.no_calls == !allowed);
        REQUIRE(decision.reply);
        CHECK(decision.reply->name == "received_plain");
        CHECK(decision.alerts.empty() != allowed);
    }
}
