#pragma once
#include <toml++/toml.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/understand/pack/form.hpp"
#include "gateway/understand/pack/pack.hpp"

namespace jejak::understand {

/// Reads one TOML table key by key and gathers faults with their lines: a missing key, a wrong type, and, when it goes
/// out of scope, every key nobody asked for.
class TomlTable {
public:
    TomlTable(const toml::table& table, std::string_view file, std::vector<PackFault>& faults);
    ~TomlTable();
    TomlTable(const TomlTable&) = delete;
    TomlTable& operator=(const TomlTable&) = delete;

    std::string text(std::string_view key);  ///< required, not empty
    std::optional<std::string> optional_text(std::string_view key);
    /// A text, or a table of texts by language; absent is empty.
    Localised localised(std::string_view key);
    std::vector<std::string> texts(std::string_view key);  ///< absent is empty
    std::optional<std::vector<std::string>> optional_texts(std::string_view key);
    std::optional<std::int64_t> optional_integer(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most);  ///< required
    double number(std::string_view key, double least, double most);                     ///< required
    std::optional<bool> optional_flag(std::string_view key);
    bool flag(std::string_view key) { return optional_flag(key).value_or(false); }
    /// A table inside; null when absent.
    const toml::table* table(std::string_view key);
    /// The tables of an array of tables; absent is empty.
    std::vector<const toml::table*> tables(std::string_view key);
    /// Every remaining key, each to be read with texts() or text().
    std::vector<std::string> keys() const;

    /// The enumerator named by `key`; a fault lists what would be right.
    template <class Enum>
    std::optional<Enum> name(std::string_view key) {
        const auto word = text(key);
        if (word.empty()) return std::nullopt;
        const auto value = parse<Enum>(word);
        if (!value) fault(key, "\"" + word + "\" is no such name; see the README of the packs for the names there are");
        return value;
    }

    void fault(std::string_view key, const std::string& message);
    void fault(const std::string& message);
    unsigned line() const { return static_cast<unsigned>(table_.source().begin.line); }
    unsigned line(std::string_view key) const;
    std::string_view file() const { return file_; }
    bool has(std::string_view key) const { return table_.contains(key); }

private:
    const toml::node* take(std::string_view key);

    const toml::table& table_;
    std::string_view file_;
    std::vector<PackFault>& faults_;
    std::set<std::string, std::less<>> taken_;
};

}  // namespace jejak::understand
