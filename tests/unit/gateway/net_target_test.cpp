#include <catch2/catch.hpp>

#include "gateway/net/target.hpp"

using namespace jejak::net;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a query splits into decoded pairs in order, or is refused for a malformed escape", "[net][http]") {
    struct Case {
        const char* target;
        std::optional<Pairs> expected;
    };
    const Case cases[] = {
        {"/", Pairs{}},
        {"/v1/in/a", Pairs{}},
        {"/?", Pairs{}},
        {"/?a=1", Pairs{{"a", "1"}}},
        {"/?a=1&b=2&a=3", Pairs{{"a", "1"}, {"b", "2"}, {"a", "3"}}},
        {"/?text=ada+orang", Pairs{{"text", "ada orang"}}},
        {"/?text=a%2Bb", Pairs{{"text", "a+b"}}},
        {"/?from=%2B628400000001", Pairs{{"from", "+628400000001"}}},
        {"/?a%20b=%C3%A9", Pairs{{"a b", "\xc3\xa9"}}},
        {"/?a=%00", Pairs{{"a", std::string(1, '\0')}}},
        {"/?a=%26%3d", Pairs{{"a", "&="}}},
        {"/?a", Pairs{{"a", ""}}},
        {"/?a=", Pairs{{"a", ""}}},
        {"/?=a", Pairs{{"", "a"}}},
        {"/?a=b=c", Pairs{{"a", "b=c"}}},
        {"/?&&a=1&", Pairs{{"a", "1"}}},
        {"/?a=?b", Pairs{{"a", "?b"}}},
        {"/a+b?x={[|]}", Pairs{{"x", "{[|]}"}}},
        {"/?a=%", std::nullopt},
        {"/?a=%2", std::nullopt},
        {"/?a=%zz", std::nullopt},
        {"/?%g0=1", std::nullopt},
        {"/?a=1&b=%2&c=3", std::nullopt},
        {"/%", std::nullopt},
        {"/%4x?a=1", std::nullopt},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.target) {
            CHECK(split_query(test.target) == test.expected);
        }
    }
}

TEST_CASE("a target is taken in origin form", "[net][http]") {
    CHECK(origin_form("/a?b=c") == "/a?b=c");
    CHECK(origin_form("http://host/a?b=c") == "/a?b=c");
    CHECK(origin_form("http://host:81") == "/");
    CHECK(origin_form("https://host?x=1") == "/?x=1");
    CHECK_FALSE(origin_form("*"));
    CHECK_FALSE(origin_form("host:80"));
    CHECK_FALSE(origin_form("ftp://host/a"));
    CHECK_FALSE(origin_form(""));
}
