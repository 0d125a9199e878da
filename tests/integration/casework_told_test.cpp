// What those who have an alert or a report are told when its sender says more: when it was, where, whether they may be
// called; and who is told of what nobody asked for.
#include <algorithm>
#include <catch2/catch.hpp>

#include "gateway/casework/correction.hpp"
#include "tests/support/told.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using storage::Calls;
using tests::told_alerts;
using tests::told_reports;
using tests::Village;

namespace {

const std::string villager = "+628400000001", neighbour = "+628400000002", maid = "+628400000009";
const std::string sebunga = "61.01.09.2002", santaban = "61.01.09.2003";
const std::string bland = "Pesan diterima. Terima kasih.";

std::string reply(const intake::Accepted& accepted) {
    return accepted.handled.reply ? accepted.handled.reply_text : "";
}

std::vector<storage::Report> reports(Village& village) {
    return village.ask([](storage::View& view) { return view.reports_after(0, 100); });
}

Calls calls(Village& village) {
    const auto key = village.vault.lookup("msisdn", maid);
    const auto policy = village.ask([&](storage::View& view) { return view.reply_policy(key); });
    return policy ? casework::calls_of(*policy, village.now.read()) : Calls::unknown;
}

/// Somebody at a desk takes every alert there is.
void acknowledge_all(Village& village) {
    auto apply = [&](storage::Unit& unit) {
        for (auto alert : unit.alerts({{Audience::general}, {}}, 0, 100)) {
            alert.status = AlertStatus::acknowledged;
            alert.acknowledged_at = unit.now();
            alert.acknowledged_by = "desk";
            unit.update(alert);
        }
    };
    village.run(Village::ignore(village.access->commit(apply)));
}

}  // namespace

TEST_CASE("on a phone with an agreed word nothing that is heard later tells that it was used",
          "[casework][duress][told]") {
    Village village;
    tests::agree_on_duress(village, maid, "hujan");
    const auto used = village.say(maid, "AMAN hujan");
    const auto plain = village.say(neighbour, "AMAN pak");
    REQUIRE(village.alerts().size() == 1);
    CHECK(used.handled.report == plain.handled.report);
    const auto alike = [](std::string text) {  // but for its reference
        for (const std::string before : {"Ref ", "Kode "}) {
            if (const auto at = text.find(before); at != std::string::npos) text.erase(at + before.size(), 6);
        }
        return text;
    };
    for (const auto* text : {"STATUS", "AMAN pak", "lapor 5 org lewat jln tikus", "STATUS", "besok hujan ga"}) {
        CAPTURE(text);
        village.now += 11min;
        CHECK(alike(reply(village.say(maid, text))) == alike(reply(village.say(neighbour, text))));
    }
}

TEST_CASE("a code tells neither the silent alarm nor whose registration raised one", "[casework][duress][told]") {
    Village village;
    tests::agree_on_duress(village, maid, "hujan");
    const auto code_of = [](const std::string& text) {
        const auto at = text.find("Ref ");
        return at == std::string::npos ? std::string() : text.substr(at + 4, 6);
    };
    const auto alarm = code_of(reply(village.say(maid, "AMAN hujan")));
    const auto child = code_of(reply(village.say(neighbour, "daftar nama Dede umur 15 mau kerja di malaysia")));
    for (const auto& [number, code] : {std::pair{maid, alarm}, {neighbour, child}}) {
        CAPTURE(code);
        if (code.empty()) continue;
        const auto told = reply(village.say(number, "STATUS " + code));
        CHECK(told.find("diteruskan") == std::string::npos);
        CHECK(told.find(code) != std::string::npos);
    }
    CHECK_FALSE(alarm.empty());
}

TEST_CASE("what a person put right is not undone by what the sender says later", "[casework][told]") {
    Village village;
    village.say(villager, "lapor ada org lewat jln tikus");
    REQUIRE(reports(village).size() == 1);
    casework::Correction correction;
    correction.category = Category::transport;
    correction.place = santaban;
    auto apply = [&](storage::Unit& unit) { casework::correct(unit, unit.reports_after(0, 1).at(0), correction); };
    village.run(Village::ignore(village.access->commit(apply)));
    for (const auto* text : {"sebunga", "7", "bukan 7 tapi 8"}) {
        CAPTURE(text);
        village.say(villager, text);
        REQUIRE(reports(village).size() == 1);
        CHECK(reports(village)[0].category == Category::transport);
        CHECK(reports(village)[0].place == santaban);
    }
    CHECK(reports(village)[0].people == 8u);
    CHECK(village.ledger_is_true());
}

