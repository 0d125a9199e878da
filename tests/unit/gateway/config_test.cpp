#include "gateway/config.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/store_fixture.hpp"

namespace jejak {
namespace {

/// Seven lines that are a whole configuration; what a test adds begins on line 8.
const std::string base =
    "[storage]\n"
    "url = \"sqlite:jejak.db\"\n"
    "[keys]\n"
    "file = \"jejak.keys\"\n"
    "[pack]\n"
    "path = \"packs/sambas\"\n"
    "\n";

const std::string client =
    "[[channel]]\nname = \"operator\"\ntype = \"smpp-client\"\nhost = \"127.0.0.1\"\nsystem_id = \"jejak\"\n"
    "password = \"secret\"\n";  // the next line is 14
const std::string modems =
    "[[channel]]\nname = \"modems\"\ntype = \"http\"\ndialect = \"json\"\nkey = \"k\"\n";  // then 13
const std::string webhook =
    "[[endpoint]]\nname = \"satgas\"\ntype = \"webhook\"\nurl = \"https://example.org/a\"\n"
    "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n";  // then 13
const std::string token =
    "[[token]]\nname = \"satgas\"\nrole = \"task_force\"\n"
    "hash = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"\n";  // then 12

Loaded parse_text(const std::string& text) {
    return parse_config(text, "/etc/jejak/jejak.toml");
}

/// Writes a file with this mode.
std::filesystem::path write(const std::filesystem::path& file, const std::string& text, mode_t mode) {
    std::filesystem::remove(file);
    std::ofstream(file) << text;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
}

struct FaultCase {
    std::string text;
    unsigned line;
    std::string words;  ///< that the message holds
};

void check_faults(const std::vector<FaultCase>& cases) {
    for (const auto& one : cases) {
        INFO(one.text);
        const auto loaded = parse_text(one.text);
        CHECK_FALSE(loaded.config.has_value());
        REQUIRE(loaded.faults.size() == 1);
        CHECK(loaded.faults[0].line == one.line);
        CHECK_THAT(loaded.faults[0].message, Catch::Contains(one.words));
        CHECK(loaded.faults[0].file == "/etc/jejak/jejak.toml");
    }
}

}  // namespace

TEST_CASE("a configuration without channels is whole, and its paths are relative to the file") {
    const auto loaded = parse_text(base);
    REQUIRE(loaded.config);
    CHECK(loaded.config->storage.file == "/etc/jejak/jejak.db");
    CHECK(loaded.config->keys == "/etc/jejak/jejak.keys");
    CHECK(loaded.config->pack == "/etc/jejak/packs/sambas");
    CHECK(loaded.config->admin.socket == "/etc/jejak/jejak.sock");
    CHECK(loaded.config->http.listen == "127.0.0.1:8080");
    CHECK(loaded.config->limits.messages_per_minute == 5);
}

TEST_CASE("every key of an smpp-client channel is read") {
    const auto loaded =
        parse_text(base + client +
                   "port = 2776\nsystem_type = \"VMA\"\nbind = \"transceiver\"\nwindow = 100\n"
                   "service_number = \"9840\"\ncountry_code = \"60\"\nenquire_link = \"45s\"\nresponse_limit = \"1m\"\n"
                   "reply_validity = \"5m\"\nreceipts = false\ndefault_alphabet = \"latin1\"\nsource_ton = 3\n"
                   "source_npi = 0\ndestination_ton = 2\ndestination_npi = 8\non_queue_full = \"0x58\"\n"
                   "on_storage_failure = \"close\"\ntls = false\n");
    REQUIRE(loaded.config);
    REQUIRE(loaded.config->smpp_channels.size() == 1);
    const auto& channel = loaded.config->smpp_channels[0];
    CHECK(channel.name == "operator");
    CHECK(channel.port == 2776);
    CHECK(channel.password.reveal() == "secret");
    CHECK(channel.system_type == "VMA");
    CHECK(channel.bind == smpp::BindKind::transceiver);
    CHECK(channel.window == 100);
    CHECK(channel.service_number == "9840");
    CHECK(channel.country_code == "60");
    CHECK(channel.enquire_link == std::chrono::seconds(45));
    CHECK(channel.response_limit == std::chrono::minutes(1));
    CHECK(channel.reply_validity == std::chrono::minutes(5));
    CHECK_FALSE(channel.receipts);
    CHECK(channel.default_alphabet == sms::DefaultAlphabet::latin1);
    CHECK(static_cast<int>(channel.source_ton) == 3);
    CHECK(static_cast<int>(channel.source_npi) == 0);
    CHECK(static_cast<int>(channel.destination_ton) == 2);
    CHECK(static_cast<int>(channel.destination_npi) == 8);
    CHECK(channel.on_queue_full == smpp::CommandStatus::throttled);
    CHECK_FALSE(channel.on_storage_failure.has_value());
}

TEST_CASE("a receiver may reply through a transmitter that comes later in the file") {
    const auto loaded =
        parse_text(base + client + "bind = \"receiver\"\nreply_via = \"out\"\n[[channel]]\nname = \"out\"\n" +
                   "type = \"smpp-client\"\nhost = \"smsc\"\nsystem_id = \"j\"\npassword = \"pw\"\nbind = "
                   "\"transmitter\"\n");
    REQUIRE(loaded.config);
    CHECK(loaded.config->smpp_channels[0].reply_via == "out");
}

TEST_CASE("an http channel replies inline unless it says otherwise") {
    using Reply = HttpChannelOptions::Reply;
    const auto reply_of = [](const std::string& more) {
        const auto loaded = parse_text(base + modems + more);
        REQUIRE(loaded.config);
        REQUIRE(loaded.config->http_channels.size() == 1);
        CHECK(loaded.config->http_channels[0].dialect->name == "json");
        return loaded.config->http_channels[0].reply;
    };
    CHECK(reply_of("") == Reply::inline_);
    CHECK(reply_of("reply = \"inline\"\n") == Reply::inline_);
    CHECK(reply_of("reply = \"none\"\n") == Reply::none);
    CHECK(reply_of("reply_via = \"operator\"\n" + client) == Reply::via);
}

TEST_CASE("endpoints and tokens are read, thin and for the task force by default") {
    const auto loaded = parse_text(base + webhook + token);
    REQUIRE(loaded.config);
    const auto& endpoint = loaded.config->endpoints.at(0);
    CHECK(endpoint.role == Role::task_force);
    CHECK(endpoint.detail == EndpointOptions::Detail::thin);
    CHECK(endpoint.events == std::vector<std::string>{"alert.*"});
    CHECK(endpoint.timeout == std::chrono::seconds(15));
    CHECK_FALSE(endpoint.allow_private_address);
    CHECK(loaded.config->tokens.at(0).role == Role::task_force);
}

TEST_CASE("faults of the general tables name their line and what would be right") {
    check_faults({
        {"[keys]\nfile = \"k\"\n[pack]\npath = \"p\"\n", 1,
         "[storage]: url is missing; for example url = \"sqlite:jejak.db\""},
        {"[storage]\n[keys]\nfile = \"k\"\n[pack]\npath = \"p\"\n", 1, "url is missing"},
        {"[storage]\nurl = \"sqlite:j\"\n[keys]\n[pack]\npath = \"p\"\n", 3, "[keys]: file is missing"},
        {"[storage]\nurl = \"sqlite:j\"\n[keys]\nfile = 7\n[pack]\npath = \"p\"\n", 4, "file must be a text in quotes"},
        {"[storage]\nurl = \"postgresql://j@h/db\"\n[keys]\nfile = \"k\"\n[pack]\npath = \"p\"\n", 2,
         "PostgreSQL is not built in this version"},
        {"[storage]\nurl = \"sqlite:\"\n[keys]\nfile = \"k\"\n[pack]\npath = \"p\"\n", 2, "must be \"sqlite:FILE\""},
        {"[storage]\nurl = \"jejak.db\"\n[keys]\nfile = \"k\"\n[pack]\npath = \"p\"\n", 2, "must be \"sqlite:FILE\""},
        {"[storage]\nurl = \"sqlite:j\"\nurls = 1\n[keys]\nfile = \"k\"\n[pack]\npath = \"p\"\n", 3,
         "unknown key urls; did you mean url?"},
        {base + "[storag]\nurl = \"sqlite:j\"\n", 8, "unknown key storag; the tables are storage, keys"},
        {base + "log = \"info\"\n", 8, "unknown key log"},
        {base + "[http]\nlisten = \"8080\"\n", 9, "an address and a port"},
        {base + "[http]\nlisten = \"localhost:8080\"\n", 9, "an address and a port"},
        {base + "[http]\nlisten = \"127.0.0.1:65536\"\n", 9, "from 0 to 65535"},
        {base + "[http]\nlisten = \"::1:80\"\n", 9, "\"[::1]:8080\""},
        {base + "[http]\ntls_certificate = \"/etc/hostname\"\n", 9, "give both or none"},
        {base + "[http]\ntls_key = \"/etc/hostname\"\n", 9, "give both or none"},
        {base + "[http]\ntls_certificate = \"/none/c\"\ntls_key = \"/etc/hostname\"\n", 9,
         "tls_certificate names no file"},
        {base + "[log]\nlevel = \"verbose\"\n", 9, "none of \"debug\", \"info\", \"warn\", \"error\""},
        {base + "[admin]\nsocket = \"" + std::string(120, 's') + "\"\n", 9, "longer than 107 octets"},
        {base + "[limits]\nqueue = \"4096\"\n", 9, "a whole number from 16 to 65536, without quotes"},
        {base + "[limits]\nmessages_per_minute = 0\n", 9, "a whole number from 1"},
        {base + "[[http]]\nlisten = \"127.0.0.1:1\"\n", 8, "must be a table: [http]"},
        {base + "[channel]\nname = \"a\"\n", 8, "written as [[channel]]"},
        {base + "url = \n", 8, "this is no TOML"},
        {base + "[storage]\n", 8, "this is no TOML"},
    });
}

TEST_CASE("faults of channels name their line and what would be right") {
    check_faults({
        {base + "[[channel]]\ntype = \"http\"\ndialect = \"json\"\nkey = \"k\"\n", 8, "name is missing"},
        {base + "[[channel]]\nname = \"Operator\"\ntype = \"http\"\ndialect = \"json\"\nkey = \"k\"\n", 9,
         "1 to 32 of a-z, 0-9 and -"},
        {base + "[[channel]]\nname = \"a\"\n", 8, "type is missing"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp\"\n", 10, "type \"smpp\" is unknown"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-server\"\nlisten = \"127.0.0.1:2776\"\naccounts = []\n", 10,
         "\"smpp-server\" is not built in this version"},
        {base + client + modems +
             "[[channel]]\nname = \"operator\"\ntype = \"http\"\ndialect = \"json\"\nkey = \"k\"\n",
         20, "the name is taken by the one on line 9"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nsystem_id = \"j\"\npassword = \"p\"\n", 8,
         "host is missing"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\npassword = \"p\"\n", 8,
         "system_id is missing"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = \"j\"\n", 8,
         "password is missing; give password = \"…\" or password_file = \"FILE\""},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = "
                "\"1234567890123456\"\npassword = \"p\"\n",
         12, "longer than 15 octets"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = \"j\"\npassword = "
                "\"123456789\"\n",
         13, "8 octets that SMPP carries"},
        {base + client + "port = 0\n", 14, "from 1 to 65535"},
        {base + client + "port = 70000\n", 14, "from 1 to 65535"},
        {base + client + "port = \"2775\"\n", 14, "without quotes"},
        {base + client + "bind = \"trx\"\n", 14, "none of \"transceiver\", \"receiver\", \"transmitter\""},
        {base + client + "bind = \"receiver\"\n", 14, "add reply_via = \"CHANNEL\""},
        {base + client + "reply_via = \"nobody\"\n", 14, "names no smpp-client channel"},
        {base + client + "reply_via = \"operator\"\n", 14, "is the channel itself"},
        {base + modems + "reply_via = \"modems\"\n", 13, "is the channel itself"},
        {base + client + "window = 0\n", 14, "from 1 to 1000"},
        {base + client + "widnow = 10\n", 14, "unknown key widnow; did you mean window?"},
        {base + client + "dialect = \"json\"\n", 14, "channel \"operator\": unknown key dialect"},
        {base + client + "enquire_link = 30\n", 14, "such as \"30s\""},
        {base + client + "enquire_link = \"30\"\n", 14, "a number and ms, s, m, h or d"},
        {base + client + "enquire_link = \"30 s\"\n", 14, "a number and ms, s, m, h or d"},
        {base + client + "enquire_link = \"2h\"\n", 14, "from \"1s\" to \"1h\""},
        {base + client + "reply_validity = \"9223372036854775807d\"\n", 14, "from \"1m\" to \"1d\""},
        {base + client + "default_alphabet = \"ebcdic\"\n", 14, "none of \"gsm7\""},
        {base + client + "receipts = \"yes\"\n", 14, "true or false"},
        {base + client + "tls = true\n", 14, "TLS to an SMSC is not built in this version"},
        {base + client + "source_ton = 7\n", 14, "from 0 to 6"},
        {base + client + "on_queue_full = \"0x0\"\n", 14, "other than 0x0"},
        {base + client + "on_queue_full = \"later\"\n", 14, "must be \"close\" or a command_status"},
        {base + client + "on_storage_failure = \"0x\"\n", 14, "must be \"close\" or a command_status"},
        {base + client + "service_number = \"98 40\"\n", 14, "1 to 20 digits or letters"},
        {base + client + "country_code = \"+62\"\n", 14, "1 to 3 digits without +"},
        {base + client + "password_file = \"pw\"\n", 14, "both password and password_file are given"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"twilio\"\nkey = \"k\"\n", 11,
         "\"twilio\" is not built in this version"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"soap\"\nkey = \"k\"\n", 11,
         "\"soap\" is unknown"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"json\"\n", 8, "key is missing"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"json\"\nkey = \"\"\n", 12, "key is empty"},
        {base + modems + "reply = \"https://send\"\n", 13, "not built in this version"},
        {base + client + modems + "reply_via = \"operator\"\nreply = \"none\"\n", 20, "exclude each other"},
    });
}

