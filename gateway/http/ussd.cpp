#include <algorithm>

#include "gateway/http/request.hpp"
#include "gateway/ussd/desk.hpp"
#include "protocol/ussd/request.hpp"

namespace jejak::http {
namespace {

using net::Answer;
using net::awaitable;
using ussd::Shown;
using ussd::Turn;

Answer plain(std::string body) {
    Answer answer;
    answer.content_type = "text/plain; charset=utf-8";
    answer.body = std::move(body);
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

Turn turn_of(const HttpChannelOptions& channel, ussd::Request request) {
    Turn turn;
    turn.what = request.ended ? Turn::What::ended : Turn::What::whole;
    turn.channel = channel.name;
    turn.session = std::move(request.session);
    turn.sender = sms::normalise(request.number, sms::Ton::unknown, channel.country_code);
    turn.service_code = std::move(request.service_code);
    turn.text = std::move(request.text);
    turn.timeout = channel.ussd.timeout;
    return turn;
}

}  // namespace

/// One turn of a USSD session. A screen leaves only after what it follows is on disk; a store that fails is told as
/// such, and the operator shows an error of its own.
awaitable<Answer> receive_ussd(Services& services, Request request) {
    const auto* channel = find_channel(services.config, request.rest);
    if (channel == nullptr || !channel->ussd.on || !services.ussd.serves())
        co_return net::problem(404, "Not Found", "no channel of that name takes USSD");
    const auto& http = request.incoming.http;
    if (!dialect::key_presented(http, channel->key.reveal()))
        co_return net::problem(401, "Unauthorized", "the channel's key is missing or wrong");
    auto read = ussd::read_request(http.body);
    if (read.has_error()) co_return net::problem(read.error().status, read.error().title, read.error().detail);
    const bool notice = read->ended;
    const auto shown = co_await services.ussd.take(turn_of(*channel, std::move(*read)));
    if (shown.how != Shown::How::shown) {
        services.telemetry.message(channel->name, shown.how == Shown::How::busy ? "busy" : "storage_failed");
        co_return unavailable("the answer could not be stored; dial again");
    }
    if (shown.fate) services.telemetry.message(channel->name, to_string(*shown.fate));
    services.wake(shown.endpoints);
    co_return plain(notice ? std::string() : ussd::spell(shown.screen, shown.end));
}

}  // namespace jejak::http
