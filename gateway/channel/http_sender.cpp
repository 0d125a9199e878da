#include "gateway/channel/http_sender.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

#include "gateway/net/task_group.hpp"
#include "protocol/sms/segments.hpp"

namespace jejak::channel {
namespace {

using net::awaitable;

constexpr std::chrono::seconds look_every{1};

net::HttpClientOptions client_options(const SendOptions& send) {
    net::HttpClientOptions options;
    options.total_limit = send.timeout;
    options.allow_private_address = send.allow_private_address;
    // A kept connection that turns out to be closed makes the client ask twice: a reply leaves at most once.
    options.idle_connections_max = 0;
    return options;
}

/// What the operator has to mend, and no later reply will get past.
bool about_the_account(const Judged& judged) {
    return judged.reason == "http_401" || judged.reason == "http_403" || judged.reason == "http_404" ||
           judged.reason == "nothing_taken";
}

}  // namespace

HttpSender::HttpSender(const HttpChannelOptions& options, StoreAccess& store, Telemetry& telemetry, PublicId public_id)
    : options_(options),
      store_(store),
      telemetry_(telemetry),
      public_id_(std::move(public_id)),
      client_(store.executor(), origin_of(options.send), client_options(options.send)),
      outcomes_(store),
      changed_(store.executor(), SteadyTime::max()) {}

bool HttpSender::ready() const {
    return running_ && queue_.size() < queued_max && pause_left() <= std::chrono::milliseconds(0);
}

void HttpSender::submit(OutgoingReply reply) {
    if (!ready()) {
        outcomes_.give_back(reply.id, std::max(pause_left(), std::chrono::milliseconds(0)));
        outcomes_.settle();
        return;
    }
    queue_.push_back(std::move(reply));
    changed_.cancel();
}

std::chrono::milliseconds HttpSender::pause_left() const {
    return std::chrono::ceil<std::chrono::milliseconds>(paused_until_ - std::chrono::steady_clock::now());
}

awaitable<void> HttpSender::run() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    net::TaskGroup workers(store_.executor());
    running_ = true;
    for (std::uint32_t i = 0; i < options_.send.concurrency; ++i) workers.spawn("send:" + options_.name, work());
    while (!workers.failed() && !co_await net::stop_requested()) {
        net::asio::steady_timer timer(store_.executor(), look_every);
        co_await timer.async_wait(net::use_tuple);
        outcomes_.settle();  // what a failing store did not take
    }
    running_ = false;
    for (const auto& waiting : queue_) outcomes_.give_back(waiting.id);
    queue_.clear();
    changed_.cancel();
    if (!co_await workers.join(finish_limit)) {
        workers.stop();  // what was under way may have been taken: it stays sent
        co_await workers.join(abandon_limit);
    }
    co_await outcomes_.stored(steady_now() + store_limit);
    if (workers.failed())
        throw std::runtime_error("a send call could not be made");  // our mistake: logged by its group
}

awaitable<void> HttpSender::work() {
    co_await net::asio::this_coro::throw_if_cancelled(false);
    while (running_ && !co_await net::stop_requested()) {
        if (queue_.empty()) {
            co_await changed_.async_wait(net::use_tuple);
            continue;
        }
        auto reply = std::move(queue_.front());
        queue_.pop_front();
        const auto left = pause_left();
        if (reply.valid_until <= wall_now()) {
            outcomes_.drop(reply.id);
        } else if (left > std::chrono::milliseconds(0)) {
            outcomes_.give_back(reply.id, left);
        } else {
            co_await send(std::move(reply));
        }
        outcomes_.settle();
    }
}

awaitable<void> HttpSender::send(OutgoingReply reply) {
    SendValues values;
    values.to = std::move(reply.to);
    values.from = options_.service_number;
    values.text = std::move(reply.text);
    values.id = public_id_(reply.id);
    values.validity = std::chrono::ceil<std::chrono::seconds>(reply.valid_until - wall_now());
    auto request = render(options_.send, values);
    const auto sent = co_await client_.request(std::move(request.method), std::move(request.target),
                                               std::move(request.headers), std::move(request.body));
    const auto judged = judge(options_.send, sent, sms::segment_text(values.text, 0).size());
    using How = Judged::How;
    switch (judged.how) {
        case How::taken:
            outcomes_.sent(reply.id, judged.provider_id);
            telemetry_.reply(options_.name, "accepted");
            wait_ = std::chrono::seconds(0);
            trouble_.clear();
            break;
        case How::later:
            pause(judged.wait);
            outcomes_.give_back(reply.id, pause_left());
            telemetry_.reply(options_.name, sent.how == net::Sent::How::answered ? "throttled" : "unreachable");
            spdlog::warn("event=reply_postponed channel={} reason={}", options_.name, judged.reason);
            trouble_ = judged.reason;
            break;
        case How::refused:
            outcomes_.drop(reply.id);
            telemetry_.reply(options_.name, "rejected");
            spdlog::warn("event=reply_refused channel={} reason={}", options_.name, judged.reason);
            if (about_the_account(judged)) trouble_ = judged.reason;
            break;
        case How::unknown:
            if (judged.patience) {
                pause(judged.wait);
                trouble_ = judged.reason;
            }
            telemetry_.reply(options_.name, "unanswered");
            spdlog::warn("event=reply_outcome_unknown channel={} reason={}", options_.name, judged.reason);
            break;
    }
}

/// As long as the provider asks, else longer each time.
void HttpSender::pause(std::optional<std::chrono::seconds> asked) {
    const auto now = std::chrono::steady_clock::now();
    if (now < paused_until_ && !asked) return;  // calls under way together that fail together are one failure
    wait_ = std::clamp(wait_ * 2, wait_first, wait_longest);
    const auto wait = asked ? std::clamp(*asked, wait_first, asked_longest) : wait_;
    paused_until_ = std::max(paused_until_, now + wait);
}

}  // namespace jejak::channel
