#include <array>

#include "gateway/channel/send_call.hpp"

/// The send calls of providers whose dialects are built in: data, no code. Whoever is not here is declared in the
/// configuration with the same keys. {account} and {secret} are what the provider calls by the names in the comments.
namespace jejak::channel {
namespace {

struct Preset {
    std::string_view name;
    std::string_view url;
    std::array<std::pair<std::string_view, std::string_view>, 3> headers;
    std::string_view body;
    std::string_view basic;
    std::string_view pointer;
    std::array<std::string_view, 3> equals;
    std::array<std::string_view, 1> later;
    std::string_view id_pointer;
    std::chrono::seconds validity_least{1};
};

constexpr std::string_view form = "application/x-www-form-urlencoded";
constexpr std::string_view json_type = "application/json";

constexpr std::array presets{
    // Account SID, auth token. 201 with the message's sid.
    Preset{"twilio",
           "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json",
           {{{"Content-Type", form}}},
           "To={to}&From={from}&Body={text}&ValidityPeriod={validity_seconds}",
           "{account}:{secret}",
           "",
           {},
           {},
           "/sid"},
    // API key, API secret. 200 whatever happened; a status for each part: 0 taken, 1 too many requests. A ttl of less
    // than 20 s is an error.
    Preset{"vonage",
           "https://rest.nexmo.com/sms/json",
           {{{"Content-Type", form}}},
           "api_key={account}&api_secret={secret}&to={to_digits}&from={from_digits}&text={text}&type={encoding}"
           "&ttl={validity_milliseconds}",
           "",
           "/messages/0/status",
           {"0"},
           {"1"},
           "/messages/0/message-id",
           std::chrono::seconds(20)},
    // First label of the account's own base URL, API key. Group 1 is pending, 3 delivered, 0 accepted.
    Preset{"infobip",
           "https://{account}.api.infobip.com/sms/2/text/advanced",
           {{{"Content-Type", json_type}, {"Accept", json_type}, {"Authorization", "App {secret}"}}},
           R"({"messages":[{"from":"{from_digits}","destinations":[{"to":"{to_digits}","messageId":"{id}"}],)"
           R"("text":"{text}","validityPeriod":{validity_minutes}}]})",
           "",
           "/messages/0/status/groupId",
           {"1", "3", "0"},
           {},
           "/messages/0/messageId"},
    // User name, API key. A status for each recipient: 100 processed, 101 sent, 102 queued.
    Preset{"africastalking",
           "https://api.africastalking.com/version1/messaging",
           {{{"Content-Type", form}, {"Accept", json_type}, {"apiKey", "{secret}"}}},
           "username={account}&to={to}&from={from}&message={text}",
           "",
           "/SMSMessageData/Recipients/0/statusCode",
           {"101", "100", "102"},
           {},
           "/SMSMessageData/Recipients/0/messageId"},
    // User name and password that the app shows. The public server; a phone on one's own network is url =
    // "http://PHONE:8080/message" with allow_private_address.
    Preset{"android",
           "https://api.sms-gate.app/3rdparty/v1/messages",
           {{{"Content-Type", json_type}}},
           R"({"id":"{id}","textMessage":{"text":"{text}"},"phoneNumbers":["{to}"],"ttl":{validity_seconds}})",
           "{account}:{secret}",
           "",
           {},
           {},
           "/id"},
    // API key alone.
    Preset{"httpsms",
           "https://api.httpsms.com/v1/messages/send",
           {{{"Content-Type", json_type}, {"x-api-key", "{secret}"}}},
           R"({"content":"{text}","from":"{from}","to":"{to}","request_id":"{id}"})",
           "",
           "",
           {},
           {},
           "/data/id"},
};

}  // namespace

std::optional<SendOptions> send_preset(std::string_view name) {
    for (const auto& preset : presets) {
        if (preset.name != name) continue;
        SendOptions options;
        options.url = preset.url;
        for (const auto& [header, value] : preset.headers) {
            if (!header.empty()) options.headers.emplace_back(header, value);
        }
        options.body = preset.body;
        options.basic = preset.basic;
        options.pointer = preset.pointer;
        for (const auto value : preset.equals) {
            if (!value.empty()) options.equals.emplace_back(value);
        }
        for (const auto value : preset.later) {
            if (!value.empty()) options.later.emplace_back(value);
        }
        options.id_pointer = preset.id_pointer;
        options.validity_least = preset.validity_least;
        return options;
    }
    return std::nullopt;
}

std::string send_preset_names() {
    std::string all;
    for (const auto& preset : presets) all += (all.empty() ? "\"" : ", \"") + std::string(preset.name) + '"';
    return all;
}

}  // namespace jejak::channel