TEST_CASE("faults of endpoints and tokens name their line and what would be right") {
    const std::string secret = "secret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n";
    const auto endpoint = [&](const std::string& url) {
        return base + "[[endpoint]]\nname = \"e\"\ntype = \"webhook\"\nurl = \"" + url + "\"\n";
    };
    const auto with_secret = [&](const std::string& value) {
        return endpoint("https://example.org/") + "secret = \"" + value + "\"\n";
    };
    check_faults({
        {endpoint("http://10.0.0.1/a") + secret, 11, "plain http is refused"},
        {endpoint("/alerts") + secret, 11, "url must be absolute"},
        {endpoint("ftp://example.org/") + secret, 11, "url must be absolute"},
        {endpoint("https://user:pw@example.org/") + secret, 11, "user information"},
        {with_secret("secret"), 12, "whsec_ and base64"},
        {with_secret("whsec_c2hvcnQ="), 12, "24 to 64 octets"},
        {with_secret("whsec_!!!!"), 12, "whsec_ and base64"},
        {base + "[[endpoint]]\nname = \"e\"\ntype = \"webhook\"\nurl = \"https://example.org/\"\n", 8,
         "secret is missing"},
        {base + "[[endpoint]]\nname = \"e\"\ntype = \"email\"\nurl = \"https://example.org/\"\n" + secret, 10,
         "not built in this version"},
        {base + webhook + webhook, 14, "the name is taken by the one on line 9"},
        {base + webhook + "events = []\n", 13, "events is empty"},
        {base + webhook + "events = [\"alerts.*\"]\n", 13, "event \"alerts.*\" is unknown"},
        {base + webhook + "events = [\"alert.opened\"]\n", 13, "event \"alert.opened\" is unknown"},
        {base + webhook + "events = \"alert.*\"\n", 13, "a list of texts"},
        {base + webhook + "role = \"police\"\n", 13, "role \"police\" is unknown; roles are villager, family"},
        {base + webhook + "areas = [\"61.1\"]\n", 13, "no Kemendagri code or prefix"},
        {base + webhook + "areas = [61]\n", 13, "a list of texts"},
        {base + webhook + "detail = \"full\"\n", 13, "none of \"thin\", \"case\""},
        {base + webhook + "concurrency = 9\n", 13, "from 1 to 8"},
        {base + webhook + "timeout = \"31s\"\n", 13, "from \"1s\" to \"30s\""},
        {base + webhook + "retries = 3\n", 13, "unknown key retries"},
        {base + "[[token]]\nname = \"t\"\nhash = \"" + std::string(64, 'a') + "\"\n", 8, "role is missing"},
        {base + "[[token]]\nname = \"t\"\nrole = \"task_force\"\nhash = \"abc\"\n", 11,
         "64 lower-case hexadecimal digits"},
        {base + token + token, 13, "the name is taken"},
    });
}

