#include <CLI/CLI.hpp>
#include <memory>

#include "gateway/tool/tool.hpp"
#include "storage/vault.hpp"

namespace jejak::tool {
namespace {

int init_keys(Console& console, const std::string& file) {
    storage::Vault::init(file);
    console.out << "made " << file
                << "; keep a copy of it elsewhere: without it, nothing in the store can be read again\n";
    return exits::ok;
}

/// A command that the documentation names and this version does not have: says so instead of being unknown.
void add_not_built(CLI::App& parent, Family family, const std::string& name, const std::string& meaning,
                   const std::string& instead) {
    auto* command = parent.add_subcommand(name, meaning + " (not built in this version)");
    command->allow_extras();
    command->callback([family, name, instead] {
        family.chosen = [name, instead]() -> int {
            throw Failure(exits::unavailable, name + " is not built in this version; " + instead);
        };
    });
}

}  // namespace

void add_setup(Family family) {
    const auto argument = std::make_shared<std::string>();

    auto* keys = family.app.add_subcommand("keys", "the store's keys");
    keys->require_subcommand(1);
    auto* init_command = keys->add_subcommand("init", "makes a new key file, mode 0600; never overwrites one");
    init_command->add_option("FILE", *argument, "the key file to make")->required();
    init_command->callback(
        [family, argument] { family.chosen = [family, argument] { return init_keys(family.console, *argument); }; });
    add_not_built(*keys, family, "rotate", "re-seals the store with a new data key",
                  "keep the key file safe and restrict who can read it");
    add_not_built(family.app, family, "backup", "a sealed copy of the store",
                  "stop jejakd and copy the database, or use sqlite3's .backup; keep the key file elsewhere");
}

}  // namespace jejak::tool
