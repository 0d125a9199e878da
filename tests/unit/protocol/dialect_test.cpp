#include "protocol/dialect/dialect.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "protocol/dialect/form.hpp"
#include "tests/support/octets.hpp"

using namespace jejak;
using dialect::HttpRequest;
using sms::has;
using sms::Originator;
using sms::Remark;
using tests::from_hex;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

HttpRequest get(Pairs query) {
    HttpRequest request;
    request.method = "GET";
    request.target = "/v1/in/kannel";
    request.query = std::move(query);
    return request;
}

HttpRequest post(std::string body, std::string content_type = "application/json") {
    HttpRequest request;
    request.method = "POST";
    request.target = "/v1/in/modem";
    request.headers = {{"content-type", std::move(content_type)}};
    request.body = std::move(body);
    return request;
}

std::string text_of(std::string_view hex) {
    const auto octets = from_hex(hex);
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// The one message of a request.
boost::system::result<sms::InboundText, dialect::Refusal> read(std::string_view name, const HttpRequest& request) {
    auto messages = dialect::find(name)->read(request, "62");
    if (messages.has_error()) return messages.error();
    REQUIRE(messages->size() == 1);
    return messages->front();
}

}  // namespace

TEST_CASE("dialects are found by name") {
    REQUIRE(dialect::find("kannel"));
    REQUIRE(dialect::find("json"));
    CHECK(dialect::find("kannel")->name == "kannel");
    CHECK(dialect::find("json")->name == "json");
    CHECK(dialect::find("") == nullptr);
    CHECK(dialect::find("Kannel") == nullptr);
    for (const auto& one : dialect::all()) CHECK(dialect::find(one.name) == &one);
}

TEST_CASE("a key is presented in the query or as a bearer token") {
    struct Row {
        std::string name;
        Pairs query, headers;
        bool presented;
    };
    const auto row = GENERATE(values<Row>({
        {"in the query", {{"key", "channel-secret"}}, {}, true},
        {"as a bearer token", {}, {{"authorization", "Bearer channel-secret"}}, true},
        {"in any case of the scheme", {}, {{"authorization", "bEARER   channel-secret"}}, true},
        {"wrong in the query, right in the header", {{"key", "x"}}, {{"authorization", "Bearer channel-secret"}}, true},
        {"nowhere", {}, {}, false},
        {"wrong", {{"key", "channel-secreT"}}, {}, false},
        {"too short", {{"key", "channel-secre"}}, {}, false},
        {"too long", {{"key", "channel-secret "}}, {}, false},
        {"empty", {{"key", ""}}, {}, false},
        {"another scheme", {}, {{"authorization", "Basic channel-secret"}}, false},
        {"no scheme", {}, {{"authorization", "channel-secret"}}, false},
        {"only the scheme", {}, {{"authorization", "Bearer "}}, false},
        {"under another name", {{"KEY", "channel-secret"}}, {{"x-key", "channel-secret"}}, false},
        {"the second of two keys", {{"key", "x"}, {"key", "channel-secret"}}, {}, false},
    }));
    CAPTURE(row.name);
    HttpRequest request;
    request.query = row.query;
    request.headers = row.headers;
    CHECK(dialect::key_presented(request, "channel-secret") == row.presented);
    for (const std::string name : {"kannel", "json", "africastalking"}) {
        CHECK(dialect::find(name)->authentic(request, {"channel-secret", "", {}}) == row.presented);
    }
    CHECK_FALSE(dialect::key_presented(request, ""));  // a channel without a key lets nobody in
}