TEST_CASE("all faults are told at once, by line") {
    const auto loaded = parse_text(base + client + "port = 0\nbind = \"x\"\nfoo = 1\n" + webhook +
                                   "role = \"x\"\n[limits]\nqueue = 1\n");
    REQUIRE(loaded.faults.size() == 5);
    for (std::size_t i = 1; i < loaded.faults.size(); ++i) CHECK(loaded.faults[i - 1].line <= loaded.faults[i].line);
    CHECK_THAT(to_string(loaded.faults[0]), Catch::StartsWith("/etc/jejak/jejak.toml:14: channel \"operator\": port"));
}

TEST_CASE("no fault repeats a secret") {
    for (const auto& text : {base + client + "password_file = \"x\"\n",
                             base + "[[endpoint]]\nname = \"e\"\ntype = \"webhook\"\nurl = "
                                    "\"https://user:hunter22@example.org/\"\nsecret = \"hunter22\"\n",
                             base + "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = "
                                    "\"j\"\npassword = \"hunter22hunter22\"\n"}) {
        const auto loaded = parse_text(text);
        REQUIRE_FALSE(loaded.faults.empty());
        for (const auto& fault : loaded.faults) CHECK_THAT(fault.message, !Catch::Contains("hunter22"));
    }
}

TEST_CASE("a secret from a file must be one line that only its owner can read") {
    const storage::testing::TempFolder folder;
    struct Case {
        std::string content;
        mode_t mode;
        std::string fault;  ///< empty: accepted
    };
    const std::vector<Case> cases{{"pw\n", 0600, ""},
                                  {"pw", 0400, ""},
                                  {"pw\r\n", 0600, ""},
                                  {"pw\n", 0640, "can be read by others"},
                                  {"pw\n", 0604, "can be read by others"},
                                  {"", 0600, "one line"},
                                  {"a\nb\n", 0600, "one line"}};
    for (const auto& one : cases) {
        INFO(one.content << ' ' << one.mode);
        write(folder / "pw", one.content, one.mode);
        const auto file =
            write(folder / "jejak.toml",
                  base +
                      "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = \"j\"\n"
                      "password_file = \"pw\"\n",
                  0644);
        const auto loaded = load_config(file);
        if (one.fault.empty()) {
            REQUIRE(loaded.config);
            CHECK(loaded.config->smpp_channels[0].password.reveal() == "pw");
        } else {
            REQUIRE(loaded.faults.size() == 1);
            CHECK(loaded.faults[0].line == 13);
            CHECK_THAT(loaded.faults[0].message, Catch::Contains(one.fault));
        }
    }
}

