#include "gateway/net/lookup.hpp"

#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "protocol/time.hpp"

namespace jejak::net {
namespace {

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

asio::ip::address address_of(const sockaddr& socket_address) {
    if (socket_address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &socket_address, sizeof v4);
        return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    sockaddr_in6 v6{};
    std::memcpy(&v6, &socket_address, sizeof v6);
    asio::ip::address_v6::bytes_type octets{};
    std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
    return asio::ip::address_v6(octets, v6.sin6_scope_id);
}

/// As long as it takes: this is what needs a thread. It may run on after all else of the process is gone.
Lookup::Answer ask_system(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_protocol = IPPROTO_TCP;
    addrinfo* list = nullptr;
    const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    const int cause = errno;
    Lookup::Answer answer;
    if (error == EAI_SYSTEM) answer.fault = std::generic_category().message(cause);
    if (error != 0 && error != EAI_SYSTEM) answer.fault = ::gai_strerror(error);
    if (error != 0) return answer;
    const std::unique_ptr<addrinfo, FreeAddresses> owned(list);
    for (const auto* one = list; one != nullptr; one = one->ai_next) {
        if (one->ai_family == AF_INET || one->ai_family == AF_INET6)
            answer.addresses.push_back(address_of(*one->ai_addr));
    }
    return answer;
}

}  // namespace

/// Of those who wait for one name.
struct Lookup::Question {
    explicit Question(const asio::any_io_executor& executor) : answered(executor, SteadyTime::max()) {}
    asio::steady_timer answered;
    Answer answer;
};

struct Lookup::State {
    std::map<std::string, std::shared_ptr<Question>> under_way;

    void take(const std::string& host, Answer answer) {
        const auto found = under_way.find(host);
        if (found == under_way.end()) return;
        const auto question = found->second;
        under_way.erase(found);
        question->answer = std::move(answer);
        question->answered.cancel();
    }
};

/// From a thread back to the loop, for as long as somebody is there who asked.
struct Lookup::Line {
    std::mutex mutex;
    std::optional<asio::any_io_executor> loop;
};

Lookup::Lookup(asio::any_io_executor executor)
    : executor_(std::move(executor)), state_(std::make_shared<State>()), line_(std::make_shared<Line>()) {
    line_->loop = executor_;
}

Lookup::~Lookup() {
    {
        const std::lock_guard lock(line_->mutex);
        line_->loop.reset();
    }
    for (const auto& [host, question] : state_->under_way) question->answered.cancel();
}

std::shared_ptr<Lookup::Question> Lookup::ask(const std::string& host) {
    auto& question = state_->under_way[host];
    if (question) return question;
    question = std::make_shared<Question>(executor_);
    auto look = [line = line_, state = std::weak_ptr(state_), host] {
        auto answer = ask_system(host);
        auto tell = [state, host, answer = std::move(answer)]() mutable {
            if (const auto still = state.lock()) still->take(host, std::move(answer));
        };
        const std::lock_guard lock(line->mutex);
        if (line->loop) asio::post(*line->loop, std::move(tell));
    };
    std::thread(std::move(look)).detach();
    return question;
}

awaitable<Lookup::Answer> Lookup::resolve(std::string host) {
    boost::system::error_code not_an_address;
    const auto address = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) co_return Answer{{address}, {}};
    auto& under_way = state_->under_way;
    if (under_way.size() >= names_max && !under_way.contains(host))
        co_return Answer{{}, "too many names are being looked up"};
    std::shared_ptr<Question> question;
    try {
        question = ask(host);
    } catch (const std::system_error& no_thread) {
        under_way.erase(host);
        co_return Answer{{}, no_thread.code().message()};
    }
    co_await question->answered.async_wait(use_tuple);
    co_return question->answer;
}

}  // namespace jejak::net
