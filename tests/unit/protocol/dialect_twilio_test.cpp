#include <algorithm>
#include <catch2/catch.hpp>

#include "protocol/dialect/dialect.hpp"
#include "protocol/dialect/form.hpp"
#include "protocol/dialect/signature.hpp"

// What Twilio signs has no border between names and values: a captured request can be cut anew without its signature
// changing. Every such request here is authentic, and says nothing.
namespace jejak::dialect {
namespace {

const std::string key = "kunci-uji";
const std::string page = "https://jejak.example.org";
const std::string path = "/v1/in/twilio";
const std::string id = "SM0123456789abcdef0123456789abcdef";
const std::string forged_id = "SM00000000000000000000000000000000";

/// A message as Twilio posts it.
Fields message(const std::string& text, const std::string& from = "+628400000001", const Fields& more = {}) {
    Fields fields{{"AccountSid", "AC" + std::string(32, '0')},
                  {"ApiVersion", "2010-04-01"},
                  {"Body", text},
                  {"From", from},
                  {"FromCity", ""},
                  {"FromCountry", "ID"},
                  {"FromState", ""},
                  {"FromZip", ""},
                  {"MessageSid", id},
                  {"NumMedia", "0"},
                  {"NumSegments", "1"},
                  {"SmsMessageSid", id},
                  {"SmsSid", id},
                  {"SmsStatus", "received"},
                  {"To", "+628400009840"},
                  {"ToCity", ""},
                  {"ToCountry", "ID"},
                  {"ToState", ""},
                  {"ToZip", ""}};
    fields.insert(fields.end(), more.begin(), more.end());
    std::sort(fields.begin(), fields.end());
    return fields;
}

std::string joined(const Fields& fields) {
    std::string all;
    for (const auto& [name, value] : fields) all += name + value;
    return all;
}

std::string percent(const std::string& text) {
    std::string out;
    for (const char c : text) out += "%" + to_hex({&c, 1});
    return out;
}

std::string signature_of(const std::string& covered) {
    return to_base64(hmac(Hash::sha1, key, covered));
}

HttpRequest request(const std::string& method, const std::string& target, const std::string& signature) {
    HttpRequest out;
    out.method = method;
    out.target = target;
    out.query = parse_form(target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1));
    out.headers = {{"x-twilio-signature", signature}};
    return out;
}

HttpRequest form(const Fields& fields, const std::string& signature, const std::string& target = path) {
    auto out = request("POST", target, signature);
    out.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    for (const auto& [name, value] : fields) {
        out.body += (out.body.empty() ? "" : "&") + percent(name) + "=" + percent(value);
    }
    return out;
}

bool authentic(const HttpRequest& request) {
    const auto url = page + request.target;
    return find("twilio")->authentic(request, Peer{key, url, {}});
}

auto read(const HttpRequest& request) {
    return find("twilio")->read(request, "62");
}

/// The fields of `from` up to and with the one named, then `more`, which stand for what followed.
Fields recut(const Fields& from, const std::string& last, const Fields& more) {
    Fields out;
    for (const auto& field : from) {
        out.push_back(field);
        if (field.first == last) break;
    }
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

void check_refused(const HttpRequest& request) {
    CHECK(authentic(request));  // so nothing but its fields can tell
    const auto messages = read(request);
    REQUIRE(messages.has_error());
    CHECK(messages.error().status == 400);
    // Any name may be a piece of somebody's text.
    CHECK(messages.error().detail.find("Aruk") == std::string::npos);
}

}  // namespace

TEST_CASE("twilio: a message as it is sent is read", "[replay]") {
    // Signed by another program.
    const auto plain = form(message("LAPOR 5 org Cina di Aruk"), "XnqJOUx3NUSSgIs31RESTTKbOaE=");
    CHECK(authentic(plain));
    struct Row {
        std::string text, from;
        Fields more;
    };
    const auto row = GENERATE(values<Row>({
        {"LAPOR 5 org Cina di Aruk", "+628400000001", {}},
        {"", "+628400000001", {{"MediaContentType0", "image/jpeg"}, {"MediaUrl0", "https://api.example/Media/ME1"}}},
        {"From Aruk To Kuching, Body: 5 people FromCity", "+628400000001", {}},
        {"TOLONG", "9840", {}},
        {"TOLONG", "BANK UJI", {}},
        {"TOLONG", "", {}},
        {"TOLONG", "messenger:12345678901234567", {}},
        {"TOLONG", "whatsapp:+628400000001", {{"ProfileName", "From Bali, Body Shop"}, {"WaId", "628400000001"}}},
        {"ya",
         "whatsapp:+628400000001",
         {{"ButtonText", "Ya"}, {"ButtonPayload", "ya"}, {"OriginalRepliedMessageSid", forged_id}}},
        {"TOLONG", "+628400000001", {{"ErrorCode", "11200"}, {"ErrorUrl", "https://jejak.example.org/v1/in/twilio"}}},
        {"TOLONG", "+628400000001", {{"Anew", "?"}, {"Label", "?"}, {"Zone", "a field that is unknown today"}}},
    }));
    CAPTURE(row.text, row.from);
    const auto fields = message(row.text, row.from, row.more);
    const auto sent = form(fields, signature_of(page + path + joined(fields)));
    CHECK(authentic(sent));
    const auto messages = read(sent);
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    CHECK(messages->front().text.reveal() == row.text);
    CHECK(messages->front().provider_id == id);
}

TEST_CASE("twilio: a message by WhatsApp is read, whatever its sender is called", "[replay]") {
    const auto name = GENERATE(as<std::string>{}, "Budi", "Body Shop", "From Bali", R"(Body \"From\" {MessageSid})");
    const auto from = GENERATE(as<std::string>{}, "whatsapp:+628400000001", "whatsapp:ID.4566abcDEF",
                               "whatsapp:ID.ENT.4566abcDEF", "whatsapp:ID." + std::string(128, '7'));
    CAPTURE(name, from);
    const auto said = R"({"type":"whatsapp","data":{"context":{"ProfileName":")" + name + R"(","WaId":"1"}}})";
    const auto fields = message("LAPOR 5 org di Aruk", from,
                                {{"AddOns", R"({"status":"successful","message":"Body From"})"},
                                 {"ButtonText", "Body"},
                                 {"ChannelMetadata", said},
                                 {"ExternalUserId", "whatsapp:ID.4566abcDEF"},
                                 {"ExternalUserIdentifier", "whatsapp:ID.ENT.4566abcDEF"},
                                 {"InteractiveData", R"({"screen":"From Body"})"},
                                 {"MessageType", "text"},
                                 {"ProfileName", name},
                                 {"WaId", "628400000001"}});
    const auto sent = form(fields, signature_of(page + path + joined(fields)));
    CHECK(authentic(sent));
    const auto messages = read(sent);
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    CHECK(messages->front().text.reveal() == "LAPOR 5 org di Aruk");
    CHECK(messages->front().provider_id == id);
    CHECK(messages->front().sender.kind == sms::Originator::Kind::alphanumeric);
    CHECK(messages->front().sender.address == from);
    CHECK(messages->front().remarks == 0);
}

TEST_CASE("twilio: with an unknown field behind the text, a message is kept for a person to look at", "[replay]") {
    struct Row {
        std::string name, value;
    };
    const auto row = GENERATE(values<Row>({
        {"DeviceKind", "phone"},
        {"Cina", ""},
        {"ExternalUserId", ""},
        {"ExternalUserId", "whatsapp:id.4566"},
        {"ExternalUserId", "whatsapp:ID.ENT."},
        {"ExternalUserId", "whatsapp:ID.4566 5 org"},
        {"ExternalUserIdentifier", "whatsapp:ID." + std::string(129, '7')},
    }));
    CAPTURE(row.name, row.value);
    const auto fields = message("LAPOR 5 org", "+628400000001", {{row.name, row.value}});
    const auto sent = form(fields, signature_of(page + path + joined(fields)));
    CHECK(authentic(sent));
    const auto messages = read(sent);
    REQUIRE(messages.has_value());
    REQUIRE(messages->size() == 1);
    const auto& kept = messages->front();
    CHECK(kept.text.reveal().empty());
    CHECK(sms::has(kept.remarks, sms::Remark::undecodable));
    CHECK(std::string(reinterpret_cast<const char*>(kept.raw.data()), kept.raw.size()) == sent.body);
    CHECK(kept.sender.address == "+628400000001");
    CHECK(kept.provider_id == id);
}

TEST_CASE("twilio: what a WhatsApp message says is not to be cut anew either", "[replay]") {
    struct Row {
        std::string from;
        Fields more;
    };
    const auto row = GENERATE(values<Row>({
        {"whatsapp:ID.4566FromCity", {}},  // an id that swallows the next field
        {"whatsapp:ID.4566ListIdAruk", {}},
        {"whatsapp:ID.4566", {{"ExternalUserId", "whatsapp:ID.4566From628400000005"}}},
        {"whatsapp:ID.4566", {{"ChannelMetadata", "From Aruk"}}},
        {"whatsapp:ID.4566", {{"ChannelMetadata", R"({"a":"From Aruk"} )"}}},
        {"whatsapp:ID.4566", {{"ChannelMetadata", R"({"a":"b"}From{"Aruk":1})"}}},
        {"whatsapp:ID.4566", {{"ChannelMetadata", R"({"a":"MessageSid)" + forged_id + "\"}"}}},
        {"whatsapp:ID.4566", {{"DeviceKind", "From Aruk"}}},
        {"whatsapp:ID.4566", {{"AddOns", R"(["Body Aruk"])"}}},
    }));
    const auto fields = message("LAPOR 5 org", row.from, row.more);
    check_refused(form(fields, signature_of(page + path + joined(fields))));
}

