#include <catch2/catch.hpp>

#include "gateway/channel/server/password_check.hpp"
#include "gateway/config/config.hpp"
#include "gateway/net/address_range.hpp"

using namespace jejak;

namespace {

/// Ten lines that are a whole configuration with a channel to add to; what a test adds begins on line 11.
const std::string base =
    "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"packs/sambas\"\n"
    "[[channel]]\nname = \"modems\"\ntype = \"smpp-server\"\nservice_number = \"9840\"\n";
const std::string at = "listen = \"127.0.0.1:2776\"\n";                                             // then 12
const std::string account = "[[channel.account]]\nsystem_id = \"box1\"\npassword = \"secret1\"\n";  // three lines

Loaded parse(const std::string& text) {
    return parse_config(text, "jejak.toml");
}

}  // namespace

TEST_CASE("a listener with its accounts is read as it is written") {
    const auto hash = channel::hash_password("kata sandi");
    const auto loaded = parse(base + R"(listen = "[::]:2776"
system_id = "desa"
window = 50
sessions_max = 20
connect_rate = 7
refuse_trailing = true
session_init = "5s"
enquire_link = "1m"
inactivity = "2h"
response_limit = "20s"
receipts_kept = "10m"
default_alphabet = "latin1"
country_code = "60"
source_ton = 1
on_storage_failure = "close"
ussd = false
[[channel.account]]
system_id = "box1"
password = "kata-sandi-yang-panjang"
allow = ["192.0.2.7", "10.20.0.0/16", "2001:db8::/32"]
bind = ["receiver", "transmitter"]
sessions_max = 2
window = 5
[[channel.account]]
system_id = "box2"
password_hash = ")" + hash + R"("
bind = "transceiver"
)");
    for (const auto& fault : loaded.faults) FAIL(to_string(fault));
    REQUIRE(loaded.config->smpp_servers.size() == 1);
    const auto& server = loaded.config->smpp_servers[0];
    CHECK(server.listen == "[::]:2776");
    CHECK(server.channel.name == "modems");
    CHECK(server.channel.system_id == "desa");
    CHECK(server.channel.service_number == "9840");
    CHECK(server.channel.country_code == "60");
    CHECK(server.channel.source_ton == 1);
    CHECK(server.channel.default_alphabet == sms::DefaultAlphabet::latin1);
    CHECK_FALSE(server.channel.on_storage_failure);
    CHECK_FALSE(server.channel.ussd.on);
    CHECK(server.channel.enquire_link == std::chrono::minutes(1));
    CHECK(server.channel.response_limit == std::chrono::seconds(20));
    CHECK(server.sessions_max == 20);
    CHECK(server.connect_rate == 7);
    CHECK(server.refuse_trailing);
    CHECK(server.session_init == std::chrono::seconds(5));
    CHECK(server.inactivity == std::chrono::hours(2));
    CHECK(server.receipts_kept == std::chrono::minutes(10));
    REQUIRE(server.accounts.size() == 2);
    const auto& first = server.accounts[0];
    CHECK(first.system_id == "box1");
    CHECK(first.password.reveal() == "kata-sandi-yang-panjang");
    REQUIRE(first.allow.size() == 3);
    CHECK(first.allow[1] == *net::parse_range("10.20.0.0/16"));
    CHECK(first.receiver);
    CHECK(first.transmitter);
    CHECK_FALSE(first.transceiver);
    CHECK(first.sessions_max == 2);
    CHECK(first.window == 5);
    const auto& second = server.accounts[1];
    CHECK(second.password_hash == hash);
    CHECK(second.password.reveal().empty());
    CHECK(second.allow.empty());
    CHECK(second.transceiver);
    CHECK_FALSE(second.receiver);
    CHECK(second.sessions_max == 4);
    CHECK(second.window == 50);
}

TEST_CASE("accounts may stand on one line, and what is not said has its usual value") {
    const auto loaded = parse(base + at + "accounts = [{ system_id = \"box1\", password = \"secret1\" }]\n");
    for (const auto& fault : loaded.faults) FAIL(to_string(fault));
    const auto& server = loaded.config->smpp_servers.at(0);
    CHECK(server.channel.system_id == "jejak");
    CHECK(server.channel.window == 10);
    CHECK(server.session_init == std::chrono::seconds(10));
    CHECK(server.connect_rate == 50);
    CHECK_FALSE(server.refuse_trailing);
    CHECK(server.inactivity == std::chrono::milliseconds(0));
    REQUIRE(server.accounts.size() == 1);
    CHECK(server.accounts[0].transceiver);
    CHECK(server.accounts[0].receiver);
    CHECK(server.accounts[0].transmitter);
}

TEST_CASE("a profile that a listener shares with other channels may have keys of theirs") {
    const auto loaded = parse(base + at + "profile = \"theirs\"\n" + account +
                              "[[profile]]\nname = \"theirs\"\nquery_sm = \"reference\"\nvalidity = \"none\"\n");
    for (const auto& fault : loaded.faults) FAIL(to_string(fault));
    CHECK(loaded.config->smpp_servers.at(0).channel.query == SmppProfile::Query::none);
}

