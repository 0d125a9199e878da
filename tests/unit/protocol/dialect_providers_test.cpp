#include <catch2/catch.hpp>

#include "protocol/dialect/dialect.hpp"
#include "protocol/sms/utf8.hpp"

using namespace jejak;
using dialect::HttpRequest;
using dialect::Outcome;
using sms::has;
using sms::Originator;
using sms::Remark;

namespace {

const std::string form_type = "application/x-www-form-urlencoded";

HttpRequest post(std::string body, std::string type) {
    HttpRequest request;
    request.method = "POST";
    request.headers = {{"content-type", std::move(type)}};
    request.body = std::move(body);
    return request;
}

/// A message's id as Twilio spells it.
const std::string sid = "SM0123456789abcdef0123456789ABCDEF";

HttpRequest request_of(std::string_view name, std::string body) {
    const bool form = name == "twilio" || name == "vonage" || name == "africastalking";
    return post(std::move(body), form ? form_type : "application/json");
}

auto read(std::string_view name, const HttpRequest& request) {
    return dialect::find(name)->read(request, "62");
}
auto read(std::string_view name, std::string body) {
    return read(name, request_of(name, std::move(body)));
}

std::string time_of(const sms::InboundText& message) {
    return message.sent_at ? to_rfc3339(*message.sent_at) : "";
}

}  // namespace

TEST_CASE("providers: a message is read from the fields of each") {
    struct Row {
        std::string dialect, body, to, id, sent_at;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"twilio",
         "ToCountry=ID&SmsMessageSid=" + sid + "&NumMedia=0&SmsSid=" + sid +
             "&SmsStatus=received&"
             "Body=LAPOR+5+org+%C3%A9&To=%2B628400009840&NumSegments=1&MessageSid=" +
             sid + "&AccountSid=AC0001&From=%2B628400000001&ApiVersion=2010",
         "+628400009840", sid, ""},
        {"vonage",
         "msisdn=628400000001&to=628400009840&messageId=0A0000000123ABCD1&text=LAPOR+5+org+%C3%A9&type=unicode&"
         "keyword=LAPOR&message-timestamp=2025-09-12+14%3A10%3A00",
         "628400009840", "0A0000000123ABCD1", "2025-09-12T14:10:00Z"},
        {"infobip",
         R"({"results":[{"messageId":"817790313235066447","from":"628400000001","to":"628400009840",)"
         R"("text":"LAPOR 5 org é","cleanText":"5 org","keyword":"LAPOR","receivedAt":"2025-09-12T14:10:00.000+0000",)"
         R"("smsCount":1,"price":{"pricePerMessage":0,"currency":"EUR"},"callbackData":"x"}],)"
         R"("messageCount":1,"pendingMessageCount":0})",
         "628400009840", "817790313235066447", "2025-09-12T14:10:00Z"},
        {"africastalking",
         "from=%2B628400000001&to=9840&text=LAPOR+5+org+%C3%A9&id=ATXid_1&linkId=L1&date=2025-09-12+14%3A10%3A00",
         "9840", "ATXid_1", "2025-09-12T14:10:00Z"},
        {"africastalking",
         "from=%2B628400000001&to=9840&text=LAPOR+5+org+%C3%A9&id=ATXid_1&date=2025-09-12T14%3A10%3A00Z", "9840",
         "ATXid_1", "2025-09-12T14:10:00Z"},
        {"android",
         R"({"deviceId":"dev","event":"sms:received","id":"evt-1","payload":{"message":"LAPOR 5 org é",)"
         R"("messageId":"abc123","phoneNumber":"+628400000001","receivedAt":"2025-09-12T21:10:00.000+07:00",)"
         R"("recipient":"+628400009840","sender":"+628400000001","simNumber":1},"webhookId":"wh"})",
         "+628400009840", "abc123 2025-09-12T21:10:00.000+07:00 sms:received", "2025-09-12T14:10:00Z"},
        {"android",
         R"({"event":"sms:received","payload":{"message":"LAPOR 5 org é","messageId":"abc123",)"
         R"("phoneNumber":"+628400000001","receivedAt":"2025-09-12T21:10:00.000+07:00","sender":null,)"
         R"("recipient":null}})",
         "", "abc123 2025-09-12T21:10:00.000+07:00 sms:received", "2025-09-12T14:10:00Z"},
        {"httpsms",
         R"({"specversion":"1.0","id":"ev-1","type":"message.phone.received","source":"/v1/messages/receive",)"
         R"("time":"2025-09-12T14:10:05Z","data":{"message_id":"m-1","user_id":"u-1","owner":"+628400009840",)"
         R"("encrypted":false,"contact":"+628400000001","timestamp":"2025-09-12T14:10:00Z","content":"LAPOR 5 org é",)"
         R"("sim":"SIM1","attachments":[]}})",
         "+628400009840", "m-1", "2025-09-12T14:10:00Z"},
    }));
    CAPTURE(row.dialect, row.body);
    const auto messages = read(row.dialect, row.body);
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    const auto& message = messages->front();
    CHECK(message.sender == Originator{Originator::Kind::msisdn, "+628400000001"});
    CHECK(message.destination.reveal() == row.to);
    CHECK(message.text.reveal() == "LAPOR 5 org é");
    CHECK(message.provider_id == row.id);
    CHECK(time_of(message) == row.sent_at);
    CHECK(message.remarks == 0);
    CHECK_FALSE(message.segment);
}

