// The SMSC simulator's phones: USSD sessions over the binds of its ESMEs.
#include <boost/json.hpp>

#include "simulators/answer.hpp"
#include "simulators/smsc.hpp"

namespace jejak::sim {
namespace {

/// How long a phone waits for its screen.
constexpr std::chrono::seconds screen_limit(10);

struct Waiting {
    explicit Waiting(const net::asio::any_io_executor& executor) : signal(executor, screen_limit) {}
    net::asio::steady_timer signal;
    std::optional<HandsetScreen> screen;
    std::optional<smpp::CommandStatus> taken;
};

net::Answer no_session() {
    return net::problem(409, "No session", "this phone has dialled nothing, or its session is over");
}

}  // namespace

net::awaitable<net::Answer> Smsc::post_ussd(std::string body) {
    const auto act = parse_act(body);
    const bool ends = act.what == HandsetAct::What::hang_up;
    if (ends && !handsets_.tells_of_ends()) {
        if (handsets_.leave(act.from)) co_return answer_value({{"screen", ""}, {"end", true}});
        co_return no_session();
    }
    auto waiting = std::make_shared<Waiting>(executor_);
    auto parcel = handsets_.act(act, [waiting](const HandsetScreen& screen) {
        waiting->screen = screen;
        waiting->signal.cancel();
    });
    if (!parcel) co_return no_session();
    parcel->token = "ussd" + std::to_string(++texts_);
    parcel->settled = [waiting, ends](smpp::CommandStatus status) {
        waiting->taken = status;
        if (ends || status != smpp::CommandStatus::ok) waiting->signal.cancel();
    };
    if (!queue_.add(std::move(*parcel))) co_return net::problem(503, "Queue full", "too many texts wait");
    pump(std::chrono::steady_clock::now());
    const auto over = [&] {
        return waiting->screen || (waiting->taken && (ends || *waiting->taken != smpp::CommandStatus::ok));
    };
    if (!over()) co_await waiting->signal.async_wait(net::use_tuple);
    if (waiting->screen) {
        co_return answer_value({{"screen", waiting->screen->text},
                                {"end", waiting->screen->end},
                                {"operation", waiting->screen->operation},
                                {"data_coding", waiting->screen->data_coding}});
    }
    if (ends && waiting->taken == smpp::CommandStatus::ok) co_return answer_value({{"screen", ""}, {"end", true}});
    if (waiting->taken && *waiting->taken != smpp::CommandStatus::ok) {
        co_return net::problem(502, "Refused", "the ESME answered " + smpp::to_string(*waiting->taken));
    }
    co_return net::problem(504, "No screen", "no ESME has shown anything");
}

}  // namespace jejak::sim