TEST_CASE("with the word of danger nobody is called: whatever was and is said of it", "[casework][duress][told]") {
    Village village;
    tests::agree_on_duress(village, maid, "hujan");
    village.say(maid, "tolong saya dikurung majikan");
    SECTION("in the answer itself") {
        const auto* text = GENERATE("ya hujan", "1 hujan", "boleh ditelepon hujan", "iya boleh telpon saja hujan");
        CAPTURE(text);
        CHECK(reply(village.say(maid, text)) == bland);
    }
    SECTION("after a yes, which whoever has the alert had been told") {
        village.now += 2min;
        village.say(maid, "1");
        REQUIRE(told_alerts(village).back().message.calls() == "yes");
        CHECK(reply(village.say(maid, "AMAN hujan")) == bland);
        const auto alerts = told_alerts(village);
        CHECK(std::any_of(alerts.begin(), alerts.end(), [](const auto& one) {
            return one.type == "alert.updated" && one.message.kind() == "sos" && one.message.calls() == "no";
        }));
    }
    SECTION("with a yes later: the same hand may write it") {
        village.say(maid, "AMAN hujan");
        village.now += 1h;
        const auto* text = GENERATE("1", "boleh ditelepon");
        CAPTURE(text);
        village.say(maid, text);
    }
    SECTION("with another call for help") {
        village.say(maid, "tolong tolong hujan");
        village.say(maid, "1");
    }
    CHECK(calls(village) == Calls::no);
    const auto alerts = village.alerts();
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].kind == AlertKind::sos);
    CHECK(alerts[1].kind == AlertKind::duress);
    for (const auto& alert : alerts) CHECK(alert.calls == Calls::no);
    CHECK(village.ledger().balances());
}

TEST_CASE("the answer to when reaches the alert", "[casework][alert][told]") {
    Village village;
    village.say(villager, "lapor 5 org lewat jln tikus sebunga");
    REQUIRE(village.alerts().size() == 1);
    REQUIRE(village.alerts()[0].kind == AlertKind::departure_now);
    const auto raised = village.alerts()[0];
    village.now += 2min;
    SECTION("last night: nobody can be met on the way") {
        village.say(villager, "td mlm");
        const auto alert = village.alerts().at(0);
        CHECK(alert.kind == AlertKind::departure_past);
        CHECK(alert.urgency == "Past");
        CHECK(alert.severity == "Moderate");
        CHECK(alert.onset == reports(village)[0].onset);
        CHECK(alert.sequence == raised.sequence);
        const auto last = told_alerts(village).back();
        CHECK(last.type == "alert.updated");
        CHECK(last.message.kind() == "departure_past");
        CHECK(last.message.onset().seconds() == to_ms(alert.onset) / 1000);
    }
    SECTION("an hour ago: they may still be") {
        village.say(villager, "jam 8 malam");
        const auto alert = village.alerts().at(0);
        CHECK(alert.kind == AlertKind::departure_now);
        CHECK(alert.onset == *from_rfc3339("2025-09-12T20:00:00+07:00"));
        CHECK(told_alerts(village).back().type == "alert.updated");
    }
    SECTION("where somebody else saw it, too, theirs may be tonight's") {
        village.say(neighbour, "lapor 5 org lewat jln tikus sebunga skrg");
        village.say(villager, "td mlm");
        CHECK(village.alerts().at(0).kind == AlertKind::departure_now);
        CHECK(village.alerts()[0].onset == raised.onset);
    }
    SECTION("skipped: as it was") {
        village.say(villager, "LEWAT");
        CHECK(village.alerts().at(0).onset == raised.onset);
        CHECK(told_alerts(village).size() == 1);
    }
    CHECK(village.alerts().size() == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("a time that was said is put right, and no text sends anybody home", "[casework][alert][told]") {
    Village village;
    village.say(villager, "lapor 5 org lewat jln tikus sebunga skrg");
    village.now += 2min;
    village.say(villager, "salah, bukan skrg tapi td mlm");
    REQUIRE(reports(village).size() == 1);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].kind == AlertKind::departure_now);
    CHECK(village.alerts()[0].urgency == "Immediate");
    CHECK(village.alerts()[0].onset == reports(village)[0].onset);
}

