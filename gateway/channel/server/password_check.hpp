#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "gateway/net/await.hpp"
#include "protocol/sensitive.hpp"

namespace jejak::channel {

/// What Argon2id costs, as a hash's text says; what is beyond these limits is refused when the configuration is read,
/// for it is paid at every bind.
struct HashCost {
    std::uint32_t memory_kib = 0;
    std::uint32_t passes = 0;
    static constexpr std::uint32_t memory_kib_max = 262'144;
    static constexpr std::uint32_t passes_max = 16;
};
/// Empty when the text is no Argon2id hash that this machine's library can check.
std::optional<HashCost> hash_cost(const std::string& hash);

/// The text to keep in place of a password, salted: two of one password differ. Takes tens of milliseconds and 64 MiB.
/// errors: throws std::runtime_error when the machine has no memory for it. source: RFC 9106
std::string hash_password(std::string_view password);

/// Whether two secrets are equal, in a time that tells nothing of either.
bool same_secret(std::string_view a, std::string_view b);

/// Checks passwords against Argon2id hashes on a thread of its own: the network does not wait for it. One at a time:
/// each takes the memory its hash was made with.
class PasswordCheck {
public:
    static constexpr std::size_t waiting_max = 64;

    /// `loop` is where answers are told.
    explicit PasswordCheck(net::asio::any_io_executor loop);
    /// Ends the check under way; those who wait are not told.
    ~PasswordCheck();
    PasswordCheck(const PasswordCheck&) = delete;
    PasswordCheck& operator=(const PasswordCheck&) = delete;

    using Done = std::function<void(bool right)>;
    /// `done` runs later on the loop's thread, exactly once. False: too many are waiting, and `done` was not kept.
    bool ask(std::string hash, SensitiveText password, Done done);
    /// The same for a coroutine; empty when too many are waiting.
    net::awaitable<std::optional<bool>> ask(std::string hash, SensitiveText password);

private:
    struct Job {
        std::string hash;
        SensitiveText password;
        Done done;
        net::asio::any_io_executor work;  ///< keeps the loop running until it is told
    };
    void run();

    net::asio::any_io_executor loop_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> waiting_;  // guarded by mutex_, as is the next
    bool closing_ = false;
    std::thread thread_;  ///< begun with the first question
};

}  // namespace jejak::channel
