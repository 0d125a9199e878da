#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "gateway/channel/send_call.hpp"
#include "gateway/net/http_client.hpp"

using namespace jejak;
using channel::Judged;
using channel::SendOptions;
using channel::SendValues;

namespace {

SendValues sample_values() {
    return {"+628400000001", "+628400009840", "Pesan diterima. Ref 7K2MPQ.", "r-0001", std::chrono::seconds(600)};
}

SendOptions preset(const std::string& name) {
    auto options = channel::send_preset(name).value();
    options.account = "akun1";
    options.secret = SensitiveText("rahasia");
    return options;
}

SendOptions declared() {
    SendOptions options;
    options.url = "https://sms.example.org/send";
    options.headers = {{"Content-Type", "application/json"}};
    options.body = R"({"to":"{to}","text":"{text}"})";
    return options;
}

std::string header(const channel::SendRequest& request, const std::string& name) {
    for (const auto& [key, value] : request.headers) {
        if (key == name) return value;
    }
    return {};
}

net::Sent answered(unsigned status, std::string body = {}) {
    net::Sent sent;
    sent.how = net::Sent::How::answered;
    sent.begun = true;
    sent.status = status;
    sent.body = std::move(body);
    return sent;
}

}  // namespace

TEST_CASE("a preset spells the call of its provider") {
    struct Row {
        std::string name, origin, target, body, header, value;
    };
    const auto row = GENERATE(values<Row>({
        {"twilio", "https://api.twilio.com", "/2010-04-01/Accounts/akun1/Messages.json",
         "To=%2B628400000001&From=%2B628400009840&Body=Pesan%20diterima.%20Ref%207K2MPQ.&ValidityPeriod=600",
         "Authorization", "Basic YWt1bjE6cmFoYXNpYQ=="},
        {"vonage", "https://rest.nexmo.com", "/sms/json",
         "api_key=akun1&api_secret=rahasia&to=628400000001&from=628400009840&text=Pesan%20diterima.%20Ref%207K2MPQ."
         "&type=text&ttl=600000",
         "Content-Type", "application/x-www-form-urlencoded"},
        {"infobip", "https://akun1.api.infobip.com", "/sms/2/text/advanced",
         R"({"messages":[{"from":"628400009840","destinations":[{"to":"628400000001","messageId":"r-0001"}],)"
         R"("text":"Pesan diterima. Ref 7K2MPQ.","validityPeriod":10}]})",
         "Authorization", "App rahasia"},
        {"africastalking", "https://api.africastalking.com", "/version1/messaging",
         "username=akun1&to=%2B628400000001&from=%2B628400009840&message=Pesan%20diterima.%20Ref%207K2MPQ.", "apiKey",
         "rahasia"},
        {"android", "https://api.sms-gate.app", "/3rdparty/v1/messages",
         R"({"id":"r-0001","textMessage":{"text":"Pesan diterima. Ref 7K2MPQ."},"phoneNumbers":["+628400000001"],)"
         R"("ttl":600})",
         "Authorization", "Basic YWt1bjE6cmFoYXNpYQ=="},
        {"httpsms", "https://api.httpsms.com", "/v1/messages/send",
         R"({"content":"Pesan diterima. Ref 7K2MPQ.","from":"+628400009840","to":"+628400000001",)"
         R"("request_id":"r-0001"})",
         "x-api-key", "rahasia"},
    }));
    CAPTURE(row.name);
    const auto options = preset(row.name);
    CHECK(channel::problems(options, "+628400009840").empty());
    CHECK(channel::origin_of(options) == row.origin);
    const auto request = channel::render(options, sample_values());
    CHECK(request.method == "POST");
    CHECK(request.target == row.target);
    CHECK(request.body == row.body);
    CHECK(header(request, row.header) == row.value);
}

TEST_CASE("there is a preset for each provider, and none of another name") {
    for (const std::string name : {"twilio", "vonage", "infobip", "africastalking", "android", "httpsms"}) {
        CHECK(channel::send_preset(name));
        CHECK(channel::send_preset_names().find('"' + name + '"') != std::string::npos);
    }
    CHECK_FALSE(channel::send_preset("kannel"));
    CHECK_FALSE(channel::send_preset(""));
}

