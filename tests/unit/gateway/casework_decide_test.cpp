#include <catch2/catch.hpp>

#include "gateway/casework/decide.hpp"
#include "protocol/time.hpp"
#include "tests/support/packs.hpp"
#include "tests/unit/gateway/casework_people.hpp"

using namespace jejak;
using casework::Decision;
using casework::Known;
using casework::Lane;
using casework::TicketState;
using tests::decided;
using tests::reply;
using tests::villager;
using tests::villager_key;
using understand::Reading;

namespace {

const storage::LookupKey worker_key = tests::key(2);

Known official() {
    auto known = villager();
    storage::Person person;
    person.id = 7;
    person.role = Role::village_official;
    person.place = "61.01.09.2002";
    known.person = person;
    return known;
}

storage::Worker worker(WorkerState state, bool agreed) {
    storage::Worker out;
    out.id = 40;
    out.number = 4;
    out.state = state;
    out.village = "61.01.09.2002";
    out.exit_point = "PLBN Aruk";
    out.registered_by = 7;
    if (agreed) {
        out.owner_key = worker_key;
        out.consent_at = *from_rfc3339("2025-09-01T08:00:00+07:00");
    }
    return out;
}

Reading reading(Intent intent) {
    Reading out;
    out.intent = intent;
    return out;
}

std::vector<AlertKind> kinds(const Decision& decision) {
    std::vector<AlertKind> out;
    for (const auto& alert : decision.alerts) out.push_back(alert.kind);
    return out;
}

Reading complete_form() {
    auto form = reading(Intent::register_worker);
    form.registration.name = "SITI MISAL";
    form.registration.nik = "6101095506989999";
    form.registration.village = "61.01.09.2002";
    form.registration.destination = "Kuching";
    return form;
}

}  // namespace

TEST_CASE("understood, unclear and unknown senders get the same neutral line", "[casework][reply]") {
    auto departure = reading(Intent::report);
    departure.category = Category::unofficial_land_route;
    departure.place = "61.01.09.2002";
    departure.people = 5;
    departure.when.now = true;
    for (const auto& what :
         {departure, reading(Intent::unclear), reading(Intent::safe), reading(Intent::arrived), reading(Intent::yes),
          reading(Intent::erase), reading(Intent::position), reading(Intent::accept)}) {
        const auto decision = decided(what, villager());
        CAPTURE(to_string(what.intent));
        CHECK(reply(decision) == "received");
        CHECK(decision.reply->ticket);
    }
}

TEST_CASE("a reply is withheld where it would feed a loop, a flood, a machine or a wish for silence",
          "[casework][reply]") {
    struct Case {
        const char* name;
        void (*change)(Known&);
        Intent intent;
        const char* expected;
    };
    const Case cases[] = {
        {"first unclear text", [](Known&) {}, Intent::unclear, "received"},
        {"second unclear text within a day", [](Known& k) { k.unclear_answered = true; }, Intent::unclear, "none"},
        {"a report after an answered unclear text", [](Known& k) { k.unclear_answered = true; }, Intent::report, "ask"},
        {"the same report again", [](Known& k) { k.repeated = true; }, Intent::report, "none"},
        {"STATUS again", [](Known& k) { k.repeated = true; }, Intent::status, "status_unknown"},
        {"a call for help again", [](Known& k) { k.repeated = true; }, Intent::sos, "ask_gently"},
        {"a program that answers", [](Known& k) { k.machine = true; }, Intent::status, "none"},
        {"sent hours ago", [](Known& k) { k.late = true; }, Intent::report, "none"},
        {"throttled lane", [](Known& k) { k.lane = Lane::throttled; }, Intent::report, "none"},
        {"alphanumeric sender", [](Known& k) { k.sender_kind = sms::Originator::Kind::alphanumeric; }, Intent::report,
         "none"},
        {"short code", [](Known& k) { k.sender_kind = sms::Originator::Kind::short_code; }, Intent::report, "none"},
        {"no sender", [](Known& k) { k.sender_kind = sms::Originator::Kind::empty; }, Intent::report, "none"},
        {"silent channel", [](Known& k) { k.silent_channel = true; }, Intent::report, "none"},
        {"after BERHENTI", [](Known& k) { k.opted_out = true; }, Intent::report, "none"},
        {"BERHENTI itself", [](Known& k) { k.opted_out = true; }, Intent::stop, "stop"},
        {"MULAI after BERHENTI", [](Known& k) { k.opted_out = true; }, Intent::start, "start"},
        {"late part of a text already answered", [](Known& k) { k.answered = true; }, Intent::report, "none"},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.name) {
            auto known = villager();
            test.change(known);
            const auto decision = decided(reading(test.intent), known);
            CHECK(reply(decision) == test.expected);
            if (test.intent == Intent::report) CHECK(decision.report);  // silence costs no report
        }
    }
}

