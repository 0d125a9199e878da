#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>
#include <map>

#include "gateway/admin.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::Village;

namespace {

const std::string villager = "+628400000001";
const std::string other = "+628400000002";
const std::string maid = "+601000000009";
const std::string sos_text = "tlg sy dikurung majikan di kuching paspor diambil ga digaji 4 bln";

std::string reply(const intake::Accepted& accepted) {
    return accepted.handled.reply ? accepted.handled.reply_text : "";
}

bool asks(const std::string& text) {
    return text.find("LEWAT") != std::string::npos || text.find("SKIP") != std::string::npos;
}

std::optional<storage::Dialogue> open_with(Village& village, const std::string& number) {
    const auto key = village.vault.lookup("msisdn", number);
    return village.ask([&](storage::View& view) { return view.dialogue_of(key, village.now.read()); });
}

Fate fate_of(Village& village, const intake::Accepted& accepted) {
    return village.ask([&](storage::View& view) { return view.message(accepted.message); })->fate;
}

std::vector<storage::Report> reports(Village& village) {
    return village.ask([](storage::View& view) { return view.reports_after(0, 100); });
}

std::vector<storage::Incident> incidents(Village& village) {
    return village.ask([&](storage::View& view) {
        std::vector<storage::Incident> found;
        for (std::uint32_t number = 0; number < 20; ++number) {
            if (auto one = view.incident_numbered(number)) found.push_back(*one);
        }
        return found;
    });
}

void keep_house(Village& village) {
    auto apply = [&](storage::Unit& unit) { casework::end_expired_conversations(unit, village.vault); };
    village.run(Village::ignore(village.access->commit(apply)));
}

AdminReply admin(Village& village, const std::string& name, boost::json::object arguments) {
    AdminReply answer;
    const AdminContext context{village.vault, {}, "62"};
    auto apply = [&](storage::Unit& unit) {
        answer = run_admin(unit, context, {name, "cli:test", std::move(arguments)});
    };
    village.run(Village::ignore(village.access->commit(apply)));
    return answer;
}

void check_account(Village& village) {
    CHECK(village.ledger().balances());
    CHECK(village.ledger_is_true());
}

std::size_t alerts_of_kind(Village& village, AlertKind kind) {
    const auto all = village.alerts();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [kind](const auto& alert) { return alert.kind == kind; }));
}

}  // namespace

TEST_CASE("a report is raised at once, its gaps are asked for, and the answers make it whole", "[casework][dialogue]") {
    Village village;
    const auto first = village.say(villager, "lapor ada org naik mobil lewat jln tikus skrg");
    CHECK(reply(first).find("Di desa mana?") != std::string::npos);
    CHECK(reply(first).find("Ref ") != std::string::npos);
    CHECK(first.handled.fate == Fate::clarifying);
    REQUIRE(village.alerts().size() == 1);  // asking delays nothing
    CHECK(village.alerts()[0].place.empty());
    REQUIRE(open_with(village, villager));

    village.restart();  // a conversation is rows
    const auto second = village.say(villager, "sebunga");
    CHECK(reply(second) == "Terima kasih. Berapa orang? Balas angka, atau LEWAT.");
    CHECK(second.handled.fate == Fate::clarifying);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].place == "61.01.09.2002");
    CHECK(village.alerts()[0].status == AlertStatus::updated);

    const auto third = village.say(villager, "sekitar 7 org");
    CHECK(reply(third) == "Pesan diterima. Terima kasih.");
    CHECK_FALSE(open_with(village, villager));
    for (const auto* message : {&first, &second, &third}) CHECK(fate_of(village, *message) == Fate::understood);
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].message == first.message);
    CHECK(reports(village)[0].place == "61.01.09.2002");
    CHECK(reports(village)[0].people == 7u);
    CHECK(village.alerts()[0].people == 7u);
    check_account(village);

    village.now += 5min;  // what others see joins it, as if all had been said at once
    village.say(other, "lapor 5 org jalan tikus sebunga skrg");
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].reporters == 2);
    CHECK(village.alerts()[0].certainty == "Likely");
    CHECK(incidents(village).size() == 1);
}

