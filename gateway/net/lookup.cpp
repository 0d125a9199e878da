#include "gateway/net/lookup.hpp"

#include <boost/asio/post.hpp>
#include <charconv>

#include "protocol/time.hpp"

namespace jejak::net {
namespace {

using tcp = asio::ip::tcp;
using boost::system::error_code;

/// Between the coroutine that waits and the thread that looks up; the later of the two lets go of it.
struct Question {
    explicit Question(const asio::any_io_executor& executor) : answered(executor, SteadyTime::max()) {}
    asio::steady_timer answered;
    std::vector<tcp::endpoint> endpoints;
};

std::vector<tcp::endpoint> ask(const std::string& host, const std::string& port) {
    asio::io_context own;
    tcp::resolver resolver(own);
    error_code error;
    const auto found = resolver.resolve(host, port, tcp::resolver::numeric_service, error);
    std::vector<tcp::endpoint> endpoints;
    if (error) return endpoints;
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
    return endpoints;
}

}  // namespace

awaitable<std::vector<tcp::endpoint>> Lookup::resolve(std::string host, std::string port) {
    error_code error;
    const auto address = asio::ip::make_address(host, error);
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    if (!error) co_return std::vector{tcp::endpoint(address, number)};

    if (!thread_) thread_ = std::make_unique<asio::thread_pool>(1);
    const auto question = std::make_shared<Question>(executor_);
    auto look = [question, host, port, loop = executor_] {
        auto endpoints = ask(host, port);
        auto tell = [question, endpoints = std::move(endpoints)]() mutable {
            question->endpoints = std::move(endpoints);
            question->answered.cancel();
        };
        asio::post(loop, std::move(tell));
    };
    asio::post(*thread_, std::move(look));
    co_await question->answered.async_wait(use_tuple);
    co_return std::move(question->endpoints);
}

}  // namespace jejak::net