TEST_CASE("a report raises what the pack's rules say, to the audience that may know", "[casework][alert]") {
    auto report = reading(Intent::report);
    report.category = Category::unofficial_land_route;
    report.place = "61.01.09.2002";
    report.people = 5;
    report.when.now = true;
    report.alerts = {AlertKind::departure_now, AlertKind::minor};
    const auto decision = decided(report, villager());
    CHECK(decision.fate == Fate::understood);
    REQUIRE(decision.alerts.size() == 2);
    CHECK(decision.alerts[0].audience == Audience::general);
    CHECK(decision.alerts[1].audience == Audience::child_protection);
    REQUIRE(decision.incident);
    CHECK(decision.incident->village == "61.01.09.2002");
}

TEST_CASE("reports of one event share a scope; calls for help from nowhere do not", "[casework][incident]") {
    auto report = reading(Intent::report);
    report.category = Category::unofficial_land_route;
    report.place = "61.01.09.2002";
    auto port = report;
    port.category = Category::unofficial_port;
    auto other_sender = villager();
    other_sender.sender_key = tests::key(9);

    const auto scope = [](const Reading& what, const Known& who) { return *decided(what, who).incident; };
    CHECK(scope(report, villager()).group == scope(report, other_sender).group);
    CHECK(scope(report, villager()).group == scope(port, villager()).group);
    CHECK(scope(reading(Intent::sos), villager()).group != scope(reading(Intent::sos), other_sender).group);
    auto placeless = report;
    placeless.place.clear();
    CHECK(scope(placeless, villager()).group != scope(placeless, other_sender).group);
}

TEST_CASE("DAFTAR counts only from a registered official", "[casework][registry]") {
    SECTION("from anybody else it is stored and answered like everything else") {
        const auto decision = decided(complete_form(), villager());
        CHECK_FALSE(decision.worker);
        CHECK(decision.alerts.empty());
        CHECK(reply(decision) == "received");
    }
    SECTION("from anybody else a person sees it, without the form") {
        const auto decision = decided(complete_form(), villager());
        CHECK(decision.fate == Fate::unclear);
        REQUIRE(decision.report);
        CHECK(decision.report->intent == Intent::register_worker);
        CHECK(decision.report->place == "61.01.09.2002");
        CHECK(decision.identity.name.empty());
        const auto bare = decided(reading(Intent::register_worker), villager());
        CHECK(bare.fate == Fate::unclear);
        CHECK_FALSE(bare.report);
    }
    SECTION("a child is told of whoever names it, each by itself") {
        auto form = complete_form();
        form.registration.minor = true;
        auto known = villager();
        const auto decision = decided(form, known);
        CHECK(kinds(decision) == std::vector{AlertKind::minor});
        CHECK(decision.fate == Fate::understood);
        CHECK(reply(decision) == "received");
        known.message += 1;
        CHECK(decided(form, known).incident->group != decision.incident->group);
    }
    SECTION("from an official it proposes a worker and answers with the code, without event or alert") {
        const auto decision = decided(complete_form(), official());
        REQUIRE(decision.worker);
        CHECK(decision.worker->state == WorkerState::proposed);
        CHECK(decision.worker_event.empty());
        CHECK(decision.alerts.empty());
        CHECK(reply(decision) == "register_ok");
        CHECK(decision.reply->worker_code);
    }
    SECTION("what is missing is named") {
        auto form = complete_form();
        form.registration.missing = {"desa", "tanggal"};
        const auto decision = decided(form, official());
        CHECK_FALSE(decision.worker);
        CHECK(decision.fate == Fate::clarifying);
        CHECK(reply(decision) == "register_missing");
        CHECK(decision.reply->fields.front().second == "desa, tanggal");
    }
    SECTION("a minor is not registered: child protection alone hears of it") {
        auto form = complete_form();
        form.registration.minor = true;
        const auto decision = decided(form, official());
        CHECK_FALSE(decision.worker);
        REQUIRE(decision.alerts.size() == 1);
        CHECK(decision.alerts[0].kind == AlertKind::minor);
        CHECK(decision.alerts[0].audience == Audience::child_protection);
        CHECK(reply(decision) == "register_minor");
    }
    SECTION("the same NIK again gives the code to who registered it, and to nobody else") {
        auto known = official();
        known.same_nik = worker(WorkerState::proposed, false);
        CHECK(reply(decided(complete_form(), known)) == "register_ok");
        known.person->id = 8;
        CHECK(reply(decided(complete_form(), known)) == "register_known");
    }
}

