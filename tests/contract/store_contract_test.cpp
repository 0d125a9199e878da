// What every store keeps: messages, long texts, people and workers.
#include <array>

#include "storage/ids.hpp"
#include "storage/reference.hpp"
#include "tests/support/store_factories.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

TEST_CASE("a message is read back as it was written, sealed fields and absent ones alike") {
    EVERY_STORE(opened);
    Message whole = message_of(7, Fate::duplicate);
    whole.sender_kind = 2;
    whole.raw = test_vault().seal(Table::message, Column::raw, 7, std::string("\0\xff", 2));
    whole.remarks = 513;
    whole.fingerprint = key_of("fingerprint");
    whole.provider_key = key_of("provider");
    whole.duplicate_of = 5;
    whole.assembly = 6;
    opened.unit([&](Unit& unit) {
        unit.add(whole);
        unit.add(message_of(8));
    });
    const auto found = opened.ask([](View& view) { return view.message(7); }).value();
    CHECK(found.channel == whole.channel);
    CHECK(found.sender_key == whole.sender_key);
    CHECK(found.sender_kind == 2);
    CHECK(found.sender == whole.sender);
    CHECK(found.destination == whole.destination);
    CHECK(found.text == whole.text);
    CHECK(found.raw == whole.raw);
    CHECK(found.received_at == whole.received_at);
    CHECK(found.fate == Fate::duplicate);
    CHECK(found.remarks == 513);
    CHECK(found.fingerprint == whole.fingerprint);
    CHECK(found.provider_key == whole.provider_key);
    CHECK(found.duplicate_of == 5);
    CHECK(found.assembly == 6);
    const auto bare = opened.ask([](View& view) { return view.message(8); }).value();
    CHECK(bare.raw.empty());
    CHECK_FALSE(bare.fingerprint);
    CHECK_FALSE(bare.provider_key);
    CHECK_FALSE(bare.duplicate_of);
    CHECK_FALSE(bare.assembly);
    CHECK(opened.ask([](View& view) { return view.messages_after(0, 10).size(); }) == 2);
    CHECK(opened.ask([](View& view) { return view.messages_after(7, 10).front().id; }) == 8);
    CHECK(opened.ask([](View& view) { return view.messages_after(0, 1).size(); }) == 1);
    CHECK_FALSE(opened.ask([](View& view) { return view.message(9); }));
}

TEST_CASE(
    "ids ascend with time, stand still when the clock steps back, and go on above the highest after opening again") {
    EVERY_STORE(opened);
    Id first = 0;
    Id second = 0;
    opened.unit([&](Unit& unit) {
        first = unit.next_id(Table::event);
        second = unit.next_id(Table::event);
        unit.add(Event{second, "alert.raised", unit.now(), "body"});
        CHECK(unit.now() == opened.now());
    });
    CHECK(first == IdSource::floor(opened.now()));
    CHECK(second == first + 1);
    opened.advance(-1h);
    opened.reopen();
    opened.unit([&](Unit& unit) { CHECK(unit.next_id(Table::event) == second + 1); });
    opened.unit([&](Unit& unit) { unit.add(message_of(second + 100)); });
    opened.unit([&](Unit& unit) { CHECK(unit.next_id(Table::message) == second + 101); });
    CHECK(opened.store->last_message() == 0);
    opened.reopen();
    CHECK(opened.store->last_message() == second + 100);
}

TEST_CASE("rows that come without an id get one") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        unit.add(message_of(0));
        unit.add(Event{0, "alert.raised", unit.now(), "body"});
        Report report = storage::testing::report_of(1);
        report.id = 0;
        unit.add(report);
        unit.add(reply_to(1, 0));
    });
    const Id floor = IdSource::floor(opened.now());
    CHECK(opened.ask([](View& view) { return view.messages_after(0, 10).at(0).id; }) == floor);
    CHECK(opened.ask([](View& view) { return view.reports_after(0, 10).at(0).id; }) == floor);
    CHECK(opened.ask([](View& view) { return view.replies_to(1).at(0).id; }) == floor);
    CHECK(opened.ask([&](View& view) { return view.event(floor)->body; }) == "body");
}

