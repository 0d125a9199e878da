#include "gateway/token.hpp"

#include <openssl/rand.h>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"
#include "protocol/time.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;

struct TokenOptions {
    std::filesystem::path config;
    std::string name, role;
    std::vector<std::string> areas;
};

/// Base64url without padding. source: RFC 4648 section 5
std::string base64url(const std::array<unsigned char, 32>& octets) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    std::uint32_t bits = 0;
    int held = 0;
    for (const auto octet : octets) {
        bits = (bits << 8 | octet) & 0xFFFF;
        for (held += 8; held >= 6; held -= 6) text += letters[bits >> (held - 6) & 0x3F];
    }
    if (held > 0) text += letters[bits << (6 - held) & 0x3F];
    return text;
}

/// `jejak_NAME_` and 256 bits: the name tells whose token leaked.
std::string new_token(const std::string& name) {
    std::array<unsigned char, 32> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1)
        throw Failure(exits::unavailable, "the machine has no randomness to give");
    return "jejak_" + name + '_' + base64url(octets);
}

void check_named(const TokenOptions& options) {
    if (options.name.empty())
        throw Failure(exits::usage, "the token's name is missing: give it as NAME or --name NAME");
}

/// For a token that is to stand in the configuration: nothing is stored.
int make(Console& console, const TokenOptions& options) {
    const std::string name = options.name.empty() ? "api" : options.name;
    if (!is_name(name)) throw Failure(exits::usage, "the name must be 1 to 32 of a-z, 0-9 and -");
    console.out << new_token(name) << '\n';
    return exits::ok;
}

/// Only the hash leaves this process; the token itself is printed once, alone on standard output.
int add(Console& console, const TokenOptions& options) {
    check_named(options);
    StoreDoor door(options.config);
    for (const auto& token : door.config().tokens) {
        if (token.name == options.name)
            throw Failure(exits::negative, "the configuration has a token of that name; choose another");
    }
    const auto token = new_token(options.name);
    json::array areas(options.areas.begin(), options.areas.end());
    door.change(
        "token.add",
        {{"name", options.name}, {"role", options.role}, {"areas", std::move(areas)}, {"hash", token_hash(token)}});
    console.out << token << '\n';
    console.err << "jejak: this is shown once; the store keeps only its hash\n";
    return exits::ok;
}

int revoke(Console& console, const TokenOptions& options) {
    check_named(options);
    StoreDoor door(options.config);
    for (const auto& token : door.config().tokens) {
        if (token.name == options.name)
            throw Failure(exits::negative,
                          "that token stands in the configuration; remove it there and restart jejakd");
    }
    console.out << json::serialize(door.change("token.revoke", {{"name", options.name}})) << '\n';
    return exits::ok;
}

json::object to_line(const std::string& name, Role role, const std::vector<std::string>& areas, std::string_view from) {
    return {{"token", name}, {"role", to_string(role)}, {"areas", json::array(areas.begin(), areas.end())},
            {"from", from},  {"added_at", nullptr},     {"revoked", false}};
}

int list(Console& console, const TokenOptions& options) {
    StoreDoor door(options.config);
    for (const auto& token : door.config().tokens) {
        console.out << json::serialize(to_line(token.name, token.role, token.areas, "configuration")) << '\n';
    }
    for (const auto& token : door.view()->tokens()) {
        auto line = to_line(token.name, token.role, token.areas, "store");
        line["added_at"] = to_rfc3339(token.added_at);
        line["revoked"] = token.revoked;
        console.out << json::serialize(line) << '\n';
    }
    return exits::ok;
}

int hash(Console& console, const TokenOptions&) {
    console.out << token_hash(read_line(console, "token")) << '\n';
    return exits::ok;
}

/// The name is given once, in either way: none of the two can be required by itself.
void add_name(CLI::App& command, TokenOptions& options, const std::string& meaning) {
    command.add_option("name,--name", options.name, meaning + "; required, in one of the two ways")->type_name("NAME");
}

CLI::App* add_command(CLI::App& parent, Family family, const std::shared_ptr<TokenOptions>& options, const char* name,
                      const char* meaning, int (*run_command)(Console&, const TokenOptions&)) {
    auto* command = parent.add_subcommand(name, meaning);
    command->callback([family, options, run_command] {
        family.chosen = [family, options, run_command] { return run_command(family.console, *options); };
    });
    return command;
}

}  // namespace

void add_token(Family family) {
    const auto options = std::make_shared<TokenOptions>();
    auto* token = family.app.add_subcommand("token", "tokens of the API");
    token->require_subcommand(1);

    auto* add_one = add_command(*token, family, options, "add", "makes a token and prints it once", add);
    add_config(*add_one, options->config);
    add_name(*add_one, *options, "1 to 32 of a-z, 0-9 and -");
    add_one->add_option("--role", options->role, "what it may see: task_force, child_protection, admin, …")->required();
    add_one->add_option("--area", options->areas, "a Kemendagri prefix, such as 61.01; may be repeated; none: all");

    add_config(*add_command(*token, family, options, "list", "one line for each", list), options->config);

    auto* revoke_one = add_command(*token, family, options, "revoke", "ends a token of the store", revoke);
    add_config(*revoke_one, options->config);
    add_name(*revoke_one, *options, "the token's name");

    auto* new_one =
        add_command(*token, family, options, "new", "prints a new token for the configuration; stores nothing", make);
    new_one->add_option("name,--name", options->name, "what the token begins with after jejak_; api, if not given")
        ->type_name("NAME");

    add_command(*token, family, options, "hash",
                "prints the SHA-256 of the token on standard input, for the configuration", hash);
}

}  // namespace jejak::tool
