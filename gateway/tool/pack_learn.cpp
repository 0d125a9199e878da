#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <optional>

#include "gateway/tool/pack_command.hpp"
#include "gateway/tool/tool.hpp"
#include "gateway/understand/learned/learn.hpp"
#include "gateway/understand/pack/data.hpp"
#include "protocol/time.hpp"

namespace jejak::tool {
namespace {

namespace json = boost::json;
using understand::Label;
using understand::Lesson;
using understand::Pack;

/// A pack's examples are promises: they weigh more than one message among thousands.
constexpr unsigned example_repeat = 3;
/// What the messages of a file without its own time are read as of.
constexpr std::string_view usual_moment = "2025-09-12T21:10:00+07:00";

struct LearnFiles {
    std::vector<std::string> packs, fresh, known;
    std::string out;
};

/// One choice of what a message is; empty when it states too little to learn from.
std::optional<Label> label_of(std::string_view intent_name, std::string_view category_name) {
    const auto intent = parse<Intent>(intent_name);
    if (!intent) return std::nullopt;
    const auto category = parse<Category>(category_name).value_or(Category::none);
    const bool talk = category == Category::spam || category == Category::not_a_case;
    const bool of_nothing = category_name == to_string(Category::none);  // stated, not left out
    if (*intent == Intent::report && ((category == Category::none && !of_nothing) || talk)) return std::nullopt;
    if (*intent == Intent::unclear && !talk) return Label{*intent, Category::not_a_case};
    if (*intent == Intent::report || *intent == Intent::unclear) return Label{*intent, category};
    return Label{*intent, Category::none};
}

std::string_view text_at(const json::object& object, std::string_view key, std::string_view usual = {}) {
    const auto* found = object.if_contains(key);
    return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : usual;
}

class Teacher {
public:
    explicit Teacher(const std::vector<std::string>& folders) {
        for (const auto& folder : folders) {
            auto pack = load_pack_or_fail(folder);
            if (first_.empty()) first_ = std::filesystem::path(folder).lexically_normal().filename().string();
            packs_.emplace(std::filesystem::path(folder).lexically_normal().filename().string(), std::move(pack));
        }
    }

    void take_examples() {
        for (const auto& [name, pack] : packs_) {
            for (const auto& example : pack->data().examples) {
                const auto stated = [&](std::string_view key) {
                    const auto found = example.stated.find(key);
                    return found == example.stated.end() ? std::string_view{} : std::string_view(found->second);
                };
                const auto label = label_of(stated("intent"), stated("category"));
                if (!label) continue;
                lessons.push_back(understand::lesson_of(*pack, example.text, example.context, *label, false));
                lessons.back().repeat = example_repeat;
            }
        }
    }

    void take(const std::string& name, bool rules_known) {
        std::ifstream file(name);
        if (!file) throw Failure(exits::usage, name + " cannot be read");
        std::string line;
        for (std::size_t number = 1; std::getline(file, line); ++number) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            boost::system::error_code broken;
            const auto value = json::parse(line, broken);
            const auto where = name + ':' + std::to_string(number) + ": ";
            if (broken || !value.is_object()) throw Failure(exits::usage, where + "one JSON object a line is expected");
            take(value.get_object(), where, rules_known);
        }
    }

    std::vector<Lesson> lessons;

private:
    void take(const json::object& one, const std::string& where, bool rules_known) {
        const auto* expect = one.if_contains("expect");
        if (expect == nullptr || !expect->is_object()) throw Failure(exits::usage, where + "\"expect\" is missing");
        const auto label = label_of(text_at(expect->get_object(), "intent"), text_at(expect->get_object(), "category"));
        if (!label) return;
        const auto pack = packs_.find(text_at(one, "pack", first_));
        if (pack == packs_.end()) throw Failure(exits::usage, where + "its pack is not among --pack");
        understand::ReadingContext context;
        const auto at = from_rfc3339(text_at(one, "at", usual_moment));
        if (!at) throw Failure(exits::usage, where + "\"at\" must be a time such as " + std::string(usual_moment));
        context.received_at = *at;
        context.sender = text_at(one, "from");
        context.role = parse<Role>(text_at(one, "role")).value_or(Role::villager);
        context.place = text_at(one, "place");
        lessons.push_back(understand::lesson_of(*pack->second, text_at(one, "text"), context, *label, rules_known));
    }

    std::string first_;
    std::map<std::string, std::shared_ptr<const Pack>, std::less<>> packs_;
};

int learn(Console& console, const LearnFiles& files) {
    Teacher teacher(files.packs);
    teacher.take_examples();
    for (const auto& file : files.known) teacher.take(file, false);
    for (const auto& file : files.fresh) teacher.take(file, true);
    if (teacher.lessons.empty()) throw Failure(exits::usage, "there is nothing to learn from");
    const auto count = std::to_string(teacher.lessons.size());
    const auto text = understand::learn(
        teacher.lessons, "Learned from " + count + " messages by: jejak pack learn. Not to be edited by hand.");
    std::ofstream out(files.out, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) throw Failure(exits::unavailable, files.out + " cannot be written");
    console.out << "learned from " << count << " messages\n";
    return exits::ok;
}

}  // namespace

void add_pack_learn(CLI::App& pack, Family family) {
    const auto files = std::make_shared<LearnFiles>();
    auto* command = pack.add_subcommand(
        "learn", "makes a pack's classifier from its examples and from messages that people labelled");
    command->add_option("FILE", files->fresh, "JSON lines with text, from, pack and expect {intent, category}")
        ->type_name("JSONL");
    command->add_option("--pack", files->packs, "a pack's folder; messages name it by its last part")
        ->required()
        ->type_name("DIR");
    command->add_option("--rules-made-for", files->known, "messages the pack's rules were written for")
        ->type_name("JSONL");
    command->add_option("--out", files->out, "the file to write, such as deploy/packs/indonesian/classifier.tsv")
        ->required()
        ->type_name("TSV");
    command->callback([family, files] { family.chosen = [family, files] { return learn(family.console, *files); }; });
}

}  // namespace jejak::tool