TEST_CASE("twilio: a captured form that is cut anew says nothing", "[replay]") {
    const auto sent = message("lapor 5 org Cina FromX Body lain ToY di Aruk");
    struct Row {
        std::string name, first, last;  ///< what stands from the one field to the other is cut anew
        Fields fields;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"an id that swallows the next field", "MessageSid", "NumMedia", {{"MessageSid", id + "NumMedia0"}}},
        {"no id of that name at all", "SmsMessageSid", "SmsSid", {{"SmsMessageSid", id + "SmsSid" + id}}},
        {"the text ends early", "Body", "Body", {{"Body", "lapor 5 org "}, {"Cina", " FromX Body lain ToY di Aruk"}}},
        {"the text begins late",
         "ApiVersion",
         "Body",
         {{"ApiVersion", "2010-04-01Bodylapor 5 org Cina FromX "}, {"Body", " lain ToY di Aruk"}}},
        {"the text swallows the sender, whose city becomes the sender",
         "Body",
         "FromCity",
         {{"Body", sent[2].second + "From+628400000001"}, {"From", "City"}}},
        {"the text swallows the sender, and there is none",
         "Body",
         "From",
         {{"Body", sent[2].second + "From+628400000001"}}},
        {"a place swallows the id", "FromZip", "MessageSid", {{"FromZip", "MessageSid" + id}}},
        {"whom it is for becomes a place", "To", "ToCity", {{"To", "+628400009840ToCity"}}},
        {"a name twice", "NumMedia", "NumSegments", {{"N", "umMedia0"}, {"N", "umSegments1"}}},
        {"one field of all", "AccountSid", "ToZip", {{"A", joined(sent).substr(1)}}},
    }));
    CAPTURE(row.name);
    Fields again;
    bool inside = false;
    for (const auto& field : sent) {
        if (field.first == row.first) again.insert(again.end(), row.fields.begin(), row.fields.end());
        inside = inside || field.first == row.first;
        if (!inside) again.push_back(field);
        if (field.first == row.last) inside = false;
    }
    CHECK(joined(again) == joined(sent));
    check_refused(form(again, signature_of(page + path + joined(sent))));
}

