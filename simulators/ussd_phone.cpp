#include "simulators/ussd_phone.hpp"

#include <boost/json.hpp>
#include <random>

#include "simulators/http_dialect.hpp"

namespace jejak::sim {

namespace json = boost::json;
using net::Sent;

namespace {

UssdScreen fault_of(const Sent& sent) {
    UssdScreen screen;
    screen.fault = sent.how == Sent::How::answered ? "the answer is " + std::to_string(sent.status) + ' ' +
                                                         sent.body.substr(0, sent.body.find('\n'))
                                                   : "no answer (" + sent.reason + ')';
    return screen;
}

/// So that sessions of two runs, and of two phones, have different ids.
std::string new_session_id() {
    std::random_device random;
    return "sim-" + std::to_string(random()) + '-' + std::to_string(random());
}

std::size_t columns(std::string_view line) {
    std::size_t width = 0;
    for (const char c : line) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1u : 0u;
    return width;
}

}  // namespace

UssdPhone::UssdPhone(net::HttpClient& client, UssdWay way, std::string number)
    : client_(client), way_(std::move(way)), number_(std::move(number)) {}

net::awaitable<UssdScreen> UssdPhone::dial(const std::string& code) {
    code_ = code;
    session_ = new_session_id();
    text_.clear();
    pressed_ = false;
    // A network hands what stands behind the service code over as inputs.
    if (const auto star = code.find('*', 1); star != std::string::npos) {
        text_ = code.substr(star + 1, code.size() - star - (code.ends_with('#') ? 2u : 1u));
        pressed_ = true;
        code_ = code.substr(0, star) + '#';
    }
    if (way_.smsc) co_return co_await ask_smsc("dial", code);
    co_return co_await ask_gateway("text", text_);
}

net::awaitable<UssdScreen> UssdPhone::press(const std::string& input) {
    text_ += (pressed_ ? "*" : "") + input;
    pressed_ = true;
    if (way_.smsc) co_return co_await ask_smsc("input", input);
    co_return co_await ask_gateway("text", text_);
}

net::awaitable<UssdScreen> UssdPhone::hang_up() {
    if (way_.smsc) co_return co_await ask_smsc("hang_up", "");
    co_return co_await ask_gateway("status", "Incomplete");
}

net::awaitable<UssdScreen> UssdPhone::ask_gateway(std::string field, std::string value) {
    const bool notice = field == "status";
    auto body = form_of({{"sessionId", session_}, {"serviceCode", code_}, {"phoneNumber", number_}, {field, value}});
    std::vector<std::pair<std::string, std::string>> headers{{"Content-Type", "application/x-www-form-urlencoded"}};
    if (!way_.key.empty()) headers.emplace_back("Authorization", "Bearer " + way_.key);
    const auto sent = co_await client_.request("POST", way_.target, std::move(headers), std::move(body));
    constexpr unsigned ok = 200;
    if (sent.how != Sent::How::answered || sent.status != ok) co_return fault_of(sent);
    UssdScreen screen;
    screen.end = notice || sent.body.starts_with("END ");
    if (notice) co_return screen;
    constexpr std::size_t prefix = 4;
    if (!screen.end && !sent.body.starts_with("CON ")) {
        screen.fault = "the answer begins with neither CON nor END";
    } else {
        screen.text = sent.body.substr(prefix);
    }
    co_return screen;
}

net::awaitable<UssdScreen> UssdPhone::ask_smsc(std::string field, std::string value) {
    json::object body{{"from", number_}};
    body[field] = field == "hang_up" ? json::value(true) : json::value(value);
    std::vector<std::pair<std::string, std::string>> headers{{"Content-Type", "application/json"}};
    const auto sent = co_await client_.request("POST", way_.target, std::move(headers), json::serialize(body));
    constexpr unsigned ok = 200;
    if (sent.how != Sent::How::answered || sent.status != ok) co_return fault_of(sent);
    boost::system::error_code error;
    const auto answer = json::parse(sent.body, error);
    UssdScreen screen;
    const auto* object = error ? nullptr : answer.if_object();
    if (object == nullptr) {
        screen.fault = "the SMSC's answer is no JSON object";
        co_return screen;
    }
    if (const auto* text = object->if_contains("screen"); text != nullptr && text->is_string())
        screen.text = std::string(text->get_string());
    if (const auto* end = object->if_contains("end"); end != nullptr && end->is_bool()) screen.end = end->get_bool();
    co_return screen;
}

std::string framed(const UssdScreen& screen) {
    std::vector<std::string> lines;
    std::size_t width = 0;
    for (std::size_t at = 0; at <= screen.text.size();) {
        const auto end = std::min(screen.text.find('\n', at), screen.text.size());
        lines.push_back(screen.text.substr(at, end - at));
        width = std::max(width, columns(lines.back()));
        at = end + 1;
    }
    const auto edge = '+' + std::string(width + 2, '-') + '+';
    std::string drawn = edge;
    for (const auto& line : lines) drawn += "\n| " + line + std::string(width - columns(line), ' ') + " |";
    return drawn + '\n' + edge;
}

}  // namespace jejak::sim
