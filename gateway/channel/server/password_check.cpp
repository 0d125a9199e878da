#include "gateway/channel/server/password_check.hpp"

#include <sodium.h>

#include <array>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <charconv>
#include <stdexcept>

#include "protocol/ensure.hpp"

namespace jejak::channel {
namespace {

void prepare() {
    static const bool ready = sodium_init() >= 0;
    ensure(ready);
}

/// The number after `key`, up to a comma or a dollar sign.
std::optional<std::uint32_t> number_after(std::string_view text, std::string_view key) {
    const auto at = text.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(at + key.size());
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end == digits.data() + digits.size() || (*end != ',' && *end != '$'))
        return std::nullopt;
    return value;
}

}  // namespace

std::optional<HashCost> hash_cost(const std::string& hash) {
    prepare();
    if (!hash.starts_with("$argon2id$v=19$") || hash.size() >= crypto_pwhash_STRBYTES) return std::nullopt;
    if (crypto_pwhash_str_needs_rehash(hash.c_str(), crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) < 0)
        return std::nullopt;
    const auto memory = number_after(hash, "$m="), passes = number_after(hash, ",t=");
    if (!memory || !passes) return std::nullopt;
    return HashCost{*memory, *passes};
}

std::string hash_password(std::string_view password) {
    prepare();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        throw std::runtime_error("the machine has no 64 MiB of memory to hash a password with");
    }
    return text.data();
}

bool same_secret(std::string_view a, std::string_view b) {
    prepare();
    std::array<unsigned char, crypto_generichash_BYTES> key{}, of_a{}, of_b{};
    randombytes_buf(key.data(), key.size());
    const auto hash = [&](std::string_view text, auto& out) {
        crypto_generichash(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                           key.data(), key.size());
    };
    hash(a, of_a);
    hash(b, of_b);
    return sodium_memcmp(of_a.data(), of_b.data(), of_a.size()) == 0;
}

PasswordCheck::PasswordCheck(net::asio::any_io_executor loop) : loop_(std::move(loop)) {
    prepare();
}

PasswordCheck::~PasswordCheck() {
    std::deque<Job> left;  // outlives the lock: what a job holds may do anything when it goes
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        left.swap(waiting_);
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool PasswordCheck::ask(std::string hash, SensitiveText password, Done done) {
    auto work = net::asio::prefer(loop_, net::asio::execution::outstanding_work.tracked);
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() == waiting_max) return false;
        waiting_.push_back({std::move(hash), std::move(password), std::move(done), std::move(work)});
        if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    }
    wake_.notify_one();
    return true;
}

net::awaitable<std::optional<bool>> PasswordCheck::ask(std::string hash, SensitiveText password) {
    using Answer = std::optional<bool>;
    auto start = [this](auto handler, std::string known, SensitiveText given) {
        auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
        Done done = [waiting](bool right) { std::move (*waiting)(Answer(right)); };
        if (ask(std::move(known), std::move(given), std::move(done))) return;
        net::asio::post(loop_, [waiting] { std::move (*waiting)(Answer()); });
    };
    co_return co_await net::asio::async_initiate<decltype(net::asio::use_awaitable), void(Answer)>(
        start, net::asio::use_awaitable, std::move(hash), std::move(password));
}

void PasswordCheck::run() {
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
            if (closing_) return;
            job = std::move(waiting_.front());
            waiting_.pop_front();
        }
        auto& password = job.password.reveal();
        const bool right = crypto_pwhash_str_verify(job.hash.c_str(), password.data(), password.size()) == 0;
        sodium_memzero(password.data(), password.size());
        net::asio::post(job.work, [done = std::move(job.done), right] { done(right); });
    }
}

}  // namespace jejak::channel