TEST_CASE("a second message with the same provider id of the same channel does not get in") {
    EVERY_STORE(opened);
    Message first = message_of(1);
    first.provider_key = key_of("id-1");
    Message same = message_of(2);
    same.provider_key = first.provider_key;
    Message elsewhere = same;
    elsewhere.id = 3;
    elsewhere.channel = "http-b";
    opened.unit([&](Unit& unit) { unit.add(first); });
    CHECK(commit(*opened.store, [&](Unit& unit) { unit.add(same); }) == Committed::poisoned);
    opened.unit([&](Unit& unit) { unit.add(elsewhere); });
    CHECK(opened.ask([&](View& view) { return view.message_of_provider("smpp-a", *first.provider_key); }) == 1);
    CHECK(opened.ask([&](View& view) { return view.message_of_provider("http-b", *first.provider_key); }) == 3);
    CHECK_FALSE(opened.ask([&](View& view) { return view.message_of_provider("smpp-a", key_of("id-2")); }));
}

TEST_CASE("a ticket is issued once per message and leads back to it") {
    EVERY_STORE(opened);
    std::vector<std::uint32_t> numbers;
    opened.unit([&](Unit& unit) {
        for (const Id message : {11, 12, 11}) numbers.push_back(unit.issue_ticket(message));
    });
    CHECK(numbers[0] != numbers[1]);
    CHECK(numbers[2] == numbers[0]);
    opened.reopen();
    opened.unit([&](Unit& unit) { numbers.push_back(unit.issue_ticket(13)); });
    CHECK(numbers[3] > numbers[1]);
    CHECK(opened.ask([&](View& view) { return view.ticket(numbers[1]); }) == 12);
    CHECK(opened.ask([](View& view) { return view.ticket_of(13); }) == numbers[3]);
    CHECK_FALSE(opened.ask([](View& view) { return view.ticket(999); }));
    CHECK_FALSE(opened.ask([](View& view) { return view.ticket_of(999); }));
}

TEST_CASE("numbers of a kind count from zero, apart from other kinds, and survive opening again") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        CHECK(unit.next_number("worker") == 0);
        CHECK(unit.next_number("worker") == 1);
        CHECK(unit.next_number("incident") == 0);
    });
    opened.reopen();
    opened.unit([](Unit& unit) { CHECK(unit.next_number("worker") == 2); });
}

TEST_CASE("what was answered before a session ended is uncertain: found once, for a day") {
    EVERY_STORE(opened);
    const auto fingerprint = [](const std::string& channel) { return key_of("same text on " + channel); };
    const auto at = [&](std::chrono::milliseconds since, const char* channel) {
        Message message = message_of(IdSource::floor(t0() + since));
        message.channel = channel;
        message.fingerprint = fingerprint(channel);
        return message;
    };
    const Message early = at(0s, "smpp-a"), late = at(30s, "smpp-a"), later = at(40s, "smpp-a"),
                  other = at(35s, "smpp-b");
    opened.unit([&](Unit& unit) {
        for (const Message& message : {early, late, later, other}) unit.add(message);
    });
    const auto find = [&](const char* channel) {
        return opened.ask([&](View& view) { return view.uncertain(fingerprint(channel), opened.now()); });
    };
    CHECK_FALSE(find("smpp-a"));

    opened.advance(60s);
    opened.unit([&](Unit& unit) { unit.mark_uncertain(std::array{later.id, late.id}); });
    CHECK(find("smpp-a") == late.id);
    CHECK_FALSE(find("smpp-b"));
    CHECK_FALSE(opened.ask([&](View& view) { return view.uncertain(key_of("another"), opened.now()); }));

    opened.unit([&](Unit& unit) { unit.forget_uncertain(late.id); });
    CHECK(find("smpp-a") == later.id);
    SECTION("a consumed one stays consumed when all since then are in doubt") {
        opened.unit([&](Unit& unit) { unit.mark_uncertain(t0() + 20s); });
        CHECK(find("smpp-a") == later.id);
        CHECK(find("smpp-b") == other.id);
    }
    SECTION("a consumed one stays consumed when it is marked again") {
        opened.unit([&](Unit& unit) { unit.mark_uncertain(std::array{late.id, early.id}); });
        CHECK(find("smpp-a") == early.id);
        opened.unit([&](Unit& unit) { unit.forget_uncertain(early.id); });
        CHECK(find("smpp-a") == later.id);
        CHECK_FALSE(find("smpp-b"));
    }
    SECTION("after a day it is forgotten, and pruned by the next marking") {
        opened.advance(24h);
        CHECK_FALSE(find("smpp-a"));
        opened.unit([&](Unit& unit) { unit.mark_uncertain(std::array{early.id}); });
        opened.advance(-1s);
        opened.unit([&](Unit& unit) { unit.forget_uncertain(early.id); });
        opened.advance(-23h);
        CHECK_FALSE(find("smpp-a"));
    }
}

