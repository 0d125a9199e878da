#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>

#include "storage/reference.hpp"
#include "tests/support/sqlite_file.hpp"
#include "tests/support/village.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using tests::Village;

namespace {

const std::string official = "+628400000010";
const std::string worker = "+628400000012";
const std::string form = "DAFTAR#SITI MISAL#6101095506989999#P#SEBUNGA#KUCHING#ART#ARUK#20-09-2025#08400000012";

std::string reply(const intake::Accepted& accepted) {
    return accepted.handled.reply ? accepted.handled.reply_text : "";
}

/// The first word of the text that has a reference's shape.
std::string code_in(const std::string& text) {
    for (std::size_t at = 0; at + 6 <= text.size(); ++at) {
        const bool starts = at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1]));
        const bool ends = at + 6 == text.size() || !std::isalnum(static_cast<unsigned char>(text[at + 6]));
        if (starts && ends && storage::looks_like_reference(text.substr(at, 6))) return text.substr(at, 6);
    }
    return {};
}

std::vector<std::string> event_types(Village& village) {
    return village.ask([](storage::View& view) {
        std::vector<std::string> types;
        for (const auto& delivery : view.deliveries_pending("satgas", 0, from_ms(4'000'000'000'000), 100)) {
            types.push_back(view.event(delivery.event)->type);
        }
        return types;
    });
}

std::size_t count(const std::vector<std::string>& types, const std::string& type) {
    return static_cast<std::size_t>(std::count(types.begin(), types.end(), type));
}

storage::Worker stored_worker(Village& village) {
    return village.ask([](storage::View& view) { return view.workers_after(0, 10); }).at(0);
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

/// As a thief of the file would look: every value of every table, in lower case.
std::vector<std::string> every_value(const std::filesystem::path& store) {
    storage::testing::SqliteFile file(store);
    std::vector<std::string> values;
    for (const auto& table : file.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
        for (const auto& column : file.rows("SELECT name FROM pragma_table_info('" + table + "')")) {
            for (const auto& hex : file.rows("SELECT hex(" + column + ") FROM " + table)) {
                std::string value;
                for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
                    value += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
                values.push_back(lower(std::move(value)));
            }
        }
    }
    return values;
}

}  // namespace

TEST_CASE("two witnesses of one departure make one incident, its alert likely", "[casework][incident]") {
    Village village;
    village.say("+628400000001", "lapor 5 org naik mobil lewat jln tikus dkt aruk skrg");
    REQUIRE(village.alerts().size() == 1);
    auto alert = village.alerts()[0];
    CHECK(alert.kind == AlertKind::departure_now);
    CHECK(alert.certainty == "Possible");
    CHECK(alert.sequence == 1);
    CHECK(alert.people == 5u);

    village.now += 13min;
    village.say("+628400000002", "LAPOR mobil isi 5 org masuk jalan tikus sebunga");
    REQUIRE(village.alerts().size() == 1);
    alert = village.alerts()[0];
    CHECK(alert.reporters == 2);
    CHECK(alert.certainty == "Likely");
    CHECK(alert.status == AlertStatus::updated);
    CHECK(count(event_types(village), "alert.updated") == 1);
}

TEST_CASE("updates of an alert are told at most once a minute, and none is forgotten", "[casework][incident]") {
    Village village;
    for (int i = 0; i < 5; ++i) {
        village.say("+62840000010" + std::to_string(i), "lapor 5 org lewat jln tikus dkt aruk skrg");
        village.now += 5s;
    }
    CHECK(count(event_types(village), "alert.updated") == 0);
    const auto pack = tests::sambas();
    const auto publish = [&] {
        auto apply = [&](storage::Unit& unit) {
            std::vector<std::string> touched;
            casework::publish_waiting_updates(unit, village.publisher, *pack, touched);
        };
        village.run(Village::ignore(village.access->commit(apply)));
    };
    publish();
    CHECK(count(event_types(village), "alert.updated") == 0);
    village.now += 60s;
    publish();
    publish();
    CHECK(count(event_types(village), "alert.updated") == 1);
    CHECK(village.alerts()[0].reporters == 5);
}

TEST_CASE("after six hours it is another event", "[casework][incident]") {
    Village village;
    village.say("+628400000001", "lapor 5 org lewat jln tikus dkt aruk skrg");
    village.now += 6h + 1s;
    village.say("+628400000002", "lapor 5 org lewat jln tikus dkt aruk skrg");
    CHECK(village.alerts().size() == 2);
}

