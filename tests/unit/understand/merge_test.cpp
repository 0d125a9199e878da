#include "gateway/understand/dialogue/merge.hpp"

#include <catch2/catch.hpp>

using namespace jejak;
using namespace jejak::understand;

namespace {

Reading said_first() {
    Reading reading;
    reading.intent = Intent::report;
    reading.category = Category::harbouring;
    reading.people = 5;
    reading.people_max = 6;
    reading.place = "61.01.09.2002";
    reading.place_name = "Sebunga";
    reading.vehicle = "mobil";
    reading.when.since = from_ms(1'000);
    reading.flags = static_cast<Flags>(Flag::female);
    return reading;
}

}  // namespace

TEST_CASE("what a later text says goes before what was said first, and what it leaves open stays") {
    auto whole = said_first();
    Reading said;
    said.people = 7;
    said.place_name = "Kuching";
    said.when.at = from_ms(2'000);
    said.flags = static_cast<Flags>(Flag::violence);
    take_later(whole, said, About::first);
    CHECK(whole.people == 7u);
    CHECK_FALSE(whole.people_max);  // of the earlier figure
    CHECK(whole.place.empty());     // of the earlier place
    CHECK(whole.place_name == "Kuching");
    CHECK(whole.when.at == from_ms(2'000));
    CHECK_FALSE(whole.when.since);
    CHECK(whole.vehicle == "mobil");
    CHECK(has(whole.flags, Flag::female));
    CHECK(has(whole.flags, Flag::violence));

    auto same = said_first();
    take_later(same, {}, About::later);
    CHECK(same.people_max == 6u);
    CHECK(same.place == "61.01.09.2002");
    CHECK(same.category == Category::harbouring);
}

TEST_CASE("what it is about is the first, the later or both, as the later text is meant") {
    struct Row {
        About about;
        bool guessed;
        Category category, second;
    };
    constexpr auto none = Category::none, first = Category::harbouring, later = Category::transport;
    for (const auto& row : {Row{About::first, false, first, none}, Row{About::later, false, later, none},
                            Row{About::later, true, first, none}, Row{About::both, false, later, first}}) {
        auto whole = said_first();
        Reading said;
        said.category = later;
        said.guessed = row.guessed;
        take_later(whole, said, row.about);
        CAPTURE(static_cast<int>(row.about), row.guessed);
        CHECK(to_string(whole.category) == to_string(row.category));
        CHECK(to_string(whole.second) == to_string(row.second));
        auto open = said_first();
        open.category = none;
        take_later(open, said, row.about);
        CHECK(to_string(open.category) == to_string(later));
        CHECK(to_string(open.second) == to_string(none));
        CHECK(open.guessed == row.guessed);
    }
}

TEST_CASE("what fills an open slot and contradicts none only adds") {
    Reading whole;
    whole.people = 5;
    whole.place = "61.01.09.2002";
    whole.flags = static_cast<Flags>(Flag::female);
    const auto adds = [&](const auto& fill) {
        Reading said;
        fill(said);
        return only_adds(whole, said);
    };
    CHECK_FALSE(adds([](Reading&) {}));
    CHECK_FALSE(adds([](Reading& said) { said.people = 5; }));  // nothing new
    CHECK_FALSE(adds([](Reading& said) { said.people = 3; }));
    CHECK(adds([](Reading& said) { said.when.now = true; }));
    CHECK(adds([](Reading& said) { said.plate = "KB 1234 XY"; }));
    CHECK(adds([](Reading& said) {
        said.people = 5;
        said.children = 2;
    }));
    CHECK_FALSE(adds([](Reading& said) {
        said.when.now = true;
        said.place = "61.01.09.2001";
    }));
    CHECK_FALSE(adds([](Reading& said) { said.flags = static_cast<Flags>(Flag::female); }));
    CHECK(adds([](Reading& said) { said.flags = static_cast<Flags>(Flag::minor_involved); }));
}
