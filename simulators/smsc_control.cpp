// The SMSC simulator's control port: what people and tests tell it over HTTP, and what it reports.
#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>

#include "simulators/answer.hpp"
#include "simulators/smsc.hpp"

namespace jejak::sim {

namespace json = boost::json;
using smpp::CommandStatus;

namespace {

/// How long POST /mo waits for the ESME's answer.
constexpr std::chrono::seconds mo_limit(30);

std::string string_field(const json::object& object, std::string_view name, bool required) {
    const auto* value = object.if_contains(name);
    if (!value) {
        if (required) throw std::invalid_argument(std::string(name) + ": missing");
        return {};
    }
    if (!value->is_string()) throw std::invalid_argument(std::string(name) + ": not a string");
    return std::string(value->get_string());
}

double number_field(const json::object& object, std::string_view name, double fallback, double max) {
    const auto* value = object.if_contains(name);
    if (!value) return fallback;
    boost::system::error_code error;
    const auto number = value->to_number<double>(error);
    if (error || !(number >= 0) || number > max)
        throw std::invalid_argument(std::string(name) + ": not a number in range");
    return number;
}

json::object parse_object(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object()) throw std::invalid_argument("not a JSON object");
    return std::move(value.get_object());
}

std::string hex_of(std::uint32_t status) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%02x", status);
    return text;
}

json::array list_json(const std::vector<Submitted>& texts) {
    json::array list;
    for (const auto& text : texts) {
        list.push_back({{"number", text.number},
                        {"id", text.id},
                        {"from", text.from},
                        {"to", text.to},
                        {"text", text.text},
                        {"data_coding", text.data_coding},
                        {"validity", text.validity},
                        {"registered_delivery", text.registered_delivery},
                        {"parts", text.parts},
                        {"total", text.total},
                        {"at", to_rfc3339(text.at)}});
    }
    return list;
}

}  // namespace

sms::Bytes parse_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) throw std::invalid_argument("hex: an odd number of digits");
    sms::Bytes octets;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
        if (error != std::errc{} || end != hex.data() + i + 2) throw std::invalid_argument("hex: not hexadecimal");
        octets.push_back(static_cast<std::byte>(value));
    }
    constexpr std::size_t short_message_max = 254;
    if (octets.size() > short_message_max) throw std::invalid_argument("hex: more than 254 octets");
    return octets;
}

MoText parse_mo(std::string_view text) {
    const auto object = parse_object(text);
    constexpr std::size_t address_max = 20;
    constexpr double octet_max = 255;
    MoText mo;
    mo.from = string_field(object, "from", true);
    mo.to = string_field(object, "to", false);
    // A leading + is spelt as the type of number and takes no room.
    if (mo.from.size() > address_max) throw std::invalid_argument("from: more than 20 characters");
    if (mo.to.size() > address_max) throw std::invalid_argument("to: more than 20 characters");
    mo.token = string_field(object, "token", false);
    if (const auto* hex = object.if_contains("hex")) {
        if (!hex->is_string()) throw std::invalid_argument("hex: not a string");
        mo.octets = parse_hex(hex->get_string());
        mo.data_coding = static_cast<std::uint8_t>(number_field(object, "data_coding", 0, octet_max));
        mo.esm_class = static_cast<std::uint8_t>(number_field(object, "esm_class", 0, octet_max));
    } else {
        mo.text = string_field(object, "text", true);
    }
    constexpr std::size_t service_type_max = 5;
    mo.tlvs = parse_hex(string_field(object, "tlvs", false));
    mo.service_type = string_field(object, "service_type", false);
    if (mo.service_type.size() > service_type_max) throw std::invalid_argument("service_type: more than 5 characters");
    return mo;
}

