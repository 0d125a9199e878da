#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/net/http_server.hpp"
#include "protocol/feed/webhook.hpp"
#include "simulators/failure_mode.hpp"

namespace jejak::sim {

struct TaskforceOptions {
    std::string listen = "127.0.0.1:9000";
    std::vector<std::string> secrets;  ///< `whsec_…` or `whpk_…`; an event must be signed by one of them
    unsigned fail_status = 0;          ///< answer every event with this; 0 takes them
    std::uint64_t fail_first = 0;      ///< so many events are refused (fail_status, or 500), then all are taken
    bool hang = false;                 ///< never answer
    std::size_t keep = 10'000;         ///< events remembered for GET /received
    std::size_t ids_max = 2'000'000;   ///< webhook-ids remembered to tell repeats
    /// Called for each event: one JSON object on one line.
    std::function<void(const std::string&)> print;
};

/// A task force's endpoint: takes Standard Webhooks, verifies them, and can be told to fail.
///
/// POST to any other path is an event: 200 when its signature holds, 401 when not. Control, without authentication:
/// GET /received[?after=N] and POST /mode {"status":200|500|410…,"hang":false,"fail_first":0}.
class Taskforce {
public:
    /// Binds at once. errors: throws std::runtime_error with one line (address in use, not a secret).
    Taskforce(const net::asio::any_io_executor& executor, TaskforceOptions options);

    std::string address() const { return server_.address(); }
    net::awaitable<void> run();

    struct Counts {
        std::uint64_t requests = 0;    ///< events posted, whatever came of them
        std::uint64_t accepted = 0;    ///< verified and answered 2xx, each webhook-id once
        std::uint64_t duplicates = 0;  ///< verified and answered 2xx before
        std::uint64_t refused = 0;     ///< verified, and answered by the mode
        std::uint64_t unverified = 0;  ///< answered 401
    };
    const Counts& counts() const { return counts_; }
    std::string received_json(std::uint64_t after = 0) const;

private:
    struct Event {
        std::uint64_t number = 0;
        std::string id, type, body;
        unsigned status = 0;
        bool verified = false;
        std::uint64_t seen = 0;  ///< how often this id has come with a good signature, this time included
        WallTime at{};
    };

    net::awaitable<net::Answer> handle(net::Incoming request);
    net::awaitable<net::Answer> take_event(const net::HttpRequest& http);
    bool verified(const net::HttpRequest& http, std::string_view id) const;

    net::asio::any_io_executor executor_;
    TaskforceOptions options_;
    FailureMode mode_;
    std::vector<feed::WebhookKey> keys_;
    net::HttpServer server_;
    std::unordered_map<std::string, std::uint64_t> seen_;      ///< by webhook-id: verified requests
    std::unordered_map<std::string, std::uint64_t> accepted_;  ///< by webhook-id: 2xx answers
    std::deque<Event> events_;
    std::uint64_t numbers_ = 0;
    Counts counts_;
};

}  // namespace jejak::sim
