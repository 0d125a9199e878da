#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <memory>

#include "gateway/casework/decide.hpp"
#include "gateway/casework/words.hpp"
#include "gateway/tool/store_door.hpp"
#include "gateway/tool/tool.hpp"
#include "protocol/time.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;
using storage::Column;
using storage::Table;

struct PersonOptions {
    std::filesystem::path config;
    std::string role, place, person, reason, mode;
    bool reveal = false, clear = false, safe_word = false, duress_word = false, phone_safe = false, show = false;
};

/// A command line is read by every user of the machine and kept in the shell's history. What was typed is not repeated.
void refuse_extras(const CLI::App& command) {
    if (command.remaining_size() == 0) return;
    throw Failure(exits::usage,
                  "a number is read from standard input, never from the command line; nothing else is expected there");
}

int add(Console& console, const PersonOptions& options) {
    StoreDoor door(options.config);
    const auto number = read_line(console, "phone number");
    const auto done = door.change("person.add", {{"number", number}, {"role", options.role}, {"place", options.place}});
    console.out << json::serialize(done) << '\n';
    return exits::ok;
}

int remove(Console& console, const PersonOptions& options) {
    StoreDoor door(options.config);
    json::object named{{"role", options.role}, {"place", options.place}};
    if (options.person.empty()) {
        named["number"] = read_line(console, "phone number");
    } else {
        named["person"] = options.person;
    }
    console.out << json::serialize(door.change("person.remove", std::move(named))) << '\n';
    return exits::ok;
}

/// One line of standard input for each thing asked, in their order, and no more.
std::vector<std::string> read_lines(Console& console, const std::vector<std::string>& asked) {
    constexpr std::size_t answer_line_max = 128;
    const bool interactive = &console.in == &std::cin && ::isatty(STDIN_FILENO) == 1;
    std::vector<std::string> lines;
    for (const auto& what : asked) {
        if (interactive) console.err << what << ": " << std::flush;
        std::string line;
        std::getline(console.in, line);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        if (line.empty() || line.size() > answer_line_max)
            throw Failure(exits::usage,
                          "standard input holds the phone number, then each word that is asked for, a line "
                          "each; the " +
                              what + " is missing or too long");
        lines.push_back(std::move(line));
    }
    std::string rest;
    if (!interactive && std::getline(console.in, rest) && !rest.empty())
        throw Failure(exits::usage, "standard input has more lines than were asked for");
    return lines;
}

/// A word that every other text holds would raise the alarm, or open the channel, by chance. Not repeated here.
void refuse_common_words(const StoreDoor& door, const std::vector<std::string>& words) {
    if (words.empty()) return;
    std::vector<understand::PackFault> faults;
    const auto pack = understand::Pack::load(door.config().pack, faults);
    if (!pack) throw Failure(exits::configuration, "the pack has faults: `jejak pack lint` names them");
    for (const auto& word : words) {
        if (!casework::is_too_common(*pack, word)) continue;
        throw Failure(exits::usage, "an agreed word is no command and no word that people write every day");
    }
}

int reply(Console& console, const PersonOptions& options) {
    const bool changes =
        !options.mode.empty() || options.clear || options.safe_word || options.duress_word || options.phone_safe;
    if (changes == options.show)
        throw Failure(
            exits::usage,
            "say what to change: --mode MODE, --safe-word, --duress-word, --phone-safe or --clear; or --show");
    StoreDoor door(options.config);
    std::vector<std::string> asked{"phone number"};
    if (options.safe_word) asked.emplace_back("safe word");
    if (options.duress_word) asked.emplace_back("duress word");
    const auto lines = read_lines(console, asked);
    refuse_common_words(door, {lines.begin() + 1, lines.end()});
    json::object arguments{{"number", lines[0]}, {"mode", options.mode}, {"clear", options.clear}};
    if (options.phone_safe) arguments["phone_safe"] = true;
    if (options.show) arguments["show"] = true;
    if (options.safe_word) arguments["safe_word"] = lines[1];
    if (options.duress_word) arguments["duress_word"] = lines.back();
    console.out << json::serialize(door.change("person.reply", std::move(arguments))) << '\n';
    return exits::ok;
}

