#include "gateway/config/reader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>

namespace jejak {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

/// Edits between two short words. source: Wagner and Fischer
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, replaced});
            diagonal = above;
        }
    }
    return row[b.size()];
}

constexpr std::size_t secret_file_max = 4'096;

}  // namespace

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::vector<ConfigFault> Faults::take() {
    std::stable_sort(faults_.begin(), faults_.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return std::move(faults_);
}

std::optional<Milliseconds> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (const auto& [name, milliseconds] : units) {
        if (unit != name) continue;
        if (count > std::numeric_limits<std::int64_t>::max() / milliseconds) return std::nullopt;
        return Milliseconds(count * milliseconds);
    }
    return std::nullopt;
}

std::string format_duration(Milliseconds time) {
    for (const auto& [name, milliseconds] : units) {
        if (time.count() != 0 && time.count() % milliseconds == 0) {
            return std::to_string(time.count() / milliseconds) + std::string(name);
        }
    }
    return "0s";
}

unsigned TableReader::line(std::string_view key) const {
    const toml::node* found = table_.get(key);
    return found != nullptr ? found->source().begin.line : table_.source().begin.line;
}

const toml::node* TableReader::node(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
}

void TableReader::wrong_type(std::string_view key, std::string_view wanted) {
    fault(key, std::string(key) + " must be " + std::string(wanted));
}

const toml::table* TableReader::table(std::string_view key) {
    const toml::node* found = node(key);
    return found == nullptr ? nullptr : found->as_table();
}

std::optional<std::string> TableReader::text(std::string_view key) {
    const toml::node* found = node(key);
    if (found == nullptr) return std::nullopt;
    const auto* value = found->as_string();
    if (value == nullptr) {
        wrong_type(key, "a text in quotes");
        return std::nullopt;
    }
    if (value->get().find('\0') != std::string::npos) {
        wrong_type(key, "a text without NUL");
        return std::nullopt;
    }
    return value->get();
}

std::optional<std::string> TableReader::required_text(std::string_view key, std::string_view example) {
    if (!has(key)) {
        asked_.emplace(key);
        fault(key,
              std::string(key) + " is missing; for example " + std::string(key) + " = \"" + std::string(example) + '"');
        return std::nullopt;
    }
    auto value = text(key);
    if (value && value->empty()) {
        fault(key, std::string(key) + " is empty; for example \"" + std::string(example) + '"');
        return std::nullopt;
    }
    return value;
}

void TableReader::text(std::string_view key, std::string& value, std::size_t octets_max) {
    auto read = text(key);
    if (!read) return;
    if (read->size() > octets_max) {
        fault(key, std::string(key) + " is longer than " + std::to_string(octets_max) + " octets");
        return;
    }
    value = std::move(*read);
}

void TableReader::boolean(std::string_view key, bool& value) {
    const toml::node* found = node(key);
    if (found == nullptr) return;
    if (const auto read = found->value_exact<bool>()) {
        value = *read;
    } else {
        wrong_type(key, "true or false");
    }
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
    const toml::node* found = node(key);
    if (found == nullptr) return std::nullopt;
    const auto read = found->value_exact<std::int64_t>();
    if (!read || *read < min || *read > max) {
        wrong_type(key,
                   "a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ", without quotes");
        return std::nullopt;
    }
    return read;
}

void TableReader::duration(std::string_view key, Milliseconds& value, Milliseconds min, Milliseconds max) {
    const toml::node* found = node(key);
    if (found == nullptr) return;
    const auto* written = found->as_string();
    const auto read = written != nullptr ? parse_duration(written->get()) : std::nullopt;
    if (!read || *read < min || *read > max) {
        wrong_type(key, "a time from \"" + format_duration(min) + "\" to \"" + format_duration(max) +
                            "\": a number and ms, s, m, h or d, such as \"" + format_duration(value) + '"');
        return;
    }
    value = *read;
}

void TableReader::texts(std::string_view key, std::vector<std::string>& values) {
    const toml::node* found = node(key);
    if (found == nullptr) return;
    const toml::array* list = found->as_array();
    if (list == nullptr || (!list->empty() && !list->is_homogeneous(toml::node_type::string))) {
        wrong_type(key, "a list of texts, such as [\"…\", \"…\"]");
        return;
    }
    values.clear();
    for (const toml::node& one : *list) values.push_back(one.as_string()->get());
}

std::optional<std::filesystem::path> TableReader::path(std::string_view key) {
    const auto written = text(key);
    if (!written) return std::nullopt;
    if (written->empty()) {
        fault(key, std::string(key) + " is empty; a path is needed");
        return std::nullopt;
    }
    return (folder_ / *written).lexically_normal();
}

SensitiveText TableReader::secret(const std::string& key) {
    const std::string file_key = key + "_file";
    auto direct = text(key);
    const auto file = path(file_key);
    if (has(key) && has(file_key)) {
        fault(file_key, "both " + key + " and " + file_key + " are given; keep one");
        return {};
    }
    if (!has(file_key)) {
        if (!has(key)) fault(key, key + " is missing; give " + key + " = \"…\" or " + file_key + " = \"FILE\"");
        if (direct && direct->empty()) fault(key, key + " is empty");
        return direct ? SensitiveText(std::move(*direct)) : SensitiveText{};
    }
    if (!file) return {};

    struct stat found {};
    if (::stat(file->c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
        fault(file_key, file_key + " names no file that can be read");
        return {};
    }
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        fault(file_key, file_key + " can be read by others than its owner; `chmod 600` it");
        return {};
    }
    std::string value(secret_file_max, '\0');
    std::ifstream stream(*file, std::ios::binary);
    stream.read(value.data(), static_cast<std::streamsize>(value.size()));
    value.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
    if (value.empty() || value.size() == secret_file_max ||
        value.find_first_of(std::string_view("\n\0", 2)) != std::string::npos) {
        fault(file_key, file_key + " must hold the secret on one line and nothing else");
        return {};
    }
    return SensitiveText(std::move(value));
}

void TableReader::finish() {
    if (rest_ignored_) return;
    for (const auto& entry : table_) {
        const toml::key& key = entry.first;
        if (asked_.contains(key.str())) continue;
        const auto nearest = std::min_element(asked_.begin(), asked_.end(), [&](const auto& a, const auto& b) {
            return edits(a, key.str()) < edits(b, key.str());
        });
        std::string message = where_ + ": unknown key " + std::string(key.str());
        if (nearest != asked_.end() && edits(*nearest, key.str()) <= 2) message += "; did you mean " + *nearest + "?";
        faults_.add(key.source().begin.line, message);
    }
}

std::string Names::read(TableReader& table) {
    auto name = table.required_text("name", kind_ + "-1");
    if (!name) return {};
    auto letters = *name;
    if (dots_) std::replace(letters.begin(), letters.end(), '.', '-');
    if (!is_name(letters)) {
        table.fault("name", "name = \"" + *name + "\" is no name: 1 to 32 of a-z, 0-9 and -" + (dots_ ? " and ." : ""));
        return {};
    }
    table.rename(kind_ + " \"" + *name + '"');
    for (const auto& [other, line] : taken_) {
        if (other != *name) continue;
        table.fault("name", "the name is taken by the one on line " + std::to_string(line) + "; names are unique");
        return {};
    }
    taken_.emplace_back(*name, table.line("name"));
    return *name;
}

}  // namespace jejak
