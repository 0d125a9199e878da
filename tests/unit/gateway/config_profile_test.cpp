// What the file says of operators' quirks, and of the links to an SMSC.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <tuple>

#include "gateway/config/profiles.hpp"

using namespace jejak;
using smpp::CommandStatus;
using smpp::ErrorClass;
using smpp::Tag;

namespace {

/// Seven lines that are a whole configuration; what a test adds begins on line 8.
const std::string base =
    "[storage]\nurl = \"sqlite:jejak.db\"\n[keys]\nfile = \"jejak.keys\"\n[pack]\npath = \"packs/sambas\"\n\n";
const std::string bare =
    "[[channel]]\nname = \"operator\"\ntype = \"smpp-client\"\nsystem_id = \"jejak\"\npassword = \"secret\"\n";
const std::string client = bare + "host = \"127.0.0.1\"\n";  // the next line is 14

Loaded parse_text(const std::string& text) {
    return parse_config(text, "/etc/jejak/jejak.toml");
}

SmppChannelOptions channel_of(const std::string& text) {
    const auto loaded = parse_text(base + text);
    for (const auto& fault : loaded.faults) UNSCOPED_INFO(to_string(fault));
    REQUIRE(loaded.config);
    REQUIRE(loaded.config->smpp_channels.size() == 1);
    return loaded.config->smpp_channels[0];
}

}  // namespace

TEST_CASE("a channel without a profile is as the specification has it", "[profile]") {
    const auto channel = channel_of(client);
    const SmppProfile standard;
    CHECK(channel.interface_version == standard.interface_version);
    CHECK(channel.ussd_profile == ussd::SmppProfile{});
    CHECK(channel.long_texts == sms::LongTexts::Form::udh8);
    CHECK(channel.error_class(CommandStatus::throttled) == ErrorClass::throttle);
    CHECK(channel.validity == SmppProfile::Validity::relative);
    CHECK(channel.binds == 1);
    CHECK(channel.rate == 0);
    CHECK(channel.other_hosts.empty());
}

TEST_CASE("every key of a profile is read, and a channel overrides single ones", "[profile]") {
    const auto channel = channel_of(
        "[[profile]]\nname = \"op\"\nsource_ton = 5\nsource_npi = 0\ndestination_ton = 2\ndestination_npi = 8\n"
        "default_alphabet = \"gsm7-packed\"\nassume_udh = true\nlong_texts = \"udh16\"\nlanguages = [\"turkish\", "
        "\"hindi\"]\nreceipt_ids = \"decimal\"\nreceipts_unmarked = true\nreceipt_pattern = \"msg {id}: {stat}\"\n"
        "receipt_delivered = [\"OK\", \"0\"]\nreceipt_failed = [\"FAIL\"]\n"
        "errors_permanent = [0x45]\nerrors_temporary = [0x400, 0x401]\nerrors_throttle = 0x402\n"
        "on_queue_full = \"0x58\"\non_storage_failure = \"close\"\ninterface_version = 0x50\ntlvs_always = true\n"
        "address_range = \"^9840\"\naddress_range_ton = 1\naddress_range_npi = 1\nquery_sm = \"reference\"\n"
        "resend_unknown = true\nvalidity = \"absolute\"\nussd_begin = 0x01\nussd_input = [0x12, 0x02]\nussd_end = "
        "[0x11, 0x81]\nussd_ask = 3\n"
        "ussd_last = 0x17\nussd_session = 0x1403\nussd_end_bit = 0x80000000\nussd_session_mask = 0xFF00\n"
        "ussd_service_type = \"UMB\"\n" +
        client + "profile = \"op\"\nlong_texts = \"sar\"\ndestination_npi = 1\n");
    CHECK(static_cast<int>(channel.source_ton) == 5);
    CHECK(static_cast<int>(channel.source_npi) == 0);
    CHECK(static_cast<int>(channel.destination_ton) == 2);
    CHECK(static_cast<int>(channel.destination_npi) == 1);
    CHECK(channel.default_alphabet == sms::DefaultAlphabet::gsm7_packed);
    CHECK(channel.assume_udh);
    CHECK(channel.long_texts == sms::LongTexts::Form::sar);
    CHECK(channel.languages == std::vector{sms::gsm7::Language::turkish, sms::gsm7::Language::hindi});
    CHECK(channel.receipt_dialect.ids == sms::IdForm::decimal);
    CHECK(channel.receipt_dialect.unmarked);
    REQUIRE(channel.receipt_dialect.pattern);
    CHECK(channel.receipt_dialect.pattern->read("msg 17: DELIVRD")->message_id == "17");
    CHECK(channel.receipt_dialect.words.delivered == std::vector<std::string>{"ok", "0"});
    CHECK(channel.receipt_dialect.words.failed == std::vector<std::string>{"fail"});
    CHECK(channel.error_class(CommandStatus::submit_failed) == ErrorClass::permanent);
    CHECK(channel.error_class(static_cast<CommandStatus>(0x401)) == ErrorClass::temporary);
    CHECK(channel.error_class(static_cast<CommandStatus>(0x402)) == ErrorClass::throttle);
    CHECK(channel.error_class(static_cast<CommandStatus>(0x403)) == ErrorClass::unknown);
    CHECK(channel.on_queue_full == CommandStatus::throttled);
    CHECK_FALSE(channel.on_storage_failure);
    CHECK(static_cast<int>(channel.interface_version) == 0x50);
    CHECK(channel.tlvs_always);
    CHECK(channel.address_range == "^9840");
    CHECK(channel.query == SmppProfile::Query::reference);
    CHECK(channel.resend_unknown);
    CHECK(channel.validity == SmppProfile::Validity::absolute);
    const auto& ussd = channel.ussd_profile;
    CHECK(ussd.begin == ussd::Operations(1));
    CHECK(ussd.input == ussd::Operations{0x12, 0x02});
    CHECK(ussd.end == ussd::Operations{0x11, 0x81});
    CHECK(static_cast<int>(ussd.ask) == 3);
    CHECK(static_cast<int>(ussd.last) == 0x17);
    CHECK(ussd.session == static_cast<Tag>(0x1403));
    CHECK(ussd.end_bit == 0x80000000);
    CHECK(ussd.session_mask == 0xFF00u);
    CHECK(channel.ussd_service_type == "UMB");
}