int list(Console& console, const PersonOptions& options) {
    check_reason(options.reveal, options.reason);
    StoreDoor door(options.config);
    const auto people = door.view()->people();
    if (options.reveal)
        door.change("audit.append", {{"action", "person.list"}, {"object", "people"}, {"reason", options.reason}});
    const auto view = door.view();
    const auto now = wall_now();
    for (const auto& person : people) {
        if (!options.role.empty() && to_string(person.role) != options.role) continue;
        if (!options.place.empty() && !person.place.starts_with(options.place)) continue;
        json::object line{{"person", door.vault().public_id(Table::person, person.id)},
                          {"role", to_string(person.role)},
                          {"place", person.place},
                          {"added_at", to_rfc3339(person.added_at)},
                          {"number", nullptr}};
        const auto policy = view->reply_policy(person.number_key).value_or(storage::ReplyPolicy{});
        line["calls"] = to_string(casework::calls_of(policy, now));
        line["read_by_others"] = policy.watched_until > now;
        if (options.reveal) {
            const auto number = door.vault().open(Table::person, Column::number, person.id, person.number);
            if (!number) throw Failure(exits::negative, "a number in the store does not open with these keys");
            line["number"] = number->reveal();
        }
        console.out << json::serialize(line) << '\n';
    }
    return exits::ok;
}

CLI::App* add_command(CLI::App& parent, Family family, const std::shared_ptr<PersonOptions>& options, const char* name,
                      const char* meaning, int (*run_command)(Console&, const PersonOptions&)) {
    auto* command = parent.add_subcommand(name, meaning);
    add_config(*command, options->config);
    command->allow_extras();
    command->callback([family, options, command, run_command] {
        family.chosen = [family, options, command, run_command] {
            refuse_extras(*command);
            return run_command(family.console, *options);
        };
    });
    return command;
}

}  // namespace

void add_person(Family family) {
    const auto options = std::make_shared<PersonOptions>();
    auto* person = family.app.add_subcommand("person", "who is an official, an agent, an officer on duty");
    person->require_subcommand(1);

    auto* add_one = add_command(*person, family, options, "add",
                                "registers the number on standard input, or changes its role and place", add);
    add_one->add_option("--role", options->role, "village_official, village_head, task_force, immigration, …")
        ->required();
    add_one->add_option("--place", options->place, "Kemendagri code, such as 61.01.09.2002");

    auto* remove_one = add_command(*person, family, options, "remove", "forgets the number on standard input", remove);
    remove_one->add_option("--person", options->person, "the id that `list` shows, in place of the number");
    remove_one->add_option("--role", options->role, "only if that is the role");
    remove_one->add_option("--place", options->place, "only if that is the place");

    auto* reply_one =
        add_command(*person, family, options, "reply",
                    "how the number on standard input is answered; its agreed words on the lines after it", reply);
    reply_one->add_option("--mode", options->mode, "silent, neutral, cover, coded or full; in place of the channel's");
    reply_one->add_flag("--safe-word", options->safe_word, "the next line is the word that mode coded waits for");
    reply_one->add_flag("--duress-word", options->duress_word,
                        "the next line is the word that says: somebody makes me write this");
    reply_one->add_flag("--phone-safe", options->phone_safe,
                        "nobody else reads the phone any more: it is answered again");
    reply_one->add_flag("--show", options->show,
                        "changes nothing: the mode, whether calls are wanted, who reads along");
    reply_one->add_flag("--clear", options->clear, "forgets mode and words first; answered as the channel says");

    auto* list_all = add_command(*person, family, options, "list", "one line for each: id, role, place", list);
    list_all->add_option("--role", options->role, "only this role");
    list_all->add_option("--place", options->place, "only places that begin so");
    list_all->add_flag("--reveal", options->reveal, "with the numbers; kept in the audit trail");
    list_all->add_option("--reason", options->reason, "why, at least 8 characters");
}

}  // namespace jejak::tool
