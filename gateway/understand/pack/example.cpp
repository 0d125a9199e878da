#include "gateway/understand/pack/example.hpp"

#include <algorithm>

#include "gateway/understand/pack/loader.hpp"

/// [examples] and [[example]] of a pack, and what they are compared with.
namespace jejak::understand {
namespace {

/// Where and when the texts of the examples come from, unless one says otherwise.
struct Usual {
    std::string at, from;
};

std::string_view truth(bool value) {
    return value ? "true" : "false";
}

/// What an example states for one key; empty when it states nothing.
std::optional<std::string> stated(TomlTable& table, const ExampleKey& key) {
    switch (key.type) {
        case ExampleType::text:
            return table.optional_text(key.name);
        case ExampleType::number:
            if (const auto number = table.optional_integer(key.name)) return std::to_string(*number);
            return std::nullopt;
        case ExampleType::truth:
            if (const auto flag = table.optional_flag(key.name)) return std::string(truth(*flag));
            return std::nullopt;
        case ExampleType::list:
            if (auto words = table.optional_texts(key.name)) return joined_list(std::move(*words));
            return std::nullopt;
    }
    return std::nullopt;
}

/// A misspelt name in an example would only be told as "understood as something else": say what it is.
template <class Enum>
void check_name(TomlTable& table, std::string_view key) {
    const auto word = table.optional_text(key);
    if (word && *word != "none" && !parse<Enum>(*word))
        table.fault(key, '"' + *word + "\" is no such name; see the README of the packs for the names there are");
}

void load_example(Pack::Data& data, TomlTable table, const Usual& usual, std::string_view file) {
    Example example;
    example.file = file;
    example.line = table.line();
    const auto text = table.optional_text("text");
    if (!text) table.fault("an example needs text = \"…\"");
    example.text = text.value_or("");
    example.context.sender = table.optional_text("from").value_or(usual.from);
    const auto at = from_rfc3339(table.optional_text("at").value_or(usual.at));
    if (!at)
        table.fault("at", "needs a moment as 2025-09-12T21:10:00+07:00, here or once for all as [examples] at = \"…\"");
    example.context.received_at = at.value_or(WallTime{});
    if (const auto role = table.optional_text("role")) {
        const auto known = parse<Role>(*role);
        if (!known) table.fault("role", "\"" + *role + "\" is no role, as villager, village_official, worker, agent");
        example.context.role = known.value_or(Role::villager);
    }
    example.context.place = table.optional_text("sender_place").value_or("");
    for (const auto& key : example_keys) {
        if (auto value = stated(table, key)) example.stated.emplace(key.name, std::move(*value));
    }
    if (!example.stated.contains("intent")) table.fault("an example needs intent = \"…\", as report or unclear");
    check_name<Intent>(table, "intent");
    check_name<Category>(table, "category");
    check_name<Category>(table, "second_category");
    data.examples.push_back(std::move(example));
}

}  // namespace

std::string joined_list(std::vector<std::string> words) {
    std::sort(words.begin(), words.end());
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::map<std::string_view, std::string> comparable(const Reading& reading, std::chrono::minutes offset) {
    const auto moment = [&](const std::optional<WallTime>& at) { return at ? to_rfc3339(*at, offset) : std::string(); };
    const auto count = [](std::optional<std::uint32_t> number) { return std::to_string(number.value_or(0)); };
    std::vector<std::string> flags, alerts;
    for (const auto name : flag_names(reading.flags)) flags.emplace_back(name);
    for (const AlertKind kind : reading.alerts) alerts.emplace_back(to_string(kind));
    const auto& form = reading.registration;
    const bool registers = reading.intent == Intent::register_worker;
    return {
        {"intent", std::string(to_string(reading.intent))},
        {"category", std::string(to_string(reading.category))},
        {"second_category", std::string(to_string(reading.second))},
        {"people", count(reading.people)},
        {"people_max", count(reading.people_max)},
        {"children", count(reading.children)},
        {"place", reading.place},
        {"place_name", reading.place_name},
        {"time", moment(reading.when.at)},
        {"since", moment(reading.when.since)},
        {"until", moment(reading.when.until)},
        {"now", std::string(truth(reading.when.now))},
        {"past", std::string(truth(reading.when.past))},
        {"destination", registers ? form.destination : reading.destination},
        {"vehicle", reading.vehicle},
        {"plate", reading.plate},
        {"recruiter", reading.recruiter},
        {"recruiter_phone", reading.recruiter_phone},
        {"route", reading.route},
        {"job", registers && reading.job.empty() ? form.job : reading.job},
        {"visa", reading.visa},
        {"subject", reading.subject},
        {"age", count(reading.age)},
        {"amount", std::to_string(reading.amount ? reading.amount->value : 0)},
        {"currency", reading.amount ? reading.amount->currency : ""},
        {"signs", joined_list(reading.signs)},
        {"nationalities", joined_list(reading.nationalities)},
        {"flags", joined_list(std::move(flags))},
        {"indicators", joined_list(reading.indicators)},
        {"alerts", joined_list(std::move(alerts))},
        {"ask", reading.ask},
        {"reference", reading.reference},
        {"query", reading.query},
        {"language", reading.language},
        {"correction", std::string(truth(reading.correction))},
        {"question", std::string(truth(reading.question))},
        {"name", form.name},
        {"nik", form.nik},
        {"sex", form.sex},
        {"village", form.village},
        {"exit_point", form.exit_point},
        {"minor", std::string(truth(form.minor))},
        {"missing", joined_list(form.missing)},
    };
}

void load_examples(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    Usual usual;
    if (const auto* inner = root.table("examples")) {
        TomlTable table(*inner, file, faults);
        usual.at = table.text("at");
        usual.from = table.text("from");
    }
    for (const auto* one : root.tables("example")) load_example(data, {*one, file, faults}, usual, file);
}

}  // namespace jejak::understand
