#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "gateway/net/http_server.hpp"
#include "protocol/time.hpp"
#include "simulators/failure_mode.hpp"

namespace jejak::sim {

struct ProviderOptions {
    std::string listen = "127.0.0.1:9010";
    std::size_t keep = 10'000;  ///< texts remembered for GET /sent
    /// Called for each text: one JSON object on one line.
    std::function<void(const std::string&)> print;
};

/// The other half of an aggregator: a send API. Takes the calls of twilio, vonage, infobip, africastalking, android and
/// httpsms by their paths, and any other path with `to` and `text` in a form, a query or JSON; answers as each does.
///
/// Control, without authentication: GET /sent[?after=N] and POST /mode {"status":200|429|503…,"retry_after":0,
/// "hang":false,"fail_first":0}.
class Provider {
public:
    /// Binds at once. errors: throws std::runtime_error with one line (address in use).
    Provider(const net::asio::any_io_executor& executor, ProviderOptions options);

    std::string address() const { return server_.address(); }
    net::awaitable<void> run();
    /// `{"requests","taken","refused","texts":[{"number","provider","from","to","text","id","at"}]}`
    std::string sent_json(std::uint64_t after = 0) const;

private:
    struct Text {
        std::uint64_t number = 0;
        std::string provider, from, to, text, id;
        WallTime at{};
    };

    net::awaitable<net::Answer> handle(net::Incoming request);
    net::awaitable<net::Answer> take(const net::HttpRequest& http);

    net::asio::any_io_executor executor_;
    ProviderOptions options_;
    net::HttpServer server_;
    std::deque<Text> texts_;
    std::uint64_t requests_ = 0, taken_ = 0, refused_ = 0;
    FailureMode mode_;
};

}  // namespace jejak::sim
