#include "simulators/village.hpp"

#include <boost/json.hpp>
#include <boost/url.hpp>
#include <stdexcept>

namespace jejak::sim {

namespace json = boost::json;
using net::Sent;

namespace {

constexpr std::chrono::milliseconds poll_period(50);
constexpr std::chrono::milliseconds call_limit(35'000);  // longer than the SMSC waits for an acknowledgement
constexpr std::size_t village_answer_max = std::size_t{16} * 1024 * 1024;

constexpr std::string_view plain = "\x1b[0m", bold = "\x1b[1m", blue = "\x1b[34m", green = "\x1b[32m", red = "\x1b[31m",
                           yellow = "\x1b[33m", grey = "\x1b[90m";

std::unique_ptr<net::HttpClient> client_to(const net::asio::any_io_executor& executor, const std::string& url) {
    if (url.empty()) return nullptr;
    return std::make_unique<net::HttpClient>(
        executor, url,
        net::HttpClientOptions{
            .total_limit = call_limit, .answer_max = village_answer_max, .allow_private_address = true});
}

bool answered(const Sent& sent, unsigned status = 200) {
    return sent.how == Sent::How::answered && sent.status == status;
}

std::string spell(const Sent& sent) {
    if (sent.how != Sent::How::answered) return "no answer (" + sent.reason + ")";
    return std::to_string(sent.status) + " " + sent.body.substr(0, sent.body.find('\n'));
}

json::value parse(const std::string& body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    return error ? json::value() : value;
}

/// The value at a dotted path such as `alerts.0.kind`; null when there is none.
const json::value* at_path(const json::value& root, std::string_view path) {
    const json::value* value = &root;
    while (value && !path.empty()) {
        const auto name = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(path.size(), name.size() + 1));
        if (value->is_object()) {
            value = value->get_object().if_contains(name);
        } else if (value->is_array() && name.find_first_not_of("0123456789") == std::string_view::npos) {
            value = value->get_array().if_contains(
                static_cast<std::size_t>(std::strtoul(std::string(name).c_str(), nullptr, 10)));
        } else {
            value = nullptr;
        }
    }
    return value;
}

std::string spell(const json::value* value) {
    if (!value) return "nothing";
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

std::string spell(const Wanted& wanted) {
    if (const auto* text = std::get_if<std::string>(&wanted)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(&wanted)) return std::to_string(*number);
    return std::get<bool>(wanted) ? "true" : "false";
}

bool is(const json::value& value, const Wanted& wanted, Kept& kept) {
    if (const auto* text = std::get_if<std::string>(&wanted)) {
        return value.is_string() && matches(*text, std::string_view(value.get_string()), true, kept);
    }
    if (const auto* number = std::get_if<std::int64_t>(&wanted)) {
        boost::system::error_code error;
        return value.is_number() && value.to_number<std::int64_t>(error) == *number && !error;
    }
    return value.is_bool() && value.get_bool() == std::get<bool>(wanted);
}

/// The first field that is not as wanted, spelt for people; empty when all are.
std::optional<std::string> difference(const json::value& value, const Fields& with, Kept& kept) {
    for (const auto& [path, wanted] : with) {
        const auto* found = at_path(value, path);
        if (!found || !is(*found, wanted, kept)) {
            return path + " is " + spell(found) + ", not " + spell(wanted);
        }
    }
    return std::nullopt;
}

std::optional<std::string> keep_fields(const json::value& value, const Keeps& keep, Kept& kept) {
    for (const auto& [name, path] : keep) {
        const auto* found = at_path(value, path);
        if (!found) return "there is no " + path + " to keep";
        kept[name] = spell(found);
    }
    return std::nullopt;
}

std::uint64_t number_of(const json::value& item) {
    const auto* number = at_path(item, "number");
    boost::system::error_code error;
    return number ? number->to_number<std::uint64_t>(error) : 0;
}

/// The items of the array `name`, none when it is missing.
json::array items(const std::string& body, std::string_view name) {
    const auto value = parse(body);
    const auto* list = at_path(value, name);
    return list && list->is_array() ? list->get_array() : json::array();
}

std::string percent(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers json_headers(const std::string& token = {}) {
    Headers headers{{"Content-Type", "application/json"}};
    if (!token.empty()) headers.emplace_back("Authorization", "Bearer " + token);
    return headers;
}

std::string mo_json(const std::string& from, const std::string& to, const std::string& text) {
    return json::serialize(json::object{{"from", from}, {"to", to}, {"text", text}});
}

net::awaitable<Sent> get(net::HttpClient& client, std::string target) {
    Headers none;
    return client.request("GET", std::move(target), std::move(none), std::string());
}

/// The date in seven days, as forms spell it.
std::string next_week() {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(wall_now()) + std::chrono::days(7));
    char text[32];
    std::snprintf(text, sizeof text, "%02u-%02u-%04d", static_cast<unsigned>(date.day()),
                  static_cast<unsigned>(date.month()), static_cast<int>(date.year()));
    return text;
}

/// An alert in a few words.
std::string summary(const json::value& data) {
    std::string text;
    for (const auto* path : {"kind", "category", "place.name", "certainty", "reporters", "people", "status", "state"}) {
        const auto* value = at_path(data, path);
        if (!value || value->is_null() || (value->is_string() && value->get_string().empty())) continue;
        text += (text.empty() ? "" : ", ") + std::string(path) + " " + spell(value);
    }
    return text;
}

}  // namespace

Village::Village(const net::asio::any_io_executor& executor, Story story, VillageOptions options)
    : executor_(executor),
      story_(std::move(story)),
      options_(std::move(options)),
      smsc_(client_to(executor, options_.smsc)),
      gateway_(client_to(executor, options_.gateway)),
      taskforce_(client_to(executor, options_.taskforce)),
      provider_(client_to(executor, options_.provider)),
      kept_{{"next_week", next_week()}} {
    for (const auto& [id, person] : story_.persons) {
        if (!person.http && !smsc_) throw std::invalid_argument(id + " texts by SMPP: --smsc is needed");
        if (person.http && !gateway_) throw std::invalid_argument(id + " texts by HTTP: --gateway is needed");
        if (person.http && !options_.keys.contains(person.via)) {
            throw std::invalid_argument(id + " texts through " + person.via + ": --key " + person.via + "=… is needed");
        }
    }
    for (const auto& step : story_.steps) {
        if (std::holds_alternative<EventStep>(step.what) && !taskforce_) {
            throw std::invalid_argument("the story expects events: --taskforce is needed");
        }
        if (std::holds_alternative<RequestStep>(step.what) && !gateway_) {
            throw std::invalid_argument("the story asks the gateway: --gateway is needed");
        }
    }
}

void Village::tell(std::string_view colour, std::string_view who, std::string_view what) const {
    if (!options_.print) return;
    constexpr std::size_t column = 34;
    std::string line;
    if (options_.colours) line += colour;
    line += who;
    // Counts characters, not octets: continuation octets of UTF-8 take no column.
    std::size_t width = 0;
    for (const char c : who) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1u : 0u;
    line.append(width < column ? column - width : 1, ' ');
    if (options_.colours) line += plain;
    line += what;
    options_.print(line);
}

net::awaitable<void> Village::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    tell(bold, story_.title, "");
    co_await mark_beginning();
    std::size_t number = 0;
    for (const auto& step : story_.steps) {
        ++number;
        if (co_await net::stop_requested()) co_return;
        if (!step.note.empty()) tell(grey, "# " + step.note, "");
        if (const auto fault = co_await play(step)) {
            tell(red, "step " + std::to_string(number) + " failed",
                 *fault + " (line " + std::to_string(step.line) + ")");
            co_return;
        }
    }
    tell(green, "the story came true", std::to_string(number) + " steps");
    ended_well_ = true;
}

net::awaitable<void> Village::mark_beginning() {
    if (smsc_) {
        const auto sent = co_await get(*smsc_, "/mt");
        for (const auto& item : items(sent.body, "messages")) replies_seen_ = std::max(replies_seen_, number_of(item));
    }
    if (provider_) {
        const auto sent = co_await get(*provider_, "/sent");
        for (const auto& item : items(sent.body, "texts")) calls_seen_ = std::max(calls_seen_, number_of(item));
    }
    if (taskforce_) {
        const auto sent = co_await get(*taskforce_, "/received");
        for (const auto& item : items(sent.body, "events")) events_before_ = std::max(events_before_, number_of(item));
    }
}

net::awaitable<Village::Fault> Village::play(const Step& step) {
    if (const auto* text = std::get_if<TextStep>(&step.what)) co_return co_await play_text(step, *text);
    if (const auto* act = std::get_if<UssdStep>(&step.what)) co_return co_await play_ussd(*act);
    if (const auto* event = std::get_if<EventStep>(&step.what)) co_return co_await play_event(step, *event);
    if (const auto* request = std::get_if<RequestStep>(&step.what)) co_return co_await play_request(step, *request);
    net::asio::steady_timer timer(executor_, step.within);
    co_await timer.async_wait(net::use_tuple);
    co_return std::nullopt;
}

net::awaitable<Village::Fault> Village::play_text(const Step& step, const TextStep& text) {
    const auto& person = story_.persons.at(text.from);
    const auto says = fill_in(text.text, kept_);
    if (!says) co_return "the text needs something no earlier step kept: " + text.text;
    const auto wire = person.http ? "HTTP " + person.via : std::string("SMPP");
    tell(blue, person.name + " (" + person.number + ", " + wire + ")", *says);
    if (person.http) co_return co_await play_http(step, text, person, *says);
    co_return co_await play_smpp(step, text, person, *says);
}

Village::Fault Village::judge_reply(const TextStep& text, const Person& person, const std::string& reply) {
    if (!reply.empty()) tell(green, "  -> " + person.name, reply);
    using Reply = TextStep::Reply;
    if (text.reply == Reply::none && !reply.empty()) return "a reply came where none may come";
    if (text.reply == Reply::whole && !matches(text.pattern, reply, true, kept_)) {
        return "the reply is not: " + text.pattern;
    }
    if (text.reply == Reply::part && !matches(text.pattern, reply, false, kept_)) {
        return "the reply does not contain: " + text.pattern;
    }
    return std::nullopt;
}

HttpCall Village::http_call(const Person& person, const std::string& says) const {
    const HttpChannel channel{
        .dialect = *person.http, .url = options_.gateway + "/v1/in/" + person.via, .key = options_.keys.at(person.via)};
    const AggregatorText text{.from = person.number, .to = story_.service, .text = says, .id = {}};
    return call_of(channel, text, to_rfc3339(wall_now()));
}

net::awaitable<Village::Fault> Village::play_http(const Step& step, const TextStep& text, const Person& person,
                                                  const std::string& says) {
    const auto call = http_call(person, says);
    const auto sent = co_await gateway_->request(call.method, call.target, call.headers, call.body);
    if (!answered(sent)) co_return "the gateway answered " + spell(sent);
    const auto reply = reply_in(*person.http, sent.body);
    if (reply.empty() && provider_) co_return co_await hear_provider(step, text, person);
    co_return judge_reply(text, person, reply);
}

/// The reply that leaves through the provider's send call.
net::awaitable<Village::Fault> Village::hear_provider(const Step& step, const TextStep& text, const Person& person) {
    if (text.reply == TextStep::Reply::whatever) co_return std::nullopt;
    const auto until = std::chrono::steady_clock::now() + step.within;
    net::asio::steady_timer timer(executor_);
    while (std::chrono::steady_clock::now() < until && !co_await net::stop_requested()) {
        const auto sent = co_await get(*provider_, "/sent?after=" + std::to_string(calls_seen_));
        for (const auto& item : items(sent.body, "texts")) {
            calls_seen_ = std::max(calls_seen_, number_of(item));
            const auto to = spell(at_path(item, "to"));
            if (!to.empty() && person.number.ends_with(to)) {
                co_return judge_reply(text, person, spell(at_path(item, "text")));
            }
        }
        timer.expires_after(poll_period);
        co_await timer.async_wait(net::use_tuple);
    }
    if (text.reply == TextStep::Reply::none) co_return std::nullopt;
    co_return "no reply came within " + std::to_string(step.within.count()) + " ms";
}

net::awaitable<Village::Fault> Village::play_smpp(const Step& step, const TextStep& text, const Person& person,
                                                  const std::string& says) {
    auto headers = json_headers();
    auto mo = mo_json(person.number, story_.service, says);
    const auto taken = co_await smsc_->request("POST", "/mo", std::move(headers), std::move(mo));
    if (!answered(taken)) co_return "the SMSC answered " + spell(taken);
    const auto answer = parse(taken.body);
    const auto* status = at_path(answer, "status");
    if (!status || !status->is_int64() || status->get_int64() != 0) co_return "the gateway refused it: " + taken.body;
    if (text.reply == TextStep::Reply::whatever) co_return std::nullopt;

    const auto until = std::chrono::steady_clock::now() + step.within;
    net::asio::steady_timer timer(executor_);
    while (std::chrono::steady_clock::now() < until && !co_await net::stop_requested()) {
        const auto target = "/mt?to=" + percent(person.number) + "&after=" + std::to_string(replies_seen_);
        const auto sent = co_await get(*smsc_, target);
        for (const auto& item : items(sent.body, "messages")) {
            if (spell(at_path(item, "parts")) != spell(at_path(item, "total"))) continue;
            replies_seen_ = std::max(replies_seen_, number_of(item));
            co_return judge_reply(text, person, spell(at_path(item, "text")));
        }
        timer.expires_after(poll_period);
        co_await timer.async_wait(net::use_tuple);
    }
    if (text.reply == TextStep::Reply::none) co_return std::nullopt;
    co_return "no reply came within " + std::to_string(step.within.count()) + " ms";
}

net::awaitable<Village::Fault> Village::play_ussd(const UssdStep& act) {
    const auto& person = story_.persons.at(act.from);
    const auto says = fill_in(act.text, kept_);
    if (!says) co_return "the text needs something no earlier step kept: " + act.text;
    auto known = phones_.find(act.from);
    if (known == phones_.end()) {
        UssdWay way{.smsc = !person.http, .target = "/ussd", .key = {}};
        if (person.http) way = {.smsc = false, .target = "/v1/ussd/" + person.via, .key = options_.keys.at(person.via)};
        auto& client = person.http ? *gateway_ : *smsc_;
        known = phones_.emplace(act.from, UssdPhone(client, std::move(way), person.number)).first;
    }
    auto& phone = known->second;
    using What = UssdStep::What;
    const auto wire = person.http ? "HTTP " + person.via : std::string("SMPP");
    tell(blue, person.name + " (" + person.number + ", USSD by " + wire + ")",
         act.what == What::hang_up ? "hangs up" : *says);
    UssdScreen screen;
    if (act.what == What::dial) screen = co_await phone.dial(*says);
    if (act.what == What::press) screen = co_await phone.press(*says);
    if (act.what == What::hang_up) screen = co_await phone.hang_up();
    if (!screen.fault.empty()) co_return screen.fault;
    if (act.what == What::hang_up) co_return std::nullopt;
    std::string shown = screen.text;
    for (std::size_t at = 0; (at = shown.find('\n', at)) != std::string::npos; at += 3) shown.replace(at, 1, " | ");
    tell(green, "  -> " + person.name + (screen.end ? " (over)" : ""), shown);
    if (!matches(act.pattern, screen.text, act.whole, kept_) && !act.pattern.empty())
        co_return "the screen is not as wanted: " + act.pattern;
    if (act.ends && *act.ends != screen.end)
        co_return screen.end ? "the session is over already" : "the session goes on";
    co_return std::nullopt;
}

net::awaitable<Village::Fault> Village::play_event(const Step& step, const EventStep& event) {
    const auto until = std::chrono::steady_clock::now() + step.within;
    net::asio::steady_timer timer(executor_);
    std::string nearest;
    do {
        const auto sent = co_await get(*taskforce_, "/received?after=" + std::to_string(events_before_));
        for (const auto& item : items(sent.body, "events")) {
            const auto number = number_of(item);
            if (events_used_.contains(number) || spell(at_path(item, "type")) != event.type) continue;
            const auto* data = at_path(item, "data");
            auto kept = kept_;
            auto fault = spell(at_path(item, "verified")) != "true" ? "its signature is wrong"
                         : data                                     ? difference(*data, event.with, kept)
                                                                    : Fault("it has no data");
            if (!fault) fault = keep_fields(*data, event.keep, kept);
            if (fault) {
                nearest = "; one came, but " + *fault;
                continue;
            }
            kept_ = std::move(kept);
            events_used_.insert(number);
            tell(yellow, "  => task force: " + event.type, summary(*data) + " (signature verified)");
            co_return std::nullopt;
        }
        timer.expires_after(poll_period);
        co_await timer.async_wait(net::use_tuple);
    } while (std::chrono::steady_clock::now() < until && !co_await net::stop_requested());
    co_return "no " + event.type + " as expected came within " + std::to_string(step.within.count()) + " ms" + nearest;
}

net::awaitable<Village::Fault> Village::play_request(const Step& step, const RequestStep& request) {
    const auto target = fill_in(request.target, kept_);
    const auto body = fill_in(request.body, kept_);
    if (!target || !body) co_return "the request needs something no earlier step kept: " + request.target;
    const auto headers = json_headers(options_.token);
    const auto until = std::chrono::steady_clock::now() + step.within;
    net::asio::steady_timer timer(executor_);
    Fault fault;
    do {
        const auto sent = co_await gateway_->request(request.method, *target, headers, *body);
        auto kept = kept_;
        if (!answered(sent, request.status)) {
            fault = "the answer is " + spell(sent) + ", not " + std::to_string(request.status);
        } else {
            const auto value = parse(sent.body);
            fault = difference(value, request.with, kept);
            if (!fault) fault = keep_fields(value, request.keep, kept);
        }
        if (!fault) {
            kept_ = std::move(kept);
            std::string held;
            for (const auto& [path, wanted] : request.with) held += " " + path + "=" + spell(wanted);
            tell(yellow, "  <= " + request.method + " " + *target, std::to_string(request.status) + held);
            co_return std::nullopt;
        }
        // A POST acts: it is made once.
        if (request.method != "GET") break;
        timer.expires_after(poll_period);
        co_await timer.async_wait(net::use_tuple);
    } while (std::chrono::steady_clock::now() < until && !co_await net::stop_requested());
    co_return fault;
}

}  // namespace jejak::sim