TEST_CASE("a profile may rest on a shipped one or on one above it", "[profile]") {
    const auto channel = channel_of(
        "[[profile]]\nname = \"op\"\nbased_on = \"tata\"\nsource_ton = 5\n[[profile]]\nname = \"op-south\"\n"
        "based_on = \"op\"\nlong_texts = \"payload\"\n" +
        client + "profile = \"op-south\"\n");
    CHECK(static_cast<int>(channel.source_ton) == 5);
    CHECK(static_cast<int>(channel.ussd_profile.last) == 0x02);
    CHECK(channel.long_texts == sms::LongTexts::Form::payload);
}

TEST_CASE("a mask is of one parameter: who names another one, names its mask", "[profile]") {
    const auto mask = [](const std::string& keys) {
        return channel_of(client + "profile = \"tata\"\n" + keys).ussd_profile.session_mask;
    };
    CHECK(mask("") == 0xFFFEu);
    CHECK(mask("ussd_session = \"its_session_info\"\n") == 0xFFFEu);
    CHECK_FALSE(mask("ussd_session = 0x1403\n"));
    CHECK(mask("ussd_session = 0x1403\nussd_session_mask = 0xFFFFFF00\n") == 0xFFFFFF00u);
}

TEST_CASE("every shipped profile says this, and nothing else; a channel may use it", "[profile]") {
    using sms::DefaultAlphabet;
    using Form = sms::LongTexts::Form;
    struct Row {
        const char* name;
        std::function<void(SmppProfile&)> otherwise;
    };
    const auto vendor = [](ussd::Operations end, std::uint8_t last, std::optional<std::uint32_t> mask = {}) {
        return [end, last, mask](SmppProfile& p) {
            p.tlvs_always = true;
            p.ussd_profile.end = end;
            p.ussd_profile.last = last;
            p.ussd_profile.session_mask = mask;
        };
    };
    const auto by_reference = [&](std::uint8_t last) {
        return [last, also = vendor(0x81, last)](SmppProfile& p) {
            also(p);
            p.ussd_profile.session = Tag::user_message_reference;
            p.ussd_profile.end_bit = 0;
        };
    };
    const Row rows[] = {
        {"standard", [](SmppProfile&) {}},
        {"strict-3.3", [](SmppProfile& p) { p.interface_version = 0x33; }},
        {"smpp-5.0", [](SmppProfile& p) { p.interface_version = 0x50; }},
        {"kannel", [](SmppProfile& p) { p.receipt_dialect.ids = sms::IdForm::same; }},
        {"osmocom", [](SmppProfile& p) { p.destination_ton = p.destination_npi = 1; }},
        {"packed-7bit", [](SmppProfile& p) { p.default_alphabet = DefaultAlphabet::gsm7_packed; }},
        {"latin1", [](SmppProfile& p) { p.default_alphabet = DefaultAlphabet::latin1; }},
        {"sar", [](SmppProfile& p) { p.long_texts = Form::sar; }},
        {"payload", [](SmppProfile& p) { p.long_texts = Form::payload; }},
        {"decimal-receipts", [](SmppProfile& p) { p.receipt_dialect.ids = sms::IdForm::decimal; }},
        {"hex-receipts", [](SmppProfile& p) { p.receipt_dialect.ids = sms::IdForm::hexadecimal; }},
        {"discards-on-error",
         [](SmppProfile& p) {
             p.on_queue_full.reset();
             p.on_storage_failure.reset();
         }},
        {"nowsms", vendor({}, 0x11)},
        {"tata",
         [also = vendor(0x11, 0x02, 0xFFFE)](SmppProfile& p) {
             also(p);
             p.ussd_profile.input = {0x12, 0x02};
         }},
        {"6d", vendor(0x81, 0x17, 0xFFFE)},
        {"mica", by_reference(0x17)},
        {"mica-pssr", by_reference(0x11)},
        {"ussd-by-phone",
         [also = vendor({}, 0x11)](SmppProfile& p) {
             also(p);
             p.ussd_profile.session.reset();
         }},
    };
    const auto said = [](const SmppProfile& p) {
        return std::tie(p.source_ton, p.source_npi, p.destination_ton, p.destination_npi, p.default_alphabet,
                        p.assume_udh, p.long_texts, p.languages, p.receipt_dialect.ids, p.receipt_dialect.unmarked,
                        p.receipt_dialect.words.delivered, p.receipt_dialect.words.failed, p.error_classes,
                        p.on_queue_full, p.on_storage_failure, p.interface_version, p.tlvs_always, p.address_range,
                        p.address_range_ton, p.address_range_npi, p.query, p.resend_unknown, p.validity, p.ussd_profile,
                        p.ussd_service_type);
    };
    CHECK(Profiles::shipped().size() == std::size(rows));
    for (const auto& row : rows) {
        INFO(row.name);
        SmppProfile expected;
        row.otherwise(expected);
        const auto found = Profiles::shipped().find(row.name);
        REQUIRE(found != Profiles::shipped().end());
        CHECK((said(found->second) == said(expected)));
        CHECK_FALSE(found->second.receipt_dialect.pattern);
        const auto channel = channel_of(client + "profile = \"" + row.name + "\"\n");
        CHECK((said(channel) == said(expected)));
    }
}