TEST_CASE("values are escaped for the place they stand in") {
    const std::string text = "a\"b\\c\n{to} <é>&=+%\x01";
    struct Row {
        std::string type, body, filled;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"application/json; charset=utf-8", R"({"t":"{text}"})", "{\"t\":\"a\\\"b\\\\c\\n{to} <é>&=+%\\u0001\"}"},
        {"APPLICATION/X-WWW-FORM-URLENCODED", "t={text}&x", "t=a%22b%5Cc%0A%7Bto%7D%20%3C%C3%A9%3E%26%3D%2B%25%01&x"},
        {"text/xml", "<t>{text}</t>", "<t>a&#34;b\\c\n{to} &#60;é&#62;&#38;=+% </t>"},
        {"text/plain", "{text}", text},
    }));
    CAPTURE(row.type);
    auto options = declared();
    options.headers = {{"Content-Type", row.type}, {"X-Text", "{text}"}};
    options.body = row.body;
    options.url = "https://sms.example.org/{text}?t={text}&{}{ {x-y}{";
    auto with = sample_values();
    with.text = text;
    const auto request = channel::render(options, with);
    CHECK(request.body == row.filled);
    const std::string percent = "a%22b%5Cc%0A%7Bto%7D%20%3C%C3%A9%3E%26%3D%2B%25%01";
    CHECK(request.target == "/" + percent + "?t=" + percent + "&{}{ {x-y}{");
    CHECK(header(request, "X-Text") == "a\"b\\c {to} <é>&=+% ");  // one line, whatever is in it
}

TEST_CASE("numbers, times and the encoding have the forms that providers ask for") {
    auto options = declared();
    options.headers = {{"Content-Type", "text/plain"}};
    options.body = "{to_digits} {from_digits} {encoding} {validity_seconds} {validity_minutes} {validity_milliseconds}";
    CHECK(channel::render(options, sample_values()).body == "628400000001 628400009840 text 600 10 600000");
    auto late = sample_values();
    late.validity = std::chrono::seconds(-5);
    late.from = "9840";
    late.text = "😀";
    CHECK(channel::render(options, late).body == "628400000001 9840 unicode 1 1 1000");
    late.validity = std::chrono::seconds(61);
    late.text = "Terima kasih €";  // of the extension table: still GSM 7-bit
    CHECK(channel::render(options, late).body == "628400000001 9840 text 61 2 61000");
    late.validity = std::chrono::seconds(5);
    CHECK_THAT(channel::render(preset("vonage"), late).body, Catch::EndsWith("&ttl=20000"));  // less is an error there
    late.validity = std::chrono::seconds(21);
    CHECK_THAT(channel::render(preset("vonage"), late).body, Catch::EndsWith("&ttl=21000"));
}

