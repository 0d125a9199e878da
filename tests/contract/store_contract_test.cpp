#include "tests/support/store_fixture.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

TEST_CASE("a message that was committed is read back") {
    const TempFolder folder;
    SqliteOptions options;
    options.file = folder / "a.db";
    const auto store = open_sqlite(options, test_vault());
    REQUIRE(commit(*store, [](Unit& unit) { unit.add(message_of(7)); }) == Committed::durable);
    const auto found = ask(*store, [](View& view) { return view.message(7); });
    REQUIRE(found);
    CHECK(found->channel == "smpp-a");
}
