#include "gateway/net/http_client.hpp"

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/url/parse.hpp>
#include <stdexcept>

#include "gateway/net/address.hpp"
#include "gateway/net/connecting.hpp"
#include "gateway/net/http_wire.hpp"
#include "gateway/net/tls.hpp"

namespace jejak::net {
namespace {

using boost::system::error_code;
namespace urls = boost::urls;

/// Where requests go, taken apart once.
struct Destination {
    bool tls = false;
    std::uint16_t port = 0;
    std::string host, authority, target = "/";
    std::string unix_path;
};

/// A host as it may stand in a Host header and in a certificate: letters, digits, dots and hyphens, or an IP address.
bool plain_host(std::string_view host) {
    return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_';
    });
}

Destination parse_destination(std::string_view text) {
    Destination to;
    constexpr std::string_view unix_prefix = "unix:";
    if (text.starts_with(unix_prefix)) {
        const auto parsed = parse_listen(text);
        if (!parsed) throw std::invalid_argument(parsed.error());
        to.unix_path = text.substr(unix_prefix.size());
        to.authority = "localhost";
        return to;
    }
    const auto url = urls::parse_uri(urls::string_view(text.data(), text.size()));
    const bool web = url && (url->scheme_id() == urls::scheme::http || url->scheme_id() == urls::scheme::https);
    if (!web || !url->has_authority()) throw std::invalid_argument("not an absolute http or https URL");
    if (url->has_userinfo()) throw std::invalid_argument("a URL with user information is not used");
    if (url->has_fragment()) throw std::invalid_argument("a URL with a fragment is not used");
    to.tls = url->scheme_id() == urls::scheme::https;
    const auto address = url->host_address();
    to.host.assign(address.data(), address.size());
    const bool v6 = url->host_type() == urls::host_type::ipv6;
    if (!v6 && !plain_host(to.host))
        throw std::invalid_argument("a host name has letters, digits, dots and hyphens only");
    if (url->host_type() == urls::host_type::ipvfuture) throw std::invalid_argument("an address of an unknown kind");
    const bool port_given = url->has_port() && url->port_number() != 0;
    to.port = port_given ? url->port_number() : to.tls ? 443 : 80;
    to.authority = (v6 ? "[" + to.host + "]" : to.host) + (port_given ? ":" + std::to_string(to.port) : "");
    const auto path = url->encoded_target();
    if (!path.empty()) to.target.assign(path.data(), path.size());
    if (!to.target.starts_with('/')) to.target.insert(to.target.begin(), '/');
    return to;
}

Sent not_sent(Sent::How how, std::string reason) {
    Sent sent;
    sent.how = how;
    sent.reason = std::move(reason);
    return sent;
}

}  // namespace

std::optional<std::string> url_fault(std::string_view url) {
    try {
        parse_destination(url);
    } catch (const std::invalid_argument& fault) {
        return fault.what();
    }
    return std::nullopt;
}

struct HttpClient::State {
    State(asio::any_io_executor executor_, std::string_view url, HttpClientOptions options_)
        : executor(std::move(executor_)), options(options_), to(parse_destination(url)), lookup(executor) {
        if (to.tls) tls = tls_context(TlsClientOptions{});
    }

    /// A kept connection, or a new one to an address that was checked.
    struct Opened {
        std::unique_ptr<Wire> wire;
        bool kept = false;
        Sent::How how = Sent::How::unreachable;
        std::string reason;
    };

    std::unique_ptr<Wire> take_kept();
    void keep(std::unique_ptr<Wire> wire);
    ConnectOptions connect_options() const;
    awaitable<Opened> connect(Connecting& connecting);
    awaitable<Opened> connect_unix();
    awaitable<bool> attempt(const WireRequest& request, Connecting& connecting, Sent& sent);
    static awaitable<Sent> exchange(std::shared_ptr<State> self, WireRequest request);

    asio::any_io_executor executor;
    HttpClientOptions options;
    Destination to;
    Lookup lookup;
    std::optional<asio::ip::tcp::endpoint> behind;  ///< the address that gave no answer last
    std::shared_ptr<asio::ssl::context> tls;        ///< trusts what the system trusts
    std::vector<std::unique_ptr<Wire>> kept;        ///< at most idle_connections_max
};

