#include "gateway/understand/explain/explain.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <memory>
#include <optional>

#include "gateway/casework/preview.hpp"
#include "gateway/tool/pack_command.hpp"
#include "gateway/tool/tool.hpp"
#include "gateway/understand/pack/pack.hpp"
#include "protocol/sms/msisdn.hpp"
#include "protocol/time.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;
using understand::Pack;
using understand::ReadingContext;

constexpr std::size_t line_max = std::size_t{1} << 16;

/// Whom a text without a sender is read from: a number that nobody registered, written as at home in the pack's
/// country. Fictional.
constexpr std::string_view ordinary_phone = "0840000000";

struct ExplainOptions {
    std::string pack, at, role, place, text, jsonl, setting;
    std::optional<std::string> from;  ///< nothing: an ordinary phone; one that is no number is never answered
    bool why = false;
};

/// errors: Failure
ReadingContext context_of(const ExplainOptions& options) {
    ReadingContext context;
    context.received_at = wall_now();
    if (!options.at.empty()) {
        const auto at = from_rfc3339(options.at);
        if (!at) throw Failure(exits::usage, "at must be a time such as 2025-09-12T21:10:00+07:00");
        context.received_at = *at;
    }
    context.sender = options.from ? sms::normalise(*options.from).address : std::string(ordinary_phone);
    if (!options.role.empty()) {
        const auto role = parse<Role>(options.role);
        if (!role)
            throw Failure(exits::usage, "role is unknown; for example villager, worker, village_official, task_force");
        context.role = *role;
    }
    context.place = options.place;
    return context;
}

/// What a gateway would do about the text, in the setting that --context or a line describes.
understand::Foretell foretelling(const ExplainOptions& options) {
    return [open = casework::open_of(options.setting)](const Pack& pack, const understand::Reading& reading,
                                                       const ReadingContext& context) {
        return casework::preview(pack, reading, context, open);
    };
}

/// Overrides what a line of the file gives.
/// errors: Failure
ExplainOptions with_line(ExplainOptions options, const json::object& line) {
    const auto take = [&](std::string_view key, std::string& value) {
        const auto* found = line.if_contains(key);
        if (found == nullptr || found->is_null()) return;
        if (!found->is_string()) throw Failure(exits::usage, std::string(key) + " must be a text");
        value = std::string(found->get_string());
    };
    if (!line.contains("text")) throw Failure(exits::usage, "text is missing");
    take("text", options.text);
    if (const auto* from = line.if_contains("from"); from != nullptr && !from->is_null())
        take("from", options.from.emplace());
    take("at", options.at);
    take("role", options.role);
    take("place", options.place);
    take("context", options.setting);
    return options;
}

/// One line of a file, without its end. False at the end of the file; a line longer than the limit is skipped and comes
/// back as `too_long`.
bool next_line(std::istream& in, std::string& line, bool& too_long) {
    line.clear();
    too_long = false;
    bool any = false;
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        any = true;
        if (c == '\n') return true;
        if (line.size() == line_max) too_long = true;
        if (!too_long) line += static_cast<char>(c);
    }
    return any;
}

constexpr std::string_view assumed = "read as from an ordinary phone that nobody registered";

/// The explanation of one line of a file, or what is wrong with the line; `id` is copied from it either way.
std::string explained(const ExplainOptions& options, const Pack& pack, const std::string& line, bool too_long,
                      bool& failed, std::size_t& without_sender) {
    json::object answer;
    try {
        boost::system::error_code broken;
        const auto value = too_long ? json::value() : json::parse(line, broken);
        if (too_long || broken || !value.is_object())
            throw Failure(exits::usage, "one JSON object of at most 64 KiB is expected");
        if (const auto* id = value.get_object().if_contains("id")) answer["id"] = *id;
        const auto one = with_line(options, value.get_object());
        if (!one.from) ++without_sender;
        std::string text = understand::explain_json(pack, one.text, context_of(one), foretelling(one));
        if (!answer.empty()) text.replace(0, 1, "{\"id\":" + json::serialize(answer["id"]) + ',');
        return text;
    } catch (const Failure& wrong) {
        failed = true;
        answer["error"] = wrong.what();
        return json::serialize(answer);
    }
}

int explain_lines(Console& console, const ExplainOptions& options, const Pack& pack) {
    std::ifstream file;
    if (options.jsonl != "-") {
        file.open(options.jsonl);
        if (!file) throw Failure(exits::usage, "the file of --jsonl cannot be read");
    }
    std::istream& in = options.jsonl == "-" ? console.in : file;
    std::string line;
    bool too_long = false, failed = false;
    std::size_t without_sender = 0;
    for (std::size_t number = 1; next_line(in, line, too_long); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        bool wrong = false;
        const auto answer = explained(options, pack, line, too_long, wrong, without_sender);
        console.out << answer << '\n';
        if (wrong) console.err << "jejak: line " << number << " was not explained\n";
        failed = failed || wrong;
    }
    if (without_sender > 0)
        console.err << "jejak: " << without_sender << (without_sender == 1 ? " text" : " texts")
                    << " without from: " << assumed << '\n';
    return failed ? exits::negative : exits::ok;
}

int explain(Console& console, const ExplainOptions& options, bool has_text) {
    if (has_text != options.jsonl.empty()) throw Failure(exits::usage, "give either one text or --jsonl FILE");
    if (options.why && !has_text) throw Failure(exits::usage, "--why explains one text, for people");
    const auto pack = load_pack_or_fail(options.pack);
    if (!options.jsonl.empty()) return explain_lines(console, options, *pack);
    if (!options.from) console.err << "jejak: without --from: " << assumed << '\n';
    if (options.why) {
        console.out << understand::explain_text(*pack, options.text, context_of(options), foretelling(options));
    } else {
        console.out << understand::explain_json(*pack, options.text, context_of(options), foretelling(options)) << '\n';
    }
    return exits::ok;
}

}  // namespace

void add_explain(Family family) {
    const auto options = std::make_shared<ExplainOptions>();
    auto* command = family.app.add_subcommand("explain", "what Jejak understands of a text, as one JSON object");
    command->add_option("--pack", options->pack, "the village pack's folder")->required()->type_name("DIR");
    command->add_option("--at", options->at, "when it came; now, if not given")->type_name("RFC3339");
    command
        ->add_option(
            "--from", options->from,
            "a fictional number: command lines are seen by others; an ordinary phone of the pack's country, if "
            "not given")
        ->type_name("MSISDN");
    command->add_option("--role", options->role, "of the sender; villager, if not given");
    command->add_option("--place", options->place, "Kemendagri code of the sender's village");
    command->add_option("--context", options->setting, "what is open with the sender, as \"consent pending\"");
    command->add_flag("--why", options->why, "for people: the words each slot came from, and why");
    command->add_option("--jsonl", options->jsonl,
                        "a file (- is standard input) of objects with from, text and optionally id, at, role, place, "
                        "context; a line that cannot be read gives its error, and exit status 1 at the end");
    auto* text = command->add_option("TEXT", options->text, "the text");
    command->callback([family, options, text] {
        family.chosen = [family, options, text] { return explain(family.console, *options, text->count() > 0); };
    });
}

}  // namespace jejak::tool