TEST_CASE("a person is replaced by the same number, and removed by it") {
    EVERY_STORE(opened);
    const auto person = [](Id id, const char* number, Role role) {
        return Person{id,   key_of(number), test_vault().seal(Table::person, Column::number, id, number),
                      role, "53.21.06",     t0()};
    };
    opened.unit([&](Unit& unit) {
        unit.add(person(1, "+628400000001", Role::village_official));
        unit.add(person(2, "+628400000002", Role::village_head));
        unit.add(person(3, "+628400000001", Role::task_force));
    });
    CHECK(opened.ask([](View& view) { return view.people().size(); }) == 2);
    const auto found = opened.ask([](View& view) { return view.person(key_of("+628400000001")); }).value();
    CHECK(found.role == Role::task_force);
    CHECK(found.place == "53.21.06");
    CHECK(test_vault().open(Table::person, Column::number, found.id, found.number).value().reveal() == "+628400000001");
    opened.unit([](Unit& unit) {
        CHECK(unit.remove_person(key_of("+628400000001")));
        CHECK_FALSE(unit.remove_person(key_of("+628400000001")));
    });
    CHECK_FALSE(opened.ask([](View& view) { return view.person(key_of("+628400000001")); }));
}

TEST_CASE("who opted out stays so until they opt in") {
    EVERY_STORE(opened);
    const auto out = [&] { return opened.ask([](View& view) { return view.opted_out(key_of("+628400000001")); }); };
    CHECK_FALSE(out());
    opened.unit([](Unit& unit) {
        unit.set_opted_out(key_of("+628400000001"), true);
        unit.set_opted_out(key_of("+628400000001"), true);
    });
    CHECK(out());
    const auto since = [&] {
        return opened.ask([](View& view) { return view.opted_out_since(key_of("+628400000001")); });
    };
    CHECK(since().has_value());
    opened.unit([](Unit& unit) { unit.set_opted_out(key_of("+628400000001"), false); });
    CHECK_FALSE(out());
    CHECK_FALSE(since());
}

TEST_CASE("reports are walked from the latest, and the ids of replies from the oldest") {
    EVERY_STORE(opened);
    opened.unit([](Unit& unit) {
        for (Id id = 1; id <= 3; ++id) {
            Report report;
            report.id = id;
            report.message = 10 + id;
            unit.add(report);
            Reply reply;
            reply.id = 100 + id;
            unit.add(reply);
        }
    });
    const auto reports = opened.ask([](View& view) { return view.reports_before(3, 10); });
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].message == 12);
    CHECK(reports[1].message == 11);
    CHECK(opened.ask([](View& view) { return view.reports_before(4, 1); }).at(0).message == 13);
    CHECK(opened.ask([](View& view) { return view.reply_ids_after(101, 10); }) == std::vector<Id>{102, 103});
    CHECK(opened.ask([](View& view) { return view.reply_ids_after(0, 1); }) == std::vector<Id>{101});
}

