#include "gateway/admin.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "jejak/v1/event.pb.h"
#include "tests/support/store_fixture.hpp"

namespace jejak {
namespace {

namespace json = boost::json;
using storage::Table;
using storage::View;
using storage::testing::ask;
using storage::testing::test_vault;

/// A store of its own, and what the daemon knows beside it.
struct Office {
    Office() {
        storage::SqliteOptions options;
        options.file = folder / "jejak.db";
        options.readers = 1;
        store = storage::open_sqlite(options, test_vault());
    }
    ~Office() { store->close(); }

    AdminReply run(std::string name, json::object arguments) {
        AdminReply reply;
        const AdminCommand command{std::move(name), "cli:test", std::move(arguments)};
        const auto how =
            storage::testing::commit(*store, [&](storage::Unit& unit) { reply = run_admin(unit, context, command); });
        REQUIRE(how == storage::Committed::durable);
        return reply;
    }

    storage::testing::TempFolder folder;
    std::unique_ptr<storage::Store> store;
    AdminContext context{test_vault(), {"satgas"}, "62"};
};

const std::string hash(64, 'a');

}  // namespace

TEST_CASE("a person is found by the number, however it was typed, and keeps the id when the role changes") {
    Office office;
    const auto added = office.run(
        "person.add", {{"number", "0840-0000-003"}, {"role", "village_official"}, {"place", "61.01.09.2002"}});
    REQUIRE(added.status == 200);
    CHECK(added.body.at("replaced") == false);
    const auto key = test_vault().lookup("msisdn", "+628400000003");
    const auto person = ask(*office.store, [&](View& view) { return view.person(key); });
    REQUIRE(person);
    CHECK(person->role == Role::village_official);
    CHECK(person->place == "61.01.09.2002");
    CHECK(test_vault().open(Table::person, storage::Column::number, person->id, person->number)->reveal() ==
          "+628400000003");

    const auto changed = office.run(
        "person.add", {{"number", "+62 840 0000 003"}, {"role", "village_head"}, {"place", "61.01.09.2002"}});
    CHECK(changed.body.at("replaced") == true);
    CHECK(changed.body.at("person") == added.body.at("person"));
    CHECK(ask(*office.store, [](View& view) { return view.people().size(); }) == 1);

    const auto wrong = office.run("person.remove", {{"person", changed.body.at("person")}, {"role", "agent"}});
    CHECK(wrong.status == 409);
    CHECK(office.run("person.remove", {{"person", changed.body.at("person")}, {"role", "village_head"}}).status == 200);
    CHECK(office.run("person.remove", {{"number", "+628400000003"}}).status == 404);
    CHECK_FALSE(ask(*office.store, [](View& view) { return view.audit_broken_at(); }));
}

TEST_CASE("no reply to a person command holds the number") {
    Office office;
    for (const auto* number : {"+628400000003", "08400000003"}) {
        const auto reply = office.run("person.add", {{"number", number}, {"role", "agent"}, {"place", ""}});
        CHECK_THAT(json::serialize(reply.body), !Catch::Contains("8400000003"));
    }
}

TEST_CASE("a faulty argument changes nothing and says what would be right") {
    struct Case {
        std::string name;
        json::object arguments;
        unsigned status;
        std::string words;
    };
    const std::vector<Case> cases{
        {"person.add", {{"number", "9840"}, {"role", "agent"}}, 400, "no phone number"},
        {"person.add", {{"number", "BANK"}, {"role", "agent"}}, 400, "no phone number"},
        {"person.add", {{"role", "agent"}}, 400, "no phone number"},
        {"person.add", {{"number", 628400000003}, {"role", "agent"}}, 400, "number must be a text"},
        {"person.add", {{"number", "+628400000003"}, {"role", "king"}}, 400, "role must be one of"},
        {"person.add", {{"number", "+628400000003"}, {"role", "village_official"}}, 400, "give --place"},
        {"person.add", {{"number", "+628400000003"}, {"role", "agent"}, {"place", "Aruk"}}, 400, "Kemendagri"},
        {"person.remove", {{"person", "aaaaaaaaaaaaaaaaaaaaaaaaaa"}}, 404, "no such person"},
        {"token.add", {{"name", "A B"}, {"role", "task_force"}, {"hash", hash}}, 400, "name must be"},
        {"token.add", {{"name", "a"}, {"role", "task_force"}, {"hash", "abc"}}, 400, "SHA-256"},
        {"token.add",
         {{"name", "a"}, {"role", "task_force"}, {"hash", hash}, {"areas", json::array{"Sambas"}}},
         400,
         "61.01"},
        {"token.revoke", {{"name", "nobody"}}, 404, "no token of that name"},
        {"endpoint.resume", {{"name", "nobody"}}, 404, "no endpoint of that name"},
        {"endpoint.replay", {{"name", "nobody"}}, 404, "no endpoint of that name"},
        {"endpoint.test", {}, 400, "name must be"},
        {"audit.append", {{"action", "export"}, {"object", "messages"}, {"reason", "short"}}, 400, "8 characters"},
        {"audit.append", {{"action", "person.add"}, {"object", "x"}, {"reason", "long enough"}}, 400, "no such action"},
        {"report.correct", {{"report", "aaaaaaaaaaaaaaaaaaaaaaaaaa"}, {"reason", "read it"}}, 404, "no such report"},
        {"store.drop", {}, 404, "no such command"},
    };
    Office office;
    for (const auto& one : cases) {
        INFO(one.name << ' ' << json::serialize(one.arguments));
        const auto reply = office.run(one.name, one.arguments);
        CHECK(reply.status == one.status);
        CHECK_THAT(std::string(reply.body.at("error").as_string()), Catch::Contains(one.words));
        CHECK(reply.endpoint.empty());
    }
    CHECK(ask(*office.store, [](View& view) { return view.people().size() + view.tokens().size(); }) == 0);
}

TEST_CASE("a token is added once, and a revoked name is not given again") {
    Office office;
    const json::object token{
        {"name", "satgas"}, {"role", "task_force"}, {"hash", hash}, {"areas", json::array{"61.01"}}};
    CHECK(office.run("token.add", token).status == 200);
    CHECK(office.run("token.add", token).status == 409);
    const auto stored = ask(*office.store, [](View& view) { return view.tokens(); });
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].hash == hash);
    CHECK(stored[0].areas == std::vector<std::string>{"61.01"});
    CHECK(office.run("token.revoke", {{"name", "satgas"}}).status == 200);
    CHECK(office.run("token.revoke", {{"name", "satgas"}}).status == 404);
    CHECK(office.run("token.add", token).status == 409);
}

