#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/config/config.hpp"
#include "gateway/net/await.hpp"

namespace jejak {

/// The composition root: builds every part from the configuration, starts them in order, and stops them in reverse.
/// What it needs is checked before anything listens: keys that are the store's, a pack without faults, a free address.
class Gateway {
public:
    /// errors: throws std::runtime_error with one line for the operator.
    Gateway(net::asio::any_io_executor executor, Config config, std::filesystem::path config_file);
    ~Gateway();

    /// Serves until SIGTERM or SIGINT, then stops in order: dispatch, channels, HTTP, store. SIGHUP reads pack,
    /// log level, certificates and who may bind to our listeners anew. `ready` is called once, with the HTTP address,
    /// when everything serves. Returns the process's exit code.
    net::awaitable<int> run(std::function<void(const std::string& address)> ready);

    /// What stands in the way of starting, one line each, without starting: configuration, keys, pack.
    static std::vector<std::string> check(const Config& config);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// `jejakd --config FILE [--check]`: arguments, configuration, run. Returns the exit code: 0, 64 usage, 69
/// unavailable, 74 the store's disk, 78 configuration.
int run_daemon(int argc, char** argv);

}  // namespace jejak
