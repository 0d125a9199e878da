#include "gateway/config/config.hpp"

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
const std::string sending = "reply = \"send\"\n[channel.send]\n";                          // then 15, after `modems`
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

TEST_CASE("limits bound replies, and a channel says how it answers") {
    const auto usual = parse_text(base + client + modems);
    REQUIRE(usual.config);
    CHECK(usual.config->limits.replies_per_prefix_minute == 600);
    CHECK(usual.config->limits.replies_per_day == 100'000);
    CHECK(usual.config->limits.served_countries.empty());
    CHECK(usual.config->limits.answers_within == std::chrono::hours(2));
    CHECK(usual.config->smpp_channels[0].replies.mode == storage::ReplyMode::neutral);
    CHECK(usual.config->http_channels[0].replies.mode == storage::ReplyMode::neutral);

    const auto set =
        parse_text(base + "[limits]\nreplies_per_prefix_minute = 3\nreplies_per_day = 500\n" +
                   "served_countries = [\"62\", \"60\"]\nflood_per_minute = 90\nanswers_within = \"30m\"\n" + client +
                   "reply_mode = \"cover\"\ncover_text = \"Cuaca cerah.\"\n" + modems +
                   "reply_mode = \"silent\"\nquiet_hours = \"21:00-05:00\"\n");
    REQUIRE(set.config);
    CHECK(set.config->limits.replies_per_prefix_minute == 3);
    CHECK(set.config->limits.replies_per_day == 500);
    CHECK(set.config->limits.flood_per_minute == 90);
    CHECK(set.config->limits.served_countries == std::vector<std::string>{"62", "60"});
    CHECK(set.config->limits.answers_within == std::chrono::minutes(30));
    CHECK(set.config->smpp_channels[0].replies.mode == storage::ReplyMode::cover);
    CHECK(set.config->smpp_channels[0].replies.cover_text == "Cuaca cerah.");
    CHECK(set.config->http_channels[0].replies.mode == storage::ReplyMode::silent);
    CHECK(set.config->http_channels[0].replies.quiet_hours ==
          casework::QuietHours{std::chrono::hours(21), std::chrono::hours(5)});
    CHECK(set.config->smpp_channels[0].replies.quiet_hours == casework::QuietHours{});

    check_faults({
        {base + "[limits]\nreplies_per_day = 0\n", 9, "a whole number from 1"},
        {base + "[limits]\nserved_countries = [\"+62\"]\n", 9, "1 to 3 digits without +"},
        {base + "[limits]\nanswers_within = \"1m\"\n", 9, "from \"5m\" to \"1d\""},
        {base + client + "reply_mode = \"loud\"\n", 14, "is none of"},
        {base + client + "reply_mode = \"cover\"\n", 14, "needs cover_text"},
        {base + client + "cover_text = \"\"\n", 14, "1 to 160 characters"},
        {base + modems + "cover_text = \"" + std::string(161, 'x') + "\"\n", 13, "1 to 160 characters"},
        {base + client + "reply_validity = \"11m\"\n", 14, "from \"1m\" to \"10m\""},
        {base + client + "quiet_hours = \"21-5\"\n", 14, "such as \"21:00-05:00\""},
    });
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

TEST_CASE("a dialect whose answer carries no text gives no reply unless it says otherwise") {
    const auto loaded =
        parse_text(base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"vonage\"\nkey = \"k\"\n");
    REQUIRE(loaded.config);
    CHECK(loaded.config->http_channels[0].reply == HttpChannelOptions::Reply::none);
}

TEST_CASE("a send call is a preset and the account's secrets, or declared") {
    const auto loaded = parse_text(
        base +
        "[[channel]]\nname = \"twilio\"\ntype = \"http\"\ndialect = \"twilio\"\nkey = \"k\"\n"
        "public_url = \"https://jejak.example.org/v1/in/twilio\"\nservice_number = \"+628400009840\"\n"
        "reply = \"send\"\n[channel.send]\npreset = \"twilio\"\naccount = \"AC1\"\nsecret = \"s\"\n" +
        modems +
        "service_number = \"9840\"\nreply = \"send\"\n[channel.send]\nmethod = \"PUT\"\n"
        "url = \"http://127.0.0.1:9/send?to={to}\"\nallow_private_address = true\nconcurrency = 2\ntimeout = \"5s\"\n"
        "headers = { \"Content-Type\" = \"application/json\", \"X-Key\" = \"{secret}\" }\nsecret = \"t\"\n"
        "body = '{\"text\":\"{text}\"}'\nauth = { basic = \"me:{secret}\" }\n"
        "success = { status = [200, \"202\"], pointer = \"/ok\", equals = [\"true\"], later = [\"wait\"] }\n"
        "id = { regex = \"id=([0-9]+)\" }\n" +
        "[[channel]]\nname = \"third\"\ntype = \"http\"\ndialect = \"africastalking\"\nkey = \"k\"\n"
        "reply_via = \"modems\"\n");
    for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(loaded.config);
    const auto& twilio = loaded.config->http_channels[0];
    CHECK(twilio.reply == HttpChannelOptions::Reply::send);
    CHECK(twilio.public_url == "https://jejak.example.org/v1/in/twilio");
    CHECK(twilio.send.account == "AC1");
    CHECK(twilio.send.secret.reveal() == "s");
    CHECK(twilio.send.basic == "{account}:{secret}");
    const auto& own = loaded.config->http_channels[1].send;
    CHECK(own.method == "PUT");
    CHECK(own.headers.size() == 2);
    CHECK(own.basic == "me:{secret}");
    CHECK(own.statuses == std::vector<std::string>{"200", "202"});
    CHECK(own.pointer == "/ok");
    CHECK(own.equals == std::vector<std::string>{"true"});
    CHECK(own.later == std::vector<std::string>{"wait"});
    CHECK(own.id_pattern == "id=([0-9]+)");
    CHECK(own.concurrency == 2);
    CHECK(own.timeout == std::chrono::seconds(5));
    CHECK(loaded.config->http_channels[2].reply_via == "modems");
}

TEST_CASE("a header of a preset is replaced by one of its name in any case") {
    const auto loaded = parse_text(base + modems + "service_number = \"9840\"\n" + sending +
                                   "preset = \"infobip\"\naccount = \"a1\"\n"
                                   "headers = { authorization = \"Bearer x\", \"X-More\" = \"y\" }\n");
    for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(loaded.config);
    using Headers = std::vector<std::pair<std::string, std::string>>;
    auto headers = loaded.config->http_channels[0].send.headers;
    std::sort(headers.begin(), headers.end());
    const Headers expected = {{"Accept", "application/json"},
                              {"Content-Type", "application/json"},
                              {"X-More", "y"},
                              {"authorization", "Bearer x"}};
    CHECK(headers == expected);
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
        {base + "[[channel]]\nname = \"a\"\ntype = \"smpp-server\"\nlisten = \"127.0.0.1:2776\"\naccounts = []\n", 12,
         "an account is missing"},
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
        {base +
             "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = \"j\"\npassword = "
             "\"" +
             std::string(65, 'x') + "\"\n",
         13, "64 octets that a bind carries"},
        {base + client + "port = 0\n", 14, "from 1 to 65535"},
        {base + client + "port = 70000\n", 14, "from 1 to 65535"},
        {base + client + "port = \"2775\"\n", 14, "without quotes"},
        {base + client + "bind = \"trx\"\n", 14, "none of \"transceiver\", \"receiver\", \"transmitter\""},
        {base + client + "bind = \"receiver\"\n", 14, "add reply_via = \"CHANNEL\""},
        {base + client + "reply_via = \"nobody\"\n", 14, "names no channel of this file that sends"},
        {base + client + "reply_via = \"operator\"\n", 14, "is the channel itself"},
        {base + modems + "reply_via = \"modems\"\n", 13, "is the channel itself"},
        {base + client + "window = 0\n", 14, "from 1 to 1000"},
        {base + client + "widnow = 10\n", 14, "unknown key widnow; did you mean window?"},
        {base + client + "dialect = \"json\"\n", 14, "channel \"operator\": unknown key dialect"},
        {base + client + "enquire_link = 30\n", 14, "such as \"30s\""},
        {base + client + "enquire_link = \"30\"\n", 14, "a number and ms, s, m, h or d"},
        {base + client + "enquire_link = \"30 s\"\n", 14, "a number and ms, s, m, h or d"},
        {base + client + "enquire_link = \"2h\"\n", 14, "from \"1s\" to \"1h\""},
        {base + client + "reply_validity = \"9223372036854775807d\"\n", 14, "from \"1m\" to \"10m\""},
        {base + client + "default_alphabet = \"ebcdic\"\n", 14, "none of \"gsm7\""},
        {base + client + "receipts = \"yes\"\n", 14, "true or false"},
        {base + client + "source_ton = 7\n", 14, "from 0 to 6"},
        {base + client + "on_queue_full = \"0x0\"\n", 14, "other than 0x0"},
        {base + client + "on_queue_full = \"later\"\n", 14, "must be \"close\" or a command_status"},
        {base + client + "on_storage_failure = \"0x\"\n", 14, "must be \"close\" or a command_status"},
        {base + client + "service_number = \"98 40\"\n", 14, "1 to 20 digits or letters"},
        {base + client + "country_code = \"+62\"\n", 14, "1 to 3 digits without +"},
        {base + client + "password_file = \"pw\"\n", 14, "both password and password_file are given"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"vonage\"\nkey = \"k\"\nreply = \"inline\"\n",
         13, "carries no reply"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"soap\"\nkey = \"k\"\n", 11,
         "\"soap\" is unknown"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"json\"\n", 8, "key is missing"},
        {base + "[[channel]]\nname = \"a\"\ntype = \"http\"\ndialect = \"json\"\nkey = \"\"\n", 12, "key is empty"},
        {base + modems + "reply = \"https://send\"\n", 13, "is none of \"inline\", \"none\", \"send\""},
        {base + modems + "reply = \"send\"\n", 13, "needs [channel.send]"},
        {base + modems + "public_url = \"https://example.org/in?a=b\"\n", 13, "public_url must be the URL"},
        {base + modems + "public_url = \"example.org\"\n", 13, "public_url must be the URL"},
        {base + modems + sending + "url = \"http://example.org/\"\n", 15, "plain http is refused"},
        {base + modems + sending + "preset = \"nexmo\"\nurl = \"https://example.org\"\n", 15,
         "\"nexmo\" is unknown; there are \"twilio\""},
        {base + modems + sending + "url = \"https://example.org/{number}\"\n", 15, "{number} stands for nothing"},
        {base + modems + sending + "url = \"https://example.org/{from}\"\n", 8, "service_number is missing"},
        {base + modems + sending + "url = \"https://example.org/\"\nheader = {}\n", 16, "did you mean headers?"},
        {base + modems + sending + "url = \"https://example.org/\"\nheaders = { a = 1 }\n", 16, "header a must be"},
        {base + modems + sending + "url = \"https://example.org/\"\nauth = \"x\"\n", 16, "auth must be a table"},
        {base + modems + sending + "url = \"https://example.org/\"\nauth = { bearer = \"x\", basic = \"a:b\" }\n", 16,
         "unknown key bearer"},
        {base + modems + sending + "url = \"https://example.org/\"\nsuccess = [true]\n", 16, "holds statuses"},
        {base + modems + sending + "url = \"https://example.org/\"\nsuccess = { pointer = \"/a\" }\n", 16,
         "needs equals"},
        {base + modems + sending + "url = \"https://example.org/\"\nid = { regex = \"(\" }\n", 16,
         "no regular expression"},
        {base + modems + sending + "url = \"https://example.org/\"\ntimeout = \"16s\"\n", 16, "from \"1s\" to \"15s\""},
        {base + modems + sending + "preset = \"httpsms\"\nurl = \"https://example.org/\"\nbody = \"{}\"\n", 14,
         "secret is missing"},
        {base + modems + "[channel.send]\nurl = \"https://example.org/\"\n", 13, "only with reply = \"send\""},
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
                             base +
                                 "[[channel]]\nname = \"a\"\ntype = \"smpp-client\"\nhost = \"h\"\nsystem_id = "
                                 "\"j\"\npassword = \"hunter22" +
                                 std::string(64, 'x') + "\"\n"}) {
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
