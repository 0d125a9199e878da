#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The repository's own rules: who may include whom, how long a file may grow, and what must not be left lying about.
/// Each test names the offending lines, one each, as FILE:LINE: what is wrong.
namespace {

namespace fs = std::filesystem;

struct SourceFile {
    std::string path;  ///< from the root, with '/'
    std::vector<std::string> lines;
};

const fs::path& root() {
    static const fs::path path{JEJAK_SOURCE_DIR};
    return path;
}

bool ends_with_one_of(std::string_view text, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view end) { return text.ends_with(end); });
}

bool is_cpp(std::string_view path) {
    return ends_with_one_of(path, {".cpp", ".hpp"});
}

/// Files without an ending (tests/run, deploy/demo) are scripts.
bool is_text(const fs::path& path) {
    return !path.has_extension() ||
           ends_with_one_of(path.string(), {".cpp", ".hpp", ".py", ".js", ".pl", ".sh", ".proto", ".toml", ".md",
                                            ".sql", ".txt", ".conf", ".json"});
}

SourceFile read(const fs::path& path) {
    SourceFile file{fs::relative(path, root()).generic_string(), {}};
    std::ifstream in(path, std::ios::binary);
    for (std::string line; std::getline(in, line);) file.lines.push_back(std::move(line));
    return file;
}