TEST_CASE("providers: what is no message is refused, naming the field") {
    struct Row {
        std::string dialect, body, named;
    };
    const std::string deep = std::string(1000, '[') + std::string(1000, ']');
    std::string many = R"({"from":"628400000001","text":"x"})";
    for (int i = 0; i < 1000; ++i) many += ",7";
    const auto row = GENERATE_COPY(values<Row>({
        {"twilio", "", "From"},
        {"twilio", "Body=x&MessageSid=" + sid, "From"},
        {"twilio", "From=%2B628400000001&MessageSid=" + sid, "Body"},
        {"twilio", "From=%2B628400000001&Body=x", "SmsSid"},
        {"twilio", "From=%FF%FE&Body=x&MessageSid=" + sid, "From"},
        {"twilio", "From=1&Body=x&MessageSid=%FF", "MessageSid"},
        {"vonage", "text=x&messageId=1", "msisdn"},
        {"vonage", "msisdn=628400000001&messageId=1", "text"},
        {"vonage", "msisdn=628400000001&text=x", "messageId"},
        {"vonage", "msisdn=628400000001&messageId=1&type=binary", "data"},
        {"vonage", "msisdn=628400000001&messageId=1&type=binary&data=0g", "data"},
        {"infobip", "", "body"},
        {"infobip", "[]", "body"},
        {"infobip", "{}", "results"},
        {"infobip", R"({"results":{}})", "results"},
        {"infobip", R"({"results":[5]})", "results[0]"},
        {"infobip", R"({"results":[null,[{"from":"628400000001","text":"x"}]]})", "results[0]"},
        {"infobip", R"({"results":)" + deep + "}", "body"},
        {"infobip", R"({"results":[)" + many + "]}", "more than 1000"},
        {"africastalking", "text=x", "from"},
        {"africastalking", "from=%2B628400000001", "text"},
        {"africastalking", "from=%80&text=x", "from"},
        {"android", "", "body"},
        {"android", "{}", "event"},
        {"android", R"({"event":["sms:received"]})", "event"},
        {"android", R"({"event":"sms:received"})", "payload"},
        {"android", R"({"event":"sms:received","payload":"x"})", "payload"},
        {"android", R"({"event":"sms:received","payload":{"messageId":"1","message":"x"}})", "payload.phoneNumber"},
        {"android", R"({"event":"sms:received","payload":{"messageId":"1","sender":"1"}})", "payload.message"},
        {"android", R"({"event":"sms:received","payload":{"message":"x","sender":"1"}})", "payload.messageId"},
        {"android", R"({"event":"sms:data-received","payload":{"messageId":"1","sender":"1"}})", "payload.data"},
        {"android", R"({"event":"sms:data-received","payload":{"messageId":"1","sender":"1","data":"!"}})",
         "payload.data"},
        {"httpsms", "null", "body"},
        {"httpsms", "{}", "type"},
        {"httpsms", R"({"type":"message.phone.received"})", "data"},
        {"httpsms", R"({"type":"message.phone.received","data":[]})", "data"},
        {"httpsms", R"({"type":"message.phone.received","data":{"content":"x","message_id":"1"}})", "data.contact"},
        {"httpsms", R"({"type":"message.phone.received","data":{"contact":"1","message_id":"1"}})", "data.content"},
        {"httpsms", R"({"type":"message.phone.received","data":{"contact":"1","content":"x"}})", "data.message_id"},
    }));
    CAPTURE(row.dialect, row.body.substr(0, 120));
    const auto messages = read(row.dialect, row.body);
    REQUIRE(messages.has_error());
    CHECK(messages.error().status == 400);
    CHECK_FALSE(messages.error().title.empty());
    CHECK(messages.error().detail.find(row.named) != std::string::npos);
}

