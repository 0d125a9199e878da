#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "gateway/ledger_json.hpp"
#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"
#include "storage/ids.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;

/// Prints every count that differs, as in "fates.unclear: the account says 3, the rows say 4".
void print_difference(std::ostream& out, const json::object& account, const json::object& rows,
                      const std::string& prefix) {
    for (const auto& [key, value] : account) {
        const std::string name = prefix + std::string(key);
        const auto& other = rows.at(key);
        if (value.is_object()) {
            print_difference(out, value.get_object(), other.get_object(), name + '.');
        } else if (value != other) {
            out << "jejak: " << name << ": the account says " << json::serialize(value) << ", the rows say "
                << json::serialize(other) << '\n';
        }
    }
}

int print_ledger(Console& console, const std::filesystem::path& config, bool verify) {
    StoreDoor door(config);
    const auto view = door.view();
    const auto account = view->ledger();
    console.out << json::serialize(ledger_json(account)) << '\n';
    if (!verify) return exits::ok;
    const auto rows = view->recount();
    if (account == rows && account.balances()) return exits::ok;
    print_difference(console.err, ledger_json(account), ledger_json(rows), "");
    if (!rows.balances()) console.err << "jejak: the rows do not balance: a sum is not what its parts add up to\n";
    if (!account.balances())
        console.err << "jejak: the account does not balance: a sum is not what its parts add up to\n";
    return exits::negative;
}

int verify_audit(Console& console, const std::filesystem::path& config) {
    StoreDoor door(config);
    const auto broken = door.view()->audit_broken_at();
    json::object result{{"intact", !broken.has_value()}};
    if (broken) result["broken_at"] = door.vault().public_id(storage::Table::audit, *broken);
    console.out << json::serialize(result) << '\n';
    return broken ? exits::negative : exits::ok;
}

struct LedgerOptions {
    std::filesystem::path config;
    bool verify = false;
};

}  // namespace

void add_ledger(Family family) {
    const auto options = std::make_shared<LedgerOptions>();
    auto* ledger = family.app.add_subcommand("ledger", "the account of every message, delivery and reply");
    add_config(*ledger, options->config);
    ledger->add_flag("--verify", options->verify,
                     "recount from the rows; status 1 and the difference if it does not balance");
    ledger->callback([family, options] {
        family.chosen = [family, options] { return print_ledger(family.console, options->config, options->verify); };
    });

    auto* audit = family.app.add_subcommand("audit", "the audit trail");
    audit->require_subcommand(1);
    auto* verify = audit->add_subcommand(
        "verify", "checks the hash chain; status 1 and the first broken entry if it does not hold");
    add_config(*verify, options->config);
    verify->callback([family, options] {
        family.chosen = [family, options] { return verify_audit(family.console, options->config); };
    });
}

}  // namespace jejak::tool
