#include "gateway/store_access.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace jejak;
using storage::Committed;
using storage::Unit;

namespace {

/// Keeps what it is given until it is told how that ended.
class HeldStore : public storage::Store {
public:
    bool submit(storage::Work work) override {
        if (held.size() >= room) return false;
        held.push_back(std::move(work));
        return true;
    }
    void read(std::function<void(storage::View&)>, std::function<void(std::exception_ptr)> done) override {
        done(std::make_exception_ptr(std::runtime_error("nothing was kept")));
    }
    bool healthy() const override { return well; }
    std::string trouble() const override { return {}; }
    Counts counts() const override { return {}; }
    storage::Id last_message() const override { return 0; }
    void close() override {}

    void finish(Committed how) {
        auto all = std::move(held);
        held.clear();
        for (const auto& work : all) work.done(how);
    }

    std::deque<storage::Work> held;
    std::size_t room = 1'000;
    bool well = true;
};

struct Way {
    boost::asio::io_context loop{1};
    HeldStore store;
    std::unique_ptr<StoreAccess> access = std::make_unique<StoreAccess>(loop.get_executor(), store);
    std::vector<Committed> told;

    void submit() {
        access->submit([](Unit&) {}, {}, [this](Committed how) { told.push_back(how); });
    }
    std::size_t run() {
        loop.restart();
        return loop.poll();
    }
};

}  // namespace

TEST_CASE("a batch of units comes back to the loop with one wake-up, in its order") {
    Way way;
    std::vector<int> order;
    for (int i = 0; i < 100; ++i) way.access->submit([](Unit&) {}, {}, [&, i](Committed) { order.push_back(i); });
    CHECK(way.run() == 0);
    std::thread writer([&] { way.store.finish(Committed::durable); });
    writer.join();
    CHECK(order.empty());
    CHECK(way.run() == 1);
    REQUIRE(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a unit without a replacement has none in the store either") {
    Way way;
    way.submit();
    way.access->submit([](Unit&) {}, [](Unit&) {}, [](Committed) {});
    way.access->submit([](Unit&) {}, std::function<void(Unit&)>(), [](Committed) {});
    REQUIRE(way.store.held.size() == 3);
    CHECK_FALSE(way.store.held[0].instead);
    CHECK(way.store.held[1].instead);
    CHECK_FALSE(way.store.held[2].instead);
    way.store.finish(Committed::durable);
    way.run();
}

TEST_CASE("what the store does not take is told later, and why") {
    Way way;
    way.store.room = 0;
    way.submit();
    way.store.well = false;
    way.submit();
    CHECK(way.told.empty());
    way.run();
    CHECK(way.told == std::vector{Committed::queue_full, Committed::storage_failed});
}

TEST_CASE("a completion may hand over the next unit, and the loop waits for it") {
    Way way;
    std::size_t turns = 0;
    std::function<void(Committed)> again = [&](Committed) {
        if (++turns < 5) way.access->submit([](Unit&) {}, {}, again);
    };
    way.access->submit([](Unit&) {}, {}, again);
    for (std::size_t turn = 1; turn <= 5; ++turn) {
        CHECK_FALSE(way.loop.stopped());
        way.store.finish(Committed::durable);
        way.loop.poll();
        CHECK(turns == turn);
    }
    CHECK(way.loop.stopped());
}

TEST_CASE("a unit that ends when its way is gone, or its loop, frees all it held") {
    const auto owned = std::make_shared<int>(0);
    {
        Way way;
        for (int i = 0; i < 3; ++i) {
            way.access->submit([owned](Unit&) {}, [owned](Unit&) {}, [owned](Committed) {});
        }
        CHECK(owned.use_count() == 10);
        SECTION("its completion is called all the same") {
            way.access.reset();
            way.store.finish(Committed::durable);
            way.run();
            CHECK(owned.use_count() == 1);
        }
        SECTION("the loop never runs again") {
            way.access.reset();
            way.store.finish(Committed::storage_failed);
        }
    }
    CHECK(owned.use_count() == 1);
}

TEST_CASE("a question that failed is thrown where it was asked") {
    Way way;
    bool thrown = false;
    const auto ask = [&]() -> net::awaitable<void> {
        try {
            co_await way.access->read([](storage::View&) {});
        } catch (const std::runtime_error&) {
            thrown = true;
        }
    };
    boost::asio::co_spawn(way.loop, ask(), [](std::exception_ptr failure) { CHECK_FALSE(failure); });
    way.loop.run();
    CHECK(thrown);
}
