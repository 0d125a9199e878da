#include "gateway/understand/pack/toml_table.hpp"

namespace jejak::understand {

TomlTable::TomlTable(const toml::table& table, std::string_view file, std::vector<PackFault>& faults)
    : table_(table), file_(file), faults_(faults) {}

TomlTable::~TomlTable() {
    for (const auto& [key, node] : table_) {
        if (taken_.contains(key.str())) continue;
        std::string known;
        for (const auto& name : taken_) known += (known.empty() ? "" : ", ") + name;
        fault(key.str(), "unknown key \"" + std::string(key.str()) + "\"; known here: " + known);
    }
}

const toml::node* TomlTable::take(std::string_view key) {
    taken_.emplace(key);
    return table_.get(key);
}

unsigned TomlTable::line(std::string_view key) const {
    const auto* node = table_.get(key);
    return node == nullptr ? line() : static_cast<unsigned>(node->source().begin.line);
}

void TomlTable::fault(std::string_view key, const std::string& message) {
    faults_.push_back({std::string(file_), line(key), message});
}
void TomlTable::fault(const std::string& message) {
    faults_.push_back({std::string(file_), line(), message});
}

std::string TomlTable::text(std::string_view key) {
    const auto value = optional_text(key);
    if (value && !value->empty()) return *value;
    if (!value && table_.contains(key)) return {};
    fault(key, "needs " + std::string(key) + " = \"…\"");
    return {};
}

std::optional<std::string> TomlTable::optional_text(std::string_view key) {
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_string()) return value->get();
    fault(key, std::string(key) + " must be a text in quotes");
    return std::nullopt;
}

Localised TomlTable::localised(std::string_view key) {
    const auto* node = take(key);
    if (node == nullptr) return {};
    std::map<std::string, std::string, std::less<>> texts;
    if (const auto* value = node->as_string()) {
        texts.emplace("", value->get());
    } else if (const auto* table = node->as_table()) {
        for (const auto& [language, one] : *table) {
            const auto* text_of = one.as_string();
            if (text_of == nullptr) fault(key, std::string(key) + " must hold a text for each language");
            if (text_of != nullptr) texts.emplace(language.str(), text_of->get());
        }
    } else {
        fault(key, std::string(key) + " must be a text, or a table of texts: { id = \"…\", en = \"…\" }");
    }
    return Localised(std::move(texts));
}

std::vector<std::string> TomlTable::texts(std::string_view key) {
    return optional_texts(key).value_or(std::vector<std::string>{});
}

std::optional<std::vector<std::string>> TomlTable::optional_texts(std::string_view key) {
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    std::vector<std::string> values;
    const auto* array = node->as_array();
    if (array == nullptr) {
        fault(key, std::string(key) + " must be a list of texts: [\"…\", \"…\"]");
        return std::nullopt;
    }
    for (const auto& element : *array) {
        if (const auto* value = element.as_string()) {
            values.push_back(value->get());
        } else {
            faults_.push_back({std::string(file_), static_cast<unsigned>(element.source().begin.line),
                               std::string(key) + " holds something that is no text; put it in quotes"});
        }
    }
    return values;
}

std::optional<std::int64_t> TomlTable::optional_integer(std::string_view key) {
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_integer()) return value->get();
    fault(key, std::string(key) + " must be a whole number");
    return std::nullopt;
}

std::int64_t TomlTable::integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const bool present = table_.contains(key);
    const auto value = optional_integer(key);
    if (value && *value >= least && *value <= most) return *value;
    if (value || !present)
        fault(key, std::string(key) + " must be a whole number from " + std::to_string(least) + " to " +
                       std::to_string(most));
    return least;
}

double TomlTable::number(std::string_view key, double least, double most) {
    const auto* node = take(key);
    const auto value = node == nullptr ? std::nullopt : node->value<double>();
    if (value && *value >= least && *value <= most) return *value;
    fault(key, std::string(key) + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return least;
}

std::optional<bool> TomlTable::optional_flag(std::string_view key) {
    const auto* node = take(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_boolean()) return value->get();
    fault(key, std::string(key) + " must be true or false");
    return std::nullopt;
}

const toml::table* TomlTable::table(std::string_view key) {
    const auto* node = take(key);
    if (node == nullptr) return nullptr;
    if (const auto* inner = node->as_table()) return inner;
    fault(key, std::string(key) + " must be a table: [" + std::string(key) + "]");
    return nullptr;
}

std::vector<const toml::table*> TomlTable::tables(std::string_view key) {
    std::vector<const toml::table*> inner;
    const auto* node = take(key);
    if (node == nullptr) return inner;
    if (const auto* array = node->as_array()) {
        for (const auto& element : *array) {
            if (const auto* table = element.as_table()) inner.push_back(table);
        }
        if (inner.size() == array->size()) return inner;
    }
    fault(key, std::string(key) + " must be tables: [[" + std::string(key) + "]]");
    return inner;
}

std::vector<std::string> TomlTable::keys() const {
    std::vector<std::string> names;
    for (const auto& [key, node] : table_) {
        if (!taken_.contains(key.str())) names.emplace_back(key.str());
    }
    return names;
}

}  // namespace jejak::understand
