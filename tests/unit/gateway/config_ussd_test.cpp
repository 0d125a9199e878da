#include <catch2/catch.hpp>

#include "gateway/config/config.hpp"

using namespace jejak;

namespace {

/// A configuration with one HTTP and one SMPP channel, `keys` in both.
Loaded with(const std::string& keys) {
    return parse_config(R"([storage]
url = "sqlite:jejak.db"
[keys]
file = "jejak.keys"
[pack]
path = "packs/sambas"
[[channel]]
name = "menu"
type = "http"
dialect = "json"
key = "k"
)" + keys + R"(
[[channel]]
name = "operator"
type = "smpp-client"
host = "127.0.0.1"
system_id = "jejak"
password = "secret"
)" + keys,
                        "jejak.toml");
}

}  // namespace

TEST_CASE("channels serve USSD unless they say otherwise") {
    const auto usual = with("");
    REQUIRE(usual.config);
    CHECK(usual.config->http_channels[0].ussd.on);
    CHECK(usual.config->smpp_channels[0].ussd.on);
    CHECK(usual.config->smpp_channels[0].ussd.timeout == std::chrono::minutes(3));
    const auto other = with("ussd = false\nussd_timeout = \"90s\"\n");
    REQUIRE(other.config);
    CHECK_FALSE(other.config->http_channels[0].ussd.on);
    CHECK_FALSE(other.config->smpp_channels[0].ussd.on);
    CHECK(other.config->http_channels[0].ussd.timeout == std::chrono::seconds(90));
}

TEST_CASE("a USSD timeout no network has is a fault") {
    CHECK(with("ussd_timeout = \"1s\"\n").faults.size() == 2);
    CHECK(with("ussd_timeout = \"2h\"\n").faults.size() == 2);
    CHECK(with("ussd = \"yes\"\n").faults.size() == 2);
}
