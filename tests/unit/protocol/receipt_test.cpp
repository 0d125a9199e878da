#include "protocol/sms/receipt.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/octets.hpp"

using namespace jejak::sms;
using jejak::tests::ExactText;

TEST_CASE("D1, D2, D8: a receipt is read in every spelling peers have", "[D1][D2][D8]") {
    struct Row {
        std::string name, text, id;
        MessageState state;
        std::string error;
    };
    const auto row = GENERATE(values<Row>({
        {"D1: appendix B",
         "id:0123456789 sub:001 dlvrd:001 submit date:0809011130 done date:0809011131 stat:DELIVRD err:000 text:halo",
         "0123456789", MessageState::delivered, "000"},
        {"D1: dates with seconds",
         "id:1 sub:001 dlvrd:001 submit date:251121090000 done date:251121090100 "
         "stat:EXPIRED err:021 text:",
         "1", MessageState::expired, "021"},
        {"V12",
         "id:0000436949 sub:001 dlvrd:001 submit date:2511210900 done date:2511210901 stat:DELIVRD err:000 text:ok",
         "0000436949", MessageState::delivered, "000"},
        {"D2: any order", "stat:UNDELIV err:21b text:halo id:abc-1", "abc-1", MessageState::undeliverable, "21b"},
        {"D2: text first", "text:id stat id:7 stat:REJECTD", "7", MessageState::rejected, ""},
        {"D2: any case", "ID:7 STAT:delivrd Err:001 Text:halo", "7", MessageState::delivered, "001"},
        {"D2: only id and stat", "id:7 stat:ACCEPTD", "7", MessageState::accepted, ""},
        {"D2: blanks everywhere", "  id: 7   stat:  DELETED \t err: 5\r\n", "7", MessageState::deleted, "5"},
        {"D2: a NUL at the end", std::string("id:7 stat:DELIVRD\0", 18), "7", MessageState::delivered, ""},
        {"D2: text of any octets", "id:7 stat:DELIVRD text:\xff\xfe मदद", "7", MessageState::delivered, ""},
        {"D2: empty values", "id:7 sub: dlvrd: stat:DELIVRD err: text:", "7", MessageState::delivered, ""},
        {"the text does not speak for the receipt", "id:7 stat:DELIVRD text:id:8 stat:EXPIRED err:9", "7",
         MessageState::delivered, ""},
        {"the first of two wins", "id:7 id:8 stat:DELIVRD stat:EXPIRED", "7", MessageState::delivered, ""},
        {"a carrier's own field", "id:7 nack:1 stat:ENROUTE", "7", MessageState::enroute, ""},
        {"D2: an underscore, no blank, blanks before the colon",
         "id :7 submit_date:0809011130 donedate:0809011131 stat : DELIVRD", "7", MessageState::delivered, ""},
        {"D2: many blanks in a key", "id:7 submit   date:0809011130 stat:EXPIRED", "7", MessageState::expired, ""},
        {"D8: commas between",
         "id:0123456789,sub:001,dlvrd:001,submit date:0210151210,done date:0210151211,stat:DELIVRD,err:000,text:",
         "0123456789", MessageState::delivered, "000"},
        {"D8: commas and blanks", "id:7, stat:EXPIRED, err:4", "7", MessageState::expired, "4"},
        {"D8: semicolons", "id:7;stat:REJECTD;err:11;", "7", MessageState::rejected, "11"},
        {"D8: unknown state", "id:7 stat:SKIPPED err:000", "7", MessageState::unknown, "000"},
        {"state UNKNOWN", "id:7 stat:UNKNOWN", "7", MessageState::unknown, ""},
        {"a state in full", "id:7 stat:UNDELIVERABLE", "7", MessageState::undeliverable, ""},
        {"hexadecimal id", "id:6AAD5f stat:DELIVRD", "6AAD5f", MessageState::delivered, ""},
    }));
    CAPTURE(row.name);
    const auto receipt = parse_receipt(ExactText(row.text));
    REQUIRE(receipt);
    CHECK(receipt->message_id == row.id);
    CHECK(receipt->state == row.state);
    CHECK(receipt->error == row.error);
}

