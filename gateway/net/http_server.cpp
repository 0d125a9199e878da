#include "gateway/net/http_server.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <list>
#include <map>
#include <stdexcept>

#include "gateway/net/address.hpp"
#include "gateway/net/http_session.hpp"
#include "gateway/net/task_group.hpp"
#include "gateway/net/tls.hpp"

namespace jejak::net {
namespace {

using boost::system::error_code;
using tcp = asio::ip::tcp;
using local = asio::local::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

constexpr int backlog = 256;
constexpr std::chrono::milliseconds sweep_max{250};        ///< how late a deadline may be noticed
constexpr std::chrono::milliseconds accept_pause{200};     ///< after running out of descriptors
constexpr std::chrono::milliseconds finish_limit{30'000};  ///< for requests under way when asked to stop
constexpr std::chrono::milliseconds force_limit{1'000};

[[noreturn]] void refuse(const HttpServerOptions& options, std::string_view why) {
    throw std::runtime_error("http: cannot listen on " + options.listen + ": " + std::string(why));
}

/// A socket file left by a process that died may go; one that answers may not.
bool left_behind(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return false;
    asio::io_context probe;
    local::socket socket(probe);
    error_code error;
    socket.connect(local::endpoint(path), error);
    return error == asio::error::connection_refused;
}

Acceptor open_acceptor(const asio::any_io_executor& executor, const HttpServerOptions& options) {
    const auto parsed = parse_listen(options.listen);
    if (!parsed) refuse(options, parsed.error());
    Acceptor acceptor(executor);
    error_code error;
    if (const auto* unix_path = std::get_if<UnixPath>(&*parsed)) {
        if (left_behind(unix_path->path)) ::unlink(unix_path->path.c_str());
        const local::endpoint endpoint(unix_path->path);
        acceptor.open(endpoint.protocol());
        acceptor.bind(endpoint, error);
        // Nobody can connect before listen(): there is no moment in which the mode is another.
        if (!error && ::chmod(unix_path->path.c_str(), S_IRUSR | S_IWUSR) != 0) {
            error.assign(errno, boost::system::system_category());
        }
    } else {
        const auto& endpoint = std::get<tcp::endpoint>(*parsed);
        acceptor.open(endpoint.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind(endpoint, error);
    }
    if (!error) acceptor.listen(backlog, error);
    if (error) refuse(options, error.message());
    return acceptor;
}

std::optional<TlsServer> open_tls(const HttpServerOptions& options) {
    if (!options.tls) return std::nullopt;
    try {
        return std::optional<TlsServer>(std::in_place, "http", *options.tls);
    } catch (const TlsFileError& error) {
        throw std::runtime_error(std::string("http: tls_") + error.what());
    }
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
    State(const asio::any_io_executor& executor_, HttpServerOptions options_, Handler handler_)
        : executor(executor_),
          tls(open_tls(options_)),
          acceptor(open_acceptor(executor, options_)),
          room(executor),
          sessions(executor),
          keepers(executor) {
        context.options = std::move(options_);
        context.handler = std::move(handler_);
        for (auto* group : {&sessions, &keepers}) group->on_failure([this] { give_up(); });
    }
    ~State() { unlink_socket(); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    awaitable<void> accept_loop();
    awaitable<void> session(std::shared_ptr<State> self, std::list<Connection>::iterator connection);
    awaitable<void> sweep();
    void admit(StreamSocket socket, const asio::generic::stream_protocol::endpoint& peer);
    void end_idle();
    void give_up();
    void unlink_socket();
    ListenAddress bound() const;
    bool failed() const { return sessions.failed() || keepers.failed(); }

    asio::any_io_executor executor;
    std::optional<TlsServer> tls;
    Acceptor acceptor;
    ServerContext context;
    std::list<Connection> connections;
    std::map<std::string, std::size_t> per_peer;
    asio::steady_timer room;  ///< cancelled when a connection ends
    TaskGroup sessions;
    TaskGroup keepers;
};

/// Accepts while there is room; further peers wait in the backlog.
awaitable<void> HttpServer::State::accept_loop() {
    while (!co_await stop_requested()) {
        if (connections.size() >= context.options.connections_max) {
            room.expires_at(SteadyTime::max());
            co_await room.async_wait(use_tuple);
            if (failed()) break;
            continue;
        }
        StreamSocket socket(executor);
        asio::generic::stream_protocol::endpoint peer;
        const auto [error] = co_await acceptor.async_accept(socket, peer, use_tuple);
        if (failed()) break;
        if (co_await stop_requested()) break;
        if (!error) {
            admit(std::move(socket), peer);
        } else if (error != asio::error::connection_aborted) {
            spdlog::warn("event=accept_failed reason=\"{}\"", error.message());
            room.expires_after(accept_pause);
            co_await room.async_wait(use_tuple);
        }
    }
}

void HttpServer::State::admit(StreamSocket socket, const asio::generic::stream_protocol::endpoint& peer) {
    Connection connection(std::move(socket));
    if (peer.protocol().family() == AF_UNIX || !std::holds_alternative<tcp::endpoint>(bound())) {
        connection.from_loopback = true;
    } else {
        tcp::endpoint address;
        address.resize(peer.size());
        std::memcpy(address.data(), peer.data(), peer.size());
        connection.from_loopback = is_loopback(address.address());
        connection.peer = address.address().to_string();
        error_code ignored;
        connection.socket.set_option(tcp::no_delay(true), ignored);
    }
    if (!connection.from_loopback) {
        auto& count = per_peer[connection.peer];
        if (count >= context.options.connections_per_peer_max) return;  // closes it
        ++count;
    }
    ++context.counts.connections;
    const auto place = connections.insert(connections.end(), std::move(connection));
    sessions.spawn("http_session", session(shared_from_this(), place));
}

awaitable<void> HttpServer::State::session(std::shared_ptr<State> self, std::list<Connection>::iterator connection) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto loaded = tls ? tls->context() : nullptr;  // this connection's, whatever is loaded meanwhile
    co_await serve(*connection, context, loaded.get());
    if (!connection->from_loopback) {
        const auto count = per_peer.find(connection->peer);
        if (--count->second == 0) per_peer.erase(count);
    }
    connections.erase(connection);
    room.cancel();
    (void)self;
}

/// Cancels what is late. Again at every turn: an operation made of several reads may have been between two of them.
awaitable<void> HttpServer::State::sweep() {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto shortest = std::min(context.options.header_limit, context.options.body_limit);
    const auto every = std::clamp(shortest / 4, std::chrono::milliseconds(1), sweep_max);
    asio::steady_timer timer(executor);
    while (!co_await stop_requested()) {
        timer.expires_after(every);
        co_await timer.async_wait(use_tuple);
        const auto now = std::chrono::steady_clock::now();
        for (auto& connection : connections) {
            if (connection.deadline > now) continue;
            connection.expired = true;
            error_code ignored;
            connection.socket.cancel(ignored);
        }
        if (context.stopping) end_idle();
    }
}

void HttpServer::State::end_idle() {
    for (auto& connection : connections) {
        error_code ignored;
        if (connection.interruptible) connection.socket.cancel(ignored);
    }
}

/// A task failed: the accept loop ends, and run() throws it.
void HttpServer::State::give_up() {
    error_code ignored;
    acceptor.cancel(ignored);
    room.cancel();
}

ListenAddress HttpServer::State::bound() const {
    auto parsed = *parse_listen(context.options.listen);
    if (auto* endpoint = std::get_if<tcp::endpoint>(&parsed)) {
        error_code ignored;
        const auto actual = acceptor.local_endpoint(ignored);
        if (!ignored && actual.size() > 0) {
            endpoint->resize(actual.size());
            std::memcpy(endpoint->data(), actual.data(), actual.size());
        }
    }
    return parsed;
}

void HttpServer::State::unlink_socket() {
    const auto parsed = parse_listen(context.options.listen);
    if (!parsed || !acceptor.is_open()) return;
    if (const auto* unix_path = std::get_if<UnixPath>(&*parsed)) ::unlink(unix_path->path.c_str());
    error_code ignored;
    acceptor.close(ignored);
}

HttpServer::HttpServer(asio::any_io_executor executor, HttpServerOptions options, Handler handler)
    : state_(std::make_shared<State>(executor, std::move(options), std::move(handler))),
      address_(to_text(state_->bound())) {}

HttpServer::~HttpServer() = default;

std::string HttpServer::address() const {
    return address_;
}
TlsRenewal HttpServer::renew_tls(const std::optional<TlsServerOptions>& fresh) {
    return state_->tls && fresh ? state_->tls->renewal(*fresh) : [] {};
}
const HttpServer::Counts& HttpServer::counts() const {
    return state_->context.counts;
}

awaitable<void> HttpServer::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto state = state_;
    state->keepers.spawn("http_sweep", state->sweep());
    co_await state->accept_loop();
    state->unlink_socket();
    state->context.stopping = true;
    state->end_idle();
    if (!co_await state->sessions.join(finish_limit)) {
        spdlog::warn("event=http_stop_late connections={}", state->connections.size());
        state->sessions.stop();
        co_await state->sessions.join(force_limit);
    }
    state->keepers.stop();
    co_await state->keepers.join(force_limit);
    state->sessions.throw_if_failed();
    state->keepers.throw_if_failed();
}

}  // namespace jejak::net
