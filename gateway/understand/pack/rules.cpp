#include <algorithm>

#include "gateway/understand/pack/loader.hpp"
#include "gateway/understand/tokens.hpp"

/// The half of loading that says what follows: forms.toml, replies.toml, rules.toml and examples.toml.
namespace jejak::understand {
namespace {

constexpr std::string_view field_types[] = {"text", "nik",   "sex",    "place",  "destination", "date",
                                            "time", "phone", "number", "yes_no", "category"};
constexpr std::string_view urgencies[] = {"Immediate", "Expected", "Future", "Past", "Unknown"};
constexpr std::string_view severities[] = {"Extreme", "Severe", "Moderate", "Minor", "Unknown"};
constexpr std::string_view certainties[] = {"Observed", "Likely", "Possible", "Unlikely", "Unknown"};
constexpr std::string_view responses[] = {"Shelter", "Evacuate", "Prepare",  "Execute", "Avoid",
                                          "Monitor", "Assess",   "AllClear", "None"};
constexpr std::int64_t offset_max = 14 * 60;

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
    data.forms.insert_or_assign(form.name, std::move(form));  // a pack's own form takes the place of an included one
}

/// [reply] and [longest]
void load_replies(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    if (const auto* inner = root.table("reply")) {
        TomlTable table(*inner, file, faults);
        for (const auto& name : table.keys()) {
            Reply reply{table.localised(name), table.line(name), std::string(file)};
            data.replies.insert_or_assign(name, std::move(reply));  // a pack's own takes the place of an included one
        }
    }
    if (const auto* inner = root.table("longest")) {
        TomlTable table(*inner, file, faults);
        for (const auto& field : table.keys()) data.longest_fields.emplace(field, table.text(field));
    }
    for (auto& word : root.texts("forbidden")) data.forbidden.push_back(std::move(word));
}

/// [[alert]] and [[raise]]
void load_alerts(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    for (const auto* one : root.tables("alert")) {
        TomlTable table(*one, file, faults);
        const auto kind = table.name<AlertKind>("kind");
        Pack::AlertRule rule{one_of(table, "urgency", urgencies), one_of(table, "severity", severities),
                             one_of(table, "certainty", certainties), one_of(table, "response", responses)};
        if (kind) data.alert_rules[static_cast<std::size_t>(*kind)] = std::move(rule);
    }
    for (const auto* one : root.tables("raise")) {
        TomlTable table(*one, file, faults);
        RaiseRule rule;
        const auto kind = table.name<AlertKind>("alert");
        rule.intents = names<Intent>(table, "intents");
        for (const Category category : names<Category>(table, "categories"))
            rule.categories |= std::uint64_t{1} << static_cast<unsigned>(category);
        for (const auto& name : table.texts("flags")) {
            Flags bits = 0;
            for (unsigned bit = 0; bit < 32; ++bit) {
                const auto known = flag_names(1u << bit);
                if (!known.empty() && known[0] == name) bits = 1u << bit;
            }
            if (bits == 0) table.fault("flags", "\"" + name + "\" is no flag");
            rule.flags |= bits;
        }
        const auto age = table.optional_text("age").value_or("any");
        if (age == "current") rule.age = RaiseRule::Age::current;
        if (age == "past") rule.age = RaiseRule::Age::past;
        if (age != "any" && age != "current" && age != "past") table.fault("age", "age must be any, current or past");
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
            auto& group = data.group_of[static_cast<std::size_t>(category)];
            if (!group.empty())
                table.fault("categories", std::string(to_string(category)) + " is in two groups; keep it in one");
            group = name;
        }
    }
}

/// Where and when the texts of the examples come from, unless one says otherwise.
struct ExampleDefaults {
    std::string at, from;
};

void load_example(Pack::Data& data, TomlTable table, const ExampleDefaults& usual, std::string_view file) {
    Example example;
    example.file = file;
    example.line = table.line();
    const auto text = table.optional_text("text");
    if (!text) table.fault("an example needs text = \"…\"");
    example.text = text.value_or("");
    example.context.sender = table.optional_text("from").value_or(usual.from);
    const auto at = from_rfc3339(table.optional_text("at").value_or(usual.at));
    if (!at) table.fault("at", "needs a moment as 2025-09-12T21:10:00+07:00");
    example.context.received_at = at.value_or(WallTime{});
    if (const auto role = table.optional_text("role")) {
        const auto known = parse<Role>(*role);
        if (!known) table.fault("role", "\"" + *role + "\" is no role");
        example.context.role = known.value_or(Role::villager);
    }
    example.context.place = table.optional_text("sender_place").value_or("");
    example.intent = table.name<Intent>("intent").value_or(Intent::unclear);
    for (auto [key, field] :
         {std::pair{"category", &example.category}, std::pair{"place", &example.place},
          std::pair{"place_name", &example.place_name}, std::pair{"destination", &example.destination},
          std::pair{"vehicle", &example.vehicle}, std::pair{"plate", &example.plate},
          std::pair{"recruiter", &example.recruiter}, std::pair{"recruiter_phone", &example.recruiter_phone},
          std::pair{"reference", &example.reference}, std::pair{"time", &example.time},
          std::pair{"since", &example.since}, std::pair{"until", &example.until}, std::pair{"name", &example.name},
          std::pair{"village", &example.village}, std::pair{"exit_point", &example.exit_point},
          std::pair{"sex", &example.sex}, std::pair{"nik", &example.nik}}) {
        *field = table.optional_text(key);
    }
    example.people = table.optional_integer("people");
    example.people_max = table.optional_integer("people_max");
    example.now = table.optional_flag("now");
    example.past = table.optional_flag("past");
    example.minor = table.optional_flag("minor");
    example.flags = table.optional_texts("flags");
    example.indicators = table.optional_texts("indicators");
    example.alerts = table.optional_texts("alerts");
    example.missing = table.optional_texts("missing");
    data.examples.push_back(std::move(example));
}

}  // namespace

void load_rules(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    load_pack(data, root, file, faults);
    for (const auto* one : root.tables("form")) load_form(data, {*one, file, faults}, file, faults);
    load_replies(data, root, file, faults);
    load_alerts(data, root, file, faults);
    load_incident(data, root, file, faults);
}

void load_examples(Pack::Data& data, TomlTable& root, std::string_view file, std::vector<PackFault>& faults) {
    ExampleDefaults usual;
    if (const auto* inner = root.table("examples")) {
        TomlTable table(*inner, file, faults);
        usual.at = table.text("at");
        usual.from = table.text("from");
    }
    for (const auto* one : root.tables("example")) load_example(data, {*one, file, faults}, usual, file);
}

}  // namespace jejak::understand
