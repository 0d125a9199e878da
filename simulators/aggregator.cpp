#include "simulators/aggregator.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "gateway/net/task_group.hpp"

namespace jejak::sim {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds pace_period(1);
constexpr std::chrono::milliseconds join_limit(30'000);
constexpr std::size_t answer_max = std::size_t{64} * 1024;

bool worth_another_try(const net::Sent& sent) {
    using How = net::Sent::How;
    if (sent.how == How::unreachable || sent.how == How::timed_out) return true;
    return sent.how == How::answered &&
           (sent.status == 429 || sent.status == 502 || sent.status == 503 || sent.status == 504);
}

std::string how_it_failed(const net::Sent& sent) {
    using How = net::Sent::How;
    switch (sent.how) {
        case How::answered:
            return std::to_string(sent.status);
        case How::timed_out:
            return "timed_out";
        case How::refused:
            return "refused";
        case How::unreachable:
            break;
    }
    return "unreachable";
}

bool is_duplicate(std::string_view body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return false;
    const auto* duplicate = value.get_object().if_contains("duplicate");
    return duplicate && duplicate->is_bool() && duplicate->get_bool();
}

/// The load's indices pace listed texts too.
LoadOptions schedule_of(const AggregatorOptions& options) {
    auto load = options.load;
    if (!options.texts.empty()) {
        load.count = options.texts.size();
        load.first = 0;
    }
    return load;
}

}  // namespace

Aggregator::Aggregator(const net::asio::any_io_executor& executor, AggregatorOptions options)
    : executor_(executor),
      options_(std::move(options)),
      client_(executor, options_.channel.url,
              {.total_limit = options_.answer_limit,
               .answer_max = answer_max,
               .allow_private_address = true,
               .idle_connections_max = options_.window}),
      load_(schedule_of(options_)),
      run_id_("sim-" + std::to_string(to_ms(wall_now())) + "-") {
    (void)call_of(options_.channel, {}, "");  // throws now if the URL is none
}

std::optional<AggregatorText> Aggregator::next(SteadyTime now) {
    const auto index = load_.take(now);
    if (!index) return std::nullopt;
    if (!options_.texts.empty()) {
        auto text = options_.texts[static_cast<std::size_t>(*index)];
        if (text.id.empty() && options_.retry) text.id = run_id_ + std::to_string(*index);
        return text;
    }
    Load::Scratch scratch;
    const auto made = load_.render(*index, scratch);
    return AggregatorText{.from = "+" + std::string(made.from),
                          .to = options_.service_number,
                          .text = std::string(made.utf8),
                          .id = run_id_ + std::to_string(*index)};
}

net::awaitable<void> Aggregator::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    began_ = ended_ = std::chrono::steady_clock::now();
    net::TaskGroup workers(executor_);
    for (std::size_t i = 0; i < std::max<std::size_t>(1, options_.window); ++i) workers.spawn("aggregator", work());
    while (!co_await workers.join(std::chrono::seconds(1))) {
        if (!co_await net::stop_requested()) continue;
        workers.stop();
        co_await workers.join(join_limit);
        break;
    }
    if (workers.failed()) throw std::runtime_error("a request could not be made");
}

net::awaitable<void> Aggregator::work() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    net::asio::steady_timer timer(executor_);
    while (!load_.exhausted() && !co_await net::stop_requested()) {
        auto text = next(std::chrono::steady_clock::now());
        if (text) {
            co_await send(std::move(*text));
        } else {
            timer.expires_after(pace_period);
            co_await timer.async_wait(net::use_tuple);
        }
    }
}

net::awaitable<net::Sent> Aggregator::attempt(const HttpCall& call) {
    return client_.request(call.method, call.target, call.headers, call.body);
}

net::awaitable<void> Aggregator::send(AggregatorText text) {
    const auto call = call_of(options_.channel, text, to_rfc3339(wall_now()));
    ++counts_.sent;
    const auto began = std::chrono::steady_clock::now();
    auto delay = options_.retry_first;
    auto sent = co_await attempt(call);
    for (unsigned tries = 1; options_.retry && worth_another_try(sent) && tries < options_.attempts_max; ++tries) {
        if (co_await net::stop_requested()) break;
        std::chrono::milliseconds wait = delay;
        if (sent.retry_after) wait = std::min<std::chrono::milliseconds>(*sent.retry_after, options_.retry_most);
        net::asio::steady_timer timer(executor_, wait);
        co_await timer.async_wait(net::use_tuple);
        delay = std::min(delay * 2, options_.retry_most);
        ++counts_.retries;
        sent = co_await attempt(call);
    }
    ended_ = std::chrono::steady_clock::now();
    const bool accepted = sent.how == net::Sent::How::answered && sent.status / 100 == 2;
    if (accepted) {
        ++counts_.accepted;
        latency_.add(ended_ - began);
        if (options_.channel.dialect == HttpDialect::json && is_duplicate(sent.body)) ++counts_.duplicates;
        if (!reply_in(options_.channel.dialect, sent.body).empty()) ++counts_.replies;
    } else {
        ++counts_.failed;
        ++counts_.failures[how_it_failed(sent)];
    }
    if (options_.print) {
        json::object line{{"id", text.id}, {"status", sent.status}, {"answer", sent.body}};
        if (!accepted) line["failure"] = how_it_failed(sent);
        options_.print(json::serialize(line));
    }
}

std::string Aggregator::report() const {
    json::object failures;
    for (const auto& [how, times] : counts_.failures) failures[how] = times;
    const auto seconds = std::chrono::duration<double>(ended_ - began_).count();
    const json::object all{
        {"sent", counts_.sent},
        {"accepted", counts_.accepted},
        {"duplicates", counts_.duplicates},
        {"replies", counts_.replies},
        {"retries", counts_.retries},
        {"failed", counts_.failed},
        {"failures", failures},
        {"seconds", seconds},
        {"rate", seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(counts_.accepted) / seconds) : 0u},
        {"latency_ms",
         {{"p50", latency_.quantile_ms(0.5)}, {"p99", latency_.quantile_ms(0.99)}, {"max", latency_.max_ms()}}}};
    return json::serialize(all);
}

}  // namespace jejak::sim