TEST_CASE("hosts, binds, rate and outbinds of a channel", "[profile][B24][B25]") {
    const auto both = channel_of(client + "port = 2776\nhosts = [\"b.example\", \"[2001:db8::7]:2777\"]\n");
    CHECK(both.host == "127.0.0.1");
    CHECK(both.other_hosts == std::vector<SmppHost>{{"b.example", 2776}, {"2001:db8::7", 2777}});
    const auto alone = channel_of(bare + "hosts = [\"a.example:2780\", \"192.0.2.7\"]\nbinds = 3\nrate = 20\n" +
                                  "bind = \"receiver+transmitter\"\n");
    CHECK(alone.host == "a.example");
    CHECK(alone.port == 2780);
    CHECK(alone.other_hosts == std::vector<SmppHost>{{"192.0.2.7", 2775}});
    CHECK(alone.binds == 3);
    CHECK(alone.rate == 20);
    CHECK(alone.separate_binds);
    CHECK(alone.bind == smpp::BindKind::transceiver);
    const auto outbind =
        channel_of(client + "outbind_listen = \"127.0.0.1:0\"\noutbind_allow = [\"192.0.2.7\", \"10.0.0.0/8\"]\n");
    CHECK(outbind.outbind_listen == "127.0.0.1:0");
    CHECK(outbind.outbind_allow.size() == 2);
    CHECK(outbind.outbind_password.reveal().empty());
    const auto proven = channel_of(client +
                                   "outbind_listen = \"127.0.0.1:0\"\noutbind_allow = [\"192.0.2.7\"]\n"
                                   "outbind_password = \"8octets.\"\n");
    CHECK(proven.outbind_password.reveal() == "8octets.");
}