TEST_CASE("a registration waits for the worker's own SETUJU, then the trail begins", "[casework][registry]") {
    Village village;
    village.register_official(official);
    const auto answer = reply(village.say(official, form));
    const auto code = code_in(answer);
    REQUIRE_FALSE(code.empty());
    CHECK(stored_worker(village).state == WorkerState::proposed);
    CHECK(event_types(village).empty());
    CHECK(village.ledger().replies_owed == 1);  // nothing is sent to the worker

    CHECK(village.say(official, "SETUJU " + code).handled.fate == Fate::understood);
    CHECK(stored_worker(village).state == WorkerState::proposed);  // not from the official's phone

    village.say(worker, "setuju " + code);
    CHECK(stored_worker(village).state == WorkerState::registered);
    CHECK(event_types(village) == std::vector<std::string>{"worker.registered"});

    village.say(worker, "BERANGKAT " + code + " ARUK");
    CHECK(stored_worker(village).state == WorkerState::departed);
    village.say(worker, "TIBA Kuching");
    CHECK(stored_worker(village).state == WorkerState::arrived);
    village.say(worker, "AMAN");
    CHECK(stored_worker(village).state == WorkerState::active);
    const auto id = stored_worker(village).id;
    const auto trail = village.ask([&](storage::View& view) { return view.trail(id); });
    REQUIRE(trail.size() == 4);
    CHECK(trail[1].kind == Intent::departed);

    village.say("+601000000019", "TIBA " + code + " lundu");
    CHECK(stored_worker(village).state == WorkerState::active);
    CHECK(village.ask([&](storage::View& view) { return view.trail(id); }).back().claimed);
    CHECK(village.alerts().empty());
}

TEST_CASE("a code sent from another phone than the one that was named is a claim", "[casework][registry]") {
    Village village;
    village.register_official(official);
    const auto code = code_in(reply(village.say(official, form)));
    const std::string other = "+628400000013";
    CHECK_FALSE(reply(village.say(other, "SETUJU " + code)).empty());
    CHECK(stored_worker(village).state == WorkerState::proposed);
    CHECK_FALSE(stored_worker(village).owner_key);
    CHECK(event_types(village).empty());
    const auto id = stored_worker(village).id;
    const auto trail = village.ask([&](storage::View& view) { return view.trail(id); });
    REQUIRE(trail.size() == 1);
    CHECK(trail[0].claimed);
    village.say(other, "TOLONG");
    REQUIRE(village.alerts().size() == 1);
    CHECK_FALSE(village.alerts()[0].worker);
    SECTION("the phone that was named agrees") {
        village.say(worker, "SETUJU " + code);
        CHECK(stored_worker(village).state == WorkerState::registered);
    }
    SECTION("the official names another phone") {
        village.say(official, form.substr(0, form.rfind('#')) + "#08400000013");
        village.now += 1h;
        village.say(other, "SETUJU " + code);
        CHECK(stored_worker(village).state == WorkerState::registered);
    }
    SECTION("no phone was named") {
        Village unnamed;
        unnamed.register_official(official);
        const auto its = code_in(reply(unnamed.say(official, form.substr(0, form.rfind('#')) + "#")));
        unnamed.say(other, "SETUJU " + its);
        CHECK(stored_worker(unnamed).state == WorkerState::registered);
    }
}

TEST_CASE("what a form says of the way in words of its own is in no event, and nowhere outside sealed values",
          "[casework][registry][privacy]") {
    Village village;
    village.register_official(official);
    const auto code = code_in(reply(
        village.say(official,
                    "DAFTAR#SITI MISAL#6101095506989999#P#SEBUNGA#IKUT ABANG JOKO CONTOH 084000000077#ART#LEWAT PAK "
                    "DODI UMPAMA#20-09-2025#08400000012")));
    REQUIRE_FALSE(code.empty());
    CHECK(stored_worker(village).destination.empty());
    CHECK(stored_worker(village).exit_point.empty());
    village.say(worker, "SETUJU " + code);
    village.say(worker, "BERANGKAT " + code + " LEWAT PAK DODI UMPAMA");
    village.say(worker, "TIBA " + code + " IKUT ABANG JOKO CONTOH");
    village.say(worker, "posisi saya di rumah ABANG JOKO CONTOH");
    CHECK(stored_worker(village).state == WorkerState::arrived);

    const auto bodies = village.ask([](storage::View& view) {
        std::string all;
        for (const auto& delivery : view.deliveries_pending("satgas", 0, from_ms(4'000'000'000'000), 100))
            all += view.event(delivery.event)->body;
        return all;
    });
    CHECK_THAT(bodies, Catch::Contains("61.01.09.2002"));
    const auto events = event_types(village);
    CHECK(count(events, "worker.registered") == 1);
    CHECK(count(events, "worker.arrived") == 1);
    village.close();

    const auto values = every_value(village.store_file());
    CHECK(values.size() > 100);
    CHECK(std::count(values.begin(), values.end(), "61.01.09.2002") > 0);
    for (const auto* words : {"abang joko", "joko contoh", "dodi umpama", "84000000077", "lewat pak"}) {
        CAPTURE(words);
        CHECK(lower(bodies).find(words) == bodies.npos);
        CHECK(std::none_of(values.begin(), values.end(),
                           [&](const std::string& value) { return value.find(words) != value.npos; }));
    }
}

