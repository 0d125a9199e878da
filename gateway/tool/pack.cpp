#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "gateway/intake/assembler.hpp"
#include "gateway/tool/pack_command.hpp"
#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"
#include "gateway/understand/pack/example.hpp"
#include "gateway/understand/reading.hpp"
#include "protocol/time.hpp"
#include "storage/ids.hpp"

namespace jejak::tool {
namespace {

using storage::Column;
using storage::Id;
using storage::Message;
using storage::Table;
using understand::Pack;
using understand::Reading;

constexpr std::size_t messages_max = 1'000'000;

int lint(Console& console, const std::string& folder) {
    std::vector<understand::PackFault> faults;
    const auto pack = Pack::load(folder, faults);
    if (pack && faults.empty()) faults = pack->lint();
    console.out << fault_lines(folder, faults);
    if (!pack || !faults.empty()) {
        console.out << faults.size() << (faults.size() == 1 ? " fault\n" : " faults\n");
        return exits::negative;
    }
    console.out << "pack " << pack->name() << ' ' << pack->version() << ": no faults\n";
    return exits::ok;
}

struct DiffOptions {
    std::string before, after, since, reason;
    std::filesystem::path config;
    std::size_t limit = 100'000;
};

/// What is compared: code names, codes, counts and times. Nothing that was typed, nothing that names anybody.
using Understood = std::map<std::string_view, std::string>;

Understood understood(const Reading& reading) {
    const auto count = [](std::optional<std::uint32_t> number) { return number ? std::to_string(*number) : ""; };
    const auto moment = [](const std::optional<WallTime>& at) { return at ? to_rfc3339(*at) : ""; };
    std::string people = count(reading.people);
    if (reading.people_max) people += '-' + count(reading.people_max);
    std::string time = moment(reading.when.at);
    if (time.empty() && reading.when.since) time = moment(reading.when.since) + ".." + moment(reading.when.until);
    std::string alerts;
    for (const auto alert : reading.alerts) {
        if (!alerts.empty()) alerts += ',';
        alerts += to_string(alert);
    }
    const auto all = understand::comparable(reading, std::chrono::minutes(0));
    return {{"intent", std::string(to_string(reading.intent))},
            {"category", reading.category == Category::none ? "" : std::string(to_string(reading.category))},
            {"place", reading.place},
            {"people", people},
            {"time", time},
            {"flags", all.at("flags")},
            {"indicators", all.at("indicators")},
            {"ask", reading.ask},
            {"alerts", alerts}};
}

/// Stored messages, read with two packs. Texts and numbers are opened in memory only.
class Replay {
public:
    Replay(Console& console, StoreDoor& door, const Pack& before, const Pack& after)
        : console_(console), door_(door), vault_(door.vault()), assembler_(vault_), before_(before), after_(after) {}

    void run(Id from, std::size_t limit) {
        for (bool more = true; more && messages_ < limit && console_.out;) {
            const auto view = door_.view();
            const auto rows = view->messages_after(from, page_rows);
            for (const auto& row : rows) {
                if (messages_ < limit) compare(*view, row);
                from = row.id;
            }
            more = rows.size() == page_rows;
        }
    }

    int tell() {
        console_.out << messages_ << " messages read; " << changed_ << " would be understood differently";
        const char* separator = ": ";
        for (const auto& [what, number] : changes_) {
            console_.out << separator << what << ' ' << number;
            separator = ", ";
        }
        console_.out << '\n';
        if (left_out_ > 0)
            console_.out << left_out_
                         << " left out: answers, and what was chosen in menus, are not read by themselves\n";
        if (damaged_ == 0) return exits::ok;
        console_.err << "jejak: " << damaged_ << " texts did not open with these keys and were left out\n";
        return exits::negative;
    }

private:
    /// The whole text that this row stands for; empty for a part of another's, a repeat, what means nothing by itself,
    /// or one that does not open.
    std::optional<std::string> text_of(storage::View& view, const Message& row) {
        if (row.fate == Fate::duplicate || row.fate == Fate::waiting_segments) return std::nullopt;
        if (has(row.remarks, sms::Remark::menu) || has(row.remarks, sms::Remark::answer)) {
            ++left_out_;
            return std::nullopt;
        }
        if (row.assembly) {
            const auto whole = view.assembly_by_id(*row.assembly);
            if (!whole || whole->lead != row.id) return std::nullopt;
            return assembler_.join(view, *whole).text;
        }
        auto opened = vault_.open(Table::message, Column::text, row.id, row.text);
        if (!opened) {
            ++damaged_;
            return std::nullopt;
        }
        return opened->reveal();
    }

