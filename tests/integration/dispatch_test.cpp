#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <fstream>

#include "gateway/dispatch/dispatcher.hpp"
#include "tests/support/outbox.hpp"

using namespace jejak;
using namespace jejak::dispatch;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using storage::Committed;
using storage::Table;
using storage::Unit;
using storage::testing::test_vault;
using test::Desk;
using test::endpoint_name;
using test::Loop;
using test::Outbox;

namespace {

std::vector<std::string> ids_of(const std::vector<Desk::Got>& got) {
    std::vector<std::string> ids;
    for (const auto& each : got) ids.push_back(each.id);
    return ids;
}

}  // namespace

TEST_CASE("what is owed arrives once, signed, in order, and is marked", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    Outbox outbox(loop, desk);
    const auto before = outbox.owe(70);  // more than a page
    outbox.start();
    REQUIRE(outbox.wait_until_delivered(70));
    const auto after = outbox.owe(3);
    REQUIRE(outbox.wait_until_delivered(73));
    auto expected = before;
    expected.insert(expected.end(), after.begin(), after.end());
    const auto got = desk.got();
    CHECK(ids_of(got) == expected);
    for (const auto& each : got) {
        CHECK(each.authentic);
        CHECK_FALSE(each.replayed);
    }
    const auto body = boost::json::parse(got.front().body).as_object();
    CHECK(body.at("type") == "alert.raised");
    CHECK(body.at("data").at("place").at("name") == "Sajingan Besar");
    CHECK(outbox.counts().pending == 0);
    CHECK(outbox.trouble().empty());
}

TEST_CASE("500 pauses the endpoint; the same delivery is tried again under its id, and the rest follows",
          "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with([](std::size_t count, const Desk::Got&) { return Desk::with_status(count == 0 ? 500 : 200); });
    Outbox outbox(loop, desk);
    const auto ids = outbox.owe(3);
    outbox.start();
    REQUIRE(outbox.wait_until_delivered(3));
    CHECK(ids_of(desk.got()) == std::vector<std::string>{ids[0], ids[0], ids[1], ids[2]});
    for (const auto& delivery : outbox.pending()) CHECK(delivery.attempts == 0);
}

TEST_CASE("while an endpoint is down one delivery at a time probes it, and nothing is written", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with(503);
    Outbox outbox(loop, desk, 4);
    outbox.owe(100);
    outbox.start();
    REQUIRE(desk.wait_for(12));
    CHECK(outbox.trouble().find("http_503") != std::string::npos);
    CHECK(desk.most_at_once() <= 4);
    for (const auto& delivery : outbox.pending()) {
        CHECK(delivery.attempts == 0);
        CHECK_FALSE(delivery.not_before);
    }
    CHECK(outbox.store().counts().units == 1);  // the one that owed them
    CHECK(outbox.counts().pending == 100);
    desk.answer_with(200);
    REQUIRE(outbox.wait_until_delivered(100));
    CHECK(outbox.trouble().empty());
}

TEST_CASE("probes come one by one", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with(503);
    Outbox outbox(loop, desk, 1);
    outbox.owe(10);
    outbox.start();
    REQUIRE(desk.wait_for(6));
    CHECK(desk.most_at_once() == 1);
    // The first was tried, then probed; then others had their turn, so that no single one stands in the way.
    const auto ids = ids_of(desk.got());
    CHECK(ids[0] == ids[1]);
    CHECK(ids[1] != ids[2]);
    CHECK(ids[2] != ids[3]);
}

TEST_CASE("an endpoint that is gone is suspended over a restart, keeps its queue, and goes on when resumed",
          "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with(410);
    Outbox outbox(loop, desk);
    const auto ids = outbox.owe(5);
    outbox.start();
    REQUIRE(desk.wait_for(1));
    REQUIRE(storage::testing::eventually([&] { return !outbox.states().empty(); }));
    CHECK(outbox.states().front().suspended);
    CHECK(outbox.trouble() == "suspended: gone");
    desk.answer_with(200);
    outbox.wake();
    outbox.stop();
    outbox.start();
    REQUIRE(storage::testing::eventually([&] { return outbox.trouble() == "suspended: gone"; }));
    outbox.wake();
    CHECK(outbox.counts().pending == 5);
    CHECK(desk.got().size() == 1);
    const auto clear = [](Unit& unit) { unit.set(storage::EndpointState{endpoint_name, false, "", std::nullopt}); };
    REQUIRE(storage::testing::commit(outbox.store(), clear) == Committed::durable);
    outbox.resume();
    REQUIRE(outbox.wait_until_delivered(5));
    CHECK(outbox.trouble().empty());
}