TEST_CASE("a form is taken apart") {
    struct Row {
        std::string encoded;
        Pairs fields;
    };
    const auto row = GENERATE(values<Row>({
        {"", {}},
        {"a=1&b=2", {{"a", "1"}, {"b", "2"}}},
        {"a=1&a=2", {{"a", "1"}, {"a", "2"}}},
        {"from=%2B628400000001&text=5+org%0Adi+Aruk", {{"from", "+628400000001"}, {"text", "5 org\ndi Aruk"}}},
        {"a", {{"a", ""}}},
        {"a=", {{"a", ""}}},
        {"=a", {{"", "a"}}},
        {"&&a=1&", {{"a", "1"}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"a=%&b=%4&c=%4x&d=%zz&e=%41", {{"a", "%"}, {"b", "%4"}, {"c", "%4x"}, {"d", "%zz"}, {"e", "A"}}},
        {"%61=%ff%00", {{"a", std::string("\xff\0", 2)}}},
        {"text=%092%E0", {{"text", "\t2\xe0"}}},
    }));
    CAPTURE(row.encoded);
    CHECK(dialect::parse_form(tests::ExactText(row.encoded)) == row.fields);
}

TEST_CASE("a form of very many fields ends at the bound") {
    std::string encoded;
    for (int i = 0; i < 10'000; ++i) encoded += "a=1&";
    CHECK(dialect::parse_form(encoded).size() == dialect::form_fields_max);
}

TEST_CASE("kannel: a message is read from the query of GET and POST") {
    auto request = get({{"from", "+628400000001"},
                        {"to", "9840"},
                        {"text", "LAPOR 5 orang di Aruk"},
                        {"id", "4cb5a1ab-2f5e-4a0a-8a3b-0d3f8d2b9a10"},
                        {"time", "1757686200"},
                        {"smsc", "sim1"},
                        {"coding", "0"},
                        {"charset", "UTF-8"},
                        {"key", "channel-secret"}});
    for (const std::string method : {"GET", "POST"}) {
        request.method = method;
        const auto message = read("kannel", request);
        REQUIRE(message.has_value());
        CHECK(message->sender == Originator{Originator::Kind::msisdn, "+628400000001"});
        CHECK(message->destination.reveal() == "9840");
        CHECK(message->text.reveal() == "LAPOR 5 orang di Aruk");
        CHECK(message->provider_id == "4cb5a1ab-2f5e-4a0a-8a3b-0d3f8d2b9a10");
        CHECK(message->sent_at == from_ms(1757686200000));
        CHECK(message->remarks == 0);
        CHECK(message->raw.empty());
        CHECK(message->fingerprint_input.empty());
        CHECK_FALSE(message->segment);
    }
}

TEST_CASE("kannel: POST may carry the fields as a form, or the text as its body") {
    const auto form = read("kannel", post("from=%2B628400000001&to=9840&text=tolong+saya&id=7",
                                          "application/x-www-form-urlencoded; charset=UTF-8"));
    REQUIRE(form.has_value());
    CHECK(form->sender.address == "+628400000001");
    CHECK(form->text.reveal() == "tolong saya");
    CHECK(form->provider_id == "7");

    auto request = post(text_of("092e09260926"), "text/plain; charset=\"UTF-16BE\"");
    request.query = {{"from", "+628400000001"}};
    request.headers.emplace_back("x-kannel-coding", "2");
    const auto body = read("kannel", request);
    REQUIRE(body.has_value());
    CHECK(body->text.reveal() == "मदद");
    CHECK(body->remarks == 0);

    request.body.clear();
    const auto empty = read("kannel", request);
    REQUIRE(empty.has_value());
    CHECK(empty->text.reveal().empty());
}

TEST_CASE("kannel: the text is read by what %c and %C say, and never lost") {
    struct Row {
        std::string name, octets, coding, charset, text;
        bool replaced, binary;
    };
    const auto row = GENERATE(values<Row>({
        {"UTF-8 by default", "c3a9", "", "", "é", false, false},
        {"UTF-8 by name", "c3a9", "0", "UTF-8", "é", false, false},
        {"empty is a message", "", "0", "UTF-8", "", false, false},
        {"UCS-2 by coding", "092e09260926", "2", "", "मदद", false, false},
        {"UCS-2 by name", "092e09260926", "2", "UTF-16BE", "मदद", false, false},
        {"a surrogate pair", "d83cdd98", "2", "UTF-16BE", "\U0001F198", false, false},
        {"the name is stronger than the coding", "e0a4ae", "2", "UTF-8", "म", false, false},
        {"ISO-8859-1", "e9", "0", "ISO-8859-1", "é", false, false},
        {"windows-1252", "80e9", "0", "windows-1252", "€é", false, false},
        {"GSM", "001b65", "0", "GSM", "@€", false, false},
        {"no UTF-8 at all", "41e942", "0", "UTF-8", "AéB", true, false},
        {"no UTF-8 and no hint", "ff", "", "", "ÿ", true, false},
        {"an unknown name falls back to UTF-8", "c3a9", "0", "X-UNKNOWN", "é", false, false},
        {"an unknown name with UCS-2", "00e9", "2", "X-UNKNOWN", "é", false, false},
        {"a lone surrogate", "0041d83c", "2", "", "A\uFFFD", true, false},
        {"odd octets that are text", "544f4c4f4e", "2", "", "TOLON", true, false},
        {"odd octets that are none", "00e9e9", "2", "", "é\uFFFD", true, false},
        {"8-bit data", "00ff41", "1", "8-BIT", "", false, true},
        {"8-bit data without a name", "414243", "1", "", "", false, true},
        {"a coding nobody knows", "414243", "seven", "", "ABC", false, false},
    }));
    CAPTURE(row.name);
    Pairs query = {{"from", "+628400000001"}, {"text", text_of(row.octets)}};
    if (!row.coding.empty()) query.emplace_back("coding", row.coding);
    if (!row.charset.empty()) query.emplace_back("charset", row.charset);
    const auto message = read("kannel", get(query));
    REQUIRE(message.has_value());
    CHECK(message->text.reveal() == row.text);
    CHECK(has(message->remarks, Remark::replaced) == row.replaced);
    CHECK(has(message->remarks, Remark::binary) == row.binary);
    CHECK(message->raw == (row.replaced || row.binary ? from_hex(row.octets) : sms::Bytes{}));
}

TEST_CASE("kannel: a time that cannot be read is none, and the message stays") {
    struct Row {
        std::string time;
        std::optional<std::int64_t> ms;
    };
    const auto row = GENERATE(values<Row>({
        {"1757686200", 1757686200000},
        {"2025-09-12 14:10:00", 1757686200000},
        {"2025-09-12 14:10", 1757686200000},
        {"", std::nullopt},
        {"0", std::nullopt},
        {"-1", std::nullopt},
        {"1757686200.5", std::nullopt},
        {"99999999999999999999", std::nullopt},
        {"999999999999", std::nullopt},
        {"yesterday", std::nullopt},
    }));
    CAPTURE(row.time);
    const auto message = read("kannel", get({{"from", "08400000001"}, {"text", "x"}, {"time", row.time}}));
    REQUIRE(message.has_value());
    CHECK(message->sent_at.has_value() == row.ms.has_value());
    if (row.ms) CHECK(message->sent_at == from_ms(*row.ms));
}

TEST_CASE("kannel: an absent sender or text is refused by name, an empty one is not") {
    const auto no_from = read("kannel", get({{"text", "x"}}));
    REQUIRE(no_from.has_error());
    CHECK(no_from.error().status == 400);
    CHECK(no_from.error().detail.find("from") != std::string::npos);

    const auto no_text = read("kannel", get({{"from", "+628400000001"}}));
    REQUIRE(no_text.has_error());
    CHECK(no_text.error().status == 400);
    CHECK(no_text.error().detail.find("text") != std::string::npos);

    const auto empty = read("kannel", get({{"from", ""}, {"text", ""}}));
    REQUIRE(empty.has_value());
    CHECK(empty->sender.kind == Originator::Kind::empty);
    CHECK(empty->text.reveal().empty());
    CHECK(empty->provider_id.empty());
    CHECK_FALSE(empty->sent_at);
}

TEST_CASE("kannel: the answer is the reply as plain text, or nothing") {
    const auto& kannel = *dialect::find("kannel");
    const dialect::Outcome answered{"m1", "Pesan diterima. Terima kasih.", false};
    const dialect::Outcome silent{"m1", std::nullopt, true};
    const auto reply = kannel.answer({&answered, 1});
    CHECK(reply.status == 200);
    CHECK(reply.content_type == "text/plain; charset=utf-8");
    CHECK(reply.body == "Pesan diterima. Terima kasih.");
    CHECK(kannel.answer({&silent, 1}).body.empty());
    CHECK(kannel.answer({&silent, 1}).status == 200);
}

TEST_CASE("json: a message is read from the body") {
    const auto message =
        read("json", post(R"({"from":"+628400000001","to":"9840","text":"LAPOR 5 org \u20ac \ud83c\udd98",
        "id":"sms-17","received_at":"2025-09-12T21:10:00+07:00","modem":{"port":1}})"));
    REQUIRE(message.has_value());
    CHECK(message->sender == Originator{Originator::Kind::msisdn, "+628400000001"});
    CHECK(message->destination.reveal() == "9840");
    CHECK(message->text.reveal() == "LAPOR 5 org € \U0001F198");
    CHECK(message->provider_id == "sms-17");
    CHECK(message->sent_at == from_ms(1757686200000));
    CHECK(message->remarks == 0);
    CHECK(message->raw.empty());
}

TEST_CASE("json: what may be left out is left out") {
    const auto body = GENERATE(as<std::string>(), R"({"from":"08400000001","text":""})",
                               R"({"from":"08400000001","to":null,"text":"","id":null,"received_at":null})",
                               R"({"from":"08400000001","text":"","received_at":"yesterday"})");
    const auto message = read("json", post(body));
    REQUIRE(message.has_value());
    CHECK(message->sender.address == "+628400000001");
    CHECK(message->destination.reveal().empty());
    CHECK(message->text.reveal().empty());
    CHECK(message->provider_id.empty());
    CHECK_FALSE(message->sent_at);
}

TEST_CASE("json: an id that is a whole number is its digits") {
    struct Row {
        std::string id, digits;
    };
    const auto row =
        GENERATE(values<Row>({{"7", "7"}, {"-7", "-7"}, {"18446744073709551615", "18446744073709551615"}}));
    const auto message = read("json", post(R"({"from":"","text":"x","id":)" + row.id + "}"));
    REQUIRE(message.has_value());
    CHECK(message->provider_id == row.digits);
    CHECK(message->sender.kind == Originator::Kind::empty);  // a report without a way back
}

TEST_CASE("json: what is no message is refused, naming the field") {
    struct Row {
        std::string body, named;
    };
    std::string deep = R"({"from":"1","text":"x","a":)" + std::string(1000, '[') + std::string(1000, ']') + "}";
    const auto row = GENERATE_COPY(values<Row>({
        {R"({"from":"+628400000001"})", "text"},
        {R"({"from":"+628400000001","text":null})", "text"},
        {R"({"from":"+628400000001","text":5})", "text"},
        {R"({"from":"+628400000001","text":["x"]})", "text"},
        {R"({"from":"+628400000001","text":{}})", "text"},
        {R"({"from":"+628400000001","Text":"x"})", "text"},
        {R"({"text":"x"})", "from"},
        {R"({"from":null,"text":"x"})", "from"},
        {R"({"from":628400000001,"text":"x"})", "from"},
        {R"({"from":true,"text":"x"})", "from"},
        {R"({"from":"1","to":9840,"text":"x"})", "to"},
        {R"({"from":"1","text":"x","id":7.5})", "id"},
        {R"({"from":"1","text":"x","id":{}})", "id"},
        {R"({"from":"1","text":"x","received_at":1757686200})", "received_at"},
        {"", "body"},
        {"[]", "body"},
        {"\"text\"", "body"},
        {"null", "body"},
        {"{", "body"},
        {R"({"from":"1","text":"x")", "body"},
        {R"({"from":"1","text":"x"} trailing)", "body"},
        {R"({'from':'1','text':'x'})", "body"},
        {R"({"from":"1","text":"x",})", "body"},
        {"from=1&text=x", "body"},
        {deep, "body"},
    }));
    CAPTURE(row.body.substr(0, 80));
    const auto message = read("json", post(row.body));
    REQUIRE(message.has_error());
    CHECK(message.error().status == 400);
    CHECK_FALSE(message.error().title.empty());
    CHECK(message.error().detail.find(row.named) != std::string::npos);
}

TEST_CASE("json: a text that is no UTF-8 is read as windows-1252 and marked") {
    const auto message = read("json", post("{\"from\":\"08400000001\",\"text\":\"caf\xe9\"}"));
    REQUIRE(message.has_value());
    CHECK(message->text.reveal() == "café");
    CHECK(has(message->remarks, Remark::replaced));
    CHECK(message->raw == tests::octets_of("caf\xe9"));
}

TEST_CASE("json: a zero octet and a long text are kept whole") {
    std::string text(60'000, 'a');
    const auto message = read("json", post(R"({"from":"08400000001","text":"a\u0000b)" + text + "\"}"));
    REQUIRE(message.has_value());
    CHECK(message->text.reveal() == std::string("a\0b", 3) + text);
}

TEST_CASE("json: the answer names the message, the reply or null, and whether it is a repeat") {
    struct Row {
        dialect::Outcome outcome;
        std::string body;
    };
    const auto row = GENERATE(values<Row>({
        {{"m1", "Pesan diterima.", false}, R"({"message":"m1","reply":"Pesan diterima.","duplicate":false})"},
        {{"m1", std::nullopt, true}, R"({"message":"m1","reply":null,"duplicate":true})"},
        {{"m1", "", false}, R"({"message":"m1","reply":"","duplicate":false})"},
        {{"m1", "\"a\\b\"\n\x01€", false}, R"({"message":"m1","reply":"\"a\\b\"\n\u0001€","duplicate":false})"},
    }));
    const auto reply = dialect::find("json")->answer({&row.outcome, 1});
    CHECK(reply.status == 200);
    CHECK(reply.content_type == "application/json");
    CHECK(boost::json::parse(reply.body) == boost::json::parse(row.body));
}
