#include "simulators/story.hpp"

#include <charconv>
#include <set>
#include <stdexcept>

#include "simulators/toml_fault.hpp"

namespace jejak::sim {
namespace {

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_value_character(char c) {
    return is_name_character(c) && c != '_';
}

/// One piece of a pattern: literal text, or the name of a placeholder.
struct Piece {
    std::string_view text;
    bool name = false;
};

/// Cuts a pattern at its `{name}`s. Braces around anything else are literal.
std::vector<Piece> pieces_of(std::string_view pattern) {
    std::vector<Piece> pieces;
    std::size_t literal = 0;
    for (std::size_t at = 0; at < pattern.size();) {
        std::size_t end = at + 1;
        if (pattern[at] == '{') {
            while (end < pattern.size() && is_name_character(pattern[end])) ++end;
        }
        if (pattern[at] != '{' || end == at + 1 || end == pattern.size() || pattern[end] != '}') {
            ++at;
            continue;
        }
        if (at > literal) pieces.push_back({pattern.substr(literal, at - literal), false});
        pieces.push_back({pattern.substr(at + 1, end - at - 1), true});
        at = literal = end + 1;
    }
    if (literal < pattern.size()) pieces.push_back({pattern.substr(literal), false});
    return pieces;
}

/// Matches pieces from the front of `text`; a placeholder takes all the letters and digits it can.
bool matches_at(const std::vector<Piece>& pieces, std::string_view text, bool whole, Kept& kept) {
    for (const auto& piece : pieces) {
        std::string_view expected = piece.text;
        if (piece.name) {
            const auto known = kept.find(std::string(piece.text));
            if (known == kept.end()) {
                std::size_t size = 0;
                while (size < text.size() && is_value_character(text[size])) ++size;
                if (size == 0) return false;
                if (piece.text != "_") kept.emplace(piece.text, text.substr(0, size));
                text.remove_prefix(size);
                continue;
            }
            expected = known->second;
        }
        if (!text.starts_with(expected)) return false;
        text.remove_prefix(expected.size());
    }
    return !whole || text.empty();
}

void only_keys(const toml::table& table, const std::set<std::string_view>& allowed) {
    for (const auto& [key, value] : table) {
        if (!allowed.contains(key.str())) fail(value, "unknown key " + std::string(key.str()));
    }
}

std::string text_of(const toml::table& table, std::string_view key, bool required = true) {
    const auto* node = table.get(key);
    if (!node) {
        if (required) fail(table, "needs " + std::string(key));
        return {};
    }
    const auto value = node->value_exact<std::string>();
    if (!value) fail(*node, std::string(key) + " must be a text");
    return *value;
}

std::chrono::milliseconds duration_of(const toml::node& node) {
    const auto text = node.value_exact<std::string>().value_or("");
    unsigned count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto unit = std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (error == std::errc{} && unit == "ms") return std::chrono::milliseconds(count);
    if (error == std::errc{} && unit == "s") return std::chrono::seconds(count);
    if (error == std::errc{} && unit == "m") return std::chrono::minutes(count);
    fail(node, "a duration such as \"500ms\", \"10s\" or \"2m\"");
}

Fields fields_of(const toml::table& step) {
    Fields fields;
    const auto* node = step.get("with");
    if (!node) return fields;
    if (!node->is_table()) fail(*node, "with must be a table of fields");
    for (const auto& [key, value] : *node->as_table()) {
        if (const auto text = value.value_exact<std::string>()) {
            fields.emplace_back(key.str(), *text);
        } else if (const auto number = value.value_exact<std::int64_t>()) {
            fields.emplace_back(key.str(), *number);
        } else if (const auto truth = value.value_exact<bool>()) {
            fields.emplace_back(key.str(), *truth);
        } else {
            fail(value, "a field must be a text, a whole number, true or false");
        }
    }
    return fields;
}

Keeps keeps_of(const toml::table& step) {
    Keeps keeps;
    const auto* node = step.get("keep");
    if (!node) return keeps;
    if (!node->is_table()) fail(*node, "keep must be a table of names and fields");
    for (const auto& [key, value] : *node->as_table()) {
        const auto field = value.value_exact<std::string>();
        if (!field) fail(value, "keep names a field as text");
        keeps.emplace_back(key.str(), *field);
    }
    return keeps;
}

Person person_of(const toml::table& table) {
    only_keys(table, {"name", "number", "channel", "via"});
    Person person{.name = text_of(table, "name"), .number = text_of(table, "number"), .http = {}, .via = {}};
    const auto channel = text_of(table, "channel");
    if (channel != "smpp") {
        person.http = parse_dialect(channel);
        if (!person.http) fail(*table.get("channel"), "channel is smpp, json or kannel, or another dialect");
        person.via = text_of(table, "via");
    }
    return person;
}

TextStep text_step(const toml::table& table, const Story& story) {
    only_keys(table, {"note", "within", "from", "text", "reply", "reply_contains"});
    TextStep step;
    step.from = text_of(table, "from");
    step.text = text_of(table, "text");
    if (!story.persons.contains(step.from)) fail(*table.get("from"), "nobody is called " + step.from);
    const auto* reply = table.get("reply");
    if (reply && table.contains("reply_contains")) fail(*reply, "reply or reply_contains, not both");
    if (reply && reply->is_boolean()) {
        if (*reply->value<bool>()) fail(*reply, "reply is a pattern, or false when none may come");
        step.reply = TextStep::Reply::none;
    } else if (reply) {
        step.reply = TextStep::Reply::whole;
        step.pattern = text_of(table, "reply");
    } else if (table.contains("reply_contains")) {
        step.reply = TextStep::Reply::part;
        step.pattern = text_of(table, "reply_contains");
    }
    return step;
}

UssdStep ussd_step(const toml::table& table, const Story& story) {
    only_keys(table, {"note", "within", "from", "dial", "ussd", "hang_up", "screen", "screen_contains", "ends"});
    UssdStep step;
    step.from = text_of(table, "from");
    if (!story.persons.contains(step.from)) fail(*table.get("from"), "nobody is called " + step.from);
    if (table.contains("dial")) {
        step.text = text_of(table, "dial");
    } else if (table.contains("ussd")) {
        step.what = UssdStep::What::press;
        step.text = text_of(table, "ussd");
    } else {
        step.what = UssdStep::What::hang_up;
    }
    if (table.contains("screen") && table.contains("screen_contains"))
        fail(*table.get("screen"), "screen or screen_contains, not both");
    step.whole = table.contains("screen");
    step.pattern = text_of(table, step.whole ? "screen" : "screen_contains", false);
    if (const auto* ends = table.get("ends")) {
        step.ends = ends->value_exact<bool>();
        if (!step.ends) fail(*ends, "ends is true or false");
    }
    return step;
}

EventStep event_step(const toml::table& table) {
    only_keys(table, {"note", "within", "event", "with", "keep"});
    return {.type = text_of(table, "event"), .with = fields_of(table), .keep = keeps_of(table)};
}

RequestStep request_step(const toml::table& table) {
    only_keys(table, {"note", "within", "get", "post", "body", "status", "with", "keep"});
    RequestStep step;
    step.method = table.contains("get") ? "GET" : "POST";
    step.target = text_of(table, table.contains("get") ? "get" : "post");
    step.body = text_of(table, "body", false);
    step.with = fields_of(table);
    step.keep = keeps_of(table);
    if (const auto* status = table.get("status")) {
        const auto number = status->value_exact<std::int64_t>().value_or(0);
        if (number < 100 || number > 599) fail(*status, "status is an HTTP status");
        step.status = static_cast<unsigned>(number);
    }
    return step;
}

Step step_of(const toml::table& table, const Story& story) {
    Step step;
    step.line = table.source().begin.line;
    step.note = text_of(table, "note", false);
    if (const auto* within = table.get("within")) step.within = duration_of(*within);
    if (table.contains("text")) {
        step.what = text_step(table, story);
    } else if (table.contains("dial") || table.contains("ussd") || table.contains("hang_up")) {
        step.what = ussd_step(table, story);
    } else if (table.contains("event")) {
        step.what = event_step(table);
    } else if (table.contains("get") || table.contains("post")) {
        step.what = request_step(table);
    } else if (const auto* pause = table.get("pause")) {
        only_keys(table, {"note", "pause"});
        step.within = duration_of(*pause);
        step.what = PauseStep{};
    } else {
        fail(table, "a step has text, dial, ussd, hang_up, event, get, post or pause");
    }
    return step;
}

}  // namespace

std::optional<std::string> fill_in(std::string_view pattern, const Kept& kept) {
    std::string text;
    for (const auto& piece : pieces_of(pattern)) {
        if (!piece.name) {
            text += piece.text;
            continue;
        }
        const auto known = kept.find(std::string(piece.text));
        if (known == kept.end()) return std::nullopt;
        text += known->second;
    }
    return text;
}

bool matches(std::string_view pattern, std::string_view text, bool whole, Kept& kept) {
    const auto pieces = pieces_of(pattern);
    const auto last = whole ? 0 : text.size();
    for (std::size_t from = 0; from <= last; ++from) {
        Kept found = kept;
        if (!matches_at(pieces, text.substr(from), whole, found)) continue;
        kept = std::move(found);
        return true;
    }
    return false;
}

Story parse_story(std::string_view text) {
    toml::table file;
    try {
        file = toml::parse(text);
    } catch (const toml::parse_error& error) {
        throw std::invalid_argument("line " + std::to_string(error.source().begin.line) + ": " +
                                    std::string(error.description()));
    }
    only_keys(file, {"title", "service", "persons", "step"});
    Story story;
    story.title = text_of(file, "title");
    if (file.contains("service")) story.service = text_of(file, "service");
    const auto* persons = file["persons"].as_table();
    if (!persons) fail(file, "needs [persons.…]");
    for (const auto& [key, value] : *persons) {
        if (!value.is_table()) fail(value, "a person is a table");
        story.persons.emplace(key.str(), person_of(*value.as_table()));
    }
    const auto* steps = file["step"].as_array();
    if (!steps) fail(file, "needs [[step]]s");
    for (const auto& value : *steps) {
        if (!value.is_table()) fail(value, "a step is a table");
        story.steps.push_back(step_of(*value.as_table(), story));
    }
    return story;
}

}  // namespace jejak::sim