TEST_CASE("a delivery that is refused is retried on its own while its neighbours go on", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    Outbox outbox(loop, desk);
    const auto ids = outbox.owe(4);
    std::atomic<bool> refuse = true;
    desk.answer_with(
        [&](std::size_t, const Desk::Got& got) { return Desk::with_status(refuse && got.id == ids[1] ? 422 : 200); });
    outbox.start();
    REQUIRE(outbox.wait_until_delivered(3));
    REQUIRE(storage::testing::eventually([&] {
        const auto pending = outbox.pending();
        return pending.size() == 1 && pending.front().attempts >= 2;
    }));
    CHECK(outbox.trouble().empty());
    refuse = false;
    CHECK(outbox.wait_until_delivered(4));
}

TEST_CASE("a refused delivery is dead in the end, and replayed under its id when somebody asks", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with(400);
    Outbox outbox(loop, desk);
    outbox.schedule_.give_up = 100ms;
    const auto ids = outbox.owe(2);
    outbox.start();
    REQUIRE(storage::testing::eventually([&] { return outbox.counts().dead == 2; }));
    CHECK(outbox.counts().pending == 0);
    desk.answer_with(200);
    const auto before = desk.got().size();
    CHECK(outbox.replay() == 2);
    REQUIRE(outbox.wait_until_delivered(2));
    const auto got = desk.got();
    REQUIRE(got.size() == before + 2);
    CHECK(got[before].id == ids[0]);
    CHECK(got[before + 1].id == ids[1]);
    CHECK(got.back().replayed);
    CHECK(got.back().authentic);
}

TEST_CASE("one event that the endpoint always fails on does not hold up the others", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    Outbox outbox(loop, desk, 2);
    const auto ids = outbox.owe(30);
    desk.answer_with([failing = ids[0]](std::size_t, const Desk::Got& got) {
        return Desk::with_status(got.id == failing ? 500 : 200);
    });
    outbox.start();
    REQUIRE(outbox.wait_until_delivered(29));
    REQUIRE(storage::testing::eventually([&] { return outbox.pending().front().attempts > 0; }));
    const auto more = outbox.owe(5);
    CHECK(outbox.wait_until_delivered(34));
}

TEST_CASE("an endpoint that is not there is found again, and nothing is lost", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    Outbox outbox(loop, desk, 4);
    outbox.owe(10);
    desk.close();
    outbox.start();
    REQUIRE(storage::testing::eventually([&] { return outbox.trouble().find("refused") != std::string::npos; }));
    desk.open_again();
    CHECK(outbox.wait_until_delivered(10));
}

TEST_CASE("Retry-After is waited for", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with([](std::size_t count, const Desk::Got&) {
        return count == 0 ? Desk::with_status(429, "1") : Desk::with_status(200);
    });
    Outbox outbox(loop, desk);
    outbox.owe(1);
    const auto begun = std::chrono::steady_clock::now();
    outbox.start();
    REQUIRE(outbox.wait_until_delivered(1));
    CHECK(std::chrono::steady_clock::now() - begun >= 1s);
    CHECK(desk.got().size() == 2);
}

TEST_CASE("red for long is remembered over a restart, and forgotten when it is over", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with(500);
    Outbox outbox(loop, desk);
    outbox.limits_.alarm_after = 50ms;
    outbox.owe(1);
    outbox.start();
    REQUIRE(storage::testing::eventually([&] { return !outbox.states().empty(); }));
    CHECK_FALSE(outbox.states().front().suspended);
    CHECK(outbox.states().front().failing_since);
    outbox.stop();
    outbox.start();
    desk.answer_with(200);
    REQUIRE(outbox.wait_until_delivered(1));
    CHECK(storage::testing::eventually([&] { return !outbox.states().front().failing_since; }));
}

TEST_CASE("stopping ends what is under way and marks it", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    desk.hold();
    Outbox outbox(loop, desk, 4);
    outbox.owe(20);
    outbox.start();
    REQUIRE(desk.wait_for(4));
    auto stopping = std::async(std::launch::async, [&] { outbox.stop(); });
    desk.release();
    stopping.get();
    const auto counts = outbox.counts();
    CHECK(counts.delivered == desk.got().size());
    CHECK(counts.delivered + counts.pending == 20);
    CHECK(desk.most_at_once() == 4);
}

