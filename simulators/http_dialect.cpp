#include "simulators/http_dialect.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/url.hpp>
#include <charconv>
#include <chrono>
#include <map>
#include <stdexcept>

#include "protocol/dialect/signature.hpp"
#include "protocol/sms/utf8.hpp"
#include "protocol/time.hpp"

namespace jejak::sim {

namespace json = boost::json;
using dialect::Hash;

namespace {

constexpr std::array<std::pair<std::string_view, HttpDialect>, 8> names{{
    {"json", HttpDialect::json},
    {"kannel", HttpDialect::kannel},
    {"twilio", HttpDialect::twilio},
    {"vonage", HttpDialect::vonage},
    {"infobip", HttpDialect::infobip},
    {"africastalking", HttpDialect::africastalking},
    {"android", HttpDialect::android},
    {"httpsms", HttpDialect::httpsms},
}};

std::string_view digits_of(std::string_view number) {
    return number.substr(number.starts_with('+') ? 1 : 0);
}

/// One text on its way, with what most providers ask for.
struct Posting {
    const HttpChannel& channel;
    const AggregatorText& text;
    std::string target;
    std::string time;    ///< RFC 3339
    std::int64_t clock;  ///< Unix seconds
    std::string id;

    HttpCall post(std::string type, std::string body, Pairs more = {}) const {
        HttpCall call{.method = "POST", .target = target, .headers = {{"Content-Type", std::move(type)}}, .body = {}};
        call.body = std::move(body);
        call.headers.insert(call.headers.end(), more.begin(), more.end());
        return call;
    }
};

constexpr const char* form_type = "application/x-www-form-urlencoded";
constexpr const char* json_type = "application/json";

HttpCall json_call(const Posting& posting) {
    const auto& text = posting.text;
    json::object body{{"from", text.from}, {"to", text.to}, {"text", text.text}};
    if (!text.id.empty()) body["id"] = text.id;
    return posting.post(json_type, json::serialize(body), {{"Authorization", "Bearer " + posting.channel.key}});
}

HttpCall kannel_call(const Posting& posting) {
    const auto& text = posting.text;
    Pairs fields{{"from", text.from}, {"to", text.to}, {"text", text.text}};
    if (!text.id.empty()) fields.emplace_back("id", text.id);
    fields.emplace_back("time", posting.time);
    fields.emplace_back("smsc", "jejak-sim");
    fields.emplace_back("coding", "0");
    fields.emplace_back("charset", "UTF-8");
    fields.emplace_back("key", posting.channel.key);
    const bool has_query = posting.target.find('?') != std::string::npos;
    return {.method = "GET",
            .target = posting.target + (has_query ? "&" : "?") + form_of(fields),
            .headers = {},
            .body = {}};
}

/// As Twilio spells a message's id: SM and 32 hexadecimal digits, which stand for the id that was asked for.
std::string twilio_sid(std::string_view id) {
    return "SM" + dialect::to_hex(dialect::digest(Hash::sha256, id)).substr(0, 32);
}

HttpCall twilio_call(const Posting& posting) {
    const auto& text = posting.text;
    const auto sid = twilio_sid(posting.id);
    const std::map<std::string, std::string> fields{{"AccountSid", "AC" + std::string(32, '0')},
                                                    {"Body", text.text},
                                                    {"From", text.from},
                                                    {"MessageSid", sid},
                                                    {"NumMedia", "0"},
                                                    {"NumSegments", "1"},
                                                    {"SmsSid", sid},
                                                    {"SmsStatus", "received"},
                                                    {"To", text.to},
                                                    {"ApiVersion", "2010-04-01"}};
    std::string covered = posting.channel.url;
    for (const auto& [name, value] : fields) covered += name + value;
    const auto signature = dialect::to_base64(dialect::hmac(Hash::sha1, posting.channel.key, covered));
    return posting.post(form_type, form_of({fields.begin(), fields.end()}), {{"X-Twilio-Signature", signature}});
}

HttpCall vonage_call(const Posting& posting) {
    const auto& text = posting.text;
    std::string when = posting.time.substr(0, 19);
    std::replace(when.begin(), when.end(), 'T', ' ');
    std::map<std::string, std::string> fields{{"message-timestamp", when},
                                              {"messageId", posting.id},
                                              {"msisdn", std::string(digits_of(text.from))},
                                              {"nonce", posting.id.substr(0, 8)},
                                              {"text", text.text},
                                              {"timestamp", std::to_string(posting.clock)},
                                              {"to", std::string(digits_of(text.to))},
                                              {"type", "unicode"}};
    std::string covered;
    for (auto [name, value] : fields) {
        for (auto& c : value) c = c == '&' || c == '=' ? '_' : c;
        covered += "&" + name + "=" + value;
    }
    fields["sig"] = dialect::to_hex(dialect::hmac(Hash::sha256, posting.channel.key, covered));
    return posting.post(form_type, form_of({fields.begin(), fields.end()}));
}

HttpCall infobip_call(const Posting& posting) {
    const auto& text = posting.text;
    const json::object result{{"messageId", posting.id},
                              {"from", digits_of(text.from)},
                              {"to", digits_of(text.to)},
                              {"text", text.text},
                              {"cleanText", text.text},
                              {"receivedAt", posting.time},
                              {"smsCount", 1}};
    const json::object body{{"results", json::array{result}}, {"messageCount", 1}, {"pendingMessageCount", 0}};
    const auto& key = posting.channel.key;
    const auto basic = key.find(':') == std::string::npos ? "jejak:" + key : key;
    return posting.post(json_type, json::serialize(body), {{"Authorization", "Basic " + dialect::to_base64(basic)}});
}

HttpCall africastalking_call(const Posting& posting) {
    const auto& text = posting.text;
    auto call = posting.post(
        form_type,
        form_of(
            {{"from", text.from}, {"to", text.to}, {"text", text.text}, {"id", posting.id}, {"date", posting.time}}));
    const bool has_query = call.target.find('?') != std::string::npos;
    call.target += (has_query ? "&" : "?") + form_of({{"key", posting.channel.key}});
    return call;
}

HttpCall android_call(const Posting& posting) {
    const auto& text = posting.text;
    const json::object payload{{"messageId", posting.id},   {"message", text.text}, {"sender", text.from},
                               {"phoneNumber", text.from},  {"recipient", text.to}, {"simNumber", 1},
                               {"receivedAt", posting.time}};
    const json::object event{{"deviceId", "sim"},
                             {"event", "sms:received"},
                             {"id", "evt-" + posting.id},
                             {"webhookId", "sim"},
                             {"payload", payload}};
    const auto body = json::serialize(event);
    const auto timestamp = std::to_string(posting.clock);
    const auto signature = dialect::to_hex(dialect::hmac(Hash::sha256, posting.channel.key, body + timestamp));
    return posting.post(json_type, body, {{"X-Timestamp", timestamp}, {"X-Signature", signature}});
}

std::string base64url(std::string_view octets) {
    auto text = dialect::to_base64(octets);
    for (auto& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text.substr(0, text.find('='));
}

HttpCall httpsms_call(const Posting& posting) {
    const auto& text = posting.text;
    const json::object data{{"message_id", posting.id}, {"user_id", "sim"},   {"owner", text.to},
                            {"contact", text.from},     {"encrypted", false}, {"timestamp", posting.time},
                            {"content", text.text},     {"sim", "SIM1"}};
    const json::object event{{"specversion", "1.0"},
                             {"id", "evt-" + posting.id},
                             {"type", "message.phone.received"},
                             {"source", "/v1/messages/receive"},
                             {"time", posting.time},
                             {"data", data}};
    const json::object claims{{"aud", json::array{posting.channel.url}},
                              {"iss", "api.httpsms.com"},
                              {"sub", "sim"},
                              {"exp", posting.clock + 600},
                              {"nbf", posting.clock - 600}};
    const auto covered = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(json::serialize(claims));
    const auto token = covered + "." + base64url(dialect::hmac(Hash::sha256, posting.channel.key, covered));
    return posting.post(json_type, json::serialize(event),
                        {{"Authorization", "Bearer " + token}, {"X-Event-Type", "message.phone.received"}});
}

/// Text of an XML element whose characters are numeric references where they must be.
std::string unescaped(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = text.find(';');
        std::uint32_t point = 0;
        if (text.starts_with("&#") && end != std::string_view::npos &&
            std::from_chars(text.data() + 2, text.data() + end, point).ptr == text.data() + end) {
            sms::utf8::append(out, static_cast<char32_t>(point));
            text.remove_prefix(end + 1);
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

}  // namespace

std::string form_of(const Pairs& fields) {
    std::string body;
    for (const auto& [name, value] : fields) {
        if (!body.empty()) body += '&';
        body += name + '=' + boost::urls::encode(value, boost::urls::unreserved_chars);
    }
    return body;
}

std::optional<HttpDialect> parse_dialect(std::string_view name) {
    for (const auto& [known, dialect] : names) {
        if (known == name) return dialect;
    }
    return std::nullopt;
}

std::vector<std::string> dialect_names() {
    std::vector<std::string> all;
    for (const auto& [name, dialect] : names) all.emplace_back(name);
    return all;
}

HttpCall call_of(const HttpChannel& channel, const AggregatorText& text, std::string_view time) {
    const auto parsed = boost::urls::parse_absolute_uri(channel.url);
    if (!parsed) throw std::invalid_argument("not an absolute URL: " + channel.url);
    const auto target = parsed->encoded_target();
    const auto moment = from_rfc3339(time).value_or(wall_now());
    Posting posting{channel, text, std::string(target.data(), target.size()), std::string(time), to_ms(moment) / 1'000,
                    text.id};
    if (posting.id.empty()) {
        const auto all = text.from + '\0' + text.to + '\0' + text.text + '\0' + posting.time;
        posting.id = dialect::to_hex(dialect::digest(Hash::sha256, all)).substr(0, 32);
    }
    switch (channel.dialect) {
        case HttpDialect::json:
            return json_call(posting);
        case HttpDialect::kannel:
            return kannel_call(posting);
        case HttpDialect::twilio:
            return twilio_call(posting);
        case HttpDialect::vonage:
            return vonage_call(posting);
        case HttpDialect::infobip:
            return infobip_call(posting);
        case HttpDialect::africastalking:
            return africastalking_call(posting);
        case HttpDialect::android:
            return android_call(posting);
        case HttpDialect::httpsms:
            return httpsms_call(posting);
    }
    throw std::invalid_argument("no dialect");
}

std::string reply_in(HttpDialect dialect, std::string_view body) {
    if (dialect == HttpDialect::kannel) return std::string(body);
    if (dialect == HttpDialect::twilio) {
        constexpr std::string_view open = "<Message>", close = "</Message>";
        const auto begin = body.find(open);
        const auto end = body.find(close);
        if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
        return unescaped(body.substr(begin + open.size(), end - begin - open.size()));
    }
    if (dialect != HttpDialect::json) return {};
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return {};
    const auto* reply = value.get_object().if_contains("reply");
    return reply && reply->is_string() ? std::string(reply->get_string()) : std::string();
}

}  // namespace jejak::sim
