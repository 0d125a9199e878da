// jejak smpp decode, and what jejak smpp probe prints.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <iomanip>
#include <random>
#include <sstream>

#include "gateway/tool/smpp_layout.hpp"
#include "gateway/tool/smpp_probe.hpp"
#include "gateway/tool/smpp_words.hpp"
#include "gateway/tool/tool.hpp"
#include "protocol/smpp/codec.hpp"
#include "tests/unit/protocol/smpp_vectors.hpp"

namespace jejak::tool {
namespace {

using Catch::Contains;
using tests::Octets;
namespace vectors = tests::smpp_vectors;

struct Ended {
    int exit = 0;
    std::string out, err;
};

Ended smpp(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "smpp");
    std::istringstream in(input);
    std::ostringstream out, err;
    const int exit = run(arguments, {in, out, err});
    return {exit, out.str(), err.str()};
}

Ended decode(std::string_view vector, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"decode", hex_text(vectors::vector(vector))});
    return smpp(more);
}

/// One blank in place of many: columns are for people.
std::string squeezed(std::string text) {
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
    return text;
}

}  // namespace

TEST_CASE("smpp decode names the fields of a PDU and what their values mean", "[smpp][tool]") {
    struct Case {
        const char* vector;
        std::vector<const char*> words;
    };
    for (const auto& one : std::vector<Case>{
             {"V01", {"PDU 1: enquire_link, 16 octets", "4 command_id 0x00000015 enquire_link", "sequence_number 1"}},
             {"V02",
              {"bind_transceiver", "16 system_id gw", "password «2 characters» never shown",
               "interface_version 0x34 SMPP 3.4"}},
             {"V03", {"bind_transceiver_resp", "system_id SMSC", "0x0210 sc_interface_version 52 SMPP 3.4"}},
             {"V04", {"command_status 0x0000000e ESME_RINVPASWD"}},
             {"V05",
              {"source_addr_ton 1 international", "source_addr_npi 1 ISDN, telephone (E.164)",
               "source_addr +44770*****01", "destination_addr 4321", "esm_class 0x00 default mode",
               "data_coding 0x00 the SMSC's default alphabet", "sm_length 4", "short_message 4 octets «4 characters»"}},
             {"V06", {"data_coding 0x08 UCS-2, big endian", "short_message 6 octets «3 characters»"}},
             {"V07", {"short_message 4 octets «1 character»"}},
             {"V08",
              {"esm_class 0x40 default mode, UDHI", "UDH of 5 octets",
               "0x00 concatenation, 8-bit reference: reference 170, part 1 of 2"}},
             {"V09", {"0x08 concatenation, 16-bit reference: reference 4660, part 2 of 2"}},
             {"V10", {"0x020c sar_msg_ref_num 4660", "0x020e sar_total_segments 2", "0x020f sar_segment_seqnum 1"}},
             {"V11", {"0x0424 message_payload 21 octets «21 characters»"}},
             {"V12",
              {"esm_class 0x04 default mode, delivery receipt", "receipt: id 0000436949, DELIVERED, err 000",
               "0x001e receipted_message_id 6aad5", "0x0427 message_state 2 DELIVERED"}},
             {"V13", {"service_type USSD", "0x0501 ussd_service_op 1 PSSR indication"}},
             {"V15",
              {"alert_notification", "source_addr +44770*****01", "esme_addr 4321",
               "0x0422 ms_availability_status 0 available"}},
             {"V16", {"outbind", "system_id SMSC", "password «2 characters» never shown"}},
             {"V17", {"generic_nack", "ESME_RINVCMDID"}},
             {"V22", {"0x24 national language single shift: Hindi"}},
             {"V23", {"data_sm", "0x0424 message_payload 2 octets «2 characters»"}},
             {"V24", {"data_coding 0xf1 the SMSC's default alphabet, mostly GSM 7-bit; class 1"}},
             {"V25", {"source_addr_ton 5 alphanumeric", "source_addr «4 characters»"}},
             {"V26", {"unknown command, 16 octets", "command_id 0x00000110"}},
             {"V28", {"submit_sm_resp", "ESME_RTHROTTLED"}},
             {"V29",
              {"submit_multi", "number_of_dests 2", "dest_flag 1 address", "destination_addr +44770*****01",
               "dest_flag 2 list", "dl_name list1"}},
             {"V30",
              {"query_sm_resp", "message_id m-1", "final_date 251121090100000+ 2025-11-21 09:01:00.0 +00:00",
               "message_state 2 DELIVERED"}},
         }) {
        const auto ended = decode(one.vector);
        INFO(one.vector << "\n" << ended.out);
        CHECK(ended.exit == exits::ok);
        CHECK(ended.err.empty());
        for (const auto* words : one.words) CHECK_THAT(squeezed(ended.out), Contains(words));
    }
}