TEST_CASE("counts and dates of a receipt, in ten or twelve digits or with the whole year", "[D1]") {
    using namespace std::chrono;
    const auto at = [](int y, unsigned m, unsigned d, int hour, int minute, int second = 0) {
        return std::optional(local_seconds(local_days(year(y) / month(m) / day(d))) + hours(hour) + minutes(minute) +
                             seconds(second));
    };
    const auto read =
        parse_receipt("id:1 sub:001 dlvrd:000 submit date:0809011130 done date:080901113107 stat:EXPIRED err:1 text:x");
    REQUIRE(read);
    CHECK(read->submitted == 1u);
    CHECK(read->delivered == 0u);
    CHECK(read->submit_date == at(2008, 9, 1, 11, 30));
    CHECK(read->done_date == at(2008, 9, 1, 11, 31, 7));
    struct Row {
        const char* date;
        std::optional<local_seconds> expected;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"202511210900", at(2025, 11, 21, 9, 0)},
        {"20251121090059", at(2025, 11, 21, 9, 0, 59)},
        {"2402292359", at(2024, 2, 29, 23, 59)},
        {"2302292359", std::nullopt},
        {"0813011130", std::nullopt},
        {"0809012430", std::nullopt},
        {"0809011160", std::nullopt},
        {"080901113060", std::nullopt},
        {"08090111", std::nullopt},
        {"080901113", std::nullopt},
        {"08-09-01", std::nullopt},
        {"00000000000000", std::nullopt},
    }));
    CAPTURE(row.date);
    const auto receipt = parse_receipt("id:1 stat:DELIVRD done date:" + std::string(row.date));
    REQUIRE(receipt);
    CHECK(receipt->done_date == row.expected);
    CHECK_FALSE(receipt->submitted);
}

TEST_CASE("D9: a person's message is no receipt", "[D9]") {
    const auto text = GENERATE(as<std::string>(), "", " ", "LAPOR 5 orang naik mobil lewat jalan tikus", "tolong", "id",
                               "id:", "id:7", "id: stat:DELIVRD", "stat:DELIVRD", "stat:DELIVRD err:000",
                               "id:7 stat:", "id:7 text:stat", "text:halo", "saya punya id:7 stat:DELIVRD",
                               "idx:7 stat:DELIVRD", "sub:001 dlvrd:001", "id 7 stat DELIVRD", "submit date");
    CAPTURE(text);
    CHECK_FALSE(parse_receipt(ExactText(text)));
}

TEST_CASE("D4: parameters say what the text leaves out, and go before it", "[D3][D4]") {
    const std::byte network[] = {std::byte{3}, std::byte{0}, std::byte{21}};
    const std::span<const std::byte> error(network);
    struct Row {
        const char* name;
        std::string text;
        ReceiptParameters parameters;
        std::optional<Receipt> expected;
    };
    const auto receipt = [](const char* id, MessageState state, const char* code = "") {
        Receipt out;
        out.message_id = id;
        out.state = state;
        out.error = code;
        return std::optional(out);
    };
    const auto nothing = std::optional<Receipt>();
    const auto row = GENERATE_COPY(values<Row>({
        {"D4: parameters alone", "", {"06aad5", 2, error}, receipt("06aad5", MessageState::delivered, "3:21")},
        {"D4: without a state", "", {"06aad5", {}, {}}, receipt("06aad5", MessageState::unknown)},
        {"D4: blanks are no words", " \r\n", {"7", {}, {}}, receipt("7", MessageState::unknown)},
        {"D4: with its NUL", "", {std::string_view("7\0", 2), 5, {}}, receipt("7", MessageState::undeliverable)},
        {"V12: both, in two bases",
         "id:0000436949 stat:EXPIRED err:004",
         {"06aad5", 2, error},
         receipt("06aad5", MessageState::delivered, "004")},
        {"the text has the state", "stat:REJECTD err:11", {"7", {}, {}}, receipt("7", MessageState::rejected, "11")},
        {"the text has the id", "id:7 stat:ENROUTE", {{}, 8, {}}, receipt("7", MessageState::rejected)},
        {"a state in words of the operator's own",
         "Message delivered.",
         {"7", 2, {}},
         receipt("7", MessageState::delivered)},
        {"an unknown state", "", {"7", 7, {}}, receipt("7", MessageState::unknown)},
        {"a state there is none of", "", {"7", 200, {}}, receipt("7", MessageState::unknown)},
        {"a network error of another length", "", {"7", 2, error.first(2)}, receipt("7", MessageState::delivered)},
        {"D9: words, and an id", "TOLONG saya dikurung", {"7", {}, {}}, nothing},
        {"D9: words, and a state", "TOLONG saya dikurung", {{}, 2, {}}, nothing},
        {"D9: nothing names a message", "", {{}, 2, error}, nothing},
        {"D9: an empty id", "", {"", 2, {}}, nothing},
    }));
    CAPTURE(row.name);
    const auto read = read_receipt(ExactText(row.text), row.parameters);
    REQUIRE(read.has_value() == row.expected.has_value());
    if (!read) return;
    CHECK(read->message_id == row.expected->message_id);
    CHECK(read->state == row.expected->state);
    CHECK(read->error == row.expected->error);
}

