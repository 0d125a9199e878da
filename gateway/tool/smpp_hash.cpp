#include <CLI/CLI.hpp>

#include "gateway/channel/server/password_check.hpp"
#include "gateway/tool/smpp_command.hpp"
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
    auto* command = smpp_command(family).add_subcommand(
        "hash", "prints the Argon2id hash of the password on standard input, for password_hash of an account");
    command->callback([family] { family.chosen = [family] { return hash(family.console); }; });
}

}  // namespace jejak::tool