TEST_CASE("consent is the code from a phone that is no official's", "[casework][registry]") {
    auto setuju = reading(Intent::yes);
    setuju.reference = "W4K7MX";
    SECTION("the worker's own phone registers") {
        auto known = villager();
        known.named_worker = worker(WorkerState::proposed, false);
        const auto decision = decided(setuju, known);
        REQUIRE(decision.worker);
        CHECK(decision.worker->state == WorkerState::registered);
        CHECK(decision.worker->owner_key == villager_key);
        CHECK(decision.worker_event == "worker.registered");
        CHECK(reply(decision) == "received");
    }
    SECTION("the official's phone does not") {
        auto known = official();
        known.named_worker = worker(WorkerState::proposed, false);
        CHECK_FALSE(decided(setuju, known).worker);
    }
    SECTION("a code that is taken stays with who took it") {
        auto known = villager();
        known.named_worker = worker(WorkerState::registered, true);
        CHECK_FALSE(decided(setuju, known).worker);
    }
    SECTION("an unknown code gets the same line") {
        CHECK(reply(decided(setuju, villager())) == "received");
    }
}

TEST_CASE("a worker's steps move the trail; a stranger with the code only claims", "[casework][trail]") {
    auto departed = reading(Intent::departed);
    departed.reference = "W4K7MX";
    SECTION("from the own phone") {
        auto known = villager();
        known.sender_key = worker_key;
        known.own_worker = worker(WorkerState::registered, true);
        const auto decision = decided(departed, known);
        REQUIRE(decision.worker);
        CHECK(decision.worker->state == WorkerState::departed);
        CHECK(decision.worker_event == "worker.departed");
        CHECK(decision.alerts.empty());
    }
    SECTION("from another phone with the code") {
        auto known = villager();
        known.named_worker = worker(WorkerState::departed, true);
        const auto decision = decided(reading(Intent::arrived), known);
        CHECK_FALSE(decision.worker);
        REQUIRE(decision.trail);
        CHECK(decision.trail->claimed);
        CHECK(decision.worker_event.empty());
    }
    SECTION("by another way than the registered one") {
        auto known = villager();
        known.sender_key = worker_key;
        known.own_worker = worker(WorkerState::registered, true);
        departed.place = "61.01.09.2001";
        departed.place_name = "Kaliau'";
        const auto decision = decided(departed, known);
        CHECK(kinds(decision) == std::vector{AlertKind::route_mismatch});
        CHECK(decision.alerts[0].worker == 4u);
    }
    SECTION("a departure nobody registered") {
        CHECK(kinds(decided(reading(Intent::departed), villager())).empty());  // the bare word may be a wrong number's
        auto somewhere = reading(Intent::departed);
        somewhere.people = 3;
        const auto decision = decided(somewhere, villager());
        CHECK(kinds(decision) == std::vector{AlertKind::route_mismatch});
        CHECK_FALSE(decision.alerts[0].worker);
    }
    SECTION("with a child, whoever says so") {
        auto bare = reading(Intent::departed);
        departed.alerts = bare.alerts = {AlertKind::minor};
        CHECK(kinds(decided(bare, villager())) == std::vector{AlertKind::minor});
        CHECK(kinds(decided(departed, villager())) == std::vector{AlertKind::route_mismatch, AlertKind::minor});
        auto known = villager();
        known.sender_key = worker_key;
        known.own_worker = worker(WorkerState::registered, true);
        const auto decision = decided(departed, known);
        CHECK(kinds(decision) == std::vector{AlertKind::minor});
        CHECK(decision.worker_event == "worker.departed");
    }
    SECTION("a worker who has not agreed is nobody's event") {
        auto known = villager();
        known.named_worker = worker(WorkerState::proposed, false);
        const auto decision = decided(reading(Intent::arrived), known);
        CHECK_FALSE(decision.trail);
        CHECK(decision.worker_event.empty());
    }
    SECTION("AMAN does not end a danger") {
        auto known = villager();
        known.sender_key = worker_key;
        known.own_worker = worker(WorkerState::danger, true);
        CHECK(decided(reading(Intent::safe), known).worker->state == WorkerState::danger);
    }
}