TEST_CASE("an operator's own form is a pattern with fields", "[D8]") {
    struct Row {
        const char* pattern;
        std::string text;
        const char* id;
        MessageState state;
        const char* error;
    };
    const auto row = GENERATE(values<Row>({
        {"{id},{sub},{dlvrd},{submit_date},{done_date},{stat},{err},{text}",
         "00436949,001,001,0210151210,0210151211,DELIVRD,000,halo, apa kabar", "00436949", MessageState::delivered,
         "000"},
        {"msg {id} is {stat}{*}", "MSG  6AAD5f IS delivrd", "6AAD5f", MessageState::delivered, ""},
        {"{*}id={id};{*}state={stat};", "from=9840;id=7;to=1;state=EXPIRED;rest", "7", MessageState::expired, ""},
        {"id:{id} stat:{stat} err:{err}", "  id:7 stat:UNDELIV err:21b\r\n", "7", MessageState::undeliverable, "21b"},
        {"msg {id}{*} is {stat}{*}", "msg 7 to you is EXPIRED sorry", "7", MessageState::expired, ""},
        {"({id}) {stat}", "(7) 21", "7", MessageState::unknown, ""},
        {"{id},{stat},{err}", "7,DELIVRD,000", "7", MessageState::delivered, "000"},
        {"{id},{stat},{err}", "7,DELIVRD,tolong saya", "7", MessageState::delivered, ""},
        // What does not fit the pattern may still be of the common form.
        {"({id}) {stat}", "id:7 stat:REJECTD err:1", "7", MessageState::rejected, "1"},
    }));
    CAPTURE(row.pattern, row.text);
    std::string fault;
    ReceiptDialect dialect;
    dialect.pattern = ReceiptPattern::compile(row.pattern, fault);
    REQUIRE(dialect.pattern);
    const auto receipt = parse_receipt(ExactText(row.text), dialect);
    REQUIRE(receipt);
    CHECK(receipt->message_id == row.id);
    CHECK(receipt->state == row.state);
    CHECK(receipt->error == row.error);
}

TEST_CASE("words that fit an operator's pattern only in part are a person's", "[D8][D9]") {
    std::string fault;
    const auto pattern = ReceiptPattern::compile("msg {id} is {stat}", fault);
    REQUIRE(pattern);
    for (const char* text :
         {"", "msg", "msg 7", "msg 7 is", "msg 7 is  ", "a msg 7 is DELIVRD", "msg  is DELIVRD",
          "msg dari saya is DELIVRD", "msg 7 is sudah sampai", "msg 7 is SKIPPED", "msg 7 is EXPIRED,"}) {
        CAPTURE(text);
        CHECK_FALSE(pattern->read(ExactText(text)));
    }
}

