#include <catch2/catch.hpp>

#include "protocol/dialect/dialect.hpp"
#include "protocol/dialect/form.hpp"
#include "protocol/dialect/signature.hpp"

using namespace jejak;
using dialect::Hash;
using dialect::HttpRequest;
using dialect::Peer;

// Whose expected signatures are written out were computed by other programs.
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string form_type = "application/x-www-form-urlencoded";
constexpr std::int64_t clock_now = 1'757'686'200;
constexpr std::int64_t vonage_now = 1'385'047'700;  ///< when the published requests were made

WallTime at(std::int64_t seconds) {
    return WallTime(std::chrono::seconds(seconds));
}

HttpRequest post(std::string body, std::string type) {
    HttpRequest request;
    request.method = "POST";
    request.headers = {{"content-type", std::move(type)}};
    request.body = std::move(body);
    return request;
}

bool authentic(std::string_view name, const HttpRequest& request, std::string_view key, std::string_view url = "",
               std::int64_t now = clock_now) {
    return dialect::find(name)->authentic(request, Peer{key, url, at(now)});
}

/// Every octet of `text` changed in turn.
template <class Check>
void each_tampered(const std::string& text, Check check) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CAPTURE(changed);
        check(changed);
    }
}

}  // namespace

TEST_CASE("digests and their spellings agree with their specifications") {
    // source: RFC 1321 A.5, RFC 2202, RFC 4231 test case 2
    const std::string data = "what do ya want for nothing?";
    CHECK(dialect::to_hex(dialect::digest(Hash::md5, "abc")) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(dialect::to_hex(dialect::hmac(Hash::md5, "Jefe", data)) == "750c783e6ab0b503eaa86e310a5db738");
    CHECK(dialect::to_hex(dialect::hmac(Hash::sha1, "Jefe", data)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    CHECK(dialect::to_hex(dialect::hmac(Hash::sha256, "Jefe", data)) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(dialect::to_hex(dialect::hmac(Hash::sha512, "Jefe", data)).starts_with("164b7a7bfcf819e2e395fbe73b56e0a3"));
    CHECK(dialect::to_base64("").empty());
    CHECK(dialect::to_base64("fooba") == "Zm9vYmE=");
    CHECK(dialect::from_base64("Zm9vYmE=") == "fooba");
    CHECK(dialect::from_base64("Zm9vYmE") == "fooba");
    CHECK(dialect::from_base64url("-_8") == "\xfb\xff");
    CHECK_FALSE(dialect::from_base64("Zm9vYm!"));
    CHECK_FALSE(dialect::from_base64url("-_8="));
    CHECK(dialect::from_hex("00fF") == std::string("\0\xff", 2));
    CHECK_FALSE(dialect::from_hex("0"));
    CHECK_FALSE(dialect::from_hex("0g"));
    CHECK(dialect::same_secret("a", "a"));
    CHECK_FALSE(dialect::same_secret("a", "b"));
    CHECK_FALSE(dialect::same_secret("", ""));
}

TEST_CASE("a URL is spelt with and without its port") {
    struct Row {
        std::string url, bare, with_port;
    };
    const auto row = GENERATE(values<Row>({
        {"https://a.example/p?q", "https://a.example/p?q", "https://a.example:443/p?q"},
        {"http://a.example/p", "http://a.example/p", "http://a.example:80/p"},
        {"https://a.example:8443/p", "https://a.example/p", "https://a.example:8443/p"},
        {"http://[::1]:8080/p", "http://[::1]/p", "http://[::1]:8080/p"},
        {"http://[::1]/p", "http://[::1]/p", "http://[::1]:80/p"},
        {"https://a.example?x=:1", "https://a.example?x=:1", "https://a.example:443?x=:1"},
        {"nothing", "nothing", "nothing"},
    }));
    CAPTURE(row.url);
    const auto spelt = dialect::spellings(row.url);
    CHECK(spelt[0] == row.bare);
    CHECK(spelt[1] == row.with_port);
}

TEST_CASE("twilio: what is signed by the account's token is authentic") {
    struct Row {
        std::string name, url, body, signature, key;
        bool authentic;
    };
    const std::string documented = "https://mycompany.com/myapp.php?foo=1&bar=2";
    const std::string call =
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
    const std::string ours = "https://jejak.example.org/v1/in/twilio";
    const std::string sms =
        "MessageSid=SM0001&From=%2B628400000001&To=%2B628400009840&Body=LAPOR+5+org+di+Aruk+%26+skrg&NumMedia=0";
    const std::string sms_signature = "724VNJyVstUvo975GTsE0RzdylU=";
    const auto row = GENERATE_COPY(values<Row>({
        {"as documented", documented, call, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", true},
        {"fields in another order", documented,
         "To=%2B18005551212&From=%2B14158675309&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE",
         "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345", true},
        {"a value twice", documented, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
         "IK+Dwps556ElfBT0I3Rgjkr1wJU=", "12345", true},
        {"a text", ours, sms, sms_signature, "kunci-uji", true},
        {"signed with the port", ours, sms, "bNLlBO6H/mzAuNrn0DngvH0DUiM=", "kunci-uji", true},
        {"signed without the port", "https://jejak.example.org:443/v1/in/twilio", sms, sms_signature, "kunci-uji",
         true},
        {"signed with another port", "https://jejak.example.org:8443/v1/in/twilio", sms,
         "+tjSPILqmXxIFs+nayTGJKal6Is=", "kunci-uji", true},
        {"another token", ours, sms, sms_signature, "kunci-ujj", false},
        {"no token", ours, sms, sms_signature, "", false},
        {"another URL", "https://jejak.example.org/v1/in/twiliO", sms, sms_signature, "kunci-uji", false},
        {"another scheme", "http://jejak.example.org/v1/in/twilio", sms, sms_signature, "kunci-uji", false},
        {"a field more", ours, sms + "&a=", sms_signature, "kunci-uji", false},
        {"a field less", ours, sms.substr(0, sms.rfind('&')), sms_signature, "kunci-uji", false},
        {"no signature", ours, sms, "", "kunci-uji", false},
        {"half a signature", ours, sms, sms_signature.substr(0, 14), "kunci-uji", false},
        {"the digest in hexadecimal", ours, sms, "ef6e15349c95b2d52fa3def9193b04d11cddca55", "kunci-uji", false},
    }));
    CAPTURE(row.name);
    auto request = post(row.body, form_type + "; charset=UTF-8");
    if (!row.signature.empty()) request.headers.emplace_back("x-twilio-signature", row.signature);
    CHECK(authentic("twilio", request, row.key, row.url) == row.authentic);
}

TEST_CASE("twilio: one octet changed is no longer authentic") {
    const std::string url = "https://jejak.example.org/v1/in/twilio";
    const std::string body =
        "MessageSid=SM0001&From=%2B628400000001&To=%2B628400009840&Body=LAPOR+5+org+di+Aruk+%26+skrg&NumMedia=0";
    auto request = post(body, form_type);
    request.headers.emplace_back("x-twilio-signature", "724VNJyVstUvo975GTsE0RzdylU=");
    REQUIRE(authentic("twilio", request, "kunci-uji", url));
    each_tampered(body, [&](const std::string& changed) {
        request.body = changed;
        // A `+` that becomes an asterisk, a `%2B` that becomes `%2b`: the same field may be spelt in two ways.
        if (dialect::parse_form(changed) == dialect::parse_form(body)) return;
        CHECK_FALSE(authentic("twilio", request, "kunci-uji", url));
    });
}

TEST_CASE("twilio: a body that is no form is vouched for by its digest in the signed URL") {
    const std::string body = R"({"From":"+628400000001","To":"9840","Body":"AMAN","MessageSid":"SM0002"})";
    const std::string digest = "4bdabddc21d69e8d3538b227523ffea6ba8095121dc7ac7fd0c037a47f7f2195";
    const std::string url = "https://jejak.example.org/v1/in/twilio?bodySHA256=" + digest;
    auto request = post(body, "application/json");
    request.query = {{"bodySHA256", digest}};
    request.headers.emplace_back("x-twilio-signature", "9OJ6Midj7+seVW1NCGFAOrnBoc8=");
    CHECK(authentic("twilio", request, "kunci-uji", url));
    each_tampered(body, [&](const std::string& changed) {
        request.body = changed;
        CHECK_FALSE(authentic("twilio", request, "kunci-uji", url));
    });
    request.body = body;
    request.query.clear();  // nothing names the body's digest
    CHECK_FALSE(authentic("twilio", request, "kunci-uji", url));
}

TEST_CASE("twilio: a GET is signed over its URL") {
    HttpRequest request;
    request.method = "GET";
    request.query = {{"MessageSid", "SM0003"}, {"From", "+628400000001"}, {"Body", "AMAN"}};
    request.headers = {{"x-twilio-signature", "venil5df8Je43NZoXzEn7LuqTLE="}};
    const std::string url = "https://jejak.example.org/v1/in/twilio?MessageSid=SM0003&From=%2B628400000001&Body=AMAN";
    CHECK(authentic("twilio", request, "kunci-uji", url));
    CHECK_FALSE(authentic("twilio", request, "kunci-uji", url + "N"));
}

TEST_CASE("vonage: each of the account's signing methods is known") {
    struct Row {
        std::string method, sig;
        bool authentic;
    };
    const auto row = GENERATE(values<Row>({
        {"md5hash", "d2e7b1dc968737c5998ad624e02f90b7", true},
        {"md5hmac", "ddebd46008c2d4e93cce578a332a52d5", true},
        {"sha1hmac", "27d0d05c2876c7cb1720dbcdba4d492e1e55c09a", true},
        {"sha256hmac in capitals", "DDB8397C2B90AAC7F3882D306475C9A5058C92322EEF43C92B298B6E0FC0D330", true},
        {"sha512hmac",
         "e0d3c650f8c9d1a5c174d10dddbfb003e561f59b265616208b0487c5d819481cd3c311d59cf6165ecd1139622d5ba3a256c0d763ac4a9"
         "a"
         "d9144b5a426b94fe82",
         true},
        {"another", "d2e7b1dc968737c5998ad624e02f90b6", false},
        {"cut", "ddb8397c2b90aac7f3882d306475c9a5", false},
        {"empty", "", false},
    }));
    CAPTURE(row.method);
    const Pairs fields = {
        {"to", "13239877404"},       {"msisdn", "14843472194"}, {"messageId", "020000001B0FE827"},
        {"text", "Test again"},      {"type", "text"},          {"message-timestamp", "2013-11-21 15:27:30"},
        {"timestamp", "1385047698"}, {"sig", row.sig}};
    const std::string secret = "my_secret_key_for_testing";
    HttpRequest get;
    get.method = "GET";
    get.query = fields;
    CHECK(authentic("vonage", get, secret, "", vonage_now) == row.authentic);
    CHECK_FALSE(authentic("vonage", get, "my_secret_key_for_testinG", "", vonage_now));
    CHECK_FALSE(authentic("vonage", get, ""));

    const auto form = post(
        "to=13239877404&msisdn=14843472194&messageId=020000001B0FE827&text=Test+again&type=text&"
        "message-timestamp=2013-11-21+15%3A27%3A30&timestamp=1385047698&sig=" +
            row.sig,
        form_type);
    CHECK(authentic("vonage", form, secret, "", vonage_now) == row.authentic);
    const auto json =
        post(R"({"to":"13239877404","msisdn":"14843472194","messageId":"020000001B0FE827","text":"Test again",)"
             R"("type":"text","message-timestamp":"2013-11-21 15:27:30","timestamp":1385047698,"sig":")" +
                 row.sig + "\"}",
             "application/json");
    CHECK(authentic("vonage", json, secret, "", vonage_now) == row.authentic);
    auto changed = get;
    changed.query[3].second = "Test again!";
    CHECK_FALSE(authentic("vonage", changed, secret, "", vonage_now));
}

TEST_CASE("vonage: what would be mistaken for a separator is signed as an underscore") {
    HttpRequest get;
    get.method = "GET";
    get.query = {{"to", "13239877404"},
                 {"msisdn", "14843472194"},
                 {"messageId", "020000001B0FE827"},
                 {"text", "a&b=c"},
                 {"type", "text"},
                 {"message-timestamp", "2013-11-21 15:27:30"},
                 {"timestamp", "1385047698"},
                 {"sig", "7f9aa8af206dcfd9f1727dcdc5b6c1fb861eacf64b86d66b098920e4cfce71f5"}};
    CHECK(authentic("vonage", get, "my_secret_key_for_testing", "", vonage_now));
}

TEST_CASE("vonage: without signatures the key is in the URL, and a wrong signature is not made good by it") {
    HttpRequest get;
    get.method = "GET";
    get.query = {{"msisdn", "14843472194"}, {"text", "x"}, {"key", "kunci-uji"}};
    CHECK(authentic("vonage", get, "kunci-uji"));
    CHECK_FALSE(authentic("vonage", get, "kunci-lain"));
    get.query.emplace_back("sig", "d2e7b1dc968737c5998ad624e02f90b7");
    CHECK_FALSE(authentic("vonage", get, "kunci-uji"));
}

TEST_CASE("infobip: Basic authorization, or the key") {
    struct Row {
        std::string key, authorization;
        Pairs query;
        bool authentic;
    };
    const auto row = GENERATE(values<Row>({
        {"jejak:kunci-uji", "Basic amVqYWs6a3VuY2ktdWpp", {}, true},
        {"kunci-uji", "basic amVqYWs6a3VuY2ktdWpp", {}, true},
        {"kunci-uji", "App kunci-uji", {}, true},
        {"kunci-uji", "Bearer kunci-uji", {}, true},
        {"kunci-uji", "", {{"key", "kunci-uji"}}, true},
        {"kunci-uji", "Basic kunci-uji", {}, false},
        {"kunci-uji", "Basic a3VuY2ktdWpp", {}, true},  // the key alone
        {"jejak", "Basic amVqYWs6a3VuY2ktdWpp", {}, false},
        {"", "Basic amVqYWs6", {}, false},
        {"", "Basic Og==", {}, false},
        {"kunci-uji", "Basic amVqYWs6a3VuY2ktdWpq", {}, false},
        {"kunci-uji", "Digest amVqYWs6a3VuY2ktdWpp", {}, false},
    }));
    CAPTURE(row.key, row.authorization);
    auto request = post("{}", "application/json");
    request.query = row.query;
    request.headers.emplace_back("authorization", row.authorization);
    CHECK(authentic("infobip", request, row.key) == row.authentic);
}

TEST_CASE("android: body and time are signed, and good for five minutes") {
    const std::string body =
        R"({"deviceId":"dev-uji","event":"sms:received","id":"evt-0001","payload":{"message":"LAPOR uji",)"
        R"("messageId":"msg-0001","phoneNumber":"+628400000012","receivedAt":"2025-09-12T21:10:00.000+07:00",)"
        R"("recipient":null,"sender":"+628400000012","simNumber":1},"webhookId":"wh-uji"})";
    const std::string signature = "36af0378faa2ffcf76d2c63f149e5a4974289f32cf37daa8c7623ec7518d81f9";
    auto request = post(body, "application/json");
    request.headers.emplace_back("x-timestamp", "1757686200");
    request.headers.emplace_back("x-signature", signature);
    auto& timestamp = request.headers[1].second;
    CHECK(authentic("android", request, "kunci-uji"));
    CHECK(authentic("android", request, "kunci-uji", "", clock_now + 300));
    CHECK(authentic("android", request, "kunci-uji", "", clock_now - 300));
    CHECK_FALSE(authentic("android", request, "kunci-uji", "", clock_now + 301));
    CHECK_FALSE(authentic("android", request, "kunci-uji", "", clock_now - 301));
    CHECK_FALSE(authentic("android", request, "kunci-ujj"));
    CHECK_FALSE(authentic("android", request, ""));
    each_tampered(body, [&](const std::string& changed) {
        request.body = changed;
        CHECK_FALSE(authentic("android", request, "kunci-uji"));
    });
    request.body = body;
    timestamp = "1757686201";
    CHECK_FALSE(authentic("android", request, "kunci-uji"));
    request.body = body + "1757686200";  // the border between body and time does not matter to the signature
    timestamp = "";
    CHECK_FALSE(authentic("android", request, "kunci-uji"));
}

namespace {

std::string token_of(const std::string& header, const std::string& claims, const std::string& key = "kunci-uji",
                     Hash hash = Hash::sha256) {
    const auto url = [](std::string_view octets) {
        auto text = dialect::to_base64(octets);
        for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
        return text.substr(0, text.find('='));
    };
    const auto covered = url(header) + "." + url(claims);
    return covered + "." + url(dialect::hmac(hash, key, covered));
}

}  // namespace

TEST_CASE("httpsms: a token of the signing key for this URL and this time is authentic") {
    const std::string head = R"({"alg":"HS256","typ":"JWT"})";
    const std::string url = "https://jejak.example.org/v1/in/httpsms";
    const auto claims = [&](const std::string& aud, const std::string& rest) {
        return R"({"aud":)" + aud + R"(,"iss":"api.httpsms.com")" + rest + "}";
    };
    const std::string here = "[\"" + url + "\"]";
    const std::string fresh = R"(,"exp":1757686800,"nbf":1757685600)";
    struct Row {
        std::string name, token;
        bool authentic;
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"as another program made it",
         "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOlsiaHR0cHM6Ly9qZWphay5leGFtcGxlLm9yZy92MS9pbi9odHRwc21zIl0sImV4"
         "cCI6MTc1NzY4NjgwMCwiaWF0IjoxNzU3Njg2MjAwLCJpc3MiOiJhcGkuaHR0cHNtcy5jb20iLCJuYmYiOjE3NTc2ODU2MDAsInN1YiI6InVz"
         "ZXItdWppIn0.42HA8MVnlCcw84tcBDTS5fRwVc4M2OIpK52A9MRxrgc",
         true},
        {"as we make it", token_of(head, claims(here, fresh)), true},
        {"one audience", token_of(head, claims("\"" + url + "\"", fresh)), true},
        {"with the port", token_of(head, claims("[\"https://jejak.example.org:443/v1/in/httpsms\"]", fresh)), true},
        {"one of two audiences", token_of(head, claims("[\"x\",\"" + url + "\"]", fresh)), true},
        {"no nbf", token_of(head, claims(here, R"(,"exp":1757686800)")), true},
        {"another key", token_of(head, claims(here, fresh), "kunci-ujj"), false},
        {"another audience", token_of(head, claims("[\"https://example.org/\"]", fresh)), false},
        {"no audience", token_of(head, R"({"iss":"api.httpsms.com","exp":1757686800})"), false},
        {"another issuer", token_of(head, R"({"iss":"evil","exp":1757686800,"aud":)" + here + "}"), false},
        {"expired", token_of(head, claims(here, R"(,"exp":1757686200)")), false},
        {"no expiry", token_of(head, claims(here, "")), false},
        {"an expiry in words", token_of(head, claims(here, R"(,"exp":"later")")), false},
        {"an expiry beyond numbers", token_of(head, claims(here, R"(,"exp":1e400)")), false},
        {"not yet", token_of(head, claims(here, R"(,"exp":1757686800,"nbf":1757686261)")), false},
        {"a beginning in words", token_of(head, claims(here, R"(,"exp":1757686800,"nbf":"now")")), false},
        {"no algorithm", token_of(R"({"alg":"none"})", claims(here, fresh)), false},
        {"another algorithm", token_of(R"({"alg":"HS512"})", claims(here, fresh), "kunci-uji", Hash::sha512), false},
        {"claims that are no object", token_of(head, "[]"), false},
        {"a header that is none", token_of("x", claims(here, fresh)), false},
        {"no parts", "kunci-uji", false},
        {"two parts", "a.b", false},
        {"four parts", token_of(head, claims(here, fresh)) + ".x", false},
        {"without its signature", "eyJhbGciOiJub25lIn0.e30.", false},
        {"empty", "", false},
    }));
    CAPTURE(row.name);
    auto request = post("{}", "application/json");
    request.headers.emplace_back("authorization", "Bearer " + row.token);
    CHECK(authentic("httpsms", request, "kunci-uji", url) == row.authentic);
    CHECK(authentic("httpsms", request, "kunci-uji", url + "?a=b") == row.authentic);
    CHECK_FALSE(authentic("httpsms", request, "", url));
}

TEST_CASE("httpsms: one octet changed is no longer authentic") {
    const std::string url = "https://jejak.example.org/v1/in/httpsms";
    const auto token = token_of(R"({"alg":"HS256"})", R"({"aud":["https://jejak.example.org/v1/in/httpsms"],)"
                                                      R"("iss":"api.httpsms.com","exp":1757686800})");
    auto request = post("{}", "application/json");
    request.headers.emplace_back("authorization", "");
    // The last letter holds bits that are no part of the octets: another spelling of the same signature is refused too.
    each_tampered(token, [&](const std::string& changed) {
        request.headers.back().second = "Bearer " + changed;
        CHECK_FALSE(authentic("httpsms", request, "kunci-uji", url));
    });
}