TEST_CASE("a place that comes late joins what others told before, and cancels nothing", "[casework][dialogue]") {
    Village village;
    village.say(other, "lapor 5 org jalan tikus sebunga skrg");
    village.say(villager, "lapor ada org naik mobil lewat jln tikus skrg");
    REQUIRE(village.alerts().size() == 2);
    village.say(villager, "di sebunga");
    const auto alerts = village.alerts();
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].reporters == 2);
    CHECK(alerts[0].certainty == "Likely");
    CHECK(alerts[1].place == "61.01.09.2002");  // the second stays, and says where
    for (const auto& alert : alerts) CHECK(alert.status == AlertStatus::updated);
    const auto all = reports(village);
    CHECK(all.at(1).incident == all.at(0).incident);
}

TEST_CASE("LEWAT skips; after two questions nothing more is asked", "[casework][dialogue]") {
    Village village;
    const auto first = village.say(villager, "lapor ada org lewat jln tikus");
    CHECK(asks(reply(first)));
    const auto second = village.say(villager, "LEWAT");
    CHECK(asks(reply(second)));
    const auto third = village.say(villager, "lewat");
    CHECK(reply(third) == "Pesan diterima. Terima kasih.");
    CHECK_FALSE(open_with(village, villager));
    for (const auto* message : {&first, &second, &third}) CHECK(fate_of(village, *message) == Fate::understood);
    CHECK(village.alerts().size() == 1);
    check_account(village);
}

TEST_CASE("a question nobody answers is closed by the housekeeping, and its report stands", "[casework][dialogue]") {
    Village village;
    const auto first = village.say(villager, "lapor ada calo nawarin kerja ke malaysia gaji 8jt");
    REQUIRE(first.handled.fate == Fate::clarifying);
    village.now += 119min;
    keep_house(village);
    CHECK(fate_of(village, first) == Fate::clarifying);
    village.now += 2min;
    const auto late = village.say(villager, "sebunga");  // too late: a text of its own
    CHECK(reports(village)[0].place.empty());
    CHECK(late.handled.fate != Fate::clarifying);
    keep_house(village);
    CHECK(fate_of(village, first) == Fate::understood);
    CHECK_FALSE(open_with(village, villager));
    check_account(village);
}

TEST_CASE("a new report or a call for help interrupts; a command does not", "[casework][dialogue]") {
    Village village;
    const auto first = village.say(villager, "lapor ada org lewat jln tikus");
    REQUIRE(first.handled.fate == Fate::clarifying);
    SECTION("STATUS in between") {
        CHECK_FALSE(reply(village.say(villager, "STATUS")).empty());
        CHECK(fate_of(village, first) == Fate::clarifying);
        village.say(villager, "sebunga");
        CHECK(reports(village)[0].place == "61.01.09.2002");
    }
    SECTION("another report") {
        village.say(villager, "lapor 4 wna bangladesh di rumah kosong di kaliau skrg jam 8 malam");
        CHECK(fate_of(village, first) == Fate::understood);
        CHECK(reports(village).size() == 2);
    }
    SECTION("a call for help") {
        const auto call = village.say(villager, "TOLONG saya dikurung");
        CHECK(reply(call) == "Pesan diterima. Balas 1 jika boleh ditelepon, 2 jika jangan.");
        CHECK(fate_of(village, first) == Fate::understood);
        CHECK(alerts_of_kind(village, AlertKind::sos) == 1);
        REQUIRE(open_with(village, villager));
        CHECK(open_with(village, villager)->slot == "call");
    }
    SECTION("BERHENTI") {
        village.say(villager, "BERHENTI");
        CHECK(fate_of(village, first) == Fate::understood);
        CHECK_FALSE(open_with(village, villager));
    }
    check_account(village);
}

