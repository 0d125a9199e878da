#include "gateway/reply_routes.hpp"

namespace jejak {

using casework::ReplyRoute;

channel::ReplyExit* ReplyRoutes::exit(std::string_view name) const {
    for (auto* one : exits_) {
        if (one->name() == name) return one;
    }
    return nullptr;
}

ReplyRoute ReplyRoutes::through(const std::string& name) const {
    ReplyRoute route;
    if (const auto* leaving = exit(name)) {
        route.how = ReplyRoute::How::channel;
        route.channel = name;
        route.ready = leaving->ready();
    }
    return route;
}

ReplyRoute ReplyRoutes::leaving(const SmppChannelOptions& channel) const {
    auto route = through(channel.reply_via.empty() ? channel.name : channel.reply_via);
    route.validity = channel.reply_validity;
    return route;
}

ReplyRoute ReplyRoutes::leaving(const HttpChannelOptions& channel) const {
    using Reply = HttpChannelOptions::Reply;
    if (channel.reply == Reply::via) return through(channel.reply_via);
    if (channel.reply == Reply::send) return through(channel.name);
    ReplyRoute route;
    route.channel = channel.name;
    route.how = channel.reply == Reply::inline_ ? ReplyRoute::How::inline_ : ReplyRoute::How::silent;
    return route;
}

ReplyRoute ReplyRoutes::of(const std::string& channel) const {
    ReplyRoute route;
    const auto take = [&](const auto& options) {
        if (options.name != channel) return;
        route = leaving(options);
        route.mode = options.replies.mode;
        route.cover_text = options.replies.cover_text;
        route.quiet_hours = options.replies.quiet_hours;
    };
    for (const auto& options : config_.smpp_channels) take(options);
    for (const auto& options : config_.smpp_servers) take(options.channel);
    for (const auto& options : config_.http_channels) take(options);
    return route;
}

std::optional<ReplyRoute> ReplyRoutes::after_ussd(const std::string& channel) const {
    bool named = false;
    const auto look = [&](const auto& options) {
        named = named || (options.name == channel && !options.reply_via.empty());
    };
    for (const auto& options : config_.smpp_channels) look(options);
    for (const auto& options : config_.smpp_servers) look(options.channel);
    for (const auto& options : config_.http_channels) look(options);
    if (!named) return std::nullopt;
    auto route = of(channel);
    route.ready = false;  // it leaves by the dispatcher
    return route.how == ReplyRoute::How::channel ? std::optional(route) : std::nullopt;
}

intake::ReceiptDesk::Pairs receipt_pairs(const Config& config) {
    intake::ReceiptDesk::Pairs pairs;
    for (const auto& one : config.smpp_channels) {
        for (const auto& other : config.smpp_channels) {
            if (other.name == one.reply_via) pairs.emplace(one.name, other.name);
        }
    }
    return pairs;
}

}  // namespace jejak