TEST_CASE("providers: what tells of something else is answered and not stored") {
    struct Row {
        std::string dialect, body;
    };
    const auto row = GENERATE(values<Row>({
        {"twilio", "MessageSid=SM1&MessageStatus=delivered&To=%2B628400000001&From=%2B628400009840"},
        {"infobip", R"({"results":[],"messageCount":0,"pendingMessageCount":0})"},
        {"infobip", R"({"results":[{"messageId":"m1","to":"628400000001","sentAt":"2025-09-12T14:10:00.000+0000",)"
                    R"("doneAt":"2025-09-12T14:10:05.000+0000","status":{"groupId":3,"groupName":"DELIVERED"}}]})"},
        {"infobip", R"({"results":[{"messageId":"m1","doneAt":"2025-09-12T14:10:05.000+0000","text":null}]})"},
        {"vonage", "msisdn=628400000001&to=628400009840&messageId=0A01&status=delivered&err-code=0&scts=2509121410"},
        {"vonage", "msisdn=628400000001&messageId=0A01&err-code=6"},
        {"africastalking", "id=ATXid_1&status=Success&phoneNumber=%2B628400000001&networkCode=51001"},
        {"android", R"({"event":"sms:sent","payload":{"messageId":"1","recipient":"+628400000001"}})"},
        {"android", R"({"event":"sms:delivered","payload":{}})"},
        {"android", R"({"event":"sms:failed","payload":{"reason":"x"}})"},
        {"android", R"({"event":"sms:cancelled","payload":{}})"},
        {"android", R"({"event":"mms:received","payload":{"messageId":"1","sender":"+628400000001","size":1}})"},
        {"android", R"({"event":"system:ping","payload":{"health":{"status":"pass"}}})"},
        {"android", R"({"event":"app:started","payload":{}})"},
        {"httpsms", R"({"type":"message.phone.sent","data":{"id":"1"}})"},
        {"httpsms", R"({"type":"message.phone.delivered","data":{}})"},
        {"httpsms", R"({"type":"message.call.missed","data":{"contact":"+628400000001"}})"},
        {"httpsms", R"({"type":"phone.heartbeat.offline","data":{}})"},
    }));
    CAPTURE(row.dialect, row.body);
    const auto messages = read(row.dialect, row.body);
    REQUIRE(messages.has_value());
    CHECK(messages->empty());
    CHECK(dialect::find(row.dialect)->answer({}).status == 200);
}

TEST_CASE("providers: a text that is no UTF-8 is read as well as can be, and marked") {
    struct Row {
        std::string dialect, body;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"twilio", "From=%2B628400000001&Body=caf%E9&MessageSid=" + sid},
        {"vonage", "msisdn=628400000001&messageId=1&text=caf%E9"},
        {"infobip", "{\"results\":[{\"from\":\"628400000001\",\"text\":\"caf\xe9\"}]}"},
        {"africastalking", "from=%2B628400000001&text=caf%E9"},
        {"android",
         "{\"event\":\"sms:received\",\"payload\":{\"messageId\":\"1\",\"sender\":\"+628400000001\",\"message\":"
         "\"caf\xe9\"}}"},
        {"httpsms",
         "{\"type\":\"message.phone.received\",\"data\":{\"message_id\":\"1\",\"contact\":\"+628400000001\","
         "\"content\":\"caf"
         "\xe9\"}}"},
    }));
    CAPTURE(row.dialect);
    const auto messages = read(row.dialect, row.body);
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    const auto& message = messages->front();
    CHECK(message.text.reveal() == "café");
    CHECK(has(message.remarks, Remark::replaced));
    CHECK(message.raw.size() == 4);
}

