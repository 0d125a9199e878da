#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/tool/tool.hpp"

// What the README shows of the program is what the program says.
namespace jejak::tool {
namespace {

/// A command of the README and what it shows beneath it.
struct Sample {
    std::string command;  ///< on one line, without the program
    std::string output;
};

/// The sample whose command begins with `words`: "$ " and what goes on behind a backslash, then the output.
Sample sample_of(const std::string& words) {
    std::ifstream in(JEJAK_SOURCE_DIR "/README.md");
    const std::string prompt = "$ build/release/bin/jejak ";
    Sample sample;
    bool found = false;
    for (std::string line; std::getline(in, line);) {
        if (found && line == "```") return sample;
        if (found) {
            sample.output += line + "\n";
        } else if (line.starts_with(prompt + words)) {
            found = true;
            for (sample.command = line.substr(prompt.size()); sample.command.ends_with('\\') && std::getline(in, line);)
                sample.command = sample.command.substr(0, sample.command.size() - 1) + line;
        }
    }
    FAIL("the README has no closed block with: " << prompt << words);
    return sample;
}

/// As a shell splits it; double quotes only.
std::vector<std::string> arguments_of(const std::string& command) {
    std::vector<std::string> all;
    bool quoted = false, open = false;
    for (const char c : command) {
        if (c == '"') {
            quoted = !quoted;
            if (!open) all.emplace_back();
            open = true;
        } else if (c == ' ' && !quoted) {
            open = false;
        } else {
            if (!open) all.emplace_back();
            open = true;
            all.back() += c;
        }
    }
    return all;
}

}  // namespace

TEST_CASE("the README shows what explain says") {
    const auto sample = sample_of("explain ");
    auto arguments = arguments_of(sample.command);
    for (auto& argument : arguments) {
        if (argument.starts_with("deploy/")) argument.insert(0, JEJAK_SOURCE_DIR "/");
    }
    std::istringstream in;
    std::ostringstream out, err;
    const int exit = run(arguments, {in, out, err});
    INFO("to mend it, run the command that README.md shows, and put what it prints beneath it:\n" << out.str());
    CHECK(err.str().empty());
    CHECK(exit == exits::ok);
    CHECK(out.str() == sample.output);
}

}  // namespace jejak::tool