TEST_CASE("what is wrong with a declared call is named by its key") {
    struct Row {
        std::string name;
        std::function<void(SendOptions&)> spoil;
        std::string key, words;
    };
    const Row rows[] = {
        {"no url", [](auto& o) { o.url.clear(); }, "url", "url is missing"},
        {"a relative url", [](auto& o) { o.url = "/send"; }, "url", "must be absolute"},
        {"a host that is no name", [](auto& o) { o.url = "https://sms!gw.example/send"; }, "url", "a host name has"},
        {"another scheme", [](auto& o) { o.url = "ftp://example.org/"; }, "url", "must be absolute"},
        {"plain http", [](auto& o) { o.url = "http://example.org/"; }, "url", "plain http is refused"},
        {"a user in the url", [](auto& o) { o.url = "https://a:b@example.org/"; }, "url", "user information"},
        {"a fragment", [](auto& o) { o.url = "https://example.org/#{to}"; }, "url", "fragment"},
        {"a number in the host", [](auto& o) { o.url = "https://{to}.example.org/"; }, "url", "{account} and nothing"},
        {"an account that is no host",
         [](auto& o) {
             o.url = "https://{account}.example.org/";
             o.account = "evil.example/";
         },
         "url", "{account} and nothing"},
        {"a word of its own", [](auto& o) { o.body = R"({"to":"{number}"})"; }, "body", "{number} stands for nothing"},
        {"no account", [](auto& o) { o.url = "https://example.org/{account}"; }, "account", "account is missing"},
        {"no secret", [](auto& o) { o.headers.emplace_back("X-Key", "{secret}"); }, "secret", "secret is missing"},
        {"no service number", [](auto& o) { o.body = R"({"f":"{from}"})"; }, "", "service_number is missing"},
        {"no content type", [](auto& o) { o.headers.clear(); }, "headers", "Content-Type"},
        {"a value outside quotes", [](auto& o) { o.body = R"({"to":{text}})"; }, "body", "no JSON"},
        {"a body that is no JSON", [](auto& o) { o.body = "to={to}"; }, "body", "no JSON"},
        {"a header of ours", [](auto& o) { o.headers.emplace_back("Host", "x"); }, "headers", "set by Jejak"},
        {"no name of a header", [](auto& o) { o.headers.emplace_back("X Key:", "x"); }, "headers", "no name"},
        {"a header of two lines", [](auto& o) { o.headers.emplace_back("X", "a\r\nB: c"); }, "headers", "one line"},
        {"two authorizations",
         [](auto& o) {
             o.basic = "a:b";
             o.headers.emplace_back("Authorization", "x");
         },
         "auth", "exclude each other"},
        {"a user without password", [](auto& o) { o.basic = "user"; }, "auth", "user and password"},
        {"a method", [](auto& o) { o.method = "DELETE"; }, "method", "\"POST\", \"GET\" or \"PUT\""},
        {"no status", [](auto& o) { o.statuses = {"ok"}; }, "success", "no status"},
        {"no statuses", [](auto& o) { o.statuses.clear(); }, "success", "names no status"},
        {"a pointer that is none",
         [](auto& o) {
             o.pointer = "status";
             o.equals = {"0"};
         },
         "success", "JSON pointer"},
        {"a pointer to anything", [](auto& o) { o.pointer = "/status"; }, "success", "needs equals"},
        {"values of nothing", [](auto& o) { o.equals = {"0"}; }, "success", "need a pointer"},
        {"an id that is no pointer", [](auto& o) { o.id_pointer = "id"; }, "id", "JSON pointer"},
        {"a pattern that is none", [](auto& o) { o.id_pattern = "("; }, "id", "no regular expression"},
        {"a pattern without a group", [](auto& o) { o.id_pattern = "ID: .*"; }, "id", "needs a group"},
    };
    CHECK(channel::problems(declared(), "").empty());
    for (const auto& row : rows) {
        CAPTURE(row.name);
        auto options = declared();
        row.spoil(options);
        const auto found = channel::problems(options, "");
        REQUIRE(found.size() == 1);
        CHECK(found[0].key == row.key);
        CHECK_THAT(found[0].message, Catch::Contains(row.words));
    }
}