/// Everything people wrote in the project's folders; not what a build or a package manager left there.
const std::vector<SourceFile>& sources() {
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

void require_none(const Offences& offences) {
    INFO(offences.text());
    CHECK(offences.count() == 0);
}

struct Part {
    std::string_view folder;
    std::vector<std::string_view> may_include;
};

/// protocol ← storage ← gateway; simulators know the wire and gateway/net only; tests know all.
/// The longest matching folder decides.
const std::vector<Part>& parts() {
    static const std::vector<Part> list{
        {"protocol/", {"protocol/"}},
        {"storage/", {"storage/", "protocol/"}},
        {"gateway/net/", {"gateway/net/", "protocol/"}},
        {"gateway/understand/", {"gateway/understand/", "storage/", "protocol/"}},
        {"gateway/", {"gateway/", "storage/", "protocol/"}},
        {"simulators/", {"simulators/", "gateway/net/", "protocol/"}},
        {"tests/", {"tests/", "simulators/", "gateway/", "storage/", "protocol/"}},
    };
    return list;
}

const Part* part_of(std::string_view path) {
    const Part* best = nullptr;
    for (const auto& part : parts())
        if (path.starts_with(part.folder) && (!best || part.folder.size() > best->folder.size())) best = &part;
    return best;
}

/// A foreign header and the only folders that may know it.
struct ForeignHeader {
    std::string_view prefix;
    std::vector<std::string_view> only_in;
};

const std::vector<ForeignHeader>& foreign_headers() {
    static const std::vector<ForeignHeader> list{
        {"boost/asio", {"gateway/", "simulators/", "tests/"}},
        {"boost/beast", {"gateway/net/", "gateway/http/", "simulators/", "tests/"}},
        {"sqlite3.h", {"storage/sqlite/", "tests/"}},
        {"libpq", {"storage/postgres/", "tests/"}},
        {"spdlog/", {"gateway/", "simulators/", "tests/"}},
        {"prometheus/", {"gateway/", "tests/"}},
        {"toml++/", {"gateway/", "simulators/", "tests/"}},
        {"CLI/", {"gateway/", "simulators/", "tests/"}},
    };
    return list;
}

/// Letters of a UTF-8 line; continuation octets do not count.
std::size_t columns(std::string_view line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// A pattern and what to say about it. Patterns are written in pieces so that this file does not offend itself.
struct Banned {
    std::regex pattern;
    std::string what;
    std::string_view only_in = "";  ///< a folder; empty = everywhere
    bool cpp_only = true;
};

std::regex words(const std::string& pattern) {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
}

const std::vector<Banned>& banned() {
    static const std::vector<Banned> list = [] {
        std::vector<Banned> rules;
        const auto left_over =
            std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|not (yet )?imple" + "mented|#if" + " 0";
        rules.push_back({words(left_over), "a left-over: do it or say it in an issue", "", false});
        rules.push_back({words(std::string("asio::de") + "tached"), "nothing is detached: spawn into a TaskGroup"});
        rules.push_back(
            {words(std::string("sleep") + "_for|\\busle" + "ep\\(|this_thread::sle" + "ep|time\\.sle" + "ep"),
             "no sleeping in tests: wait for the event with a deadline", "tests/", false});
        rules.push_back(
            {words(std::string("wait_f") + "or\\(\\[[^\\]]*\\] *(\\([^)]*\\) *)?\\{ *return (false|0); *\\}"),
             "a sleep in disguise: wait for the event with a deadline", "tests/"});
        rules.push_back({words("catch *\\(" + std::string("\\.\\.\\.\\) *\\{ *\\}|catch *\\([^)]*\\) *\\{ *\\}")),
                         "a swallowed error"});
        rules.push_back({words(std::string("(^|[^A-Za-z0-9_.])/(wo") + "rk|fa" + "rm|ho" + "me|ro" + "ot|Us" + "ers)/"),
                         "a path of one machine", "", false});
        rules.push_back({words(std::string("\\.\\./sha") + "red|(DESI" + "GN|CONTRA" + "CT|DOMA" + "IN)\\.m" + "d"),
                         "a document that is not in this repository", "", false});
        rules.push_back({words(std::string("using namespace st") + "d *;"), "names of std are written out"});
        return rules;
    }();
    return list;
}

std::string trimmed(std::string_view line) {
    const auto first = line.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : std::string(line.substr(first));
}

/// A group of cases in the conformance statement, numbered from 1.
struct CaseGroup {
    char letter;
    int count;
};

constexpr const char* statement_path = "protocol/smpp/CONFORMANCE.md";

/// "F1" to "A8".
const std::set<std::string>& smpp_cases() {
    static const std::set<std::string> all = [] {
        std::set<std::string> names;
        for (const auto& group : {CaseGroup{'F', 17}, CaseGroup{'B', 27}, CaseGroup{'M', 27}, CaseGroup{'C', 24},
                                  CaseGroup{'D', 10}, CaseGroup{'U', 8}, CaseGroup{'A', 8}})
            for (int number = 1; number <= group.count; ++number) names.insert(group.letter + std::to_string(number));
        return names;
    }();
    return all;
}

/// Looks like a case of the statement, whether there is one of that number or not.
bool is_case_name(std::string_view text) {
    return text.size() >= 2 && text.size() <= 3 &&
           std::string_view("FBMCDUA").find(text[0]) != std::string_view::npos &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The F1 of every [F1] in a text.
std::vector<std::string> cases_in(std::string_view text) {
    std::vector<std::string> found;
    for (auto open = text.find('['); open != std::string_view::npos; open = text.find('[', open + 1)) {
        const auto close = text.find(']', open);
        if (close == std::string_view::npos) break;
        const auto name = text.substr(open + 1, close - open - 1);
        if (is_case_name(name)) found.emplace_back(name);
    }
    return found;
}

/// The tags of the test case that begins in this line: what is quoted behind the first comma outside quotes.
std::string tags_at(const SourceFile& file, std::size_t line) {
    std::string tags;
    bool quoted = false, named = false;
    for (auto i = line; i < file.lines.size(); ++i) {
        const auto& text = file.lines[i];
        for (auto at = i == line ? text.find('(') + 1 : 0; at < text.size(); ++at) {
            const char c = text[at];
            if (quoted && c == '\\') {
                ++at;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                if (named) tags += c;
            } else if (c == ',') {
                named = true;
            } else if (c == ')') {
                return tags;
            }
        }
    }
    return tags;
}

/// smpp_frame of tests/unit/protocol/smpp_frame_test.cpp: how the statement names a test.
std::string test_name(const SourceFile& file) {
    auto name = fs::path(file.path).stem().string();
    if (name.ends_with("_test")) name.erase(name.size() - std::string_view("_test").size());
    return name;
}

/// Case → the tests that prove it: test cases with its tag [F1] (hidden ones do not count), and scripts of the suites
/// that run whole programs with [F1] in the words of a check; what a script says of itself proves nothing.
std::map<std::string, std::set<std::string>> proved_cases(Offences& offences) {
    std::map<std::string, std::set<std::string>> proved;
    const auto note = [&](const SourceFile& file, std::size_t line, std::string_view text) {
        for (const auto& name : cases_in(text)) {
            proved[name].insert(test_name(file));
            if (!smpp_cases().contains(name)) offences.add(file, line + 1, "there is no case " + name);
        }
    };
    for (const auto& file : sources()) {
        const bool script = ends_with_one_of(file.path, {".py", ".js", ".pl"}) &&
                            (file.path.starts_with("tests/interop/") || file.path.starts_with("tests/fault/") ||
                             file.path.starts_with("tests/e2e/"));
        const bool catches = file.path.starts_with("tests/") && file.path.ends_with("_test.cpp");
        for (std::size_t i = 0; (script || catches) && i < file.lines.size(); ++i) {
            if (script && file.lines[i].find("checks") != std::string::npos) note(file, i, file.lines[i]);
            if (!catches || !trimmed(file.lines[i]).starts_with("TEST_CASE(")) continue;
            const auto tags = tags_at(file, i);
            if (tags.find("[.") == std::string::npos) note(file, i, tags);
        }
    }
    return proved;
}

/// The cells of a line of a table, without the blanks around them; empty when it is none.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    if (!line.starts_with('|')) return cells;
    for (std::size_t begin = 1, end = 0; (end = line.find('|', begin)) != std::string_view::npos; begin = end + 1) {
        auto cell = trimmed(line.substr(begin, end - begin));
        cell.erase(cell.find_last_not_of(' ') + 1);
        cells.push_back(std::move(cell));
    }
    return cells;
}

/// What the statement says of one case.
struct Claim {
    std::size_t line = 0;
    std::string where;  ///< the last cell: names of tests, or why there is none
};

/// A line whose first cell is empty goes on with the case above it.
std::map<std::string, Claim> claims_of(const SourceFile& statement, Offences& offences) {
    std::map<std::string, Claim> claims;
    Claim* open = nullptr;
    for (std::size_t i = 0; i < statement.lines.size(); ++i) {
        const auto cells = cells_of(statement.lines[i]);
        if (!cells.empty() && cells[0].empty() && open != nullptr) {
            open->where += ' ' + cells.back();
            continue;
        }
        open = nullptr;
        if (cells.empty() || !is_case_name(cells[0])) continue;
        if (!smpp_cases().contains(cells[0])) offences.add(statement, i + 1, "there is no case " + cells[0]);
        const auto [claim, fresh] = claims.try_emplace(cells[0], Claim{i + 1, cells.back()});
        if (!fresh) offences.add(statement, i + 1, "case " + cells[0] + " is here twice");
        open = &claim->second;
    }
    return claims;
}

}  // namespace

TEST_CASE("a quoted include is written from the root and goes only where its folder may look") {
    static const std::regex include("^\\s*#\\s*include\\s*\"([^\"]+)\"");
    Offences offences;
    for (const auto& file : sources()) {
        const auto* part = part_of(file.path);
        if (!is_cpp(file.path) || !part) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_search(file.lines[i], match, include)) continue;
            const auto target = match[1].str();
            if (target.ends_with(".pb.h")) continue;
            const auto allowed = std::any_of(part->may_include.begin(), part->may_include.end(),
                                             [&](std::string_view folder) { return target.starts_with(folder); });
            if (!allowed) offences.add(file, i + 1, std::string(part->folder) + " may not include " + target);
            if (!fs::exists(root() / target)) offences.add(file, i + 1, target + " is not a path from the root");
        }
    }
    require_none(offences);
}