TEST_CASE("a watched phone is asked one thing, and 2 means no calls", "[casework][dialogue][sos]") {
    Village village;
    const auto call = village.say(maid, sos_text);
    CHECK(reply(call) == "Pesan diterima. Balas 1 jika boleh ditelepon, 2 jika jangan.");
    CHECK(call.handled.fate == Fate::understood);
    REQUIRE(alerts_of_kind(village, AlertKind::sos) == 1);
    const auto before = village.ledger();
    CHECK(reply(village.say(maid, "2")) == "Pesan diterima. Terima kasih.");
    const auto policy =
        village.ask([&](storage::View& view) { return view.reply_policy(village.vault.lookup("msisdn", maid)); });
    REQUIRE(policy);
    CHECK(policy->calls == storage::Calls::no);
    CHECK(village.ledger().deliveries_owed > before.deliveries_owed);  // who may call hears it at once
    CHECK(village.alerts()[0].status == AlertStatus::updated);
    CHECK(village.alerts()[0].calls == storage::Calls::no);
    CHECK(reply(village.say(maid, "tolong lagi")).find("Balas 1") == std::string::npos);  // never asked again
    check_account(village);
}

TEST_CASE("the word of danger is heard and nobody near the phone notices", "[casework][duress]") {
    Village village;
    REQUIRE(admin(village, "person.reply", {{"number", maid}, {"duress_word", "Hujan"}}).status == 200);
    village.say(maid, sos_text);
    village.say(maid, "1");
    village.say(other, sos_text);
    village.say(other, "1");
    const auto calm = reply(village.say(other, "AMAN"));
    const auto said = reply(village.say(maid, "AMAN hujan"));
    CHECK(said == calm);
    CHECK(alerts_of_kind(village, AlertKind::duress) == 1);
    CHECK(alerts_of_kind(village, AlertKind::sos) == 2);
    const auto alerts = village.alerts();
    CHECK(alerts.at(0).incident == alerts.at(2).incident);  // beside her call
    CHECK(alerts.at(0).calls == storage::Calls::no);        // though she said so before
    CHECK(alerts.at(2).calls == storage::Calls::no);        // who makes her write is beside her
    village.say(maid, "aman hujan");
    CHECK(alerts_of_kind(village, AlertKind::duress) == 1);
    CHECK(reply(village.say(other, "AMAN hujan")).size() == calm.size());  // another number's word is only weather
    CHECK(alerts_of_kind(village, AlertKind::duress) == 1);
}

TEST_CASE("modes by number: silent, coded and full", "[casework][mode]") {
    Village village;
    const auto set = [&](boost::json::object arguments) {
        arguments["number"] = villager;
        return admin(village, "person.reply", std::move(arguments)).status;
    };
    CHECK(set({{"mode", "loud"}}) == 400);
    CHECK(set({{"mode", "coded"}}) == 400);  // without a word
    CHECK(set({{"safe_word", "dua kata"}}) == 400);
    CHECK(set({{"safe_word", "kopi"}, {"duress_word", "kopi"}}) == 400);
    REQUIRE(set({{"mode", "coded"}, {"safe_word", "Kopi"}}) == 200);
    CHECK(reply(village.say(villager, "lapor 5 org jalan tikus sebunga skrg")).empty());
    CHECK(village.alerts().size() == 1);
    CHECK(reply(village.say(villager, "lapor 6 org jalan tikus sebunga skrg, kopi")).find("08001000") !=
          std::string::npos);
    CHECK(reply(village.say(villager, "STATUS")).empty());
    REQUIRE(set({{"mode", "silent"}}) == 200);
    CHECK(reply(village.say(villager, "STATUS kopi")).empty());
    REQUIRE(set({{"clear", true}}) == 200);
    CHECK_FALSE(reply(village.say(villager, "STATUS")).empty());
    CHECK(village.ask([](storage::View& view) { return view.audit_broken_at(); }) == std::nullopt);
    check_account(village);
}