    void compare(storage::View& view, const Message& row) {
        const auto text = text_of(view, row);
        if (!text) return;
        understand::ReadingContext context;
        context.received_at = row.received_at;
        if (const auto sender = vault_.open(Table::message, Column::sender, row.id, row.sender))
            context.sender = sender->reveal();
        if (const auto person = view.person(row.sender_key)) {
            context.role = person->role;
            context.place = person->place;
        }
        ++messages_;
        const auto was = understood(understand::read(before_, *text, context));
        const auto is = understood(understand::read(after_, *text, context));
        if (was == is) return;
        ++changed_;
        console_.out << vault_.public_id(Table::message, row.id);
        for (const auto& [what, value] : was) {
            const auto& now = is.at(what);
            if (now == value) continue;
            ++changes_[what];
            console_.out << "  " << what << ": " << (value.empty() ? "-" : value) << " -> "
                         << (now.empty() ? "-" : now);
        }
        console_.out << '\n';
    }

    Console& console_;
    StoreDoor& door_;
    const storage::Vault& vault_;
    const intake::Assembler assembler_;
    const Pack& before_;
    const Pack& after_;
    std::size_t messages_ = 0, changed_ = 0, damaged_ = 0, left_out_ = 0;
    std::map<std::string_view, std::size_t> changes_;
};

int diff(Console& console, const DiffOptions& options) {
    Id from = 0;
    if (!options.since.empty()) {
        const auto since = from_rfc3339(options.since);
        if (!since) throw Failure(exits::usage, "--since must be a time such as 2025-09-12T21:10:00+07:00");
        // Ids hold times up to 2093; nothing was received later than now.
        from = storage::IdSource::floor(std::min(*since, wall_now())) - 1;
    }
    if (!options.reason.empty() && options.reason.size() < reason_min)
        throw Failure(exits::usage, "--reason needs at least " + std::to_string(reason_min) +
                                        " characters: it is kept in the audit trail");
    const auto before = load_pack_or_fail(options.before);
    const auto after = load_pack_or_fail(options.after);
    StoreDoor door(options.config);
    door.view();  // nothing is recorded of a replay that cannot begin
    const auto packs = std::string(before->name()) + ' ' + std::string(before->version()) + " -> " +
                       std::string(after->name()) + ' ' + std::string(after->version());
    door.change("audit.append", {{"action", "pack.diff"},
                                 {"object", packs},
                                 {"reason", options.reason.empty() ? "what a change of the pack does; nothing revealed"
                                                                   : options.reason}});
    Replay replay(console, door, *before, *after);
    replay.run(from, options.limit);
    return replay.tell();
}

}  // namespace

std::shared_ptr<const Pack> load_pack_or_fail(const std::string& folder) {
    std::vector<understand::PackFault> faults;
    auto pack = Pack::load(folder, faults);
    if (pack) return pack;
    auto lines = fault_lines(folder, faults);
    lines.pop_back();  // whoever prints it ends it
    throw Failure(exits::configuration, "the pack cannot be used; `jejak pack lint` tells the same:\n" + lines);
}

std::string fault_lines(const std::string& folder, const std::vector<understand::PackFault>& faults) {
    std::string lines;
    for (const auto& fault : faults) {
        lines +=
            fault.file == folder ? folder : (std::filesystem::path(folder) / fault.file).lexically_normal().string();
        if (fault.line != 0) lines += ':' + std::to_string(fault.line);
        lines += ": " + fault.message + '\n';
    }
    return lines;
}

void add_pack(Family family) {
    auto* pack = family.app.add_subcommand("pack", "village packs");
    pack->require_subcommand(1);

    const auto folder = std::make_shared<std::string>();
    auto* lint_command = pack->add_subcommand("lint", "proves a pack: its examples, texts, menus and keywords");
    lint_command->add_option("DIR", *folder, "the pack's folder")->required();
    lint_command->callback(
        [family, folder] { family.chosen = [family, folder] { return lint(family.console, *folder); }; });

    add_pack_learn(*pack, family);

    const auto options = std::make_shared<DiffOptions>();
    auto* diff_command =
        pack->add_subcommand("diff",
                             "which stored messages another pack would understand differently; kept in the "
                             "audit trail");
    diff_command->add_option("OLD", options->before, "the folder of one pack")->required();
    diff_command->add_option("NEW", options->after, "the folder of the other")->required();
    add_config(*diff_command, options->config);
    diff_command->add_option("--since", options->since, "only messages received since then")->type_name("RFC3339");
    diff_command
        ->add_option("--limit", options->limit, "at most this many messages, oldest first; 100000, if not given")
        ->check(CLI::Range(std::size_t{1}, messages_max));
    diff_command->add_option("--reason", options->reason, "why, at least 8 characters, for the audit trail");
    diff_command->callback(
        [family, options] { family.chosen = [family, options] { return diff(family.console, *options); }; });
}

}  // namespace jejak::tool
