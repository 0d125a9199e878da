#include "simulators/failure_mode.hpp"

#include <boost/json.hpp>
#include <optional>
#include <string_view>

#include "simulators/answer.hpp"

namespace jejak::sim {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds hang_check(100);
constexpr std::chrono::minutes hang_limit(5);
constexpr unsigned first_failure = 300, http_status_max = 599;
constexpr std::int64_t retry_after_max = 86'400, fail_first_max = 1'000'000'000;

/// Empty when the key holds something else than a whole number of that range.
std::optional<std::int64_t> number_of(const json::object& mode, std::string_view name, std::int64_t now,
                                      std::int64_t least, std::int64_t most) {
    const auto* const given = mode.if_contains(name);
    if (given == nullptr) return now;
    if (!given->is_int64() || given->get_int64() < least || given->get_int64() > most) return std::nullopt;
    return given->get_int64();
}

}  // namespace

net::Answer FailureMode::set(const std::string& body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return net::problem(400, "Bad request", "not a JSON object");
    const auto& mode = value.get_object();
    const auto new_status = number_of(mode, "status", status, 200, http_status_max);
    const auto new_retry_after = number_of(mode, "retry_after", retry_after, 0, retry_after_max);
    const auto new_first = number_of(mode, "fail_first", static_cast<std::int64_t>(fail_first), 0, fail_first_max);
    const auto* const new_hang = mode.if_contains("hang");
    if (!new_status) return net::problem(400, "Bad request", "status: a number from 200 to 599");
    if (!new_retry_after) return net::problem(400, "Bad request", "retry_after: seconds");
    if (!new_first) return net::problem(400, "Bad request", "fail_first: a count");
    if (new_hang != nullptr && !new_hang->is_bool()) return net::problem(400, "Bad request", "hang: true or false");
    status = static_cast<unsigned>(*new_status);
    retry_after = *new_retry_after;
    fail_first = static_cast<std::uint64_t>(*new_first);
    if (new_hang != nullptr) hang = new_hang->get_bool();
    const json::object now{
        {"status", status}, {"retry_after", retry_after}, {"fail_first", fail_first}, {"hang", hang}};
    return answer_value(now);
}

net::awaitable<void> FailureMode::hold(net::asio::any_io_executor executor) const {
    const auto arrived = steady_now();
    net::asio::steady_timer timer(executor);
    for (;;) {
        if (!hang || steady_now() >= arrived + hang_limit) co_return;
        const bool stopping = co_await net::stop_requested();
        if (stopping) co_return;
        timer.expires_after(hang_check);
        co_await timer.async_wait(net::use_tuple);
    }
}

unsigned FailureMode::next() {
    const auto refusal = status >= first_failure ? status : fail_first > 0 ? default_status : 0u;
    if (fail_first > 0 && --fail_first == 0) status = 200;
    return refusal;
}

}  // namespace jejak::sim
