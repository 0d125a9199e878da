#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "gateway/gateway.hpp"
#include "storage/vault.hpp"

namespace jejak {
namespace {

constexpr int exit_ok = 0;
constexpr int exit_usage = 64;
constexpr int exit_unavailable = 69;
constexpr int exit_config = 78;

/// A seized core file would hold what the vault hides.
void forbid_core_dumps() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

void log_to_stderr() {
    auto logger = spdlog::stderr_logger_mt("jejakd");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z level=%l %v");
    spdlog::set_default_logger(std::move(logger));
}

int check(const Config& config) {
    const auto faults = Gateway::check(config);
    for (const auto& fault : faults) std::cerr << fault << '\n';
    return faults.empty() ? exit_ok : exit_config;
}

int serve(Config config, const std::filesystem::path& file) {
    net::asio::io_context loop(1);
    std::unique_ptr<Gateway> gateway;
    try {
        gateway = std::make_unique<Gateway>(loop.get_executor(), std::move(config), file);
    } catch (const storage::KeyError& error) {
        std::cerr << "jejakd: " << error.what() << '\n';
        return exit_config;
    } catch (const std::exception& error) {
        std::cerr << "jejakd: " << error.what() << '\n';
        return exit_unavailable;
    }
    int code = exit_ok;
    auto ready = [](const std::string& address) { std::cout << "ready http=" << address << std::endl; };
    auto finished = [&](std::exception_ptr failure, int result) {
        if (failure) std::rethrow_exception(failure);
        code = result;
        loop.stop();
    };
    net::asio::co_spawn(loop, gateway->run(ready), finished);
    loop.run();
    return code;
}

}  // namespace

int run_daemon(int argc, char** argv) {
    CLI::App app("jejakd: the reporting gateway. Takes texts from SMSCs and aggregators, keeps them, passes alerts on.",
                 "jejakd");
    app.set_version_flag("--version", "jejakd " JEJAK_VERSION);
    std::string file;
    bool only_check = false;
    app.add_option("--config", file, "configuration file (TOML)")->required();
    app.add_flag("--check", only_check,
                 "validate configuration, pack and keys, then exit: 0, or 78 with a line per fault");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exit_ok : exit_usage;
    }
    forbid_core_dumps();
    log_to_stderr();
    auto loaded = load_config(file);
    if (!loaded.config) {
        for (const auto& fault : loaded.faults) std::cerr << to_string(fault) << '\n';
        return exit_config;
    }
    if (only_check) return check(*loaded.config);
    return serve(std::move(*loaded.config), file);
}

}  // namespace jejak