TEST_CASE("a configuration that is not there is a fault, not an exception") {
    const auto loaded = load_config("/none/jejak.toml");
    REQUIRE(loaded.faults.size() == 1);
    CHECK_THAT(to_string(loaded.faults[0]), Catch::StartsWith("/none/jejak.toml:1: there is no such file"));
}

TEST_CASE("the example configuration loads, and its values are the defaults") {
    const auto loaded = load_config(std::filesystem::path(JEJAK_SOURCE_DIR) / "deploy" / "jejak.toml");
    for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(loaded.config);
    const auto& channel = loaded.config->smpp_channels.at(0);
    const SmppChannelOptions normal;
    CHECK(channel.window == normal.window);
    CHECK(channel.enquire_link == normal.enquire_link);
    CHECK(channel.response_limit == normal.response_limit);
    CHECK(channel.reply_validity == normal.reply_validity);
    CHECK(channel.on_queue_full == normal.on_queue_full);
    CHECK(channel.on_storage_failure == normal.on_storage_failure);
    CHECK(channel.source_npi == normal.source_npi);
    CHECK(loaded.config->limits.queue == LimitOptions{}.queue);
    CHECK(loaded.config->endpoints.at(0).timeout == EndpointOptions{}.timeout);
    CHECK(loaded.config->endpoints.at(0).concurrency == EndpointOptions{}.concurrency);
}

TEST_CASE("an area is a Kemendagri code or a prefix that ends between two parts") {
    for (const auto* good : {"61", "61.01", "61.01.09", "61.01.09.2002"}) CHECK(is_area(good));
    for (const auto* bad : {"", "6", "61.", "61.0", "61.01.09.200", "61.01.09.20021", "61-01", "aa", "6101"})
        CHECK_FALSE(is_area(bad));
}

}  // namespace jejak