TEST_CASE("a foreign library is known only to the folders that need it") {
    static const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
    Offences offences;
    for (const auto& file : sources()) {
        if (!is_cpp(file.path)) continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_search(file.lines[i], match, include)) continue;
            const auto target = match[1].str();
            for (const auto& header : foreign_headers()) {
                if (!target.starts_with(header.prefix)) continue;
                const auto allowed =
                    std::any_of(header.only_in.begin(), header.only_in.end(),
                                [&](std::string_view folder) { return file.path.starts_with(folder); });
                if (!allowed) offences.add(file, i + 1, target + " does not belong here");
            }
        }
    }
    require_none(offences);
}

TEST_CASE("a source file is at most 500 lines, and its lines at most 120 columns") {
    Offences offences;
    for (const auto& file : sources()) {
        if (!is_cpp(file.path) && !ends_with_one_of(file.path, {".py", ".js", ".pl"})) continue;
        if (file.lines.size() > 500)
            offences.add(file, file.lines.size(), "more than 500 lines: is it still one room?");
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const auto width = columns(file.lines[i]);
            if (width > 120) offences.add(file, i + 1, std::to_string(width) + " columns");
        }
    }
    require_none(offences);
}

TEST_CASE("no left-overs, detached coroutines, sleeping tests, swallowed errors or paths of one machine") {
    Offences offences;
    for (const auto& file : sources()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            for (const auto& rule : banned()) {
                if (rule.cpp_only && !is_cpp(file.path)) continue;
                if (!file.path.starts_with(rule.only_in)) continue;
                if (std::regex_search(file.lines[i], rule.pattern)) offences.add(file, i + 1, rule.what);
            }
        }
    }
    require_none(offences);
}

