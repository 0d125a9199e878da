#include "simulators/provider.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "protocol/dialect/form.hpp"
#include "simulators/answer.hpp"

namespace jejak::sim {

namespace json = boost::json;

namespace {

/// A provider's send call: where it stands, what it calls the fields (JSON pointers, or names in a form), its answer.
struct Api {
    std::string_view name, path_end, from, to, text;
    unsigned status;
    std::string_view answer;  ///< with ID in place of the message's id and NUMBER in place of the recipient
};

constexpr std::array apis{
    Api{"twilio", "/Messages.json", "From", "To", "Body", 201, R"({"sid":"ID","status":"queued","to":"NUMBER"})"},
    Api{"vonage", "/sms/json", "from", "to", "text", 200,
        R"({"message-count":"1","messages":[{"to":"NUMBER","message-id":"ID","status":"0"}]})"},
    Api{"infobip", "/sms/2/text/advanced", "/messages/0/from", "/messages/0/destinations/0/to", "/messages/0/text", 200,
        R"({"messages":[{"to":"NUMBER","messageId":"ID","status":{"groupId":1,"groupName":"PENDING","id":26}}]})"},
    Api{"africastalking", "/version1/messaging", "from", "to", "message", 201,
        R"({"SMSMessageData":{"Message":"Sent to 1/1","Recipients":[{"statusCode":101,"number":"NUMBER",)"
        R"("status":"Success","messageId":"ID"}]}})"},
    Api{"android", "/3rdparty/v1/messages", "", "/phoneNumbers/0", "/textMessage/text", 202,
        R"({"id":"ID","state":"Pending","recipients":[{"phoneNumber":"NUMBER","state":"Pending"}]})"},
    Api{"android", "/message", "", "/phoneNumbers/0", "/textMessage/text", 202,
        R"({"id":"ID","state":"Pending","recipients":[{"phoneNumber":"NUMBER","state":"Pending"}]})"},
    Api{"httpsms", "/v1/messages/send", "/from", "/to", "/content", 200,
        R"({"data":{"id":"ID","contact":"NUMBER"},"message":"message added to queue","status":"success"})"},
};
constexpr Api other{"other", "", "from", "to", "text", 200, R"({"id":"ID","status":"queued"})"};

const Api& api_at(std::string_view path) {
    for (const auto& api : apis) {
        if (path.ends_with(api.path_end)) return api;
    }
    return other;
}

/// The fields of a call, whatever it is written in.
class CallFields {
public:
    explicit CallFields(const net::HttpRequest& http) : form_(http.query) {
        boost::system::error_code error;
        body_ = json::parse(http.body, error);
        if (error) {
            body_ = nullptr;
            const auto posted = dialect::parse_form(http.body);
            form_.insert(form_.end(), posted.begin(), posted.end());
        }
    }
    std::string value(std::string_view name) const {
        for (const auto& [key, value] : form_) {
            if (key == name) return value;
        }
        boost::system::error_code error;
        const std::string pointer = name.starts_with('/') ? std::string(name) : "/" + std::string(name);
        const auto* const found = name.empty() ? nullptr : body_.find_pointer(pointer, error);
        return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
    }

private:
    std::vector<std::pair<std::string, std::string>> form_;
    json::value body_;
};

std::string filled(std::string_view answer, std::string_view id, std::string_view number) {
    std::string out(answer);
    for (const auto& [mark, value] :
         {std::pair{std::string_view("NUMBER"), number}, std::pair{std::string_view("\"ID\""), id}}) {
        const auto at = out.find(mark);
        const bool quoted = mark.front() == '"';
        const auto text = json::serialize(json::string(value));
        if (at != std::string::npos) out.replace(at, mark.size(), quoted ? text : text.substr(1, text.size() - 2));
    }
    return out;
}

}  // namespace

Provider::Provider(const net::asio::any_io_executor& executor, ProviderOptions options)
    : executor_(executor),
      options_(std::move(options)),
      server_(executor, {.listen = options_.listen, .tls = {}},
              [this](net::Incoming request) { return handle(std::move(request)); }) {}

net::awaitable<void> Provider::run() {
    return server_.run();
}

net::awaitable<net::Answer> Provider::handle(net::Incoming request) {
    const auto& http = request.http;
    const auto path = http.target.substr(0, http.target.find('?'));
    if (http.method == "GET" && path == "/sent") {
        std::uint64_t after = 0;
        if (const auto text = http.query_value("after"))
            std::from_chars(text->data(), text->data() + text->size(), after);
        co_return answer_json(sent_json(after));
    }
    if (http.method == "POST" && path == "/mode") co_return mode_.set(http.body);
    co_return co_await take(http);
}

net::awaitable<net::Answer> Provider::take(const net::HttpRequest& http) {
    ++requests_;
    co_await mode_.hold(executor_);
    const auto failure = mode_.next();
    if (failure != 0) {
        ++refused_;
        auto answer = net::problem(failure, "Refused", "as the mode says");
        if (mode_.retry_after > 0) answer.headers.emplace_back("Retry-After", std::to_string(mode_.retry_after));
        co_return answer;
    }
    const auto& api = api_at(std::string_view(http.target).substr(0, http.target.find('?')));
    const CallFields fields(http);
    Text text;
    text.provider = api.name;
    text.from = fields.value(api.from);
    text.to = fields.value(api.to);
    text.text = fields.value(api.text);
    if (text.to.empty() || text.text.empty()) {
        ++refused_;
        co_return net::problem(400, "Bad request", "no recipient or no text in this call");
    }
    text.number = ++taken_;
    text.id = "sim-" + std::to_string(text.number);
    text.at = wall_now();
    const auto body = filled(api.answer, text.id, text.to);
    if (options_.print) {
        const json::object line{
            {"provider", text.provider}, {"from", text.from}, {"to", text.to}, {"text", text.text}, {"id", text.id}};
        options_.print(json::serialize(line));
    }
    if (options_.keep > 0) {
        if (texts_.size() == options_.keep) texts_.pop_front();
        texts_.push_back(std::move(text));
    }
    co_return answer_json(body, api.status);
}

std::string Provider::sent_json(std::uint64_t after) const {
    json::array list;
    for (const auto& text : texts_) {
        if (text.number <= after) continue;
        list.push_back({{"number", text.number},
                        {"provider", text.provider},
                        {"from", text.from},
                        {"to", text.to},
                        {"text", text.text},
                        {"id", text.id},
                        {"at", to_rfc3339(text.at)}});
    }
    const json::object all{
        {"requests", requests_}, {"taken", taken_}, {"refused", refused_}, {"texts", std::move(list)}};
    return json::serialize(all);
}

}  // namespace jejak::sim