TEST_CASE("over a channel that covers, everybody hears the same whatever they say", "[casework][mode]") {
    Village village;
    village.wording.mode = storage::ReplyMode::cover;
    village.wording.cover_text = "Harga cabai hari ini Rp40.000.";
    for (const auto* text : {"lapor ada org lewat jln tikus", "TOLONG saya dikurung", "STATUS", "BERHENTI", "halo"}) {
        const auto number = "+62840000001" + std::to_string(std::string(text).size() % 10);
        const auto said = village.say(number, text);
        CHECK(reply(said) == village.wording.cover_text);
        CHECK_FALSE(open_with(village, number));
    }
    CHECK(village.alerts().size() == 2);
}

TEST_CASE("a correction goes to the sender's own last report, within a day", "[casework][correction]") {
    Village village;
    const auto first = village.say(villager, "lapor 5 org naik mobil lewat jln tikus dkt aruk skrg");
    village.now += 2min;
    const auto fixed = village.say(villager, "bukan 5 tapi 3 orang");
    CHECK(fixed.handled.fate == Fate::understood);
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].message == first.message);
    CHECK(reports(village)[0].people == 3u);
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].people == 3u);
    CHECK(village.alerts()[0].people_max == 5u);
    CHECK(village.alerts()[0].status == AlertStatus::updated);
    CHECK(village.alerts()[0].category == Category::unofficial_land_route);

    village.say(other, "lapor 2 org jalan tikus kaliau skrg");
    village.restart();  // who reported what last is known again
    village.now += 1min;
    village.say(other, "bukan 2 tapi 4 orang");
    REQUIRE(reports(village).size() == 2);
    CHECK(reports(village)[1].people == 4u);
    CHECK(village.alerts().at(1).people == 4u);
    CHECK_FALSE(village.alerts()[1].people_max);
    village.now += 25h;
    village.say(villager, "bukan 3 tapi 9 orang");
    CHECK(reports(village)[0].people == 3u);
}

TEST_CASE("a correction takes back the sender's own figure and nobody else's", "[casework][correction]") {
    Village village;
    village.say(other, "lapor 5 org lewat jln tikus di sebunga skrg");
    village.now += 2min;
    village.say(villager, "lapor 5 org lewat jln tikus di sebunga skrg pak");
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].reporters == 2);
    village.now += 2min;
    village.say(villager, "bukan 5 tapi 3 orang");
    REQUIRE(reports(village).size() == 2);
    CHECK(reports(village)[1].people == 3u);
    CHECK(village.alerts()[0].people == 5u);  // the other still says five
    village.now += 2min;
    village.say(villager, "bukan 3 tapi 8 orang");
    CHECK(village.alerts()[0].people == 8u);
}

TEST_CASE("a second call for help in place of an answer is raised again and tells more", "[casework][dialogue][sos]") {
    Village village;
    village.register_official("+628400000077", Role::task_force);
    village.say(maid, "tolong kami dikurung");
    REQUIRE(alerts_of_kind(village, AlertKind::sos) == 1);
    CHECK(village.alerts()[0].place.empty());
    village.now += 2min;
    village.say(maid, "jangan telpon, tolong kami 5 orang disekap di sebunga");
    REQUIRE(alerts_of_kind(village, AlertKind::sos) == 1);
    CHECK(village.alerts()[0].place == "61.01.09.2002");
    CHECK(village.alerts()[0].people == 5u);
    const auto policy =
        village.ask([&](storage::View& view) { return view.reply_policy(village.vault.lookup("msisdn", maid)); });
    REQUIRE(policy);
    CHECK(policy->calls == storage::Calls::no);
    check_account(village);
}

TEST_CASE("the mark of danger stays with a report that is put right", "[casework][duress]") {
    Village village;
    REQUIRE(admin(village, "person.reply", {{"number", villager}, {"duress_word", "Hujan"}}).status == 200);
    village.say(villager, "lapor 5 org lewat jln tikus di sebunga hujan");
    village.now += 2min;
    village.say(villager, "bukan 5 tapi 3 orang");
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].people == 3u);
    CHECK(understand::has(reports(village)[0].flags, understand::Flag::duress));
}