TEST_CASE("twilio: who captures what was made of a text of one's own cannot speak for another", "[replay]") {
    struct Row {
        std::string name, text;
        Fields more, recut;
    };
    const auto tail = [](const std::string& text, const Fields& more, const std::string& from) {
        const auto all = joined(message(text, "+628400000001", more));
        return all.substr(all.find(from) + from.size());
    };
    const std::string both = "From+628400000005MessageSid" + forged_id + "NumMedia";
    const std::string sender = "TOLONGFrom+628400000005FromCity";
    const std::string profile = "From+628400000005Media";
    const Fields account{{"AccountSid", "AC" + std::string(32, '0')}, {"ApiVersion", "2010-04-01"}};
    const auto with = [&](const Fields& more) { return recut(account, "ApiVersion", more); };
    const auto row = GENERATE_COPY(values<Row>({
        {"another sender and another id",
         both,
         {},
         with({{"Body", ""},
               {"From", "+628400000005"},
               {"MessageSid", forged_id},
               {"NumMedia", tail(both, {}, "NumMedia")}})},
        {"another sender alone",
         sender,
         {},
         with({{"Body", "TOLONG"},
               {"From", "+628400000005"},
               {"FromCity", "From+628400000001FromCity"},
               {"FromCountry", "ID"},
               {"FromState", ""},
               {"FromZip", tail(sender, {}, "FromZip")}})},
        {"another sender, by the name of one's profile",
         "x",
         {{"ProfileName", profile}},
         with({{"Body", "xFrom+628400000001FromCityFromCountryIDFromStateFromZipMessageSid" + id +
                            "NumMedia0NumSegments1ProfileName"},
               {"From", "+628400000005"},
               {"Media", "Sms"},
               {"MessageSid", tail("x", {{"ProfileName", profile}}, "SmsMessageSid")}})},
    }));
    CAPTURE(row.name);
    const auto sent = message(row.text, "+628400000001", row.more);
    const auto captured = signature_of(page + path + joined(sent));
    CHECK(joined(row.recut) == joined(sent));
    check_refused(form(row.recut, captured));
}

