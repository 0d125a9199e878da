#include "gateway/tool/tool.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "storage/error.hpp"
#include "storage/vault.hpp"

namespace jejak::tool {
namespace {

constexpr std::size_t line_max = 1'024;

int report(Console& console, int exit, const char* what) {
    console.err << "jejak: " << what << '\n';
    return exit;
}

/// The first word that should be a subcommand and is none, with what there is instead; empty when all are known.
std::string unknown_subcommand(const CLI::App& app, const std::vector<std::string>& arguments) {
    const CLI::App* at = &app;
    for (const auto& word : arguments) {
        const auto known = at->get_subcommands([](const CLI::App*) { return true; });
        if (known.empty() || word.starts_with('-')) return {};
        const auto found =
            std::find_if(known.begin(), known.end(), [&](const CLI::App* one) { return one->check_name(word); });
        if (found == known.end()) {
            std::string names;
            for (const auto* one : known) names += (names.empty() ? "" : ", ") + one->get_name();
            // A number in the wrong place is not repeated.
            const bool letters = word.find_first_of("0123456789") == std::string::npos;
            return (letters ? '"' + word + '"' : "what was given") + " is no subcommand of " + at->get_name() +
                   "; there are " + names;
        }
        at = *found;
    }
    return {};
}

/// Runs what was chosen; every failure becomes one line and an exit status.
int run_chosen(Console& console, const std::function<int()>& chosen) {
    try {
        const int exit = chosen();
        console.out.flush();
        if (!console.out) return report(console, exits::unavailable, "the output could not be written");
        return exit;
    } catch (const Failure& failure) {
        return report(console, failure.exit, failure.what());
    } catch (const storage::KeyError& error) {
        return report(console, exits::configuration, error.what());
    } catch (const storage::Error& error) {
        return report(console, exits::unavailable, error.what());
    } catch (const std::exception& error) {
        return report(console, exits::unavailable, error.what());
    }
}

}  // namespace

int run(const std::vector<std::string>& arguments, Console console) {
    CLI::App app(
        "Jejak's operator's tool. Exit status: 0 done, 1 the answer is no, 64 usage, 69 unavailable, 78 configuration.",
        "jejak");
    app.set_version_flag("--version", "jejak " JEJAK_VERSION);
    app.require_subcommand(1);

    std::function<int()> chosen;
    const Family family{app, console, chosen};
    for (auto* add : {add_explain, add_ledger, add_export, add_person, add_report, add_token, add_endpoint, add_pack,
                      add_setup, add_smpp_decode, add_smpp_probe, add_smpp_hash})
        add(family);

    if (const auto unknown = unknown_subcommand(app, arguments); !unknown.empty())
        return report(console, exits::usage, unknown.c_str());
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
        return app.exit(error, console.out, console.err) == 0 ? exits::ok : exits::usage;
    }
    return run_chosen(console, chosen);
}

void add_config(CLI::App& command, std::filesystem::path& file) {
    command.add_option("--config", file, "the configuration of jejakd")->required()->type_name("FILE");
}

std::string read_line(Console& console, const std::string& prompt) {
    if (&console.in == &std::cin && ::isatty(STDIN_FILENO) == 1) console.err << prompt << ": " << std::flush;
    const auto next = [&] {
        std::string line;
        std::getline(console.in, line);
        if (line.size() > line_max) throw Failure(exits::usage, "the line on standard input is too long");
        const auto first = line.find_first_not_of(" \t\r");
        return first == std::string::npos ? std::string()
                                          : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
    };
    std::string line = next();
    if (line.empty())
        throw Failure(exits::usage, "nothing came on standard input; it must hold the " + prompt + ", alone on a line");
    const bool interactive = &console.in == &std::cin && ::isatty(STDIN_FILENO) == 1;
    if (!interactive && !next().empty()) throw Failure(exits::usage, "standard input must hold one line");
    return line;
}

void check_reason(bool reveal, const std::string& reason) {
    if (reveal && reason.size() < reason_min) {
        throw Failure(exits::usage,
                      "--reveal needs --reason with at least 8 characters: it is kept in the audit trail");
    }
    if (!reveal && !reason.empty()) throw Failure(exits::usage, "--reason goes with --reveal");
}

}  // namespace jejak::tool
