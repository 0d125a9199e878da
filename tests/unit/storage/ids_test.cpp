#include "storage/ids.hpp"

#include <catch2/catch.hpp>

using namespace jejak;
using namespace jejak::storage;

TEST_CASE("ids ascend with time and count within a millisecond") {
    IdSource ids;
    const WallTime now = from_ms(1'760'000'000'000);
    const Id first = ids.next(now);
    CHECK(first == IdSource::floor(now));
    CHECK(ids.next(now) == first + 1);
    CHECK(ids.next(now + std::chrono::milliseconds(1)) == IdSource::floor(now + std::chrono::milliseconds(1)));
    CHECK(IdSource::time_of(first + 1) == now);
}

TEST_CASE("a clock that steps back does not take ids back") {
    IdSource ids;
    const WallTime now = from_ms(1'760'000'000'000);
    const Id last = ids.next(now);
    CHECK(ids.next(now - std::chrono::hours(1)) == last + 1);
    CHECK(ids.next(now) == last + 2);
}

TEST_CASE("ids go on above the highest one in use") {
    const WallTime now = from_ms(1'760'000'000'000);
    const Id highest = IdSource::floor(now) + 5;
    IdSource ids(highest);
    CHECK(ids.last() == highest);
    CHECK(ids.next(now) == highest + 1);
    ids.seen(highest + 10);
    ids.seen(highest);
    CHECK(ids.next(now) == highest + 11);
}
