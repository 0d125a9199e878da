#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/net/http_client.hpp"
#include "simulators/histogram.hpp"
#include "simulators/http_dialect.hpp"
#include "simulators/load.hpp"

namespace jejak::sim {

struct AggregatorOptions {
    HttpChannel channel;
    std::vector<AggregatorText> texts;  ///< these; or the load when empty
    std::string service_number = "9840";
    LoadOptions load;
    std::size_t window = 1;  ///< requests at a time
    bool retry = false;      ///< again with the same id after 503, 429, 502, 504, or no answer
    unsigned attempts_max = 12;
    std::chrono::milliseconds retry_first{500};  ///< doubles up to retry_most; Retry-After counts more
    std::chrono::milliseconds retry_most{15'000};
    std::chrono::milliseconds answer_limit{15'000};
    std::function<void(const std::string&)> print;  ///< each answer as one JSON object on one line; null: none
};

/// An SMS aggregator or modem program on the other side of an HTTP channel.
class Aggregator {
public:
    /// errors: throws std::invalid_argument when the URL is none.
    Aggregator(const net::asio::any_io_executor& executor, AggregatorOptions options);

    /// Posts everything, `window` at a time, or until asked to stop.
    net::awaitable<void> run();

    struct Counts {
        std::uint64_t sent = 0;        ///< texts, not attempts
        std::uint64_t accepted = 0;    ///< answered 2xx
        std::uint64_t duplicates = 0;  ///< of those, called a repeat (json)
        std::uint64_t replies = 0;     ///< of those, with a text for the sender
        std::uint64_t retries = 0;
        std::uint64_t failed = 0;
        std::map<std::string, std::uint64_t> failures;  ///< by last status, or `timed_out`, `unreachable`
    };
    const Counts& counts() const { return counts_; }
    /// Counts, rate and latency as one JSON object.
    std::string report() const;

private:
    net::awaitable<void> work();
    net::awaitable<void> send(AggregatorText text);
    net::awaitable<net::Sent> attempt(const HttpCall& call);
    std::optional<AggregatorText> next(SteadyTime now);

    net::asio::any_io_executor executor_;
    AggregatorOptions options_;
    net::HttpClient client_;
    Load load_;
    std::string run_id_;
    Counts counts_;
    Histogram latency_;
    SteadyTime began_{}, ended_{};
};

}  // namespace jejak::sim
