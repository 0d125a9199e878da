// How a message is asked about: references as values, without a socket.
#include <catch2/catch.hpp>
#include <map>

#include "gateway/channel/submit_queries.hpp"
#include "storage/ids.hpp"

using namespace jejak;
using namespace std::chrono_literals;
using channel::SubmitQueries;

namespace {

const WallTime now = *from_rfc3339("2026-01-01T00:00:00Z");

SmppChannelOptions asking() {
    SmppChannelOptions options;
    options.query = SmppProfile::Query::reference;
    return options;
}

/// Ids as the store gives them: of one moment, and of one after the other.
std::vector<storage::Id> replies(std::size_t count) {
    storage::IdSource ids;
    std::vector<storage::Id> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(ids.next(now + (i / 3) * 1ms));
    return all;
}

SubmitQueries::Question about(storage::Id reply, std::size_t part) {
    return {reply, part, wall_now() + 10min, 3, 0, {}};
}

}  // namespace

TEST_CASE("B15: whatever is outstanding, a reference is one message's", "[smpp][B15]") {
    const auto options = asking();
    SubmitQueries queries(options);
    std::map<std::uint16_t, std::pair<storage::Id, std::size_t>> owners;
    std::size_t without = 0, messages = 0;
    for (const auto reply : replies(2'000)) {
        for (std::size_t part = 0; part < 3; ++part, ++messages) {
            const auto reference = queries.claim(reply, part, now);
            if (!reference) {
                ++without;
                CHECK_FALSE(queries.add(about(reply, part)));  // it stays in doubt: nobody else's answer is its own
                continue;
            }
            CHECK(*reference != 0);
            CHECK(*reference == SubmitQueries::reference_of(reply, part));
            CHECK(owners.emplace(*reference, std::pair(reply, part)).second);
            CHECK(queries.claim(reply, part, now) == reference);  // it leaves again
        }
    }
    CHECK(without < messages / 10);  // as chance has it
    CHECK(without > 0);
}

TEST_CASE("B15: a reference is free again after half an hour", "[smpp][B15]") {
    const auto options = asking();
    SubmitQueries queries(options);
    std::map<std::uint16_t, storage::Id> owners;
    storage::Id first = 0, twin = 0;
    for (const auto reply : replies(0x1'0000)) {  // one more than there are references
        const auto [owner, fresh] = owners.emplace(SubmitQueries::reference_of(reply, 0), reply);
        if (fresh) continue;
        first = owner->second;
        twin = reply;
        break;
    }
    REQUIRE(twin != 0);
    const auto reference = SubmitQueries::reference_of(first, 0);
    const auto begun = wall_now();
    REQUIRE(queries.claim(first, 0, begun) == reference);
    CHECK_FALSE(queries.claim(twin, 0, begun + SubmitQueries::claimed_for - 1s));
    CHECK(queries.claim(twin, 0, begun + SubmitQueries::claimed_for) == reference);
    CHECK_FALSE(queries.add(about(first, 0)));
    CHECK(queries.add(about(twin, 0)));
    CHECK_FALSE(queries.recall(about(first, 0)));
}

TEST_CASE("B15: of before the process began only what nobody else claims is asked about", "[smpp][B15]") {
    const auto options = asking();
    SubmitQueries queries(options);
    const auto all = replies(2);
    CHECK_FALSE(queries.add(about(all[0], 0)));  // it left without a reference
    CHECK(queries.recall(about(all[0], 0)));
    CHECK(queries.claim(all[1], 0, wall_now()));
    const SmppChannelOptions standard;
    SubmitQueries none(standard);
    CHECK_FALSE(none.recall(about(all[0], 0)));
}