TEST_CASE("the way as the pack knows it is kept and told", "[casework][registry]") {
    Village village;
    village.register_official(official);
    const auto code = code_in(reply(village.say(official, form)));
    CHECK(stored_worker(village).destination == "Kuching");
    CHECK(stored_worker(village).exit_point == "PLBN Aruk");
    village.say(worker, "setuju " + code);
    const auto told = village.ask([](storage::View& view) {
        v1::Worker event;
        const auto owed = view.deliveries_pending("satgas", 0, from_ms(4'000'000'000'000), 10);
        if (!owed.empty()) event.ParseFromString(view.event(owed.front().event)->body);
        return event.destination();
    });
    CHECK(told == "Kuching");
}

TEST_CASE("an arrival whose place comes with its late part is told once, and the place is added", "[casework][trail]") {
    Village village;
    village.register_official(official);
    village.say(worker, "setuju " + code_in(reply(village.say(official, form))));
    village.hand_over(Village::part(worker, "TIBA ", 6, 2, 1));
    village.now += std::chrono::seconds(91);
    const auto silent = [](const std::string&) { return casework::ReplyRoute{}; };
    village.run(Village::ignore(village.intake->release_overdue(silent)));
    village.hand_over(Village::part(worker, "Kuching", 6, 2, 2));
    const auto id = stored_worker(village).id;
    const auto trail = village.ask([&](storage::View& view) { return view.trail(id); });
    REQUIRE(trail.size() == 3);
    CHECK(trail[1].place.empty());
    CHECK(trail[2].place == "Kuching");
    CHECK(count(event_types(village), "worker.arrived") == 1);
}

TEST_CASE("a registered worker's call for help names the worker; an unregistered one's does not", "[casework][sos]") {
    Village village;
    village.register_official(official);
    const auto code = code_in(reply(village.say(official, form)));
    village.say(worker, "SETUJU " + code);
    village.say(worker, "TOLONG");
    REQUIRE(village.alerts().size() == 1);
    CHECK(village.alerts()[0].worker == stored_worker(village).number);
    CHECK(stored_worker(village).state == WorkerState::danger);
    village.say("+601000000009", "TOLONG");
    REQUIRE(village.alerts().size() == 2);
    CHECK_FALSE(village.alerts()[1].worker);
}

TEST_CASE("a minor is child protection's alone, with a sequence of its own", "[casework][minor]") {
    Village village;
    village.register_official(official);
    village.say("+628400000001", "lapor 5 org lewat jln tikus dkt aruk skrg");
    village.say(official, "DAFTAR#BUDI MISAL#6101090107109998#L#SEBUNGA#KUCHING#KEBUN#ARUK#20-09-2025#");
    CHECK(village.ask([](storage::View& view) { return view.workers_after(0, 10); }).empty());
    CHECK(village.alerts().size() == 1);
    const auto hidden = village.alerts(Audience::child_protection);
    REQUIRE(hidden.size() == 1);
    CHECK(hidden[0].kind == AlertKind::minor);
    CHECK(hidden[0].sequence == 1);
}

TEST_CASE("STATUS answers the ticket's own number, and others as it answers an unknown code", "[casework][status]") {
    Village village;
    const auto ticket = code_in(reply(village.say("+628400000001", "lapor 5 org lewat jln tikus dkt aruk skrg")));
    REQUIRE_FALSE(ticket.empty());
    const auto own = reply(village.say("+628400000001", "STATUS " + ticket));
    const auto stranger = reply(village.say("+628400000099", "status " + ticket));
    const auto unknown = reply(village.say("+628400000098", "STATUS 222222"));
    CHECK(own != stranger);
    const auto without_code = [](std::string text, const std::string& code) {
        const auto at = text.find(code);
        return at == std::string::npos ? text : text.erase(at, code.size());
    };
    CHECK(without_code(stranger, ticket) == without_code(unknown, "222222"));
}

TEST_CASE("the ticket a reporter holds is not the incident a task force sees", "[casework][reference]") {
    Village village;
    const auto ticket = code_in(reply(village.say("+628400000001", "lapor 5 org lewat jln tikus dkt aruk skrg")));
    const auto incident = village.ask([&](storage::View& view) {
        return village.publisher.incident_reference(
            view.incident(view.alerts({{Audience::general}, {}}, 0, 1).at(0).incident)->number);
    });
    CHECK(incident != ticket);
}

TEST_CASE("BERHENTI silences replies, not reports; MULAI ends it", "[casework][reply]") {
    Village village;
    CHECK_FALSE(reply(village.say("+628400000001", "BERHENTI")).empty());
    const auto silent = village.say("+628400000001", "LAPOR 5 org lewat jalan tikus dekat Aruk skrg");
    CHECK(reply(silent).empty());
    CHECK(village.alerts().size() == 1);
    CHECK_FALSE(reply(village.say("+628400000001", "MULAI")).empty());
    CHECK_FALSE(reply(village.say("+628400000001", "LAPOR calo di Sebunga")).empty());
}
