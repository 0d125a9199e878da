#include <catch2/catch.hpp>

#include "gateway/net/retry_after.hpp"

using namespace jejak::net;
using std::chrono::seconds;

TEST_CASE("Retry-After is understood as seconds and as a date", "[net][http]") {
    const std::chrono::sys_seconds now(seconds(784'111'777));  // Sun, 06 Nov 1994 08:49:37 GMT
    struct Case {
        const char* value;
        std::optional<seconds> expected;
    };
    const Case cases[] = {
        {"0", seconds(0)},
        {"120", seconds(120)},
        {"Sun, 06 Nov 1994 08:50:37 GMT", seconds(60)},
        {"Sunday, 06-Nov-94 08:50:37 GMT", seconds(60)},
        {"Sun Nov  6 08:50:37 1994", seconds(60)},
        {"Sun, 06 Nov 1994 08:49:00 GMT", seconds(0)},
        {"", std::nullopt},
        {"-1", std::nullopt},
        {"1.5", std::nullopt},
        {"soon", std::nullopt},
        {"99999999999", std::nullopt},
        {"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt},
        {"Sun, 06 Nov 1994 08:49:37 GMT and more", std::nullopt},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.value) {
            CHECK(parse_retry_after(test.value, now) == test.expected);
        }
    }
}
