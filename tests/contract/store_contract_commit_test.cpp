// How every store commits: many units with one transaction, each whole or not at all, all of it there after a crash.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>

#include "storage/ids.hpp"
#include "tests/support/store_factories.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

/// Holds the writer inside a unit until it is let go, so that others queue behind it.
class Held {
public:
    explicit Held(Store& store) {
        REQUIRE(store.submit({[state = state_](Unit&) {
                                  state->inside.set_value();
                                  state->go.get_future().wait();
                              },
                              {},
                              {}}));
        REQUIRE(state_->inside.get_future().wait_for(deadline) == std::future_status::ready);
    }
    ~Held() { let_go(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    void let_go() {
        if (!std::exchange(gone_, true)) state_->go.set_value();
    }

private:
    struct State {
        std::promise<void> inside, go;
    };
    std::shared_ptr<State> state_ = std::make_shared<State>();
    bool gone_ = false;
};

/// Gathers how units ended; outlives the test's scope because the writer may still hold a copy.
struct Ends {
    void add(Id id, Committed how) {
        const std::lock_guard lock(mutex);
        by_id[id] = how;
    }
    std::size_t size() {
        const std::lock_guard lock(mutex);
        return by_id.size();
    }
    std::map<Id, Committed> all() {
        const std::lock_guard lock(mutex);
        return by_id;
    }
    std::mutex mutex;
    std::map<Id, Committed> by_id;
};

}  // namespace

TEST_CASE("what queues while the writer is busy is committed together, up to the batch's bound") {
    const auto kind = GENERATE(from_range(store_kinds()));
    StoreSetup setup;
    setup.batch_max = 8;
    Opened opened(kind, setup);
    const auto ends = std::make_shared<Ends>();
    Held held(*opened.store);
    for (Id id = 1; id <= 20; ++id) {
        REQUIRE(opened.store->submit(
            {[id](Unit& unit) { unit.add(message_of(id)); }, {}, [ends, id](Committed how) { ends->add(id, how); }}));
    }
    CHECK(opened.store->counts().queued == 20);
    CHECK(ends->size() == 0);
    held.let_go();
    REQUIRE(eventually([&] { return ends->size() == 20; }));
    for (const auto& [id, how] : ends->all()) CHECK(how == Committed::durable);
    const auto counts = opened.store->counts();
    CHECK(counts.batches == 4);  // the held one, 8, 8, 4
    CHECK(counts.units == 21);
    CHECK(counts.queued == 0);
    CHECK(counts.last_commit_seconds > 0);
}

TEST_CASE("a unit that throws is undone alone, its `instead` is kept, and its neighbours commit") {
    EVERY_STORE(opened);
    const auto ends = std::make_shared<Ends>();
    const auto done = [&](Id id) { return [ends, id](Committed how) { ends->add(id, how); }; };
    Held held(*opened.store);
    const auto poison = [](Id id) {
        return [id](Unit& unit) {
            unit.add(message_of(id));
            unit.issue_ticket(id);
            throw std::runtime_error("a text that breaks the program");
        };
    };
    Store& store = *opened.store;
    REQUIRE(store.submit({[](Unit& unit) { unit.add(message_of(1)); }, {}, done(1)}));
    REQUIRE(store.submit({poison(2), [](Unit& unit) { unit.add(message_of(2, Fate::quarantined)); }, done(2)}));
    REQUIRE(store.submit({poison(3), {}, done(3)}));
    REQUIRE(store.submit({poison(4), poison(4), done(4)}));
    REQUIRE(store.submit(
        {[](Unit&) { throw 5; }, [](Unit& unit) { unit.add(message_of(5, Fate::quarantined)); }, done(5)}));
    REQUIRE(store.submit({[](Unit& unit) { unit.add(message_of(6)); }, {}, done(6)}));
    held.let_go();
    REQUIRE(eventually([&] { return ends->size() == 6; }));
    const auto how = ends->all();
    CHECK(how.at(1) == Committed::durable);
    CHECK(how.at(2) == Committed::poisoned);
    CHECK(how.at(3) == Committed::poisoned);
    CHECK(how.at(4) == Committed::storage_failed);  // not even the second try is on disk: it must not be acknowledged
    CHECK(how.at(5) == Committed::poisoned);
    CHECK(how.at(6) == Committed::durable);
    CHECK(store.healthy());
    CHECK(store.counts().poisoned == 4);
    const auto messages = opened.ask([](View& view) { return view.messages_after(0, 10); });
    std::vector<Id> ids;
    for (const auto& message : messages) ids.push_back(message.id);
    CHECK(ids == std::vector<Id>{1, 2, 5, 6});
    CHECK(messages[1].fate == Fate::quarantined);
    CHECK_FALSE(opened.ask([](View& view) { return view.ticket_of(2); }));
    const Ledger ledger = opened.ask([](View& view) { return view.ledger(); });
    CHECK(ledger.received == 4);
    CHECK(ledger == opened.ask([](View& view) { return view.recount(); }));
}

TEST_CASE("a unit sees what it and the batch did before, the account included") {
    EVERY_STORE(opened);
    Held held(*opened.store);
    REQUIRE(opened.store->submit({[](Unit& unit) { unit.add(message_of(1)); }, {}, {}}));
    auto seen = std::make_shared<std::promise<Ledger>>();
    REQUIRE(opened.store->submit({[seen](Unit& unit) {
                                      unit.add(message_of(2));
                                      seen->set_value(unit.message(1) ? unit.ledger() : Ledger{});
                                  },
                                  {},
                                  {}}));
    held.let_go();
    auto result = seen->get_future();
    REQUIRE(result.wait_for(deadline) == std::future_status::ready);
    CHECK(result.get().received == 2);
}

TEST_CASE("a full queue refuses and keeps nothing; then it takes again") {
    const auto kind = GENERATE(from_range(store_kinds()));
    StoreSetup setup;
    setup.queue_max = 3;
    Opened opened(kind, setup);
    const auto ends = std::make_shared<Ends>();
    Held held(*opened.store);
    const auto work = [&](Id id) {
        return Work{
            [id](Unit& unit) { unit.add(message_of(id)); }, {}, [ends, id](Committed how) { ends->add(id, how); }};
    };
    for (Id id = 1; id <= 3; ++id) REQUIRE(opened.store->submit(work(id)));
    CHECK_FALSE(opened.store->submit(work(4)));
    CHECK(opened.store->healthy());
    held.let_go();
    REQUIRE(eventually([&] { return ends->size() == 3; }));
    opened.unit([](Unit& unit) { unit.add(message_of(5)); });
    CHECK(ends->all().count(4) == 0);
    CHECK_FALSE(opened.ask([](View& view) { return view.message(4); }));
}

TEST_CASE("closing commits what is queued; afterwards nothing is taken") {
    EVERY_STORE(opened);
    const auto ends = std::make_shared<Ends>();
    for (Id id = 1; id <= 100; ++id) {
        REQUIRE(opened.store->submit(
            {[id](Unit& unit) { unit.add(message_of(id)); }, {}, [ends, id](Committed how) { ends->add(id, how); }}));
    }
    opened.store->close();
    CHECK(ends->size() == 100);
    CHECK_FALSE(opened.store->submit({[](Unit&) {}, {}, {}}));
    CHECK_THROWS_AS(opened.ask([](View& view) { return view.ledger(); }), Error);
    opened.store->close();
    opened.reopen();
    CHECK(opened.ask([](View& view) { return view.ledger().received; }) == 100);
}

TEST_CASE("a question that throws says so, and the reader goes on") {
    EVERY_STORE(opened);
    CHECK_THROWS_AS(opened.ask([](View&) -> int { throw std::out_of_range("asked wrongly"); }), std::out_of_range);
    CHECK(opened.ask([](View& view) { return view.ledger().received; }) == 0);
}

TEST_CASE("a question sees one moment, whatever is committed meanwhile") {
    EVERY_STORE(opened);
    const auto before_and_after = opened.ask([&](View& view) {
        const auto before = view.ledger().received;
        const auto how = commit(*opened.store, [](Unit& unit) { unit.add(message_of(1)); });
        return std::tuple(before, view.ledger().received, how);
    });
    CHECK(before_and_after == std::tuple(0u, 0u, Committed::durable));
    CHECK(opened.ask([](View& view) { return view.ledger().received; }) == 1);
}

TEST_CASE("everything acknowledged is there after kill -9, and counting goes on above it") {
    const auto kind = GENERATE(from_range(store_kinds()));
    const TempFolder folder;
    std::array<int, 2> pipe_ends{};
    REQUIRE(::pipe(pipe_ends.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(pipe_ends[0]);
        const auto store = kind.open(folder, StoreSetup{}, test_vault());
        for (Id id = 1;; ++id) {
            store->submit({[id](Unit& unit) {
                               unit.add(message_of(id));
                               unit.issue_ticket(id);
                               unit.add(reply_to(id, id));
                           },
                           {},
                           [id, out = pipe_ends[1]](Committed how) {
                               if (how == Committed::durable && ::write(out, &id, sizeof id) != sizeof id) ::_exit(1);
                           }});
        }
    }
    ::close(pipe_ends[1]);
    Id acknowledged = 0;
    Id id = 0;
    while (acknowledged < 500 && ::read(pipe_ends[0], &id, sizeof id) == sizeof id) acknowledged = id;
    ::kill(child, SIGKILL);
    while (::read(pipe_ends[0], &id, sizeof id) == sizeof id) acknowledged = id;
    ::close(pipe_ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(acknowledged >= 500);

    const auto store = kind.open(folder, StoreSetup{}, test_vault());
    CHECK(store->last_message() >= acknowledged);
    const Ledger ledger = ask(*store, [](View& view) { return view.ledger(); });
    CHECK(ledger.received >= static_cast<std::uint64_t>(acknowledged));
    CHECK(ledger == ask(*store, [](View& view) { return view.recount(); }));
    CHECK(ask(*store, [&](View& view) { return view.message(acknowledged).has_value(); }));
    const auto last_ticket = ask(*store, [&](View& view) { return view.ticket_of(store->last_message()); }).value();
    REQUIRE(commit(*store, [&](Unit& unit) {
                CHECK(unit.issue_ticket(1'000'000'000) > last_ticket);
                CHECK(unit.next_id(Table::reply) > store->last_message());
            }) == Committed::durable);
}

TEST_CASE("the account equals the rows after any sequence of units, poisoned ones among them") {
    EVERY_STORE(opened);
    const auto seed = GENERATE(1u, 2u, 3u, 4u);
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    Id next = 1;
    const auto endpoint_of = [](Id id) { return "endpoint-" + std::to_string(id % 3); };
    const auto act = [&](Unit& unit) {
        const Id some = 1 + pick(static_cast<int>(next));
        switch (pick(10)) {
            case 0:
            case 1:
            case 2: {
                const Id id = next++;
                unit.add(message_of(id, static_cast<Fate>(pick(6))));
                unit.add(Event{id, "alert.raised", unit.now(), "body"});
                unit.add(Delivery{id, id, endpoint_of(id), DeliveryState::pending, 0, {}, false});
                unit.add(reply_to(id, id, static_cast<ReplyState>(pick(4))));
                Alert alert = alert_of(id);
                alert.id = id;
                unit.add(alert);
                break;
            }
            case 3:
                unit.set_fate(some, static_cast<Fate>(pick(6)));
                break;
            case 4:
            case 5:
                unit.update(Delivery{some, some, endpoint_of(some), static_cast<DeliveryState>(pick(3)), 1, {}, false});
                break;
            case 6:
                unit.replay_dead(endpoint_of(some));
                break;
            case 7: {
                auto reply = unit.replies_to(some);
                if (reply.empty()) throw std::runtime_error("no such reply");
                reply.front().state = static_cast<ReplyState>(pick(4));
                unit.update(reply.front());
                break;
            }
            case 8:
                unit.drop_expired_replies(static_cast<std::size_t>(pick(3)));
                break;
            default: {
                auto alert = unit.alert(some);
                if (!alert) throw std::runtime_error("no such alert");
                alert->acknowledged_at = pick(2) == 0 ? std::nullopt : std::optional(unit.now());
                unit.update(*alert);
            }
        }
    };
    const auto unit = [&](Unit& writing) {
        for (int step = pick(6); step >= 0; --step) act(writing);
        if (pick(5) == 0) throw std::runtime_error("poison");
    };
    const auto instead = [&](Unit& writing) { writing.add(message_of(next++, Fate::quarantined)); };
    for (int round = 0; round < 12; ++round) {
        const auto ends = std::make_shared<Ends>();
        for (Id i = 0; i < 25; ++i) {
            REQUIRE(opened.store->submit({unit, instead, [ends, i](Committed how) { ends->add(i, how); }}));
        }
        REQUIRE(eventually([&] { return ends->size() == 25; }));
        opened.advance(10min);
        const Ledger ledger = opened.ask([](View& view) { return view.ledger(); });
        CHECK(ledger == opened.ask([](View& view) { return view.recount(); }));
        CHECK(ledger.balances());
        std::array<std::uint64_t, 3> by_endpoint{};
        for (const auto& each : opened.ask([](View& view) { return view.endpoint_counts(); })) {
            by_endpoint[0] += each.pending;
            by_endpoint[1] += each.delivered;
            by_endpoint[2] += each.dead;
        }
        CHECK(by_endpoint == ledger.deliveries);
    }
    CHECK(opened.store->counts().poisoned > 10);
    const Ledger before = opened.ask([](View& view) { return view.ledger(); });
    opened.reopen();
    CHECK(opened.ask([](View& view) { return view.ledger(); }) == before);
}