TEST_CASE("an answer is judged: taken, later, refused, or not to be known") {
    using How = Judged::How;
    struct Row {
        std::string preset;
        unsigned status;
        std::string body;
        How how;
        std::string id;
    };
    const auto row = GENERATE(values<Row>({
        {"twilio", 201, R"({"sid":"SM0001","status":"queued"})", How::taken, "SM0001"},
        {"twilio", 201, "", How::taken, ""},
        {"twilio", 400, R"({"code":21211})", How::refused, ""},
        {"twilio", 401, "", How::refused, ""},
        {"twilio", 429, "", How::later, ""},
        {"twilio", 503, "", How::unknown, ""},
        {"twilio", 500, "", How::unknown, ""},
        {"twilio", 408, "", How::unknown, ""},
        {"twilio", 302, "", How::refused, ""},
        {"vonage", 200, R"({"message-count":"1","messages":[{"status":"0","message-id":"0A01"}]})", How::taken, "0A01"},
        {"vonage", 200, R"({"messages":[{"status":0,"message-id":"0A01"}]})", How::taken, "0A01"},
        {"vonage", 200, R"({"messages":[{"status":"1","error-text":"Throttled"}]})", How::later, ""},
        {"vonage", 200, R"({"messages":[{"status":"4"}]})", How::refused, ""},
        {"vonage", 200, R"({"messages":[]})", How::refused, ""},
        {"vonage", 200, R"({"messages":[{"status":{"a":1}}]})", How::refused, ""},
        {"vonage", 200, "", How::unknown, ""},
        {"vonage", 200, "<html>", How::unknown, ""},
        {"vonage", 200, R"({"messages":[{"sta)", How::unknown, ""},
        {"infobip", 200, R"({"messages":[{"messageId":"m1","status":{"groupId":1}}]})", How::taken, "m1"},
        {"infobip", 200, R"({"messages":[{"messageId":"m1","status":{"groupId":5}}]})", How::refused, "m1"},
        {"africastalking", 201, R"({"SMSMessageData":{"Recipients":[{"statusCode":101,"messageId":"ATXid_1"}]}})",
         How::taken, "ATXid_1"},
        {"africastalking", 201, R"({"SMSMessageData":{"Recipients":[{"statusCode":403}]}})", How::refused, ""},
        {"africastalking", 201, R"({"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}})", How::refused,
         ""},
        {"africastalking", 201, R"({"SMSMessageData":{"Message":"Sent to 1/1","Recip)", How::unknown, ""},
        {"android", 202, R"({"id":"r-0001","state":"Pending"})", How::taken, "r-0001"},
        {"httpsms", 200, R"({"data":{"id":"h-1"},"status":"success"})", How::taken, "h-1"},
        {"httpsms", 200, "{\"data\":{\"id\":\"a b\"}}", How::taken, ""},  // no id that could be looked for
        {"httpsms", 402, "", How::refused, ""},
    }));
    CAPTURE(row.preset, row.status, row.body);
    const auto judged = channel::judge(preset(row.preset), answered(row.status, row.body));
    CHECK(judged.how == row.how);
    CHECK(judged.provider_id == row.id);
    CHECK_FALSE(judged.reason.empty());
}

TEST_CASE("a provider too busy for a text of several SMS may have sent some of it") {
    const auto busy = answered(200, R"({"messages":[{"status":"1"}]})");
    const auto one = channel::judge(preset("vonage"), busy, 1);
    CHECK(one.how == Judged::How::later);
    CHECK(one.patience);
    const auto two = channel::judge(preset("vonage"), busy, 2);
    CHECK(two.how == Judged::How::unknown);
    CHECK(two.patience);
    CHECK(channel::judge(preset("vonage"), answered(429), 2).how == Judged::How::later);  // none of it was looked at
}

TEST_CASE("Retry-After makes 503 a later, and says when") {
    auto sent = answered(503);
    sent.retry_after = std::chrono::seconds(7);
    auto judged = channel::judge(declared(), sent);
    CHECK(judged.how == Judged::How::later);
    CHECK(judged.wait == std::chrono::seconds(7));
    sent.status = 429;
    judged = channel::judge(declared(), sent);
    CHECK(judged.wait == std::chrono::seconds(7));
    sent.retry_after.reset();
    CHECK_FALSE(channel::judge(declared(), sent).wait);
}

TEST_CASE("without an answer, what was never begun may be sent again, and nothing else") {
    net::Sent sent;
    for (const auto how : {net::Sent::How::unreachable, net::Sent::How::timed_out, net::Sent::How::refused}) {
        sent.how = how;
        sent.begun = false;
        CHECK(channel::judge(declared(), sent).how == Judged::How::later);
        sent.begun = true;
        CHECK(channel::judge(declared(), sent).how == Judged::How::unknown);
    }
}

TEST_CASE("a declared call says which statuses take a text, and where its id stands") {
    auto options = declared();
    options.statuses = {"200", "202"};
    options.id_pattern = "ID: ([0-9a-f-]+)";
    CHECK(channel::judge(options, answered(200, "OK ID: 1f-2 thanks")).provider_id == "1f-2");
    CHECK(channel::judge(options, answered(202, "OK")).provider_id.empty());
    CHECK(channel::judge(options, answered(201, "ID: 1")).how == Judged::How::unknown);
    options.id_pattern = "^(a+)+$";  // would take for ever
    const auto judged = channel::judge(options, answered(200, std::string(4'000, 'a') + "b"));
    CHECK(judged.how == Judged::How::taken);
    CHECK(judged.provider_id.empty());
}
