#include "simulators/taskforce.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "simulators/answer.hpp"

namespace jejak::sim {

namespace json = boost::json;

namespace {

std::vector<feed::WebhookKey> parse_keys(const std::vector<std::string>& secrets) {
    std::vector<feed::WebhookKey> keys;
    for (const auto& secret : secrets) {
        auto key = feed::WebhookKey::parse(secret);
        if (!key) throw std::runtime_error("not a webhook secret (whsec_… with base64 of 24 to 64 octets, or whpk_…)");
        keys.push_back(std::move(*key));
    }
    if (keys.empty()) throw std::runtime_error("a task force needs at least one --secret to verify what it receives");
    return keys;
}

/// The body as JSON, or as a string when it is none.
json::value lenient(const std::string& body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    return error ? json::value(body) : value;
}

std::string type_of(const json::value& body) {
    if (!body.is_object()) return {};
    const auto* type = body.get_object().if_contains("type");
    return type && type->is_string() ? std::string(type->get_string()) : std::string();
}

json::value data_of(const json::value& body) {
    if (!body.is_object()) return body;
    const auto* data = body.get_object().if_contains("data");
    return data ? *data : json::value();
}

}  // namespace

Taskforce::Taskforce(const net::asio::any_io_executor& executor, TaskforceOptions options)
    : executor_(executor),
      options_(std::move(options)),
      mode_{.status = options_.fail_status == 0 ? 200 : options_.fail_status,
            .default_status = 500,
            .fail_first = options_.fail_first,
            .hang = options_.hang},
      keys_(parse_keys(options_.secrets)),
      server_(executor, {.listen = options_.listen, .tls = {}},
              [this](net::Incoming request) { return handle(std::move(request)); }) {}

net::awaitable<void> Taskforce::run() {
    return server_.run();
}

net::awaitable<net::Answer> Taskforce::handle(net::Incoming request) {
    const auto& http = request.http;
    const auto path = http.target.substr(0, http.target.find('?'));
    if (http.method == "GET" && path == "/received") {
        std::uint64_t after = 0;
        if (const auto text = http.query_value("after"))
            std::from_chars(text->data(), text->data() + text->size(), after);
        co_return answer_json(received_json(after));
    }
    if (http.method != "POST")
        co_return net::problem(405, "Method not allowed", "POST events; GET /received; POST /mode");
    if (path == "/mode") co_return mode_.set(http.body);
    co_return co_await take_event(http);
}

bool Taskforce::verified(const net::HttpRequest& http, std::string_view id) const {
    const auto timestamp = http.header("webhook-timestamp").value_or("");
    const auto signatures = http.header("webhook-signature").value_or("");
    const auto now = std::chrono::floor<std::chrono::seconds>(wall_now());
    bool good = false;
    for (const auto& key : keys_) good = key.verify(id, timestamp, signatures, http.body, now) || good;
    return good && !id.empty();
}

net::awaitable<net::Answer> Taskforce::take_event(const net::HttpRequest& http) {
    ++counts_.requests;
    co_await mode_.hold(executor_);

    Event event;
    event.number = ++numbers_;
    event.id = std::string(http.header("webhook-id").value_or(""));
    event.verified = verified(http, event.id);
    event.at = wall_now();
    const auto body = lenient(http.body);
    event.type = type_of(body);
    if (event.verified) {
        if (seen_.size() < options_.ids_max || seen_.contains(event.id)) event.seen = ++seen_[event.id];
        const auto refusal = mode_.next();
        event.status = refusal == 0 ? 200 : refusal;
        if (event.status != 200) {
            ++counts_.refused;
        } else if (accepted_.size() < options_.ids_max || accepted_.contains(event.id)) {
            ++(++accepted_[event.id] == 1 ? counts_.accepted : counts_.duplicates);
        }
    } else {
        event.status = 401;
        ++counts_.unverified;
    }
    if (options_.print) {
        const json::object line{{"id", event.id},         {"type", event.type}, {"verified", event.verified},
                                {"status", event.status}, {"seen", event.seen}, {"data", data_of(body)}};
        options_.print(json::serialize(line));
    }
    const auto status = event.status;
    if (options_.keep > 0) {
        event.body = http.body;
        if (events_.size() == options_.keep) events_.pop_front();
        events_.push_back(std::move(event));
    }
    if (status == 401) co_return net::problem(401, "Unauthorized", "the signature fits none of the secrets");
    if (status != 200) {
        auto answer = net::problem(status, "Refused", "as the mode says");
        if (mode_.retry_after > 0) answer.headers.emplace_back("Retry-After", std::to_string(mode_.retry_after));
        co_return answer;
    }
    co_return answer_json(R"({"taken":true})");
}

std::string Taskforce::received_json(std::uint64_t after) const {
    json::array list;
    for (const auto& event : events_) {
        if (event.number <= after) continue;
        const auto body = lenient(event.body);
        list.push_back({{"number", event.number},
                        {"id", event.id},
                        {"type", event.type},
                        {"verified", event.verified},
                        {"status", event.status},
                        {"seen", event.seen},
                        {"at", to_rfc3339(event.at)},
                        {"data", data_of(body)}});
    }
    const json::object all{{"requests", counts_.requests},     {"accepted", counts_.accepted},
                           {"duplicates", counts_.duplicates}, {"refused", counts_.refused},
                           {"unverified", counts_.unverified}, {"events", std::move(list)}};
    return json::serialize(all);
}

}  // namespace jejak::sim
