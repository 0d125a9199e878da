#pragma once
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <vector>

namespace CLI {
class App;
}

/// The operator's tool: `jejak COMMAND …`. Each family of commands is one file that adds itself to the parser.
namespace jejak::tool {

/// How a command ended. source: sysexits(3) for the larger ones
namespace exits {
constexpr int ok = 0;
constexpr int negative = 1;  ///< it worked, and the answer is no: a ledger that does not balance, no such person
constexpr int usage = 64;
constexpr int unavailable = 69;    ///< the store or the daemon cannot be reached, or the command is not built
constexpr int configuration = 78;  ///< configuration or keys
}  // namespace exits

/// Ends a command with one line for the operator: no number, no text, no secret.
struct Failure : std::runtime_error {
    Failure(int exit_, const std::string& what) : std::runtime_error(what), exit(exit_) {}
    int exit;
};

/// Where a command reads and writes; tests pass string streams.
struct Console {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
};

/// Runs one command line, without the program's name. Returns the exit status.
int run(const std::vector<std::string>& arguments, Console console);

/// What a family of commands is given: a parser to add itself to, and the place to leave what the chosen command does.
struct Family {
    CLI::App& app;
    Console& console;
    std::function<int()>& chosen;
};

void add_explain(Family family);
void add_setup(Family family);   ///< keys init, and what is not built yet
void add_pack(Family family);    ///< pack lint, pack diff
void add_ledger(Family family);  ///< ledger, audit verify
void add_export(Family family);
void add_person(Family family);
void add_report(Family family);
void add_token(Family family);
void add_endpoint(Family family);
void add_smpp_decode(Family family);
void add_smpp_probe(Family family);
void add_smpp_hash(Family family);  ///< smpp hash: after whatever else adds to smpp

/// Adds the required `--config FILE`.
void add_config(CLI::App& command, std::filesystem::path& file);

/// The one line on standard input, without its end; at a terminal it is asked for by `prompt`.
/// errors: Failure for an empty line, an overlong one, or more than one.
std::string read_line(Console& console, const std::string& prompt);

/// `--reveal` without a reason that says something is refused. Returns the reason.
/// errors: Failure
constexpr std::size_t reason_min = 8;
void check_reason(bool reveal, const std::string& reason);

}  // namespace jejak::tool
