#include "protocol/vocabulary.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace jejak;

namespace {

/// Every name is read back to its enumerator, no two are equal, and none is empty.
template <class Enum>
void check_names(Enum last) {
    std::set<std::string_view> names;
    for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
        const auto name = to_string(static_cast<Enum>(i));
        CAPTURE(name);
        CHECK_FALSE(name.empty());
        CHECK(names.insert(name).second);
        CHECK(parse<Enum>(name) == static_cast<Enum>(i));
    }
    CHECK_FALSE(parse<Enum>(""));
    CHECK_FALSE(parse<Enum>("SOS"));
    CHECK_FALSE(parse<Enum>("no_such_name"));
}

}  // namespace

TEST_CASE("every enumerator has one name, and the name leads back to it") {
    check_names(Intent::note);
    check_names(Category::not_a_case);
    check_names(AlertKind::all_clear);
    check_names(AlertStatus::cancelled);
    check_names(Role::admin);
    check_names(WorkerState::reintegration);
    check_names(Fate::waiting_segments);
    check_names(Audience::oversight);
}

TEST_CASE("names that are stored and published stay as they are") {
    CHECK(to_string(Intent::register_worker) == "register");
    CHECK(to_string(Intent::sos) == "sos");
    CHECK(to_string(Category::unofficial_land_route) == "unofficial_land_route");
    CHECK(to_string(AlertKind::departure_now) == "departure_now");
    CHECK(to_string(AlertStatus::acknowledged) == "acknowledged");
    CHECK(to_string(Role::task_force) == "task_force");
    CHECK(to_string(WorkerState::lost_contact) == "lost_contact");
    CHECK(to_string(Fate::waiting_segments) == "waiting_segments");
    CHECK(to_string(Audience::child_protection) == "child_protection");
}