TEST_CASE("twilio: the answer is TwiML, and what goes into it is escaped") {
    const auto& twilio = *dialect::find("twilio");
    CHECK(twilio.answer({}).body == "<Response/>");
    const Outcome silent{"m1", std::nullopt, false};
    CHECK(twilio.answer({&silent, 1}).body == "<Response/>");
    CHECK(twilio.answer({&silent, 1}).content_type == "text/xml");
    CHECK(twilio.answer({&silent, 1}).status == 200);
    struct Row {
        std::string reply, character_data;
    };
    const auto row = GENERATE(values<Row>({
        {"Pesan diterima. Terima kasih.", "Pesan diterima. Terima kasih."},
        {"", ""},
        {"a<b>&\"c'", "a&#60;b&#62;&#38;&#34;c&#39;"},
        {"</Message><Message>x", "&#60;/Message&#62;&#60;Message&#62;x"},
        {"é\n€😀", "&#233;\n&#8364;&#128512;"},
        {std::string("a\0\x1b\x7f", 4), "a  &#127;"},
        {"\xff\xef\xbf\xbf", "&#65533;&#65533;"},
    }));
    const Outcome answered{"m1", row.reply, false};
    CHECK(twilio.answer({&answered, 1}).body == "<Response><Message>" + row.character_data + "</Message></Response>");
}

TEST_CASE("providers: only an inline dialect's answer carries a text") {
    const Outcome answered{"m1", "Pesan diterima.", false};
    for (const auto& one : dialect::all()) {
        CAPTURE(std::string(one.name));
        const auto reply = one.answer({&answered, 1});
        CHECK(reply.status == 200);
        CHECK((reply.body.find("Pesan diterima.") != std::string::npos) == one.replies_inline);
    }
}

TEST_CASE("twilio: a text of many fields, by GET and as JSON") {
    HttpRequest get;
    get.method = "GET";
    get.query = {{"From", "+628400000001"}, {"Body", "AMAN"}, {"SmsSid", sid}};
    const auto asked = read("twilio", get);
    REQUIRE(asked.has_value());
    CHECK(asked->front().provider_id == sid);
    const auto json = read("twilio", post(R"({"From":"+628400000001","Body":"AMAN","MessageSid":")" + sid + "\"}",
                                          "Application/JSON; charset=utf-8"));
    REQUIRE(json.has_value());
    CHECK(json->front().text.reveal() == "AMAN");
    CHECK(read("twilio", post("[]", "application/json")).has_error());
}

TEST_CASE("vonage: parts of a long text carry the provider's reference") {
    const auto part_of = [](const std::string& rest) {
        return read("vonage", "msisdn=628400000001&to=9840&messageId=1&text=bagian+%C3%A9&concat=true&" + rest);
    };
    const auto part = part_of("concat-ref=513&concat-total=3&concat-part=2");
    REQUIRE(part.has_value());
    const auto& message = part->front();
    REQUIRE(message.segment);
    CHECK(*message.segment == sms::SegmentHeader{sms::Concatenation::provider, 513, 3, 2});
    CHECK(message.data_coding == sms::utf8_coding);
    CHECK(message.raw.size() == std::string("bagian é").size());
    CHECK(message.text.reveal() == "bagian é");

    const auto named = part_of("concat-ref=a81ff2&concat-total=2&concat-part=1");
    const auto again = part_of("concat-ref=a81ff2&concat-total=2&concat-part=2");
    const auto other = part_of("concat-ref=a81ff3&concat-total=2&concat-part=1");
    CHECK(named->front().segment->reference == again->front().segment->reference);
    CHECK(named->front().segment->reference != other->front().segment->reference);
    CHECK_FALSE(read("vonage", "msisdn=1&messageId=1&text=x&concat=false&concat-ref=1")->front().segment);

    const auto json = read("vonage", post(R"({"msisdn":"628400000001","messageId":"1","text":"x","concat":true,)"
                                          R"("concat-ref":"7","concat-total":"2","concat-part":1})",
                                          "application/json"));
    REQUIRE(json.has_value());
    CHECK(json->front().segment->reference == 7);
}

