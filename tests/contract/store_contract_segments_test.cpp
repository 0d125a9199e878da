// What every store keeps of long texts, and how it counts those that are open.
#include "storage/ids.hpp"
#include "tests/support/store_factories.hpp"

using namespace jejak;
using namespace jejak::storage;
using namespace jejak::storage::testing;

namespace {

Assembly assembly_of(Id id, Id lead, WallTime first_at, const std::string& sender = "+628400000001") {
    Assembly assembly;
    assembly.id = id;
    assembly.key = key_of("key");
    assembly.lead = lead;
    assembly.total = 3;
    assembly.first_at = first_at;
    assembly.scope = "smpp-a";
    assembly.sender_key = key_of(sender);
    assembly.due_at = first_at + 90s;
    return assembly;
}

Part part_of(Id message, std::uint8_t number) {
    return Part{message, number, 8, key_of(std::to_string(number)),
                test_vault().seal(Table::segment, Column::raw, message, "octets")};
}

}  // namespace

TEST_CASE("a long text: generations, parts in order, and a fate for the whole", "[C14][C16]") {
    EVERY_STORE(opened);
    opened.unit([&](Unit& unit) {
        for (Id id = 1; id <= 4; ++id) unit.add(message_of(id, Fate::waiting_segments));
        unit.add(assembly_of(10, 1, t0()));
        unit.add(assembly_of(20, 4, t0() + 1min));
        unit.add(10, part_of(2, 3));
        unit.add(10, part_of(1, 1));
        unit.add(10, part_of(3, 2));
        unit.add(20, part_of(4, 1));
    });
    const auto generations = [&](WallTime since, std::size_t limit = 10) {
        std::vector<Id> ids;
        for (const auto& one : opened.ask([&](View& view) { return view.assemblies(key_of("key"), since, limit); }))
            ids.push_back(one.id);
        return ids;
    };
    CHECK(generations(t0() - 1ms) == std::vector<Id>{20, 10});
    CHECK(generations(t0() - 1ms, 1) == std::vector<Id>{20});
    CHECK(generations(t0()) == std::vector<Id>{20});
    CHECK(opened.ask([](View& view) { return view.assemblies(key_of("none"), WallTime{}, 10).empty(); }));
    const auto whole = opened.ask([](View& view) { return view.assembly_by_id(10); }).value();
    CHECK(whole.lead == 1);
    CHECK(whole.parts == 3);
    CHECK(whole.octets == 3 * part_of(1, 1).octets.size());
    CHECK(whole.scope == "smpp-a");
    CHECK(whole.sender_key == key_of("+628400000001"));
    CHECK(whole.due_at == t0() + 90s);
    CHECK_FALSE(opened.ask([](View& view) { return view.assembly_by_id(11); }));
    const auto parts = opened.ask([](View& view) { return view.parts(10); });
    REQUIRE(parts.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) CHECK(parts[i].part == i + 1);
    CHECK(parts[2].message == 2);
    CHECK(parts[0].data_coding == 8);
    CHECK(parts[0].content == key_of("1"));
    CHECK(test_vault().open(Table::segment, Column::raw, 1, parts[0].octets).value().reveal() == "octets");
    CHECK(opened.ask([](View& view) { return view.part(10, 3)->message; }) == 2);
    CHECK_FALSE(opened.ask([](View& view) { return view.part(20, 3); }));

    CHECK(commit(*opened.store, [&](Unit& unit) { unit.add(10, part_of(4, 2)); }) == Committed::poisoned);
    const Id through = GENERATE(1, 2, 3);  // the lead, or any member
    opened.unit([&](Unit& unit) {
        unit.set_fate(through, Fate::understood);
        unit.set_state(10, Assembly::State::complete);
        unit.set_remarks(1, 256);
    });
    for (Id id = 1; id <= 3; ++id) {
        CHECK(opened.ask([&](View& view) { return view.message(id)->fate; }) == Fate::understood);
    }
    CHECK(opened.ask([](View& view) { return view.message(4)->fate; }) == Fate::waiting_segments);
    CHECK(opened.ask([](View& view) { return view.message(1)->remarks; }) == 256);
    CHECK(opened.ask([](View& view) { return view.assembly_by_id(10)->state; }) == Assembly::State::complete);
    const Ledger ledger = opened.ask([](View& view) { return view.ledger(); });
    CHECK(ledger.fates[static_cast<std::size_t>(Fate::understood)] == 3);
    CHECK(ledger == opened.ask([](View& view) { return view.recount(); }));
}