TEST_CASE("replies of another channel may leave by a listener that takes them") {
    const std::string modem =
        "[[channel]]\nname = \"in\"\ntype = \"http\"\ndialect = \"json\"\nkey = \"k\"\n"
        "reply_via = \"modems\"\n";
    CHECK(parse(base + at + account + modem).config.has_value());
    const auto deaf = parse(base + at + "reply_via = \"out\"\n" + account + "bind = \"transmitter\"\n" + modem +
                            "[[channel]]\nname = \"out\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nsystem_id = "
                            "\"jejak\"\npassword = \"secret\"\n");
    REQUIRE(deaf.faults.size() == 1);
    CHECK(deaf.faults[0].message.find("has no account that takes replies") != std::string::npos);
}

TEST_CASE("faults of listeners and accounts name their line and what would be right") {
    const auto hash = channel::hash_password("kata sandi");
    struct Case {
        std::string text;
        unsigned line;
        std::string words;
    };
    const auto one = [](const std::string& keys) {
        return base + at + "[[channel.account]]\nsystem_id = \"box1\"\n" + keys;  // `keys` begin on line 14
    };
    const auto secret = [&](const std::string& keys) { return one("password = \"secret1\"\n" + keys); };  // then 15
    const Case cases[] = {
        {base + account, 7, "listen is missing; for example listen = \"127.0.0.1:2776\""},
        {base + "listen = \"localhost:2776\"\n" + account, 11, "an address and a port from 0 to 65535"},
        {base + "listen = \"unix:smpp.sock\"\n" + account, 11, "an address and a port from 0 to 65535"},
        {base + at, 7, "nobody can bind: an account is missing"},
        {base + at + "accounts = []\n", 12, "nobody can bind: an account is missing"},
        {base + at + "accounts = [\"box1\"]\n", 12, "written as [[channel.account]]"},
        {base + at + "accounts = [{ system_id = \"b\", password = \"secret1\" }]\n" + account, 12, "keep one"},
        {base + at + "system_id = \"1234567890123456\"\n" + account, 12, "longer than 15 octets"},
        {base + at + "window = 0\n" + account, 12, "a whole number from 1 to 1000"},
        {base + at + "sessions_max = 0\n" + account, 12, "a whole number from 1 to 10000"},
        {base + at + "connect_rate = 0\n" + account, 12, "a whole number from 1 to 100000"},
        {base + at + "session_init = \"10m\"\n" + account, 12, "a time from \"1s\" to \"1m\""},
        {base + at + "inactivity = \"1s\"\n" + account, 12, "a time from \"10s\" to"},
        {base + at + "host = \"127.0.0.1\"\n" + account, 12, "unknown key host"},
        {base + at + "query_sm = \"reference\"\n" + account, 12, "query_sm is for a channel of type \"smpp-client\""},
        {base + at + "validity = \"none\"\n" + account, 12, "validity is for a channel of type \"smpp-client\""},
        {base + at + "address_range = \"9840\"\n" + account, 12, "address_range is for a channel of type"},
        {base + at + "[[channel.account]]\npassword = \"secret1\"\n", 12, "system_id is missing"},
        {one(""), 12, "password is missing; give password = \"…\" or password_file"},
        {one("password = \"" + std::string(65, 'x') + "\"\n"), 14, "longer than the 64 octets"},
        {base + "listen = \"0.0.0.0:2776\"\n[[channel.account]]\nsystem_id = \"box1\"\npassword = \"pw\"\n", 14,
         "shorter than 6 octets and anyone may try"},
        {one("password = \"secret1\"\npassword_hash = \"" + hash + "\"\n"), 15, "keep the hash"},
        {one("password_hash = \"secret1\"\n"), 14, "no Argon2id hash; `jejak smpp hash` prints one"},
        {one("password_hash = \"$2b$12$abcdefghijklmnopqrstuv\"\n"), 14, "no Argon2id hash"},
        {one("password_hash = \"" + hash.substr(0, hash.size() - 5) + "\"\n"), 14, "no Argon2id hash"},
        {secret("allow = [\"10.0.0.1/8\"]\n"), 15, "no address or range"},
        {secret("allow = [\"box.example.org\"]\n"), 15, "no address or range"},
        {secret("allow = []\n"), 15, "allow is empty: nobody could bind"},
        {secret("bind = \"both\"\n"), 15, "none of \"transceiver\", \"receiver\", \"transmitter\""},
        {secret("bind = []\n"), 15, "bind is empty"},
        {secret("bind = 3\n"), 15, "bind must be a list of texts"},
        {secret("sessions_max = 0\n"), 15, "a whole number from 1 to 1000"},
        {secret("system_type = \"x\"\n"), 15, "unknown key system_type"},
        {secret("bind = \"transmitter\"\n"), 7, "replies cannot leave"},
        {base + at + account + account, 16, "is taken by another account of the channel"},
    };
    for (const auto& test : cases) {
        INFO(test.text);
        const auto loaded = parse(test.text);
        CHECK_FALSE(loaded.config.has_value());
        for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
        REQUIRE(loaded.faults.size() == 1);
        CHECK(loaded.faults[0].line == test.line);
        CHECK(loaded.faults[0].message.find(test.words) != std::string::npos);
        CHECK(loaded.faults[0].message.find("secret1") == std::string::npos);
    }
}

TEST_CASE("a short password is let pass where few may try it") {
    const std::string pw = "[[channel.account]]\nsystem_id = \"box1\"\npassword = \"pw\"\n";
    CHECK(parse(base + at + pw).config.has_value());
    CHECK(parse(base + "listen = \"[::1]:2776\"\n" + pw).config.has_value());
    CHECK(parse(base + "listen = \"0.0.0.0:2776\"\n" + pw + "allow = [\"192.0.2.7\"]\n").config.has_value());
}