TEST_CASE("a faulty profile or link is told with its line and what would be right", "[profile]") {
    struct Fault {
        std::string text;
        unsigned line;
        std::string words;
    };
    const std::string profile = "[[profile]]\nname = \"op\"\n";  // the next line is 10
    const Fault faults[] = {
        {profile + "interface_version = 0x35\n", 10, "0x33, 0x34 or 0x50"},
        {profile + "long_texts = \"parts\"\n", 10, "\"udh16\""},
        {profile + "languages = [\"klingon\"]\n", 10, "\"turkish\""},
        {profile + "validity = \"local\"\n", 10, "\"absolute\""},
        {profile + "receipt_pattern = \"{id}\"\n", 10, "receipt_pattern: "},
        {profile + "receipts_unmarked = true\nreceipt_pattern = \"{id},{stat}\"\n", 11, "words of its own"},
        {profile + "receipt_pattern = \"{id},{stat}\"\n" + client + "profile = \"op\"\nreceipts_unmarked = true\n", 18,
         "words of its own"},
        {profile + "receipt_delivered = [\"ALL OK\"]\n", 10, "without blanks"},
        {profile + "receipt_failed = [\"\"]\n", 10, "without blanks"},
        {profile + "receipt_failed = \"FAIL\"\n", 10, "a list of texts"},
        {profile + "receipt_delivered = [\"OK\"]\nreceipt_failed = [\"ok\"]\n", 11, "keep one"},
        {profile + "errors_permanent = [0]\n", 10, "is no error"},
        {profile + "errors_permanent = [0x45]\nerrors_temporary = [0x45]\n", 11, "errors_permanent holds too"},
        {profile + "errors_throttle = [\"0x58\"]\n", 10, "a number from 0 to 0xffffffff"},
        {profile + "on_storage_failure = \"0x0\"\n", 10, "other than 0x0"},
        {profile + "ussd_input = [1, 2, 3, 4, 5]\n", 10, "at most 4"},
        {profile + "ussd_input = []\n", 10, "no session could go on"},
        {profile + "ussd_session = \"number\"\n", 10, "\"phone\""},
        {profile + "ussd_session_mask = 0\n", 10, "from 1 to"},
        {profile + "ussd_end_bit = 0x100000000\n", 10, "from 0 to"},
        {profile + "ussd_service_type = \"USSDUSSD\"\n", 10, "longer than 5 octets"},
        {profile + "resend_unknown = true\n", 10, "needs query_sm"},
        {profile + "sorce_ton = 1\n", 10, "did you mean source_ton?"},
        {profile + "based_on = \"nobody\"\n", 10, "names no profile"},
        {profile + profile, 11, "taken by the one on line 9"},
        {"[[profile]]\nname = \"tata\"\n", 9, "is a shipped one"},
        {client + "profile = \"nobody\"\n", 14, "\"standard\""},
        {client + "hosts = [\"a b:2775\"]\n", 14, "is no place"},
        {client + "hosts = [\"a:99999\"]\n", 14, "is no place"},
        {bare + "hosts = []\n", 13, "hosts is empty"},
        {client + "binds = 0\n", 14, "from 1 to 32"},
        {client + "rate = 0\n", 14, "from 1 to"},
        {client + "outbind_listen = \"127.0.0.1:2777\"\n", 14, "needs outbind_allow"},
        {client + "outbind_allow = [\"192.0.2.7\"]\n", 14, "only with outbind_listen"},
        {client + "outbind_password = \"secret\"\n", 14, "only with outbind_listen"},
        {client + "outbind_listen = \"127.0.0.1:0\"\noutbind_allow = [\"192.0.2.7\"]\noutbind_password = \"" +
             std::string(65, 'x') + "\"\n",
         16, "longer than the 64 octets"},
        {client + "outbind_listen = \"here\"\noutbind_allow = [\"192.0.2.7\"]\n", 14, "an address and a port"},
        {client + "outbind_listen = \"127.0.0.1:0\"\noutbind_allow = [\"smsc\"]\n", 15, "no address or range"},
    };
    for (const auto& one : faults) {
        INFO(one.text);
        const auto loaded = parse_text(base + one.text);
        CHECK_FALSE(loaded.config.has_value());
        REQUIRE_FALSE(loaded.faults.empty());
        CHECK(loaded.faults[0].line == one.line);
        CHECK_THAT(loaded.faults[0].message, Catch::Contains(one.words));
    }
}