TEST_CASE("any two words of a person fit no pattern", "[D8][D9]") {
    std::string fault;
    for (const char* spelling : {"{id},{stat}", "{id},{stat},{err}", "{*},{id},{stat}{*}"}) {
        const auto pattern = ReceiptPattern::compile(spelling, fault);
        REQUIRE(pattern);
        CHECK(pattern->has_no_words());
        for (const char* text : {"AMAN,hujan", "TOLONG,dikurung", "TIBA,kuching", "LAPOR,aruk", "LAPOR,5orang",
                                 "TOLONG,dikurung,sebunga", "TOLONG,dikurung 5 hari,sebunga"}) {
            CAPTURE(spelling, text);
            CHECK_FALSE(pattern->read(ExactText(text)));
        }
    }
    for (const char* spelling : {"msg {id}: {stat}", "{id}={stat}7", "№{id} {stat}"}) {
        const auto pattern = ReceiptPattern::compile(spelling, fault);
        REQUIRE(pattern);
        CHECK_FALSE(pattern->has_no_words());
    }
}

TEST_CASE("an operator's own words for a state go before the standard's", "[D8]") {
    ReceiptDialect dialect;
    dialect.words = {{"ok", "0", "acceptd"}, {"fail", "21"}};
    std::string fault;
    dialect.pattern = ReceiptPattern::compile("{id}/{stat}", fault);
    struct Row {
        const char* stat;
        MessageState state;
    };
    const auto row = GENERATE(values<Row>({{"OK", MessageState::delivered},
                                           {"0", MessageState::delivered},
                                           {"ACCEPTD", MessageState::delivered},
                                           {"Fail", MessageState::undeliverable},
                                           {"21", MessageState::undeliverable},
                                           {"22", MessageState::unknown},
                                           {"EXPIRED", MessageState::expired}}));
    CAPTURE(row.stat);
    for (const auto* form : {"id:7 stat:", "7/"}) {
        const auto receipt = parse_receipt(ExactText(form + std::string(row.stat)), dialect);
        REQUIRE(receipt);
        CHECK(receipt->message_id == "7");
        CHECK(receipt->state == row.state);
    }
    CHECK_FALSE(parse_receipt("7/DONE", dialect));
    CHECK(parse_receipt("id:7 stat:DONE", dialect)->state == MessageState::unknown);  // its keys say what it is
    CHECK(read_receipt("id:7 stat:OK", {{}, 5, {}}, dialect)->state == MessageState::undeliverable);
}

TEST_CASE("a faulty pattern is refused with what is wrong", "[D8]") {
    struct Row {
        std::string pattern, fault;
    };
    const auto row = GENERATE(values<Row>({
        {"", "needs {id} and {stat}"},
        {"id:{id}", "needs {id} and {stat}"},
        {"{id}{stat}", "two fields with nothing between"},
        {"{*}{id} {stat}", "two fields with nothing between"},
        {"{id} {id} {stat}", "{id} twice"},
        {"{id} {status}", "unknown field \"{status}\""},
        {"{id} {stat", "unknown field"},
        {"{id} {}", "unknown field \"{}\""},
        {"{id} {stat} " + std::string(300, 'x'), "longer than 256"},
    }));
    CAPTURE(row.pattern);
    std::string fault;
    CHECK_FALSE(ReceiptPattern::compile(row.pattern, fault));
    CHECK_THAT(fault, Catch::Contains(row.fault));
}

