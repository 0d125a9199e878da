#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace jejak::sim {

/// `jejak-sim ussd`: a phone in the terminal.
struct UssdCommand {
    std::string url, smsc, key, from = "+628400000001", dial = "*384#";
    std::vector<std::string> inputs;
    bool hang_up = false;

    CLI::App* add_to(CLI::App& app);
    /// Returns the process's exit code.
    int run();
};

}  // namespace jejak::sim