TEST_CASE("smpp decode shows no number and no text unless it is told to, and then it warns", "[smpp][tool]") {
    for (const auto* name : {"V05", "V08", "V11", "V12", "V14", "V15", "V18", "V20", "V25", "V29"}) {
        const auto masked = decode(name);
        INFO(masked.out);
        for (const auto* secret : {"447700900001", "HELP", "girl", "long text", "1 Report", "BANK", "phish", "text:ok"})
            CHECK_THAT(masked.out, !Contains(secret));
    }
    const auto revealed = decode("V05", {"--reveal"});
    CHECK(revealed.exit == exits::ok);
    CHECK_THAT(squeezed(revealed.out), Contains("source_addr 447700900001"));
    CHECK_THAT(squeezed(revealed.out), Contains("short_message 4 octets «HELP»"));
    CHECK_THAT(revealed.err, Contains("--reveal"));
    CHECK_THAT(squeezed(decode("V02", {"--reveal"}).out), Contains("password «2 characters» never shown"));
    CHECK_THAT(decode("V25", {"--reveal"}).out, Contains("BANK"));
}

TEST_CASE("smpp decode takes nobody's words for a receipt, nor an expression's digits for public", "[smpp][tool]") {
    const auto message = [](std::uint8_t esm_class, const std::string& text) {
        smpp::ShortMessage pdu;
        pdu.source = {1, 1, "628400000001"};
        pdu.destination = {0, 1, "9840"};
        pdu.esm_class = esm_class;
        pdu.short_message = std::as_bytes(std::span(text));
        std::vector<std::byte> out;
        smpp::encode_short_message(smpp::CommandId::submit_sm, pdu, 1, out);
        return hex_text(out);
    };
    const std::string words = "id:628400000077 stat:Siti err:hamil";
    const auto plain = smpp({"decode", message(0x00, words)});
    CHECK_THAT(plain.out, Contains("reads as a receipt, but esm_class does not say so"));
    const auto marked = smpp({"decode", message(0x04, words)});
    CHECK_THAT(squeezed(marked.out), Contains("receipt: id 62840*****77, UNKNOWN, err «5 characters»"));
    for (const auto& out : {plain.out, marked.out})
        for (const auto* secret : {"628400000077", "Siti", "hamil"}) CHECK_THAT(out, !Contains(secret));
    CHECK_THAT(smpp({"decode", "--reveal", message(0x00, words)}).out,
               Contains("receipt: id 628400000077, UNKNOWN, err hamil (but esm_class does not say so)"));
    CHECK_THAT(smpp({"decode", message(0x04, "id:4711 stat:DELIVRD err:21b")}).out,
               Contains("receipt: id 4711, DELIVERED, err 21b"));

    smpp::Bind bind;
    bind.system_id = "gw";
    bind.address_range = "^628400000001$";
    std::vector<std::byte> out;
    smpp::encode_bind(smpp::BindKind::receiver, bind, 1, out);
    CHECK_THAT(squeezed(smpp({"decode", hex_text(out)}).out), Contains("address_range ^62840*****01$"));
    CHECK_THAT(squeezed(smpp({"decode", "--reveal", hex_text(out)}).out), Contains("address_range ^628400000001$"));
}

