#include "simulators/taskforce.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace jejak::sim {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds hang_check(100);
/// A request that hangs is let go after this long: by then every sender has given up.
constexpr std::chrono::minutes hang_limit(5);
constexpr unsigned default_failure = 500;

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

net::Answer answer_json(std::string body, unsigned status = 200) {
    net::Answer answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.body = std::move(body) + "\n";
    return answer;
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
      keys_(parse_keys(options_.secrets)),
      server_(executor, {.listen = options_.listen, .tls_certificate = {}, .tls_key = {}},
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
    if (path == "/mode") co_return set_mode(http.body);
    co_return co_await take_event(http);
}

net::Answer Taskforce::set_mode(const std::string& body) {
    const auto value = lenient(body);
    if (!value.is_object()) return net::problem(400, "Bad request", "not a JSON object");
    const auto& mode = value.get_object();
    constexpr std::int64_t status_min = 200, status_max = 599;
    if (const auto* status = mode.if_contains("status")) {
        if (!status->is_int64() || status->get_int64() < status_min || status->get_int64() > status_max) {
            return net::problem(400, "Bad request", "status: a number from 200 to 599");
        }
        const auto number = static_cast<unsigned>(status->get_int64());
        options_.fail_status = number < 300 ? 0 : number;
    }
    if (const auto* hang = mode.if_contains("hang")) {
        if (!hang->is_bool()) return net::problem(400, "Bad request", "hang: true or false");
        options_.hang = hang->get_bool();
    }
    if (const auto* first = mode.if_contains("fail_first")) {
        if (!first->is_int64() || first->get_int64() < 0)
            return net::problem(400, "Bad request", "fail_first: a count");
        options_.fail_first = static_cast<std::uint64_t>(first->get_int64());
    }
    const json::object now{{"status", options_.fail_status ? options_.fail_status : 200u},
                           {"hang", options_.hang},
                           {"fail_first", options_.fail_first}};
    return answer_json(json::serialize(now));
}

bool Taskforce::verified(const net::HttpRequest& http, std::string_view id) const {
    const auto timestamp = http.header("webhook-timestamp").value_or("");
    const auto signatures = http.header("webhook-signature").value_or("");
    const auto now = std::chrono::floor<std::chrono::seconds>(wall_now());
    bool good = false;
    for (const auto& key : keys_) good = key.verify(id, timestamp, signatures, http.body, now) || good;
    return good && !id.empty();
}

unsigned Taskforce::status_by_mode() {
    if (options_.fail_first == 0) return options_.fail_status ? options_.fail_status : 200u;
    const auto status = options_.fail_status ? options_.fail_status : default_failure;
    if (--options_.fail_first == 0) options_.fail_status = 0;
    return status;
}

net::awaitable<net::Answer> Taskforce::take_event(const net::HttpRequest& http) {
    ++counts_.requests;
    const auto arrived = std::chrono::steady_clock::now();
    net::asio::steady_timer timer(executor_);
    while (options_.hang && std::chrono::steady_clock::now() < arrived + hang_limit &&
           !co_await net::stop_requested()) {
        timer.expires_after(hang_check);
        co_await timer.async_wait(net::use_tuple);
    }

    Event event;
    event.number = ++numbers_;
    event.id = std::string(http.header("webhook-id").value_or(""));
    event.verified = verified(http, event.id);
    event.at = wall_now();
    const auto body = lenient(http.body);
    event.type = type_of(body);
    if (event.verified) {
        if (seen_.size() < options_.ids_max || seen_.contains(event.id)) event.seen = ++seen_[event.id];
        event.status = status_by_mode();
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
    if (status != 200) co_return net::problem(status, "Refused", "as the mode says");
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