TEST_CASE("providers: what is no text is kept for a person to look at") {
    struct Row {
        std::string dialect, body;
        Remark remark;
        std::string raw;
    };
    const auto row = GENERATE(values<Row>({
        {"vonage", "msisdn=628400000001&messageId=1&type=binary&data=00Ff41&udh=050003010201", Remark::binary,
         std::string("\0\xff\x41", 3)},
        {"android",
         R"({"event":"sms:data-received","payload":{"messageId":"1","sender":"+628400000001","data":"AP9B"}})",
         Remark::binary, std::string("\0\xff\x41", 3)},
        {"httpsms",
         R"({"type":"message.phone.received","data":{"message_id":"1","contact":"+628400000001","encrypted":true,)"
         R"("content":"c2VhbGVk"}})",
         Remark::undecodable, "c2VhbGVk"},
    }));
    CAPTURE(row.dialect);
    const auto messages = read(row.dialect, row.body);
    REQUIRE(messages.has_value());
    const auto& message = messages->front();
    CHECK(has(message.remarks, row.remark));
    CHECK(message.text.reveal().empty());
    CHECK(std::string(reinterpret_cast<const char*>(message.raw.data()), message.raw.size()) == row.raw);
    CHECK(message.sender.address == "+628400000001");
}

TEST_CASE("vonage: a part whose place cannot be read is a text by itself") {
    const std::string rest =
        GENERATE(as<std::string>(), "", "&concat-total=2&concat-part=1", "&concat-ref=&concat-total=2&concat-part=1",
                 "&concat-ref=1&concat-part=1", "&concat-ref=1&concat-total=2",
                 "&concat-ref=1&concat-total=2&concat-part=a", "&concat-ref=1&concat-total=256&concat-part=1");
    CAPTURE(rest);
    const auto messages = read("vonage", "msisdn=628400000001&messageId=1&text=bagian+%C3%A9&concat=true" + rest);
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    const auto& message = messages->front();
    CHECK_FALSE(message.segment);
    CHECK(message.text.reveal() == "bagian é");
    CHECK(message.remarks == static_cast<sms::Remarks>(Remark::stray_segment));
    CHECK(message.raw.empty());

    const auto json = read("vonage", post(R"({"msisdn":"628400000001","messageId":"1","text":"x","concat":true,)"
                                          R"("concat-ref":["7"],"concat-total":"2","concat-part":1})",
                                          "application/json"));
    REQUIRE(json.has_value());
    CHECK(has(json->front().remarks, Remark::stray_segment));
}

TEST_CASE("providers: a message without an id is known again by what it says") {
    const auto form = [](const std::string& text, const std::string& rest) {
        return read("africastalking", "from=%2B628400000001&to=9840&text=" + text + rest)->front().provider_id;
    };
    const auto json = [](const std::string& text, const std::string& rest) {
        return read("infobip",
                    R"({"results":[{"from":"628400000001","to":"9840","text":")" + text + "\"" + rest + "}]}")
            ->front()
            .provider_id;
    };
    const std::string date = "&date=2025-09-12+14%3A10%3A00";
    const std::string later = "&date=2025-09-12+14%3A10%3A01";
    const auto first = form("AMAN", date);
    CHECK(first.size() == 64);
    CHECK(form("AMAN", date) == first);
    CHECK(form("AMAN", "&id=" + date) == first);
    CHECK(form("AMAN", later) != first);
    CHECK(form("TOLONG", date) != first);
    CHECK(form("AMAN", date + "&linkId=L1") != first);
    CHECK(form("AMAN", "&linkId=L1") != form("AMAN", "&linkId=L2"));
    CHECK(form("AMAN", "").empty());  // the same words may be said again

    const auto second = json("AMAN", R"(,"receivedAt":"2025-09-12T14:10:00.000+0000")");
    CHECK(second.size() == 64);
    CHECK(json("AMAN", R"(,"messageId":"","receivedAt":"2025-09-12T14:10:00.000+0000")") == second);
    CHECK(json("AMAN", R"(,"receivedAt":"2025-09-12T14:10:01.000+0000")") != second);
    CHECK(json("AMAN", "").empty());
}