TEST_CASE("long texts are due in order, until they are complete or closed", "[C19]") {
    EVERY_STORE(opened);
    opened.unit([&](Unit& unit) {
        unit.add(assembly_of(10, 1, t0()));
        unit.add(assembly_of(20, 2, t0() - 1min));
        unit.add(assembly_of(30, 3, t0() + 1min));
    });
    const auto due = [&](WallTime now, std::size_t limit = 10) {
        std::vector<Id> ids;
        for (const auto& one : opened.ask([&](View& view) { return view.assemblies_due(now, limit); }))
            ids.push_back(one.id);
        return ids;
    };
    CHECK(due(t0() + 29s).empty());
    CHECK(due(t0() + 90s) == std::vector<Id>{20, 10});
    CHECK(due(t0() + 1h, 1) == std::vector<Id>{20});
    opened.unit([&](Unit& unit) {
        unit.set_state(20, Assembly::State::released_partial, t0() + 30min);
        unit.set_state(10, Assembly::State::complete, t0() + 30min);  // nothing is due of what is complete
    });
    CHECK(due(t0() + 29min) == std::vector<Id>{30});
    CHECK(due(t0() + 30min) == std::vector<Id>{30, 20});
    opened.unit([&](Unit& unit) {
        unit.set_state(20, Assembly::State::closed);
        unit.set_state(30, Assembly::State::closed);
    });
    CHECK(due(t0() + 1h).empty());
}

TEST_CASE("what is open is counted by sender and scope, in rows that go when nothing is", "[C22]") {
    EVERY_STORE(opened);
    const auto ani = key_of("+628400000001"), budi = key_of("+628400000002");
    opened.unit([&](Unit& unit) {
        unit.add(assembly_of(10, 1, t0()));
        unit.add(assembly_of(20, 2, t0()));
        unit.add(assembly_of(30, 3, t0(), "+628400000002"));
        auto elsewhere = assembly_of(40, 4, t0());
        elsewhere.scope = "smpp-b";
        unit.add(elsewhere);
        unit.add(10, part_of(1, 1));
        unit.add(10, part_of(5, 2));
        unit.add(20, part_of(2, 1));
        unit.add(30, part_of(3, 1));
    });
    const auto open = [&](const LookupKey& sender, const char* scope = "smpp-a") {
        return opened.ask([&](View& view) { return view.open_texts(scope, sender); });
    };
    CHECK(open(ani).sender == OpenTexts{2, 3});
    CHECK(open(budi).sender == OpenTexts{1, 1});
    CHECK(open(ani).scope == OpenTexts{3, 4});
    CHECK(open(ani, "smpp-b").scope == OpenTexts{1, 0});
    CHECK(open(ani, "smpp-c").scope == OpenTexts{});
    opened.reopen();
    opened.unit([](Unit& unit) { unit.set_state(10, Assembly::State::released_partial, t0() + 30min); });
    CHECK(open(ani).sender == OpenTexts{2, 3});
    opened.unit([](Unit& unit) {
        unit.set_state(10, Assembly::State::complete);
        unit.set_state(10, Assembly::State::complete);  // counted out once
    });
    CHECK(open(ani).sender == OpenTexts{1, 1});
    CHECK(open(ani).scope == OpenTexts{2, 2});
    CHECK(commit(*opened.store, [](Unit& unit) {
              unit.set_state(20, Assembly::State::closed);
              throw std::runtime_error("our own mistake");
          }) == Committed::poisoned);
    CHECK(open(ani).sender == OpenTexts{1, 1});
    opened.unit([](Unit& unit) {
        unit.add(10, part_of(9, 3));  // of what is open no more, nothing is counted
        unit.set_state(20, Assembly::State::closed);
        unit.set_state(30, Assembly::State::closed);
    });
    CHECK(open(ani).sender == OpenTexts{});
    CHECK(open(budi).scope == OpenTexts{});
}