TEST_CASE("resuming an endpoint ends its suspension and names it to be woken") {
    Office office;
    storage::EndpointState suspended{"satgas", true, "gone", storage::testing::t0()};
    storage::testing::commit(*office.store, [&](storage::Unit& unit) { unit.set(suspended); });
    const auto reply = office.run("endpoint.resume", {{"name", "satgas"}});
    CHECK(reply.status == 200);
    CHECK(reply.endpoint == "satgas");
    const auto states = ask(*office.store, [](View& view) { return view.endpoint_states(); });
    for (const auto& state : states) CHECK_FALSE((state.suspended || state.failing_since));
}

TEST_CASE("a test event is owed to that endpoint alone, and dead deliveries are pending again after a replay") {
    Office office;
    const auto tested = office.run("endpoint.test", {{"name", "satgas"}});
    REQUIRE(tested.status == 200);
    CHECK(tested.endpoint == "satgas");
    const auto pending = [&] {
        return ask(*office.store, [](View& view) { return view.deliveries_pending("satgas", 0, wall_now(), 10); });
    };
    auto owed = pending();
    REQUIRE(owed.size() == 1);
    const auto event = ask(*office.store, [&](View& view) { return view.event(owed[0].event); });
    REQUIRE(event);
    CHECK(event->type == "system.test");
    CHECK(tested.body.at("event").as_string() == test_vault().public_id(Table::event, event->id));
    v1::Test body;
    REQUIRE(body.ParseFromString(event->body));
    CHECK(body.endpoint() == "satgas");

    storage::testing::commit(*office.store, [&](storage::Unit& unit) {
        owed[0].state = storage::DeliveryState::dead;
        unit.update(owed[0]);
    });
    CHECK(pending().empty());
    const auto replayed = office.run("endpoint.replay", {{"name", "satgas"}});
    CHECK(replayed.body.at("replayed") == 1);
    REQUIRE(pending().size() == 1);
    CHECK(pending()[0].event == owed[0].event);
    CHECK(pending()[0].replayed);
}