TEST_CASE("infobip: what cannot be read is kept, alone or among others, with the sender and the id it names") {
    struct Row {
        std::string result, sender, id;
    };
    const auto row = GENERATE(values<Row>({
        {R"({"messageId":"2","text":"x"})", "", "2"},
        {R"({"messageId":"2","from":"628400000001"})", "+628400000001", "2"},
        {R"({"messageId":"2","from":"628400000001","text":["x"]})", "+628400000001", "2"},
        {R"({"messageId":{},"from":"628400000001","text":"x"})", "+628400000001", ""},
        {R"({"from":{},"text":"x"})", "", ""},
        {"{\"from\":\"\xff\",\"text\":\"x\"}", "", ""},
        {"{}", "", ""},
    }));
    CAPTURE(row.result);
    const auto alone = read("infobip", R"({"results":[)" + row.result + "]}");
    const auto among = read("infobip", R"({"results":[{"from":"628400000002","text":"AMAN"},)" + row.result + "]}");
    REQUIRE(alone.has_value());
    REQUIRE(alone->size() == 1);
    REQUIRE(among.has_value());
    REQUIRE(among->size() == 2);
    for (const auto& message : {alone->front(), among->back()}) {
        CHECK(has(message.remarks, Remark::undecodable));
        CHECK(message.raw.size() == row.result.size());
        CHECK(message.text.reveal().empty());
        CHECK(message.sender.address == row.sender);
        if (row.id.empty()) {
            CHECK(message.provider_id.size() == 64);
        } else {
            CHECK(message.provider_id == row.id);
        }
    }
    CHECK(alone->front().provider_id == among->back().provider_id);
}

TEST_CASE("infobip: a delivery report among messages is passed over") {
    const auto messages = read("infobip", R"({"results":[{"messageId":"1","status":{"groupId":3}},)"
                                          R"({"messageId":"2","from":"628400000001","text":"AMAN"}]})");
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    CHECK(messages->front().provider_id == "2");
}

TEST_CASE("android: the text of a downloaded MMS is a message") {
    const auto messages = read("android", R"({"event":"mms:downloaded","payload":{"messageId":"1","subject":"tolong",)"
                                          R"("body":"di Aruk","sender":"+628400000001","attachments":[]}})");
    REQUIRE(messages.has_value());
    CHECK(messages->front().text.reveal() == "tolong\ndi Aruk");
}

TEST_CASE("infobip: a request holds any number of messages, in their order") {
    std::string body = R"({"results":[)";
    for (int i = 0; i < 100; ++i) {
        body += (i == 0 ? "" : ",") + std::string(R"({"messageId":")") + std::to_string(i) +
                R"(","from":"628400000001","to":"9840","text":"teks )" + std::to_string(i) + "\"}";
    }
    const auto messages = read("infobip", body + "]}");
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 100);
    for (std::size_t i = 0; i < messages->size(); ++i) {
        CHECK((*messages)[i].provider_id == std::to_string(i));
        CHECK((*messages)[i].text.reveal() == "teks " + std::to_string(i));
    }
}

TEST_CASE("infobip: what cannot be read does not hold up what can") {
    const auto messages = read("infobip", R"({"results":[{"from":"628400000001","text":"AMAN","messageId":"1"},)"
                                          R"({"messageId":"2"},7,{"from":"628400000002","text":"AMAN"}]})");
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 4);
    CHECK((*messages)[0].remarks == 0);
    CHECK(has((*messages)[1].remarks, Remark::undecodable));
    CHECK((*messages)[1].raw.size() == std::string(R"({"messageId":"2"})").size());
    CHECK(has((*messages)[2].remarks, Remark::undecodable));
    CHECK((*messages)[3].sender.address == "+628400000002");
}
