#include <catch2/catch.hpp>

#include "gateway/net/address.hpp"

using namespace jejak::net;
namespace ip = boost::asio::ip;

TEST_CASE("only addresses of the public Internet are public", "[net][ssrf]") {
    struct Case {
        const char* address;
        bool expected;
    };
    const Case cases[] = {
        {"8.8.8.8", true},
        {"1.1.1.1", true},
        {"172.15.255.255", true},
        {"172.32.0.1", true},
        {"100.63.255.255", true},
        {"100.128.0.1", true},
        {"223.255.255.254", true},
        {"0.0.0.0", false},
        {"0.1.2.3", false},
        {"10.0.0.1", false},
        {"100.64.0.1", false},
        {"100.127.255.255", false},
        {"127.0.0.1", false},
        {"127.255.255.254", false},
        {"169.254.169.254", false},
        {"172.16.0.1", false},
        {"172.31.255.255", false},
        {"192.0.0.8", false},
        {"192.0.2.1", false},
        {"192.88.99.1", false},
        {"192.168.1.1", false},
        {"198.18.0.1", false},
        {"198.19.255.255", false},
        {"198.51.100.7", false},
        {"203.0.113.7", false},
        {"224.0.0.1", false},
        {"239.255.255.250", false},
        {"240.0.0.1", false},
        {"255.255.255.255", false},
        {"2606:4700:4700::1111", true},
        {"2a00:1450:4009::200e", true},
        {"2001:200::1", true},
        {"::", false},
        {"::1", false},
        {"::ffff:127.0.0.1", false},
        {"::ffff:8.8.8.8", false},
        {"64:ff9b::7f00:1", false},
        {"100::1", false},
        {"2001::1", false},
        {"2001:10::1", false},
        {"2001:db8::1", false},
        {"2002:7f00:1::1", false},
        {"3fff::1", false},
        {"fc00::1", false},
        {"fd00::1", false},
        {"fe80::1", false},
        {"ff02::1", false},
        {"4000::1", false},
    };
    for (const auto& test : cases) {
        DYNAMIC_SECTION(test.address) {
            CHECK(is_public(ip::make_address(test.address)) == test.expected);
        }
    }
}

TEST_CASE("loopback is loopback in every notation", "[net]") {
    CHECK(is_loopback(ip::make_address("127.0.0.1")));
    CHECK(is_loopback(ip::make_address("127.8.8.8")));
    CHECK(is_loopback(ip::make_address("::1")));
    CHECK(is_loopback(ip::make_address("::ffff:127.0.0.1")));
    CHECK_FALSE(is_loopback(ip::make_address("::ffff:10.0.0.1")));
    CHECK_FALSE(is_loopback(ip::make_address("10.0.0.1")));
}

TEST_CASE("a listen address parses to itself, or is refused with the right form", "[net]") {
    for (const auto* good :
         {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:0", "[::]:65535", "unix:/run/jejak.sock", "unix:a"}) {
        DYNAMIC_SECTION(good) {
            const auto parsed = parse_listen(good);
            REQUIRE(parsed.has_value());
            CHECK(to_text(*parsed) == good);
        }
    }
    const std::string long_path = "unix:" + std::string(108, 'a');
    for (const auto* bad : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:80x", "::1:80",
                            "[::1]", "[127.0.0.1]:80", "localhost:80", "unix:", long_path.c_str()}) {
        DYNAMIC_SECTION("refused: " << bad) {
            CHECK(parse_listen(bad).has_error());
        }
    }
}
