#include "gateway/http/api.hpp"

#include <array>

#include "gateway/http/request.hpp"
#include "gateway/token.hpp"
#include "protocol/dialect/signature.hpp"

namespace jejak::http {
namespace {

using net::Answer;
using net::awaitable;
using net::Incoming;

enum class Access : std::uint8_t { channel_key, token, loopback };

struct Route {
    std::string_view method;  ///< empty: GET and POST
    std::string_view prefix;
    std::string_view suffix;  ///< after one path segment
    bool segment;             ///< a segment stands between the two
    Access access;
    awaitable<Answer> (*handler)(Services&, Request);
};

// Every route there is. More specific ones first.
constexpr std::array routes{
    Route{"", "/v1/in/", "", true, Access::channel_key, receive_message},
    Route{"POST", "/v1/ussd/", "", true, Access::channel_key, receive_ussd},
    Route{"POST", "/v1/alerts/", "/acknowledge", true, Access::token, acknowledge_alert},
    Route{"GET", "/v1/alerts/", "", true, Access::token, show_alert},
    Route{"GET", "/v1/alerts", "", false, Access::token, list_alerts},
    Route{"GET", "/v1/ledger", "", false, Access::token, show_ledger},
    Route{"GET", "/healthz", "", false, Access::loopback, show_health},
    Route{"GET", "/readyz", "", false, Access::loopback, show_readiness},
    Route{"GET", "/metrics", "", false, Access::loopback, show_metrics},
};

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

/// The segment between prefix and suffix, or empty when the path is another one.
std::optional<std::string> match(const Route& route, std::string_view path) {
    if (!path.starts_with(route.prefix)) return std::nullopt;
    path.remove_prefix(route.prefix.size());
    if (!route.segment) return path.empty() ? std::optional<std::string>("") : std::nullopt;
    if (!path.ends_with(route.suffix)) return std::nullopt;
    path.remove_suffix(route.suffix.size());
    if (path.empty() || path.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(path);
}

bool method_fits(const Route& route, std::string_view method) {
    if (route.method.empty()) return method == "GET" || method == "POST";
    return method == route.method || (route.method == "GET" && method == "HEAD");
}

Answer unauthorized() {
    auto answer = net::problem(401, "Unauthorized", "a valid token is needed: Authorization: Bearer TOKEN");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
}

awaitable<Answer> call(Services& services, const Route& route, Request request) {
    if (route.access == Access::loopback && !request.incoming.from_loopback) {
        co_return net::problem(403, "Forbidden", "open to this machine only");
    }
    if (route.access == Access::token) {
        auto asker = co_await authenticate(services, request.incoming.http);
        if (!asker) co_return unauthorized();
        request.asker = std::move(*asker);
    }
    co_return co_await route.handler(services, std::move(request));
}

}  // namespace

awaitable<Answer> serve(Services& services, Incoming incoming) {
    const std::string path(path_of(incoming.http.target));
    const std::string method = incoming.http.method;
    std::string allowed;
    for (const auto& route : routes) {
        auto rest = match(route, path);
        if (!rest) continue;
        if (method_fits(route, method)) {
            Request request{std::move(incoming), std::move(*rest), {}};
            co_return co_await call(services, route, std::move(request));
        }
        allowed = route.method.empty() ? "GET, POST" : route.method;
    }
    if (allowed.empty()) co_return net::problem(404, "Not Found", "there is nothing at this path");
    auto answer = net::problem(405, "Method Not Allowed", "this path takes " + allowed);
    answer.headers.emplace_back("Allow", allowed);
    co_return answer;
}

awaitable<std::optional<Asker>> authenticate(Services& services, const net::HttpRequest& request) {
    const auto token = dialect::credentials(request, "bearer");
    if (token.empty()) co_return std::nullopt;
    const auto hash = token_hash(token);
    for (const auto& known : services.config.tokens) {
        if (dialect::same_secret(known.hash, hash)) co_return Asker{known.name, known.role, known.areas};
    }
    std::vector<storage::Token> stored;
    auto ask = [&stored](storage::View& view) { stored = view.tokens(); };
    co_await services.store.read(ask);
    for (const auto& known : stored) {
        if (!known.revoked && dialect::same_secret(known.hash, hash))
            co_return Asker{known.name, known.role, known.areas};
    }
    co_return std::nullopt;
}

Answer json_answer(std::string body, unsigned status) {
    Answer answer;
    answer.status = status;
    answer.content_type = "application/json";
    answer.body = std::move(body);
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

Answer unavailable(std::string_view detail) {
    auto answer = net::problem(503, "Service Unavailable", detail);
    answer.headers.emplace_back("Retry-After", "5");
    return answer;
}

}  // namespace jejak::http