TEST_CASE("smpp decode says at which octet a PDU is malformed", "[smpp][tool]") {
    struct Case {
        const char* name;
        std::string hex;
        const char* words;
    };
    for (const auto& one : std::vector<Case>{
             {"sm_length past the end", hex_text(vectors::vector("V18")),
              "48 ! sm_length is 200, and only 5 octets are left"},
             {"a parameter past the end", hex_text(vectors::vector("V19")),
              "! the parameter's length is 500, and only 5 octets are left"},
             {"command_length 15", hex_text(vectors::vector("V27")), "15 octets are no PDU: its header has 16"},
             {"command_length 8", "00000008000000150000000000000000",
              "octet 0: command_length is 8, less than its header"},
             {"a PDU cut short", "0000003500000005000000000000000200010134343737",
              "23 ! the octets end here, and command_length says 53"},
             {"an address without its end", "0000001600000003000000000000000161620001",
              "! the octets end here, and command_length says 22"},
             {"an id without its NUL", "000000120000000300000000000000016162",
              "18 ! the PDU ends before the NUL of message_id"},
             {"a service_type too long",
              "0000001800000004000000000000000141424344454647"
              "00",
              "22 ! service_type has no NUL within its 6 octets"},
             {"three octets left over",
              "0000001300000015000000000000000161"
              "6263",
              "16 ! 3 octets after the last field, too few for a parameter"},
             {"a parameter of the wrong length",
              "0000001c8000000900000000000000015300"
              "02100002"
              "3434"
              "0000",
              "20 ! sc_interface_version has 2 octets in place of 1"},
             {"no destination", "0000001c000000210000000000000001000001323334000000000000", "number_of_dests is 0"},
             {"a destination that is neither",
              "0000001c00000021000000000000000100000132333400010900"
              "0000",
              "dest_flag is neither 1 (address) nor 2 (list)"},
         }) {
        const auto ended = smpp({"decode", one.hex});
        INFO(one.name << "\n" << ended.out << ended.err);
        CHECK(ended.exit == exits::negative);
        CHECK_THAT(squeezed(ended.out), Contains(one.words));
    }
}

TEST_CASE("smpp decode takes octets with blanks and colons, several PDUs in a stream, and lines", "[smpp][tool]") {
    const auto link = hex_text(vectors::vector("V01")), help = hex_text(vectors::vector("V05"));
    const auto both = smpp({"decode", link + help});
    CHECK(both.exit == exits::ok);
    CHECK_THAT(both.out, Contains("PDU 1: enquire_link") && Contains("PDU 2 at octet 16: deliver_sm"));

    std::string spaced;
    for (std::size_t i = 0; i < link.size(); i += 2) spaced += link.substr(i, 2) + (i % 4 == 0 ? ":" : " ");
    CHECK(smpp({"decode", spaced}).exit == exits::ok);
    CHECK(smpp({"decode", "0x" + link}).exit == exits::ok);
    CHECK(smpp({"decode", "00000010", "00000015", "00000000", "00000001"}).exit == exits::ok);

    const auto lines = smpp({"decode"}, "# a capture\n" + link + "\n\n" + help + "  # the text\n");
    CHECK(lines.exit == exits::ok);
    CHECK_THAT(lines.out, Contains("PDU 1: enquire_link") && Contains("PDU 2: deliver_sm"));

    const auto mixed = smpp({"decode"}, "0000001x\n" + link + "\n");
    CHECK(mixed.exit == exits::usage);
    CHECK_THAT(mixed.err, Contains("line 1: character 8 is no hexadecimal digit"));
    CHECK_THAT(mixed.out, Contains("PDU 1: enquire_link"));

    CHECK(smpp({"decode", "0"}).exit == exits::usage);
    CHECK(smpp({"decode"}, "").exit == exits::usage);
    CHECK(smpp({"decode", "--alphabet", "klingon", link}).exit == exits::usage);
}