TEST_CASE("what is told of a report is told again under its id when it changes, and only then",
          "[casework][report][told]") {
    Village village;
    village.say(villager, "lapor ada calo cari anak gadis utk kerja di kuching");
    REQUIRE(told_reports(village).size() == 1);
    const auto first = told_reports(village)[0];
    CHECK(first.type == "report.received");
    CHECK(first.message.category() == "recruitment");
    CHECK(first.message.intent() == "report");
    CHECK(first.message.place().code().empty());
    CHECK_FALSE(first.message.has_onset());
    village.now += 2min;
    village.say(villager, "di santaban");
    REQUIRE(told_reports(village).size() == 2);
    const auto second = told_reports(village)[1];
    CHECK(second.type == "report.received");
    CHECK(second.message.id() == first.message.id());
    CHECK(second.message.place().code() == santaban);
    CHECK(second.message.received_at().seconds() == first.message.received_at().seconds());
    CHECK(second.message.updated_at().seconds() == first.message.updated_at().seconds() + 120);
    SECTION("a correction") {
        village.say(villager, "salah tempat, di kaliau");
        REQUIRE(told_reports(village).size() == 3);
        CHECK(told_reports(village)[2].message.place().code() == "61.01.09.2001");
    }
    SECTION("nothing new") {
        village.say(villager, "salah, di santaban");
        village.say(villager, "tambahan: plat KB 1234 XY");
        CHECK(told_reports(village).size() == 2);
    }
    SECTION("when it was") {
        village.say(villager, "td mlm");
        REQUIRE(told_reports(village).size() == 3);
        CHECK(told_reports(village)[2].message.has_onset());
    }
    CHECK(village.ledger().balances());
}

TEST_CASE("a child that somebody registers, or leaves with, is told of to child protection",
          "[casework][minor][told]") {
    Village village;
    SECTION("a registration by an aunt, and one more") {
        const auto said = village.say(villager, "daftar nama Dede umur 15 mau krj malaysia");
        CHECK(said.handled.fate == Fate::understood);
        CHECK(reply(said).find("Pesan diterima. Ref ") == 0);
        REQUIRE(village.alerts(Audience::child_protection).size() == 1);
        CHECK(village.alerts().empty());
        village.say(villager, "daftar nama Rini umur 16 mau krj malaysia");
        CHECK(village.alerts(Audience::child_protection).size() == 2);
    }
    SECTION("a departure") {
        village.say(villager, "berangkat hr ini jam 8 lwt aruk 3 org sm agen, 1 anak umur 15");
        REQUIRE(village.alerts(Audience::child_protection).size() == 1);
        REQUIRE(village.alerts().size() == 1);
        CHECK(village.alerts()[0].kind == AlertKind::route_mismatch);
    }
    CHECK(village.alerts(Audience::child_protection)[0].kind == AlertKind::minor);
    CHECK(village.ask([](storage::View& view) { return view.workers_after(0, 10); }).empty());
    CHECK(village.ledger().balances());
}

TEST_CASE("who is no official registers nobody, and somebody is told to read it", "[casework][registry][told]") {
    Village village;
    const auto said = village.say(villager,
                                  "daftar nama bujang contoh umur 19 dr kaliau mau krj malaysia tgl 20 lewat plbn aruk "
                                  "sama pt maju fiktif");
    CHECK(said.handled.fate == Fate::unclear);
    CHECK(reply(said).find("Pesan diterima. Ref ") == 0);
    CHECK(village.ask([](storage::View& view) { return view.workers_after(0, 10); }).empty());
    CHECK(village.alerts().empty());
    REQUIRE(told_reports(village).size() == 1);
    const auto told = told_reports(village)[0].message;
    CHECK(told.intent() == "register");
    CHECK(told.place().code() == "61.01.09.2001");
    CHECK(told.SerializeAsString().find("bujang") == std::string::npos);
    CHECK(village.say(neighbour, "DAFTAR").handled.fate == Fate::unclear);
    CHECK(told_reports(village).size() == 1);
    CHECK(village.ledger().balances());
}

TEST_CASE("an alert that somebody took does not swallow the next night's", "[casework][incident][told]") {
    Village village;
    const auto report = [&](int from) {
        village.say("+62840000010" + std::to_string(from), "lapor 5 org lewat jln tikus sebunga skrg");
    };
    report(1);
    report(2);
    village.now += 1h;
    acknowledge_all(village);
    village.now += 5h;
    report(3);  // of the same night
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].reporters == 3);
    village.now += 5h;
    report(4);
    REQUIRE(village.alerts().size() == 2);
    const auto alert = village.alerts()[1];
    CHECK(alert.status == AlertStatus::raised);
    CHECK(alert.reporters == 1);  // yesterday's saw another one
    CHECK(alert.onset == village.now.read());
    CHECK(alert.incident != village.alerts()[0].incident);
    CHECK(village.alerts()[0].reporters == 3);
    report(5);
    CHECK(village.alerts().size() == 2);
    CHECK(village.alerts()[1].reporters == 2);
    CHECK(told_alerts(village).back().message.kind() == "departure_now");
    CHECK(village.ledger().balances());
}