TEST_CASE("hostile text costs no more than its length", "[D8]") {
    // A matcher that takes choices back would try every way to share the a's out: 2^60'000 of them.
    std::string fault;
    const auto pattern = ReceiptPattern::compile("{*}a{id}a{err}a{sub}a{stat}b{*}", fault);
    REQUIRE(pattern);
    CHECK_FALSE(pattern->read(std::string(60'000, 'a')));
    std::string keys;
    for (int i = 0; i < 10'000; ++i) keys += "submit   ";
    CHECK_FALSE(parse_receipt(keys));
    CHECK_FALSE(parse_receipt("id:7" + std::string(60'000, ' ')));
}

TEST_CASE("an id is compared in every form it may have come in, and in no other", "[D3]") {
    using Ids = std::vector<std::string>;
    struct Row {
        const char* spelt;
        IdForm form;
        Ids expected;
    };
    const auto row = GENERATE(values<Row>({
        {"0000436949", IdForm::any, {"436949", "6aad5", "4417865"}},
        {"0000436949", IdForm::same, {"436949"}},
        {"0000436949", IdForm::decimal, {"6aad5"}},
        {"06AAD5", IdForm::any, {"6aad5", "436949"}},
        {"06AAD5", IdForm::hexadecimal, {"436949"}},
        {"06AAD5", IdForm::decimal, {}},
        {"7", IdForm::any, {"7"}},
        {"0007", IdForm::any, {"7"}},
        {"ABC-1", IdForm::any, {"abc-1"}},
        {"ABC-1", IdForm::hexadecimal, {}},
        {"0", IdForm::any, {""}},
        {"", IdForm::any, {""}},
        {"18446744073709551616", IdForm::decimal, {"10000000000000000"}},
        {"ffffffffffffffffffffffffffffffff", IdForm::hexadecimal, {"340282366920938463463374607431768211455"}},
    }));
    CAPTURE(row.spelt, static_cast<int>(row.form));
    CHECK(submitted_ids(row.spelt, row.form) == row.expected);
    const std::string longest(convertible_id_max + 1, '9');
    CHECK(submitted_ids(longest, IdForm::any) == Ids{longest});
}

TEST_CASE("conversions of ids go there and back", "[D3]") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 2'000; ++i) {
        std::string digits(1, static_cast<char>('1' + random() % 9));
        for (auto left = random() % (convertible_id_max - 1); left > 0; --left)
            digits += static_cast<char>('0' + random() % 10);
        const auto hex = submitted_ids(digits, IdForm::decimal);
        REQUIRE(hex.size() == 1);
        REQUIRE(submitted_ids(hex.front(), IdForm::hexadecimal) == std::vector<std::string>{digits});
        REQUIRE(canonical_id("000" + digits) == digits);
    }
}

TEST_CASE("what is known of a message never goes back", "[D7]") {
    using S = MessageState;
    const std::vector<S> all = {S::unknown, S::enroute,       S::delivered, S::expired,
                                S::deleted, S::undeliverable, S::accepted,  S::rejected};
    CHECK(later_state(S::expired, S::delivered) == S::delivered);
    CHECK(later_state(S::delivered, S::expired) == S::delivered);
    CHECK(later_state(S::expired, S::rejected) == S::expired);
    CHECK(later_state(S::undeliverable, S::enroute) == S::undeliverable);
    CHECK(later_state(S::enroute, S::accepted) == S::accepted);
    CHECK(later_state(S::unknown, S::enroute) == S::enroute);
    for (const auto one : all) {
        CHECK(later_state(one, one) == one);
        for (const auto two : all) {
            const auto joined = later_state(one, two);
            CHECK(later_state(joined, one) == joined);
            CHECK(later_state(joined, two) == joined);
            if (joined != S::delivered) CHECK(failed(joined) == (failed(one) || failed(two)));
        }
    }
}

TEST_CASE("any text is looked at within its bounds") {
    std::mt19937 random(52);
    const std::vector<std::string> pieces = {"id:",
                                             "stat:",
                                             "err:",
                                             "text:",
                                             "submit date:",
                                             "done date:",
                                             " ",
                                             "  ",
                                             "DELIV",
                                             "RD",
                                             "7",
                                             ":",
                                             "dlvrd:",
                                             "sub:",
                                             "submit",
                                             "\n",
                                             "STAT:",
                                             "i",
                                             std::string(1, '\0')};
    for (int i = 0; i < 50'000; ++i) {
        std::string text = i % 2 == 0 ? "id:" : "";
        for (auto left = random() % 12; left > 0; --left) text += pieces[random() % pieces.size()];
        const auto receipt = parse_receipt(ExactText(text));
        if (receipt) REQUIRE_FALSE(receipt->message_id.empty());
    }
}