TEST_CASE("a place that is taken back raises another alert and moves none", "[casework][correction]") {
    Village village;
    village.say(villager, "lapor 5 org lewat jln tikus di sebunga skrg");
    village.now += 2min;
    village.say(villager, "bukan sebunga tapi kaliau");
    REQUIRE(reports(village).size() == 1);
    CHECK(reports(village)[0].place == "61.01.09.2001");
    const auto alerts = village.alerts();
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].place == "61.01.09.2002");
    CHECK(alerts[1].place == "61.01.09.2001");
}

TEST_CASE("STATUS without a code is of the sender's own last report", "[casework][status]") {
    Village village;
    const auto unknown = reply(village.say(other, "STATUS"));
    CHECK(unknown == "Kode tidak dikenal. Periksa lagi kodenya. Terima kasih.");
    village.say(villager, "lapor 5 org lewat jln tikus dkt aruk skrg");
    const auto known = reply(village.say(villager, "status"));
    CHECK(known.find("sudah diteruskan") != std::string::npos);
    CHECK(known == reply(village.say(villager, "STATUS " + known.substr(5, 6))));
    village.restart();
    CHECK(reply(village.say(villager, "sts")) == known);
    CHECK(reply(village.say(other, "sts")) == unknown);
}

TEST_CASE("TERIMA from a desk takes the incident's alerts; from anybody else it is a word", "[casework][desk]") {
    Village village;
    const std::string desk = "+628400000091";
    village.register_official(desk, Role::task_force);
    village.say(villager, "lapor 5 org lewat jln tikus dkt aruk skrg");
    const auto reference = village.ask([&](storage::View& view) {
        return village.publisher.incident_reference(
            view.incident(view.alerts({{Audience::general}, {}}, 0, 1).at(0).incident)->number);
    });
    village.say(other, "TERIMA " + reference);
    CHECK_FALSE(village.alerts()[0].acknowledged_at);
    const auto taken = village.say(desk, "TERIMA " + reference);
    CHECK(taken.handled.fate == Fate::understood);
    CHECK_FALSE(reply(taken).empty());
    const auto alert = village.alerts()[0];
    CHECK(alert.status == AlertStatus::acknowledged);
    CHECK(alert.acknowledged_by == "task_force by SMS");
    CHECK(village.ledger().alerts_acknowledged == 1);
    CHECK(reply(village.say(villager, "STATUS")).find("sedang ditangani") != std::string::npos);
    check_account(village);
}

TEST_CASE("YA from the phone the form names is consent, once, and TIDAK ends the proposal", "[casework][registry]") {
    Village village;
    const std::string official = "+628400000010", worker = "+6284000000012";
    village.register_official(official);
    village.say(official, "DAFTAR#SITI MISAL#6101095506989999#P#SEBUNGA#KUCHING#ART#ARUK#20-09-2025#084000000012");
    const auto state = [&] {
        return village.ask([](storage::View& view) { return view.workers_after(0, 10); }).at(0).state;
    };
    REQUIRE(state() == WorkerState::proposed);
    CHECK(village.ledger().replies_owed == 1);  // nothing was sent to her
    village.say(other, "YA");
    CHECK(state() == WorkerState::proposed);
    SECTION("yes") {
        village.say(worker, "YA");
        CHECK(state() == WorkerState::registered);
        CHECK_FALSE(open_with(village, worker));
    }
    SECTION("no") {
        village.say(worker, "TIDAK");
        CHECK(state() == WorkerState::cancelled);
        village.say(worker, "YA");
        CHECK(state() == WorkerState::cancelled);
    }
    SECTION("a report of hers in between") {
        CHECK(asks(reply(village.say(worker, "lapor ada org lewat jln tikus"))));
        village.say(worker, "lewat");
        village.say(worker, "lewat");
        CHECK(state() == WorkerState::proposed);
        village.say(worker, "YA");
        CHECK(state() == WorkerState::registered);
    }
    SECTION("a phone that was given for two workers needs the code") {
        village.say(official, "DAFTAR#RINA MISAL#6101094506989999#P#SEBUNGA#KUCHING#ART#ARUK#20-09-2025#084000000012");
        village.say(worker, "YA");
        CHECK(state() == WorkerState::proposed);
    }
    check_account(village);
}

