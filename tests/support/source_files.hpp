#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The files of the repository, and what is wrong in them.
namespace jejak::tests {

namespace fs = std::filesystem;

struct SourceFile {
    std::string path;  ///< from the root, with '/'
    std::vector<std::string> lines;
};

inline const fs::path& root() {
    static const fs::path path{JEJAK_SOURCE_DIR};
    return path;
}

inline bool ends_with_one_of(std::string_view text, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view end) { return text.ends_with(end); });
}

inline bool is_cpp(std::string_view path) {
    return ends_with_one_of(path, {".cpp", ".hpp"});
}

/// Files without an ending (tests/run, deploy/demo) are scripts.
inline bool is_text(const fs::path& path) {
    return !path.has_extension() ||
           ends_with_one_of(path.string(), {".cpp", ".hpp", ".py", ".js", ".pl", ".sh", ".proto", ".toml", ".md",
                                            ".sql", ".txt", ".conf", ".json"});
}

inline SourceFile read(const fs::path& path) {
    SourceFile file{fs::relative(path, root()).generic_string(), {}};
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);) file.lines.push_back(std::move(line));
    return file;
}

/// Everything people wrote in the project's folders; not what a build or a package manager left there.
inline const std::vector<SourceFile>& sources() {
    static const std::vector<SourceFile> files = [] {
        std::vector<SourceFile> found;
        for (const auto* folder : {"protocol", "storage", "gateway", "simulators", "tests", "deploy", ".ci"}) {
            if (!fs::exists(root() / folder)) continue;
            for (auto entry = fs::recursive_directory_iterator(root() / folder); entry != fs::end(entry); ++entry) {
                const auto name = entry->path().filename().string();
                if (name == "node_modules" || name == "__pycache__" || name == "corpus")
                    entry.disable_recursion_pending();
                if (entry->is_regular_file() && is_text(entry->path())) found.push_back(read(entry->path()));
            }
        }
        for (const auto* name : {"CMakeLists.txt", "CMakePresets.json", "README.md", "CHANGELOG.md"})
            if (fs::exists(root() / name)) found.push_back(read(root() / name));
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
        return found;
    }();
    return files;
}

/// Collects offences and prints them all at once: a list to work through, not one failure a run.
class Offences {
public:
    void add(const SourceFile& file, std::size_t line, std::string_view what) {
        text_ << "\n" << file.path << ":" << line << ": " << what;
        ++count_;
    }
    std::size_t count() const { return count_; }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::size_t count_ = 0;
};

inline void require_none(const Offences& offences) {
    INFO(offences.text());
    CHECK(offences.count() == 0);
}

inline std::string trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : std::string(line.substr(first));
}

}  // namespace jejak::tests
