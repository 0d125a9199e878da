#include <algorithm>
#include <cstdio>

#include "storage/ids.hpp"
#include "tests/support/store_fixture.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

/// What one SMS costs: message, report, ticket, reply, and the later update of an earlier reply with its provider's id.
struct OneSms {
    Message message;
    Report report;
    Reply reply;
    Reply update;
};

std::vector<OneSms> prepare(std::size_t count, bool ascending) {
    constexpr std::size_t answer_lag = 300;
    std::vector<OneSms> all(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Id id = IdSource::floor(t0()) + static_cast<Id>(i) + 1;
        OneSms& one = all[i];
        one.message = message_of(id);
        one.message.sender_key = key_of(std::to_string(i % 10'000));
        one.message.fingerprint = key_of("f" + std::to_string(i));
        one.report = storage::testing::report_of(id);
        one.reply = reply_to(id, id);
        if (i >= answer_lag) {
            one.update = all[i - answer_lag].reply;
            char provider_id[17];
            const std::uint64_t number = ascending ? i : i * 0x9e3779b97f4a7c15u;
            std::snprintf(provider_id, sizeof provider_id, "%016llx", static_cast<unsigned long long>(number));
            one.update.provider_id = provider_id;
        }
    }
    return all;
}

double units_per_second(const std::vector<OneSms>& all, std::size_t batch) {
    const TempFolder folder;
    SqliteOptions options;
    options.file = folder / "speed.db";
    options.batch_max = batch;
    options.queue_max = all.size();
    const auto store = open_sqlite(options, test_vault());
    std::atomic<std::size_t> durable{0};
    std::promise<void> ready, go, finished;
    store->submit({[&](Unit&) {
                       ready.set_value();
                       go.get_future().wait();
                   },
                   {},
                   {}});
    ready.get_future().wait();
    for (const OneSms& one : all) {
        const auto apply = [&one](Unit& unit) {
            unit.add(one.message);
            unit.add(one.report);
            unit.issue_ticket(one.message.id);
            unit.add(one.reply);
            if (one.update.id != 0) unit.update(one.update);
        };
        const auto done = [&](Committed how) {
            if (how == Committed::durable && ++durable == all.size()) finished.set_value();
        };
        REQUIRE(store->submit({apply, {}, done}));
    }
    const auto started = std::chrono::steady_clock::now();
    go.set_value();
    REQUIRE(finished.get_future().wait_for(5min) == std::future_status::ready);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    return static_cast<double>(all.size()) / took.count();
}

}  // namespace

TEST_CASE("speed: units per second by batch, one writer thread", "[.speed]") {
    for (const bool ascending : {true, false}) {
        const auto all = prepare(100'000, ascending);
        for (const std::size_t batch : {1u, 64u, 100u, 256u}) {
            std::vector<double> runs;
            const std::vector<OneSms> some(all.begin(), all.begin() + (batch == 1 ? 20'000 : 100'000));
            for (int run = 0; run < 3; ++run) runs.push_back(units_per_second(some, batch));
            std::sort(runs.begin(), runs.end());
            std::printf("provider ids %s, batch %zu: %.0f units/s (%.0f to %.0f)\n", ascending ? "ascending" : "random",
                        batch, runs[1], runs[0], runs[2]);
            std::fflush(stdout);
        }
    }
}
