#include <algorithm>

#include "gateway/http/request.hpp"

namespace jejak::http {
namespace {

using intake::Accepted;
using net::Answer;
using net::awaitable;
using storage::Table;

const HttpChannelOptions* find_channel(const Config& config, std::string_view name) {
    const auto& channels = config.http_channels;
    const auto found = std::find_if(channels.begin(), channels.end(), [&](const auto& c) { return c.name == name; });
    return found == channels.end() ? nullptr : &*found;
}

Answer as_answer(dialect::HttpReply reply) {
    Answer answer;
    static_cast<dialect::HttpReply&>(answer) = std::move(reply);
    return answer;
}

}  // namespace

/// One inbound SMS in the channel's dialect. A 2xx leaves only after the durable commit.
awaitable<Answer> receive_message(Services& services, Request request) {
    const auto* channel = find_channel(services.config, request.rest);
    if (channel == nullptr)
        co_return net::problem(404, "Not Found", "no channel of that name takes messages over HTTP");
    const auto& http = request.incoming.http;
    if (!channel->dialect->authentic(http, channel->key.reveal())) {
        co_return net::problem(401, "Unauthorized", "the channel's key is missing or wrong");
    }
    auto text = channel->dialect->read(http, channel->country_code);
    if (text.has_error()) {
        const auto& refusal = text.error();
        co_return net::problem(refusal.status, refusal.title, refusal.detail);
    }
    const auto route = services.reply_route(channel->name);
    const auto accepted = co_await services.intake.accept(channel->name, std::move(*text), route);
    if (accepted.how != Accepted::How::stored) {
        services.telemetry.message(channel->name, accepted.how == Accepted::How::busy ? "busy" : "storage_failed");
        co_return unavailable("the message could not be stored; send it again");
    }
    services.telemetry.message(channel->name, to_string(accepted.handled.fate));
    services.stored(accepted);

    dialect::Outcome outcome;
    outcome.message = services.publisher.vault().public_id(Table::message, accepted.message);
    outcome.duplicate = accepted.duplicate;
    const bool inline_reply = route.how == casework::ReplyRoute::How::inline_ && accepted.handled.reply;
    if (inline_reply) outcome.reply = accepted.handled.reply_text;
    co_return as_answer(channel->dialect->answer(outcome));
}

}  // namespace jejak::http