TEST_CASE("smpp decode reads data_coding 0 as it is told", "[smpp][tool]") {
    const std::string packed =
        "00000037"
        "00000005"
        "00000000"
        "00000001"
        "00"
        "0101"
        "3632383400"
        "0001"
        "3938343000"
        "00"
        "00"
        "00"
        "00"
        "00"
        "00"
        "00"
        "00"
        "00"
        "09"
        "e8329bfd4697d9ec37";
    std::string pdu = packed;
    const auto size = pdu.size() / 2;
    std::ostringstream length;
    length << std::hex << std::setw(8) << std::setfill('0') << size;
    pdu.replace(0, 8, length.str());
    const auto ended = smpp({"decode", "--alphabet", "packed", "--reveal", pdu});
    INFO(ended.out);
    CHECK(ended.exit == exits::ok);
    CHECK_THAT(ended.out, Contains("«hellohello»"));
}

TEST_CASE("numbers are put in words", "[smpp][tool]") {
    CHECK(esm_class_words(0x00) == "default mode");
    CHECK(esm_class_words(0x44) == "default mode, delivery receipt, UDHI");
    CHECK(esm_class_words(0xA3) == "store and forward, intermediate notification, reply path");
    CHECK(esm_class_words(0x18) == "default mode, conversation abort");
    CHECK(esm_class_words(0x0C) == "default mode, reserved message type");
    CHECK(registered_delivery_words(0x00) == "no receipt");
    CHECK(registered_delivery_words(0x11) == "receipt of success or failure, intermediate notifications");
    CHECK(registered_delivery_words(0x0E) == "receipt of failure, both acknowledgements");
    CHECK_THAT(data_coding_words(0xF0), Contains("class 0 (flash)"));
    CHECK_THAT(data_coding_words(0xF5), Contains("8-bit data; class 1"));
    CHECK_THAT(data_coding_words(0xC8), Contains("voicemail waiting: yes"));
    CHECK_THAT(data_coding_words(0xE1), Contains("UCS-2, big endian; fax waiting: no"));
    CHECK(time_words("251121090100512+") == "2025-11-21 09:01:00.5 +03:00");
    CHECK(time_words("000003040506000R") == "in 3 days 4 h 5 min 6 s");
    CHECK_THAT(time_words("251321090100000+"), Contains("out of its range"));
    CHECK_THAT(time_words("251121090100049+"), Contains("out of its range"));
    CHECK_THAT(time_words("tomorrow"), Contains("no time"));
    CHECK(tag_value_words(0x0428, 95) == "per cent: nearly congested");
    CHECK(tag_value_words(0x1383, 0x0205) == "session 2, dialogue 2, ends");
    CHECK(interface_version_words(0x50) == "SMPP 5.0");
    CHECK(std::string(find_tag(0x130C)->name) == "alert_on_message_delivery");
    CHECK(find_tag(0x1400) == nullptr);
}

TEST_CASE("what a terminal would obey, or what deceives the eye, is written as a number", "[tool][C23]") {
    CHECK(quoted_text("satu\ndua") == "«satu\\ndua»");
    CHECK(quoted_text("\x1b[2J") == "«\\u{1b}[2J»");
    CHECK(quoted_text("a\u202Eb\u200Bc") == "«a\\u{202e}b\\u{200b}c»");
    CHECK(quoted_text("\xff") == "«\uFFFD»");
    CHECK(quoted_text("\u0938\u094d\u0924\u0947") == "«\u0938\u094d\u0924\u0947»");
}

TEST_CASE("of an expression the digits are masked together, however they stand", "[tool]") {
    CHECK(masked_digits("^62840[0]000001$") == "^62840[*]****01$");
    CHECK(masked_digits("984[01]") == "984[01]");
    CHECK(masked_digits("BANK") == "BANK");
    CHECK(masked_digits("").empty());
}