TEST_CASE("every header is guarded by #pragma once as its first directive") {
    Offences offences;
    for (const auto& file : sources()) {
        if (!file.path.ends_with(".hpp")) continue;
        const auto first = std::find_if(file.lines.begin(), file.lines.end(),
                                        [](const std::string& line) { return trimmed(line).starts_with("#"); });
        if (first == file.lines.end() || trimmed(*first) != "#pragma once") offences.add(file, 1, "no #pragma once");
    }
    require_none(offences);
}

TEST_CASE("every test case asserts something") {
    static const std::regex opening("^\\s*(TEST_CASE|SCENARIO|TEMPLATE_TEST_CASE)\\(");
    static const std::regex assertion(
        "CHECK|REQUIRE|FAIL\\(|SUCCEED|require_|check_|check\\(|expect_|expect\\(|verify");
    Offences offences;
    for (const auto& file : sources()) {
        if (!file.path.starts_with("tests/") || !file.path.ends_with(".cpp")) continue;
        std::size_t open = 0;
        bool asserted = true;
        for (std::size_t i = 0; i <= file.lines.size(); ++i) {
            const bool starts = i == file.lines.size() || std::regex_search(file.lines[i], opening);
            if (starts && !asserted) offences.add(file, open, "a test case without an assertion");
            // A hidden case (tag "[.…]") prints figures for people.
            if (starts) open = i + 1, asserted = i < file.lines.size() && file.lines[i].find("[.") != std::string::npos;
            if (i < file.lines.size() && std::regex_search(file.lines[i], assertion)) asserted = true;
        }
        // The last case was judged when i reached the end.
    }
    require_none(offences);
}

TEST_CASE("scripts that people call are executable and say which shell they want") {
    Offences offences;
    for (const auto* path : {"tests/run", "tests/support/install", ".ci/run", "deploy/demo"}) {
        if (!fs::exists(root() / path)) {
            offences.add({path, {}}, 1, "is missing");
            continue;
        }
        const auto file = read(root() / path);
        const auto mode = fs::status(root() / path).permissions();
        if ((mode & fs::perms::owner_exec) == fs::perms::none) offences.add(file, 1, "is not executable");
        if (file.lines.empty() || !file.lines[0].starts_with("#!")) offences.add(file, 1, "has no #! line");
    }
    require_none(offences);
}

TEST_CASE("a folder with more than a dozen sources is worth a look") {
    constexpr std::size_t dozen = 12;
    std::map<std::string, std::size_t> sizes;
    for (const auto& file : sources())
        if (file.path.ends_with(".cpp")) ++sizes[fs::path(file.path).parent_path().generic_string()];
    for (const auto& [folder, size] : sizes)
        if (size > dozen) WARN(folder << "/ holds " << size << " sources");
    CHECK_FALSE(sizes.empty());
}

TEST_CASE("the SMPP conformance statement names every case, and tests that prove it or a reason why there is none") {
    constexpr std::string_view untested = "not tested:";
    constexpr std::size_t reason_min = 20;
    Offences offences;
    const auto statement = read(root() / statement_path);
    const auto proved = proved_cases(offences);
    const auto claims = claims_of(statement, offences);
    for (const auto& name : smpp_cases()) {
        const auto claim = claims.find(name);
        if (claim == claims.end()) {
            offences.add(statement, 1, "does not tell of case " + name);
            continue;
        }
        const auto found = proved.find(name);
        const auto& [line, where] = claim->second;
        if (where.starts_with(untested)) {
            if (where.size() < untested.size() + reason_min)
                offences.add(statement, line, "case " + name + " is not tested: why?");
            if (found != proved.end())
                offences.add(statement, line, "case " + name + " is tested, in " + *found->second.begin());
            continue;
        }
        std::istringstream tests(where);
        std::size_t count = 0;
        for (std::string test; tests >> test; ++count) {
            if (test.ends_with(',')) test.pop_back();
            if (found == proved.end() || !found->second.contains(test))
                offences.add(statement, line,
                             "case " + name + " is claimed of " + test + ", which has no [" + name + ']');
        }
        if (count == 0) offences.add(statement, line, "case " + name + " names no test, and no reason for that");
    }
    require_none(offences);
}
