#include <algorithm>

#include "gateway/http/request.hpp"

namespace jejak::http {
namespace {

using casework::ReplyRoute;
using intake::Accepted;
using net::Answer;
using net::awaitable;
using storage::Table;

Answer as_answer(dialect::HttpReply reply) {
    Answer answer;
    static_cast<dialect::HttpReply&>(answer) = std::move(reply);
    return answer;
}

Answer method_not_allowed(const dialect::Dialect& dialect) {
    const std::string methods(dialect.methods);
    auto answer = net::problem(405, "Method Not Allowed", "this channel takes " + methods);
    answer.headers.emplace_back("Allow", methods);
    return answer;
}

/// The URL as the peer spelt it: by the channel's `public_url`, else by the Host it asked for.
std::string url_asked(const Config& config, const HttpChannelOptions& channel, const net::HttpRequest& http) {
    if (!channel.public_url.empty()) {
        return channel.public_url + http.target.substr(std::min(http.target.find('?'), http.target.size()));
    }
    const std::string scheme = config.http.tls ? "https://" : "http://";
    return scheme + std::string(http.header("host").value_or("")) + http.target;
}

/// The messages of one request on their way to the disk.
struct Gathering {
    Gathering(const net::asio::any_io_executor& executor, std::size_t count)
        : accepted(count), left(count), all(executor, SteadyTime::max()) {}
    std::vector<Accepted> accepted;
    std::size_t left;
    net::asio::steady_timer all;
};

/// Hands all of them over at once and waits for each one's fate.
awaitable<std::vector<Accepted>> accept_all(Services& services, const std::string& channel, dialect::Messages messages,
                                            ReplyRoute route) {
    auto gathering = std::make_shared<Gathering>(services.store.executor(), messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i) {
        services.intake.accept(channel, std::move(messages[i]), route, [gathering, i](Accepted accepted) {
            gathering->accepted[i] = std::move(accepted);
            if (--gathering->left == 0) gathering->all.cancel();
        });
    }
    while (gathering->left > 0) co_await gathering->all.async_wait(net::use_tuple);
    co_return std::move(gathering->accepted);
}

/// Counts it, and lets what it decided leave. False when it is not durable.
bool note(Services& services, const std::string& channel, const Accepted& accepted) {
    if (accepted.how != Accepted::How::stored) {
        services.telemetry.message(channel, accepted.how == Accepted::How::busy ? "busy" : "storage_failed");
        return false;
    }
    services.telemetry.message(channel, to_string(accepted.handled.fate));
    services.stored(accepted);
    return true;
}

dialect::Outcome outcome_of(const Services& services, const Accepted& accepted, const ReplyRoute& route) {
    dialect::Outcome outcome;
    outcome.message = services.publisher.vault().public_id(Table::message, accepted.message);
    outcome.duplicate = accepted.duplicate;
    const bool inline_reply = route.how == ReplyRoute::How::inline_ && accepted.handled.reply;
    if (inline_reply) outcome.reply = accepted.handled.reply_text;
    return outcome;
}

}  // namespace

const HttpChannelOptions* find_channel(const Config& config, std::string_view name) {
    const auto& channels = config.http_channels;
    const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& c) { return c.name == name; });
    return found == channels.end() ? nullptr : &*found;
}

/// The inbound SMS of one request, in the channel's dialect. A 2xx leaves only after the durable commit of all of them;
/// otherwise the peer sends all of them again, and those that were stored are repeats by their ids.
awaitable<Answer> receive_message(Services& services, Request request) {
    const auto* channel = find_channel(services.config, request.rest);
    if (channel == nullptr)
        co_return net::problem(404, "Not Found", "no channel of that name takes messages over HTTP");
    const auto& http = request.incoming.http;
    const auto& dialect = *channel->dialect;
    if (dialect.methods.find(http.method) == std::string_view::npos) co_return method_not_allowed(dialect);
    const auto url = url_asked(services.config, *channel, http);
    if (!dialect.authentic(http, dialect::Peer{channel->key.reveal(), url, wall_now()})) {
        services.telemetry.message(channel->name, "unauthorized");
        co_return net::problem(401, "Unauthorized", "the channel's key or the request's signature is missing or wrong");
    }
    auto messages = dialect.read(http, channel->country_code);
    if (messages.has_error()) {
        const auto& refusal = messages.error();
        services.telemetry.message(channel->name, "unreadable");
        co_return net::problem(refusal.status, refusal.title, refusal.detail);
    }
    const auto route = services.reply_route(channel->name);
    const auto accepted = co_await accept_all(services, channel->name, std::move(*messages), route);
    bool durable = true;
    std::vector<dialect::Outcome> outcomes;
    for (const auto& one : accepted) {
        durable = note(services, channel->name, one) && durable;
        outcomes.push_back(outcome_of(services, one, route));
    }
    if (!durable) co_return unavailable("the message could not be stored; send it again");
    co_return as_answer(dialect.answer(outcomes));
}

}  // namespace jejak::http
