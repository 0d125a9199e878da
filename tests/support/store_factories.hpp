#pragma once
#include "tests/support/store_fixture.hpp"

/// The stores that the contract is tested against: a new store adds one line.
namespace jejak::storage::testing {

struct StoreSetup {
    std::size_t queue_max = 4'096;
    std::size_t batch_max = 512;
    std::function<WallTime()> clock = t0;
};

struct StoreKind {
    const char* name;
    std::function<std::unique_ptr<Store>(const TempFolder&, const StoreSetup&, const Vault&)> open;
};

inline std::unique_ptr<Store> open_sqlite_in(const TempFolder& folder, const StoreSetup& setup, const Vault& vault) {
    SqliteOptions options;
    options.file = folder / "jejak.db";
    options.queue_max = setup.queue_max;
    options.batch_max = setup.batch_max;
    options.clock = setup.clock;
    return open_sqlite(options, vault);
}

inline std::vector<StoreKind> store_kinds() {
    return {{"sqlite", open_sqlite_in}};
}

/// One store in a folder of its own, under a clock the test turns.
class Opened {
public:
    explicit Opened(const StoreKind& kind, StoreSetup setup = {}) : kind_(kind), setup_(std::move(setup)) {
        setup_.clock = [this] { return from_ms(now_ms); };
        store = kind_.open(folder, setup_, test_vault());
    }

    void reopen() {
        store.reset();
        store = kind_.open(folder, setup_, test_vault());
    }
    /// Runs a unit that must become durable.
    void unit(std::function<void(Unit&)> apply) {
        const auto how = commit(*store, std::move(apply));
        REQUIRE(how == Committed::durable);
    }
    template <class Question>
    auto ask(Question question) {
        return testing::ask(*store, question);
    }
    void advance(std::chrono::milliseconds by) { now_ms += by.count(); }
    WallTime now() const { return from_ms(now_ms); }

    TempFolder folder;
    std::atomic<std::int64_t> now_ms{to_ms(t0())};
    std::unique_ptr<Store> store;

private:
    StoreKind kind_;
    StoreSetup setup_;
};

/// `EVERY_STORE(opened)` in a test case: runs it once per kind.
#define EVERY_STORE(opened)                                         \
    const auto kind_of_store = GENERATE(from_range(store_kinds())); \
    INFO(kind_of_store.name);                                       \
    Opened opened(kind_of_store)

}  // namespace jejak::storage::testing
