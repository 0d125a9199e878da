#pragma once
#include <string>
#include <vector>

#include "gateway/http/api.hpp"
#include "gateway/net/task_group.hpp"
#include "tests/support/on_loop.hpp"
#include "tests/support/phones.hpp"

namespace jejak::tests {

/// A gateway's HTTP side over a village, and a client to it. Channels are added before the first request.
class HttpFront {
public:
    HttpFront()
        : services_{config,
                    *village.access,
                    *village.intake,
                    village.publisher,
                    telemetry_,
                    [] { return sambas(); },
                    [](const std::string&) { return casework::ReplyRoute{}; },
                    [this](const intake::Accepted&) { ++stored; },
                    [this](const std::vector<std::string>& endpoints) { woken += endpoints.size(); },
                    [] { return std::vector<std::pair<std::string, std::string>>{}; },
                    *village.desk},
          server_(village.loop.get_executor(), on_a_free_port(),
                  [this](net::Incoming incoming) { return http::serve(services_, std::move(incoming)); }),
          group_(village.loop.get_executor()),
          client_(test::client_to(village.loop, server_.address())) {
        group_.spawn("http", server_.run());
    }
    ~HttpFront() {
        group_.stop();
        village.run(Phones::ignore(group_.join(std::chrono::seconds(10))));
    }
    HttpFront(const HttpFront&) = delete;
    HttpFront& operator=(const HttpFront&) = delete;

    /// Takes requests of that dialect whose key is "k".
    HttpChannelOptions& add_channel(const std::string& name, std::string_view dialect) {
        auto& channel = config.http_channels.emplace_back();
        channel.name = name;
        channel.dialect = dialect::find(dialect);
        channel.key = SensitiveText("k");
        return channel;
    }

    net::Sent request(const std::string& method, const std::string& target, test::Headers headers,
                      const std::string& body) {
        net::Sent sent;
        auto task = [&]() -> net::awaitable<void> {
            sent = co_await client_.request(method, target, std::move(headers), body);
        };
        village.run(task());
        return sent;
    }

    Phones village;
    Config config;
    int stored = 0;         ///< messages handed over as stored
    std::size_t woken = 0;  ///< endpoints that were told

private:
    static net::HttpServerOptions on_a_free_port() {
        net::HttpServerOptions options;
        options.listen = "127.0.0.1:0";
        return options;
    }

    Telemetry telemetry_;
    http::Services services_;
    net::HttpServer server_;
    net::TaskGroup group_;
    net::HttpClient client_;
};

}  // namespace jejak::tests
