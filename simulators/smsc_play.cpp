// The SMSC simulator's scenarios: one step after the other, each within its time.
#include <boost/asio/steady_timer.hpp>

#include "protocol/time.hpp"
#include "simulators/smsc_line.hpp"

namespace jejak::sim {
namespace {

constexpr std::chrono::milliseconds look_period(1);

/// `{n}` becomes a number.
std::string numbered(std::string text, unsigned n) {
    constexpr std::string_view mark = "{n}";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
        text.replace(at, mark.size(), std::to_string(n));
    return text;
}

}  // namespace

const Manners& Smsc::manners() const {
    static const Manners good;
    return options_.scenario ? options_.scenario->manners : good;
}

net::awaitable<void> Smsc::play() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    for (const auto& step : options_.scenario->steps) {
        const auto limit = steady_now() + step.within;
        // Not in std::visit: a coroutine outlives the call that makes it.
        bool done = false;
        if (const auto* deliver = std::get_if<DeliverStep>(&step.what)) done = co_await take_step(*deliver, limit);
        if (const auto* throttling = std::get_if<ThrottleStep>(&step.what))
            done = co_await take_step(*throttling, limit);
        if (const auto* congested = std::get_if<CongestionStep>(&step.what))
            done = co_await take_step(*congested, limit);
        if (const auto* alert = std::get_if<AlertStep>(&step.what)) done = co_await take_step(*alert, limit);
        if (const auto* cut = std::get_if<CutStep>(&step.what)) done = co_await take_step(*cut, limit);
        if (const auto* wait = std::get_if<WaitStep>(&step.what)) done = co_await take_step(*wait, limit);
        if (const auto* rest = std::get_if<RestStep>(&step.what)) done = co_await take_step(*rest, limit);
        if (co_await net::stop_requested()) co_return;
        if (!done) {
            scenario_fault_ = "line " + std::to_string(step.line) + ": did not come to pass in " +
                              std::to_string(step.within.count()) + " ms";
            break;
        }
        ++steps_done_;
    }
    scenario_over_ = true;
}

net::awaitable<bool> Smsc::until(std::function<bool()> happened, SteadyTime limit) {
    net::asio::steady_timer timer(executor_);
    while (!happened() && steady_now() < limit && !co_await net::stop_requested()) {
        timer.expires_after(look_period);
        co_await timer.async_wait(net::use_tuple);
    }
    co_return happened();
}

net::awaitable<bool> Smsc::take_step(const DeliverStep& step, SteadyTime limit) {
    const auto settled = std::make_shared<unsigned>(0);
    for (unsigned n = 1; n <= step.times; ++n) {
        auto text = step.text;
        text.from = numbered(text.from, n);
        text.text = numbered(text.text, n);
        if (!deliver(text, [settled](smpp::CommandStatus) { ++*settled; })) co_return false;
    }
    if (!step.wait) co_return true;
    // A name of its own: g++ 12 destroys a temporary that a co_await took twice.
    std::function<bool()> all = [settled, times = step.times] { return *settled == times; };
    const bool done = co_await until(std::move(all), limit);
    co_return done;
}

net::awaitable<bool> Smsc::take_step(const ThrottleStep& step, SteadyTime) {
    throttle(step.status == smpp::CommandStatus::ok ? 0 : step.share, step.status);
    throttle_left_ = step.submits;
    co_return true;
}

net::awaitable<bool> Smsc::take_step(const CongestionStep& step, SteadyTime) {
    congestion_ = step.percent;
    for (const auto& line : lines_)
        if (line->wire) line->wire->congestion(step.percent);
    co_return true;
}

/// To the first ESME that may hear it; waits for one.
net::awaitable<bool> Smsc::take_step(const AlertStep& step, SteadyTime limit) {
    const auto told = [&] {
        for (const auto& line : lines_) {
            if (!line->open || !line->session.may_alert()) continue;
            std::string_view digits = step.number;
            if (digits.starts_with('+')) digits.remove_prefix(1);
            smpp::AlertNotification alert;
            alert.source = {.ton = 1, .npi = 1, .digits = digits};
            alert.esme = {.ton = 0, .npi = 1, .digits = options_.service_number};
            line->session.alert(alert);
            ++counts_.alerts;
            return true;
        }
        return false;
    };
    co_return co_await until([&told, done = false]() mutable { return done = done || told(); }, limit);
}

net::awaitable<bool> Smsc::take_step(const CutStep& step, SteadyTime) {
    const auto lines = lines_;
    for (const auto& line : lines)
        if (line->open && line->ghost == Cut::none) befall(line, step.how, step.lasts);
    co_return true;
}

net::awaitable<bool> Smsc::take_step(const WaitStep& step, SteadyTime limit) {
    co_return co_await until([&] { return counted(step.what) >= step.count; }, limit);
}

net::awaitable<bool> Smsc::take_step(const RestStep&, SteadyTime limit) {
    co_await until([] { return false; }, limit);
    co_return true;
}

std::uint64_t Smsc::counted(WaitStep::What what) const {
    using What = WaitStep::What;
    switch (what) {
        case What::bound:
            return sessions_bound();
        case What::acked:
            return counts_.acked;
        case What::submits:
            return counts_.submits;
        case What::receipts:
            return counts_.receipts;
        case What::throttled:
            return counts_.throttled;
        case What::binds:
            return counts_.binds;
        case What::queries:
            return counts_.queries;
        case What::unanswered:
            return counts_.unanswered;
        case What::lost:
            return counts_.lost;
        case What::slowed:
            return counts_.slowed;
        case What::congested:
            return counts_.congested;
    }
    return 0;
}

void Smsc::befall(const std::shared_ptr<Line>& line, Cut how, std::chrono::milliseconds lasts) {
    const auto now = steady_now();
    if (line->ghost == Cut::none) {
        ++counts_.cuts;
        line->session.disconnected();
        handle_events(line, now);
    }
    if (how == Cut::half_open || how == Cut::silence) {
        line->ghost = how;
        line->ghost_until = now + lasts;
        wait_readable(line);
        return;
    }
    if (how == Cut::reset) {
        boost::system::error_code ignored;
        line->socket.set_option(net::asio::socket_base::linger(true, 0), ignored);
    }
    hang_up(*line);
}

}  // namespace jejak::sim