TEST_CASE("a worker is found by number, NIK and the number that agreed, and keeps a trail in order") {
    EVERY_STORE(opened);
    const Vault& vault = test_vault();
    Worker worker;
    worker.id = 1;
    worker.number = 41;
    worker.name = vault.seal(Table::worker, Column::name, 1, "Maria");
    worker.nik_key = key_of("nik");
    worker.sex = "f";
    worker.village = "53.21.06.2001";
    worker.destination = "Malaysia";
    worker.exit_point = "Nunukan";
    worker.planned_at = t0() + 24h;
    worker.registered_by = 9;
    worker.registered_at = t0();
    Worker second = worker;
    second.id = 2;
    second.number = 42;
    second.nik_key.reset();
    opened.unit([&](Unit& unit) {
        unit.add(worker);
        unit.add(second);
    });
    CHECK_FALSE(opened.ask([](View& view) { return view.worker_of(key_of("owner")); }));
    worker.owner_key = second.owner_key = key_of("owner");
    worker.consent_at = t0() + 2h;
    second.consent_at = t0() + 1h;
    worker.state = WorkerState::registered;
    opened.unit([&](Unit& unit) {
        unit.update(worker);
        unit.update(second);
        for (const Intent kind : {Intent::departed, Intent::arrived})
            unit.add(TrailEvent{0, 1, 5, kind, "Nunukan", true, t0()});
        unit.add(TrailEvent{0, 2, 5, Intent::departed, "", false, t0()});
    });
    const auto found = opened.ask([](View& view) { return view.worker_of(key_of("owner")); }).value();
    CHECK(found.number == 41);
    CHECK(found.state == WorkerState::registered);
    CHECK(found.name == worker.name);
    CHECK(found.destination == "Malaysia");
    CHECK(found.exit_point == "Nunukan");
    CHECK(found.planned_at == worker.planned_at);
    CHECK(found.consent_at == worker.consent_at);
    CHECK(found.sex == "f");
    CHECK(opened.ask([](View& view) { return view.worker(42)->id; }) == 2);
    CHECK(opened.ask([](View& view) { return view.worker_with_nik(key_of("nik"))->id; }) == 1);
    CHECK_FALSE(opened.ask([](View& view) { return view.worker_with_nik(key_of("no")); }));
    CHECK(opened.ask([](View& view) { return view.workers_after(1, 10).size(); }) == 1);
    const auto trail = opened.ask([](View& view) { return view.trail(1); });
    REQUIRE(trail.size() == 2);
    CHECK(trail[0].kind == Intent::departed);
    CHECK(trail[1].kind == Intent::arrived);
    CHECK(trail[1].place == "Nunukan");
    CHECK(trail[1].claimed);
    CHECK(opened.ask([](View& view) { return view.trail(2).at(0).place; }).empty());
}

TEST_CASE("changing what is not there is the unit's own mistake") {
    EVERY_STORE(opened);
    const std::vector<std::pair<const char*, std::function<void(Unit&)>>> cases{
        {"fate", [](Unit& unit) { unit.set_fate(404, Fate::unclear); }},
        {"remarks", [](Unit& unit) { unit.set_remarks(404, 1); }},
        {"assembly", [](Unit& unit) { unit.set_state(404, Assembly::State::complete); }},
        {"part", [](Unit& unit) { unit.add(404, Part{}); }},
        {"worker", [](Unit& unit) { unit.update(Worker{}); }},
        {"trail",
         [](Unit& unit) {
             unit.add(TrailEvent{0, 404, 0, Intent::departed, "", false, t0()});
         }},
        {"report", [](Unit& unit) { unit.update(Report{}); }},
        {"incident", [](Unit& unit) { unit.update(Incident{}); }},
        {"reporter", [](Unit& unit) { unit.add_reporter(404, key_of("a")); }},
        {"alert", [](Unit& unit) { unit.update(Alert{}); }},
        {"delivery", [](Unit& unit) { unit.update(Delivery{}); }},
        {"delivery of no event",
         [](Unit& unit) {
             unit.add(Delivery{0, 404, "e", DeliveryState::pending, 0, {}, false});
         }},
        {"reply", [](Unit& unit) { unit.update(Reply{}); }},
        {"receipt", [](Unit& unit) { unit.set_match(404, storage::Receipt::Match::unmatched, {}); }},
    };
    for (const auto& [name, change] : cases) {
        INFO(name);
        CHECK(commit(*opened.store, change) == Committed::poisoned);
    }
    CHECK(opened.store->healthy());
    CHECK(opened.store->counts().poisoned == cases.size());
    CHECK(opened.ask([](View& view) { return view.ledger(); }) == Ledger{});
}