TEST_CASE("STATUS tells the stage only to the phone that holds the ticket", "[casework][status]") {
    struct Case {
        TicketState ticket;
        const char* expected;
    };
    const Case cases[] = {{TicketState::not_theirs, "status_unknown"},
                          {TicketState::received, "status_received"},
                          {TicketState::raised, "status_forwarded"},
                          {TicketState::acknowledged, "status_handled"}};
    for (const auto& test : cases) {
        auto known = villager();
        known.ticket = test.ticket;
        CHECK(reply(decided(reading(Intent::status), known)) == test.expected);
    }
}

TEST_CASE("bare values go to the sender's last report, unless they contradict it or tell of something else",
          "[casework][correction]") {
    auto known = villager();
    known.earlier.emplace();
    known.earlier->message = 900;
    known.earlier->intent = Intent::report;
    known.earlier->category = Category::unofficial_land_route;
    known.earlier->place = "61.01.09.2002";
    known.values.emplace();
    known.values->said.people = 5;
    auto said = reading(Intent::unclear);
    SECTION("an open slot is filled") {
        const auto decision = decided(said, known);
        CHECK(decision.about == storage::Id{900});
        CHECK(decision.report->people == 5u);
        CHECK(decision.report->place == "61.01.09.2002");
        CHECK(decision.fate == Fate::understood);
    }
    SECTION("a filled one is replaced only by a correction") {
        known.earlier->people = 7;
        CHECK_FALSE(decided(said, known).about);
        known.values->corrects = true;
        CHECK(decided(said, known).report->people == 5u);
    }
    SECTION("an event of another kind, a call for help and a command are what they are") {
        said.intent = Intent::report;
        said.category = Category::harbouring;
        CHECK_FALSE(decided(said, known).about);
        said.guessed = true;
        CHECK(decided(said, known).about);
        for (const auto intent : {Intent::sos, Intent::status, Intent::missing})
            CHECK_FALSE(decided(reading(intent), known).about);
    }
    SECTION("a registration is corrected by its own form alone") {
        known.earlier->intent = Intent::register_worker;
        CHECK_FALSE(decided(said, known).about);
        said.correction = true;
        CHECK_FALSE(decided(said, known).about);
    }
    SECTION("no report of theirs") {
        known.earlier.reset();
        CHECK_FALSE(decided(said, known).report);
    }
}

TEST_CASE("a menu's departure is not raised before it is known when it was; all else is", "[casework][alert]") {
    auto report = reading(Intent::report);
    report.category = Category::unofficial_land_route;
    report.alerts = {AlertKind::departure_now, AlertKind::minor};
    auto known = villager();
    known.asks_when = true;
    CHECK(kinds(decided(report, known)) == std::vector{AlertKind::minor});
    CHECK(decided(report, known).waits);
    known.asks_when = false;
    CHECK(kinds(decided(report, known)) == std::vector{AlertKind::departure_now, AlertKind::minor});
    CHECK_FALSE(decided(report, known).waits);
}

TEST_CASE("with the word of danger nobody is called, whatever the text says of it", "[casework][duress]") {
    auto known = villager();
    known.duress_word = known.help = true;
    known.said_calls = storage::Calls::yes;
    for (const auto intent : {Intent::safe, Intent::sos, Intent::report, Intent::unclear, Intent::yes}) {
        CAPTURE(to_string(intent));
        CHECK(decided(reading(intent), known).calls == storage::Calls::no);
    }
}
