#include <algorithm>

#include "gateway/understand/pack/loader.hpp"
#include "gateway/understand/words/tokens.hpp"

/// The half of loading that says what follows: forms.toml, replies.toml, rules.toml and examples.toml.
namespace jejak::understand {
namespace {

constexpr std::string_view field_types[] = {"text", "nik",   "sex",    "place",  "destination", "date",
                                            "time", "phone", "number", "yes_no", "category"};
constexpr std::string_view urgencies[] = {"Immediate", "Expected", "Future", "Past", "Unknown"};
constexpr std::string_view severities[] = {"Extreme", "Severe", "Moderate", "Minor", "Unknown"};
constexpr std::string_view certainties[] = {"Observed", "Likely", "Possible", "Unlikely", "Unknown"};
constexpr std::int64_t offset_max = 14 * 60;
constexpr std::int64_t indicators_most = 11;  // that the ILO has

template <std::size_t size>
std::string one_of(TomlTable& table, std::string_view key, const std::string_view (&allowed)[size]) {
    auto value = table.text(key);
    if (value.empty() || std::find(std::begin(allowed), std::end(allowed), value) != std::end(allowed)) return value;
    std::string names;
    for (const auto name : allowed) names += (names.empty() ? "" : ", ") + std::string(name);
    table.fault(key, "\"" + value + "\" must be one of " + names);
    return value;
}

/// Every name of a list as its enumerator, with a fault for each that is none.
template <class Enum>
std::vector<Enum> names(TomlTable& table, std::string_view key) {
    std::vector<Enum> values;
    for (const auto& name : table.texts(key)) {
        if (const auto value = parse<Enum>(name)) {
            values.push_back(*value);
        } else {
            table.fault(key, "\"" + name + "\" is no such name");
        }
    }
    return values;
}

/// True when the pack's own files, or those of one included folder, say the same thing twice. What the pack's own files
/// say takes the place of what an included folder does.
bool said_twice(Pack::Data& data, const std::string& what, const TomlTable& table, std::string_view key) {
    const auto included = [](std::string_view file) { return file.find('/') != file.npos; };
    const Source here{std::string(table.file()), table.line(key)};
    const auto [known, fresh] = data.sources.emplace(what, here);
    if (fresh) return false;
    const bool twice = included(known->second.file) == included(here.file);
    known->second = here;
    return twice;
}

/// [pack] and [[zone]]
void load_pack(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    if (const auto* inner = root.table("pack")) {
        TomlTable table(*inner, file, faults);
        data.name = table.text("name");
        data.version = table.text("version");
        data.languages = table.texts("languages");
        if (data.languages.empty()) table.fault("needs languages = [\"id\", …], the pack's own first");
        data.country_code = table.text("country_code");
        table.texts("includes");  // parse_pack() has followed them
        data.offset = std::chrono::minutes(table.integer("utc_offset_minutes", -offset_max, offset_max));
    }
    for (const auto* one : root.tables("zone")) {
        TomlTable table(*one, file, faults);
        const auto offset = std::chrono::minutes(table.integer("utc_offset_minutes", -offset_max, offset_max));
        for (const auto& prefix : table.texts("prefixes")) {
            if (!prefix.starts_with('+')) table.fault("prefixes", "\"" + prefix + "\" must begin with +, as +60");
            data.zones.push_back({prefix, offset});
        }
    }
}

/// [[form]] with its [[form.field]]s, in the order of the # grammar
void load_form(Pack::Data& data, TomlTable table, std::string_view file, std::vector<PackFault>& faults) {
    Form form;
    form.name = table.text("name");
    form.intent = table.name<Intent>("intent").value_or(Intent::report);
    form.label = table.localised("label");
    for (const auto* one : table.tables("field")) {
        TomlTable inner(*one, file, faults);
        FormField field;
        field.name = inner.text("name");
        data.sources.insert_or_assign("form " + form.name + '.' + field.name, Source{std::string(file), inner.line()});
        field.type = one_of(inner, "type", field_types);
        field.label = inner.localised("label");
        field.question = inner.localised("question");
        field.screen = inner.localised("screen");
        field.required = inner.flag("required");
        field.asked = inner.flag("asked");
        field.categories = names<Category>(inner, "categories");
        for (const auto* offered : inner.tables("choice")) {
            TomlTable choice(*offered, file, faults);
            const auto value = choice.text("value");
            field.choices.push_back({value, choice.localised("label")});
        }
        form.fields.push_back(std::move(field));
    }
    if (form.fields.empty()) table.fault("a form needs at least one [[form.field]]");
    if (said_twice(data, "form " + form.name, table, "name"))
        table.fault("name", "form \"" + form.name + "\" stands twice; keep one");
    data.forms.insert_or_assign(form.name, std::move(form));  // a pack's own form takes the place of an included one
}

/// Empty when the gateway sends a reply of that name, else what is wrong with it.
std::string no_such_reply(const std::string& name) {
    constexpr unsigned typos_max = 2;
    std::string_view meant;
    for (const auto& known : known_replies) {
        if (known.name == name) return {};
        if (edits_between(known.name, name) <= typos_max) meant = known.name;
    }
    return "no reply is called \"" + name + "\"; " + (meant.empty() ? "take it out" : "write " + std::string(meant));
}

/// [reply] and [longest]
void load_replies(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    if (const auto* inner = root.table("reply")) {
        TomlTable table(*inner, file, faults);
        for (const auto& name : table.keys()) {
            Reply reply{table.localised(name), table.line(name), std::string(file)};
            if (const auto wrong = no_such_reply(name); !wrong.empty()) table.fault(name, wrong);
            if (said_twice(data, "reply " + name, table, name))
                table.fault(name, "reply \"" + name + "\" stands twice; keep one");
            data.replies.insert_or_assign(name, std::move(reply));  // a pack's own takes the place of an included one
        }
    }
    if (const auto* inner = root.table("longest")) {
        TomlTable table(*inner, file, faults);
        for (const auto& field : table.keys()) data.longest_fields.insert_or_assign(field, table.text(field));
    }
    for (auto& word : root.texts("forbidden")) data.forbidden.push_back(std::move(word));
    for (const auto& phrase : root.texts("machine")) data.machine.push_back(fold(phrase));
}

/// [[alert]] and [[raise]]
void load_alerts(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    for (const auto* one : root.tables("alert")) {
        TomlTable table(*one, file, faults);
        const auto kind = table.name<AlertKind>("kind");
        Pack::AlertRule rule{one_of(table, "urgency", urgencies), one_of(table, "severity", severities),
                             one_of(table, "certainty", certainties)};
        if (!kind) continue;
        if (said_twice(data, "alert " + std::string(to_string(*kind)), table, "kind"))
            table.fault("kind", "there are two [[alert]]s of this kind; keep one");
        data.alert_rules[static_cast<std::size_t>(*kind)] = std::move(rule);
    }
    for (const auto* one : root.tables("raise")) {
        TomlTable table(*one, file, faults);
        RaiseRule rule;
        const auto kind = table.name<AlertKind>("alert");
        rule.intents = names<Intent>(table, "intents");
        for (const Category category : names<Category>(table, "categories"))
            rule.categories |= std::uint64_t{1} << static_cast<unsigned>(category);
        for (const auto& name : table.texts("flags")) {
            const auto bit = flag_bit(name);
            if (!bit) table.fault("flags", "\"" + name + "\" is no flag");
            if (bit) rule.flags |= Flags{1} << *bit;
        }
        const auto age = table.optional_text("age").value_or("any");
        if (age == "current") rule.age = RaiseRule::Age::current;
        if (age == "past") rule.age = RaiseRule::Age::past;
        if (age != "any" && age != "current" && age != "past") table.fault("age", "age must be any, current or past");
        rule.routes = table.texts("routes");
        if (const auto mentions = table.optional_text("mentions")) {
            rule.mentions = parse<Intent>(*mentions);
            if (!rule.mentions) table.fault("mentions", "\"" + *mentions + "\" is no intent");
        }
        rule.told = table.flag("told");
        const auto indicators = table.optional_integer("indicators").value_or(0);
        if (indicators < 0 || indicators > indicators_most)
            table.fault("indicators", "must be from 0 to " + std::to_string(indicators_most));
        rule.indicators = static_cast<std::size_t>(std::max<std::int64_t>(indicators, 0));
        if (rule.intents.empty()) table.fault("needs intents = [\"report\", …]");
        if (!kind) continue;
        rule.alert = *kind;
        data.raises.push_back(std::move(rule));
    }
}

/// [incident] and [[group]]
void load_incident(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    if (const auto* inner = root.table("incident")) {
        TomlTable table(*inner, file, faults);
        data.incident_window = std::chrono::hours(table.integer("window_hours", 1, 24 * 30));
        data.recent = std::chrono::hours(table.integer("recent_hours", 1, 24));
        data.update_interval = std::chrono::seconds(table.integer("update_interval_seconds", 1, 3600));
        data.mass = static_cast<std::uint32_t>(table.integer("mass_people", 2, 1000));
    }
    for (const auto* one : root.tables("group")) {
        TomlTable table(*one, file, faults);
        const auto name = table.text("name");
        for (const Category category : names<Category>(table, "categories")) {
            if (said_twice(data, "group of " + std::string(to_string(category)), table, "categories"))
                table.fault("categories", std::string(to_string(category)) + " is in two groups; keep it in one");
            data.group_of[static_cast<std::size_t>(category)] = name;
        }
    }
}

}  // namespace

void load_rules(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    load_pack(data, root, file, faults);
    for (const auto* one : root.tables("form")) load_form(data, {*one, file, faults}, file, faults);
    load_replies(data, root, file, faults);
    load_alerts(data, root, file, faults);
    load_incident(data, root, file, faults);
}

}  // namespace jejak::understand