TEST_CASE("a command survives the way through the socket, and a body that is none is refused") {
    const AdminCommand sent{"person.add", "cli:root", {{"number", "+628400000003"}, {"role", "agent"}}};
    const auto received = parse_admin("person.add", serialize_admin(sent));
    REQUIRE(received.has_value());
    CHECK(received->name == sent.name);
    CHECK(received->actor == sent.actor);
    CHECK(received->arguments == sent.arguments);

    struct Case {
        std::string name, body;
        unsigned status;
    };
    for (const auto& [name, body, status] :
         std::vector<Case>{{"person.eat", serialize_admin(sent), 404},
                           {"person.add", "", 400},
                           {"person.add", "[]", 400},
                           {"person.add", "{\"actor\":\"cli:x\"}", 400},
                           {"person.add", "{\"actor\":7,\"arguments\":{}}", 400},
                           {"person.add", "{\"actor\":\"\",\"arguments\":{}}", 400},
                           {"person.add", "{\"actor\":\"a b\",\"arguments\":{}}", 400},
                           {"person.add", "{\"actor\":\"x\",\"arguments\":[]}", 400},
                           {"person.add", std::string(5'000, '['), 400}}) {
        INFO(name << ' ' << body.substr(0, 60));
        const auto refused = parse_admin(name, body);
        REQUIRE(refused.has_error());
        CHECK(refused.error().status == status);
    }
    CHECK(admin_commands().size() == 10);
}

namespace {

/// A report, and an alert of its event.
struct Told {
    explicit Told(Office& office, std::uint32_t reporters = 1) {
        storage::testing::commit(*office.store, [&](storage::Unit& unit) {
            storage::Incident incident;
            incident.id = unit.next_id(Table::incident);
            incident.number = unit.next_number("incident");
            incident.first_at = incident.last_at = unit.now();
            incident.reports = incident.reporters = reporters;
            incident.village = "61.01.09";
            unit.add(incident);
            storage::Report told;
            told.id = report = unit.next_id(Table::report);
            told.message = 1;
            told.category = Category::transport;
            told.place = "61.01.09";
            told.people = 3;
            told.people_max = 5;
            told.incident = incident.id;
            told.received_at = unit.now();
            unit.add(told);
            storage::Alert row;
            row.id = alert = unit.next_id(Table::alert);
            row.incident = incident.id;
            row.category = told.category;
            row.place = told.place;
            row.people = told.people;
            row.people_max = told.people_max;
            row.raised_at = row.updated_at = row.published_at = row.onset = unit.now();
            unit.add(row);
        });
    }
    std::string name() const { return test_vault().public_id(Table::report, report); }
    storage::Report report_in(Office& office) const {
        return ask(*office.store, [&](View& view) { return view.reports_after(report - 1, 1).at(0); });
    }
    storage::Alert alert_in(Office& office) const {
        return *ask(*office.store, [&](View& view) { return view.alert(alert); });
    }

    storage::Id report = 0, alert = 0;
};

}  // namespace

TEST_CASE("whoever read the message puts its report right, and its alert says so") {
    Office office;
    const Told told(office);
    const auto done = office.run("report.correct", {{"report", told.name()},
                                                    {"category", "unofficial_land_route"},
                                                    {"place", "61.01.09.2002"},
                                                    {"people", 2},
                                                    {"reason", "read by the duty officer"}});
    REQUIRE(done.status == 200);
    const auto report = told.report_in(office);
    CHECK(report.category == Category::unofficial_land_route);
    CHECK(report.place == "61.01.09.2002");
    CHECK(report.people == 2);
    CHECK_FALSE(report.people_max);
    CHECK(ask(*office.store, [&](View& view) { return view.incident(*report.incident)->village; }) == report.place);
    const auto alert = told.alert_in(office);
    CHECK(alert.category == Category::unofficial_land_route);
    CHECK(alert.place == "61.01.09.2002");
    CHECK(alert.people == 2);
    CHECK_FALSE(alert.people_max);
    CHECK(alert.unpublished);
    CHECK(alert.status == AlertStatus::updated);
    CHECK_FALSE(ask(*office.store, [](View& view) { return view.audit_broken_at(); }));
    CHECK(office.run("report.correct", {{"report", told.name()}, {"people", 2}, {"reason", "read once more"}}).status ==
          409);
}

TEST_CASE("an alert for another place is not moved, for whoever went there would not hear of it") {
    Office office;
    const Told told(office);
    for (const auto* place : {"", "61.01.10", "61.02"}) {
        CAPTURE(place);
        const auto done =
            office.run("report.correct", {{"report", told.name()}, {"place", place}, {"reason", "names another"}});
        CHECK(done.status == 409);
        CHECK(told.report_in(office).place == "61.01.09");
    }
}

TEST_CASE("what others told of the event stays when one report is corrected") {
    Office office;
    const Told told(office, 2);
    REQUIRE(
        office.run("report.correct", {{"report", told.name()}, {"people", 2}, {"reason", "two, read by us"}}).status ==
        200);
    CHECK(told.report_in(office).people == 2);
    CHECK(told.alert_in(office).people == 3);
    CHECK(told.alert_in(office).people_max == 5);
    CHECK_FALSE(told.alert_in(office).unpublished);
}

TEST_CASE("a range that is corrected leaves no larger number in its alert") {
    Office office;
    const Told told(office);
    REQUIRE(
        office.run("report.correct", {{"report", told.name()}, {"people", 3}, {"reason", "three, not more"}}).status ==
        200);
    CHECK(told.alert_in(office).people == 3);
    CHECK_FALSE(told.alert_in(office).people_max);
    CHECK(told.alert_in(office).unpublished);
}

TEST_CASE("a faulty correction changes nothing and says what would be right") {
    Office office;
    const Told told(office);
    struct Case {
        json::object arguments;
        std::string words;
    };
    const std::vector<Case> cases{
        {{{"category", "theft"}}, "category must be"},
        {{{"place", "Aruk"}}, "Kemendagri"},
        {{{"people", 10'000}}, "from 0"},
        {{{"people", -1}}, "from 0"},
        {{{"people", "two"}}, "from 0"},
        {{}, "say what"},
    };
    for (auto one : cases) {
        INFO(one.words);
        one.arguments["report"] = told.name();
        CHECK_THAT(std::string(office.run("report.correct", one.arguments).body.at("error").as_string()),
                   Catch::Contains("8 characters"));
        one.arguments["reason"] = "read by the duty officer";
        const auto reply = office.run("report.correct", one.arguments);
        CHECK(reply.status == 400);
        CHECK_THAT(std::string(reply.body.at("error").as_string()), Catch::Contains(one.words));
    }
    CHECK(told.report_in(office).category == Category::transport);
}

}  // namespace jejak
