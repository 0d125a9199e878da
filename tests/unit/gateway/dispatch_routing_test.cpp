#include <catch2/catch.hpp>

#include "gateway/dispatch/routing.hpp"

using namespace jejak;
using namespace jejak::dispatch;

TEST_CASE("each role sees the audiences of its table, and no other", "[dispatch][routing]") {
    struct Case {
        Role role;
        bool general, child_protection, oversight;
    };
    const Case cases[] = {
        {Role::villager, false, false, false},
        {Role::family, false, false, false},
        {Role::worker, false, false, false},
        {Role::agent, false, false, false},
        {Role::village_official, false, false, false},
        {Role::village_head, false, false, false},
        {Role::task_force, true, false, false},
        {Role::immigration, true, false, false},
        {Role::bp3mi, true, false, false},
        {Role::ngo, true, false, false},
        {Role::child_protection, false, true, false},
        {Role::admin, true, false, true},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(to_string(test.role)) {
            EndpointOptions endpoint;
            endpoint.events = {"*"};
            endpoint.role = test.role;
            CHECK(wants(endpoint, "alert.raised", Audience::general, "") == test.general);
            CHECK(wants(endpoint, "alert.raised", Audience::child_protection, "") == test.child_protection);
            CHECK(wants(endpoint, "alert.raised", Audience::oversight, "") == test.oversight);
        }
    }
}

TEST_CASE("an area holds the places under it, code part by code part", "[dispatch][routing]") {
    struct Case {
        std::vector<std::string> areas;
        const char* place;
        bool expected;
    };
    const Case cases[] = {
        {{}, "61.01.09.2002", true},
        {{"61.01"}, "", true},
        {{"61.01"}, "61.01.09.2002", true},
        {{"61"}, "61.01", true},
        {{"61.01.09.2002"}, "61.01.09.2002", true},
        {{"61.01"}, "61.01", true},
        {{"61.02", "61.01"}, "61.01.09", true},
        {{"61.01"}, "61.02.01", false},
        {{"61.01"}, "61.011", false},
        {{"6"}, "61.01", false},
        {{"61.01.09.2002"}, "61.01.09", false},
        {{"61.01"}, "21.71", false},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.place << " in " << (test.areas.empty() ? "all" : test.areas.front())) {
            CHECK(in_areas(test.areas, test.place) == test.expected);
        }
    }
}

TEST_CASE("an event pattern is a type, a family, or everything", "[dispatch][routing]") {
    CHECK(matches("*", "alert.raised"));
    CHECK(matches("alert.*", "alert.raised"));
    CHECK(matches("alert.raised", "alert.raised"));
    CHECK_FALSE(matches("alert.*", "alerts.raised"));
    CHECK_FALSE(matches("alert.*", "alert"));
    CHECK_FALSE(matches("alert.raised", "alert.raised.twice"));
    CHECK_FALSE(matches("worker.*", "alert.raised"));
    CHECK_FALSE(matches("", "alert.raised"));
}

TEST_CASE("an event is routed to every endpoint that may know and wants to", "[dispatch][routing]") {
    const auto endpoint = [](const char* name, Role role, std::vector<std::string> events,
                             std::vector<std::string> areas) {
        EndpointOptions options;
        options.name = name;
        options.role = role;
        options.events = std::move(events);
        options.areas = std::move(areas);
        return options;
    };
    const auto route = route_to({
        endpoint("sambas", Role::task_force, {"alert.*"}, {"61.01"}),
        endpoint("batam", Role::task_force, {"alert.*"}, {"21.71"}),
        endpoint("province", Role::bp3mi, {"alert.raised", "worker.*"}, {}),
        endpoint("children", Role::child_protection, {"*"}, {}),
        endpoint("inspection", Role::admin, {"alert.*"}, {}),
        endpoint("desa", Role::village_official, {"*"}, {}),
    });
    using Names = std::vector<std::string>;
    CHECK(route("alert.raised", Audience::general, "61.01.09.2002") == Names{"sambas", "province", "inspection"});
    CHECK(route("alert.updated", Audience::general, "21.71.08") == Names{"batam", "inspection"});
    CHECK(route("alert.raised", Audience::general, "") == Names{"sambas", "batam", "province", "inspection"});
    CHECK(route("alert.raised", Audience::child_protection, "61.01.09.2002") == Names{"children"});
    CHECK(route("alert.raised", Audience::oversight, "61.01.09.2002") == Names{"inspection"});
    CHECK(route("worker.departed", Audience::general, "61.01.09.2002") == Names{"province"});
    CHECK(route("report.received", Audience::general, "61.01.09.2002").empty());
}
