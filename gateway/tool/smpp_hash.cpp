#include <CLI/CLI.hpp>

#include "gateway/channel/server/password_check.hpp"
#include "gateway/tool/tool.hpp"
#include "protocol/smpp/field_sizes.hpp"

namespace jejak::tool {
namespace {

int hash(Console& console) {
    const auto password = read_line(console, "password");
    if (password.size() > smpp::long_password_max)
        throw Failure(exits::usage, "the password is longer than the 64 octets that a bind carries");
    console.out << channel::hash_password(password) << '\n';
    if (password.size() > smpp::password_max)
        console.err << "jejak: SMPP names 8 octets; some peers cut a longer password\n";
    return exits::ok;
}

}  // namespace

void add_smpp_hash(Family family) {
    const auto known = family.app.get_subcommands([](const CLI::App* one) { return one->get_name() == "smpp"; });
    auto* const smpp =
        known.empty() ? family.app.add_subcommand("smpp", "for an engineer who looks at SMPP peers") : known.front();
    smpp->require_subcommand(1);
    auto* command = smpp->add_subcommand(
        "hash", "prints the Argon2id hash of the password on standard input, for password_hash of an account");
    command->callback([family] { family.chosen = [family] { return hash(family.console); }; });
}

}  // namespace jejak::tool