TEST_CASE("an event that is not what it says goes to the dead lane, visibly", "[dispatch]") {
    Loop loop;
    Desk desk(loop);
    Outbox outbox(loop, desk);
    const auto damaged = [](Unit& unit) {
        storage::Event event;
        event.id = unit.next_id(Table::event);
        event.type = "alert.raised";
        event.body = "\xff\xff";
        unit.add(event);
        storage::Delivery delivery;
        delivery.id = unit.next_id(Table::delivery);
        delivery.event = event.id;
        delivery.endpoint = endpoint_name;
        unit.add(delivery);
    };
    REQUIRE(storage::testing::commit(outbox.store(), damaged) == Committed::durable);
    outbox.owe(1);
    outbox.start();
    REQUIRE(outbox.wait_until_delivered(1));
    CHECK(storage::testing::eventually([&] { return outbox.counts().dead == 1; }));
}

TEST_CASE("a hundred thousand owed deliveries are read a page at a time", "[dispatch][slow]") {
    Loop loop;
    Desk desk(loop);
    desk.answer_with(503);
    Outbox outbox(loop, desk, 8);
    for (int i = 0; i < 20; ++i) outbox.owe(5'000);
    const auto resident_kib = [] {
        long pages = 0, resident = 0;
        std::ifstream("/proc/self/statm") >> pages >> resident;
        return resident * (::sysconf(_SC_PAGESIZE) / 1024);
    };
    [[maybe_unused]] const auto before = resident_kib();
    outbox.start();
    REQUIRE(desk.wait_for(10));
    desk.answer_with(200);
    REQUIRE(storage::testing::eventually([&] { return outbox.counts().delivered >= 500; }));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which keep freed memory
    CHECK(resident_kib() - before < 32 * 1024);
#endif
    outbox.stop();
    CHECK(outbox.counts().delivered + outbox.counts().pending == 100'000);
}

TEST_CASE("the dispatcher keeps lanes apart and names what is wrong", "[dispatch]") {
    Loop loop;
    Desk healthy(loop), broken(loop);
    broken.answer_with(503);
    storage::testing::TempFolder folder;
    storage::SqliteOptions options;
    options.file = folder / "jejak.db";
    const auto store = storage::open_sqlite(options, test_vault());
    StoreAccess access(loop.executor(), *store);
    Telemetry telemetry;
    EndpointOptions first, second;
    first.name = "broken";
    first.url = broken.url();
    second.name = "healthy";
    second.url = healthy.url();
    for (auto* endpoint : {&first, &second}) {
        endpoint->secret = SensitiveText(test::webhook_secret);
        endpoint->allow_private_address = true;
    }
    const auto owe_both = [](Unit& unit) {
        storage::Event event;
        event.id = unit.next_id(Table::event);
        event.type = "system.test";
        unit.add(event);
        for (const char* name : {"broken", "healthy"}) {
            storage::Delivery delivery;
            delivery.id = unit.next_id(Table::delivery);
            delivery.event = event.id;
            delivery.endpoint = name;
            unit.add(delivery);
        }
    };
    auto dispatcher = loop.call([&] {
        return std::make_unique<Dispatcher>(
            loop.executor(), access, test_vault(), std::vector{first, second},
            [](std::string_view) { return std::string(); }, telemetry);
    });
    net::TaskGroup group(loop.executor());
    loop.call([&] { group.spawn("dispatcher", dispatcher->run()); });
    REQUIRE(storage::testing::commit(*store, owe_both) == Committed::durable);
    loop.call([&] {
        dispatcher->wake("broken");
        dispatcher->wake("healthy");
        dispatcher->wake("nobody");
    });
    REQUIRE(healthy.wait_for(1));
    REQUIRE(broken.wait_for(1));
    CHECK(healthy.got().front().id == broken.got().front().id);
    std::vector<std::pair<std::string, std::string>> troubles;
    REQUIRE(storage::testing::eventually([&] {
        troubles = loop.call([&] { return dispatcher->troubles(); });
        return !troubles.empty();
    }));
    REQUIRE(troubles.size() == 1);
    CHECK(troubles.front().first == "broken");
    loop.call([&] { group.stop(); });
    REQUIRE(loop.run(group.join(20s)));
    loop.call([&] { dispatcher.reset(); });
    store->close();
}