TEST_CASE("one reply a day to a program, whatever it makes of our words", "[casework][reply]") {
    Village village;
    CHECK_FALSE(reply(village.say(villager, "Pesan otomatis: saya sedang rapat 1")).empty());
    CHECK(reply(village.say(villager, "Pesan otomatis: saya sedang rapat 2")).empty());
    CHECK(reply(village.say(villager, "TOLONG tinggalkan pesan. Ini pesan otomatis")).empty());
    const auto echoed = reply(village.say(other, "lapor 5 org jalan tikus sebunga skrg"));
    CHECK(reply(village.say(other, echoed)).empty());
    CHECK(reply(village.say(other, "lapor 5 org jalan tikus sebunga skrg")).empty());  // again: stored, not answered
    village.now += 25h;
    CHECK_FALSE(reply(village.say(villager, "Pesan otomatis: saya sedang rapat 3")).empty());
}

TEST_CASE("budgets accept everything and say why nothing went out", "[casework][budget]") {
    Village village;
    village.options.replies.per_prefix_minute = 2;
    village.options.replies.served_countries = {"62"};
    village.restart();
    std::vector<casework::Withheld> why;
    for (int i = 0; i < 3; ++i) why.push_back(village.say("+62840000100" + std::to_string(i), "AMAN").handled.withheld);
    CHECK(why == std::vector{casework::Withheld::no, casework::Withheld::no, casework::Withheld::prefix_budget});
    CHECK_FALSE(reply(village.say("+628400001009", "TOLONG saya dikurung")).empty());
    CHECK(village.say(maid, "AMAN").handled.withheld == casework::Withheld::country);
    CHECK(village.ledger().received == 5);
    check_account(village);
}

TEST_CASE("an agent's word is enough to be likely, and is told to keep away", "[casework][alert]") {
    Village village;
    village.register_official(villager, Role::agent);
    const auto said = village.say(villager, "lapor 12 org lewat jln tikus dkt aruk skrg");
    CHECK(reply(said).find("Jangan mendekat. Utamakan keselamatan.") != std::string::npos);
    CHECK(village.alerts().at(0).certainty == "Likely");
    CHECK(village.alerts().at(0).reporters == 1);
}

TEST_CASE("a mother is asked for the last place and the last word, and may skip", "[casework][missing]") {
    Village village;
    const auto first = village.say(villager, "HILANG anak sy melati uji pergi kerja ke malaysia ga ada kabar");
    CHECK(asks(reply(first)));
    CHECK(alerts_of_kind(village, AlertKind::lost_contact) == 1);
    CHECK(asks(reply(village.say(villager, "serian"))));
    CHECK(reply(village.say(villager, "lewat")) == "Pesan diterima. Terima kasih.");
    CHECK(reports(village).at(0).category == Category::missing_person);
    CHECK(alerts_of_kind(village, AlertKind::lost_contact) == 1);
    check_account(village);
}

TEST_CASE("a flooded channel is stored to the last message and answered only so often", "[casework][budget]") {
    Village village;
    village.options.replies.flood_per_minute = 30;
    village.restart();
    village.say("+628499990001", "AMAN");
    village.now += 61min;  // its usual rate is known now
    std::map<casework::Withheld, int> why;
    for (int i = 0; i < 60; ++i) {
        const auto number = "+6284" + std::to_string(10'000'000 + i * 10'000);
        ++why[village.say(number, "lapor ada org lewat jln tikus " + std::to_string(i)).handled.withheld];
    }
    CHECK(why[casework::Withheld::no] == 30);  // before it was a flood, which also used up what a flood may have
    CHECK(why[casework::Withheld::flood] == 30);
    CHECK_FALSE(reply(village.say("+628477770001", "TOLONG saya dikurung")).empty());
    CHECK(village.ledger().received == 62);
    check_account(village);
}