json::object Smsc::report() const {
    json::object refused;
    for (const auto& [status, times] : counts_.refused) refused[hex_of(status)] = times;
    const auto seconds =
        first_sent_ && last_acked_ ? std::chrono::duration<double>(*last_acked_ - *first_sent_).count() : 0.0;
    json::object counts{
        {"sent", counts_.sent},
        {"acked", counts_.acked},
        {"redelivered", counts_.redelivered},
        {"refused", std::move(refused)},
        {"given_up", counts_.given_up},
        {"waiting", queue_.waiting()},
        {"in_flight", messages_in_flight_},
        {"submits", counts_.submits},
        {"throttled", counts_.throttled},
        {"receipts", counts_.receipts},
        {"screens", counts_.screens},
        {"binds", counts_.binds},
        {"binds_refused", counts_.binds_refused},
        {"binds_ignored", counts_.binds_ignored},
        {"duplicated", counts_.duplicated},
        {"unanswered", counts_.unanswered},
        {"lost", counts_.lost},
        {"slowed", counts_.slowed},
        {"congested", counts_.congested},
        {"pauses", counts_.pauses},
        {"hurried", counts_.hurried},
        {"queries", counts_.queries},
        {"alerts", counts_.alerts},
        {"cuts", counts_.cuts},
        {"bound", sessions_bound()},
        {"seconds", seconds},
        {"rate", seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(counts_.acked) / seconds) : 0u},
        {"latency_ms",
         {{"p50", latency_.quantile_ms(0.5)}, {"p99", latency_.quantile_ms(0.99)}, {"max", latency_.max_ms()}}}};
    if (options_.scenario) {
        counts["scenario"] = {{"title", options_.scenario->title},
                              {"steps", options_.scenario->steps.size()},
                              {"done", steps_done_},
                              {"over", scenario_over_},
                              {"fault", scenario_fault_}};
    }
    return counts;
}

net::awaitable<net::Answer> Smsc::post_mo(std::string body) {
    struct Settled {
        explicit Settled(const net::asio::any_io_executor& executor) : signal(executor, mo_limit) {}
        net::asio::steady_timer signal;
        std::optional<CommandStatus> status;
    };
    auto settled = std::make_shared<Settled>(executor_);
    const auto mo = parse_mo(body);
    const bool queued = deliver(mo, [settled](CommandStatus status) {
        settled->status = status;
        settled->signal.cancel();
    });
    if (!queued) co_return net::problem(503, "Queue full", "too many texts wait, or this one is longer than 255 parts");
    if (!settled->status) co_await settled->signal.async_wait(net::use_tuple);
    if (!settled->status) {
        co_return net::problem(504, "Not acknowledged", "no ESME has taken the text yet; it stays queued");
    }
    co_return answer_value({{"status", static_cast<std::uint32_t>(*settled->status)}});
}

net::awaitable<net::Answer> Smsc::control(net::Incoming request) {
    const auto& http = request.http;
    const auto path = http.target.substr(0, http.target.find('?'));
    const bool get = http.method == "GET";
    const bool post = http.method == "POST";
    std::string fault;
    try {
        if (get && path == "/counts") co_return answer_value(report());
        if (get && path == "/mt") {
            std::uint64_t after = 0;
            if (const auto text = http.query_value("after")) {
                std::from_chars(text->data(), text->data() + text->size(), after);
            }
            co_return answer_value(
                {{"messages", list_json(submitted_.list(http.query_value("to").value_or(""), after))}});
        }
        if (post && path == "/mo") co_return co_await post_mo(http.body);
        if (post && path == "/ussd") co_return co_await post_ussd(http.body);
        if (post && path == "/drop") {
            drop();
            co_return answer_value({{"dropped", true}});
        }
        if (post && path == "/pause") {
            pause();
            co_return answer_value({{"paused", true}});
        }
        if (post && path == "/resume") {
            resume();
            co_return answer_value({{"paused", false}});
        }
        if (post && path == "/throttle") {
            const auto object = parse_object(http.body);
            constexpr double status_max = 0xFFFFFFFF;
            const auto share = number_field(object, "share", 0, 1);
            const auto status =
                number_field(object, "status", static_cast<double>(CommandStatus::throttled), status_max);
            throttle(share, static_cast<CommandStatus>(static_cast<std::uint32_t>(status)));
            co_return answer_value({{"share", share}, {"status", static_cast<std::uint32_t>(status)}});
        }
    } catch (const std::invalid_argument& wrong) {
        fault = wrong.what();
    }
    if (!fault.empty()) co_return net::problem(400, "Bad request", fault);
    co_return net::problem(404, "Not found", "GET /counts, GET /mt, POST /mo, /drop, /pause, /resume, /throttle");
}

}  // namespace jejak::sim