TEST_CASE("a masked number tells two apart and dials nobody", "[tool]") {
    struct Case {
        const char* digits;
        std::uint8_t ton;
        const char* masked;
    };
    for (const auto& one : std::vector<Case>{{"628400000001", 1, "+62840*****01"},
                                             {"+628400000001", 0, "+62840*****01"},
                                             {"084000000012", 0, "08400*****12"},
                                             {"601000000019", 1, "+60100*****19"},
                                             {"6284001", 1, "+*****01"},
                                             {"9840", 0, "9840"},
                                             {"*384#", 0, "*384#"},
                                             {"", 1, "(empty)"},
                                             {"BANK", 5, "«4 characters»"}})
        CHECK(masked_address(one.digits, one.ton) == one.masked);
}

TEST_CASE("what the layout finds faultless the codec decodes, and nothing it is given makes it fall", "[smpp][tool]") {
    std::minstd_rand random(20'251'121);
    const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
    std::size_t faultless = 0;
    for (const auto& vector : vectors::all) {
        const auto whole = tests::from_hex(vector.hex);
        if (whole.size() < smpp::header_size) continue;
        for (int round = 0; round < 300; ++round) {
            auto pdu = whole;
            for (std::size_t i = 0, changes = pick(4); i < changes && pdu.size() > 16; ++i)
                pdu[16 + pick(pdu.size() - 16)] = static_cast<std::byte>(random() & 0xFF);
            if (pick(3) == 0) pdu.resize(16 + pick(pdu.size() - 15));
            const auto size = static_cast<std::uint32_t>(pdu.size());
            for (int i = 0; i < 4; ++i) pdu[static_cast<std::size_t>(i)] = static_cast<std::byte>(size >> (24 - 8 * i));
            std::vector<std::byte> exact(pdu.begin(), pdu.end());
            exact.shrink_to_fit();
            const auto dissected = dissect(exact);
            for (const auto& field : dissected.fields) CHECK(field.at + field.octets.size() <= exact.size());
            for (const auto& fault : dissected.faults) CHECK(fault.at <= exact.size());
            if (!dissected.faults.empty()) continue;
            ++faultless;
            const auto body = std::span<const std::byte>(exact).subspan(smpp::header_size);
            const auto command = static_cast<smpp::CommandId>(dissected.header.command_id);
            using smpp::CommandId;
            if (command == CommandId::deliver_sm || command == CommandId::submit_sm || command == CommandId::data_sm)
                CHECK(smpp::decode_short_message(command, body).has_value());
            if (command == CommandId::submit_multi) CHECK(smpp::decode_submit_multi(body).has_value());
            if (command == CommandId::alert_notification) CHECK(smpp::decode_alert_notification(body).has_value());
            if (command == CommandId::outbind) CHECK(smpp::decode_outbind(body).has_value());
        }
    }
    CHECK(faultless > 1'000);
}

TEST_CASE("smpp probe: what is asked for must make sense", "[smpp][tool]") {
    struct Case {
        std::vector<std::string> arguments;
        const char* words;
    };
    for (const auto& one :
         std::vector<Case>{{{"probe"}, "address"},
                           {{"probe", "127.0.0.1:2775"}, "--system-id"},
                           {{"probe", "127.0.0.1", "--system-id", "gw"}, "HOST:PORT"},
                           {{"probe", "127.0.0.1:0", "--system-id", "gw"}, "HOST:PORT"},
                           {{"probe", "h:1", "--system-id", "a system_id too long"}, "15 characters"},
                           {{"probe", "h:1", "--system-id", "gw", "--bind", "sideways"}, "--bind"},
                           {{"probe", "h:1", "--system-id", "gw", "--ca-file", "x"}, "with --tls"},
                           {{"probe", "h:1", "--system-id", "gw", "--tls", "--key", "x"}, "go together"},
                           {{"probe", "h:1", "--system-id", "gw", "--password-file", "/none"}, "password file"},
                           {{"probe", "h:1", "--system-id", "gw"}, "password"}}) {
        const auto ended = smpp(one.arguments);
        INFO(ended.out << ended.err);
        CHECK(ended.exit == exits::usage);
        CHECK_THAT(ended.err, Contains(one.words));
    }
}

TEST_CASE("smpp probe prints what it found, for people and as JSON", "[smpp][tool]") {
    ProbeOptions options;
    options.host = "smsc.example.net";
    options.port = 2775;
    options.bind = smpp::BindKind::transceiver;
    ProbeReport report;
    report.stage = ProbeReport::Stage::bound;
    report.address = "192.0.2.1:2775";
    report.bind = {Asked::How::answered, smpp::CommandStatus::ok, std::chrono::microseconds(1'500)};
    report.smsc_id = "SMSC";
    report.parameters = {{0x0210, {std::byte{0x34}}}, {0x1401, {std::byte{1}, std::byte{2}}}};
    for (const int time : {900, 300, 100, 400, 200}) report.round_trips.emplace_back(time);
    report.enquiries = 6;
    report.unknown_parameter = {Asked::How::nacked, smpp::CommandStatus::invalid_command_length, {}};
    report.query = {Asked::How::answered, smpp::CommandStatus::query_failed, {}};
    report.unbind = {Asked::How::silent, smpp::CommandStatus::ok, {}};
    report.messages = 3;
    const auto lines = squeezed(probe_lines(report, options));
    INFO(lines);
    for (const auto* words :
         {"connected 192.0.2.1:2775", "bound as transceiver in 1.50 ms; the SMSC calls itself «SMSC»",
          "version 0x34 SMPP 3.4", "parameter 0x1401: 0102",
          "enquire_link 5 of 6 answered: min 0.10 ms, median 0.30 ms, max 0.90 ms",
          "unknown TLV generic_nack ESME_RINVCMDLEN", "query_sm supported (ESME_RQUERYFAIL",
          "messages 3 came and were not acknowledged", "unbind no answer"})
        CHECK_THAT(lines, Contains(words));

    const auto json = boost::json::parse(probe_json(report, options)).as_object();
    CHECK(json.at("bound").as_bool());
    CHECK(json.at("sc_interface_version").as_int64() == 0x34);
    CHECK(json.at("enquire_link").at("median_ms").as_double() == Approx(0.3));
    CHECK(json.at("messages_left").as_int64() == 3);

    report.parameters.clear();
    CHECK_THAT(probe_lines(report, options), Contains("not told: taken for 3.3"));

    report.tls =
        net::TlsFacts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "CN=\x1b[2J", "CN=a\nunbind answered", {"\x1b]0;x"}};
    const auto hostile = squeezed(probe_lines(report, options));
    INFO(hostile);
    CHECK_THAT(hostile, Contains("certificate of CN=\\u{1b}[2J, issued by CN=a\\nunbind answered"));
    CHECK_THAT(hostile, Contains("for \\u{1b}]0;x"));
    CHECK(hostile.find('\x1b') == std::string::npos);
}

TEST_CASE("a refused bind comes with what to do about it", "[smpp][tool]") {
    struct Case {
        std::uint32_t status;
        const char* words;
    };
    for (const auto& one : std::vector<Case>{{0x04, "another --bind"},
                                             {0x05, "bound already"},
                                             {0x0D, "system_id, password"},
                                             {0x0E, "password is wrong"},
                                             {0x0F, "system_id"},
                                             {0x53, "--system-type"},
                                             {0x58, "wait"},
                                             {0x0400, "vendor"}})
        CHECK_THAT(bind_hint(static_cast<smpp::CommandStatus>(one.status)), Contains(one.words));
}

}  // namespace jejak::tool