TEST_CASE("twilio: a signature of one way to ask is of no use for another", "[replay]") {
    const std::string query = path + "?a=1";
    SECTION("a captured form made a GET") {
        const std::string text = "&From=%2B628400000005&Body=TOLONG&MessageSid=" + forged_id + "&z=";
        const auto all = joined(message(text));
        check_refused(request("GET", query + all, signature_of(page + query + all)));
    }
    SECTION("a captured form made a JSON body with its digest") {
        const std::string said = R"({"From":"+628400000005","Body":"TOLONG","MessageSid":")" + id + "\"}";
        const std::string text = "&bodySHA256=" + to_hex(digest(Hash::sha256, said)) + "&z=";
        const auto all = joined(message(text));
        auto again = request("POST", query + all, signature_of(page + query + all));
        again.headers.emplace_back("content-type", "application/json");
        again.body = said;
        check_refused(again);
    }
    SECTION("a captured GET made a form") {
        const std::string before = path + "?AccountSid=AC1&Body=";
        const std::string behind = "&From=%2B628400000001&MessageSid=" + id;
        const Fields again{{"Body", "TOLONG"}, {"From", "628400000005"}, {"MessageSid", forged_id}, {"Z", behind}};
        const auto text = "BodyTOLONGFrom628400000005MessageSid" + forged_id + "Z";
        check_refused(form(again, signature_of(page + before + text + behind), before));
    }
}

TEST_CASE("twilio: ids and parties that Twilio does not send are refused", "[replay]") {
    struct Row {
        std::string name, value;
    };
    const auto row = GENERATE(values<Row>({
        {"MessageSid", "SM1"},
        {"MessageSid", "XX0123456789abcdef0123456789abcdef"},
        {"MessageSid", "SM0123456789abcdef0123456789abcdeg"},
        {"MessageSid", ""},
        {"SmsSid", "SM00000000000000000000000000000000"},
        {"SmsMessageSid", "SM00000000000000000000000000000000"},
        {"From", "+"},
        {"From", "+6284000000010000"},
        {"From", "6284000000010000"},
        {"From", "+62840x"},
        {"From", "twelve chars"},
        {"From", "App:+628400000001"},
        {"From", "whatsapp:"},
        {"From", "whatsapp:+628400000001Label"},
        {"From", "whatsapp:ID."},
        {"From", "whatsapp:id.4566"},
        {"From", "whatsapp:ID.45 66"},
        {"From", "whatsapp:ID." + std::string(129, '7')},
        {"From", "messenger:ID.4566"},
        {"To", "+62 840 0000 0001 0"},
        {"To", "<script>"},
    }));
    CAPTURE(row.name, row.value);
    auto fields = message("AMAN");
    for (auto& [name, value] : fields) {
        if (name == row.name) value = row.value;
    }
    const auto sent = form(fields, signature_of(page + path + joined(fields)));
    CHECK(authentic(sent));
    const auto messages = read(sent);
    REQUIRE(messages.has_error());
    CHECK(messages.error().status == 400);
    auto get = request("GET", path, "");
    get.query = fields;
    CHECK(read(get).has_error());
}

}  // namespace jejak::dialect