std::unique_ptr<Wire> HttpClient::State::take_kept() {
    while (!kept.empty()) {
        auto wire = std::move(kept.back());
        kept.pop_back();
        if (wire->still_open()) return wire;
    }
    return nullptr;
}

void HttpClient::State::keep(std::unique_ptr<Wire> wire) {
    if (wire && kept.size() < options.idle_connections_max) kept.push_back(std::move(wire));
}

awaitable<HttpClient::State::Opened> HttpClient::State::connect_unix() {
    Opened opened;
    if (!options.allow_private_address) {
        opened.how = Sent::How::refused;
        opened.reason = "private_address";
        co_return opened;
    }
    auto wire = std::make_unique<Wire>(executor);
    const asio::local::stream_protocol::endpoint endpoint(to.unix_path);
    const auto [error] = co_await wire->socket().async_connect(endpoint, use_tuple);
    if (error) {
        opened.reason = "refused";
    } else {
        opened.wire = std::move(wire);
    }
    co_return opened;
}

ConnectOptions HttpClient::State::connect_options() const {
    ConnectOptions how;
    how.public_only = !options.allow_private_address;
    how.behind = behind;
    return how;
}

awaitable<HttpClient::State::Opened> HttpClient::State::connect(Connecting& connecting) {
    if (!to.unix_path.empty()) co_return co_await connect_unix();
    Opened opened;
    if (!to.tls && !options.allow_private_address) {
        opened.how = Sent::How::refused;
        opened.reason = "plain_http";
        co_return opened;
    }
    for (;;) {
        auto socket = co_await connecting.next();
        if (!socket) break;
        auto wire = std::make_unique<Wire>(executor);
        wire->socket() = std::move(*socket);
        if (to.tls && !co_await wire->secure(*tls, to.host)) {
            opened.reason = "tls";
            continue;
        }
        opened.wire = std::move(wire);
        co_return opened;
    }
    if (const auto fault = connecting.fault()) opened.reason = to_string(*fault);
    if (connecting.fault() == ConnectFault::private_address) opened.how = Sent::How::refused;
    co_return opened;
}

/// One request on a kept connection if there is one; on a new one if that had been closed meanwhile.
awaitable<bool> HttpClient::State::attempt(const WireRequest& request, Connecting& connecting, Sent& sent) {
    for (;;) {
        Opened opened;
        opened.wire = take_kept();
        opened.kept = opened.wire != nullptr;
        if (!opened.kept) opened = co_await connect(connecting);
        if (!opened.wire) {
            sent = not_sent(opened.how, std::move(opened.reason));
            co_return true;
        }
        const auto end = co_await opened.wire->exchange(request, options.answer_max, sent);
        if (end == Wire::End::reusable) keep(std::move(opened.wire));
        if (end == Wire::End::no_answer && opened.kept) continue;
        co_return true;
    }
}

awaitable<Sent> HttpClient::State::exchange(std::shared_ptr<State> self, WireRequest request) {
    Sent sent;
    sent.reason = "closed";
    Connecting connecting(self->lookup, self->to.host, self->to.port, self->connect_options());
    const auto ended = co_await within(self->options.total_limit, self->attempt(request, connecting, sent));
    // With a status the request has been answered, however slowly the rest of the answer came.
    if (sent.how == Sent::How::answered) co_return sent;
    if (connecting.address()) self->behind = connecting.address();
    if (!ended) {
        const bool begun = sent.begun;
        sent = not_sent(Sent::How::timed_out,
                        std::string(connecting.fault() ? to_string(*connecting.fault()) : "timeout"));
        sent.begun = begun;
    }
    co_return sent;
}

HttpClient::HttpClient(asio::any_io_executor executor, std::string_view url, HttpClientOptions options)
    : state_(std::make_shared<State>(std::move(executor), url, options)) {}

HttpClient::~HttpClient() = default;

awaitable<Sent> HttpClient::post(std::vector<std::pair<std::string, std::string>> headers, std::string body) {
    return request("POST", state_->to.target, std::move(headers), std::move(body));
}

awaitable<Sent> HttpClient::request(std::string method, std::string target,
                                    std::vector<std::pair<std::string, std::string>> headers, std::string body) {
    WireRequest request{std::move(method), std::move(target), state_->to.authority, std::move(headers),
                        std::move(body)};
    return State::exchange(state_, std::move(request));
}

}  // namespace jejak::net
