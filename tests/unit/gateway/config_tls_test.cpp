#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "gateway/config/config.hpp"
#include "tests/support/certificate.hpp"

namespace jejak {
namespace {

using test::Certificate;

/// Fourteen lines: a whole configuration whose channel goes on at line 15.
const std::string client =
    "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"packs/sambas\"\n\n\n"
    "[[channel]]\nname = \"operator\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nsystem_id = \"jejak\"\n"
    "password = \"secret\"\n";
const std::string server =
    "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"packs/sambas\"\n\n\n"
    "[[channel]]\nname = \"boxes\"\ntype = \"smpp-server\"\nlisten = \"127.0.0.1:2776\"\n"
    "accounts = [{ system_id = \"box1\", password = \"secret\" }]\n\n";

Loaded parse(const std::string& text) {
    return parse_config(text, "/etc/jejak/jejak.toml");
}
std::string key(const std::string& name, const std::string& value) {
    return name + " = \"" + value + "\"\n";
}

}  // namespace

TEST_CASE("TLS to an SMSC is off, on with what the system trusts, or as its table says", "[tls]") {
    const Certificate authority("DNS:authority"), ours("DNS:jejak", authority);
    for (const std::string plain : {"", "tls = false\n"}) {
        const auto loaded = parse(client + plain);
        REQUIRE(loaded.config);
        CHECK_FALSE(loaded.config->smpp_channels[0].tls);
    }
    const auto usual = parse(client + "tls = true\n");
    REQUIRE(usual.config);
    REQUIRE(usual.config->smpp_channels[0].tls);
    CHECK(usual.config->smpp_channels[0].tls->ca_file.empty());

    const auto full =
        parse(client + "[channel.tls]\n" + key("ca_file", authority.certificate()) +
              key("verify_host", "smsc.example") + key("certificate", ours.certificate()) + key("key", ours.key()));
    for (const auto& fault : full.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(full.config);
    const auto& tls = full.config->smpp_channels[0].tls;
    REQUIRE(tls);
    CHECK(tls->ca_file == authority.certificate());
    CHECK(tls->verify_host == "smsc.example");
    CHECK(tls->certificate == ours.certificate());
    CHECK(tls->key == ours.key());
}

TEST_CASE("a server's TLS needs a certificate, and may demand one of its peers", "[tls]") {
    const Certificate authority("DNS:authority"), ours("DNS:jejak", authority);
    const auto full = parse(server + "[channel.tls]\n" + key("certificate", ours.certificate()) +
                            key("key", ours.key()) + key("client_ca_file", authority.certificate()));
    for (const auto& fault : full.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(full.config);
    const auto& tls = full.config->smpp_servers[0].tls;
    REQUIRE(tls);
    CHECK(tls->certificate == ours.certificate());
    CHECK(tls->client_ca_file == authority.certificate());
}

TEST_CASE("what is wrong with TLS is told at its line before anything starts", "[tls]") {
    const Certificate one("DNS:jejak"), other("DNS:jejak"), open("DNS:jejak");
    REQUIRE(::chmod(open.key().c_str(), 0644) == 0);
    const std::string table = "[channel.tls]\n";
    struct Case {
        std::string text;
        unsigned line;
        std::string words;
    };
    const Case cases[] = {
        {client + "tls = \"yes\"\n", 15, "tls is true, false, or a table"},
        {client + table + key("ca_file", "/none"), 16, "ca_file /none"},
        {client + table + key("ca_file", "/etc/hostname"), 16, "ca_file /etc/hostname"},
        {client + table + key("verify_host", ""), 16, "the name or the address in the peer's certificate"},
        {client + table + key("verify_host", "*.example"), 16, "the name or the address in the peer's certificate"},
        {client + table + key("certificate", one.certificate()), 16, "certificate and key go together"},
        {client + table + key("key", one.key()), 16, "certificate and key go together"},
        {client + table + key("certificate", one.certificate()) + key("key", other.key()), 17,
         "not the key of the certificate"},
        {client + table + key("certificate", open.certificate()) + key("key", open.key()), 17, "chmod o-r"},
        {client + table + key("cafile", "x"), 16, "unknown key cafile; did you mean ca_file?"},
        {client + table + "verify = false\n", 16, "unknown key verify"},
        {server + "tls = true\n", 15, "needs a certificate"},
        {server + table + key("certificate", one.certificate()), 15, "key is missing"},
        {server + table + key("certificate", "/none") + key("key", one.key()), 16, "certificate /none"},
        {server + table + key("certificate", one.certificate()) + key("key", one.key()) +
             key("client_ca_file", one.key()),
         18, "client_ca_file"},
    };
    for (const auto& each : cases) {
        INFO(each.text);
        const auto loaded = parse(each.text);
        CHECK_FALSE(loaded.config);
        REQUIRE(loaded.faults.size() == 1);
        CHECK(loaded.faults[0].line == each.line);
        CHECK_THAT(loaded.faults[0].message, Catch::Contains(each.words));
    }
}

}  // namespace jejak
